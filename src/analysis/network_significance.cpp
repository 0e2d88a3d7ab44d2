// SPDX-License-Identifier: BSD-3-Clause
// Phase-randomised surrogates of networks' strengths.
#include "analysis/network_significance.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include "analysis/coding.hpp"
#include "analysis/functional_connectivity.hpp"
#include "analysis/network_strength.hpp"
#include "analysis/parallel.hpp"
#include "analysis/transform.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {

Series phase_randomised(const SeriesView& s, std::uint64_t seed, std::uint64_t number, bool together) {
    Series out;
    out.samples = s.samples, out.channels = s.channels, out.interval_s = s.interval_s,
    out.start_s = s.start_s;
    out.name = s.name, out.unit = s.unit, out.dimension = s.dimension;
    out.labels.assign(s.labels.begin(), s.labels.end());
    out.values.resize(s.values.size());
    RealTransform transform(s.samples);
    const std::size_t last =
        (s.samples - 1) / 2;  // beyond it: the frequency without a phase, if there is one
    std::vector<double> turn(last + 1);
    const std::uint64_t seeds[] = {seed};
    for (std::size_t c = 0; c < s.channels; ++c) {
        if (c == 0 || !together)
            fill_uniform(turn, 1, {seeds, 0, number, 0, static_cast<std::uint32_t>(together ? 0 : c)});
        for (std::size_t t = 0; t < s.samples; ++t) transform.real()[t] = s.at(t, c);
        transform.forward();
        for (std::size_t k = 1; k <= last; ++k)
            transform.complex()[k] *= std::polar(1.0, 2 * std::numbers::pi * turn[k]);
        transform.backward();
        for (std::size_t t = 0; t < s.samples; ++t)
            out.values[t * s.channels + c] = transform.real()[t] / static_cast<double>(s.samples);
    }
    return out;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    const Series& series = a.series("series");
    require_samples(without_start(series, a.number("discard")), 8, "surrogates");
    whole(a, "surrogates"), whole(a, "seed");
    const std::vector<std::string> networks = network_names(channel_matrix_shape(series), a.labels("labels"));
    return {{"network", networks.size(), {}, {}, networks},
            {"other_network", networks.size(), {}, {}, networks}};
}

Result run_row(const Arguments& a) {
    const std::vector<Dimension> dimensions = plan_row(a);
    const SeriesView series = without_start(a.series("series"), a.number("discard"));
    const std::vector<std::string>& labels = a.labels("labels");
    const std::size_t count = whole(a, "surrogates"), seed = whole(a, "seed");
    const Matrix found = network_strength(functional_connectivity(series), labels).mean;
    std::vector<std::vector<double>> others(count);
    parallel_for(count, [&](std::size_t k) {
        others[k] =
            network_strength(functional_connectivity(phase_randomised(series, seed, k, false)), labels)
                .mean.values;
    });
    std::vector<double> p, z;
    for (std::size_t e = 0; e < found.values.size(); ++e) {
        double as_large = 1, sum = 0, squares = 0;
        for (const auto& other : others) {
            as_large += std::abs(other[e]) >= std::abs(found.values[e]) ? 1 : 0;
            sum += other[e], squares += other[e] * other[e];
        }
        const double n = static_cast<double>(count), mean = sum / n;
        const bool known = !std::isnan(found.values[e]);
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        p.push_back(known ? as_large / (n + 1) : nan);
        z.push_back(known ? (found.values[e] - mean) / std::sqrt((squares / n - mean * mean) * n / (n - 1))
                          : nan);
    }
    Result result;
    result.add({"strength", "mean correlation within and between networks", "", dimensions, found.values});
    result.add({"p", "of a strength as far from 0 in surrogates", "", dimensions, p});
    result.add({"z", "strength in standard deviations of the surrogates", "", dimensions, z});
    return result;
}

}  // namespace

Analysis rows::network_significance() {
    return {
        "network_significance",
        "Strength within and between networks against signals of the same spectra and random phases",
        {{"series", {InputKind::series}, true, "what was recorded, e.g. a BOLD signal"},
         {"labels", {InputKind::labels}, true, "the network of every channel"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"surrogates", "", 99.0, "series with random phases", {}, {2}},
         {"seed", "", 0.0, "of the phases", {}, not_negative}},
        {{"strength", "mean correlation; NaN within a network of one channel", {"network", "other_network"}},
         {"p", "two-sided, the data counted in", {"network", "other_network"}},
         {"z", "distance from the surrogates' mean", {"network", "other_network"}}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
