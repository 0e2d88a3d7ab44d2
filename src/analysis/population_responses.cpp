// SPDX-License-Identifier: BSD-3-Clause
// Counts drawn from tuning curves.
#include "analysis/population_responses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::uint16_t count_stream = 0x7ffa, jitter_stream = 0x7ff9, stimulus_stream = 0x7ff8;

// The smallest n whose distribution function reaches u.
double poisson_quantile(double u, double mean) {
    double p = std::exp(-mean), sum = p, n = 0.0;
    while (sum < u && !(n > mean && p < 1e-17)) {
        p *= mean / ++n;
        sum += p;
    }
    return n;
}

double normal_distribution(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

struct Draw {
    const Tuning& tuning;
    const NoiseModel& noise;
    CountNoise kind;
    std::uint64_t seed;

    void trial(std::size_t k, double stimulus, double* out) const {
        const double jitter =
            noise.epsilon > 0.0 ? std::sqrt(noise.epsilon) * normal_at(seed, jitter_stream, k, 0) : 0.0;
        const bool poisson = kind == CountNoise::poisson;
        TuningAt at = tuning_at(tuning, poisson ? jittered(k, stimulus, jitter) : stimulus);
        at.means = at.means.cwiseMax(0.0);
        if (poisson && at.means.maxCoeff() > 700.0)
            throw DataError(fmt::format("a mean count is {}; Poisson counts above 700 are not drawn: take "
                                        "noise: gaussian, or a shorter window",
                                        at.means.maxCoeff()),
                            "tuning");
        if (poisson && !noise.correlations) {
            for (std::size_t i = 0; i < tuning.neurons; ++i)
                out[i] = poisson_at(at.means[static_cast<Eigen::Index>(i)], seed, count_stream, k, i);
            return;
        }
        const Eigen::VectorXd z = normals(k);
        for (std::size_t i = 0; i < tuning.neurons; ++i) {
            const auto e = static_cast<Eigen::Index>(i);
            out[i] = poisson ? poisson_quantile(normal_distribution(z[e]), at.means[e])
                             : at.means[e] + std::sqrt(at.means[e]) * z[e] + jitter * at.slopes[e];
        }
    }

  private:
    double jittered(std::size_t k, double stimulus, double jitter) const {
        const double seen = wrapped(stimulus + jitter, tuning.period);
        const double low = tuning.stimuli.front(), high = tuning.stimuli.back();
        if (tuning.period == 0.0 && jitter != 0.0 && !(seen >= low && seen <= high))
            throw OptionError(
                fmt::format("differential correlations of {} move the stimulus {} of trial {} to {}, but the "
                            "tuning is known from {} to {}: give less, a wider tuning, or noise: gaussian",
                            noise.epsilon, stimulus, k, seen, low, high),
                "differential");
        return seen;
    }

    Eigen::VectorXd normals(std::size_t k) const {
        Eigen::VectorXd z(static_cast<Eigen::Index>(tuning.neurons));
        fill_normal({z.data(), tuning.neurons}, 1, {{&seed, 1}, count_stream, k});
        if (noise.correlations) z = noise.correlations->matrixL() * z;
        return z;
    }
};

}  // namespace

std::vector<double> draw_counts(const Tuning& tuning, const std::vector<double>& stimuli,
                                const NoiseModel& noise, CountNoise kind, std::uint64_t seed) {
    std::vector<double> counts(stimuli.size() * tuning.neurons);
    const Draw draw{tuning, noise, kind, seed};
    parallel_for(stimuli.size(),
                 [&](std::size_t k) { draw.trial(k, stimuli[k], counts.data() + k * tuning.neurons); });
    return counts;
}

namespace {

void require_known(double at, const Arguments& a) {
    const std::vector<double>& stimuli = std::get<Vector>(a.input("stimuli")).values;
    const double low = stimuli.front(), high = stimuli.back();
    if (a.number("period") == 0.0 && low < high && !(at >= low && at <= high))
        throw OptionError(fmt::format("at is {}, but the tuning is known from {} to {}", at, low, high),
                          "at");
}

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_tuning(a);
    plan_noise(a);
    const double at = a.number("at");
    if (a.word("stimulus") == "one")
        require_known(at, a);
    else if (at != 0.0)
        throw OptionError("at is for stimulus: one; uniform ones are drawn", "at");
    whole(a, "seed");
    return {{"trial", whole(a, "trials")}, {"node", a.matrix("tuning").columns}};
}

// `at` in every trial, or uniform over the stimuli of the tuning (over the whole circle).
std::vector<double> stimuli_of(const Arguments& a, const Tuning& tuning, std::uint64_t seed) {
    if (a.word("stimulus") == "uniform") {
        const double low = tuning.stimuli.front(), high = tuning.stimuli.back();
        const double width = tuning.period > 0.0 ? tuning.period : high - low;
        std::vector<double> drawn;
        for (std::size_t k = 0; k < whole(a, "trials"); ++k)
            drawn.push_back(wrapped(low + width * uniform_at(seed, stimulus_stream, k, 0), tuning.period));
        return drawn;
    }
    return std::vector<double>(whole(a, "trials"), wrapped(a.number("at"), tuning.period));
}

Counted counted(const Arguments& a) { return {tuning_window(a), std::nullopt}; }

Result run_row(const Arguments& a) {
    plan_row(a);
    const Tuning tuning = read_tuning(a);
    const auto seed = static_cast<std::uint64_t>(whole(a, "seed"));
    const std::vector<double> stimuli = stimuli_of(a, tuning, seed);
    const CountNoise kind = a.word("noise") == "poisson" ? CountNoise::poisson : CountNoise::gaussian;
    const Dimension trial{"trial", stimuli.size()};
    Result result;
    result.add({"responses",
                "counts",
                "",
                {trial, tuning.neuron},
                draw_counts(tuning, stimuli, noise_model(a, tuning), kind, seed)});
    result.add_vector("stimulus", "of each trial", trial, stimuli);
    return result;
}

}  // namespace

Analysis rows::population_responses() {
    std::vector<OptionSpec> options = noise_options();
    options.insert(options.begin(), {window_option(),
                                     period_option(),
                                     {"trials", "", 100.0, "how many are drawn", {}, {1.0, 1e7}},
                                     {"stimulus",
                                      "",
                                      std::string("one"),
                                      "the same in all trials, or drawn for each",
                                      {"one", "uniform"}},
                                     {"at", "", 0.0, "the stimulus of all trials"},
                                     {"noise",
                                      "",
                                      std::string("poisson"),
                                      "Poisson counts, or normal ones with variance = mean",
                                      {"poisson", "gaussian"}}});
    options.push_back({"seed", "", 0.0, "of the draws, a whole number", {}, {0.0, 9007199254740992.0}});
    return {
        "population_responses",
        "Counts of a population drawn from its tuning curves, with or without noise correlations",
        with_tuning({}),
        options,
        {{"responses", "counts", {"trial", "node"}, {}, {}, true}, {"stimulus", "of each trial", {"trial"}}},
        run_row,
        plan_row,
        counted};
}

}  // namespace neurodyn::analysis
