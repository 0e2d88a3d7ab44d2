// SPDX-License-Identifier: BSD-3-Clause
// Events of all nodes in bins, and Welch's spectrum of them.
#include "analysis/population_spectrum.hpp"

#include <algorithm>

#include "analysis/power_spectrum.hpp"
#include "analysis/spike_trains.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

constexpr double default_segment_s = 0.5;
constexpr std::size_t least_bins = 4;

// The rate's shape, without its values.
Series rate_shape(const Events& events, const EventBins& bins) {
    Series rate;
    rate.samples = bins.count;
    rate.channels = 1;
    rate.interval_s = bins.width_s;
    rate.start_s = bins.start_s;
    rate.name = events.name;
    rate.unit = "Hz";
    return rate;
}

// Events per node and second in every bin.
Series population_rate(const Events& events, const EventBins& bins) {
    Series rate = rate_shape(events, bins);
    rate.values.resize(bins.count);
    const double one = 1.0 / (static_cast<double>(events.nodes) * bins.width_s);
    for (const double time_s : events.time_s)
        if (time_s > bins.start_s)
            if (const std::size_t bin = bins.of(time_s); bin < bins.count) rate.values[bin] += one;
    return rate;
}

PowerSpectrumOptions welch_options(const Series& rate, double segment_s) {
    PowerSpectrumOptions welch;
    const double all_s = static_cast<double>(rate.samples) * rate.interval_s;
    welch.segment_s = segment_s > 0.0 ? segment_s : std::min(default_segment_s, all_s);
    return welch;
}

PopulationSpectrumOptions read_options(const Arguments& a) {
    return {a.number("discard"), a.number("bin"), a.number("segment"), a.number("low"), a.number("high")};
}

}  // namespace

PopulationSpectrum population_spectrum(const Events& events, const PopulationSpectrumOptions& options) {
    const EventBins bins = plan_bins(events, options.discard_s, options.bin_s, "bin", least_bins);
    const Series rate = population_rate(events, bins);
    PowerSpectrum welch = power_spectrum(rate, welch_options(rate, options.segment_s));
    PopulationSpectrum result;
    result.peak_frequency_hz =
        peak_frequency(welch.frequency_hz, welch.power, options.low_hz, options.high_hz);
    double mean = 0.0;
    for (const double r : rate.values) mean += r / static_cast<double>(rate.samples);
    const auto peak =
        std::find(welch.frequency_hz.begin(), welch.frequency_hz.end(), result.peak_frequency_hz);
    result.peak_ratio = welch.power[static_cast<std::size_t>(peak - welch.frequency_hz.begin())] /
                        (2.0 * mean / static_cast<double>(events.nodes));
    result.frequency_hz = std::move(welch.frequency_hz);
    result.power = std::move(welch.power);
    return result;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    const Events& events = a.events("events");
    const PopulationSpectrumOptions options = read_options(a);
    const Series rate =
        rate_shape(events, plan_bins(events, options.discard_s, options.bin_s, "bin", least_bins));
    const std::vector<double> all = spectrum_frequencies(rate, welch_options(rate, options.segment_s));
    peak_frequency(all, std::vector<double>(all.size()), options.low_hz, options.high_hz);
    return {{"frequency", all.size(), "Hz", all, {}}};
}

Result run_row(const Arguments& a) {
    const PopulationSpectrum s = population_spectrum(a.events("events"), read_options(a));
    const Dimension frequency{"frequency", s.frequency_hz.size(), "Hz", s.frequency_hz, {}};
    Result result;
    result.add_vector("power", "power spectral density of the population's rate", frequency, s.power, "Hz");
    result.add_scalar("peak_frequency", "frequency of the largest power", s.peak_frequency_hz, "Hz");
    result.add_scalar("peak_ratio", "power there over that of independent Poisson trains", s.peak_ratio);
    return result;
}

}  // namespace

Analysis rows::population_spectrum() {
    return {
        "population_spectrum",
        "Power spectrum of the rate of a whole population, and its peak",
        {{"events", {InputKind::events}, true, "what an event monitor recorded"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"bin", "s", 5e-4, "in which events are counted; at least four must fit", {}, positive},
         {"segment",
          "s",
          0.0,
          "length of a segment of Welch's method; 0: 0.5 s, or all when shorter",
          {},
          not_negative},
         {"low", "Hz", 0.0, "lowest frequency of the search for the peak", {}, not_negative},
         {"high", "Hz", 0.0, "highest frequency of the search for the peak; 0: no limit", {}, not_negative}},
        {{"power", "one-sided density, (Hz)^2/Hz", {"frequency"}, "Hz"},
         {"peak_frequency", "zero frequency left out", {}, "Hz"},
         {"peak_ratio", "power at the peak over that of independent Poisson trains, 2 rate/nodes"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
