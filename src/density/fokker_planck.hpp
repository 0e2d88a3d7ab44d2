// SPDX-License-Identifier: BSD-3-Clause
// The density of the potentials of infinitely many neurons, stepped by implicit finite volumes; those that
// fire come back at the reset after their refractory time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/aligned.hpp"

namespace neurodyn::density {

/// Cells of one width from `lowest`, where there is a wall, to `threshold`, which absorbs.
struct Grid {
    double lowest = 0.0, threshold = 0.0;
    std::size_t cells = 0;
    double width() const { return (threshold - lowest) / static_cast<double>(cells); }
    double face(std::size_t k) const { return lowest + width() * static_cast<double>(k); }
    double centre(std::size_t i) const { return lowest + width() * (static_cast<double>(i) + 0.5); }
};

/// Probability that crosses a face in a second, of the cell below it (`up`) and of the cell above it
/// (`down`); index 0 is the wall, which is not read, and the last is the threshold, where only `up` counts.
/// By Scharfetter & Gummel (1969, doi:10.1109/T-ED.1969.16566) these are D/w^2 B(-a w/D) and D/w^2 B(a w/D)
/// with B(x) = x/(exp(x) - 1).
struct Flows {
    std::span<const double> up, down;
};

class FokkerPlanck {
  public:
    /// All neurons begin with the given probabilities of cells, which must add up to 1. Throws Error when the
    /// reset does not lie on the grid or a time is not positive.
    FokkerPlanck(const Grid& grid, double reset, double refractory_s, double dt_s, std::vector<double> start);

    /// Neurons that jump by `size` (of either sign) `expected` times on average in the coming step, each
    /// after a Poisson process of its own. What passes the threshold fires. To be called before advance().
    void jump(double size, double expected);
    /// One step; `changed` is false when the flows are those of the step before. Implicit Euler: order 1 in
    /// the step, order 2 in the width of cells (1 where the diffusion is zero).
    void advance(const Flows& flows, bool changed);

    /// In the last step; rounding of the balance never makes it negative.
    double rate_hz() const { return fired_ > 0.0 ? fired_ / dt_s_ : 0.0; }
    /// Of all neurons; those that are refractory wait at the reset.
    double mean() const;
    const AlignedVector<double>& cells() const { return mass_; }
    double refractory() const;  ///< share of neurons that are
    /// Cells and refractory neurons together: 1, but for rounding.
    double total() const;
    /// What the lowest hundredth of the grid holds: it is too short when that is not small.
    double at_wall() const;
    /// Share of all neurons that jumps have stopped at the wall, since the start.
    double stopped() const { return stopped_; }
    const Grid& grid() const { return grid_; }

  private:
    void factorise(const Flows& flows);
    void solve(const Flows& flows, AlignedVector<double>& x) const;
    double returning();
    void jump_once(double size, double expected);
    double shift(double size, const AlignedVector<double>& from, AlignedVector<double>& to) const;

    Grid grid_;
    double reset_, dt_s_;
    std::size_t reset_cell_ = 0;  ///< and the one above it share what comes back
    double reset_share_ = 0.0;    ///< of the one above
    AlignedVector<double> mass_, next_, again_;
    AlignedVector<double> inverse_, weight_;  ///< of the factorised matrix
    double back_ = 0.0;                       ///< share of what returns within the step in which it fired
    double again_out_ = 0.0;                  ///< of that, what fires once more
    std::vector<double> waiting_;             ///< ring: what comes back in each of the next steps
    std::size_t now_ = 0, whole_ = 0;
    double part_ = 0.0;  ///< refractory steps: whole ones, and a part of one
    double fired_ = 0.0, jumped_ = 0.0, stopped_ = 0.0;
};

/// Probabilities of cells: `values` (each one neuron's potential) put on the grid. Throws Error when one is
/// beyond.
std::vector<double> on_grid(const Grid& grid, std::span<const double> values);

}  // namespace neurodyn::density
