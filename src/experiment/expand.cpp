// SPDX-License-Identifier: BSD-3-Clause
// Pairs of populations out of two lists.
#include "experiment/expand.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace neurodyn::experiment {
namespace {

std::vector<Node> as_list(const Node* node) {
    if (node == nullptr) return {};
    if (node->kind == Node::Kind::list) return node->items;
    return {*node};
}

// "L4E.spike" -> "L4E"
std::string population_of(const Node& node) { return node.text.substr(0, node.text.find('.')); }

// The value of one pair, from a value for all, a row or a matrix. Null when the shape does not fit.
const Node* cell(const Node& value, std::size_t row, std::size_t rows, std::size_t column,
                 std::size_t columns) {
    if (value.kind != Node::Kind::list) return &value;
    const bool matrix = std::all_of(value.items.begin(), value.items.end(),
                                    [](const Node& item) { return item.kind == Node::Kind::list; });
    const Node* line = &value;
    if (matrix) {
        if (value.items.size() != rows) return nullptr;
        line = &value.items[row];
    }
    return line->items.size() == columns ? &line->items[column] : nullptr;
}

// Of what makes synapses, nothing makes none.
bool leaves_out(const std::string& key, const Node& value) {
    static const std::vector<std::string> keys = {"probability", "number", "indegree", "outdegree",
                                                  "weights"};
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) return false;
    return value.kind == Node::Kind::scalar && to_number(value.text) == 0.0;
}

class Pair {
  public:
    Pair(std::size_t row, std::size_t rows, std::size_t column, std::size_t columns, Problems& problems)
        : row_(row), rows_(rows), column_(column), columns_(columns), problems_(problems) {}

    // The pair's own values in place of lists.
    void choose(Node& map, const std::vector<std::string>& keys) {
        for (std::size_t i = 0; i < map.items.size(); ++i) {
            if (!keys.empty() && std::find(keys.begin(), keys.end(), map.keys[i]) == keys.end()) continue;
            if (map.items[i].kind == Node::Kind::map) {
                choose(map.items[i], {});
                continue;
            }
            const Node* chosen = cell(map.items[i], row_, rows_, column_, columns_);
            if (chosen == nullptr || chosen->kind == Node::Kind::list) {
                problems_.add(map.items[i].place,
                              fmt::format("'{}' must be one value, {} values (one for each source) or {} "
                                          "lists of {} (one for each target)",
                                          map.keys[i], columns_, rows_, columns_));
                left_out = true;
                continue;
            }
            const Node value = *chosen;
            left_out = left_out || leaves_out(map.keys[i], value);
            map.items[i] = value;
        }
    }

    bool left_out = false;

  private:
    std::size_t row_, rows_, column_, columns_;
    Problems& problems_;
};

}  // namespace

std::vector<ExpandedProjection> expand_projection(const std::string& name, const Node& node,
                                                  Problems& problems) {
    const Node *from = node.find("from"), *to = node.find("to");
    const auto is_list = [](const Node* n) { return n != nullptr && n->kind == Node::Kind::list; };
    if (node.kind != Node::Kind::map || (!is_list(from) && !is_list(to))) return {{name, node}};
    const std::vector<Node> sources = as_list(from), targets = as_list(to);
    std::vector<ExpandedProjection> all;
    for (std::size_t row = 0; row < targets.size(); ++row)
        for (std::size_t column = 0; column < sources.size(); ++column) {
            Node one = node;
            *one.find("from") = sources[column];
            *one.find("to") = targets[row];
            Pair pair(row, targets.size(), column, sources.size(), problems);
            pair.choose(one, {"weights", "delays", "connect"});
            if (pair.left_out) continue;
            all.push_back(
                {fmt::format("{}_{}_{}", name, population_of(targets[row]), population_of(sources[column])),
                 std::move(one)});
        }
    return all;
}

}  // namespace neurodyn::experiment
