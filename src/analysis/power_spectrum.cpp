// SPDX-License-Identifier: BSD-3-Clause
// Welch's power spectrum and its peak.
#include "analysis/power_spectrum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/errors.hpp"
#include "analysis/table.hpp"
#include "analysis/transform.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::size_t default_segment = 256;  // scipy.signal.welch's nperseg
constexpr std::size_t shortest_segment = 4;

std::vector<double> taper(TaperWindow window, std::size_t length) {
    std::vector<double> w(length, 1.0);
    if (window == TaperWindow::boxcar) return w;
    const double a = window == TaperWindow::hann ? 0.5 : 0.54;
    for (std::size_t t = 0; t < length; ++t)
        w[t] = a - (1 - a) *
                       std::cos(2 * std::numbers::pi * static_cast<double>(t) / static_cast<double>(length));
    return w;
}

void remove_trend(std::span<double> x, Detrend detrend) {
    if (detrend == Detrend::none) return;
    const double n = static_cast<double>(x.size());
    double mean = 0, slope = 0, squares = 0;
    for (const double v : x) mean += v;
    mean /= n;
    const double middle = (n - 1) / 2;
    if (detrend == Detrend::linear) {
        for (std::size_t t = 0; t < x.size(); ++t) {
            const double s = static_cast<double>(t) - middle;
            slope += s * (x[t] - mean);
            squares += s * s;
        }
        slope /= squares;
    }
    for (std::size_t t = 0; t < x.size(); ++t) x[t] -= mean + slope * (static_cast<double>(t) - middle);
}

std::size_t segment_length(const SeriesView& series, const PowerSpectrumOptions& options) {
    require_samples(series, shortest_segment, "a power spectrum");
    if (!(options.overlap >= 0 && options.overlap < 1))
        throw OptionError(fmt::format("overlap is {}; 0 to below 1 was expected", options.overlap),
                          "overlap");
    if (options.segment_s == 0) return std::min(default_segment, series.samples);
    const std::size_t length = samples_in(options.segment_s, series, "segment");
    if (length > series.samples)
        throw OptionError(fmt::format("segment is {} s, but series '{}' is only {} s long", options.segment_s,
                                      series.name, static_cast<double>(series.samples) * series.interval_s),
                          "segment");
    if (length < shortest_segment)
        throw OptionError(fmt::format("segment is {} s, {} samples of {} s; at least {} samples are needed",
                                      options.segment_s, length, series.interval_s, shortest_segment),
                          "segment");
    return length;
}

std::vector<double> frequencies(std::size_t length, double interval_s) {
    std::vector<double> all;
    for (std::size_t k = 0; k <= length / 2; ++k)
        all.push_back(static_cast<double>(k) / (static_cast<double>(length) * interval_s));
    return all;
}

// Adds the one-sided power of one transformed segment, unscaled.
void add_power(RealTransform& transform, std::span<double> power) {
    transform.forward();
    const auto x = transform.complex();
    for (std::size_t k = 0; k < power.size(); ++k) {
        const bool counted_once = k == 0 || 2 * k == transform.real().size();
        power[k] += (counted_once ? 1 : 2) * std::norm(x[k]);
    }
}

}  // namespace

std::vector<double> PowerSpectrum::mean() const {
    const std::size_t channels = power.size() / frequency_hz.size();
    std::vector<double> sum(frequency_hz.size());
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += channel(c)[k];
    for (double& v : sum) v /= static_cast<double>(channels);
    return sum;
}

std::vector<double> spectrum_frequencies(const SeriesView& whole, const PowerSpectrumOptions& options) {
    const SeriesView series = without_start(whole, options.discard_s);
    return frequencies(segment_length(series, options), series.interval_s);
}

PowerSpectrum power_spectrum(const SeriesView& whole, const PowerSpectrumOptions& options) {
    const SeriesView series = without_start(whole, options.discard_s);
    PowerSpectrum result;
    const std::size_t length = result.segment_samples = segment_length(series, options);
    require_finite(series);
    const auto shared = static_cast<std::size_t>(options.overlap * static_cast<double>(length));
    const std::size_t hop = length - shared;
    result.segments = (series.samples - length) / hop + 1;
    const std::size_t bins = length / 2 + 1;
    result.frequency_hz = frequencies(length, series.interval_s);
    result.power.resize(series.channels * bins);

    const std::vector<double> window = taper(options.window, length);
    double squares = 0;
    for (const double w : window) squares += w * w;
    const double scale = series.interval_s / squares / static_cast<double>(result.segments);
    RealTransform transform(length);
    for (std::size_t c = 0; c < series.channels; ++c) {
        const std::span<double> power = std::span(result.power).subspan(c * bins, bins);
        for (std::size_t s = 0; s < result.segments; ++s) {
            const std::span<double> x = transform.real();
            for (std::size_t t = 0; t < length; ++t) x[t] = series.at(s * hop + t, c);
            remove_trend(x, options.detrend);
            for (std::size_t t = 0; t < length; ++t) x[t] *= window[t];
            add_power(transform, power);
        }
        for (double& p : power) p *= scale;
    }
    return result;
}

double peak_frequency(std::span<const double> frequency_hz, std::span<const double> power, double low_hz,
                      double high_hz) {
    std::size_t best = 0;
    for (std::size_t k = 1; k < frequency_hz.size(); ++k) {
        if (frequency_hz[k] < low_hz || (high_hz > 0 && frequency_hz[k] > high_hz)) continue;
        if (best == 0 || power[k] > power[best]) best = k;
    }
    if (best == 0)
        throw OptionError(
            fmt::format("no frequency lies between {} Hz and {}; the spectrum goes from 0 to {} Hz in "
                        "steps of {} Hz",
                        low_hz, high_hz > 0 ? fmt::format("{} Hz", high_hz) : "the end", frequency_hz.back(),
                        frequency_hz.size() > 1 ? frequency_hz[1] : 0.0),
            "low");
    return frequency_hz[best];
}

namespace {

std::string density_unit(const std::string& unit) { return unit.empty() ? "1/Hz" : "(" + unit + ")^2/Hz"; }

std::vector<Dimension> plan_row(const Arguments& a) {
    const std::vector<double> all = spectrum_frequencies(
        a.series("series"), {a.number("discard"), a.number("segment"), a.number("overlap")});
    peak_frequency(all, std::vector<double>(all.size()), a.number("low"), a.number("high"));
    return {{"frequency", all.size(), "Hz", all, {}}};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    PowerSpectrumOptions options{a.number("discard"), a.number("segment"), a.number("overlap")};
    const std::string& window = a.word("window");
    options.window = window == "hann"      ? TaperWindow::hann
                     : window == "hamming" ? TaperWindow::hamming
                                           : TaperWindow::boxcar;
    const std::string& detrend = a.word("detrend");
    options.detrend = detrend == "constant" ? Detrend::constant
                      : detrend == "linear" ? Detrend::linear
                                            : Detrend::none;
    const PowerSpectrum s = power_spectrum(series, options);
    const std::vector<double> mean = s.mean();
    const double low = a.number("low"), high = a.number("high");
    std::vector<double> peaks;
    for (std::size_t c = 0; c < series.channels; ++c)
        peaks.push_back(peak_frequency(s.frequency_hz, s.channel(c), low, high));
    const Dimension frequency{"frequency", s.frequency_hz.size(), "Hz", s.frequency_hz, {}};
    const std::string unit = density_unit(series.unit);
    Result result;
    result.add({"power", "power spectral density", unit, {channel_dimension(series), frequency}, s.power});
    result.add_vector("mean_power", "mean over channels", frequency, mean, unit);
    result.add_vector("peak_frequencies", "frequency of the largest power", channel_dimension(series), peaks,
                      "Hz");
    result.add_scalar("peak_frequency", "frequency of the largest mean power",
                      peak_frequency(s.frequency_hz, mean, low, high), "Hz");
    result.add_scalar("segments", "number of segments averaged", static_cast<double>(s.segments));
    return result;
}

}  // namespace

Analysis rows::power_spectrum() {
    return {
        "power_spectrum",
        "Power spectral density by Welch's method, and its peak",
        {{"series", {InputKind::series}, true, "what was recorded"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"segment",
          "s",
          0.0,
          "length of a segment; 0: 256 samples, or the whole series when shorter",
          {},
          not_negative},
         {"overlap",
          "",
          0.5,
          "fraction of a segment shared with the next, 0 to below 1",
          {},
          {0, 1, true, false}},
         {"window", "", std::string("hann"), "taper of a segment", {"hann", "hamming", "boxcar"}},
         {"detrend", "", std::string("constant"), "taken off every segment", {"constant", "linear", "none"}},
         {"low", "Hz", 0.0, "lowest frequency of the search for the peak", {}, not_negative},
         {"high", "Hz", 0.0, "highest frequency of the search for the peak; 0: no limit", {}, not_negative}},
        {{"power", "one-sided density", {"channel", "frequency"}, "@^2/Hz"},
         {"mean_power", "mean over channels", {"frequency"}, "@^2/Hz"},
         {"peak_frequencies", "zero frequency left out", {"channel"}, "Hz"},
         {"peak_frequency", "of the mean spectrum, zero frequency left out", {}, "Hz"},
         {"segments", "number of segments averaged"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
