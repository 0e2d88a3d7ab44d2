// SPDX-License-Identifier: BSD-3-Clause
// Laws that may fit the tail better than a power law, and the ratio of likelihoods.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "analysis/hurwitz.hpp"
#include "analysis/minimise.hpp"
#include "analysis/power_law.hpp"

namespace neurodyn::analysis {
namespace {

// The values from xmin on.
struct Tail {
    const RankedValues& v;
    std::size_t first;
    double n, xmin;
    double log = 0, log_squares = 0, sum = 0;  // of y = ln(x/edge), y^2 and x - xmin

    Tail(const RankedValues& values, const PowerLaw& law)
        : v(values), first(law.first), n(law.tail), xmin(law.xmin) {
        for (std::size_t i = first; i < v.value.size(); ++i) {
            const double y = v.log[i] - std::log(edge()), c = v.count(i);
            log += c * y;
            log_squares += c * y * y;
            sum += c * (v.value[i] - xmin);
        }
    }
    bool discrete() const { return v.kind == ValueKind::discrete; }
    // Where the part of the line begins that belongs to the tail.
    double edge() const { return discrete() ? xmin - 0.5 : xmin; }
    template <class LogP>
    double log_likelihood(const LogP& log_p) const {
        double all = 0;
        for (std::size_t i = first; i < v.value.size(); ++i) all += v.count(i) * log_p(v.value[i]);
        return all;
    }
};

// ln(exp(z^2) erfc(z))
double log_erfcx(double z) {
    if (z < 5) return z * z + std::log(std::erfc(z));
    double fraction = z;  // DLMF 7.9.2
    for (int k = 40; k > 0; --k) fraction = z + k / 2.0 / fraction;
    return -std::log(fraction * std::sqrt(std::numbers::pi));
}

constexpr double gauss_place[] = {0, 0.5384693101056831, 0.9061798459386640};
constexpr double gauss_weight[] = {0.5688888888888889, 0.4786286704993665, 0.2369268850561891};

template <class Function>
double integral(double low, double high, const Function& f) {
    const double middle = (low + high) / 2, half = (high - low) / 2;
    double sum = gauss_weight[0] * f(middle);
    for (int k = 1; k < 3; ++k)
        sum += gauss_weight[k] * (f(middle - half * gauss_place[k]) + f(middle + half * gauss_place[k]));
    return half * sum;
}

// exp(-b y - c y^2)/norm of y = ln(x/edge) >= 0: a log-normal law where c = 1/(2 sigma^2).
class LogNormal {
  public:
    LogNormal(const Tail& t, const Pair& p)
        : edge_(t.edge()), b_(p[0]), c_(std::exp(p[1])), discrete_(t.discrete()) {
        log_norm_ = 0.5 * std::log(std::numbers::pi / (4 * c_)) + log_erfcx(b_ / (2 * std::sqrt(c_)));
    }
    static double cost(const Tail& t, const Pair& p) {
        const LogNormal law(t, p);
        if (t.discrete()) return -t.log_likelihood([&](double x) { return law.log_p(x); });
        return law.b_ * t.log + law.c_ * t.log_squares + t.n * law.log_norm_ + t.log + t.n * std::log(t.xmin);
    }
    double log_p(double x) const {
        if (!discrete_) return log_density(std::log(x / edge_)) - std::log(x);
        const double middle = log_density(std::log(x / edge_));
        return middle + std::log(integral(std::log((x - 0.5) / edge_), std::log((x + 0.5) / edge_),
                                          [&](double y) { return std::exp(log_density(y) - middle); }));
    }
    std::vector<double> parameters() const {
        return {std::log(edge_) - b_ / (2 * c_), 1 / std::sqrt(2 * c_)};
    }

  private:
    double log_density(double y) const { return -b_ * y - c_ * y * y - log_norm_; }
    double edge_, b_, c_, log_norm_;
    bool discrete_;
};

class Exponential {
  public:
    explicit Exponential(const Tail& t) : xmin_(t.xmin) {
        lambda_ = t.discrete() ? std::log1p(t.n / t.sum) : t.n / t.sum;
        log_norm_ = std::log(t.discrete() ? -std::expm1(-lambda_) : lambda_);
    }
    double log_p(double x) const { return log_norm_ - lambda_ * (x - xmin_); }
    std::vector<double> parameters() const { return {lambda_}; }

  private:
    double xmin_, lambda_, log_norm_;
};

// P(X > x) = exp(-scale((x/edge)^beta - 1))
class Stretched {
  public:
    Stretched(const Tail& t, const Pair& p)
        : edge_(t.edge()), scale_(std::exp(p[0])), beta_(std::exp(p[1])), discrete_(t.discrete()) {}
    // The likeliest ln(scale) for this beta, of continuous values.
    static double log_scale(const Tail& t, double beta) {
        double sum = 0;
        for (std::size_t i = t.first; i < t.v.value.size(); ++i)
            sum += t.v.count(i) * std::expm1(beta * (t.v.log[i] - t.v.log[t.first]));
        return std::log(t.n / sum);
    }
    double log_p(double x) const {
        const double y = std::log(x / edge_);
        if (!discrete_)
            return std::log(beta_ * scale_ / edge_) + (beta_ - 1) * y - scale_ * std::expm1(beta_ * y);
        const double low = scale_ * std::expm1(beta_ * std::log((x - 0.5) / edge_));
        const double high = scale_ * std::expm1(beta_ * std::log((x + 0.5) / edge_));
        return -low + std::log(-std::expm1(low - high));
    }
    std::vector<double> parameters() const { return {scale_ * std::pow(edge_, -beta_), beta_}; }

  private:
    double edge_, scale_, beta_;
    bool discrete_;
};

// (x/xmin)^-alpha exp(-lambda (x - xmin))/norm
class Cutoff {
  public:
    Cutoff(const Tail& t, const Pair& p) : xmin_(t.xmin), alpha_(p[0]), lambda_(std::exp(p[1])) {
        log_norm_ = std::log(t.discrete() ? sum() : integral_from(xmin_));
    }
    static double cost(const Tail& t, const Pair& p) {
        const Cutoff law(t, p);
        const double log = t.log + t.n * std::log(t.edge() / t.xmin);
        return law.alpha_ * log + law.lambda_ * t.sum + t.n * law.log_norm_;
    }
    double log_p(double x) const { return log_of(x) - log_norm_; }
    std::vector<double> parameters() const { return {alpha_, lambda_}; }

  private:
    double log_of(double x) const { return -alpha_ * std::log(x / xmin_) - lambda_ * (x - xmin_); }

    // Over x from `a` on, in parts of ln x over which the integrand changes by few e-folds.
    double integral_from(double a) const {
        const auto part = [&](double y) { return log_of(a * std::exp(y)) + y; };
        const double peak = std::max(
            part(0), alpha_ < 1 ? part(std::max(0.0, std::log((1 - alpha_) / (lambda_ * a)))) : part(0));
        double all = 0, y = 0;
        for (int k = 0; k < 10000; ++k) {
            const double slope = std::abs(1 - alpha_ - lambda_ * a * std::exp(y));
            const double next = y + 0.5 / (1 + slope);
            all += integral(y, next, [&](double z) { return std::exp(part(z)); });
            y = next;
            if (part(y) < peak - 40 && slope > 0) break;
        }
        return a * all;
    }
    // Over whole numbers: directly for 50, then by the Euler-Maclaurin formula.
    double sum() const {
        double all = 0, x = xmin_;
        for (int k = 0; k < 50; ++k, ++x) all += std::exp(log_of(x));
        const double f = std::exp(log_of(x)), g = -(alpha_ / x + lambda_), g1 = alpha_ / (x * x),
                     g2 = -2 * alpha_ / (x * x * x);
        if (f == 0) return all;
        return all + integral_from(x) + f * (0.5 - g / 12 + (g * g * g + 3 * g * g1 + g2) / 720);
    }
    double xmin_, alpha_, lambda_, log_norm_;
};

// Two-sided probability of a normal deviate.
double two_sided(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

template <class Law>
Alternative compared(const Tail& t, const PowerLaw& power, const std::string& name, const Law& law,
                     bool nested) {
    Alternative a;
    a.name = name;
    a.parameters = law.parameters();
    const double log_norm = power.kind == ValueKind::continuous
                                ? std::log((power.alpha - 1) / power.xmin)
                                : -std::log(scaled_zeta_value(power.alpha, power.xmin));
    double squares = 0;
    for (std::size_t i = t.first; i < t.v.value.size(); ++i) {
        const double own = law.log_p(t.v.value[i]);
        const double difference = log_norm - power.alpha * (t.v.log[i] - t.v.log[t.first]) - own;
        a.log_likelihood += t.v.count(i) * own;
        a.ratio += t.v.count(i) * difference;
        squares += t.v.count(i) * difference * difference;
    }
    const double variance = squares / t.n - (a.ratio / t.n) * (a.ratio / t.n);
    a.normalised = a.ratio / std::sqrt(t.n * variance);
    // Of nested laws twice the ratio has the chi-squared distribution of one parameter.
    a.p = nested ? two_sided(std::sqrt(2 * std::max(-a.ratio, 0.0))) : two_sided(a.normalised);
    return a;
}

Pair fit_stretched(const Tail& t) {
    // Between an almost exact power law and a sharp edge.
    constexpr double least = -8, most = 3;
    if (!t.discrete()) {
        const double log_beta = minimise(least, most, 1e-7, [&](double log_beta) {
            const double beta = std::exp(log_beta);
            return -t.n * (log_beta + Stretched::log_scale(t, beta)) - beta * t.log;
        });
        return {Stretched::log_scale(t, std::exp(log_beta)), log_beta};
    }
    return minimise_pair({0, -0.7}, 0.5, [&](const Pair& p) {
        if (p[1] < least || p[1] > most) return std::numeric_limits<double>::infinity();
        const Stretched law(t, p);
        return -t.log_likelihood([&](double x) { return law.log_p(x); });
    });
}

}  // namespace

std::vector<Alternative> power_law_alternatives(const RankedValues& values, const PowerLaw& law) {
    const Tail tail(values, law);
    // Both contain the power law, at -infinity of their second parameter.
    const auto from = [&](double second, double least, const auto& cost) {
        return minimise_pair({0, second}, 0.5, [&](const Pair& p) {
            return p[1] < least ? std::numeric_limits<double>::infinity() : cost(p);
        });
    };
    const double b = law.alpha - 1, mean = tail.sum / tail.n;
    Pair normal = from(-2, -30, [&](const Pair& p) { return LogNormal::cost(tail, {b + p[0], p[1]}); });
    normal[0] += b;
    const double smallest = -std::log(values.value.back()) - 16;
    Pair cutoff = from(-std::log(mean + 1) - 3, smallest,
                       [&](const Pair& p) { return Cutoff::cost(tail, {law.alpha + p[0], p[1]}); });
    cutoff[0] += law.alpha;
    return {compared(tail, law, "lognormal", LogNormal(tail, normal), false),
            compared(tail, law, "exponential", Exponential(tail), false),
            compared(tail, law, "stretched_exponential", Stretched(tail, fit_stretched(tail)), false),
            compared(tail, law, "cutoff", Cutoff(tail, cutoff), true)};
}

}  // namespace neurodyn::analysis
