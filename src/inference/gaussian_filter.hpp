// SPDX-License-Identifier: BSD-3-Clause
// The hierarchical Gaussian filter: beliefs about a quantity, its volatility and the volatility of that.
//
// Mathys et al. 2011 (doi:10.3389/fnhum.2011.00039), 2014 (doi:10.3389/fnhum.2014.00825); the enhanced update
// as in Weber et al. 2023 (arXiv:2305.10937).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace neurodyn::inference {

enum class FilterInput : std::uint8_t { binary, continuous };
/// standard: precision, then mean. enhanced: the mean first, with the predicted precision.
enum class FilterUpdate : std::uint8_t { standard, enhanced };

/// Parameters of one Gaussian state, one value for all parameter sets or one for each.
struct FilterState {
    std::vector<double> tonic_volatility = {-3.0};    ///< omega: log variance per trial
    std::vector<double> volatility_coupling = {1.0};  ///< kappa, to the state above; not used in the highest
    std::vector<double> mean = {0.0};                 ///< before the first trial
    std::vector<double> precision = {1.0};            ///< before the first trial; above 0
};

/// A filter for one or many parameter sets. `states` are the Gaussian states from the lowest up: of a binary
/// input levels 2 and 3, of a continuous one levels 1, 2 and 3.
struct GaussianFilter {
    FilterInput input = FilterInput::binary;
    FilterUpdate update = FilterUpdate::standard;
    std::vector<FilterState> states;
    std::vector<double> input_precision = {1e4};  ///< of a continuous input; above 0
};

/// Trajectories of one state, [trial][set].
struct FilterTrajectory {
    std::vector<double> expected_mean, expected_precision, mean, precision;
    /// Posterior minus predicted mean, and the volatility prediction error of Mathys et al. 2011, eq. 26; 0
    /// in a trial without observation.
    std::vector<double> value_error, volatility_error;
};

struct FilterRun {
    std::size_t trials = 0, sets = 0;
    std::vector<FilterTrajectory> states;  ///< empty unless recorded
    std::vector<double> prediction;        ///< [trial][set]: of the input (a probability, or a mean)
    std::vector<double> surprise;          ///< [trial][set]: -ln p(input); 0 where the input is missing
    std::vector<double> total_surprise;    ///< [set]
};

/// A parameter, an input or a size that no filter can take.
class FilterError : public Error {
  public:
    FilterError(const std::string& text, std::string name) : Error(text), parameter(std::move(name)) {}
    std::string parameter;
};

/// The update left the domain in which the approximation holds: a precision is not positive (or not finite).
class FilterPrecisionError : public Error {
  public:
    FilterPrecisionError(std::size_t at_trial, std::size_t at_level, std::size_t in_set, double value,
                         double tonic_volatility, bool enhanced);
    std::size_t trial, level, set;  ///< trial and set 0-based, level as Mathys et al. count
    double precision;
};

/// Runs all parameter sets over one series of inputs; NaN is a missing trial, after which every belief is its
/// prediction. Trajectories are kept when `record`. The bits do not depend on `threads` (0: all). Throws
/// FilterError, FilterPrecisionError (of the lowest set that fails).
FilterRun run_filter(const GaussianFilter& filter, std::span<const double> inputs, bool record,
                     int threads = 0);

/// -ln p(choice) of binary choices under the unit-square sigmoid with inverse temperature zeta (Mathys et al.
/// 2014, eq. 18), summed per set; NaN choices are left out. `zeta` has one value for all sets or one for
/// each.
std::vector<double> choice_surprise(const FilterRun& run, std::span<const double> choices,
                                    std::span<const double> zeta);

}  // namespace neurodyn::inference
