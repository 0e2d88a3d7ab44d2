// SPDX-License-Identifier: BSD-3-Clause
// Exponents of sizes and durations, and of mean sizes after durations.
#include "analysis/avalanche_scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/avalanches.hpp"
#include "analysis/errors.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

PowerLaw fit_from(const RankedValues& values, double least) {
    if (least == 0) return fit_power_law(values);
    const auto at = std::lower_bound(values.value.begin(), values.value.end(), least);
    return fit_power_law_from(values, static_cast<std::size_t>(at - values.value.begin()));
}

// Weighted regression of ln(mean size) on ln(duration) from `least` on.
void fit_slope(const SizeByDuration& by, double least, AvalancheScaling& out) {
    double n = 0, weight = 0, x_mean = 0, y_mean = 0;
    for (std::size_t k = 0; k < by.duration.size(); ++k) {
        if (by.duration[k] < least) continue;
        n += 1;
        weight += by.count[k];
        x_mean += by.count[k] * std::log(by.duration[k]);
        y_mean += by.count[k] * std::log(by.mean_size[k]);
    }
    if (n < 3)
        throw DataError(fmt::format("avalanches have {} different durations from {} bins on; the scaling of "
                                    "sizes needs three",
                                    n, least),
                        "durations");
    x_mean /= weight, y_mean /= weight;
    double xx = 0, xy = 0, yy = 0;
    for (std::size_t k = 0; k < by.duration.size(); ++k) {
        if (by.duration[k] < least) continue;
        const double x = std::log(by.duration[k]) - x_mean, y = std::log(by.mean_size[k]) - y_mean;
        xx += by.count[k] * x * x;
        xy += by.count[k] * x * y;
        yy += by.count[k] * y * y;
    }
    out.fitted = xy / xx;
    out.fitted_error = std::sqrt(std::max(yy - out.fitted * xy, 0.0) / ((n - 2) * xx));
}

}  // namespace

AvalancheScaling avalanche_scaling(std::span<const double> sizes, std::span<const double> durations,
                                   ValueKind size_kind, double least_size, double least_duration) {
    const SizeByDuration by = size_by_duration(sizes, durations);
    AvalancheScaling out;
    out.sizes = fit_from(rank_values(sizes, size_kind, "sizes"), least_size);
    out.durations = fit_from(rank_values(durations, ValueKind::discrete, "durations"), least_duration);
    const double over = out.durations.alpha - 1, under = out.sizes.alpha - 1;
    out.predicted = over / under;
    out.predicted_error =
        out.predicted * std::hypot(out.durations.alpha_error / over, out.sizes.alpha_error / under);
    fit_slope(by, out.durations.xmin, out);
    return out;
}

namespace {

std::vector<Dimension> plan_row(const Arguments&) { return {}; }

Result run_row(const Arguments& a) {
    const AvalancheScaling s =
        avalanche_scaling(a.vector("sizes").values, a.vector("durations").values,
                          a.word("kind") == "discrete" ? ValueKind::discrete : ValueKind::continuous,
                          a.number("least_size"), a.number("least_duration"));
    Result result;
    result.add_scalar("size_exponent", "tau of the sizes", s.sizes.alpha);
    result.add_scalar("size_error", "its standard error", s.sizes.alpha_error);
    result.add_scalar("duration_exponent", "alpha of the durations", s.durations.alpha);
    result.add_scalar("duration_error", "its standard error", s.durations.alpha_error);
    result.add_scalar("predicted", "(alpha - 1)/(tau - 1)", s.predicted);
    result.add_scalar("predicted_error", "its standard error", s.predicted_error);
    result.add_scalar("fitted", "exponent of mean sizes after durations", s.fitted);
    result.add_scalar("fitted_error", "its standard error", s.fitted_error);
    result.add_scalar("deviation", "distance of fitted and predicted", std::abs(s.fitted - s.predicted));
    return result;
}

}  // namespace

Analysis rows::avalanche_scaling() {
    return {"avalanche_scaling",
            "Exponents of avalanches' sizes and durations, and the relation between them at a critical point",
            {{"sizes", {InputKind::vector}, true, "of avalanches"},
             {"durations", {InputKind::vector}, true, "of the same, in bins"}},
            {{"kind", "", std::string("discrete"), "sizes: whole numbers or any", {"discrete", "continuous"}},
             {"least_size", "", 0.0, "where the law of sizes begins; 0: search", {}, not_negative},
             {"least_duration", "", 0.0, "where the law of durations begins; 0: search", {}, not_negative}},
            {{"size_exponent", "tau"},
             {"size_error", "standard error"},
             {"duration_exponent", "alpha"},
             {"duration_error", "standard error"},
             {"predicted", "gamma = (alpha - 1)/(tau - 1)"},
             {"predicted_error", "standard error"},
             {"fitted", "gamma from the mean sizes of the durations that the law holds for"},
             {"fitted_error", "standard error"},
             {"deviation", "|fitted - predicted|: the deviation from criticality coefficient"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
