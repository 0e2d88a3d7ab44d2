// SPDX-License-Identifier: BSD-3-Clause
// Cross-spectra of tapered segments, and bands of them.
#include "analysis/coherence.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using Complex = std::complex<double>;

std::size_t pair_index(std::size_t i, std::size_t j, std::size_t n) {
    return i * (2 * n - i - 1) / 2 + j - i - 1;
}

void require_estimates(const TaperedSegments& segments) {
    if (segments.estimates() > 1) return;
    throw OptionError(
        fmt::format(
            "segment: series '{}' makes a single segment of {} samples, whose coherence is 1 whatever "
            "the data; take shorter segments or the window dpss",
            segments.series().name, segments.length()),
        "segment");
}

// [channel][estimate][bin]
std::vector<Complex> transforms(const TaperedSegments& segments, std::size_t bins) {
    const std::size_t channels = segments.series().channels, estimates = segments.estimates();
    std::vector<Complex> all(channels * estimates * bins);
    parallel_for(channels, [&](std::size_t c) {
        RealTransform transform(segments.length());
        for (std::size_t e = 0; e < estimates; ++e) {
            segments.transform(c, e, transform);
            std::copy(transform.complex().begin(), transform.complex().end(),
                      all.begin() + static_cast<std::ptrdiff_t>((c * estimates + e) * bins));
        }
    });
    return all;
}

}  // namespace

double Coherence::threshold() const { return 1.0 - std::pow(0.05, 1.0 / (0.5 * freedom - 1.0)); }

Coherence coherence(const SeriesView& series, const PowerSpectrumOptions& options) {
    require_channels(series, 2, "coherence");
    const TaperedSegments segments(series, options);
    require_estimates(segments);
    require_finite(segments.series());
    Coherence result;
    result.frequency_hz = segments.frequency_hz();
    result.freedom = segments.freedom();
    const std::size_t n = series.channels, bins = result.frequency_hz.size(),
                      estimates = segments.estimates();
    const std::vector<Complex> x = transforms(segments, bins);
    std::vector<double> power(n * bins);
    for (std::size_t c = 0; c < n; ++c) {
        double total = 0.0;
        for (std::size_t e = 0; e < estimates; ++e)
            for (std::size_t k = 0; k < bins; ++k)
                total += power[c * bins + k] += std::norm(x[(c * estimates + e) * bins + k]);
        if (!(total > 0.0))
            throw DataError(
                fmt::format("series '{}': {} '{}' is constant, so it has no coherence; leave it out",
                            series.name, series.dimension, series.label(c)),
                series.name, series.label(c));
    }
    result.coherency.resize(n * (n - 1) / 2 * bins);
    parallel_for(n, [&](std::size_t i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            Complex* out = &result.coherency[pair_index(i, j, n) * bins];
            for (std::size_t e = 0; e < estimates; ++e)
                for (std::size_t k = 0; k < bins; ++k)
                    out[k] +=
                        x[(i * estimates + e) * bins + k] * std::conj(x[(j * estimates + e) * bins + k]);
            for (std::size_t k = 0; k < bins; ++k) {
                const double size = std::sqrt(power[i * bins + k] * power[j * bins + k]);
                out[k] = size > 0.0 ? out[k] / size : Complex{};
            }
        }
    });
    return result;
}

namespace {

// Bins of a band; zero frequency is in none.
std::pair<std::size_t, std::size_t> band_of(const std::vector<double>& frequency_hz, double low,
                                            double high) {
    std::size_t first = 1, last = frequency_hz.size();
    while (first < last && frequency_hz[first] < low) ++first;
    while (high > 0.0 && last > first && frequency_hz[last - 1] > high) --last;
    if (first < last) return {first, last};
    throw OptionError(fmt::format("no frequency lies between {} Hz and {} Hz; the spectrum goes to {} Hz",
                                  low, high, frequency_hz.back()),
                      "low");
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const SeriesView series = a.series("series");
    require_channels(series, 2, "coherence");
    const TaperedSegments segments(series, read_spectrum_options(a));
    require_estimates(segments);
    const std::vector<double> all = segments.frequency_hz();
    band_of(all, a.number("low"), a.number("high"));
    return {{"frequency", all.size(), "Hz", all, {}}, pair_dimension(series)};
}

Result run_row(const Arguments& a) {
    const SeriesView series = a.series("series");
    const Coherence c = coherence(series, read_spectrum_options(a));
    const auto [first, last] = band_of(c.frequency_hz, a.number("low"), a.number("high"));
    const std::size_t n = series.channels, bins = c.frequency_hz.size();
    Matrix band = channel_matrix_shape(series), imaginary = band;
    band.values.assign(n * n, 0.0);
    imaginary.values.assign(n * n, 0.0);
    std::vector<double> squared, mean(bins);
    for (const Complex& z : c.coherency) squared.push_back(std::norm(z));
    for (std::size_t i = 0, k = 0; i < n; ++i) {
        band(i, i) = 1.0;
        for (std::size_t j = i + 1; j < n; ++j, ++k) {
            double sum = 0.0, lag = 0.0;
            for (std::size_t f = 0; f < bins; ++f) mean[f] += squared[k * bins + f];
            for (std::size_t f = first; f < last; ++f)
                sum += squared[k * bins + f], lag += c.coherency[k * bins + f].imag();
            band(i, j) = band(j, i) = sum / static_cast<double>(last - first);
            imaginary(i, j) = lag / static_cast<double>(last - first);
            imaginary(j, i) = -imaginary(i, j);
        }
    }
    for (double& m : mean) m /= static_cast<double>(n * (n - 1) / 2);
    double all = 0.0;
    for (std::size_t f = first; f < last; ++f) all += mean[f] / static_cast<double>(last - first);
    const Dimension frequency{"frequency", bins, "Hz", c.frequency_hz, {}};
    Result result;
    result.add_matrix("coherence", "magnitude-squared, mean over the band", band);
    result.add_matrix("imaginary", "imaginary part of the coherency, mean over the band", imaginary);
    result.add({"spectrum",
                "magnitude-squared coherence of each pair",
                "",
                {pair_dimension(series), frequency},
                squared});
    result.add_vector("mean_spectrum", "mean over pairs", frequency, mean);
    result.add_scalar("mean", "over pairs and the band", all);
    result.add_scalar("peak_frequency", "where the mean over pairs is largest",
                      peak_frequency(c.frequency_hz, mean, a.number("low"), a.number("high")), "Hz");
    result.add_scalar("threshold", "what one frequency exceeds with 5 % probability without coherence",
                      c.threshold());
    return result;
}

}  // namespace

Analysis rows::coherence() {
    const std::vector<std::string> pair{"channel", "other_channel"};
    return {
        "coherence",
        "Magnitude-squared and imaginary coherence of pairs of channels, by Welch's method or by multitapers",
        {{"series", {InputKind::series}, true, "what was recorded"}},
        with_spectrum_options(
            {{"low", "Hz", 0.0, "lowest frequency of the band", {}, not_negative},
             {"high", "Hz", 0.0, "highest frequency of the band; 0: no limit", {}, not_negative}}),
        {{"coherence", "|S_ij|^2/(S_ii S_jj), mean over the band", pair},
         {"imaginary", "Im S_ij/sqrt(S_ii S_jj), mean over the band: positive where the row is ahead", pair},
         {"spectrum", "magnitude-squared coherence", {"pair", "frequency"}},
         {"mean_spectrum", "mean over pairs", {"frequency"}},
         {"mean", "over pairs and the band"},
         {"peak_frequency", "of mean_spectrum within the band", {}, "Hz"},
         {"threshold", "of one frequency and pair, at 5 % without coherence"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
