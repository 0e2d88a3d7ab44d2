// SPDX-License-Identifier: BSD-3-Clause
// Beliefs about a discrete chain: forward-backward, mean field, marginal message passing.
#include "inference/discrete_chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/math/exponential.hpp"
#include "base/math/logarithm.hpp"
#include "base/math/scalar.hpp"

namespace neurodyn::inference {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double column_tolerance = 1e-8;  // what decimal tables leave

// Impossible is very improbable here, so that iterations which start from even beliefs can leave it.
double log_of(double p) {
    math::Scalar<double> b;
    return math::log(b, std::max(p, std::numeric_limits<double>::min()));
}

template <class Table>
auto logs(const Table& table) {
    return typename Table::PlainObject(table.unaryExpr([](double p) { return log_of(p); }));
}

VectorXd softmax(const VectorXd& potential) {
    math::Scalar<double> b;
    const double highest = potential.maxCoeff();
    const VectorXd rate = potential.unaryExpr([&](double v) { return math::exp(b, v - highest); });
    return rate / rate.sum();
}

void check_columns(const std::string& name, const MatrixXd& table) {
    for (Index c = 0; c < table.cols(); ++c) {
        const double sum = table.col(c).sum();
        const auto column = static_cast<std::size_t>(c);
        for (Index r = 0; r < table.rows(); ++r)
            if (const double p = table(r, c); !std::isfinite(p) || p < 0.0)
                throw DistributionError(
                    fmt::format(
                        "table {} has {} in row {}, column {}; a probability is finite and not negative",
                        name, p, r, c),
                    name, column, sum);
        if (std::abs(sum - 1.0) > column_tolerance)
            throw DistributionError(
                fmt::format("column {} of table {} sums to {:.9g}, not to 1; divide it by "
                            "its sum",
                            c, name, sum),
                name, column, sum);
    }
}

void check_shape(const std::string& name, const MatrixXd& table, Index rows, const VectorXd& initial) {
    if (table.rows() == rows && table.cols() == initial.size()) return;
    throw TableShapeError(fmt::format("table {} is {} x {}, but table D is {} x 1: {} must be {} x {}", name,
                                      table.rows(), table.cols(), initial.size(), name, rows, initial.size()),
                          name, "D");
}

void check_observation(const DiscreteChain& chain, std::size_t t) {
    const std::size_t o = chain.observations[t];
    if (o >= static_cast<std::size_t>(chain.likelihood.rows()))
        throw ObservationError(
            fmt::format("observation {} at time {} is none of the {} of table A, which count "
                        "from 0",
                        o, t, chain.likelihood.rows()),
            o, t);
    if (!(chain.likelihood.row(static_cast<Index>(o)).maxCoeff() > 0.0))
        throw ObservationError(fmt::format("observation {} at time {} is impossible: table A gives it no "
                                           "probability in any state",
                                           o, t),
                               o, t);
}

// Probability of what was observed [state][time].
MatrixXd evidence(const DiscreteChain& chain) {
    MatrixXd columns(chain.likelihood.cols(), static_cast<Index>(chain.observations.size()));
    for (Index t = 0; t < columns.cols(); ++t)
        columns.col(t) = chain.likelihood.row(static_cast<Index>(chain.observations[t])).transpose();
    return columns;
}

double mean_field_free_energy(const DiscreteChain& chain, const MatrixXd& q) {
    const MatrixXd seen = logs(evidence(chain));
    double sum = -q.col(0).dot(logs(chain.initial));
    for (Index t = 0; t < q.cols(); ++t) {
        const VectorXd now = q.col(t);
        sum += now.dot(logs(now) - seen.col(t));
        if (t > 0) sum -= now.dot(logs(chain.transitions[t - 1]) * q.col(t - 1));
    }
    return sum;
}

// Sweeps over all times, each belief the softmax of `potential(t, beliefs)`, until none changes.
template <class Potential>
ChainBeliefs iterate(const DiscreteChain& chain, const ChainSettings& settings, Potential potential) {
    ChainBeliefs beliefs;
    const Index states = chain.initial.size();
    beliefs.states.setConstant(states, static_cast<Index>(chain.observations.size()),
                               1.0 / static_cast<double>(states));
    beliefs.converged = false;
    while (beliefs.sweeps < settings.sweeps && !beliefs.converged) {
        double change = 0.0;
        for (Index t = 0; t < beliefs.states.cols(); ++t) {
            const VectorXd next = softmax(potential(t, beliefs.states));
            change = std::max(change, (next - beliefs.states.col(t)).cwiseAbs().maxCoeff());
            beliefs.states.col(t) = next;
        }
        ++beliefs.sweeps;
        beliefs.converged = change <= settings.tolerance;
    }
    beliefs.free_energy = mean_field_free_energy(chain, beliefs.states);
    return beliefs;
}

// The transpose with columns that sum to 1; a state that nothing leads to tells nothing of the one before.
MatrixXd backward_table(const MatrixXd& transition) {
    MatrixXd table = transition.transpose();
    for (Index c = 0; c < table.cols(); ++c) {
        const double sum = table.col(c).sum();
        if (sum > 0.0)
            table.col(c) /= sum;
        else
            table.col(c).setConstant(1.0 / static_cast<double>(table.rows()));
    }
    return table;
}

}  // namespace

void check_chain(const DiscreteChain& chain) {
    const Index states = chain.initial.size();
    if (states == 0 || chain.likelihood.rows() == 0 || chain.observations.empty())
        throw Error("a chain needs at least one state, one possible observation and one time");
    check_columns("D", chain.initial);
    check_shape("A", chain.likelihood, chain.likelihood.rows(), chain.initial);
    check_columns("A", chain.likelihood);
    if (chain.transitions.size() + 1 != chain.observations.size())
        throw TableShapeError(
            fmt::format("{} observations need {} transitions between them, not {}", chain.observations.size(),
                        chain.observations.size() - 1, chain.transitions.size()),
            "observations", "B");
    for (std::size_t t = 0; t < chain.transitions.size(); ++t) {
        const std::string name = fmt::format("B[{}]", t);
        check_shape(name, chain.transitions[t], states, chain.initial);
        check_columns(name, chain.transitions[t]);
    }
    for (std::size_t t = 0; t < chain.observations.size(); ++t) check_observation(chain, t);
}

ChainBeliefs infer_exact(const DiscreteChain& chain) {
    check_chain(chain);
    const MatrixXd seen = evidence(chain);
    ChainBeliefs beliefs;
    beliefs.states.resize(seen.rows(), seen.cols());
    VectorXd scale(seen.cols());
    for (Index t = 0; t < seen.cols(); ++t) {
        VectorXd past = chain.initial;
        if (t > 0) past = chain.transitions[t - 1] * beliefs.states.col(t - 1);
        beliefs.states.col(t) = past.cwiseProduct(seen.col(t));
        scale[t] = beliefs.states.col(t).sum();
        if (!(scale[t] > 0.0))
            throw ObservationError(
                fmt::format("observation {} at time {} is impossible after those before it",
                            chain.observations[t], t),
                chain.observations[t], static_cast<std::size_t>(t));
        beliefs.states.col(t) /= scale[t];
        beliefs.free_energy -= log_of(scale[t]);
    }
    VectorXd future = VectorXd::Ones(seen.rows());
    for (Index t = seen.cols() - 1; t > 0; --t) {
        const VectorXd told = seen.col(t).cwiseProduct(future) / scale[t];
        future = chain.transitions[t - 1].transpose() * told;
        beliefs.states.col(t - 1).array() *= future.array();
    }
    return beliefs;
}

ChainBeliefs infer_mean_field(const DiscreteChain& chain, const ChainSettings& settings) {
    check_chain(chain);
    const MatrixXd seen = logs(evidence(chain));
    const VectorXd initial = logs(chain.initial);
    std::vector<MatrixXd> step;
    for (const MatrixXd& transition : chain.transitions) step.push_back(logs(transition));
    return iterate(chain, settings, [&](Index t, const MatrixXd& q) {
        VectorXd potential = seen.col(t);
        if (t == 0)
            potential += initial;
        else
            potential += step[t - 1] * q.col(t - 1);
        if (t + 1 < q.cols()) potential += step[t].transpose() * q.col(t + 1);
        return potential;
    });
}

ChainBeliefs infer_marginal(const DiscreteChain& chain, const ChainSettings& settings) {
    check_chain(chain);
    const MatrixXd seen = logs(evidence(chain));
    std::vector<MatrixXd> back;
    for (const MatrixXd& transition : chain.transitions) back.push_back(backward_table(transition));
    return iterate(chain, settings, [&](Index t, const MatrixXd& q) {
        VectorXd past = chain.initial;
        if (t > 0) past = chain.transitions[t - 1] * q.col(t - 1);
        const bool last = t + 1 == q.cols();
        VectorXd potential = seen.col(t) + (last ? 1.0 : 0.5) * logs(past);
        if (!last) potential += 0.5 * logs(VectorXd(back[t] * q.col(t + 1)));
        return potential;
    });
}

}  // namespace neurodyn::inference
