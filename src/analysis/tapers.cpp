// SPDX-License-Identifier: BSD-3-Clause
// Prolate sequences by bisection and inverse iteration, which cost no more than the tapers are long.
#include "analysis/tapers.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace neurodyn::analysis {
namespace {

// The matrix that commutes with the concentration problem (Slepian 1978, equation 14), over length^2.
class Tridiagonal {
  public:
    Tridiagonal(std::size_t length, double half_bandwidth) : diagonal_(length), beside_(length, 0.0) {
        const double n = static_cast<double>(length), scale = 1.0 / (n * n);
        const double cosine = std::cos(2.0 * std::numbers::pi * half_bandwidth / n);
        for (std::size_t t = 0; t < length; ++t) {
            const double at = static_cast<double>(t), middle = 0.5 * (n - 1.0) - at;
            diagonal_[t] = middle * middle * cosine * scale;
            if (t > 0) beside_[t] = 0.5 * at * (n - at) * scale;
        }
    }

    // Eigenvalue `index` from above.
    double eigenvalue(std::size_t index) const {
        double low = -2.0, high = 2.0;  // by Gershgorin's circles
        for (int k = 0; k < 70; ++k) {
            const double middle = 0.5 * (low + high);
            (above(middle) > index ? low : high) = middle;
        }
        return 0.5 * (low + high);
    }

    // Solves (T - value) x = x in place, by elimination with exchanges of rows.
    void solve(double value, std::vector<double>& x) const {
        const std::size_t n = x.size();
        std::vector<double> pivot(n), first(n, 0.0), second(n, 0.0);
        double d = diagonal_[0] - value, e = n > 1 ? beside_[1] : 0.0;
        for (std::size_t t = 0; t + 1 < n; ++t) {
            const double below = beside_[t + 1], next = diagonal_[t + 1] - value;
            const double after = t + 2 < n ? beside_[t + 2] : 0.0;
            if (std::abs(d) >= std::abs(below)) {
                const double factor = below / d;
                pivot[t] = d, first[t] = e, second[t] = 0.0;
                x[t + 1] -= factor * x[t];
                d = next - factor * e, e = after;
            } else {
                const double factor = d / below;
                pivot[t] = below, first[t] = next, second[t] = after;
                std::swap(x[t], x[t + 1]);
                x[t + 1] -= factor * x[t];
                d = e - factor * next, e = -factor * after;
            }
        }
        pivot[n - 1] = d == 0.0 ? 1e-300 : d;
        for (std::size_t t = n; t-- > 0;) {
            double rest = x[t];
            if (t + 1 < n) rest -= first[t] * x[t + 1];
            if (t + 2 < n) rest -= second[t] * x[t + 2];
            x[t] = rest / pivot[t];
        }
    }

  private:
    // Eigenvalues above `value` (Sturm's sequence).
    std::size_t above(double value) const {
        std::size_t count = 0;
        double q = 1.0;
        for (std::size_t t = 0; t < diagonal_.size(); ++t) {
            q = diagonal_[t] - value - (t == 0 ? 0.0 : beside_[t] * beside_[t] / q);
            if (q == 0.0) q = 1e-300;
            if (q > 0.0) ++count;
        }
        return count;
    }

    std::vector<double> diagonal_, beside_;
};

void normalise(std::vector<double>& x) {
    double largest = 0.0, squares = 0.0;
    for (const double v : x) largest = std::max(largest, std::abs(v));
    for (double& v : x) v /= largest, squares += v * v;
    for (double& v : x) v /= std::sqrt(squares);
}

void fix_sign(std::vector<double>& x, bool even) {
    double tell = 0.0;
    if (even) {
        for (const double v : x) tell += v;
    } else {
        const double least = std::max(1e-7, 1.0 / static_cast<double>(x.size()));
        tell = *std::find_if(x.begin(), x.end() - 1, [&](double v) { return v * v > least; });
    }
    if (tell < 0.0)
        for (double& v : x) v = -v;
}

double window_at(TaperWindow window, double turn) {
    if (window == TaperWindow::boxcar) return 1.0;
    const double a = window == TaperWindow::hann ? 0.5 : 0.54;
    return a - (1.0 - a) * std::cos(2.0 * std::numbers::pi * turn);
}

}  // namespace

std::vector<std::vector<double>> dpss(std::size_t length, double half_bandwidth, std::size_t count) {
    const Tridiagonal matrix(length, half_bandwidth);
    std::vector<std::vector<double>> all;
    for (std::size_t k = 0; k < count; ++k) {
        const double value = matrix.eigenvalue(k);
        std::vector<double> x(length);
        for (std::size_t t = 0; t < length; ++t)  // neither even nor odd
            x[t] = 1.0 + static_cast<double>((7 * t) % 11) / 11.0;
        for (int turn = 0; turn < 3; ++turn) {
            matrix.solve(value, x);
            normalise(x);
        }
        fix_sign(x, k % 2 == 0);
        all.push_back(std::move(x));
    }
    return all;
}

std::vector<std::vector<double>> tapers(TaperWindow window, std::size_t length, double half_bandwidth) {
    if (window == TaperWindow::dpss) {
        const auto count = static_cast<std::size_t>(std::max(1.0, std::floor(2.0 * half_bandwidth - 1.0)));
        return dpss(length, half_bandwidth, std::min(count, length));
    }
    std::vector<double> w(length);
    double squares = 0.0;
    for (std::size_t t = 0; t < length; ++t) {
        w[t] = window_at(window, static_cast<double>(t) / static_cast<double>(length));
        squares += w[t] * w[t];
    }
    for (double& v : w) v /= std::sqrt(squares);
    return {w};
}

double degrees_of_freedom(const std::vector<std::vector<double>>& tapers, std::size_t segments,
                          std::size_t hop) {
    const std::size_t length = tapers.front().size();
    double sum = 0.0;
    for (std::size_t apart = 0; apart < segments && apart * hop < length; ++apart) {
        double shared = 0.0;
        for (const auto& a : tapers)
            for (const auto& b : tapers) {
                double product = 0.0;
                for (std::size_t t = 0; t + apart * hop < length; ++t) product += a[t + apart * hop] * b[t];
                shared += product * product;
            }
        sum += (apart == 0 ? 1.0 : 2.0) * static_cast<double>(segments - apart) * shared;
    }
    const double estimates = static_cast<double>(tapers.size() * segments);
    return 2.0 * estimates * estimates / sum;
}

}  // namespace neurodyn::analysis
