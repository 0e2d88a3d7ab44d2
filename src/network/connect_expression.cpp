// SPDX-License-Identifier: BSD-3-Clause
// Names of two neurons to nodes of a graph, and the graph to loops over a row of targets.
#include "network/connect_expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/error.hpp"
#include "base/math/table.hpp"
#include "language/model.hpp"
#include "symbolic/operations.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::network {
namespace {

using language::ScopeEntry;
using symbolic::Graph;
using symbolic::NodeId;
using symbolic::Op;

constexpr std::size_t tile = 256;       // targets at a time: 2 KB for each value
constexpr std::size_t most_draws = 32;  // that RowDraws tells apart

bool has_axis(const std::vector<NodeQuantity>& list, const std::string& name) {
    return std::any_of(list.begin(), list.end(), [&](const NodeQuantity& q) {
        return q.name == name && q.dimension == dimensions::length;
    });
}

/// Over the axes that both populations have; null without any.
NodeId distance(const NodeScope& scope, Graph& graph) {
    NodeId squares;
    for (std::size_t k = 0; k < axis_names.size(); ++k) {
        const std::string axis = axis_names[k];
        if (!has_axis(scope.post, axis) || !has_axis(scope.pre, axis)) continue;
        NodeId d = graph.sub(graph.symbol(axis + "_pre"), graph.symbol(axis + "_post"));
        if (scope.period[k] > 0.0) {
            d = graph.make(Op::abs, d);
            d = graph.make(Op::min, d, graph.sub(graph.constant(scope.period[k]), d));
        }
        const NodeId square = graph.mul(d, d);
        squares = squares ? graph.add(squares, square) : square;
    }
    return squares ? graph.make(Op::sqrt, squares) : squares;
}

/// The scope's names with their symbols. Of one name the last entry counts.
std::vector<ScopeEntry> entries(const NodeScope& scope, Graph& graph) {
    std::vector<ScopeEntry> all;
    const auto add = [&](const std::string& name, const Dimension& dimension) {
        all.push_back({name, graph.symbol(name), dimension});
    };
    for (const NodeQuantity& q : scope.pre) add(q.name + "_pre", q.dimension);
    for (const NodeQuantity& q : scope.post) add(q.name + "_post", q.dimension);
    for (const char* name : {"i", "j", "N_pre", "N_post"}) add(name, dimensions::one);
    if (const NodeId d = distance(scope, graph)) all.push_back({"distance", d, dimensions::length});
    for (const NodeQuantity& q : scope.shared) add(q.name, q.dimension);
    return all;
}

const std::vector<double>* find(const std::vector<NodeQuantity>& list, std::string_view name) {
    for (const NodeQuantity& q : list)
        if (q.name == name) return &q.values;
    return nullptr;
}

void check_sizes(const std::vector<NodeQuantity>& list, std::size_t size, std::string_view whose) {
    for (const NodeQuantity& q : list)
        if (q.values.size() != 1 && q.values.size() != size)
            throw Error(fmt::format("'{}' of the {} has {} values for {} neurons", q.name, whose,
                                    q.values.size(), size));
}

math::Loop<double> loop_of(Op op) {
    static constexpr std::array<std::pair<Op, std::string_view>, 17> operators = {
        {{Op::add, "add"},
         {Op::sub, "sub"},
         {Op::mul, "mul"},
         {Op::div, "div"},
         {Op::neg, "neg"},
         {Op::pow, "pow"},
         {Op::mod, "mod"},
         {Op::lt, "lt"},
         {Op::le, "le"},
         {Op::gt, "gt"},
         {Op::ge, "ge"},
         {Op::eq, "eq"},
         {Op::ne, "ne"},
         {Op::logical_and, "logical_and"},
         {Op::logical_or, "logical_or"},
         {Op::logical_not, "logical_not"},
         {Op::select, "select"}}};
    std::string_view name = symbolic::info(op).name;
    for (const auto& [known, row] : operators)
        if (known == op) name = row;
    const math::FunctionRow* row = math::find_function(name);
    if (!row) throw std::logic_error(fmt::format("no math function '{}'", name));
    return row->f64;
}

}  // namespace

NodeExpression::NodeExpression(std::string_view text, const std::string& file, const Dimension& expected,
                               const NodeScope& scope)
    : text_(text), targets_(scope.targets), sources_(scope.sources) {
    check_sizes(scope.post, scope.targets, "targets");
    check_sizes(scope.pre, scope.sources, "sources");
    check_sizes(scope.shared, 1, "projection");
    Graph graph;
    std::vector<language::Draw> draws;
    const language::Expression parsed =
        language::parse_expression(text, file, graph, entries(scope, graph), &draws);
    if (draws.size() > most_draws)
        throw Error(
            fmt::format("'{}' has more than {} calls of rand() and randn()", text, std::size_t{most_draws}));
    if (!parsed.any_dimension && parsed.dimension != expected)
        throw Error(fmt::format("{}'{}' has the unit {}, but {} is needed", file.empty() ? "" : file + ": ",
                                text, to_string(parsed.dimension), to_string(expected)));
    std::vector<std::uint32_t> step_of(graph.size());
    for (const NodeId id : symbolic::reachable(graph, {&parsed.node, 1})) add_step(graph, id, scope, step_of);
}

void NodeExpression::add_step(const Graph& graph, NodeId id, const NodeScope& scope,
                              std::vector<std::uint32_t>& step_of) {
    const symbolic::Node& node = graph[id];
    Step step;
    step.of_row = true;
    if (node.op == Op::constant) {
        step.value = node.value;
    } else if (node.op == Op::symbol) {
        step = leaf_of(graph.name(id), scope);
    } else {
        step.loop = loop_of(node.op);
        for (std::size_t k = 0; k < 3 && node.args[k]; ++k) {
            step.args[k] = step_of[node.args[k].index];
            step.of_row = step.of_row && steps_[step.args[k]].of_row;
        }
    }
    step_of[id.index] = static_cast<std::uint32_t>(steps_.size());
    steps_.push_back(std::move(step));
}

NodeExpression::Step NodeExpression::leaf_of(const std::string& symbol, const NodeScope& scope) const {
    Step step;
    const auto constant = [&](double value) {
        step.value = value;
        step.of_row = true;
        return step;
    };
    if (const auto* value = find(scope.shared, symbol)) return constant(value->front());
    if (symbol == "i" || symbol == "j") {
        step.leaf = symbol == "i" ? Leaf::source_index : Leaf::target_index;
        step.of_row = symbol == "i";
        return step;
    }
    if (symbol == "N_post") return constant(static_cast<double>(targets_));
    if (symbol == "N_pre") return constant(static_cast<double>(sources_));
    if (const std::size_t dot = symbol.find('.'); dot != symbol.npos) {  // "randn.0": language::Draw
        step.leaf = symbol.substr(0, dot) == "rand" ? Leaf::uniform : Leaf::normal;
        step.part = static_cast<std::uint32_t>(std::stoul(symbol.substr(dot + 1)));
        return step;
    }
    const bool is_target = symbol.ends_with("_post");
    const auto* values = is_target || symbol.ends_with("_pre")
                             ? find(is_target ? scope.post : scope.pre, symbol.substr(0, symbol.rfind('_')))
                             : nullptr;
    if (!values)  // t and dt, which every expression of the language knows
        throw Error(fmt::format("'{}' uses {}, which has no value when synapses are made", text_, symbol));
    if (values->size() == 1) return constant(values->front());
    step.leaf = is_target ? Leaf::target : Leaf::source;
    step.of_row = !is_target;
    step.per_node = *values;
    return step;
}

bool NodeExpression::is_random() const {
    return std::any_of(steps_.begin(), steps_.end(), [](const Step& step) {
        return !step.loop && (step.leaf == Leaf::uniform || step.leaf == Leaf::normal);
    });
}

void NodeExpression::fill_leaf(const Step& step, std::size_t source, std::span<const std::uint32_t> targets,
                               std::uint64_t first, const RowDraws& draws, std::uint32_t attempt,
                               std::span<double> out) const {
    const auto broadcast = [&](double value) { std::fill(out.begin(), out.end(), value); };
    switch (step.leaf) {
        case Leaf::constant:
            return broadcast(step.value);
        case Leaf::source_index:
            return broadcast(static_cast<double>(source));
        case Leaf::source:
            return broadcast(step.per_node[source]);
        case Leaf::target_index:
            for (std::size_t k = 0; k < out.size(); ++k) out[k] = static_cast<double>(targets[k]);
            return;
        case Leaf::target:
            for (std::size_t k = 0; k < out.size(); ++k) out[k] = step.per_node[targets[k]];
            return;
        case Leaf::uniform:
            return draws.uniform(out, first, attempt, step.part);
        case Leaf::normal:
            return draws.normal(out, first, attempt, step.part);
    }
}

void NodeExpression::evaluate(std::size_t source, std::span<const std::uint32_t> targets,
                              const RowDraws& draws, std::uint32_t attempt, std::uint64_t first_node,
                              std::span<double> out) const {
    std::vector<double> scratch(steps_.size() * tile);
    const auto place = [&](std::size_t step) { return scratch.data() + step * tile; };
    for (std::size_t first = 0; first < targets.size(); first += tile) {
        const std::size_t count = std::min(tile, targets.size() - first);
        for (std::size_t k = 0; k < steps_.size(); ++k) {
            const Step& step = steps_[k];
            if (step.of_row && first > 0) continue;
            const std::size_t n = step.of_row ? std::min(tile, targets.size()) : count;
            if (!step.loop) {
                fill_leaf(step, source, targets.subspan(first, n), first_node + first, draws, attempt,
                          {place(k), n});
                continue;
            }
            const std::array<const double*, 3> args = {place(step.args[0]), place(step.args[1]),
                                                       place(step.args[2])};
            step.loop(args.data(), place(k), n);
        }
        std::copy_n(place(steps_.size() - 1), count, out.data() + first);
    }
}

}  // namespace neurodyn::network
