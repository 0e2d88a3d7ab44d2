// SPDX-License-Identifier: BSD-3-Clause
// Power spectra integrated over bands.
#include "analysis/band_power.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "analysis/errors.hpp"
#include "analysis/power_spectrum.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

bool read_number(std::string_view text, double& value) {
    text = trimmed(text);
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::vector<Band> read_bands(const std::string& text) {
    std::vector<Band> bands;
    std::set<std::string> names;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const std::string_view item = trimmed(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        const std::size_t blank = std::min(item.find(' '), item.size()), dash = item.find('-', blank);
        Band band{std::string(item.substr(0, blank))};
        const bool read = dash != item.npos && read_number(item.substr(blank, dash - blank), band.low_hz) &&
                          read_number(item.substr(dash + 1), band.high_hz);
        if (!read || !(band.low_hz >= 0.0 && band.high_hz > band.low_hz) || !names.insert(band.name).second)
            throw OptionError(
                fmt::format("bands: '{}' is no band; write a name of its own and two frequencies in Hz, "
                            "the lower first: alpha 8-13",
                            item),
                "bands");
        bands.push_back(std::move(band));
    }
    if (bands.empty()) throw OptionError("bands is empty; write for example alpha 8-13, beta 13-30", "bands");
    return bands;
}

std::vector<double> band_power(std::span<const double> frequency_hz, std::span<const double> power,
                               const std::vector<Band>& bands) {
    const double step = frequency_hz[1] - frequency_hz[0];
    std::vector<double> sums;
    for (const Band& band : bands) {
        double sum = 0.0;
        for (std::size_t k = 0; k < power.size(); ++k)
            if (frequency_hz[k] >= band.low_hz && frequency_hz[k] < band.high_hz) sum += power[k] * step;
        sums.push_back(sum);
    }
    return sums;
}

namespace {

std::vector<Band> bands_within(const Arguments& a, const std::vector<double>& frequency_hz) {
    const std::vector<Band> bands = read_bands(a.word("bands"));
    for (const Band& band : bands) {
        const bool any = std::any_of(frequency_hz.begin(), frequency_hz.end(),
                                     [&](double f) { return f >= band.low_hz && f < band.high_hz; });
        if (any && band.high_hz <= frequency_hz.back() * (1.0 + 1e-9)) continue;
        throw OptionError(
            fmt::format("bands: the spectrum has steps of {:.6g} Hz and ends at {:.6g} Hz, so it does "
                        "not cover '{}', {} to {} Hz; take other bands, or longer segments",
                        frequency_hz[1], frequency_hz.back(), band.name, band.low_hz, band.high_hz),
            "bands");
    }
    return bands;
}

Dimension band_dimension(const std::vector<Band>& bands) {
    Dimension dimension{"band", bands.size(), {}, {}, {}};
    for (const Band& band : bands) dimension.labels.push_back(band.name);
    return dimension;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    return {
        band_dimension(bands_within(a, spectrum_frequencies(a.series("series"), read_spectrum_options(a))))};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const PowerSpectrum s = power_spectrum(series, read_spectrum_options(a));
    const std::vector<Band> bands = bands_within(a, s.frequency_hz);
    Band all{"all", bands[0].low_hz, bands[0].high_hz};
    for (const Band& b : bands)
        all = {"all", std::min(all.low_hz, b.low_hz), std::max(all.high_hz, b.high_hz)};
    std::vector<double> power, relative, mean(bands.size()), mean_relative(bands.size());
    for (std::size_t c = 0; c < series.channels; ++c) {
        const double total = band_power(s.frequency_hz, s.channel(c), {all})[0];
        const std::vector<double> sums = band_power(s.frequency_hz, s.channel(c), bands);
        for (std::size_t b = 0; b < bands.size(); ++b) {
            power.push_back(sums[b]);
            relative.push_back(sums[b] / total);
            mean[b] += sums[b] / static_cast<double>(series.channels);
            mean_relative[b] += relative.back() / static_cast<double>(series.channels);
        }
    }
    const Dimension channel = channel_dimension(series), band = band_dimension(bands);
    const std::string unit = series.unit.empty() ? "" : "(" + series.unit + ")^2";
    Result result;
    result.add({"power", "of each band", unit, {channel, band}, power});
    result.add(
        {"relative", "of the power from the lowest to the highest band", "", {channel, band}, relative});
    result.add_vector("mean_power", "mean over channels", band, mean, unit);
    result.add_vector("mean_relative", "mean over channels", band, mean_relative);
    return result;
}

}  // namespace

Analysis rows::band_power() {
    return {"band_power",
            "Power in frequency bands, delta to gamma",
            {{"series", {InputKind::series}, true, "what was recorded"}},
            with_spectrum_options(
                {{"bands", "", std::string("delta 1-4, theta 4-8, alpha 8-13, beta 13-30, gamma 30-80"),
                  "names and ends in Hz; the upper end belongs to the next band"}}),
            {{"power", "integral of the density", {"channel", "band"}, "@^2"},
             {"relative", "of the power from the lowest to the highest end", {"channel", "band"}},
             {"mean_power", "mean over channels", {"band"}, "@^2"},
             {"mean_relative", "mean over channels", {"band"}}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
