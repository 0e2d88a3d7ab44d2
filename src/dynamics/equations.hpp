// SPDX-License-Identifier: BSD-3-Clause
// Equations F(u) = 0 (or du/dt = F(u)) over named unknowns, with the Jacobian taken symbolically.
#pragma once

#include <Eigen/Dense>
#include <string>
#include <vector>

#include "compile/evaluator.hpp"
#include "symbolic/graph.hpp"

namespace neurodyn::dynamics {

/// A symbol that is solved for. Everything here counts it in units of `scale` (SI).
struct Unknown {
    std::string name;
    double scale = 1.0;
};

/// Values at one point: n rows, and their derivatives in m unknowns.
struct Linearised {
    Eigen::VectorXd value;     ///< n
    Eigen::MatrixXd jacobian;  ///< n x m
};

/// n expressions over m unknowns and fixed values. `row_scale` (SI) divides each expression.
class Equations {
  public:
    Equations(symbolic::Graph graph, std::vector<symbolic::NodeId> rows, std::vector<double> row_scale,
              std::vector<Unknown> unknowns, compile::Environment fixed);

    Eigen::Index rows() const { return static_cast<Eigen::Index>(row_scale_.size()); }
    Eigen::Index size() const { return static_cast<Eigen::Index>(unknowns_.size()); }
    const std::vector<Unknown>& unknowns() const { return unknowns_; }

    Eigen::VectorXd value(const Eigen::VectorXd& u);
    Linearised at(const Eigen::VectorXd& u);
    /// One column of `u` for each point.
    std::vector<Linearised> at(const Eigen::MatrixXd& u);

    const symbolic::Graph& graph() const { return graph_; }
    const std::vector<symbolic::NodeId>& expressions() const { return nodes_; }
    const compile::Environment& fixed() const { return fixed_; }
    double row_scale(Eigen::Index row) const { return row_scale_[static_cast<std::size_t>(row)]; }

  private:
    struct Entry {
        Eigen::Index row, column;
    };
    void load(compile::Evaluator& evaluator, const Eigen::MatrixXd& u);

    symbolic::Graph graph_;
    std::vector<symbolic::NodeId> nodes_;
    std::vector<double> row_scale_;
    std::vector<Unknown> unknowns_;
    compile::Environment fixed_;
    std::vector<Entry> entries_;  ///< of the Jacobian that are not zero everywhere
    compile::Evaluator values_, all_;
};

}  // namespace neurodyn::dynamics
