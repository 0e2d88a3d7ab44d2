// SPDX-License-Identifier: BSD-3-Clause
// Intervals of the potential on which stationary and linear-response equations are solved by collocation.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "density/membrane.hpp"

namespace neurodyn::density {

/// Collocation at the Radau points of (0, 1], the last of them 1 (Radau IIA, order 2 * stages - 1; Hairer &
/// Wanner 1996, section IV.5).
struct Radau {
    static constexpr std::size_t stages = 8;
    using Row = std::array<double, stages>;
    Row node;                        ///< c
    std::array<Row, stages> matrix;  ///< A; its last row is the weights
    static const Radau& rule();
};

/// Intervals from `lowest` over `reset` to `threshold`, and drift and diffusion at the collocation points of
/// each.
struct Panels {
    enum class Direction { up, down };
    Panels(const Membrane& membrane, Direction direction);

    std::size_t size() const { return width.size(); }
    std::vector<double> start,
        width;              ///< where each begins in the direction of integration; width is positive
    std::size_t reset = 0;  ///< panels before this one lie on the first side of the reset
    Direction direction;
    std::vector<double> v, drift, diffusion, slope;  ///< [panel][stage]
};

/// Solves M x = b in place for several right-hand sides by elimination with row pivots.
template <class T, std::size_t N>
class SmallSolver {
  public:
    using Vector = std::array<T, N>;
    using Matrix = std::array<Vector, N>;

    explicit SmallSolver(const Matrix& matrix) : m_(matrix) {
        for (std::size_t k = 0; k < N; ++k) {
            std::size_t best = k;
            for (std::size_t i = k + 1; i < N; ++i)
                if (std::abs(m_[i][k]) > std::abs(m_[best][k])) best = i;
            pivot_[k] = best;
            if (best != k) std::swap(m_[k], m_[best]);
            inverse_[k] = T{1.0} / m_[k][k];
            for (std::size_t i = k + 1; i < N; ++i) {
                const T factor = m_[i][k] * inverse_[k];
                m_[i][k] = factor;
                for (std::size_t j = k + 1; j < N; ++j) m_[i][j] -= factor * m_[k][j];
            }
        }
    }
    void solve(Vector& x) const {
        for (std::size_t k = 0; k < N; ++k)
            if (pivot_[k] != k) std::swap(x[k], x[pivot_[k]]);
        for (std::size_t i = 1; i < N; ++i)
            for (std::size_t j = 0; j < i; ++j) x[i] -= m_[i][j] * x[j];
        for (std::size_t i = N; i-- > 0;) {
            for (std::size_t j = i + 1; j < N; ++j) x[i] -= m_[i][j] * x[j];
            x[i] *= inverse_[i];
        }
    }

  private:
    Matrix m_;
    std::array<std::size_t, N> pivot_{};
    Vector inverse_{};
};

}  // namespace neurodyn::density
