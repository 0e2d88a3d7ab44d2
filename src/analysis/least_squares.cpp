// SPDX-License-Identifier: BSD-3-Clause
// Levenberg-Marquardt with the parameters at a bound held there while the step would leave it.
#include "analysis/least_squares.hpp"

#include <cmath>

namespace neurodyn::analysis {
namespace {

constexpr int most_steps = 1000;
constexpr double small_change = 1e-13;  // of the sum of squares
constexpr double highest_damping = 1e12;

}  // namespace

Eigen::VectorXd fit_least_squares(const Eigen::VectorXd& data, const ModelFunction& model, Eigen::VectorXd at,
                                  const Eigen::VectorXd& lower, const Eigen::VectorXd& upper) {
    Eigen::VectorXd values(data.size()), tried_values(data.size());
    Eigen::MatrixXd slopes(data.size(), at.size()), tried_slopes = slopes;
    at = at.cwiseMax(lower).cwiseMin(upper);
    if (!model(at, values, slopes)) return at;
    double squares = (data - values).squaredNorm(), damping = 1e-3;
    for (int step = 0; step < most_steps && damping < highest_damping; ++step) {
        const Eigen::VectorXd slope = slopes.transpose() * (data - values);
        Eigen::MatrixXd normal = slopes.transpose() * slopes;
        Eigen::VectorXd pull = slope;
        for (Eigen::Index k = 0; k < at.size(); ++k) {
            const bool held = (at[k] <= lower[k] && slope[k] < 0.0) || (at[k] >= upper[k] && slope[k] > 0.0);
            normal(k, k) = held ? 1.0 : normal(k, k) * (1.0 + damping) + 1e-300;
            if (!held) continue;
            pull[k] = 0.0;
            for (Eigen::Index j = 0; j < at.size(); ++j)
                if (j != k) normal(k, j) = normal(j, k) = 0.0;
        }
        const Eigen::VectorXd to = (at + normal.ldlt().solve(pull)).cwiseMax(lower).cwiseMin(upper);
        const bool valued = to.allFinite() && model(to, tried_values, tried_slopes);
        const double tried = valued ? (data - tried_values).squaredNorm() : HUGE_VAL;
        if (!(tried < squares)) {
            damping *= 10.0;
            continue;
        }
        const bool done = squares - tried <= small_change * squares;
        at = to;
        squares = tried;
        values.swap(tried_values);
        slopes.swap(tried_slopes);
        if (done) break;
        damping = std::max(damping * 0.1, 1e-12);
    }
    return at;
}

}  // namespace neurodyn::analysis
