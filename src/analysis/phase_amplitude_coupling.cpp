// SPDX-License-Identifier: BSD-3-Clause
// The modulation index, with a test by shifts of the amplitude.
#include "analysis/phase_amplitude_coupling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"
#include "analysis/phases.hpp"
#include "analysis/table.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::uint16_t shift_stream = 3;

PhaseOptions band(const Arguments& a, const std::string& low, const std::string& high) {
    PhaseOptions options;
    options.discard_s = a.number("discard");
    options.low_hz = a.number(low);
    options.high_hz = a.number(high);
    options.edge_s = 1.0 / a.number("phase_low");
    return options;
}

void check(const Arguments& a) {
    const Series& series = a.series("series");
    require_band(series, a.number("phase_low"), a.number("phase_high"), "phase_low");
    require_band(series, a.number("amplitude_low"), a.number("amplitude_high"), "amplitude_low");
    if (a.number("amplitude_low") <= a.number("phase_high"))
        throw OptionError(fmt::format("amplitude_low is {} Hz; it must be above phase_high, {} Hz",
                                      a.number("amplitude_low"), a.number("phase_high")),
                          "amplitude_low");
    const std::size_t samples = analytic_samples(series, band(a, "phase_low", "phase_high")).second;
    if (static_cast<double>(samples) < 10.0 * a.number("bins"))
        throw DataError(
            fmt::format("series '{}' has {} samples after its ends are left out, too few for {} bins "
                        "of phase",
                        series.name, samples, a.number("bins")),
            series.name);
}

}  // namespace

namespace {

// Bins of the slow oscillation's phase, and amplitudes of the fast one.
struct Binned {
    std::vector<std::size_t> bin;
    std::vector<double> amplitude;
    std::size_t bins;

    Binned(std::span<const std::complex<double>> slow, std::span<const std::complex<double>> fast,
           std::size_t count)
        : bins(count) {
        for (const auto& z : slow)
            bin.push_back(std::min(bins - 1, static_cast<std::size_t>((std::arg(z) / two_pi + 0.5) *
                                                                      static_cast<double>(bins))));
        for (const auto& z : fast) amplitude.push_back(std::abs(z));
    }

    // With the amplitudes `shift` samples earlier, around the end.
    PhaseAmplitudeCoupling coupling(std::size_t shift) const {
        std::vector<double> sum(bins), count(bins);
        for (std::size_t t = 0, u = shift; t < bin.size(); ++t, ++u) {
            if (u == bin.size()) u = 0;
            sum[bin[t]] += amplitude[u];
            count[bin[t]] += 1.0;
        }
        PhaseAmplitudeCoupling result;
        const auto all = static_cast<double>(bins);
        double total = 0.0;
        for (std::size_t b = 0; b < bins; ++b) {
            result.distribution.push_back(count[b] > 0.0 ? sum[b] / count[b] : 0.0);
            total += result.distribution.back();
        }
        std::complex<double> moment{};
        for (std::size_t b = 0; b < bins; ++b) {
            double& p = result.distribution[b];
            p /= total;
            if (p > 0.0) result.modulation_index += p * std::log(p * all) / std::log(all);
            moment += std::polar(p, two_pi * (static_cast<double>(b) + 0.5) / all - std::numbers::pi);
        }
        result.preferred_rad = std::arg(moment);
        return result;
    }
};

}  // namespace

PhaseAmplitudeCoupling phase_amplitude_coupling(std::span<const std::complex<double>> slow,
                                                std::span<const std::complex<double>> fast,
                                                std::size_t bins) {
    return Binned(slow, fast, bins).coupling(0);
}

namespace {

Dimension phase_bins(const Arguments& a) {
    const auto bins = static_cast<std::size_t>(a.number("bins"));
    Dimension phase{"phase", bins, "rad", {}, {}};
    for (std::size_t b = 0; b < bins; ++b)
        phase.values.push_back(two_pi * (static_cast<double>(b) + 0.5) / static_cast<double>(bins) -
                               std::numbers::pi);
    return phase;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    check(a);
    return {phase_bins(a)};
}

// Of the modulation index with the amplitude shifted by draws, at least a tenth of the series away.
struct ByChance {
    double z = std::numeric_limits<double>::quiet_NaN(), p = z;
};

ByChance test(const Binned& signals, double found, std::size_t channel, const Arguments& a) {
    const auto count = static_cast<std::size_t>(a.number("surrogate_count"));
    ByChance result;
    if (count == 0) return result;
    const auto seed = static_cast<std::uint64_t>(a.number("seed"));
    std::vector<double> indices(count);
    parallel_for(count, [&](std::size_t s) {
        const double part = 0.1 + 0.8 * uniform_at(seed, shift_stream, s, channel);
        const auto shift = static_cast<std::size_t>(part * static_cast<double>(signals.bin.size()));
        indices[s] = signals.coupling(shift).modulation_index;
    });
    double mean = 0.0, squares = 0.0, hits = 1.0;
    for (const double m : indices) mean += m / static_cast<double>(count);
    for (const double m : indices) squares += (m - mean) * (m - mean), hits += m >= found ? 1.0 : 0.0;
    result.p = hits / static_cast<double>(count + 1);
    if (count > 1) result.z = (found - mean) / std::sqrt(squares / static_cast<double>(count - 1));
    return result;
}

Result run_row(const Arguments& a) {
    check(a);
    const Series& series = a.series("series");
    const AnalyticSignal slow = analytic_signal(series, band(a, "phase_low", "phase_high"));
    const AnalyticSignal fast = analytic_signal(series, band(a, "amplitude_low", "amplitude_high"));
    const Dimension channel = channel_dimension(series), phase = phase_bins(a);
    std::vector<double> distribution, index, preferred, z, p;
    double mean = 0.0;
    for (std::size_t c = 0; c < series.channels; ++c) {
        const Binned signals(slow.channel(c), fast.channel(c), phase.size);
        const PhaseAmplitudeCoupling pac = signals.coupling(0);
        const ByChance by_chance = test(signals, pac.modulation_index, c, a);
        distribution.insert(distribution.end(), pac.distribution.begin(), pac.distribution.end());
        index.push_back(pac.modulation_index);
        preferred.push_back(pac.preferred_rad);
        z.push_back(by_chance.z);
        p.push_back(by_chance.p);
        mean += pac.modulation_index / static_cast<double>(series.channels);
    }
    Result result;
    result.add_vector("modulation_index", "of the amplitude by the phase", channel, index);
    result.add_vector("preferred_phase", "at which the amplitude is largest", channel, preferred, "rad");
    result.add({"distribution", "of the amplitude over the phase", "", {channel, phase}, distribution});
    result.add_vector("z", "of the index among those with the amplitude shifted in time", channel, z);
    result.add_vector("p", "part of the shifts with as large an index", channel, p);
    result.add_scalar("mean", "modulation index, over channels", mean);
    return result;
}

}  // namespace

Analysis rows::phase_amplitude_coupling() {
    return {"phase_amplitude_coupling",
            "Coupling of a fast oscillation's amplitude to a slow one's phase: Tort's modulation index",
            {{"series", {InputKind::series}, true, "what was recorded"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"phase_low", "Hz", 4.0, "band of the slow oscillation", {}, positive},
             {"phase_high", "Hz", 8.0, "its upper end", {}, positive},
             {"amplitude_low",
              "Hz",
              30.0,
              "band of the fast oscillation, wider than twice the slow frequency",
              {},
              positive},
             {"amplitude_high", "Hz", 80.0, "its upper end", {}, positive},
             {"bins", "", 18.0, "of phase", {}, {2, 1000}},
             {"surrogate_count",
              "",
              199.0,
              "shifts of the amplitude for z and p; 0: none, both NaN",
              {},
              {0, 1e6}},
             {"seed", "", 1.0, "of their draws", {}, {0, 9e15}}},
            {{"modulation_index", "0: even, 1: all amplitude in one bin", {"channel"}},
             {"preferred_phase", "of the slow oscillation, 0 at its crest", {"channel"}, "rad"},
             {"distribution", "mean amplitude in each bin of phase, of sum 1", {"channel", "phase"}},
             {"z", "standard deviations above those with shifted amplitudes", {"channel"}},
             {"p", "(1 + shifts with as large an index)/(1 + shifts)", {"channel"}},
             {"mean", "modulation index, over channels"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
