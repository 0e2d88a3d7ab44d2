// SPDX-License-Identifier: BSD-3-Clause
// Stretches of large amplitude.
#include "analysis/bursts.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/instantaneous_frequency.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

}  // namespace

std::vector<Burst> find_bursts(std::span<const double> amplitude, std::span<const double> rate_hz,
                               double interval_s, const BurstOptions& options) {
    const double unit = median({amplitude.begin(), amplitude.end()});
    std::vector<Burst> bursts;
    Burst open;
    for (std::size_t t = 0; t <= amplitude.size(); ++t) {
        if (t < amplitude.size() && amplitude[t] >= options.boundary * unit) {
            if (open.samples == 0) open = {t, 0, 0.0, 0.0};
            ++open.samples;
            open.cycles += rate_hz[t] * interval_s;
            open.peak = std::max(open.peak, amplitude[t]);
            continue;
        }
        if (open.samples > 0 && open.peak >= options.threshold * unit && open.cycles >= options.least_cycles)
            bursts.push_back(open);
        open = {};
    }
    return bursts;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    return {phase_times(a.series("series"), read_phase_options(a))};
}

double mean_of(const std::vector<Burst>& bursts, double (*value)(const Burst&)) {
    double sum = 0.0;
    for (const Burst& b : bursts) sum += value(b);
    return sum / static_cast<double>(bursts.size());  // NaN without any
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const PhaseOptions options = read_phase_options(a);
    const AnalyticSignal signal = analytic_signal(series, options);
    const std::vector<double> rates = instantaneous_frequency(series, options);
    const BurstOptions limits{a.number("threshold"), std::min(a.number("boundary"), a.number("threshold")),
                              a.number("least_cycles")};
    const std::size_t n = signal.samples;
    const double whole_s = static_cast<double>(n) * series.interval_s;
    std::vector<double> amplitudes, counts, rate, fractions, durations, cycles, peaks,
        within(series.channels * n);
    for (std::size_t c = 0; c < series.channels; ++c) {
        std::vector<double> amplitude;
        for (const auto& z : signal.channel(c)) amplitude.push_back(std::abs(z));
        const std::vector<Burst> bursts =
            find_bursts(amplitude, std::span(rates).subspan(c * n, n), series.interval_s, limits);
        double samples = 0.0;
        for (const Burst& b : bursts) {
            samples += static_cast<double>(b.samples);
            std::fill_n(within.begin() + static_cast<std::ptrdiff_t>(c * n + b.first), b.samples, 1.0);
        }
        counts.push_back(static_cast<double>(bursts.size()));
        rate.push_back(counts.back() / whole_s);
        fractions.push_back(samples / static_cast<double>(n));
        durations.push_back(samples * series.interval_s / counts.back());
        cycles.push_back(mean_of(bursts, [](const Burst& b) { return b.cycles; }));
        peaks.push_back(mean_of(bursts, [](const Burst& b) { return b.peak; }));
        amplitudes.insert(amplitudes.end(), amplitude.begin(), amplitude.end());
    }
    const Dimension channel = channel_dimension(series), time = phase_times(series, options);
    Result result;
    result.add({"amplitude", "of the oscillation", series.unit, {channel, time}, amplitudes});
    result.add({"within", "1 within a burst", "", {channel, time}, within});
    result.add_vector("count", "bursts", channel, counts);
    result.add_vector("rate", "bursts per second", channel, rate, "Hz");
    result.add_vector("fraction", "of the time within bursts", channel, fractions);
    result.add_vector("duration", "mean of the bursts", channel, durations, "s");
    result.add_vector("cycles", "mean of the bursts", channel, cycles);
    result.add_vector("peak", "mean of the bursts' largest amplitudes", channel, peaks, series.unit);
    return result;
}

std::vector<OptionSpec> options() {
    std::vector<OptionSpec> all = phase_option_specs(false);
    all.push_back({"threshold", "", 2.0, "medians of the amplitude that a burst must reach", {}, positive});
    all.push_back(
        {"boundary", "", 1.0, "medians at which it begins and ends, at most threshold", {}, positive});
    all.push_back({"least_cycles", "", 3.0, "cycles that it must last", {}, not_negative});
    return all;
}

}  // namespace

Analysis rows::bursts() {
    return {"bursts",
            "Bursts of an oscillation: where its amplitude is large for several cycles",
            {{"series", {InputKind::series}, true, "what was recorded"}},
            options(),
            {{"amplitude", "modulus of the analytic signal", {"channel", "time"}, "@"},
             {"within", "1 within a burst, else 0", {"channel", "time"}},
             {"count", "bursts", {"channel"}},
             {"rate", "bursts per second", {"channel"}, "Hz"},
             {"fraction", "of the time within bursts", {"channel"}},
             {"duration", "mean; NaN without bursts", {"channel"}, "s"},
             {"cycles", "mean; NaN without bursts", {"channel"}},
             {"peak", "mean of the largest amplitudes; NaN without bursts", {"channel"}, "@"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
