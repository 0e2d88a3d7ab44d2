// SPDX-License-Identifier: BSD-3-Clause
// Beliefs about the states of a discrete chain (hidden Markov model) from what was observed, three ways.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace neurodyn::inference {

/// A column of a probability table that is no distribution.
class DistributionError : public Error {
  public:
    DistributionError(const std::string& text, std::string table_name, std::size_t column_index, double found)
        : Error(text), table(std::move(table_name)), column(column_index), sum(found) {}
    std::string table;
    std::size_t column;  ///< 0-based
    double sum;          ///< of the column; NaN where an entry is NaN
};

/// Two tables whose shapes do not fit together.
class TableShapeError : public Error {
  public:
    TableShapeError(const std::string& text, std::string first_table, std::string second_table)
        : Error(text), first(std::move(first_table)), second(std::move(second_table)) {}
    std::string first, second;
};

/// An observation that the model gives no probability, or that it does not have.
class ObservationError : public Error {
  public:
    ObservationError(const std::string& text, std::size_t observed_value, std::size_t at)
        : Error(text), observation(observed_value), time(at) {}
    std::size_t observation, time;  ///< 0-based
};

/// Columns are distributions: A [observation][state], B_t [next state][state], D [state].
struct DiscreteChain {
    Eigen::MatrixXd likelihood;                ///< A
    std::vector<Eigen::MatrixXd> transitions;  ///< B_t, from time t to t + 1: one fewer than observations
    Eigen::VectorXd initial;                   ///< D
    std::vector<std::size_t> observations;     ///< one for each time
};

struct ChainBeliefs {
    Eigen::MatrixXd states;    ///< [state][time]; columns sum to 1
    double free_energy = 0.0;  ///< nats: -ln Z where exact, else the mean-field one, an upper bound of it
    std::size_t sweeps = 0;
    bool converged = true;
};

/// When a fixed-point iteration ends.
struct ChainSettings {
    double tolerance = 1e-12;  ///< largest change of a probability in one sweep
    std::size_t sweeps = 1000;
};

/// Throws DistributionError, TableShapeError or ObservationError for a chain that cannot be inferred.
void check_chain(const DiscreteChain& chain);

/// Marginals by the forward-backward algorithm (Rabiner 1989, doi:10.1109/5.18626), and -ln Z. Throws as
/// check_chain, and ObservationError for one that is impossible after those before it.
ChainBeliefs infer_exact(const DiscreteChain& chain);

/// Mean field by coordinate ascent, times in order: ln q_t = ln A_o + (ln B_{t-1}) q_{t-1} + (ln B_t)'
/// q_{t+1} (Da Costa et al. 2020, doi:10.1016/j.jmp.2020.102447). Throws as check_chain.
ChainBeliefs infer_mean_field(const DiscreteChain& chain, const ChainSettings& settings = {});

/// Marginal message passing (Parr, Markovic, Kiebel & Friston 2019, doi:10.1038/s41598-018-38246-3), iterated
/// to its fixed point: ln q_t = ln A_o + ½ ln(B_{t-1} q_{t-1}) + ½ ln(B_t+ q_{t+1}), with B+ the transpose
/// with columns normalised; ½ ln D at the first time, and the past alone, in full, at the last. Throws as
/// check_chain.
ChainBeliefs infer_marginal(const DiscreteChain& chain, const ChainSettings& settings = {});

}  // namespace neurodyn::inference
