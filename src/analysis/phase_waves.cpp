// SPDX-License-Identifier: BSD-3-Clause
// Analytic signals, differences of phase between neighbours, and windings.
#include "analysis/phase_waves.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "analysis/phases.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using Complex = std::complex<double>;
constexpr std::size_t least_samples = 20;

// [sample][channel]
std::vector<double> phases_of(const SeriesView& series) {
    std::vector<double> phases(series.samples * series.channels);
    for (std::size_t c = 0; c < series.channels; ++c) {
        const std::vector<Complex> signal = hilbert(channel_values(series, c));
        for (std::size_t s = 0; s < series.samples; ++s)
            phases[s * series.channels + c] = std::arg(signal[s]);
    }
    return phases;
}

// Differences of phase along both axes at each point, in radians per m; 0 beyond edges.
class Neighbours {
  public:
    explicit Neighbours(const ChannelGrid& grid)
        : grid_(grid), nx_(grid.shape[0]), ny_(grid.shape.size() > 1 ? grid.shape[1] : 1) {}

    // The point `by` steps along an axis, or the point itself where there is none.
    std::size_t beside(std::size_t point, std::size_t axis, bool back) const {
        const std::size_t x = point % nx_, y = point / nx_, n = axis == 0 ? nx_ : ny_;
        const std::size_t at = axis == 0 ? x : y;
        std::size_t to = back ? at - 1 : at + 1;
        if (back ? at == 0 : at + 1 == n) to = grid_.periodic ? (back ? n - 1 : 0) : at;
        return axis == 0 ? y * nx_ + to : to * nx_ + x;
    }
    double slope(const double* phase, std::size_t point, std::size_t axis) const {
        if (axis >= grid_.shape.size()) return 0.0;
        const std::size_t next = beside(point, axis, false), before = beside(point, axis, true);
        const double steps = (next != point ? 1.0 : 0.0) + (before != point ? 1.0 : 0.0);
        if (steps == 0.0) return 0.0;
        const double difference = wrapped(phase[next] - phase[point]) + wrapped(phase[point] - phase[before]);
        return difference / (steps * grid_.spacing_m[axis]);
    }
    // Cells of four points about which the phase turns.
    double singularities(const double* phase) const {
        if (grid_.shape.size() < 2) return 0.0;
        double count = 0.0;
        for (std::size_t y = 0; y + (grid_.periodic ? 0 : 1) < ny_; ++y)
            for (std::size_t x = 0; x + (grid_.periodic ? 0 : 1) < nx_; ++x) {
                const std::size_t a = y * nx_ + x, b = beside(a, 0, false), d = beside(a, 1, false),
                                  c = beside(b, 1, false);
                const double turn = wrapped(phase[b] - phase[a]) + wrapped(phase[c] - phase[b]) +
                                    wrapped(phase[d] - phase[c]) + wrapped(phase[a] - phase[d]);
                if (std::abs(turn) > std::numbers::pi) count += 1.0;
            }
        return count;
    }

  private:
    const ChannelGrid& grid_;
    std::size_t nx_, ny_;
};

std::size_t left_out(std::size_t samples) { return samples / 10; }

}  // namespace

PhaseWaves phase_waves(const SeriesView& whole, double discard_s) {
    require_grid(whole, 0, "a wave of phase");
    const SeriesView series = without_start(whole, discard_s);
    require_samples(series, least_samples, "phases");
    require_finite(series);
    const std::vector<double> phases = phases_of(series);
    const Neighbours neighbours(series.grid);
    PhaseWaves result;
    Complex direction{};
    std::vector<double> speeds;
    double rates = 0.0, count = 0.0;
    for (std::size_t s = left_out(series.samples); s + left_out(series.samples) < series.samples; ++s) {
        const double* phase = phases.data() + s * series.channels;
        Complex sum{};
        double lengths = 0.0;
        for (std::size_t i = 0; i < series.channels; ++i) {
            const Complex slope(neighbours.slope(phase, i, 0), neighbours.slope(phase, i, 1));
            sum += slope;
            lengths += std::abs(slope);
            const double rate =
                0.5 * wrapped(phase[i + series.channels] - phase[i]) / series.interval_s +
                0.5 * wrapped(phase[i] - phases[(s - 1) * series.channels + i]) / series.interval_s;
            rates += rate;
            count += 1.0;
            if (std::abs(slope) > 0.0) speeds.push_back(std::abs(rate) / std::abs(slope));
        }
        result.directionality.push_back(lengths > 0.0 ? std::abs(sum) / lengths : 0.0);
        result.singularities.push_back(neighbours.singularities(phase));
        direction -= sum;  // the phase is behind where the wave goes
    }
    const auto samples = static_cast<double>(result.directionality.size());
    for (const double d : result.directionality) result.mean_directionality += d / samples;
    for (const double n : result.singularities) result.mean_singularities += n / samples;
    result.frequency_hz = rates / count / two_pi;
    result.direction_rad = std::arg(rates < 0.0 ? -direction : direction);
    if (!speeds.empty()) {
        const auto middle = speeds.begin() + static_cast<std::ptrdiff_t>(speeds.size() / 2);
        std::nth_element(speeds.begin(), middle, speeds.end());
        result.speed_m_per_s = *middle;
    }
    return result;
}

namespace {

Dimension times_of(const Series& whole, double discard_s) {
    const SeriesView series = without_start(whole, discard_s);
    require_samples(series, least_samples, "phases");
    const std::size_t out = left_out(series.samples);
    Dimension time{"time", series.samples - 2 * out, "s", {}, {}};
    for (std::size_t s = out; s + out < series.samples; ++s)
        time.values.push_back(series.start_s + static_cast<double>(s) * series.interval_s);
    return time;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    require_grid(a.series("field"), 0, "a wave of phase");
    return {times_of(a.series("field"), a.number("discard"))};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("field");
    const PhaseWaves w = phase_waves(series, a.number("discard"));
    const Dimension time = times_of(series, a.number("discard"));
    Result result;
    result.add_vector("directionality", "of the gradient of phase", time, w.directionality);
    result.add_vector("singularities", "about which the phase turns", time, w.singularities);
    result.add_scalar("mean_directionality", "1 for a plane wave", w.mean_directionality);
    result.add_scalar("mean_singularities", "centres of spirals", w.mean_singularities);
    result.add_scalar("direction", "in which waves travel, from x towards y", w.direction_rad, "rad");
    result.add_scalar("speed", "median over points and samples", w.speed_m_per_s, "m/s");
    result.add_scalar("frequency", "mean rate of the phase", w.frequency_hz, "Hz");
    return result;
}

}  // namespace

Analysis rows::phase_waves() {
    return {"phase_waves",
            "Travelling waves by the gradient of phase: direction, speed, centres of spirals",
            {{"field", {InputKind::series}, true, "all points of a population with a grid"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative}},
            {{"directionality", "|mean gradient| over mean |gradient| of the phase", {"time"}},
             {"singularities", "cells of four points about which the phase turns", {"time"}},
             {"mean_directionality", "mean over time: 1 for a plane wave"},
             {"mean_singularities", "mean over time"},
             {"direction", "in which waves travel, from x towards y", {}, "rad"},
             {"speed", "median of the phase's rate over its gradient", {}, "m/s"},
             {"frequency", "mean rate of the phase", {}, "Hz"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
