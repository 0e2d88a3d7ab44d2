// SPDX-License-Identifier: BSD-3-Clause
// Power spectra by Welch's method and by multitapers, and their peak.
#include "analysis/power_spectrum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "analysis/errors.hpp"
#include "analysis/statistics.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::size_t default_segment = 256;  // scipy.signal.welch's nperseg
constexpr std::size_t shortest_segment = 4;

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
    const std::size_t length = options.segment_s == 0 ? std::min(default_segment, series.samples)
                                                      : samples_in(options.segment_s, series, "segment");
    if (length > series.samples)
        throw OptionError(fmt::format("segment is {} s, but series '{}' is only {} s long", options.segment_s,
                                      series.name, static_cast<double>(series.samples) * series.interval_s),
                          "segment");
    if (length < shortest_segment)
        throw OptionError(fmt::format("segment is {} s, {} samples of {} s; at least {} samples are needed",
                                      options.segment_s, length, series.interval_s, shortest_segment),
                          "segment");
    if (options.window == TaperWindow::dpss && 2 * options.half_bandwidth >= static_cast<double>(length))
        throw OptionError(fmt::format("half_bandwidth is {}, too large for segments of {} samples",
                                      options.half_bandwidth, length),
                          "half_bandwidth");
    return length;
}

std::vector<double> frequencies(std::size_t length, double interval_s) {
    std::vector<double> all;
    for (std::size_t k = 0; k <= length / 2; ++k)
        all.push_back(static_cast<double>(k) / (static_cast<double>(length) * interval_s));
    return all;
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

TaperedSegments::TaperedSegments(const SeriesView& whole, const PowerSpectrumOptions& options)
    : series_(without_start(whole, options.discard_s)),
      length_(segment_length(series_, options)),
      hop_(length_ - static_cast<std::size_t>(options.overlap * static_cast<double>(length_))),
      segments_((series_.samples - length_) / hop_ + 1),
      detrend_(options.detrend),
      tapers_(tapers(options.window, length_, options.half_bandwidth)) {}

std::vector<double> TaperedSegments::frequency_hz() const { return frequencies(length_, series_.interval_s); }

double TaperedSegments::freedom() const { return degrees_of_freedom(tapers_, segments_, hop_); }

void TaperedSegments::transform(std::size_t channel, std::size_t estimate, RealTransform& transform) const {
    const std::vector<double>& taper = tapers_[estimate % tapers_.size()];
    const std::size_t first = estimate / tapers_.size() * hop_;
    const std::span<double> x = transform.real();
    for (std::size_t t = 0; t < length_; ++t) x[t] = series_.at(first + t, channel);
    remove_trend(x, detrend_);
    for (std::size_t t = 0; t < length_; ++t) x[t] *= taper[t];
    transform.forward();
}

PowerSpectrum power_spectrum(const SeriesView& whole, const PowerSpectrumOptions& options) {
    const TaperedSegments segments(whole, options);
    require_finite(segments.series());
    PowerSpectrum result;
    result.segment_samples = segments.length();
    result.segments = segments.segments();
    result.freedom = segments.freedom();
    result.frequency_hz = segments.frequency_hz();
    const std::size_t bins = result.frequency_hz.size(), channels = segments.series().channels;
    result.power.resize(channels * bins);
    const double scale = segments.series().interval_s / static_cast<double>(segments.estimates());
    RealTransform transform(segments.length());
    for (std::size_t c = 0; c < channels; ++c) {
        const std::span<double> power = std::span(result.power).subspan(c * bins, bins);
        for (std::size_t e = 0; e < segments.estimates(); ++e) {
            segments.transform(c, e, transform);
            for (std::size_t k = 0; k < bins; ++k)
                power[k] += segments.sides(k) * std::norm(transform.complex()[k]);
        }
        for (double& p : power) p *= scale;
    }
    return result;
}

std::vector<OptionSpec> with_spectrum_options(std::vector<OptionSpec> own) {
    std::vector<OptionSpec> all{
        {"discard", "s", 0.0, "time left out at the start", {}, not_negative},
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
        {"window",
         "",
         std::string("hann"),
         "taper of a segment; dpss: multitaper",
         {"hann", "hamming", "boxcar", "dpss"}},
        {"half_bandwidth",
         "",
         4.0,
         "of dpss, times the segment's length; it has 2 half_bandwidth - 1 tapers",
         {},
         {1, 1000}},
        {"detrend", "", std::string("constant"), "taken off every segment", {"constant", "linear", "none"}}};
    all.insert(all.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
    return all;
}

PowerSpectrumOptions read_spectrum_options(const Arguments& a) {
    PowerSpectrumOptions options{a.number("discard"), a.number("segment"), a.number("overlap")};
    const std::string& window = a.word("window");
    options.window = window == "hann"      ? TaperWindow::hann
                     : window == "hamming" ? TaperWindow::hamming
                     : window == "dpss"    ? TaperWindow::dpss
                                           : TaperWindow::boxcar;
    const std::string& detrend = a.word("detrend");
    options.detrend = detrend == "constant" ? Detrend::constant
                      : detrend == "linear" ? Detrend::linear
                                            : Detrend::none;
    options.half_bandwidth = a.number("half_bandwidth");
    return options;
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

constexpr double outside = 0.025;  // of the power, on either side of a confidence interval

std::vector<Dimension> plan_row(const Arguments& a) {
    const std::vector<double> all = spectrum_frequencies(a.series("series"), read_spectrum_options(a));
    peak_frequency(all, std::vector<double>(all.size()), a.number("low"), a.number("high"));
    return {{"frequency", all.size(), "Hz", all, {}}};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const PowerSpectrum s = power_spectrum(series, read_spectrum_options(a));
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
    result.add_scalar("freedom", "degrees of freedom of each power", s.freedom);
    result.add_scalar("confidence_low", "times a power: lower end of its 95 % confidence interval",
                      s.freedom / chi_squared_quantile(1.0 - outside, s.freedom));
    result.add_scalar("confidence_high", "times a power: upper end of its 95 % confidence interval",
                      s.freedom / chi_squared_quantile(outside, s.freedom));
    return result;
}

}  // namespace

Analysis rows::power_spectrum() {
    return {"power_spectrum",
            "Power spectral density by Welch's method or by multitapers (window: dpss), and its peak",
            {{"series", {InputKind::series}, true, "what was recorded"}},
            with_spectrum_options(
                {{"low", "Hz", 0.0, "lowest frequency of the search for the peak", {}, not_negative},
                 {"high",
                  "Hz",
                  0.0,
                  "highest frequency of the search for the peak; 0: no limit",
                  {},
                  not_negative}}),
            {{"power", "one-sided density", {"channel", "frequency"}, "@^2/Hz"},
             {"mean_power", "mean over channels", {"frequency"}, "@^2/Hz"},
             {"peak_frequencies", "zero frequency left out", {"channel"}, "Hz"},
             {"peak_frequency", "of the mean spectrum, zero frequency left out", {}, "Hz"},
             {"segments", "number of segments averaged"},
             {"freedom", "degrees of freedom of a power, those of zero and half the sampling rate apart"},
             {"confidence_low", "a power times this is the lower end of its 95 % confidence interval"},
             {"confidence_high", "a power times this is the upper end"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
