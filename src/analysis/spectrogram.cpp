// SPDX-License-Identifier: BSD-3-Clause
// Spectrograms by segments and by wavelets.
#include "analysis/spectrogram.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/errors.hpp"
#include "analysis/phases.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::size_t most_columns = 500;

}  // namespace

Spectrogram segment_spectrogram(const SeriesView& whole, std::size_t channel,
                                const PowerSpectrumOptions& options) {
    const TaperedSegments segments(whole, options);
    const SeriesView& series = segments.series();
    Spectrogram result;
    result.frequency_hz = segments.frequency_hz();
    const std::size_t columns = segments.segments(), of = segments.estimates() / columns;
    for (std::size_t s = 0; s < columns; ++s)
        result.time_s.push_back(series.start_s + (static_cast<double>(s * segments.hop()) +
                                                  0.5 * static_cast<double>(segments.length())) *
                                                     series.interval_s);
    result.power.resize(result.frequency_hz.size() * columns);
    RealTransform transform(segments.length());
    for (std::size_t e = 0; e < segments.estimates(); ++e) {
        segments.transform(channel, e, transform);
        for (std::size_t k = 0; k < result.frequency_hz.size(); ++k)
            result.power[k * columns + e / of] += segments.sides(k) * std::norm(transform.complex()[k]) *
                                                  series.interval_s / static_cast<double>(of);
    }
    return result;
}

Spectrogram morlet_spectrogram(const SeriesView& whole, std::size_t channel,
                               const std::vector<double>& frequency_hz, double cycles, std::size_t hop,
                               double discard_s) {
    const SeriesView series = without_start(whole, discard_s);
    const std::vector<double> values = channel_values(series, channel);
    Spectrogram result;
    result.frequency_hz = frequency_hz;
    for (std::size_t t = 0; t < series.samples; t += hop)
        result.time_s.push_back(series.start_s + static_cast<double>(t) * series.interval_s);
    for (const double f : frequency_hz) {
        // White noise of one-sided density S gives the squared modulus S/(sqrt(pi) s).
        const double scale = std::sqrt(std::numbers::pi) * cycles / (two_pi * f);
        const auto signal = morlet(values, series.interval_s, f, cycles);
        for (std::size_t t = 0; t < series.samples; t += hop)
            result.power.push_back(std::norm(signal[t]) * scale);
    }
    return result;
}

namespace {

// Evenly spaced in the logarithm.
std::vector<double> wavelet_frequencies(const Arguments& a, const SeriesView& series) {
    const double low = a.number("low") > 0.0 ? a.number("low") : 1.0, limit = 0.5 / series.interval_s;
    const double high = a.number("high") > 0.0 ? a.number("high") : 0.8 * limit;
    if (!(low < high && high < limit))
        throw OptionError(
            fmt::format("wavelets from {} to {} Hz: low must be below high, and high below {} Hz, half "
                        "the sampling rate",
                        low, high, limit),
            "low");
    const auto count = static_cast<std::size_t>(a.number("count"));
    std::vector<double> all;
    for (std::size_t k = 0; k < count; ++k)
        all.push_back(low *
                      std::pow(high / low, static_cast<double>(k) /
                                               static_cast<double>(std::max<std::size_t>(count - 1, 1))));
    return all;
}

std::size_t hop_of(const Arguments& a, const SeriesView& series) {
    const double step = a.number("step");
    if (step == 0.0) return series.samples / most_columns + 1;
    return std::max<std::size_t>(1, samples_in(step, series, "step"));
}

std::vector<std::size_t> channels_of(const Arguments& a, const SeriesView& series) {
    const std::string& name = a.word("channel");
    std::vector<std::size_t> chosen;
    std::vector<std::string> labels;
    for (std::size_t c = 0; c < series.channels; ++c) {
        labels.push_back(series.label(c));
        if (name.empty() || labels.back() == name || fmt::format("{}", c) == name) chosen.push_back(c);
    }
    if (chosen.empty())
        throw OptionError(fmt::format("channel: series '{}' has no {} '{}'; {}", series.name,
                                      series.dimension, name, did_you_mean(name, labels)),
                          "channel");
    return chosen;
}

bool by_wavelets(const Arguments& a) { return a.word("method") == "morlet"; }

Spectrogram one_channel(const Arguments& a, std::size_t channel) {
    const Series& series = a.series("series");
    if (!by_wavelets(a)) return segment_spectrogram(series, channel, read_spectrum_options(a));
    const SeriesView kept = without_start(series, a.number("discard"));
    return morlet_spectrogram(series, channel, wavelet_frequencies(a, kept), a.number("cycles"),
                              hop_of(a, kept), a.number("discard"));
}

// {time, frequency}, their values for all but times.
std::vector<Dimension> plan_row(const Arguments& a) {
    const SeriesView kept = without_start(a.series("series"), a.number("discard"));
    channels_of(a, kept);
    if (by_wavelets(a)) {
        require_samples(kept, 20, "wavelets");
        const std::vector<double> f = wavelet_frequencies(a, kept);
        const std::size_t hop = hop_of(a, kept);
        return {{"time", (kept.samples + hop - 1) / hop, "s", {}, {}}, {"frequency", f.size(), "Hz", f, {}}};
    }
    const TaperedSegments segments(a.series("series"), read_spectrum_options(a));
    const std::vector<double> f = segments.frequency_hz();
    peak_frequency(f, std::vector<double>(f.size()), a.number("low"), a.number("high"));
    return {{"time", segments.segments(), "s", {}, {}}, {"frequency", f.size(), "Hz", f, {}}};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    require_finite(without_start(series, a.number("discard")));
    plan_row(a);
    const std::vector<std::size_t> channels = channels_of(a, series);
    Spectrogram mean;
    for (const std::size_t c : channels) {
        Spectrogram s = one_channel(a, c);
        if (mean.power.empty())
            s.power.swap(mean.power), mean.frequency_hz = s.frequency_hz, mean.time_s = s.time_s;
        else
            for (std::size_t k = 0; k < s.power.size(); ++k) mean.power[k] += s.power[k];
    }
    for (double& p : mean.power) p /= static_cast<double>(channels.size());
    const std::size_t rows = mean.frequency_hz.size(), columns = mean.time_s.size();
    std::vector<double> ridge;
    for (std::size_t t = 0; t < columns; ++t) {
        std::vector<double> column;
        for (std::size_t k = 0; k < rows; ++k) column.push_back(mean.power[k * columns + t]);
        ridge.push_back(by_wavelets(a)
                            ? mean.frequency_hz[static_cast<std::size_t>(
                                  std::max_element(column.begin(), column.end()) - column.begin())]
                            : peak_frequency(mean.frequency_hz, column, a.number("low"), a.number("high")));
    }
    const Dimension frequency{"frequency", rows, "Hz", mean.frequency_hz, {}},
        time{"time", columns, "s", mean.time_s, {}};
    const std::string unit = series.unit.empty() ? "1/Hz" : "(" + series.unit + ")^2/Hz";
    Result result;
    result.add({"power", "power spectral density over time", unit, {frequency, time}, mean.power});
    result.add_vector("ridge", "frequency of the largest power at each time", time, ridge, "Hz");
    return result;
}

}  // namespace

Analysis rows::spectrogram() {
    return {
        "spectrogram",
        "Power over time and frequency, by segments or by Morlet wavelets",
        {{"series", {InputKind::series}, true, "what was recorded"}},
        with_spectrum_options(
            {{"method",
              "",
              std::string("segments"),
              "segments (a power spectrum each) or morlet (wavelets)",
              {"segments", "morlet"}},
             {"channel", "", std::string(), "name or number of one channel; empty: the mean over channels"},
             {"low", "Hz", 0.0, "lowest frequency of the ridge and of wavelets (0: 1 Hz)", {}, not_negative},
             {"high",
              "Hz",
              0.0,
              "highest frequency of the ridge and of wavelets (0: 0.4 of the sampling rate)",
              {},
              not_negative},
             {"count", "", 48.0, "wavelets, evenly spaced in the logarithm", {}, {2, 1000}},
             {"cycles", "", 7.0, "of a wavelet", {}, positive},
             {"step", "s", 0.0, "between times of wavelets; 0: at most 500 of them", {}, not_negative}}),
        {{"power", "one-sided density, mean over channels", {"frequency", "time"}, "@^2/Hz"},
         {"ridge", "frequency of the largest power", {"time"}, "Hz"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
