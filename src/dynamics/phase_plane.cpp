// SPDX-License-Identifier: BSD-3-Clause
// Nullclines by marching squares (Lorensen & Cline's cells in two dimensions), strokes, trajectories.
#include "dynamics/phase_plane.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "dynamics/flow.hpp"

namespace neurodyn::dynamics {
namespace {

constexpr Eigen::Index cells = 200, strokes = 20;
constexpr double stroke_length = 0.03;  // of the box
constexpr int trajectory_steps = 3000, starts_per_side = 3;

class Plane {
  public:
    Plane(Equations& equations, const PhasePlane& made, const Eigen::VectorXd& parameters)
        : equations_(equations), made_(made), at_(made.held.size() + parameters.size()) {
        at_ << made.held, parameters;
    }

    double across(double share) const { return between(made_.x, share); }
    double up(double share) const { return between(made_.y, share); }

    /// Slopes of the plane's two states, in widths of the box per second.
    Eigen::Vector2d slope(double x, double y) {
        at_[made_.x] = x;
        at_[made_.y] = y;
        const Eigen::VectorXd f = equations_.value(at_);
        return {f[made_.x] / width(made_.x), f[made_.y] / width(made_.y)};
    }

    double width(Eigen::Index state) const { return made_.box.high[state] - made_.box.low[state]; }

  private:
    double between(Eigen::Index state, double share) const {
        return made_.box.low[state] + share * width(state);
    }

    Equations& equations_;
    const PhasePlane& made_;
    Eigen::VectorXd at_;
};

void add_piece(Lines& lines, double x0, double y0, double x1, double y1) {
    lines.x.insert(lines.x.end(), {x0, x1, std::nan("")});
    lines.y.insert(lines.y.end(), {y0, y1, std::nan("")});
}

// Pieces of the line where the corner values change their sign, in one cell.
void cross(Lines& lines, const std::array<double, 4>& x, const std::array<double, 4>& y,
           const std::array<double, 4>& value) {
    std::array<std::array<double, 2>, 4> found{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t j = (i + 1) % 4;
        if (!std::isfinite(value[i]) || !std::isfinite(value[j])) return;
        if ((value[i] < 0.0) == (value[j] < 0.0)) continue;
        const double share = value[i] / (value[i] - value[j]);
        found[count++] = {x[i] + share * (x[j] - x[i]), y[i] + share * (y[j] - y[i])};
    }
    for (std::size_t k = 0; k + 1 < count; k += 2)
        add_piece(lines, found[k][0], found[k][1], found[k + 1][0], found[k + 1][1]);
}

void add_nullclines(PhasePlane& made, Plane& plane) {
    Eigen::MatrixXd fx(cells + 1, cells + 1), fy(cells + 1, cells + 1);
    const auto share = [](Eigen::Index i) { return static_cast<double>(i) / cells; };
    for (Eigen::Index i = 0; i <= cells; ++i)
        for (Eigen::Index j = 0; j <= cells; ++j) {
            const Eigen::Vector2d slope = plane.slope(plane.across(share(i)), plane.up(share(j)));
            fx(i, j) = slope[0];
            fy(i, j) = slope[1];
        }
    for (Eigen::Index i = 0; i < cells; ++i)
        for (Eigen::Index j = 0; j < cells; ++j) {
            const double left = plane.across(share(i)), right = plane.across(share(i + 1));
            const double low = plane.up(share(j)), high = plane.up(share(j + 1));
            const auto corners = [&](const Eigen::MatrixXd& f) {
                return std::array{f(i, j), f(i + 1, j), f(i + 1, j + 1), f(i, j + 1)};
            };
            cross(made.x_nullcline, {left, right, right, left}, {low, low, high, high}, corners(fx));
            cross(made.y_nullcline, {left, right, right, left}, {low, low, high, high}, corners(fy));
        }
}

void add_strokes(PhasePlane& made, Plane& plane) {
    for (Eigen::Index i = 0; i < strokes; ++i)
        for (Eigen::Index j = 0; j < strokes; ++j) {
            const double x = plane.across((static_cast<double>(i) + 0.5) / strokes);
            const double y = plane.up((static_cast<double>(j) + 0.5) / strokes);
            const Eigen::Vector2d slope = plane.slope(x, y);
            if (!slope.allFinite() || slope.norm() == 0.0) continue;
            const Eigen::Vector2d way = stroke_length * slope.normalized();
            add_piece(made.arrows, x, y, x + way[0] * plane.width(made.x), y + way[1] * plane.width(made.y));
        }
}

void add_trajectory(PhasePlane& made, Equations& equations, const Eigen::VectorXd& parameters,
                    Eigen::VectorXd x) {
    Lines line{{x[made.x]}, {x[made.y]}};
    const Eigen::VectorXd width = made.box.high - made.box.low;
    Eigen::VectorXd last = x;
    integrate(
        equations, x, parameters, {.relative = 1e-7, .most_steps = trajectory_steps},
        [&](double, const Eigen::VectorXd& now) {
            if (!now.allFinite() || (now - made.box.low).cwiseQuotient(width).cwiseAbs().maxCoeff() > 10.0)
                return false;
            const double moved = (now - last).cwiseQuotient(width).norm();
            if (moved < 1e-3) return moved > 1e-9 || line.x.size() < 2;
            last = now;
            line.x.push_back(now[made.x]);
            line.y.push_back(now[made.y]);
            return true;
        });
    if (line.x.size() > 1) made.trajectories.push_back(std::move(line));
}

// Points that the search from many starts missed.
void add_proved(PhasePlane& made, const VectorField& field, Equations& equations,
                const Eigen::VectorXd& parameters) {
    const Eigen::VectorXd width = made.box.high - made.box.low;
    for (const Eigen::VectorXd& x : made.proof.points) {
        const bool known =
            std::any_of(made.fixed_points.begin(), made.fixed_points.end(),
                        [&](const FixedPoint& p) { return (p.x - x).cwiseQuotient(width).norm() < 1e-6; });
        if (known) continue;
        Eigen::VectorXd u(x.size() + parameters.size());
        u << x, parameters;
        made.fixed_points.push_back(classify(x, equations.at(u).jacobian.leftCols(field.dimension())));
    }
    std::sort(made.fixed_points.begin(), made.fixed_points.end(),
              [](const auto& a, const auto& b) { return a.x[0] < b.x[0]; });
}

}  // namespace

PhasePlane phase_plane(const VectorField& field, Eigen::Index x, Eigen::Index y, const Box& box,
                       const Eigen::VectorXd& parameters, std::size_t starts) {
    Equations equations = field.equations();
    PhasePlane made;
    made.x = x;
    made.y = y;
    made.box = box;
    made.held = field.start;
    made.fixed_points = find_fixed_points(field, equations, parameters, {starts, box});
    made.proof = enclose_fixed_points(field, parameters, box);
    add_proved(made, field, equations, parameters);
    const Eigen::VectorXd width = box.high - box.low;
    double nearest = INFINITY;
    for (const FixedPoint& point : made.fixed_points) {
        const double distance = (point.x - field.start).cwiseQuotient(width).norm();
        if (distance >= nearest) continue;
        nearest = distance;
        made.held = point.x;
    }
    Plane plane(equations, made, parameters);
    add_nullclines(made, plane);
    add_strokes(made, plane);
    add_trajectory(made, equations, parameters, field.start);
    for (int i = 0; i < starts_per_side; ++i)
        for (int j = 0; j < starts_per_side; ++j) {
            Eigen::VectorXd start = made.held;
            start[x] = plane.across((i + 0.5) / starts_per_side);
            start[y] = plane.up((j + 0.5) / starts_per_side);
            add_trajectory(made, equations, parameters, std::move(start));
        }
    return made;
}

}  // namespace neurodyn::dynamics
