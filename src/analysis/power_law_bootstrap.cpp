// SPDX-License-Identifier: BSD-3-Clause
// How often a power law itself lies as far from its fit as the data do.
#include <algorithm>
#include <cmath>

#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"
#include "analysis/power_law.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

// Draws from a law: exact by a table for whole numbers near xmin; beyond it the continuous law around each
// whole number, whose relative error is below the square of 1/(24 x).
class LawDraw {
  public:
    explicit LawDraw(const PowerLaw& law) : law_(law) {
        if (law.kind == ValueKind::continuous) return;
        for (double x = law.xmin + 1; x <= law.xmin + 4096; ++x) table_.push_back(law.survival(x));
    }
    // u: uniform in (0, 1); P(X >= x) > u holds for all x up to the draw.
    double operator()(double u) const {
        if (law_.kind == ValueKind::continuous) return law_.xmin * std::pow(u, 1 / (1 - law_.alpha));
        if (u >= table_.back()) {
            const auto above =
                std::partition_point(table_.begin(), table_.end(), [&](double s) { return s > u; });
            return law_.xmin + static_cast<double>(above - table_.begin());
        }
        const double edge = law_.xmin + static_cast<double>(table_.size()) - 0.5;
        return std::floor(edge * std::pow(u / table_.back(), 1 / (1 - law_.alpha)) + 0.5);
    }

  private:
    const PowerLaw& law_;
    std::vector<double> table_;  // P(X >= xmin + 1), P(X >= xmin + 2), ...
};

// Value of a draw from the data below xmin.
double draw_below(const RankedValues& v, std::size_t first, double u) {
    const double rank = v.above[0] - u * (v.above[0] - v.above[first]);
    const auto end = v.above.begin() + static_cast<std::ptrdiff_t>(first);
    const auto it = std::partition_point(v.above.begin(), end, [&](double n) { return n >= rank; });
    return v.value[static_cast<std::size_t>(it - v.above.begin()) - 1];
}

std::vector<double> synthetic(const RankedValues& v, const PowerLaw& law, const LawDraw& draw,
                              std::uint64_t replicate, std::uint64_t seed) {
    const std::size_t n = static_cast<std::size_t>(v.above[0]);
    std::vector<double> uniform(2 * n), values(n);
    const std::uint64_t seeds[] = {seed};
    fill_uniform(uniform, 1, {seeds, 0, replicate, 0, 0});
    const double in_tail = law.tail / v.above[0];
    for (std::size_t k = 0; k < n; ++k)
        values[k] = uniform[2 * k] < in_tail ? draw(uniform[2 * k + 1])
                                             : draw_below(v, law.first, uniform[2 * k + 1]);
    return values;
}

}  // namespace

double power_law_p_value(const RankedValues& v, const PowerLaw& law, std::size_t replicates,
                         std::uint64_t seed, bool search_xmin, std::size_t least_tail) {
    const LawDraw draw(law);
    std::vector<double> farther(replicates);
    parallel_for(replicates, [&](std::size_t r) {
        const RankedValues own = rank_values(synthetic(v, law, draw, r, seed), v.kind, v.name, 2);
        const std::size_t first = static_cast<std::size_t>(
            std::lower_bound(own.value.begin(), own.value.end(), law.xmin) - own.value.begin());
        const PowerLaw fit = search_xmin ? fit_power_law(own, least_tail) : fit_power_law_from(own, first);
        farther[r] = fit.ks_distance >= law.ks_distance ? 1 : 0;
    });
    double sum = 0;
    for (const double f : farther) sum += f;
    return sum / static_cast<double>(replicates);
}

}  // namespace neurodyn::analysis
