// SPDX-License-Identifier: BSD-3-Clause
// Finding where as many deviations as unknowns become zero, from few and costly observations.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace neurodyn::experiment {

/// Broyden's method (Math Comp 19:577, 1965): the second point is one step away in every unknown and gives
/// the first slopes, one for each; each later observation corrects how all unknowns act together. No change
/// is larger than three tenths of the unknown (or of ten steps, where that is more), and a point that is far
/// worse than the best so far is followed by one halfway back.
class RootSearch {
  public:
    /// `step` is the first change of each unknown, not 0. `groups` are the numbers of unknowns of one kind
    /// that follow each other; empty: all are of one kind.
    RootSearch(std::vector<double> start, std::vector<double> step, std::vector<std::size_t> groups = {});
    /// Where to observe next.
    std::vector<double> point() const;
    /// The deviations at point(), which then moves on.
    void observe(const std::vector<double>& deviation);

  private:
    using Vector = std::vector<double>;
    void set_slopes(const Vector& change, const Vector& response);
    void correct(const Vector& change, const Vector& response);
    Vector inverse(const Vector& v) const;
    Vector inverse_transposed(const Vector& v) const;
    void move(const Vector& deviation);

    std::vector<std::size_t> groups_;
    Vector step_;  // unknowns are counted in steps
    Vector at_, last_, last_deviation_, best_, diagonal_;
    double best_norm_ = 0.0;
    std::size_t observed_ = 0;
    std::vector<std::pair<Vector, Vector>> corrections_;  // inverse = diagonal + sum of first second^T
};

}  // namespace neurodyn::experiment
