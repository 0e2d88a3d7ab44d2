// SPDX-License-Identifier: BSD-3-Clause
// Networks as vector fields: populations of nodes with equal equations, joined by weighted, delayed sums.
// Jacobians are sparse, and know with which delay each of their entries acts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dynamics/vector_field.hpp"

namespace neurodyn::dynamics {

/// Nodes with the same equations.
struct NetworkGroup {
    std::string name;
    symbolic::Graph graph;
    std::vector<Quantity> states;
    std::vector<symbolic::NodeId> drift;    ///< SI; of states, sums and parameters
    std::vector<std::string> sums;          ///< symbols that links fill
    std::vector<symbolic::NodeId> signals;  ///< SI; of states and parameters: what links carry away
    std::map<std::string, std::vector<double>> parameters;  ///< SI; one value, or one for each node
    std::string varied;  ///< of the parameters the one that is varied; empty: none
    std::size_t nodes = 1;
    Eigen::MatrixXd start;  ///< [state, node], in the states' units
};

/// A group's sum = sum over edges of weight * signal(source, t - delay). Rows by target node.
struct NetworkLink {
    std::size_t to = 0, sum = 0, from = 0, signal = 0;
    std::vector<std::size_t> row_begin;  ///< nodes of the target + 1
    std::vector<std::uint32_t> source;
    std::vector<double> weight, delay_s;  ///< delay_s empty: none
    bool delay_varied = false;            ///< the parameter is the delay of all its edges
};

struct NetworkField {
    std::vector<NetworkGroup> groups;
    std::vector<NetworkLink> links;
    Quantity parameter;  ///< what is varied; without a name: nothing
    double value = 0.0;  ///< where the experiment puts it, in its unit
    Eigen::Index size() const;
    Eigen::VectorXd start() const;
};

/// One derivative: of the row's slope in a state as it was a delay ago.
struct DelayedEntry {
    Eigen::Index row = 0, column = 0;
    double value = 0.0, delay_s = 0.0;
};

struct NetworkLinearised {
    Eigen::VectorXd value;               ///< at a state that does not change, so that delays do not matter
    std::vector<DelayedEntry> jacobian;  ///< in the states; entries of one place add up
    Eigen::VectorXd slope;               ///< in the parameter
};

/// dx/dt of a network in the states' units per second. Unknowns are the states (group by group, node by node)
/// and, last, the parameter.
class NetworkEquations {
  public:
    explicit NetworkEquations(const NetworkField& field);
    ~NetworkEquations();
    NetworkEquations(const NetworkEquations&) = delete;
    NetworkEquations& operator=(const NetworkEquations&) = delete;
    const NetworkField& field() const { return field_; }
    Eigen::Index size() const { return size_; }
    NetworkLinearised at(const Eigen::VectorXd& u);
    /// Slopes of a state (column 0) and of tangent vectors there (the others), with the parameter at the
    /// field's value and no delays: products of the Jacobian, edge by edge, that never make it.
    Eigen::MatrixXd tangents(const Eigen::MatrixXd& z);

  private:
    struct Group;
    Eigen::Index place(std::size_t group, std::size_t state, std::size_t node) const;
    double scale(std::size_t group, std::size_t state) const {
        return field_.groups[group].states[state].unit.scale;
    }
    /// Gives all functions the states, and finds the signals.
    void send(const Eigen::Ref<const Eigen::VectorXd>& x, double varied);

    NetworkField field_;
    Eigen::Index size_;
    std::vector<Group> groups_;
};

}  // namespace neurodyn::dynamics
