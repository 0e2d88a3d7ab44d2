// SPDX-License-Identifier: BSD-3-Clause
// Signals of all nodes, sums over edges, slopes of all nodes; the chain rule joins their derivatives.
#include "dynamics/network_field.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <type_traits>
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

Eigen::Index NetworkEquations::place(std::size_t group, std::size_t state, std::size_t node) const {
    return groups_[group].offset +
           static_cast<Eigen::Index>(node * field_.groups[group].states.size() + state);
}

void NetworkEquations::send(const Eigen::Ref<const Eigen::VectorXd>& x, double varied) {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        const NetworkGroup& group = field_.groups[g];
        for (NodeFunctions* functions : {&groups_[g].signals, &groups_[g].drift})
            for (std::size_t s = 0; s < group.states.size(); ++s)
                for (std::size_t node = 0; node < group.nodes; ++node)
                    functions->array(s)[node] = x[place(g, s, node)] * scale(g, s);
        groups_[g].signals.run(varied);
    }
}

NetworkLinearised NetworkEquations::at(const Eigen::VectorXd& u) {
    const double varied = u[size_] * field_.parameter.unit.scale;
    send(u.head(size_), varied);
    for (std::size_t g = 0; g < groups_.size(); ++g)
        for (std::size_t k = 0; k < field_.groups[g].sums.size(); ++k)
            std::ranges::fill(groups_[g].drift.array(field_.groups[g].states.size() + k), 0.0);
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

namespace {

/// What nodes send or receive: a column for each node, its value and then its growth along each vector.
using Carried = std::vector<std::vector<Eigen::MatrixXd>>;

Carried nothing_carried(const NetworkField& field, Eigen::Index rows, auto&& lists) {
    Carried all(field.groups.size());
    for (std::size_t g = 0; g < all.size(); ++g)
        all[g].assign(lists(field.groups[g]).size(),
                      Eigen::MatrixXd::Zero(rows, static_cast<Eigen::Index>(field.groups[g].nodes)));
    return all;
}

// Most networks carry one vector: `width` 2 keeps its sums in registers. 0: any.
template <std::size_t width>
void deliver(const NetworkLink& link, const Eigen::MatrixXd& sent, Eigen::MatrixXd& arriving) {
    const std::size_t rows = width == 0 ? static_cast<std::size_t>(sent.rows()) : width;
    std::conditional_t<width == 0, std::vector<double>, std::array<double, width>> sum;
    if constexpr (width == 0) sum.resize(rows);
    for (std::size_t target = 0; target + 1 < link.row_begin.size(); ++target) {
        double* const to = arriving.data() + target * rows;
        std::copy(to, to + rows, sum.begin());
        for (std::size_t e = link.row_begin[target]; e < link.row_begin[target + 1]; ++e) {
            const double* const from = sent.data() + link.source[e] * rows;
            for (std::size_t r = 0; r < rows; ++r) sum[r] += link.weight[e] * from[r];
        }
        std::copy(sum.begin(), sum.end(), to);
    }
}

}  // namespace

Eigen::MatrixXd NetworkEquations::tangents(const Eigen::MatrixXd& z) {
    const Eigen::MatrixXd vectors = z.rightCols(z.cols() - 1).transpose();
    const Eigen::Index k = vectors.rows();
    const double varied = field_.value * field_.parameter.unit.scale;
    send(z.col(0), varied);
    Carried sent = nothing_carried(field_, k + 1, [](const NetworkGroup& group) { return group.signals; });
    Carried arriving = nothing_carried(field_, k + 1, [](const NetworkGroup& group) { return group.sums; });
    const auto nodes = [&](std::size_t g, auto&& use) {
        for (std::size_t node = 0; node < field_.groups[g].nodes; ++node)
            use(node, static_cast<Eigen::Index>(node));
    };
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        for (std::size_t s = 0; s < sent[g].size(); ++s)
            nodes(g, [&](std::size_t node, Eigen::Index column) {
                sent[g][s](0, column) = groups_[g].signals.value(s)[node];
            });
        groups_[g].signals.for_each_derivative(
            [&](std::size_t row, std::size_t state, std::span<const double> values) {
                if (state == field_.groups[g].states.size()) return;  // the parameter
                nodes(g, [&](std::size_t node, Eigen::Index column) {
                    sent[g][row].col(column).tail(k) +=
                        values[node] * scale(g, state) * vectors.col(place(g, state, node));
                });
            });
    }
    for (const NetworkLink& link : field_.links) {
        const auto deliver_all = k == 1 ? deliver<2> : k == 0 ? deliver<1> : deliver<0>;
        deliver_all(link, sent[link.from][link.signal], arriving[link.to][link.sum]);
    }
    Eigen::MatrixXd made = Eigen::MatrixXd::Zero(k + 1, size_);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        NodeFunctions& drift = groups_[g].drift;
        const std::size_t states = field_.groups[g].states.size();
        for (std::size_t s = 0; s < arriving[g].size(); ++s)
            nodes(g, [&](std::size_t node, Eigen::Index column) {
                drift.array(states + s)[node] = arriving[g][s](0, column);
            });
        drift.run(varied);
        for (std::size_t s = 0; s < states; ++s)
            nodes(g, [&](std::size_t node, Eigen::Index) {
                made(0, place(g, s, node)) = drift.value(s)[node] / scale(g, s);
            });
        drift.for_each_derivative([&](std::size_t row, std::size_t in, std::span<const double> values) {
            if (in == drift.columns()) return;  // the parameter
            nodes(g, [&](std::size_t node, Eigen::Index column) {
                const double value = values[node] / scale(g, row);
                auto to = made.col(place(g, row, node)).tail(k);
                if (in < states)
                    to += value * scale(g, in) * vectors.col(place(g, in, node));
                else
                    to += value * arriving[g][in - states].col(column).tail(k);
            });
        });
    }
    return made.transpose();
}

}  // namespace neurodyn::dynamics
