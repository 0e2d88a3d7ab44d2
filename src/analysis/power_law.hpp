// SPDX-License-Identifier: BSD-3-Clause
// Power laws: maximum likelihood, where the law begins, how far data may be from it, and what may fit better.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace neurodyn::analysis {

enum class ValueKind { discrete, continuous };

/// Distinct values in ascending order with how many values are not smaller.
struct RankedValues {
    ValueKind kind = ValueKind::discrete;
    std::string name;
    std::vector<double> value;
    std::vector<double> above;    ///< number of values that are value[i] or more
    std::vector<double> log;      ///< of value[i]
    std::vector<double> log_sum;  ///< sum of ln(x/value[i]) over all x >= value[i]

    double count(std::size_t i) const { return above[i] - (i + 1 < above.size() ? above[i + 1] : 0); }
};

/// Throws DataError for values that are not finite, not above 0 or, of discrete ones, no whole numbers, and
/// for fewer than `least` of them.
RankedValues rank_values(std::span<const double> values, ValueKind kind, const std::string& name,
                         std::size_t least = 10);

struct PowerLaw {
    ValueKind kind = ValueKind::discrete;
    double alpha = 0;        ///< p(x) ~ x^-alpha for x >= xmin
    double alpha_error = 0;  ///< standard error: the inverse root of the likelihood's curvature
    double xmin = 0;
    std::size_t first = 0;  ///< index of xmin among the distinct values
    double tail = 0;        ///< number of values from xmin on
    double ks_distance = 0;
    double log_likelihood = 0;

    /// P(X >= x) for x >= xmin.
    double survival(double x) const;
};

/// The exponent of largest likelihood from the distinct value of index `first` on, with the KS distance.
/// Throws DataError when fewer than two distinct values are left.
PowerLaw fit_power_law_from(const RankedValues& values, std::size_t first);

/// The same, from the value on that makes the Kolmogorov-Smirnov distance least (Clauset, Shalizi & Newman
/// 2009, doi:10.1137/070710111), among those that leave `least_tail` values. The distance is max |P(X < x) -
/// F(x)| over the values, as in their program and in `powerlaw`. Candidates whose distance cannot be the
/// least are left out by bounds, so that the result is that of trying all.
PowerLaw fit_power_law(const RankedValues& values, std::size_t least_tail = 10);

/// The part of `replicates` synthetic data sets (the law from xmin on, below it draws from the data) whose
/// own fit is as far from its law as the data from theirs: below 0.1 speaks against a power law (ibid.,
/// section 4).
double power_law_p_value(const RankedValues& values, const PowerLaw& law, std::size_t replicates,
                         std::uint64_t seed, bool search_xmin, std::size_t least_tail = 10);

/// A law fitted to the same tail, beside the power law.
struct Alternative {
    std::string name;
    std::vector<double> parameters;
    double log_likelihood = 0;
    double ratio = 0;       ///< log-likelihood of the power law minus its own: above 0 for the power law
    double normalised = 0;  ///< ratio over its standard deviation (Vuong 1989, doi:10.2307/1912557)
    double p = 0;           ///< of such a ratio when both are equally good
};

/// Log-normal (mu, sigma), exponential (lambda), stretched exponential (lambda, beta) and power law with
/// exponential cutoff (alpha, lambda), in this order. Discrete values: exponential and cutoff are sums over
/// whole numbers, the others have what lies within 1/2 of them.
std::vector<Alternative> power_law_alternatives(const RankedValues& values, const PowerLaw& law);

}  // namespace neurodyn::analysis
