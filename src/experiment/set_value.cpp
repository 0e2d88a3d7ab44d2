// SPDX-License-Identifier: BSD-3-Clause
// Values put into a document by their path.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "experiment/document.hpp"

namespace neurodyn::experiment {
namespace {

std::vector<std::string> split_path(const std::string& path) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t dot; (dot = path.find('.', begin)) != std::string::npos; begin = dot + 1)
        parts.push_back(path.substr(begin, dot - begin));
    parts.push_back(path.substr(begin));
    return parts;
}

[[noreturn]] void no_such_path(const std::string& path, const std::string& part, const Node& at) {
    const std::string near = did_you_mean(part, at.keys);
    throw Error(fmt::format("'{}': there is no '{}' {}{}{}", path, part,
                            at.keys.empty() ? "(the value above it has no keys)"
                                            : fmt::format("among {}", fmt::join(at.keys, ", ")),
                            near.empty() ? "" : "; ", near));
}

Node* child(Node& node, const std::string& part) {
    if (node.kind == Node::Kind::list && !part.empty() &&
        part.find_first_not_of("0123456789") == std::string::npos && part.size() < 8) {
        const std::size_t index = std::stoul(part);
        return index < node.items.size() ? &node.items[index] : nullptr;
    }
    return node.find(part);
}

void assign(Node& map, const std::string& key, const Node& value) {
    if (Node* old = child(map, key)) {
        *old = value;
        return;
    }
    map.kind = Node::Kind::map;
    map.keys.push_back(key);
    map.key_places.push_back(value.place);
    map.items.push_back(value);
}

Node empty_map() {
    Node node;
    node.kind = Node::Kind::map;
    return node;
}

// Keys of a population, projection or stimulus that are not parameters.
bool is_section_key(const std::string& key) {
    static const std::vector<std::string> keys = {
        "model",      "equations",  "threshold",  "reset",
        "refractory", "size",       "set",        "initial",
        "method",     "from",       "to",         "coupling",
        "weights",    "delays",     "pattern",    "constant",
        "pulse",      "sine",       "noise",      "ornstein_uhlenbeck",
        "table",      "expression", "nodes",      "connectome",
        "connect",    "synapse",    "post_event", "dendritic_delay",
        "level",      "reduction",  "positions",  "spikes",
        "grid",       "kernel",     "storage"};
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool takes_settings(const std::vector<std::string>& parts) {
    return parts.size() == 3 && (parts[0] == "populations" || parts[0] == "projections") &&
           !is_section_key(parts[2]);
}

// A part of a path that the document leaves out: a section, an entry of a section that was just made, or the
// settings of an entry. Other missing names are slips.
bool may_be_made(const std::vector<std::string>& parts, std::size_t index, const Node& at) {
    static const std::vector<std::string> sections = {"time",        "values",  "populations",
                                                      "projections", "stimuli", "monitors",
                                                      "analyses",    "tune",    "connectome"};
    static const std::vector<std::string> settings = {"set", "initial", "connect", "reduction"};
    const auto is_among = [&](const std::vector<std::string>& names) {
        return std::find(names.begin(), names.end(), parts[index]) != names.end();
    };
    if (at.kind != Node::Kind::map && at.kind != Node::Kind::null) return false;
    return (index == 0 && is_among(sections)) || (index == 1 && at.keys.empty()) ||
           (index == 2 && is_among(settings));
}

}  // namespace

void set_value(Document& document, const std::string& path, const Node& value) {
    std::vector<std::string> parts = split_path(path);
    Node* values = document.root.find("values");
    if (parts.size() == 1 && values != nullptr && values->find(parts[0]) != nullptr)
        parts.insert(parts.begin(), "values");
    if (takes_settings(parts)) {
        parts.insert(parts.begin() + 2, "set");
        Node* sections = document.root.find(parts[0]);
        Node* section = sections == nullptr ? nullptr : sections->find(parts[1]);
        if (section != nullptr && section->find("set") == nullptr) assign(*section, "set", empty_map());
    }
    Node* at = &document.root;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        if (child(*at, parts[i]) == nullptr) {
            if (!may_be_made(parts, i, *at)) no_such_path(path, parts[i], *at);
            assign(*at, parts[i], empty_map());
        }
        at = child(*at, parts[i]);
    }
    if (at->kind == Node::Kind::scalar ||
        (at->kind == Node::Kind::list && child(*at, parts.back()) == nullptr))
        no_such_path(path, parts.back(), *at);
    assign(*at, parts.back(), value);
}

void set_value(Document& document, const std::string& path, const std::string& yaml,
               const std::string& origin) {
    Node value;
    if (yaml.find_first_not_of(" \t\r\n") != std::string::npos) value = parse_document(yaml, origin).root;
    // The value does not stand in the file, so messages must not point into it.
    const auto forget_places = [](Node& node, const auto& self) -> void {
        node.place = {};
        for (Place& place : node.key_places) place = {};
        for (Node& item : node.items) self(item, self);
    };
    forget_places(value, forget_places);
    set_value(document, path, value);
}

}  // namespace neurodyn::experiment
