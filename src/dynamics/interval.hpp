// SPDX-License-Identifier: BSD-3-Clause
// Interval arithmetic over expressions: bounds that hold for every point of a box (Moore 1966, Interval
// Analysis). Bounds are widened outwards by more than the error of each operation.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "symbolic/graph.hpp"

namespace neurodyn::dynamics {

struct Interval {
    double low = 0.0, high = 0.0;
    static Interval entire();
    static Interval point(double value) { return {value, value}; }
    double middle() const { return low + 0.5 * (high - low); }
    double width() const { return high - low; }
    bool contains(double x) const { return low <= x && x <= high; }
    bool is_point() const { return low == high; }
};

Interval operator+(const Interval& a, const Interval& b);
Interval operator-(const Interval& a, const Interval& b);
Interval operator*(const Interval& a, const Interval& b);

/// The bounds of an operation; conditions are 0, 1 or [0, 1]. Those of mod, arctan2 and lookup are known at
/// points only.
Interval apply(symbolic::Op op, const Interval& a, const Interval& b, const Interval& c);

/// Expressions over boxes.
class IntervalEvaluator {
  public:
    /// Symbols that are not listed in `variables` have their `fixed` value, or 0.
    IntervalEvaluator(const symbolic::Graph& graph, std::vector<symbolic::NodeId> expressions,
                      const std::vector<std::string>& variables,
                      const std::unordered_map<std::string, double>& fixed);
    /// A bound for each expression. `jumps` is set where a condition, a step or a rounding is not the same
    /// everywhere in the box, so that derivatives do not bound differences.
    std::vector<Interval> operator()(const std::vector<Interval>& box, bool* jumps = nullptr);

  private:
    struct Step {
        symbolic::Op op;
        std::uint32_t a = 0, b = 0, c = 0;
        Interval value;
        int variable = -1;
        bool squares = false;
    };
    std::vector<Step> steps_;
    std::vector<std::uint32_t> results_;
    std::vector<Interval> values_;
};

}  // namespace neurodyn::dynamics
