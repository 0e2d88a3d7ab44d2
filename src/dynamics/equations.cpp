// SPDX-License-Identifier: BSD-3-Clause
// Symbolic Jacobians, evaluated at one point or at many.
#include "dynamics/equations.hpp"

#include <utility>

#include "symbolic/transform.hpp"

namespace neurodyn::dynamics {
namespace {

using symbolic::Graph;
using symbolic::NodeId;

constexpr compile::KernelOptions interpreted{compile::Precision::double_, compile::Backend::interpreter, 0,
                                             false};

std::vector<std::string> names_of(const std::vector<Unknown>& unknowns) {
    std::vector<std::string> names;
    for (const Unknown& u : unknowns) names.push_back(u.name);
    return names;
}

// The expressions and behind them the entries of the Jacobian that are not zero.
std::vector<NodeId> with_jacobian(Graph& graph, const std::vector<NodeId>& rows,
                                  const std::vector<Unknown>& unknowns, auto&& add_entry) {
    std::vector<NodeId> symbols;
    for (const Unknown& u : unknowns) symbols.push_back(graph.symbol(u.name));
    const auto derivatives = symbolic::jacobian(graph, rows, symbols);
    std::vector<NodeId> all = rows;
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t j = 0; j < symbols.size(); ++j) {
            if (graph.is_constant(derivatives[i][j], 0.0)) continue;
            add_entry(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
            all.push_back(derivatives[i][j]);
        }
    return all;
}

}  // namespace

Equations::Equations(Graph graph, std::vector<NodeId> rows, std::vector<double> row_scale,
                     std::vector<Unknown> unknowns, compile::Environment fixed)
    : graph_(std::move(graph)),
      nodes_(std::move(rows)),
      row_scale_(std::move(row_scale)),
      unknowns_(std::move(unknowns)),
      fixed_(std::move(fixed)),
      values_(graph_, names_of(unknowns_), nodes_, fixed_, interpreted),
      all_([&] {
          const auto nodes = with_jacobian(
              graph_, nodes_, unknowns_, [&](Eigen::Index i, Eigen::Index j) { entries_.push_back({i, j}); });
          return compile::Evaluator(graph_, names_of(unknowns_), nodes, fixed_, interpreted);
      }()) {
    values_.resize(1);
}

void Equations::load(compile::Evaluator& evaluator, const Eigen::MatrixXd& u) {
    evaluator.resize(static_cast<std::size_t>(u.cols()));
    for (std::size_t k = 0; k < unknowns_.size(); ++k)
        for (Eigen::Index i = 0; i < u.cols(); ++i)
            evaluator.array(k)[static_cast<std::size_t>(i)] =
                u(static_cast<Eigen::Index>(k), i) * unknowns_[k].scale;
    evaluator.take(fixed_);
    evaluator.run();
}

Eigen::VectorXd Equations::value(const Eigen::VectorXd& u) {
    load(values_, u);
    Eigen::VectorXd result(rows());
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        result[static_cast<Eigen::Index>(i)] = values_.result(i)[0] / row_scale_[i];
    return result;
}

std::vector<Linearised> Equations::at(const Eigen::MatrixXd& u) {
    load(all_, u);
    std::vector<Linearised> result(static_cast<std::size_t>(u.cols()));
    for (std::size_t point = 0; point < result.size(); ++point) {
        Linearised& made = result[point];
        made.value.resize(rows());
        made.jacobian = Eigen::MatrixXd::Zero(rows(), size());
        for (std::size_t i = 0; i < nodes_.size(); ++i)
            made.value[static_cast<Eigen::Index>(i)] = all_.result(i)[point] / row_scale_[i];
        for (std::size_t e = 0; e < entries_.size(); ++e) {
            const auto [i, j] = entries_[e];
            made.jacobian(i, j) = all_.result(nodes_.size() + e)[point] *
                                  unknowns_[static_cast<std::size_t>(j)].scale /
                                  row_scale_[static_cast<std::size_t>(i)];
        }
    }
    return result;
}

Linearised Equations::at(const Eigen::VectorXd& u) { return std::move(at(Eigen::MatrixXd(u)).front()); }

}  // namespace neurodyn::dynamics
