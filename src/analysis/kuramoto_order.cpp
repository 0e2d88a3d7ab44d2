// SPDX-License-Identifier: BSD-3-Clause
// The length of the mean of phases as unit vectors.
#include "analysis/kuramoto_order.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/table.hpp"

namespace neurodyn::analysis {

KuramotoOrder kuramoto_order(const SeriesView& series, const PhaseOptions& options) {
    require_channels(series, 2, "an order parameter");
    const AnalyticSignal signal = analytic_signal(series, options);
    std::vector<std::complex<double>> sum(signal.samples);
    for (std::size_t c = 0; c < signal.channels; ++c) {
        const auto channel = signal.channel(c);
        for (std::size_t t = 0; t < signal.samples; ++t) {
            const double size = std::abs(channel[t]);
            if (size > 0.0) sum[t] += channel[t] / size;
        }
    }
    KuramotoOrder result;
    const auto channels = static_cast<double>(signal.channels), samples = static_cast<double>(signal.samples);
    for (const auto& z : sum) result.order.push_back(std::abs(z) / channels);
    for (const double r : result.order) result.mean += r / samples;
    double squares = 0.0;
    for (const double r : result.order) squares += (r - result.mean) * (r - result.mean);
    result.metastability = std::sqrt(squares / samples);
    return result;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    require_channels(a.series("series"), 2, "an order parameter");
    return {phase_times(a.series("series"), read_phase_options(a))};
}

Result run_row(const Arguments& a) {
    const PhaseOptions options = read_phase_options(a);
    const KuramotoOrder k = kuramoto_order(a.series("series"), options);
    Result result;
    result.add_vector("order", "order parameter over time", phase_times(a.series("series"), options),
                      k.order);
    result.add_scalar("mean", "over time", k.mean);
    result.add_scalar("metastability", "standard deviation over time", k.metastability);
    result.add_scalar("lowest", "over time", *std::min_element(k.order.begin(), k.order.end()));
    result.add_scalar("highest", "over time", *std::max_element(k.order.begin(), k.order.end()));
    return result;
}

}  // namespace

Analysis rows::kuramoto_order() {
    return {"kuramoto_order",
            "Kuramoto's order parameter of oscillators over time, its mean and its metastability",
            {{"series", {InputKind::series}, true, "oscillations, or phases with phases: given"}},
            phase_option_specs(true),
            {{"order", "|mean of exp(i phase)| over channels", {"time"}},
             {"mean", "over time: 1 when all are in phase, about 0.886/sqrt(N) when independent"},
             {"metastability", "standard deviation over time"},
             {"lowest", "over time"},
             {"highest", "over time"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
