// SPDX-License-Identifier: BSD-3-Clause
// Differences of phase over time.
#include "analysis/instantaneous_frequency.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/table.hpp"

namespace neurodyn::analysis {

std::vector<double> instantaneous_frequency(const SeriesView& series, const PhaseOptions& options) {
    const AnalyticSignal signal = analytic_signal(series, options);
    const std::size_t n = signal.samples;
    std::vector<double> rates(signal.channels * n);
    for (std::size_t c = 0; c < signal.channels; ++c) {
        const auto z = signal.channel(c);
        std::vector<double> step(n - 1);
        for (std::size_t t = 0; t + 1 < n; ++t)
            step[t] = std::arg(z[t + 1] * std::conj(z[t])) / (two_pi * series.interval_s);
        for (std::size_t t = 0; t < n; ++t)
            rates[c * n + t] = 0.5 * (step[t == 0 ? 0 : t - 1] + step[std::min(t, n - 2)]);
    }
    return rates;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    return {phase_times(a.series("series"), read_phase_options(a))};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const PhaseOptions options = read_phase_options(a);
    const std::vector<double> rates = instantaneous_frequency(series, options);
    const Dimension time = phase_times(series, options);
    std::vector<double> means, medians, deviations;
    for (std::size_t c = 0; c < series.channels; ++c) {
        const auto first = rates.begin() + static_cast<std::ptrdiff_t>(c * time.size);
        std::vector<double> of(first, first + static_cast<std::ptrdiff_t>(time.size));
        double mean = 0.0, squares = 0.0;
        for (const double f : of) mean += f / static_cast<double>(time.size);
        for (const double f : of) squares += (f - mean) * (f - mean);
        std::nth_element(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(time.size / 2), of.end());
        means.push_back(mean);
        medians.push_back(of[time.size / 2]);
        deviations.push_back(std::sqrt(squares / static_cast<double>(time.size)));
    }
    double all = 0.0;
    for (const double m : means) all += m / static_cast<double>(series.channels);
    const Dimension channel = channel_dimension(series);
    Result result;
    result.add({"frequency", "rate of the phase", "Hz", {channel, time}, rates});
    result.add_vector("mean", "over time", channel, means, "Hz");
    result.add_vector("median", "over time", channel, medians, "Hz");
    result.add_vector("deviation", "standard deviation over time", channel, deviations, "Hz");
    result.add_scalar("mean_of_channels", "over time and channels", all, "Hz");
    return result;
}

}  // namespace

Analysis rows::instantaneous_frequency() {
    return {"instantaneous_frequency",
            "Frequency at every time, as the rate of the phase",
            {{"series", {InputKind::series}, true, "oscillations, or phases with phases: given"}},
            phase_option_specs(true),
            {{"frequency", "rate of the phase over 2 pi", {"channel", "time"}, "Hz"},
             {"mean", "over time", {"channel"}, "Hz"},
             {"median", "over time", {"channel"}, "Hz"},
             {"deviation", "standard deviation over time", {"channel"}, "Hz"},
             {"mean_of_channels", "over time and channels", {}, "Hz"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
