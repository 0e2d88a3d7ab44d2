// SPDX-License-Identifier: BSD-3-Clause
// Trials one after the other, parameter sets side by side in vector lanes.
#include "inference/gaussian_filter.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

#include "base/machines.hpp"
#include "base/math/table.hpp"

namespace neurodyn::inference {
namespace {

constexpr std::size_t lanes = 32, fewest_lanes = 8;
using Row = std::array<double, lanes>;

// One state in the sets of one block.
struct alignas(64) StateBlock {
    Row omega, coupling, mean, precision;
    Row expected_mean, volatility, expected_precision, effective_precision;
    Row value_error, volatility_error;
};

struct alignas(64) InputBlock {
    Row precision, prediction, surprise, total;
};

void call(const math::FunctionRow& function, std::size_t n, const Row& from, Row& to) {
    const double* args[] = {from.data()};
    function.f64(args, to.data(), n);
}

const math::FunctionRow& function(const char* name) { return *math::find_function(name); }

NEURODYN_FOR_EACH_MACHINE void log_volatility(std::size_t n, const double* omega, const double* coupling,
                                              const double* above, double* out) {
    for (std::size_t i = 0; i < n; ++i) out[i] = omega[i] + coupling[i] * above[i];
}

// Weber et al. 2023: expected precision, and the part of it that volatility took (effective precision).
NEURODYN_FOR_EACH_MACHINE void predict_precision(std::size_t n, const double* precision,
                                                 const double* volatility, double* expected,
                                                 double* effective) {
    for (std::size_t i = 0; i < n; ++i) {
        expected[i] = 1.0 / (1.0 / precision[i] + volatility[i]);
        effective[i] = volatility[i] * expected[i];
    }
}

// The lowest state: `gain` is the input's precision as seen in state space, `error` input minus prediction.
NEURODYN_FOR_EACH_MACHINE void update_lowest(std::size_t n, const double* expected_mean,
                                             const double* expected_precision, const double* gain,
                                             const double* weighted_error, double* mean, double* precision) {
    for (std::size_t i = 0; i < n; ++i) {
        precision[i] = expected_precision[i] + gain[i];
        mean[i] = expected_mean[i] + weighted_error[i] / precision[i];
    }
}

NEURODYN_FOR_EACH_MACHINE void prediction_errors(std::size_t n, const double* expected_mean,
                                                 const double* expected_precision, const double* mean,
                                                 const double* precision, double* value, double* volatility) {
    for (std::size_t i = 0; i < n; ++i) {
        value[i] = mean[i] - expected_mean[i];
        volatility[i] =
            expected_precision[i] / precision[i] + expected_precision[i] * (value[i] * value[i]) - 1.0;
    }
}

// Mathys et al. 2014, eqs. 11-14, in the form of Weber et al. 2023: a state by the volatility error below it.
NEURODYN_FOR_EACH_MACHINE void update_parent(std::size_t n, const double* expected_mean,
                                             const double* expected_precision, const double* coupling,
                                             const double* effective, const double* error, bool enhanced,
                                             double* mean, double* precision) {
    for (std::size_t i = 0; i < n; ++i) {
        const double weight = coupling[i] * effective[i];
        precision[i] = expected_precision[i] + 0.5 * (weight * weight) + weight * weight * error[i] -
                       0.5 * (coupling[i] * coupling[i]) * effective[i] * error[i];
        const double divisor = enhanced ? expected_precision[i] : precision[i];
        mean[i] = expected_mean[i] + weight * error[i] / (2.0 * divisor);
    }
}

struct Failure {
    std::size_t trial, state, set;
    double precision, omega;
};

class Block {
  public:
    Block(const GaussianFilter& filter, std::size_t first, std::size_t sets, FilterRun& run)
        : filter_(filter),
          first_(first),
          count_(std::min(lanes, sets - first)),
          used_(count_ <= fewest_lanes ? fewest_lanes : lanes),
          run_(run) {
        for (const FilterState& state : filter.states) {
            StateBlock& block = states_.emplace_back();
            fill(state.tonic_volatility, block.omega);
            fill(state.volatility_coupling, block.coupling);
            fill(state.mean, block.mean);
            fill(state.precision, block.precision);
        }
        fill(filter.input_precision, input_.precision);
        input_.total.fill(0.0);
    }

    std::optional<Failure> run(std::span<const double> inputs, bool record) {
        for (std::size_t trial = 0; trial < inputs.size(); ++trial) {
            predict();
            predict_input();
            if (std::isnan(inputs[trial]))
                skip();
            else
                observe(inputs[trial]);
            if (const auto failure = check(trial)) return failure;
            for (std::size_t i = 0; i < used_; ++i) input_.total[i] += input_.surprise[i];
            keep(trial, record);
        }
        std::copy_n(input_.total.begin(), count_, run_.total_surprise.begin() + position(0));
        return std::nullopt;
    }

  private:
    // Lanes beyond the last set repeat it.
    void fill(const std::vector<double>& values, Row& row) const {
        for (std::size_t i = 0; i < lanes; ++i)
            row[i] = values.size() == 1 ? values[0] : values[first_ + std::min(i, count_ - 1)];
    }

    void predict() {
        for (std::size_t s = 0; s < states_.size(); ++s) {
            StateBlock& own = states_[s];
            own.expected_mean = own.mean;
            Row volatility = own.omega;
            if (s + 1 < states_.size())
                log_volatility(used_, own.omega.data(), own.coupling.data(), states_[s + 1].mean.data(),
                               volatility.data());
            call(exp_, used_, volatility, own.volatility);
            predict_precision(used_, own.precision.data(), own.volatility.data(),
                              own.expected_precision.data(), own.effective_precision.data());
        }
    }

    void predict_input() {
        input_.prediction = states_[0].expected_mean;
        if (filter_.input == FilterInput::continuous) return;
        call(sigmoid_, used_, states_[0].expected_mean, input_.prediction);
        // A belief that is certain could never change: pyhgf's bounds.
        for (std::size_t i = 0; i < used_; ++i)
            input_.prediction[i] = std::clamp(input_.prediction[i], 1e-6, 1.0 - 1e-6);
    }

    void skip() {
        for (StateBlock& state : states_) {
            state.precision = state.expected_precision;
            state.value_error.fill(0.0);
            state.volatility_error.fill(0.0);
        }
        input_.surprise.fill(0.0);
    }

    void observe(double input) {
        StateBlock& lowest = states_[0];
        Row gain, weighted, probability, surprise;
        const bool binary = filter_.input == FilterInput::binary;
        for (std::size_t i = 0; i < used_; ++i) {
            const double p = input_.prediction[i], error = input - p;
            gain[i] = binary ? p * (1.0 - p) : input_.precision[i];
            weighted[i] = binary ? error : error * gain[i];
            // Continuous: the variance of the predicted input, state and noise together.
            probability[i] = !binary        ? 1.0 / lowest.expected_precision[i] + 1.0 / input_.precision[i]
                             : input == 1.0 ? p
                                            : 1.0 - p;
        }
        call(log_, used_, probability, surprise);
        for (std::size_t i = 0; i < used_; ++i) {
            const double error = input - input_.prediction[i];
            input_.surprise[i] =
                binary ? -surprise[i] : 0.5 * (log_two_pi + surprise[i] + error * error / probability[i]);
        }
        update_lowest(used_, lowest.expected_mean.data(), lowest.expected_precision.data(), gain.data(),
                      weighted.data(), lowest.mean.data(), lowest.precision.data());
        errors_of(lowest);
        for (std::size_t s = 1; s < states_.size(); ++s) update_state(s);
    }

    void update_state(std::size_t s) {
        StateBlock& own = states_[s];
        const StateBlock& below = states_[s - 1];
        update_parent(used_, own.expected_mean.data(), own.expected_precision.data(), below.coupling.data(),
                      below.effective_precision.data(), below.volatility_error.data(),
                      filter_.update == FilterUpdate::enhanced, own.mean.data(), own.precision.data());
        errors_of(own);
    }

    void errors_of(StateBlock& state) {
        prediction_errors(used_, state.expected_mean.data(), state.expected_precision.data(),
                          state.mean.data(), state.precision.data(), state.value_error.data(),
                          state.volatility_error.data());
    }

    std::optional<Failure> check(std::size_t trial) const {
        for (std::size_t s = 0; s < states_.size(); ++s) {
            const StateBlock& state = states_[s];
            bool good = true;
            for (std::size_t i = 0; i < used_; ++i)
                good = good & (state.precision[i] > 0.0) & (std::abs(state.mean[i]) < 1e300);
            if (good) continue;
            for (std::size_t i = 0; i < count_; ++i)
                if (!(state.precision[i] > 0.0) || !(std::abs(state.mean[i]) < 1e300))
                    return Failure{trial, s, first_ + i, state.precision[i], state.omega[i]};
        }
        return std::nullopt;
    }

    std::ptrdiff_t position(std::size_t trial) const {
        return static_cast<std::ptrdiff_t>(trial * run_.sets + first_);
    }

    void keep(std::size_t trial, bool record) {
        if (!record) return;
        const auto to = [&](const Row& row, std::vector<double>& all) {
            std::copy_n(row.begin(), count_, all.begin() + position(trial));
        };
        to(input_.prediction, run_.prediction);
        to(input_.surprise, run_.surprise);
        for (std::size_t s = 0; s < states_.size(); ++s) {
            const StateBlock& state = states_[s];
            FilterTrajectory& kept = run_.states[s];
            to(state.expected_mean, kept.expected_mean);
            to(state.expected_precision, kept.expected_precision);
            to(state.mean, kept.mean);
            to(state.precision, kept.precision);
            to(state.value_error, kept.value_error);
            to(state.volatility_error, kept.volatility_error);
        }
    }

    inline static const double log_two_pi = std::log(2.0 * std::numbers::pi);
    const GaussianFilter& filter_;
    std::size_t first_, count_, used_;  // used_: lanes that are worked on
    FilterRun& run_;
    std::vector<StateBlock> states_;
    InputBlock input_;
    const math::FunctionRow &exp_ = function("exp"), &sigmoid_ = function("sigmoid"), &log_ = function("log");
};

std::size_t lowest_level(const GaussianFilter& filter) { return filter.input == FilterInput::binary ? 2 : 1; }

// Every list of parameters with its name: states are named by their level.
template <class Visit>
void for_each_parameter(const GaussianFilter& filter, const Visit& visit) {
    for (std::size_t s = 0; s < filter.states.size(); ++s) {
        const FilterState& state = filter.states[s];
        const std::size_t level = lowest_level(filter) + s;
        visit(state.tonic_volatility, fmt::format("tonic_volatility of level {}", level), false);
        visit(state.volatility_coupling, fmt::format("volatility_coupling of level {}", level), false);
        visit(state.mean, fmt::format("mean of level {}", level), false);
        visit(state.precision, fmt::format("precision of level {}", level), true);
    }
    if (filter.input == FilterInput::continuous) visit(filter.input_precision, "input_precision", true);
}

// The number of parameter sets.
std::size_t check_parameters(const GaussianFilter& filter) {
    const std::size_t fewest = filter.input == FilterInput::binary ? 1 : 2;
    const std::size_t count = filter.states.size();
    if (count < fewest || count > fewest + 1)
        throw FilterError(
            fmt::format("a {} filter has two or three levels, which are {} or {} Gaussian states, not {}",
                        fewest == 1 ? "binary" : "continuous", fewest, fewest + 1, count),
            "states");
    std::size_t sets = 1;
    std::string widest;
    for_each_parameter(filter, [&](const std::vector<double>& values, const std::string& name,
                                   bool positive) {
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!std::isfinite(values[i]) || (positive && !(values[i] > 0.0)))
                throw FilterError(fmt::format("{} is {} in set {}: it must be {}", name, values[i], i,
                                              positive ? "above 0" : "finite"),
                                  name);
        if (values.empty() || (values.size() > 1 && sets > 1 && values.size() != sets))
            throw FilterError(fmt::format("{} has {} values; give one, or one for each of the {} sets of {}",
                                          name, values.size(), sets, widest.empty() ? "parameters" : widest),
                              name);
        if (values.size() <= sets) return;
        sets = values.size();
        widest = name;
    });
    return sets;
}

void check_inputs(const GaussianFilter& filter, std::span<const double> inputs) {
    if (inputs.empty()) throw FilterError("a filter needs at least one trial", "inputs");
    for (std::size_t t = 0; t < inputs.size(); ++t) {
        const double u = inputs[t];
        if (filter.input == FilterInput::binary && !std::isnan(u) && u != 0.0 && u != 1.0)
            throw FilterError(
                fmt::format("input of trial {} is {}: a binary input is 0, 1 or NaN (missing)", t, u),
                "inputs");
        if (std::isinf(u))
            throw FilterError(fmt::format("input of trial {} is infinite; NaN stands for a missing one", t),
                              "inputs");
    }
}

FilterRun empty_run(const GaussianFilter& filter, std::size_t trials, std::size_t sets, bool record) {
    FilterRun run;
    run.trials = trials;
    run.sets = sets;
    run.total_surprise.resize(sets);
    if (!record) return run;
    const std::size_t n = trials * sets;
    run.prediction.resize(n);
    run.surprise.resize(n);
    run.states.resize(filter.states.size());
    for (FilterTrajectory& t : run.states)
        for (std::vector<double>* values : {&t.expected_mean, &t.expected_precision, &t.mean, &t.precision,
                                            &t.value_error, &t.volatility_error})
            values->resize(n);
    return run;
}

}  // namespace

FilterPrecisionError::FilterPrecisionError(std::size_t at_trial, std::size_t at_level, std::size_t in_set,
                                           double value, double tonic_volatility, bool enhanced)
    : Error(fmt::format("the belief of level {} has no positive precision ({:.6g}) after trial {}, in "
                        "parameter set {}: these parameters leave the domain of the filter; lower "
                        "tonic_volatility of level {} (now {:.6g}) or the coupling to it{}",
                        at_level, value, at_trial, in_set, at_level, tonic_volatility,
                        enhanced ? "" : ", or take the enhanced update")),
      trial(at_trial),
      level(at_level),
      set(in_set),
      precision(value) {}

FilterRun run_filter(const GaussianFilter& filter, std::span<const double> inputs, bool record, int threads) {
    const std::size_t sets = check_parameters(filter);
    check_inputs(filter, inputs);
    FilterRun run = empty_run(filter, inputs.size(), sets, record);
    const std::size_t blocks = (sets + lanes - 1) / lanes;
    std::vector<std::optional<Failure>> failures(blocks);
    const int wanted = threads > 0 ? threads : omp_get_max_threads();
#pragma omp parallel for schedule(dynamic) num_threads(wanted) if (blocks > 1)
    for (std::size_t b = 0; b < blocks; ++b)
        failures[b] = Block(filter, b * lanes, sets, run).run(inputs, record);
    for (const auto& failure : failures)
        if (failure)
            throw FilterPrecisionError(failure->trial, lowest_level(filter) + failure->state, failure->set,
                                       failure->precision, failure->omega,
                                       filter.update == FilterUpdate::enhanced);
    return run;
}

std::vector<double> choice_surprise(const FilterRun& run, std::span<const double> choices,
                                    std::span<const double> zeta) {
    if (run.prediction.empty())
        throw FilterError("the response model needs a run whose trajectories were recorded", "record");
    if (choices.size() != run.trials)
        throw FilterError(fmt::format("there are {} choices for {} trials", choices.size(), run.trials),
                          "choices");
    if (zeta.size() != 1 && zeta.size() != run.sets)
        throw FilterError(fmt::format("zeta has {} values for {} parameter sets", zeta.size(), run.sets),
                          "zeta");
    std::vector<double> sums(run.sets, 0.0);
    for (std::size_t t = 0; t < run.trials; ++t) {
        if (std::isnan(choices[t])) continue;
        if (choices[t] != 0.0 && choices[t] != 1.0)
            throw FilterError(fmt::format("choice of trial {} is {}: it must be 0, 1 or NaN", t, choices[t]),
                              "choices");
        for (std::size_t i = 0; i < run.sets; ++i) {
            const double p = run.prediction[t * run.sets + i];
            const double odds = std::log(p) - std::log1p(-p);  // p^z / (p^z + (1 - p)^z)
            const double z = zeta[zeta.size() == 1 ? 0 : i] * (choices[t] == 1.0 ? odds : -odds);
            sums[i] += z > 0.0 ? std::log1p(std::exp(-z)) : std::log1p(std::exp(z)) - z;
        }
    }
    return sums;
}

}  // namespace neurodyn::inference
