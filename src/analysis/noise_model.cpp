// SPDX-License-Identifier: BSD-3-Clause
// Noise correlations of a population's counts.
#include <fmt/format.h>

#include <cmath>

#include "analysis/coding.hpp"
#include "analysis/errors.hpp"

namespace neurodyn::analysis {

std::vector<OptionSpec> noise_options() {
    return {{"correlation",
             "",
             0.0,
             "c of the correlations c exp(-d/range) of two neurons' counts",
             {},
             {0.0, 1.0, true, false}},
            {"range",
             "",
             0.0,
             "over which they fall with the distance d of preferred stimuli; 0: all alike",
             {},
             not_negative},
            {"differential",
             "",
             0.0,
             "strength epsilon of differential correlations, in the stimulus' unit squared",
             {},
             not_negative}};
}

void plan_noise(const Arguments& a) {
    if (a.number("range") > 0.0 && a.number("correlation") == 0.0)
        throw OptionError(
            "range is that over which correlations fall, but there are none: give correlation, too", "range");
}

NoiseModel noise_model(const Arguments& a, const Tuning& tuning) {
    plan_noise(a);
    NoiseModel noise{a.number("differential"), std::nullopt};
    const double c = a.number("correlation"), range = a.number("range");
    if (c == 0.0) return noise;
    const std::vector<double> preferred = preferred_stimuli(tuning);
    const auto n = static_cast<Eigen::Index>(tuning.neurons);
    Eigen::MatrixXd r = Eigen::MatrixXd::Identity(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j < n; ++j) {
            const double d = std::abs(way(preferred[static_cast<std::size_t>(i)],
                                          preferred[static_cast<std::size_t>(j)], tuning.period));
            if (i != j) r(i, j) = range > 0.0 ? c * std::exp(-d / range) : c;
        }
    noise.correlations.emplace(r);
    if (noise.correlations->info() != Eigen::Success)
        throw OptionError(fmt::format("no population has correlations of {} with a range of {}: their matrix "
                                      "is not positive definite",
                                      c, range),
                          "correlation");
    return noise;
}

}  // namespace neurodyn::analysis
