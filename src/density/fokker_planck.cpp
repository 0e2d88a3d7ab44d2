// SPDX-License-Identifier: BSD-3-Clause
// The implicit step: elimination from both ends at once, since each waits for its own divisions.
#include "density/fokker_planck.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"

namespace neurodyn::density {
namespace {

constexpr std::size_t lanes = 8;

// Sums in one order, by lanes, so that they are vector code.
double sum(std::span<const double> x) {
    std::array<double, lanes> part{};
    std::size_t i = 0;
    for (; i + lanes <= x.size(); i += lanes)
        for (std::size_t k = 0; k < lanes; ++k) part[k] += x[i + k];
    for (std::size_t k = 0; i < x.size(); ++i, ++k) part[k] += x[i];
    return ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
}

// Of a value and its index.
double first_moment(std::span<const double> x) {
    std::array<double, lanes> part{}, offset{};
    std::size_t i = 0;
    for (; i + lanes <= x.size(); i += lanes)
        for (std::size_t k = 0; k < lanes; ++k) {
            part[k] += x[i + k] * static_cast<double>(i);
            offset[k] += x[i + k];
        }
    double total = 0.0;
    for (std::size_t k = 0; k < lanes; ++k) total += part[k] + static_cast<double>(k) * offset[k];
    for (; i < x.size(); ++i) total += x[i] * static_cast<double>(i);
    return total;
}

constexpr double least_share = 1e-18;    // of a series of jumps
constexpr double most_expected = 300.0;  // jumps of one series
constexpr double most_cells = 1e9;
constexpr double bottom = 0.01;  // part of the grid that at_wall() looks at

}  // namespace

FokkerPlanck::FokkerPlanck(const Grid& grid, double reset, double refractory_s, double dt_s,
                           std::vector<double> start)
    : grid_(grid), reset_(reset), dt_s_(dt_s), mass_(start.begin(), start.end()) {
    if (grid.cells < 8) throw Error(fmt::format("the density has {} cells; it needs 8 or more", grid.cells));
    const double place = (reset - grid.lowest) / grid.width() - 0.5;
    if (!(place >= 0.0) || !(place <= static_cast<double>(grid.cells - 1)))
        throw Error(
            fmt::format("the reset ({}) must lie between the lowest potential ({}) and the threshold ({}), a "
                        "cell away from both",
                        reset, grid.lowest, grid.threshold));
    reset_cell_ = std::min(static_cast<std::size_t>(place), grid.cells - 2);
    reset_share_ = place - static_cast<double>(reset_cell_);
    const double steps = refractory_s / dt_s;
    whole_ = static_cast<std::size_t>(steps * (1.0 + 1e-12));
    part_ = std::max(steps - static_cast<double>(whole_), 0.0);
    if (part_ < 1e-9) part_ = 0.0;
    waiting_.assign(whole_ + 2, 0.0);
    back_ = whole_ == 0 ? 1.0 - part_ : 0.0;
    next_.resize(grid.cells);
    again_.resize(grid.cells);
    inverse_.resize(grid.cells);
    weight_.resize(grid.cells);
}

// Neurons below the wall are put at it; their share is the result.
double FokkerPlanck::shift(double size, const AlignedVector<double>& from, AlignedVector<double>& to) const {
    const double cells = size / grid_.width();
    const double whole = std::floor(cells);
    const double upper = cells - whole;
    const auto by = static_cast<std::ptrdiff_t>(std::clamp(whole, -most_cells, most_cells));
    const auto count = static_cast<std::ptrdiff_t>(from.size());
    std::fill(to.begin(), to.end(), 0.0);
    double stopped = 0.0;
    const auto put = [&](std::ptrdiff_t cell, double mass) {
        if (cell < 0) stopped += mass;
        if (cell < count) to[static_cast<std::size_t>(std::max<std::ptrdiff_t>(cell, 0))] += mass;
    };
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const double mass = from[static_cast<std::size_t>(i)];
        put(i + by, (1.0 - upper) * mass);
        put(i + by + 1, upper * mass);
    }
    return stopped;
}

// exp(m (S - 1)) as Poisson's series of S^k; those beyond the threshold stay there. Large means in parts,
// since exp(-m) would be zero.
void FokkerPlanck::jump(double size, double expected) {
    if (!(expected > 0.0) || size == 0.0) return;
    const double parts = std::ceil(expected / most_expected);
    for (double k = 0.0; k < parts; k += 1.0) jump_once(size, expected / parts);
}

void FokkerPlanck::jump_once(double size, double expected) {
    const double before = sum(mass_);
    AlignedVector<double> term = mass_, shifted(mass_.size());
    double share = std::exp(-expected), left = 1.0 - share;
    for (std::size_t i = 0; i < mass_.size(); ++i) next_[i] = share * mass_[i];
    for (double k = 1.0; left > least_share || k <= expected; k += 1.0) {
        const double stopped = shift(size, term, shifted);
        term.swap(shifted);
        stopped_ += stopped * left;  // of the terms that are still to come
        share *= expected / k;
        left -= share;
        for (std::size_t i = 0; i < mass_.size(); ++i) next_[i] += share * term[i];
        if (share < least_share && k > expected) break;
    }
    mass_.swap(next_);
    jumped_ += before - sum(mass_);
}

// Twisted elimination: rows below the middle upwards, rows above it downwards. Nothing is subtracted but
// products that are smaller than what they are taken from, so that no probability is ever negative.
void FokkerPlanck::factorise(const Flows& flows) {
    const std::size_t n = mass_.size(), middle = n / 2;
    const double per_step = 1.0 / dt_s_;
    const auto diagonal = [&](std::size_t i) {
        return per_step + flows.up[i + 1] + (i > 0 ? flows.down[i] : 0.0);
    };
    inverse_[0] = 1.0 / diagonal(0);
    inverse_[n - 1] = 1.0 / diagonal(n - 1);
    double low = inverse_[0], high = inverse_[n - 1];
    for (std::size_t k = 1; k < n - middle; ++k) {
        const std::size_t i = k, j = n - 1 - k;
        if (j > middle) {
            const double w = flows.down[j + 1] * high;
            high = 1.0 / (diagonal(j) - w * flows.up[j + 1]);
            weight_[j] = w;
            inverse_[j] = high;
        }
        if (i < middle) {
            const double w = flows.up[i] * low;
            low = 1.0 / (diagonal(i) - w * flows.down[i]);
            weight_[i] = w;
            inverse_[i] = low;
        }
    }
    const double from_low = flows.up[middle] * inverse_[middle - 1],
                 from_high = flows.down[middle + 1] * inverse_[middle + 1];
    inverse_[middle] =
        1.0 / (diagonal(middle) - from_low * flows.down[middle] - from_high * flows.up[middle + 1]);
}

void FokkerPlanck::solve(const Flows& flows, AlignedVector<double>& x) const {
    const std::size_t n = x.size(), middle = n / 2;
    double low = x[0], high = x[n - 1];
    for (std::size_t k = 1; k < n - middle; ++k) {
        const std::size_t i = k, j = n - 1 - k;
        if (j > middle) x[j] = high = x[j] + weight_[j] * high;
        if (i < middle) x[i] = low = x[i] + weight_[i] * low;
    }
    x[middle] = (x[middle] + flows.up[middle] * inverse_[middle - 1] * x[middle - 1] +
                 flows.down[middle + 1] * inverse_[middle + 1] * x[middle + 1]) *
                inverse_[middle];
    low = high = x[middle];
    for (std::size_t k = 1; k <= middle; ++k) {
        const std::size_t i = middle - k, j = middle + k;
        x[i] = low = (x[i] + flows.down[i + 1] * low) * inverse_[i];
        if (j < n) x[j] = high = (x[j] + flows.up[j] * high) * inverse_[j];
    }
}

// What has waited long enough, taken from the ring.
double FokkerPlanck::returning() {
    const double mass = waiting_[now_];
    waiting_[now_] = 0.0;
    return mass;
}

void FokkerPlanck::advance(const Flows& flows, bool changed) {
    if (changed) {
        factorise(flows);
        if (back_ > 0.0) {  // what one neuron that is put at the reset leaves behind within the step
            std::fill(again_.begin(), again_.end(), 0.0);
            again_[reset_cell_] = (1.0 - reset_share_) / dt_s_;
            again_[reset_cell_ + 1] = reset_share_ / dt_s_;
            solve(flows, again_);
            again_out_ = 1.0 - sum(again_);
        }
    }
    const double back = returning();
    const double per_step = 1.0 / dt_s_;
    for (std::size_t i = 0; i < mass_.size(); ++i) next_[i] = mass_[i] * per_step;
    next_[reset_cell_] += (1.0 - reset_share_) * back * per_step;
    next_[reset_cell_ + 1] += reset_share_ * back * per_step;
    const double before = sum(mass_) + back;
    solve(flows, next_);
    double after = sum(next_);
    // The balance, and not the flow at the threshold, says what has fired, so that rounding loses nothing.
    double fired = before - after + jumped_;
    if (back_ > 0.0) {
        const double all = fired / (1.0 - back_ * again_out_);
        for (std::size_t i = 0; i < next_.size(); ++i) next_[i] += back_ * all * again_[i];
        after = sum(next_);
        fired = all;
        const double waits = before + jumped_ - after;  // what did not come back within the step
        waiting_[(now_ + 1) % waiting_.size()] += waits;
    } else {
        waiting_[(now_ + whole_) % waiting_.size()] += (1.0 - part_) * fired;
        waiting_[(now_ + whole_ + 1) % waiting_.size()] += fired - (1.0 - part_) * fired;
    }
    now_ = (now_ + 1) % waiting_.size();
    mass_.swap(next_);
    fired_ = fired;
    jumped_ = 0.0;
}

double FokkerPlanck::at_wall() const {
    const auto cells = static_cast<std::size_t>(std::ceil(bottom * static_cast<double>(mass_.size())));
    return sum({mass_.data(), cells});
}

double FokkerPlanck::refractory() const { return sum(waiting_); }

double FokkerPlanck::total() const { return sum(mass_) + refractory() + jumped_; }

double FokkerPlanck::mean() const {
    const double cells = grid_.centre(0) * sum(mass_) + grid_.width() * first_moment(mass_);
    return cells + refractory() * reset_;
}

std::vector<double> on_grid(const Grid& grid, std::span<const double> values) {
    std::vector<double> cells(grid.cells, 0.0);
    const double share = 1.0 / static_cast<double>(values.size());
    for (const double value : values) {
        const double place = (value - grid.lowest) / grid.width();
        if (!(place >= 0.0) || !(place < static_cast<double>(grid.cells)))
            throw Error(
                fmt::format("a neuron would begin at {}, but the density reaches from {} to the threshold {}",
                            value, grid.lowest, grid.threshold));
        const double centred = std::clamp(place - 0.5, 0.0, static_cast<double>(grid.cells - 1));
        const auto cell = std::min(static_cast<std::size_t>(centred), grid.cells - 2);
        const double upper = centred - static_cast<double>(cell);
        cells[cell] += (1.0 - upper) * share;
        cells[cell + 1] += upper * share;
    }
    return cells;
}

}  // namespace neurodyn::density
