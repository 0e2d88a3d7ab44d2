// SPDX-License-Identifier: BSD-3-Clause
// What analyses of population codes share: trials, tuning curves, noise, errors of estimates.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/table.hpp"

namespace neurodyn::analysis {

/// The way from `from` to `to`: the difference, or the shorter way round where stimuli are a circle of the
/// given period (0: a line).
double way(double from, double to, double period);
/// `value` on the circle [0, period); itself on a line.
double wrapped(double value, double period);

/// An option that counts. Throws OptionError unless it is a whole number.
std::size_t whole(const Arguments& arguments, const std::string& option);

/// Responses of neurons, trial by trial.
struct Trials {
    std::size_t count = 0, neurons = 0;
    Dimension dimension;                     ///< "trial", with its end in s where it has one
    Dimension neuron;                        ///< "node"
    double interval_s = 0.0, start_s = 0.0;  ///< of windows or samples; a matrix of trials has none
    double window_s = 0.0;                   ///< in which they were counted; 0: they were counts already
    std::vector<double> counts;              ///< [trial][neuron]; empty when there are no values yet

    double at(std::size_t trial, std::size_t cell) const { return counts[trial * neurons + cell]; }
};

/// The input "responses" with the options "window" and "discard": the rows of a matrix, the samples of a
/// series (a rate times the window, everything else as it is), or the counts of events in windows that follow
/// one another. Counts that an analysis made keep their window. Throws OptionError (another window),
/// DataError.
Trials plan_trials(const Arguments& arguments);
Trials read_trials(const Arguments& arguments);
std::vector<OptionSpec> trial_options();

/// The stimulus of each trial from a vector with one value for each row of a matrix, or from a series of one
/// channel: its sample of the same time, or its mean in the window. Throws ShapeError, DataError.
/// `plan_stimulus` checks the shapes alone.
void plan_stimulus(const Arguments& arguments, const std::string& input, const Trials& trials);
std::vector<double> stimulus_of(const Arguments& arguments, const std::string& input, const Trials& trials,
                                double period);

/// Mean responses to stimuli that ascend: counts in the window of a trial.
struct Tuning {
    std::vector<double> stimuli;
    std::size_t neurons = 0;
    double period = 0.0;        ///< of a circle; 0: a line
    std::vector<double> means;  ///< [stimulus][neuron]
    Dimension neuron;

    double at(std::size_t row, std::size_t cell) const { return means[row * neurons + cell]; }
};

/// Inputs "tuning" (a row for each stimulus) and "stimuli", options "window" and "period". A tuning in a unit
/// of rate is multiplied by the window, measured counts by the window over their own; other numbers are
/// counts already. Throws ShapeError, DataError (not finite, negative, stimuli that do not ascend),
/// OptionError (a period too small or not that of the measurement). A plan sees zeros in place of stimuli not
/// known yet.
void plan_tuning(const Arguments& arguments);
Tuning read_tuning(const Arguments& arguments);
/// Of the counts that `read_tuning` gives; 0 where they are numbers without a window.
double tuning_window(const Arguments& arguments);
std::vector<InputSpec> with_tuning(std::vector<InputSpec> before);
OptionSpec window_option();
OptionSpec period_option();

/// Means and their derivatives after the stimulus, from the polynomial through the five nearest stimuli
/// (weights by Fornberg 1988, doi:10.1090/S0025-5718-1988-0935077-0).
struct TuningAt {
    Eigen::VectorXd means, slopes;
};
TuningAt tuning_at(const Tuning& tuning, double stimulus);

/// Where the parabola through the values at row `best` and its two neighbours has its maximum; the stimulus
/// of the row where it has none or no two neighbours.
double peak_near(const Tuning& tuning, std::size_t best, const std::function<double(std::size_t)>& value);

/// Each neuron's stimulus of the largest mean, by the parabola through the largest and its neighbours.
std::vector<double> preferred_stimuli(const Tuning& tuning);

/// Covariance of counts at one stimulus: variance = mean; correlations c exp(-d/L) by the distance d of the
/// preferred stimuli (the same for all pairs where L = 0); and differential ones, epsilon f' f'^T
/// (Moreno-Bote et al. 2014, doi:10.1038/nn.3807).
struct NoiseModel {
    double epsilon = 0.0;
    std::optional<Eigen::LLT<Eigen::MatrixXd>> correlations;  ///< none: independent
};
std::vector<OptionSpec> noise_options();
/// Throws OptionError for a range without correlations.
void plan_noise(const Arguments& arguments);
/// Options "correlation", "range" and "differential". Throws OptionError where correlations of this kind
/// cannot be.
NoiseModel noise_model(const Arguments& arguments, const Tuning& tuning);

/// Estimates beside the truth: result arrays `error`, `bias`, `variance` and `rmse` over the estimates that
/// are finite.
void add_errors(Result& result, const Trials& trials, const std::vector<double>& estimates,
                const std::vector<double>& truth, double period);
std::vector<ResultSpec> with_errors(std::vector<ResultSpec> before);
InputSpec truth_input();

}  // namespace neurodyn::analysis
