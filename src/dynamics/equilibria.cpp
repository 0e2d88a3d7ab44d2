// SPDX-License-Identifier: BSD-3-Clause
// Continuation of fixed points: test functions along the curve, sections that find its parts.
#include "dynamics/equilibria.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "dynamics/multilinear.hpp"

namespace neurodyn::dynamics {
namespace {

using Complex = std::complex<double>;

constexpr double far = 1e4;             // widths of the box beyond which a branch is not followed
constexpr double same_point = 1e-5;     // lengths
constexpr double leaves_branch = 1e-2;  // of the first step across a branch point
constexpr std::size_t most_branches = 64;

class Follower {
  public:
    Follower(const VectorField& field, const Range& range, const Box& box, const StepSettings& settings,
             std::size_t starts)
        : field_(field),
          range_(range),
          box_(box),
          settings_(settings),
          starts_(starts),
          equations_(field.equations()),
          curve_(equations_, range, box.high - box.low) {}

    std::vector<Branch> run(std::size_t sections) {
        for (std::size_t k = 0; k < sections + 2; ++k)
            sections_.push_back(range_.low + (range_.high - range_.low) * static_cast<double>(k) /
                                                 static_cast<double>(sections + 1));
        crossings_.resize(sections_.size());
        for (std::size_t k = 0; k < sections_.size(); ++k) start_at(k);
        return std::move(branches_);
    }

  private:
    Eigen::Index n() const { return field_.dimension(); }

    void start_at(std::size_t section) {
        Eigen::VectorXd parameter(1);
        parameter[0] = sections_[section];
        for (const FixedPoint& point : find_fixed_points(field_, equations_, parameter, {starts_, box_})) {
            Eigen::VectorXd u(n() + 1);
            u << point.x, parameter;
            if (is_known(section, u)) continue;
            crossings_[section].push_back(u);
            const auto direction = only_direction(u);
            if (!direction) continue;
            const bool first = section == 0, last = section + 1 == sections_.size();
            both_ways({u, *direction}, !last, !first);
        }
    }

    bool is_known(std::size_t section, const Eigen::VectorXd& u) const {
        return std::any_of(crossings_[section].begin(), crossings_[section].end(),
                           [&](const Eigen::VectorXd& c) { return length(curve_, c - u) < same_point; });
    }

    /// Along growing parameters; nothing where the derivatives have a kernel of more dimensions.
    std::optional<Eigen::VectorXd> only_direction(const Eigen::VectorXd& u) {
        const Eigen::VectorXd root = curve_.weights().cwiseSqrt();
        const Eigen::MatrixXd j = equations_.at(u).jacobian * root.cwiseInverse().asDiagonal();
        if (!j.allFinite()) return std::nullopt;
        const Eigen::JacobiSVD<Eigen::MatrixXd> svd(j, Eigen::ComputeFullV);
        Eigen::VectorXd d = root.cwiseInverse().asDiagonal() * svd.matrixV().col(n());
        if (d[n()] < 0.0) d = -d;
        return d / length(curve_, d);
    }

    /// One branch, from a point towards growing and falling parameters.
    void both_ways(const CurvePoint& start, bool forward, bool backward) {
        if (branches_.size() >= most_branches) return;
        Branch branch;
        closed_ = false;
        if (backward) one_way({start.u, -start.direction}, branch);
        std::reverse(branch.points.begin(), branch.points.end());
        std::reverse(branch.special.begin(), branch.special.end());
        if (!closed_ && forward) one_way(start, branch);
        const std::vector<CurvePoint> crossings = std::exchange(crossing_points_, {});
        if (branch.points.size() > 1) branches_.push_back(std::move(branch));
        for (const CurvePoint& crossing : crossings) across(crossing);
    }

    void one_way(const CurvePoint& start, Branch& branch) {
        if (branch.points.empty()) add_point(start, branch);
        std::size_t steps = 0;
        const double sign = start.direction[n()] < 0.0 ? -1.0 : 1.0;
        const Stop why =
            follow(curve_, start, settings_, [&](const CurvePoint& a, const CurvePoint& b, double d) {
                const bool inside = advance(a, b, d, branch);
                if (++steps > 3 && length(curve_, b.u - start.u) < d && b.direction[n()] * sign > 0.0 &&
                    returned(start, b)) {
                    branch.end = "closed";
                    closed_ = true;
                    add_point(start, branch);
                    return false;
                }
                return inside;
            });
        if (why == Stop::asked) return;
        const BranchPoint& last = branch.points.back();
        branch.end = fmt::format(
            "{} at {} = {:.8g}",
            why == Stop::stalled ? "the smallest step does not lead on" : "as many steps as are allowed",
            field_.free[0].name, last.parameter);
    }

    bool returned(const CurvePoint& start, const CurvePoint& now) const {
        const Eigen::VectorXd weights = curve_.weights();
        return (weights.array() * start.direction.array() * now.direction.array()).sum() > 0.9;
    }

    FixedPoint classified(const CurvePoint& at) {
        return classify(at.u.head(n()), curve_.states_jacobian(at.u));
    }

    void add_point(const CurvePoint& at, Branch& branch) {
        const FixedPoint point = classified(at);
        const auto unstable = std::count_if(point.eigenvalues.begin(), point.eigenvalues.end(),
                                            [](const Complex& e) { return e.real() > 0.0; });
        branch.points.push_back({at.u[n()], at.u.head(n()), static_cast<std::size_t>(unstable)});
    }

    /// The determinant of the derivatives with the direction as last row, each row of length one: it changes
    /// its sign at branch points.
    double crossing(const CurvePoint& at) {
        Eigen::MatrixXd m(n() + 1, n() + 1);
        m << equations_.at(at.u).jacobian, curve_.weights().cwiseProduct(at.direction).transpose();
        const Eigen::VectorXd root = curve_.weights().cwiseSqrt().cwiseInverse();
        m = m * root.asDiagonal();
        m.rowwise().normalize();
        return m.determinant();
    }

    /// Events between two points; false when the branch ends here.
    bool advance(const CurvePoint& a, const CurvePoint& b, double distance, Branch& branch) {
        const auto test = [&](auto&& function, auto&& use) {
            const double fa = function(a), fb = function(b);
            if (!(fa * fb < 0.0)) return;
            if (const auto at = locate(curve_, a, distance, fa, fb, function, settings_)) use(*at);
        };
        std::vector<std::pair<double, Special>> found;
        const auto add = [&](const CurvePoint& at, Special special) {
            special.parameter = at.u[n()];
            special.x = at.u.head(n());
            special.point = at;
            if (special.parameter < range_.low || special.parameter > range_.high) return;
            found.emplace_back(length(curve_, at.u - a.u), std::move(special));
        };
        test([&](const CurvePoint& p) { return p.direction[n()]; },
             [&](const CurvePoint& at) {
                 Special fold;
                 fold.eigenvalues = classified(at).eigenvalues;
                 add(at, std::move(fold));
             });
        test([&](const CurvePoint& p) { return pair_sums(classified(p).eigenvalues); },
             [&](const CurvePoint& at) {
                 if (auto hopf = hopf_at(at)) add(at, std::move(*hopf));
             });
        test([&](const CurvePoint& p) { return crossing(p); },
             [&](const CurvePoint& at) {
                 Special point;
                 point.kind = Bifurcation::branch_point;
                 point.eigenvalues = classified(at).eigenvalues;
                 crossing_points_.push_back(at);
                 add(at, std::move(point));
             });
        std::sort(found.begin(), found.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
        for (auto& [place, special] : found) branch.special.push_back(std::move(special));
        note_crossings(a, b, distance);
        return inside(a, b, distance, branch);
    }

    std::optional<Special> hopf_at(const CurvePoint& at) {
        Special hopf;
        hopf.kind = Bifurcation::hopf;
        const Eigen::MatrixXd jacobian = curve_.states_jacobian(at.u);
        hopf.eigenvalues = sorted_eigenvalues(jacobian);
        const Complex pair = critical_pair(hopf.eigenvalues);
        if (pair.imag() == 0.0 || std::abs(pair.real()) > 1e-4 * pair.imag())
            return std::nullopt;  // a neutral saddle
        hopf.frequency_rad_s = pair.imag();
        if (!forms_) forms_.emplace(field_);
        forms_->move_to(at.u);
        hopf.first_lyapunov = first_lyapunov(*forms_, jacobian, pair.imag());
        return hopf;
    }

    /// Where the branch passes the sections, so that it is not begun there again.
    void note_crossings(const CurvePoint& a, const CurvePoint& b, double distance) {
        for (std::size_t k = 0; k < sections_.size(); ++k) {
            const auto beyond = [&](const CurvePoint& p) { return p.u[n()] - sections_[k]; };
            const double fa = beyond(a), fb = beyond(b);
            if (fa == 0.0 || !(fa * fb <= 0.0)) continue;
            if (const auto at = locate(curve_, a, distance, fa, fb, beyond, settings_))
                crossings_[k].push_back(at->u);
        }
    }

    bool inside(const CurvePoint& a, const CurvePoint& b, double distance, Branch& branch) {
        for (const double bound : {range_.low, range_.high}) {
            const auto beyond = [&](const CurvePoint& p) { return p.u[n()] - bound; };
            const bool out = bound == range_.low ? beyond(b) < 0.0 : beyond(b) > 0.0;
            if (!out) continue;
            if (const auto at = locate(curve_, a, distance, beyond(a), beyond(b), beyond, settings_))
                add_point(*at, branch);
            return false;
        }
        add_point(b, branch);
        const Eigen::VectorXd width = box_.high - box_.low;
        if ((b.u.head(n()) - box_.low).cwiseQuotient(width).cwiseAbs().maxCoeff() < far) return true;
        branch.end = fmt::format("far outside of the box at {} = {:.8g}", field_.free[0].name, b.u[n()]);
        return false;
    }

    /// The other branch through a point where two cross: across the first, in the plane of both.
    void across(const CurvePoint& at) {
        const Eigen::VectorXd root = curve_.weights().cwiseSqrt();
        const Eigen::MatrixXd j = equations_.at(at.u).jacobian * root.cwiseInverse().asDiagonal();
        const Eigen::JacobiSVD<Eigen::MatrixXd> svd(j, Eigen::ComputeFullV);
        const Eigen::VectorXd t = root.cwiseProduct(at.direction).normalized();
        Eigen::VectorXd other = svd.matrixV().col(n());
        if (std::abs(other.dot(t)) > 0.9) other = svd.matrixV().col(n() - 1);
        other = (other - other.dot(t) * t).normalized();
        const Eigen::VectorXd direction = root.cwiseInverse().cwiseProduct(other);
        for (const double sign : {1.0, -1.0}) {
            const CurvePoint from{at.u, sign * direction};
            auto next = step(curve_, from, leaves_branch, settings_);
            if (!next || passes(next->u)) continue;
            away_from(at, *next);
        }
    }

    /// A branch from a point near a branch point, away from it.
    void away_from(const CurvePoint& origin, const CurvePoint& start) {
        if (branches_.size() >= most_branches) return;
        Branch branch;
        closed_ = false;
        add_point(origin, branch);
        one_way(start, branch);
        keep(std::move(branch));
    }

    void keep(Branch branch) {
        const std::vector<CurvePoint> crossings = std::exchange(crossing_points_, {});
        if (branch.points.size() > 1) branches_.push_back(std::move(branch));
        for (const CurvePoint& crossing : crossings) across(crossing);
    }

    /// Whether a branch is already known near this point: its nearest piece is closer than a tenth of its
    /// length.
    bool passes(const Eigen::VectorXd& u) const {
        for (const Branch& branch : branches_)
            for (std::size_t i = 1; i < branch.points.size(); ++i) {
                Eigen::VectorXd a(n() + 1), b(n() + 1);
                a << branch.points[i - 1].x, branch.points[i - 1].parameter;
                b << branch.points[i].x, branch.points[i].parameter;
                const double piece = length(curve_, b - a);
                if (piece == 0.0) continue;
                const Eigen::VectorXd w = curve_.weights();
                const double share = std::clamp(
                    (w.array() * (u - a).array() * (b - a).array()).sum() / (piece * piece), 0.0, 1.0);
                if (length(curve_, u - a - share * (b - a)) < 0.1 * leaves_branch) return true;
            }
        return false;
    }

    const VectorField& field_;
    Range range_;
    Box box_;
    StepSettings settings_;
    std::size_t starts_;
    Equations equations_;
    EquilibriumCurve curve_;
    std::optional<Multilinear> forms_;
    std::vector<double> sections_;
    std::vector<std::vector<Eigen::VectorXd>> crossings_;  ///< by section
    std::vector<CurvePoint> crossing_points_;              ///< of the branch that is being followed
    std::vector<Branch> branches_;
    bool closed_ = false;
};

}  // namespace

std::string_view to_string(Bifurcation kind) {
    static constexpr std::array<std::string_view, 12> names = {
        "fold",       "Hopf", "branch point",    "fold of cycles", "period doubling", "torus",
        "homoclinic", "cusp", "Bogdanov-Takens", "Bautin",         "zero-Hopf",       "double Hopf"};
    return names[static_cast<std::size_t>(kind)];
}

std::string describe(const Special& special) {
    if (special.kind == Bifurcation::hopf)
        return fmt::format("{}, {:.6g} Hz", special.first_lyapunov < 0.0 ? "supercritical" : "subcritical",
                           special.frequency_rad_s / (2.0 * std::numbers::pi));
    if (special.second && special.frequency_rad_s > 0.0)
        return fmt::format("{:.6g} Hz", special.frequency_rad_s / (2.0 * std::numbers::pi));
    if (special.frequency_rad_s > 0.0)
        return fmt::format("period {:.6g} ms", 2e3 * std::numbers::pi / special.frequency_rad_s);
    return {};
}

std::string describe(const std::vector<Complex>& eigenvalues) {
    std::string text;
    for (const Complex& e : eigenvalues)
        text += fmt::format("{}{:.6g}", text.empty() ? "" : ", ", e.real()) +
                (e.imag() == 0.0 ? "" : fmt::format("{:+.6g}i", e.imag()));
    return text;
}

EquilibriumCurve::EquilibriumCurve(Equations& equations, const Range& range, const Eigen::VectorXd& width)
    : equations_(equations), weights_(equations.size()) {
    const Eigen::Index n = width.size();
    weights_.head(n) = width.cwiseAbs2().cwiseInverse();
    weights_[n] = 1.0 / ((range.high - range.low) * (range.high - range.low));
}

Eigen::MatrixXd EquilibriumCurve::states_jacobian(const Eigen::VectorXd& u) {
    return equations_.at(u).jacobian.leftCols(equations_.rows());
}

std::optional<Eigen::VectorXd> EquilibriumCurve::solve(const Eigen::VectorXd& u, const Eigen::VectorXd& row,
                                                       bool residual, double along) {
    const Linearised here = equations_.at(u);
    if (!here.value.allFinite() || !here.jacobian.allFinite()) return std::nullopt;
    const Eigen::Index n = equations_.rows();
    Eigen::MatrixXd m(n + 1, n + 1);
    m << here.jacobian, row.transpose();
    Eigen::VectorXd right = Eigen::VectorXd::Zero(n + 1);
    if (residual) right.head(n) = -here.value;
    right[n] = along;
    // Rows and columns of one size, so that pivots mean something.
    const Eigen::VectorXd columns = weights_.cwiseSqrt().cwiseInverse();
    m = m * columns.asDiagonal();
    const Eigen::VectorXd size = m.rowwise().norm().cwiseMax(1e-300);
    m = size.cwiseInverse().asDiagonal() * m;
    const Eigen::VectorXd d = m.partialPivLu().solve(right.cwiseQuotient(size));
    if (!d.allFinite()) return std::nullopt;
    return columns.cwiseProduct(d);
}

std::vector<Branch> equilibrium_branches(const VectorField& field, const Range& range, const Box& box,
                                         const StepSettings& settings, std::size_t starts,
                                         std::size_t sections) {
    return Follower(field, range, box, settings, starts).run(sections);
}

}  // namespace neurodyn::dynamics
