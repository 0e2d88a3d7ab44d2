// SPDX-License-Identifier: BSD-3-Clause
#include "experiment/agent_tables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "record/arrays.hpp"

namespace neurodyn::experiment {
namespace {

// Appends the numbers of nested lists; false, with a problem, where they are not of this shape.
bool flatten(const Node& node, std::span<const std::size_t> shape, const std::string& what,
             inference::Table& table, Problems& problems) {
    if (shape.empty()) {
        const auto value = to_number(node.text);
        if (!value)
            problems.add(node.place, fmt::format("an entry of {} must be a number, not {}", what,
                                                 node.text.empty() ? std::string(node.kind_name())
                                                                   : fmt::format("'{}'", node.text)));
        table.push_back(value.value_or(0.0));
        return value.has_value();
    }
    if (node.kind != Node::Kind::list || node.items.size() != shape.front()) {
        problems.add(node.place, fmt::format("{} has {} where a list of {} belongs", what,
                                             node.kind == Node::Kind::list
                                                 ? fmt::format("a list of {}", node.items.size())
                                                 : std::string(node.kind_name()),
                                             shape.front()));
        return false;
    }
    return std::all_of(node.items.begin(), node.items.end(), [&](const Node& item) {
        return flatten(item, shape.subspan(1), what, table, problems);
    });
}

record::NumberArray read_array(const std::string& text) {
    const std::size_t colon = text.rfind(".npz:");
    if (colon != std::string::npos)
        return record::read_npz(text.substr(0, colon + 4), text.substr(colon + 5));
    return text.ends_with(".npz") ? record::read_npz(text, "") : record::read_npy(text);
}

}  // namespace

std::vector<Named> read_named(Section& section, const std::string& key, Problems& problems) {
    std::vector<Named> all;
    const Node* node = section.get(key);
    if (node == nullptr) return all;
    if (node->kind != Node::Kind::map) {
        problems.add(node->place,
                     fmt::format("'{}' of {} must be a map of lists of names", key, section.what()),
                     "for example " + key + ": {location: [left, right]}");
        return all;
    }
    Section entries(*node, problems, fmt::format("'{}' of {}", key, section.what()));
    for (const std::string& name : node->keys) {
        Named own{name, {}};
        if (node->find(name)->kind == Node::Kind::scalar) {
            const auto count = entries.integer(name, 1, 100'000);
            for (std::size_t i = 0; i < count.value_or(0); ++i) own.items.push_back(fmt::format("{}", i));
        } else {
            for (const Text& item : entries.texts(name)) own.items.push_back(item.value);
        }
        if (own.items.empty())
            problems.add(node->find(name)->place, fmt::format("'{}' of {} is empty", name, entries.what()));
        all.push_back(std::move(own));
    }
    return all;
}

const Named* find_named(const std::vector<Named>& all, const Text& name, const std::string& what,
                        Problems& problems) {
    std::vector<std::string> known;
    for (const Named& own : all) {
        if (own.name == name.value) return &own;
        known.push_back(own.name);
    }
    problems.add(name.place, fmt::format("there is no {} '{}'", what, name.value),
                 did_you_mean(name.value, known));
    return nullptr;
}

inference::Table read_table(const Node& node, const std::vector<std::size_t>& shape, const std::string& what,
                            const std::string& directory, Problems& problems) {
    inference::Table table;
    if (node.kind != Node::Kind::scalar) {
        if (!flatten(node, shape, what, table, problems)) table.clear();
        return table;
    }
    try {
        record::NumberArray array = read_array(data_path(directory, node.text));
        if (array.shape == shape) return std::move(array.values);
        problems.add(node.place,
                     fmt::format("{} is {} in '{}', but must be {}", what, fmt::join(array.shape, " x "),
                                 node.text, fmt::join(shape, " x ")));
    } catch (const Error& error) {
        problems.add(node.place, fmt::format("{}: {}", what, error.what()));
    }
    return table;
}

}  // namespace neurodyn::experiment
