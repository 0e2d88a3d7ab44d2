// SPDX-License-Identifier: BSD-3-Clause
// Euler-Maclaurin summation of the Hurwitz zeta function.
#include "analysis/hurwitz.hpp"

#include <cmath>

namespace neurodyn::analysis {
namespace {

// B_2j / (2j)!
constexpr double bernoulli[] = {1.0 / 12,          -1.0 / 720,
                                1.0 / 30240,       -1.0 / 1209600,
                                1.0 / 47900160,    -691.0 / 1307674368000,
                                1.0 / 74724249600, -3617.0 / 10670622842880000};

// Direct terms before the formula, which is good where s is not large beside the place.
double direct_terms(double s, double q) { return q >= s + 9 ? 0 : std::ceil(s + 9 - q); }

Jet product(const Jet& a, const Jet& b) {
    return {a.value * b.value, a.first * b.value + a.value * b.first,
            a.second * b.value + 2 * a.first * b.first + a.value * b.second};
}

void add(Jet& sum, const Jet& term, double factor) {
    sum.value += factor * term.value;
    sum.first += factor * term.first;
    sum.second += factor * term.second;
}

// a/(s-1) + 1/2 + sum over j of B_2j/(2j)! s(s+1)...(s+2j-2) a^(1-2j)
Jet correction(double s, double a) {
    const double u = 1 / (s - 1);
    Jet sum{a * u + 0.5, -a * u * u, 2 * a * u * u * u};
    Jet rising{s, 1, 0};
    double power = 1 / a;
    for (int j = 0; j < 8; ++j) {
        add(sum, rising, bernoulli[j] * power);
        rising = product(rising, product({s + 2 * j + 1, 1, 0}, {s + 2 * j + 2, 1, 0}));
        power /= a * a;
    }
    return sum;
}

double correction_value(double s, double a) {
    double sum = a / (s - 1) + 0.5, rising = s / a;
    for (int j = 0; j < 8; ++j) {
        sum += bernoulli[j] * rising;
        rising *= (s + 2 * j + 1) * (s + 2 * j + 2) / (a * a);
    }
    return sum;
}

// x^-s
Jet power(double s, double x) {
    const double l = std::log(x), v = std::exp(-s * l);
    return {v, -l * v, l * l * v};
}

}  // namespace

Jet scaled_zeta(double s, double q) {
    Jet sum;
    const double terms = direct_terms(s, q);
    for (double k = 0; k < terms; ++k) add(sum, power(s, 1 + k / q), 1);
    const double a = q + terms;
    add(sum, product(terms > 0 ? power(s, a / q) : Jet{1, 0, 0}, correction(s, a)), 1);
    return sum;
}

double scaled_zeta_value(double s, double q) {
    double sum = 0;
    const double terms = direct_terms(s, q);
    for (double k = 0; k < terms; ++k) sum += std::exp(-s * std::log1p(k / q));
    const double a = q + terms;
    return sum + (terms > 0 ? std::exp(-s * std::log(a / q)) : 1) * correction_value(s, a);
}

}  // namespace neurodyn::analysis
