// SPDX-License-Identifier: BSD-3-Clause
// Branches of cycles from Hopf points, their ends and bifurcations; single cycles and their phase response.
#include "dynamics/cycles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "dynamics/collocation.hpp"
#include "dynamics/flow.hpp"

namespace neurodyn::dynamics {
namespace {

using Complex = std::complex<double>;

constexpr double first_amplitude = 0.01;  // of the first cycle, in widths of the box
constexpr double settled = 1e-6;          // relative change of the period from one turn to the next
constexpr int most_turns = 2000;
constexpr double near_multiplier = 0.02;

CycleMesh even_mesh(const CycleSettings& settings) {
    CycleMesh mesh;
    mesh.degree = settings.degree;
    for (std::size_t i = 0; i <= settings.intervals; ++i)
        mesh.at.push_back(static_cast<double>(i) / static_cast<double>(settings.intervals));
    return mesh;
}

double phase_of(const CycleMesh& mesh, std::size_t point) {
    const auto degree = static_cast<std::size_t>(mesh.degree);
    const std::size_t i = point / degree;
    if (i >= mesh.intervals()) return 1.0;
    return mesh.at[i] +
           (mesh.at[i + 1] - mesh.at[i]) * static_cast<double>(point % degree) / static_cast<double>(degree);
}

// Without the one that is 1 for motion along the cycle.
std::vector<Complex> without_trivial(std::vector<Complex> all) {
    all.erase(std::min_element(all.begin(), all.end(), [](const Complex& a, const Complex& b) {
        return std::abs(a - 1.0) < std::abs(b - 1.0);
    }));
    return all;
}

/// Zero where a multiplier is -1.
double doubling(const std::vector<Complex>& multipliers) {
    Complex product = 1.0;
    for (const Complex& m : multipliers) product *= (m + 1.0) / (1.0 + std::abs(m));
    return product.real();
}

/// Zero where the product of two multipliers is 1: a pair on the unit circle, or two real ones.
double circle(const std::vector<Complex>& multipliers) {
    Complex product = 1.0;
    for (std::size_t i = 0; i < multipliers.size(); ++i)
        for (std::size_t j = i + 1; j < multipliers.size(); ++j) {
            const Complex both = multipliers[i] * multipliers[j];
            product *= (both - 1.0) / (1.0 + std::abs(both));
        }
    return product.real();
}

class CycleFollower {
  public:
    CycleFollower(const VectorField& field, const Range& range, const Box& box, const CycleSettings& settings)
        : field_(field),
          range_(range),
          settings_(settings),
          curve_(field, range, box, even_mesh(settings)),
          width_(box.high - box.low) {}

    CycleBranch run(const Special& hopf) {
        first_period_ = 2.0 * std::numbers::pi / hopf.frequency_rad_s;
        curve_.set_period_scale(first_period_);
        auto start = first_cycle(hopf);
        if (!start) {
            branch_.end = "no cycle was found beside the Hopf point";
            return std::move(branch_);
        }
        add_point(*start);
        const Stop why = follow(curve_, *start, settings_.steps,
                                [&](const CurvePoint& a, const CurvePoint& b, double distance) {
                                    return advance(a, b, distance);
                                });
        if (why != Stop::asked)
            branch_.end = fmt::format(
                "{} at {} = {:.8g}, period {:.6g} s",
                why == Stop::stalled ? "the smallest step does not lead on" : "as many steps as are allowed",
                field_.free[0].name, branch_.points.back().parameter, branch_.points.back().period_s);
        return std::move(branch_);
    }

  private:
    // A small ellipse in the plane of the critical eigenvectors.
    std::optional<CurvePoint> first_cycle(const Special& hopf) {
        const Eigen::Index n = field_.dimension();
        Equations equations = field_.equations();
        Eigen::VectorXd at(n + 1);
        at << hopf.x, hopf.parameter;
        const Eigen::MatrixXcd shifted = equations.at(at).jacobian.leftCols(n).cast<Complex>() -
                                         Complex(0, hopf.frequency_rad_s) * Eigen::MatrixXcd::Identity(n, n);
        Eigen::VectorXcd q =
            Eigen::JacobiSVD<Eigen::MatrixXcd>(shifted, Eigen::ComputeFullV).matrixV().col(n - 1);
        q /= q.cwiseAbs().cwiseQuotient(width_).maxCoeff();
        const auto points = static_cast<Eigen::Index>(curve_.mesh().points());
        Eigen::VectorXd u(points * n + 2), direction = Eigen::VectorXd::Zero(points * n + 2);
        for (Eigen::Index k = 0; k < points; ++k) {
            const double angle =
                2.0 * std::numbers::pi * phase_of(curve_.mesh(), static_cast<std::size_t>(k));
            direction.segment(k * n, n) = (q * std::polar(1.0, angle)).real();
            u.segment(k * n, n) = hopf.x + first_amplitude * direction.segment(k * n, n);
        }
        u[points * n] = first_period_;
        u[points * n + 1] = hopf.parameter;
        curve_.set_reference(u);
        return settle(curve_, u, direction / length(curve_, direction), settings_.steps);
    }

    std::vector<Complex> nontrivial(const CurvePoint& at) {
        return without_trivial(curve_.multipliers(at.u));
    }

    void add_point(const CurvePoint& at) {
        CyclePoint point;
        point.parameter = curve_.parameter(at.u);
        point.period_s = curve_.period(at.u);
        point.low = point.high = curve_.state(at.u, 0);
        for (std::size_t k = 1; k < curve_.mesh().points(); ++k) {
            point.low = point.low.cwiseMin(curve_.state(at.u, k));
            point.high = point.high.cwiseMax(curve_.state(at.u, k));
        }
        if (settings_.shown) {
            point.shown_low = INFINITY, point.shown_high = -INFINITY;
            for (std::size_t k = 0; k < curve_.mesh().points(); ++k) {
                const double value = settings_.shown(curve_.state(at.u, k), point.parameter);
                point.shown_low = std::min(point.shown_low, value);
                point.shown_high = std::max(point.shown_high, value);
            }
        }
        point.multipliers = nontrivial(at);
        point.unstable =
            static_cast<std::size_t>(std::count_if(point.multipliers.begin(), point.multipliers.end(),
                                                   [](const Complex& m) { return std::abs(m) > 1.0; }));
        branch_.points.push_back(std::move(point));
    }

    void add_special(const CurvePoint& at, Bifurcation kind) {
        Special special;
        special.kind = kind;
        special.parameter = curve_.parameter(at.u);
        special.x = curve_.state(at.u, 0);
        special.frequency_rad_s = 2.0 * std::numbers::pi / curve_.period(at.u);
        special.eigenvalues = nontrivial(at);
        branch_.special.push_back(std::move(special));
    }

    // How two cycles turn alike about their means: negative once the radius has passed zero.
    double alike(const CurvePoint& a, const CurvePoint& b) const {
        const auto about_mean = [&](const CurvePoint& p) {
            Eigen::MatrixXd x(field_.dimension(), static_cast<Eigen::Index>(curve_.mesh().points()));
            for (Eigen::Index k = 0; k < x.cols(); ++k)
                x.col(k) = curve_.state(p.u, static_cast<std::size_t>(k)).cwiseQuotient(width_);
            const Eigen::VectorXd mean = x.rowwise().mean();
            return Eigen::MatrixXd(x.colwise() - mean);
        };
        return about_mean(a).cwiseProduct(about_mean(b)).sum();
    }

    bool advance(const CurvePoint& a, const CurvePoint& b, double distance) {
        if (alike(a, b) < 0.0) {
            branch_.end = fmt::format("a Hopf point near {} = {:.6g}", field_.free[0].name,
                                      0.5 * (curve_.parameter(a.u) + curve_.parameter(b.u)));
            return false;
        }
        const CyclePoint previous = branch_.points.back();
        add_point(b);
        const bool changed = previous.unstable != branch_.points.back().unstable;
        const auto test = [&](auto&& function, double fa, double fb, Bifurcation kind) {
            if (!(fa * fb < 0.0)) return;
            const auto at = locate(curve_, a, distance, fa, fb, function, settings_.steps);
            if (at && (crosses(*at, kind) || (kind == Bifurcation::cycle_fold && changed)))
                add_special(*at, kind);
        };
        const auto along = [](const CurvePoint& p) { return p.direction[p.direction.size() - 1]; };
        test(along, along(a), along(b), Bifurcation::cycle_fold);
        const auto &before = previous.multipliers, now = branch_.points.back().multipliers;
        if (now.size() > 1) {  // in a plane cycles cannot double
            test([&](const CurvePoint& p) { return doubling(nontrivial(p)); }, doubling(before),
                 doubling(now), Bifurcation::period_doubling);
            test([&](const CurvePoint& p) { return circle(nontrivial(p)); }, circle(before), circle(now),
                 Bifurcation::torus);
        }
        return goes_on(a, b, distance);
    }

    // Whether a multiplier is where this kind has it: test functions also change their signs where the curve
    // is too steep to be told from its own rounding (canards).
    bool crosses(const CurvePoint& at, Bifurcation kind) {
        const auto multipliers = nontrivial(at);
        return std::any_of(multipliers.begin(), multipliers.end(), [&](const Complex& m) {
            if (kind == Bifurcation::torus)
                return std::abs(m.imag()) > 1e-6 && std::abs(std::abs(m) - 1.0) < 1e-4;
            return std::abs(m - (kind == Bifurcation::cycle_fold ? 1.0 : -1.0)) < near_multiplier;
        });
    }

    bool goes_on(const CurvePoint& a, const CurvePoint& b, double distance) {
        const double parameter = curve_.parameter(b.u);
        for (const double bound : {range_.low, range_.high}) {
            const auto beyond = [&](const CurvePoint& p) { return curve_.parameter(p.u) - bound; };
            const bool out = bound == range_.low ? beyond(b) < 0.0 : beyond(b) > 0.0;
            if (!out) continue;
            branch_.points.pop_back();
            if (const auto at = locate(curve_, a, distance, beyond(a), beyond(b), beyond, settings_.steps))
                add_point(*at);
            return false;
        }
        if (curve_.period(b.u) > settings_.longest_period * first_period_) {
            add_special(b, Bifurcation::homoclinic);
            branch_.end = fmt::format(
                "the period grows without bound (here {:.6g} s) near {} = {:.8g}: a "
                "homoclinic orbit, or a saddle-node on the cycle",
                curve_.period(b.u), field_.free[0].name, parameter);
            return false;
        }
        return true;
    }

    const VectorField& field_;
    Range range_;
    CycleSettings settings_;
    CycleCurve curve_;
    Eigen::VectorXd width_;
    double first_period_ = 1.0;
    CycleBranch branch_;
};

}  // namespace

CycleBranch cycle_branch(const VectorField& field, const Range& range, const Box& box, const Special& hopf,
                         const CycleSettings& settings) {
    return CycleFollower(field, range, box, settings).run(hopf);
}

Cycle find_cycle(const VectorField& field, const Box& box, double parameter, const CycleSettings& settings) {
    const Eigen::Index n = field.dimension();
    Equations equations = field.equations();
    const Eigen::VectorXd p = Eigen::VectorXd::Constant(1, parameter);
    const auto refuse = [&](const std::string& what) -> Error {
        return Error(fmt::format("at {} = {:.6g} {} of '{}' {}", field.free[0].name, parameter,
                                 field.free[0].unit.name, field.model, what));
    };
    // The level: the middle of the first state's range after a while.
    Eigen::VectorXd x = field.start + 0.05 * (box.high - box.low);
    double low = INFINITY, high = -INFINITY;
    int steps = 0;
    x = integrate(equations, x, p, {.most_steps = 4000}, [&](double, const Eigen::VectorXd& now) {
        if (++steps > 2000) low = std::min(low, now[0]), high = std::max(high, now[0]);
        return now.allFinite();
    });
    if (!x.allFinite()) throw refuse("the flow runs away");
    const double level = 0.5 * (low + high);
    if (!(high - low > 1e-6 * (box.high - box.low)[0]))
        throw refuse("the flow comes to rest: there is no cycle");
    // Whole turns until their length settles; a turn is where the first state rises through the level.
    double before = x[0], last_time = 0.0, last_turn = 0.0, turn = 0.0;
    Eigen::VectorXd at_level = x;
    int turns = 0;
    Eigen::VectorXd previous = x;
    double previous_s = 0.0;
    integrate(equations, x, p, {}, [&](double time, const Eigen::VectorXd& now) {
        if (!now.allFinite()) return false;
        const bool rises = before < level && now[0] >= level;
        if (rises) {
            const double share = (level - before) / (now[0] - before);
            const double crossed = previous_s + share * (time - previous_s);
            turn = crossed - last_time;
            at_level = previous + share * (now - previous);
            const bool same = turns > 2 && std::abs(turn - last_turn) < settled * turn;
            last_turn = turn;
            last_time = crossed;
            if (++turns > most_turns || same) return false;
        }
        before = now[0], previous = now, previous_s = time;
        return steps++ < 2'000'000;
    });
    if (turns < 3 || turns > most_turns) throw refuse("the flow does not settle on a cycle");
    // One turn, sampled at the points of the mesh.
    CycleMesh mesh = even_mesh(settings);
    CycleCurve curve(field, {parameter - 1.0, parameter + 1.0}, box, mesh);
    curve.set_period_scale(turn);
    const auto points = static_cast<Eigen::Index>(mesh.points());
    Eigen::VectorXd u(points * n + 2);
    x = at_level;
    for (Eigen::Index k = 0; k < points; ++k) {
        u.segment(k * n, n) = x;
        x = integrate(equations, x, p, {.until_s = turn / static_cast<double>(points)});
    }
    u[points * n] = turn;
    u[points * n + 1] = parameter;
    Eigen::VectorXd fixed = Eigen::VectorXd::Zero(u.size());
    fixed[u.size() - 1] = 1.0;
    for (int pass = 0; pass < 3; ++pass) {
        curve.set_reference(u);
        const auto settled_cycle = settle(curve, u, fixed / length(curve, fixed), settings.steps);
        if (!settled_cycle) throw refuse("Newton's method does not settle on the cycle that the flow shows");
        u = settled_cycle->u;
        Eigen::VectorXd unused = fixed;
        if (pass < 2) curve.adapt(u, unused);
    }
    Cycle cycle;
    cycle.parameter = parameter;
    cycle.period_s = curve.period(u);
    cycle.multipliers = without_trivial(curve.multipliers(u));
    // The adjoint at the ends of intervals: Z_i = M_i^T Z_{i+1}, from the left eigenvector of the
    // eigenvalue 1.
    const std::vector<Eigen::MatrixXd> maps = curve.maps(u);
    Eigen::MatrixXd whole = Eigen::MatrixXd::Identity(n, n);
    for (const Eigen::MatrixXd& m : maps) whole = m * whole;
    Eigen::VectorXd z = Eigen::JacobiSVD<Eigen::MatrixXd>(whole.transpose() - Eigen::MatrixXd::Identity(n, n),
                                                          Eigen::ComputeFullV)
                            .matrixV()
                            .col(n - 1);
    const std::size_t count = maps.size(), degree = static_cast<std::size_t>(settings.degree);
    std::vector<Eigen::VectorXd> response(count + 1), states(count + 1);
    for (std::size_t i = count + 1; i-- > 0;) {
        if (i < count) z = maps[i].transpose() * z;
        z /= z.dot(curve.slope(u, i * degree));
        response[i] = z;
        states[i] = curve.state(u, i * degree);
    }
    // Phase 0 is the highest value of the first state.
    std::size_t top = 0;
    for (std::size_t i = 1; i < count; ++i)
        if (states[i][0] > states[top][0]) top = i;
    cycle.states.resize(n, static_cast<Eigen::Index>(count + 1));
    cycle.response.resize(n, static_cast<Eigen::Index>(count + 1));
    for (std::size_t k = 0; k <= count; ++k) {
        const std::size_t i = (top + k) % count;
        const double phase = curve.mesh().at[i] - curve.mesh().at[top];
        cycle.phase.push_back(k == count ? 1.0 : phase < 0.0 ? phase + 1.0 : phase);
        cycle.states.col(static_cast<Eigen::Index>(k)) = states[i];
        cycle.response.col(static_cast<Eigen::Index>(k)) = response[i];
    }
    return cycle;
}

}  // namespace neurodyn::dynamics
