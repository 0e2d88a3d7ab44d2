// SPDX-License-Identifier: BSD-3-Clause
// A library model with numbers in place of its names: right-hand sides, fixed points, eigenvalues, plain
// Runge-Kutta steps.
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <map>
#include <string>
#include <vector>

#include "language/model.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {

using Vector = std::vector<double>;
using Complex = std::complex<double>;

/// Determinant by elimination with row pivots.
inline Complex determinant(std::vector<std::vector<Complex>> a) {
    Complex det = 1.0;
    const std::size_t n = a.size();
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t pivot = k;
        for (std::size_t i = k + 1; i < n; ++i)
            if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
        if (pivot != k) std::swap(a[pivot], a[k]), det = -det;
        det *= a[k][k];
        if (a[k][k] == 0.0) return 0.0;
        for (std::size_t i = k + 1; i < n; ++i)
            for (std::size_t j = n; j-- > k;) a[i][j] -= a[i][k] / a[k][k] * a[k][j];
    }
    return det;
}

/// A library model with numbers in place of parameters; inputs are zero unless set.
class Numeric {
  public:
    explicit Numeric(const std::string& path, std::map<std::string, double> settings = {})
        : model_(load_model(NEURODYN_SOURCE_DIR "/library/" + path + ".model")), graph_(model_->graph) {
        for (const Input& input : model_->inputs) values_[input.name] = 0.0;
        for (const Parameter& p : model_->parameters)
            values_[p.name] = settings.contains(p.name) ? settings.at(p.name) : at(p.value);
        for (const State& s : model_->states) {
            drifts_.push_back(s.drift);
            symbols_.push_back(s.symbol);
        }
        for (const State& s : model_->states) start_.push_back(at(s.initial));
        jacobian_ = symbolic::jacobian(graph_, drifts_, symbols_);
    }

    const Vector& start() const { return start_; }
    double& operator[](const std::string& name) { return values_[name]; }

    double definition(const std::string& name, const Vector& x) {
        put(x);
        return at(model_->find_definition(name)->value);
    }

    Vector drift(const Vector& x) {
        put(x);
        Vector f;
        for (const NodeId d : drifts_) f.push_back(at(d));
        return f;
    }

    std::vector<std::vector<double>> jacobian(const Vector& x) {
        put(x);
        std::vector<std::vector<double>> j;
        for (const auto& row : jacobian_) {
            j.emplace_back();
            for (const NodeId entry : row) j.back().push_back(at(entry));
        }
        return j;
    }

    /// Newton's method.
    Vector fixed_point(Vector x) {
        const std::size_t n = x.size();
        for (int step = 0; step < 200; ++step) {
            auto a = jacobian(x);
            Vector b = drift(x);
            for (std::size_t k = 0; k < n; ++k) {
                std::size_t pivot = k;
                for (std::size_t i = k + 1; i < n; ++i)
                    if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
                std::swap(a[k], a[pivot]), std::swap(b[k], b[pivot]);
                for (std::size_t i = 0; i < n; ++i) {
                    if (i == k) continue;
                    const double f = a[i][k] / a[k][k];
                    for (std::size_t j = k; j < n; ++j) a[i][j] -= f * a[k][j];
                    b[i] -= f * b[k];
                }
            }
            double change = 0;
            for (std::size_t k = 0; k < n; ++k) {
                x[k] -= b[k] / a[k][k];
                change = std::max(change, std::abs(b[k] / a[k][k]) / (std::abs(x[k]) + 1e-3));
            }
            if (!(change > 1e-14)) break;
        }
        return x;
    }

    /// |det(J - lambda)| at the fixed point near `guess`, relative to the same a tenth of `scale` away from
    /// lambda: near 0 for an eigenvalue.
    double distance_to_eigenvalue(const Vector& guess, Complex lambda, double scale) {
        const auto j = jacobian(fixed_point(guess));
        return distance(j, lambda, scale);
    }

    static double distance(const std::vector<std::vector<double>>& j, Complex lambda, double scale) {
        const auto det = [&](Complex l) {
            std::vector<std::vector<Complex>> a(j.size());
            for (std::size_t r = 0; r < j.size(); ++r)
                for (std::size_t c = 0; c < j.size(); ++c) a[r].push_back(j[r][c] - (r == c ? l : 0.0));
            return std::abs(determinant(a));
        };
        return det(lambda) / det(lambda + 0.1 * scale);
    }

    void step(Vector& x, double dt) {
        const auto moved = [&](const Vector& k, double h) {
            Vector y = x;
            for (std::size_t i = 0; i < x.size(); ++i) y[i] += h * k[i];
            return y;
        };
        const Vector k1 = drift(x), k2 = drift(moved(k1, dt / 2)), k3 = drift(moved(k2, dt / 2)),
                     k4 = drift(moved(k3, dt));
        for (std::size_t i = 0; i < x.size(); ++i) x[i] += dt / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    }

  private:
    void put(const Vector& x) {
        for (std::size_t i = 0; i < x.size(); ++i) values_[model_->states[i].name] = x[i];
    }
    double at(NodeId node) {
        return symbolic::evaluate(graph_, node, [&](const std::string& name) { return values_.at(name); });
    }

    ModelPtr model_;
    Graph graph_;
    std::map<std::string, double> values_;
    std::vector<NodeId> drifts_, symbols_;
    std::vector<std::vector<NodeId>> jacobian_;
    Vector start_;
};

}  // namespace neurodyn::language
