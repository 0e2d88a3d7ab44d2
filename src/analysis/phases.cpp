// SPDX-License-Identifier: BSD-3-Clause
// Analytic signals by filters that are products in the frequency domain.
#include "analysis/phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"
#include "analysis/transform.hpp"

namespace neurodyn::analysis {
namespace {

using Complex = std::complex<double>;
constexpr std::size_t least_samples = 20;
constexpr double band_order = 3.0;
constexpr double wavelet_reach = 5.0;  // standard deviations, beyond which a wavelet is 0
constexpr double wavelet_edge = 2.0;   // of them are left out at the ends

// The least length from `n` on that is a product of 2, 3 and 5: transforms of others are slow.
std::size_t good_length(std::size_t n) {
    for (;; ++n) {
        std::size_t rest = n;
        for (const std::size_t p : {2u, 3u, 5u})
            while (rest % p == 0) rest /= p;
        if (rest == 1) return n;
    }
}

// The analytic signal of real values whose frequency k/(n interval) is multiplied by gain(frequency).
template <class Gain>
std::vector<Complex> filtered(std::span<const double> values, double interval_s, const Gain& gain) {
    const std::size_t n = values.size();
    RealTransform spectrum(n), quadrature(n);
    std::copy(values.begin(), values.end(), spectrum.real().begin());
    spectrum.forward();
    for (std::size_t k = 0; k < spectrum.complex().size(); ++k) {
        const double g = gain(static_cast<double>(k) / (static_cast<double>(n) * interval_s));
        spectrum.complex()[k] *= g / static_cast<double>(n);
        // The Hilbert transform turns every frequency by a quarter.
        quadrature.complex()[k] =
            k == 0 || 2 * k == n ? Complex{} : Complex(0.0, -1.0) * spectrum.complex()[k];
    }
    spectrum.backward();
    quadrature.backward();
    std::vector<Complex> result(n);
    for (std::size_t t = 0; t < n; ++t) result[t] = {spectrum.real()[t], quadrature.real()[t]};
    return result;
}

double mean_of(std::span<const double> values) {
    double sum = 0.0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
}

// |H|^2 of the digital Butterworth filter: that of the analogue one at the frequency the bilinear transform
// takes it to.
class BandGain {
  public:
    BandGain(double interval_s, double low_hz, double high_hz)
        : interval_s_(interval_s), low_(warp(low_hz)), high_(warp(high_hz)) {}
    double operator()(double f) const {
        if (f <= 0.0 || 2.0 * f * interval_s_ >= 1.0) return 0.0;
        const double w = warp(f), x = (w * w - low_ * high_) / (w * (high_ - low_));
        return 1.0 / (1.0 + std::pow(x * x, band_order));
    }

  private:
    double warp(double f) const { return std::tan(std::numbers::pi * f * interval_s_); }
    double interval_s_, low_, high_;
};

std::vector<Complex> signal_of(std::span<const double> values, double interval_s, const PhaseOptions& o) {
    switch (o.method) {
        case PhaseMethod::morlet:
            return morlet(values, interval_s, o.frequency_hz, o.cycles);
        case PhaseMethod::given: {
            std::vector<Complex> turned(values.size());
            for (std::size_t t = 0; t < values.size(); ++t) turned[t] = std::polar(1.0, values[t]);
            return turned;
        }
        default:
            return o.high_hz > 0.0 ? band_hilbert(values, interval_s, o.low_hz, o.high_hz) : hilbert(values);
    }
}

double edge_of(const PhaseOptions& o) {
    if (o.edge_s > 0.0) return o.edge_s;
    if (o.method == PhaseMethod::morlet) return wavelet_edge * o.cycles / (two_pi * o.frequency_hz);
    return o.method == PhaseMethod::hilbert && o.high_hz > 0.0 ? 1.0 / o.low_hz : 0.0;
}

void check_options(const SeriesView& series, const PhaseOptions& o) {
    const double highest = 0.5 / series.interval_s;
    if (o.method == PhaseMethod::hilbert && (o.low_hz > 0.0 || o.high_hz > 0.0))
        require_band(series, o.low_hz, o.high_hz, "low");
    if (o.method == PhaseMethod::morlet && !(o.frequency_hz > 0.0 && o.frequency_hz < highest))
        throw OptionError(
            fmt::format("frequency is {} Hz; series '{}' has frequencies above 0 and below {} Hz",
                        o.frequency_hz, series.name, highest),
            "frequency");
}

void require_varying(const SeriesView& series) {
    for (std::size_t c = 0; c < series.channels; ++c) {
        std::size_t t = 1;
        while (t < series.samples && series.at(t, c) == series.at(0, c)) ++t;
        if (t == series.samples)
            throw DataError(
                fmt::format("series '{}': {} '{}' is constant ({}), so it has no phase; leave it out",
                            series.name, series.dimension, series.label(c), series.at(0, c)),
                series.name, series.label(c));
    }
}

}  // namespace

double wrapped(double phase) { return phase - two_pi * std::nearbyint(phase / two_pi); }

std::vector<Complex> hilbert(std::span<const double> values) {
    const double mean = mean_of(values);
    std::vector<double> centred(values.begin(), values.end());
    for (double& v : centred) v -= mean;
    std::vector<Complex> signal = filtered(centred, 1.0, [](double) { return 1.0; });
    for (std::size_t t = 0; t < signal.size(); ++t) signal[t].real(centred[t]);
    return signal;
}

std::vector<Complex> band_hilbert(std::span<const double> values, double interval_s, double low_hz,
                                  double high_hz) {
    const std::size_t n = values.size();
    const auto wanted = static_cast<std::size_t>(std::ceil(3.0 / (low_hz * interval_s)));
    const std::size_t pad = std::min(n - 1, wanted);
    const std::size_t length = good_length(n + 2 * pad);
    // Reflected about its first and last point, then held: what lies beyond meets the other end far away.
    std::vector<double> extended(length, 2.0 * values[n - 1] - values[n - 1 - pad]);
    for (std::size_t k = 1; k <= pad; ++k) {
        extended[pad - k] = 2.0 * values[0] - values[k];
        extended[pad + n - 1 + k] = 2.0 * values[n - 1] - values[n - 1 - k];
    }
    std::copy(values.begin(), values.end(), extended.begin() + static_cast<std::ptrdiff_t>(pad));
    const std::vector<Complex> all = filtered(extended, interval_s, BandGain(interval_s, low_hz, high_hz));
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(pad);
    return {begin, begin + static_cast<std::ptrdiff_t>(n)};
}

std::vector<Complex> morlet(std::span<const double> values, double interval_s, double frequency_hz,
                            double cycles) {
    const double spread_s = cycles / (two_pi * frequency_hz);
    const auto reach = static_cast<std::size_t>(std::ceil(wavelet_reach * spread_s / interval_s));
    const double mean = mean_of(values);
    std::vector<double> padded(good_length(values.size() + reach), 0.0);
    for (std::size_t t = 0; t < values.size(); ++t) padded[t] = values[t] - mean;
    std::vector<Complex> signal = filtered(padded, interval_s, [&](double f) {
        const double x = two_pi * (f - frequency_hz) * spread_s;
        return std::exp(-0.5 * x * x);
    });
    signal.resize(values.size());
    return signal;
}

void require_band(const SeriesView& series, double low_hz, double high_hz, const std::string& low_option) {
    const double highest = 0.5 / series.interval_s;
    if (low_hz > 0.0 && low_hz < high_hz && high_hz < highest) return;
    throw OptionError(fmt::format("{} to {} Hz is no band of series '{}': the lower end must be above 0, the "
                                  "upper one above it and below {} Hz, half the sampling rate",
                                  low_hz, high_hz, series.name, highest),
                      low_option);
}

std::pair<std::size_t, std::size_t> analytic_samples(const SeriesView& whole, const PhaseOptions& options) {
    const SeriesView series = without_start(whole, options.discard_s);
    require_samples(series, least_samples, "phases");
    check_options(series, options);
    const double edge_s = edge_of(options);
    const auto edge = static_cast<std::size_t>(std::ceil(edge_s / series.interval_s * (1.0 - 1e-12)));
    if (2 * edge + least_samples > series.samples)
        throw DataError(
            fmt::format(
                "series '{}' is {} s long; {} s at each end lack data for the filter, which leaves too "
                "little: record longer, or take a higher frequency",
                series.name, static_cast<double>(series.samples) * series.interval_s, edge_s),
            series.name);
    return {edge, series.samples - 2 * edge};
}

AnalyticSignal analytic_signal(const SeriesView& whole, const PhaseOptions& options) {
    const auto [first, samples] = analytic_samples(whole, options);
    const SeriesView series = without_start(whole, options.discard_s);
    require_finite(series);
    if (options.method != PhaseMethod::given) require_varying(series);
    AnalyticSignal signal{std::vector<Complex>(series.channels * samples), series.channels, samples, first};
    parallel_for(series.channels, [&](std::size_t c) {
        const std::vector<Complex> all = signal_of(channel_values(series, c), series.interval_s, options);
        std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(signal.first), signal.samples,
                    signal.values.begin() + static_cast<std::ptrdiff_t>(c * signal.samples));
    });
    return signal;
}

std::vector<OptionSpec> phase_option_specs(bool given) {
    std::vector<std::string> methods{"hilbert", "morlet"};
    if (given) methods.push_back("given");
    return {
        {"discard", "s", 0.0, "time left out at the start", {}, not_negative},
        {"phases", "", std::string("hilbert"),
         given ? "how phases are found; given: the series is phases in radians" : "how phases are found",
         std::move(methods)},
        {"low", "Hz", 0.0, "lower end of hilbert's band; with high 0: all frequencies", {}, not_negative},
        {"high", "Hz", 0.0, "upper end of hilbert's band", {}, not_negative},
        {"frequency", "Hz", 10.0, "of morlet's wavelet", {}, positive},
        {"cycles", "", 7.0, "of morlet's wavelet, 2 pi f s of its standard deviation s", {}, positive},
        {"edge",
         "s",
         0.0,
         "left out at both ends; 0: one period of low with a band, 2 standard deviations of a wavelet, else "
         "nothing",
         {},
         not_negative}};
}

PhaseOptions read_phase_options(const Arguments& a) {
    const std::string& method = a.word("phases");
    return {a.number("discard"),
            method == "morlet"  ? PhaseMethod::morlet
            : method == "given" ? PhaseMethod::given
                                : PhaseMethod::hilbert,
            a.number("low"),
            a.number("high"),
            a.number("frequency"),
            a.number("cycles"),
            a.number("edge")};
}

Dimension phase_times(const SeriesView& whole, const PhaseOptions& options) {
    const auto [first, samples] = analytic_samples(whole, options);
    const SeriesView series = without_start(whole, options.discard_s);
    Dimension time{"time", samples, "s", {}, {}};
    for (std::size_t s = first; s < first + samples; ++s)
        time.values.push_back(series.start_s + static_cast<double>(s) * series.interval_s);
    return time;
}

}  // namespace neurodyn::analysis
