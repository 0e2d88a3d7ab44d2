// SPDX-License-Identifier: BSD-3-Clause
// Linear Fisher information of a population.
#include "analysis/fisher_information.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "analysis/errors.hpp"

namespace neurodyn::analysis {
namespace {

// f'/sqrt(f) of every neuron. A neuron that is silent around the stimulus tells nothing.
Eigen::VectorXd sensitivity(const TuningAt& at, double stimulus, bool correlated) {
    Eigen::VectorXd x(at.means.size());
    for (Eigen::Index i = 0; i < x.size(); ++i) {
        if (correlated && !(at.means[i] > 0.0))
            throw DataError(fmt::format("neuron {} has a mean of {} at the stimulus {}; correlations need "
                                        "one above 0: give it a baseline",
                                        i, at.means[i], stimulus),
                            "tuning");
        x[i] = at.means[i] > 0.0 ? at.slopes[i] / std::sqrt(at.means[i]) : 0.0;
    }
    return x;
}

}  // namespace

FisherInformation fisher_information(const Tuning& tuning, const NoiseModel& noise) {
    FisherInformation f;
    for (const double stimulus : tuning.stimuli) {
        const Eigen::VectorXd x =
            sensitivity(tuning_at(tuning, stimulus), stimulus, noise.correlations.has_value());
        f.independent.push_back(x.squaredNorm());
        const double without =
            noise.correlations ? x.dot(noise.correlations->solve(x)) : f.independent.back();
        f.without_differential.push_back(without);
        f.information.push_back(without / (1.0 + noise.epsilon * without));
    }
    return f;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_tuning(a);
    plan_noise(a);
    return {{"stimulus", a.matrix("tuning").rows}};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const Tuning tuning = read_tuning(a);
    const FisherInformation f = fisher_information(tuning, noise_model(a, tuning));
    const Dimension stimulus{"stimulus", tuning.stimuli.size(), {}, tuning.stimuli, {}};
    std::vector<double> bound;
    for (const double i : f.information) bound.push_back(1.0 / std::sqrt(i));
    const double mean =
        std::accumulate(f.information.begin(), f.information.end(), 0.0) / static_cast<double>(bound.size());
    Result result;
    result.add_vector("information", "in 1/stimulus^2", stimulus, f.information);
    result.add_vector("without_differential", "the same at differential = 0", stimulus,
                      f.without_differential);
    result.add_vector("independent", "the same without any correlation", stimulus, f.independent);
    result.add_vector("cramer_rao", "smallest standard deviation of an unbiased estimate", stimulus, bound);
    result.add_scalar("mean_information", "over the stimuli", mean);
    return result;
}

}  // namespace

Analysis rows::fisher_information() {
    std::vector<OptionSpec> options = noise_options();
    options.insert(options.begin(), {window_option(), period_option()});
    return {"fisher_information",
            "Linear Fisher information of a population about its stimulus, and the Cramer-Rao bound",
            with_tuning({}),
            options,
            {{"information", "in 1/stimulus^2", {"stimulus"}},
             {"without_differential", "the same at differential = 0", {"stimulus"}},
             {"independent", "the same without any correlation", {"stimulus"}},
             {"cramer_rao", "smallest standard deviation of an unbiased estimate", {"stimulus"}},
             {"mean_information", "over the stimuli"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
