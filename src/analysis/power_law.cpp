// SPDX-License-Identifier: BSD-3-Clause
// Maximum likelihood and the search for xmin.
#include "analysis/power_law.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/coding.hpp"
#include "analysis/errors.hpp"
#include "analysis/hurwitz.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

void check_values(std::span<const double> values, ValueKind kind, const std::string& name,
                  std::size_t least) {
    for (std::size_t k = 0; k < values.size(); ++k) {
        const double x = values[k];
        const bool whole = kind == ValueKind::continuous || x == std::floor(x);
        if (std::isfinite(x) && x > 0 && whole) continue;
        throw DataError(
            fmt::format("'{}' has the value {} at {}; a power law of {} needs {}", name, x, k,
                        kind == ValueKind::discrete ? "discrete values" : "continuous values",
                        kind == ValueKind::discrete ? "whole numbers from 1 on (or take kind: continuous)"
                                                    : "numbers above 0"),
            name, {}, k);
    }
    if (values.size() < least)
        throw DataError(fmt::format("'{}' has {} values; a power law needs at least {}: record longer", name,
                                    values.size(), least),
                        name);
}

// Largest likelihood of a discrete law, by Newton's method on d/dalpha: mean ln(x/q) = -Z'/Z.
double discrete_alpha(double q, double mean_log, double start) {
    double alpha = start;
    for (int k = 0; k < 100; ++k) {
        const Jet z = scaled_zeta(alpha, q);
        const double slope = z.first / z.value;
        const double step = (slope + mean_log) / (z.second / z.value - slope * slope);
        const double next = alpha - step > 1 ? alpha - step : (1 + alpha) / 2;
        if (std::abs(next - alpha) <= 1e-13 * alpha) return next;
        alpha = next;
    }
    return alpha;
}

double alpha_at(const RankedValues& v, std::size_t first, double start) {
    const double mean = v.log_sum[first] / v.above[first];
    if (v.kind == ValueKind::continuous) return 1 + 1 / mean;
    return discrete_alpha(v.value[first], mean, start > 1 ? start : 1 + 1 / (mean + 0.5 / v.value[first]));
}

// P(X >= value[i]) of a law from value[first] on, by index.
class Survival {
  public:
    Survival(const RankedValues& v, std::size_t first, double alpha)
        : v_(v), first_(first), alpha_(alpha), discrete_(v.kind == ValueKind::discrete) {
        if (discrete_) scale_ = 1 / scaled_zeta_value(alpha, v.value[first]);
    }
    double operator()(std::size_t i) const {
        const double l = v_.log[i] - v_.log[first_];
        if (!discrete_) return std::exp((1 - alpha_) * l);
        return std::exp(-alpha_ * l) * scaled_zeta_value(alpha_, v_.value[i]) * scale_;
    }

  private:
    const RankedValues& v_;
    std::size_t first_;
    double alpha_, scale_ = 1;
    bool discrete_;
};

struct Deviation {
    double distance = 0;
    std::size_t at = 0;
};

// Largest distance between data and law. Both fall with the index, so that between two places it is bounded
// by what lies at them; halves that cannot exceed the largest so far are left out. Ends early above `enough`.
class Distance {
  public:
    Distance(const RankedValues& v, std::size_t first, double alpha, double enough)
        : v_(v), first_(first), law_(v, first, alpha), enough_(enough) {}

    Deviation largest() {
        const std::size_t last = v_.value.size() - 1;
        const double end = law_(last);
        look(last, end);
        between(first_, 1, last, end);
        return found_;
    }

  private:
    double data(std::size_t i) const { return v_.above[i] / v_.above[first_]; }
    void look(std::size_t i, double law) {
        const double d = std::abs(data(i) - law);
        if (d > found_.distance) found_ = {d, i};
    }
    void between(std::size_t a, double law_a, std::size_t b, double law_b) {
        if (b - a < 2 || found_.distance > enough_) return;
        if (std::max(data(a) - law_b, law_a - data(b)) <= found_.distance) return;
        const std::size_t m = a + (b - a) / 2;
        const double law_m = law_(m);
        look(m, law_m);
        between(a, law_a, m, law_m);
        between(m, law_m, b, law_b);
    }

    const RankedValues& v_;
    std::size_t first_;
    Survival law_;
    double enough_;
    Deviation found_;
};

// True when no continuous law that begins at `first` to `last` comes nearer to the data at `witness` than
// `best`: from bounds of the data, of the exponents and of ln(x/xmin) over this range.
bool excluded(const RankedValues& v, std::size_t first, std::size_t last, std::size_t witness, double best) {
    if (last >= witness) return false;
    const double least = v.above[witness] / v.above[first], most = v.above[witness] / v.above[last];
    const double lowest = v.above[last] / v.log_sum[first], highest = v.above[first] / v.log_sum[last];
    const double law_least = std::exp(-highest * (v.log[witness] - v.log[first]));
    const double law_most = std::exp(-lowest * (v.log[witness] - v.log[last]));
    return std::max(least - law_most, law_least - most) > best;
}

struct Best {
    double distance = std::numeric_limits<double>::infinity();
    std::size_t first = 0;
};

// One candidate. The last place of large distance is tried before all others.
void try_candidate(const RankedValues& v, std::size_t first, double alpha, std::size_t& witness, Best& best) {
    const Survival law(v, first, alpha);
    if (witness > first && std::abs(v.above[witness] / v.above[first] - law(witness)) > best.distance) return;
    const Deviation d = Distance(v, first, alpha, best.distance).largest();
    witness = d.at;
    if (d.distance < best.distance || (d.distance == best.distance && first < best.first))
        best = {d.distance, first};
}

Best search_discrete(const RankedValues& v, std::size_t candidates) {
    Best best;
    std::size_t witness = 0;
    double alpha = 0;
    for (std::size_t first = 0; first < candidates; ++first) {
        alpha = alpha_at(v, first, alpha);
        try_candidate(v, first, alpha, witness, best);
    }
    return best;
}

// Among candidates whose tails grow by 1 % each: a bound for all others.
Best search_coarsely(const RankedValues& v, std::size_t candidates) {
    Best best;
    std::size_t witness = 0;
    for (std::size_t first = candidates; first-- > 0;) {
        try_candidate(v, first, alpha_at(v, first, 0), witness, best);
        first -= std::min(first, (v.value.size() - first) / 100);
    }
    return best;
}

// Ranges that the bounds exclude are passed over; they grow as long as that goes well.
Best search_continuous(const RankedValues& v, std::size_t candidates) {
    Best best = search_coarsely(v, candidates);
    std::size_t witness = 0, stride = 8;
    for (std::size_t first = 0; first < candidates;) {
        const std::size_t last = std::min(first + stride, candidates) - 1;
        if (excluded(v, first, last, witness, best.distance)) {
            first = last + 1;
            stride *= 2;
        } else if (stride > 1) {
            stride = std::max<std::size_t>(stride / 4, 1);
        } else {
            try_candidate(v, first, alpha_at(v, first, 0), witness, best);
            ++first;
            stride = 8;
        }
    }
    return best;
}

}  // namespace

RankedValues rank_values(std::span<const double> values, ValueKind kind, const std::string& name,
                         std::size_t least) {
    check_values(values, kind, name, least);
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    RankedValues v;
    v.kind = kind;
    v.name = name;
    for (std::size_t k = 0; k < sorted.size(); ++k)
        if (k == 0 || sorted[k] != sorted[k - 1]) {
            v.value.push_back(sorted[k]);
            v.above.push_back(static_cast<double>(sorted.size() - k));
            v.log.push_back(std::log(sorted[k]));
        }
    v.log_sum.assign(v.value.size(), 0.0);
    for (std::size_t i = v.value.size() - 1; i-- > 0;)
        v.log_sum[i] = v.log_sum[i + 1] + v.above[i + 1] * (v.log[i + 1] - v.log[i]);
    return v;
}

double PowerLaw::survival(double x) const {
    const double ratio = std::log(x / xmin);
    if (kind == ValueKind::continuous) return std::exp((1 - alpha) * ratio);
    return std::exp(-alpha * ratio) * scaled_zeta_value(alpha, x) / scaled_zeta_value(alpha, xmin);
}

PowerLaw fit_power_law_from(const RankedValues& v, std::size_t first) {
    if (first + 1 >= v.value.size())
        throw DataError(
            fmt::format("'{}' has fewer than two different values {}; an exponent needs two", v.name,
                        first < v.value.size() ? fmt::format("from {} on", v.value[first]) : "left"),
            v.name);
    PowerLaw law;
    law.kind = v.kind;
    law.first = first;
    law.xmin = v.value[first];
    law.tail = v.above[first];
    law.alpha = alpha_at(v, first, 0);
    law.ks_distance = Distance(v, first, law.alpha, 2).largest().distance;
    double log_norm = std::log((law.alpha - 1) / law.xmin);
    law.alpha_error = (law.alpha - 1) / std::sqrt(law.tail);
    if (v.kind == ValueKind::discrete) {
        const Jet z = scaled_zeta(law.alpha, law.xmin);
        const double slope = z.first / z.value;
        log_norm = -std::log(z.value);
        law.alpha_error = 1 / std::sqrt(law.tail * (z.second / z.value - slope * slope));
    }
    law.log_likelihood = law.tail * log_norm - law.alpha * v.log_sum[first];
    return law;
}

PowerLaw fit_power_law(const RankedValues& v, std::size_t least_tail) {
    std::size_t candidates = 0;
    while (candidates + 1 < v.value.size() && v.above[candidates] >= static_cast<double>(least_tail))
        ++candidates;
    if (candidates == 0)
        throw DataError(
            fmt::format("'{}' has {} values, {} of them different; a power law needs at least {} values, two "
                        "of them different",
                        v.name, v.above.empty() ? 0 : v.above[0], v.value.size(), least_tail),
            v.name);
    const Best best =
        v.kind == ValueKind::discrete ? search_discrete(v, candidates) : search_continuous(v, candidates);
    return fit_power_law_from(v, best.first);
}

namespace {

ValueKind kind_of(const Arguments& a) {
    return a.word("kind") == "discrete" ? ValueKind::discrete : ValueKind::continuous;
}

constexpr const char* alternative_names[] = {"lognormal", "exponential", "stretched_exponential", "cutoff"};

Dimension alternatives_dimension() {
    return {"alternative", 4, {}, {}, {std::begin(alternative_names), std::end(alternative_names)}};
}

std::vector<Dimension> plan_row(const Arguments& a) {
    whole(a, "bootstrap");
    whole(a, "seed");
    whole(a, "least_tail");
    return {alternatives_dimension()};
}

PowerLaw fit_of(const Arguments& a, const RankedValues& values) {
    const double xmin = a.number("xmin");
    if (xmin == 0) return fit_power_law(values, whole(a, "least_tail"));
    const auto at = std::lower_bound(values.value.begin(), values.value.end(), xmin);
    return fit_power_law_from(values, static_cast<std::size_t>(at - values.value.begin()));
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const Vector& data = a.vector("values");
    const RankedValues values = rank_values(data.values, kind_of(a), data.name);
    const PowerLaw law = fit_of(a, values);
    const std::size_t replicates = whole(a, "bootstrap");
    double p = std::numeric_limits<double>::quiet_NaN();
    if (replicates > 0)
        p = power_law_p_value(values, law, replicates, whole(a, "seed"), a.number("xmin") == 0,
                              whole(a, "least_tail"));
    Result result;
    result.add_scalar("alpha", "exponent", law.alpha);
    result.add_scalar("alpha_error", "its standard error", law.alpha_error);
    result.add_scalar("xmin", "where the law begins", law.xmin);
    result.add_scalar("tail", "number of values from there on", law.tail);
    result.add_scalar("ks_distance", "largest distance of the distribution functions", law.ks_distance);
    result.add_scalar("p_value", "of a distance as large by chance", p);
    std::vector<double> ratio, chance;
    for (const Alternative& other : power_law_alternatives(values, law)) {
        ratio.push_back(other.ratio);
        chance.push_back(other.p);
    }
    result.add_vector("ratio", "log-likelihood ratio to alternatives", alternatives_dimension(), ratio);
    result.add_vector("ratio_p", "of such a ratio if both were equally good", alternatives_dimension(),
                      chance);
    return result;
}

}  // namespace

Analysis rows::power_law() {
    return {
        "power_law",
        "Power law fitted by maximum likelihood, and whether it is one",
        {{"values", {InputKind::vector}, true, "e.g. sizes of avalanches"}},
        {{"kind", "", std::string("discrete"), "whole numbers or any", {"discrete", "continuous"}},
         {"xmin", "", 0.0, "where the law begins; 0: where the KS distance is least", {}, not_negative},
         {"least_tail", "", 10.0, "values that the search for xmin leaves at least", {}, {2}},
         {"bootstrap", "", 0.0, "synthetic data sets for the p-value; 0: none", {}, not_negative},
         {"seed", "", 0.0, "of the synthetic data sets", {}, not_negative}},
        {{"alpha", "exponent: p(x) ~ x^-alpha"},
         {"alpha_error", "standard error"},
         {"xmin", "as given or found", {}, "@"},
         {"tail", "number of values from xmin on"},
         {"ks_distance", "Kolmogorov-Smirnov distance of the tail"},
         {"p_value", "below 0.1 speaks against a power law; NaN without bootstrap"},
         {"ratio", "log-likelihood over that of the alternative: above 0 for the power law", {"alternative"}},
         {"ratio_p", "of such a ratio (Vuong's test; of the cutoff chi-squared)", {"alternative"}}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
