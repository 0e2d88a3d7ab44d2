// SPDX-License-Identifier: BSD-3-Clause
// Signals of all nodes, sums over edges, slopes of all nodes; the chain rule joins their derivatives.
#include "dynamics/network_field.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "symbolic/transform.hpp"

namespace neurodyn::dynamics {
namespace {

using symbolic::NodeId;

constexpr compile::KernelOptions interpreted{compile::Precision::double_, compile::Backend::interpreter, 0,
                                             false};

/// Expressions of a group's nodes with their derivatives in some symbols.
class NodeFunctions {
  public:
    NodeFunctions(const NetworkGroup& group, const std::vector<NodeId>& rows, bool with_sums)
        : group_(group), rows_(rows.size()) {
        symbolic::Graph graph = group.graph;
        std::vector<std::string> arrays;
        for (const Quantity& state : group.states) arrays.push_back(state.name);
        if (with_sums) arrays.insert(arrays.end(), group.sums.begin(), group.sums.end());
        columns_ = arrays.size();
        std::vector<NodeId> symbols;
        for (const std::string& name : arrays) symbols.push_back(graph.symbol(name));
        if (!group.varied.empty()) symbols.push_back(graph.symbol(group.varied));
        const auto derivatives = symbolic::jacobian(graph, rows, symbols);
        std::vector<NodeId> all = rows;
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (std::size_t j = 0; j < symbols.size(); ++j) {
                if (graph.is_constant(derivatives[i][j], 0.0)) continue;
                entries_.emplace_back(i, j);
                all.push_back(derivatives[i][j]);
            }
        for (const auto& [name, values] : group.parameters) {
            if (values.size() == 1 || name == group.varied)
                environment_.values[environment_.index(name)] = values.front();
            else
                per_node_.push_back(name);
        }
        arrays.insert(arrays.end(), per_node_.begin(), per_node_.end());
        evaluator_.emplace(graph, arrays, all, environment_, interpreted);
        evaluator_->resize(group.nodes);
        for (std::size_t k = 0; k < per_node_.size(); ++k) {
            const auto& values = group.parameters.at(per_node_[k]);
            std::copy(values.begin(), values.end(), evaluator_->array(columns_ + k).begin());
        }
    }

    std::span<double> array(std::size_t k) { return evaluator_->array(k); }
    void run(double varied) {
        if (!group_.varied.empty()) environment_.values[environment_.index(group_.varied)] = varied;
        evaluator_->take(environment_);
        evaluator_->run();
    }
    std::span<const double> value(std::size_t row) const { return evaluator_->result(row); }
    std::size_t columns() const { return columns_; }
    /// Calls use(row, column, values by node); the column behind the last array is the varied parameter.
    void for_each_derivative(auto&& use) const {
        for (std::size_t e = 0; e < entries_.size(); ++e)
            use(entries_[e].first, entries_[e].second, evaluator_->result(rows_ + e));
    }

  private:
    const NetworkGroup& group_;
    std::size_t rows_, columns_ = 0;
    std::vector<std::pair<std::size_t, std::size_t>> entries_;
    std::vector<std::string> per_node_;
    compile::Environment environment_;
    std::optional<compile::Evaluator> evaluator_;
};

void for_each_edge(const NetworkField& field, auto&& use) {
    for (const NetworkLink& link : field.links)
        for (std::size_t target = 0; target + 1 < link.row_begin.size(); ++target)
            for (std::size_t e = link.row_begin[target]; e < link.row_begin[target + 1]; ++e)
                use(link, target, link.source[e], link.weight[e],
                    link.delay_s.empty() ? 0.0 : link.delay_s[e]);
}

}  // namespace

Eigen::Index NetworkField::size() const {
    Eigen::Index size = 0;
    for (const NetworkGroup& group : groups) size += group.start.size();
    return size;
}

Eigen::VectorXd NetworkField::start() const {
    Eigen::VectorXd all(size());
    Eigen::Index at = 0;
    for (const NetworkGroup& group : groups) {
        all.segment(at, group.start.size()) = group.start.reshaped();
        at += group.start.size();
    }
    return all;
}

struct NetworkEquations::Group {
    Group(const NetworkGroup& group, Eigen::Index begins)
        : offset(begins), drift(group, group.drift, true), signals(group, group.signals, false) {}
    Eigen::Index offset;
    NodeFunctions drift, signals;
};

NetworkEquations::NetworkEquations(const NetworkField& field) : field_(field), size_(field.size()) {
    Eigen::Index offset = 0;
    groups_.reserve(field_.groups.size());
    for (const NetworkGroup& group : field_.groups) {
        groups_.emplace_back(group, offset);
        offset += group.start.size();
    }
}

NetworkEquations::~NetworkEquations() = default;

NetworkLinearised NetworkEquations::at(const Eigen::VectorXd& u) {
    const double varied = u[size_] * field_.parameter.unit.scale;
    const auto place = [&](std::size_t group, std::size_t state, std::size_t node) {
        return groups_[group].offset +
               static_cast<Eigen::Index>(node * field_.groups[group].states.size() + state);
    };
    const auto scale = [&](std::size_t group, std::size_t state) {
        return field_.groups[group].states[state].unit.scale;
    };
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        const NetworkGroup& group = field_.groups[g];
        for (NodeFunctions* functions : {&groups_[g].signals, &groups_[g].drift})
            for (std::size_t s = 0; s < group.states.size(); ++s)
                for (std::size_t node = 0; node < group.nodes; ++node)
                    functions->array(s)[node] = u[place(g, s, node)] * scale(g, s);
        for (std::size_t k = 0; k < group.sums.size(); ++k)
            std::fill(groups_[g].drift.array(group.states.size() + k).begin(),
                      groups_[g].drift.array(group.states.size() + k).end(), 0.0);
        groups_[g].signals.run(varied);
    }
    for_each_edge(
        field_, [&](const NetworkLink& link, std::size_t target, std::size_t source, double weight, double) {
            const std::size_t at = field_.groups[link.to].states.size() + link.sum;
            groups_[link.to].drift.array(at)[target] +=
                weight * groups_[link.from].signals.value(link.signal)[source];
        });
    NetworkLinearised made{Eigen::VectorXd(size_), {}, Eigen::VectorXd::Zero(size_)};
    // Derivatives of slopes in sums: [link's target group, sum] -> (state, values by node).
    std::vector<std::vector<std::vector<std::pair<std::size_t, std::span<const double>>>>> in_sums(
        groups_.size());
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        const NetworkGroup& group = field_.groups[g];
        NodeFunctions& drift = groups_[g].drift;
        const std::size_t states = group.states.size();
        drift.run(varied);
        in_sums[g].resize(group.sums.size());
        for (std::size_t s = 0; s < states; ++s)
            for (std::size_t node = 0; node < group.nodes; ++node)
                made.value[place(g, s, node)] = drift.value(s)[node] / scale(g, s);
        drift.for_each_derivative([&](std::size_t row, std::size_t column, std::span<const double> values) {
            if (column >= states && column < drift.columns()) {
                in_sums[g][column - states].emplace_back(row, values);
                return;
            }
            for (std::size_t node = 0; node < group.nodes; ++node) {
                if (column < states)
                    made.jacobian.push_back({place(g, row, node), place(g, column, node),
                                             values[node] * scale(g, column) / scale(g, row), 0.0});
                else
                    made.slope[place(g, row, node)] +=
                        values[node] * field_.parameter.unit.scale / scale(g, row);
            }
        });
    }
    // d slope / d sum * weight * d signal / d state (or parameter).
    std::vector<std::vector<std::vector<std::pair<std::size_t, std::span<const double>>>>> of_signals(
        groups_.size());
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        of_signals[g].resize(field_.groups[g].signals.size());
        groups_[g].signals.for_each_derivative(
            [&](std::size_t row, std::size_t column, std::span<const double> values) {
                of_signals[g][row].emplace_back(column, values);
            });
    }
    for_each_edge(field_, [&](const NetworkLink& link, std::size_t target, std::size_t source, double weight,
                              double delay_s) {
        const std::size_t states = field_.groups[link.from].states.size();
        for (const auto& [row, by_sum] : in_sums[link.to][link.sum])
            for (const auto& [column, by_signal] : of_signals[link.from][link.signal]) {
                const double value = by_sum[target] * weight * by_signal[source] / scale(link.to, row);
                if (column < states)
                    made.jacobian.push_back({place(link.to, row, target), place(link.from, column, source),
                                             value * scale(link.from, column),
                                             link.delay_varied ? varied : delay_s});
                else
                    made.slope[place(link.to, row, target)] += value * field_.parameter.unit.scale;
            }
    });
    return made;
}

}  // namespace neurodyn::dynamics
