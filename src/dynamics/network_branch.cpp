// SPDX-License-Identifier: BSD-3-Clause
// Sparse Newton's method along the branch, roots by dense matrices, bifurcations by their real parts.
#include "dynamics/network_branch.hpp"

#include <fmt/format.h>

#include <Eigen/SparseLU>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/error.hpp"

namespace neurodyn::dynamics {
namespace {

using Complex = std::complex<double>;
using Sparse = Eigen::SparseMatrix<double>;

constexpr Eigen::Index largest_matrix = 1200;                // rows
constexpr Eigen::Index most_points = 24, fewest_points = 8;  // of the discretised delay
constexpr std::size_t refined_roots = 6;
constexpr int newton_steps = 12, relaxation_steps = 2000;
constexpr double near_piece = 0.05;  // of a piece's length: what its bend may be

Eigen::MatrixXcd characteristic(const NetworkLinearised& at, Complex z, bool derivative) {
    const Eigen::Index n = at.value.size();
    Eigen::MatrixXcd m = Eigen::MatrixXcd::Identity(n, n);
    if (!derivative) m *= z;
    for (const DelayedEntry& entry : at.jacobian) {
        const Complex factor = std::exp(-z * entry.delay_s);
        m(entry.row, entry.column) +=
            derivative ? entry.delay_s * entry.value * factor : -entry.value * factor;
    }
    return m;
}

/// Newton's method on D(z) v = 0, c.v = 1. The guess where it does not settle.
Complex refined(const NetworkLinearised& at, Complex guess) {
    const Eigen::Index n = at.value.size();
    Eigen::VectorXcd v = Eigen::VectorXcd::Ones(n);
    for (Eigen::Index i = 0; i < n; ++i) v[i] = Complex(1.0 + 0.1 * static_cast<double>(i % 7), 0.05);
    const double size = std::abs(guess) + 1e-3;
    const Eigen::PartialPivLU<Eigen::MatrixXcd> lu(characteristic(at, guess + 1e-7 * size, false));
    for (int k = 0; k < 3; ++k) v = lu.solve(v).normalized();
    const Eigen::VectorXcd c = v;
    Complex z = guess;
    for (int k = 0; k < newton_steps; ++k) {
        Eigen::MatrixXcd m = Eigen::MatrixXcd::Zero(n + 1, n + 1);
        m.topLeftCorner(n, n) = characteristic(at, z, false);
        m.topRightCorner(n, 1) = characteristic(at, z, true) * v;
        m.bottomLeftCorner(1, n) = c.adjoint();
        Eigen::VectorXcd right(n + 1);
        right << -(m.topLeftCorner(n, n) * v), 1.0 - c.dot(v);
        const Eigen::VectorXcd d = m.partialPivLu().solve(right);
        if (!d.allFinite()) return guess;
        v += d.head(n);
        z += d[n];
        if (std::abs(d[n]) > 1e-13 * size) continue;
        if (guess.imag() == 0.0 || std::abs(z.imag()) < 1e-12 * size) z = z.real();
        return std::abs(z - guess) < 0.3 * size ? z : guess;
    }
    return guess;
}

/// Chebyshev's points on [-delay, 0], the first at 0, and the matrix of slopes at them (Trefethen 2000,
/// Spectral methods in MATLAB, chapter 6).
struct Chebyshev {
    Eigen::VectorXd at;
    Eigen::MatrixXd slopes;
    Chebyshev(Eigen::Index intervals, double delay_s)
        : at(intervals + 1), slopes(intervals + 1, intervals + 1) {
        Eigen::VectorXd weight(intervals + 1);
        for (Eigen::Index k = 0; k <= intervals; ++k) {
            at[k] =
                0.5 * delay_s *
                (std::cos(std::numbers::pi * static_cast<double>(k) / static_cast<double>(intervals)) - 1.0);
            weight[k] = (k % 2 == 0 ? 1.0 : -1.0) * (k == 0 || k == intervals ? 2.0 : 1.0);
        }
        for (Eigen::Index i = 0; i <= intervals; ++i) {
            slopes(i, i) = 0.0;
            for (Eigen::Index j = 0; j <= intervals; ++j)
                if (i != j) slopes(i, j) = weight[i] / weight[j] / (at[i] - at[j]);
            slopes(i, i) = -slopes.row(i).sum();
        }
    }
    /// Lagrange's polynomials at a place, by barycentric weights.
    Eigen::VectorXd values_at(double place) const {
        const Eigen::Index last = at.size() - 1;
        Eigen::VectorXd value(at.size());
        for (Eigen::Index k = 0; k <= last; ++k) {
            if (at[k] == place) return Eigen::VectorXd::Unit(at.size(), k);
            value[k] = (k % 2 == 0 ? 1.0 : -1.0) * (k == 0 || k == last ? 0.5 : 1.0) / (place - at[k]);
        }
        return value / value.sum();
    }
};

Eigen::MatrixXd generator(const NetworkLinearised& at, double longest_s) {
    const Eigen::Index n = at.value.size();
    const Eigen::Index intervals = std::min(most_points, largest_matrix / n - 1);
    if (intervals < fewest_points)
        throw Error(
            fmt::format("{} states with delays make a matrix of more than {} rows; the roots of fewer "
                        "states can be found",
                        n, largest_matrix));
    const Chebyshev points(intervals, longest_s);
    Eigen::MatrixXd m = Eigen::MatrixXd::Zero(n * (intervals + 1), n * (intervals + 1));
    for (const DelayedEntry& entry : at.jacobian) {
        const Eigen::VectorXd share = points.values_at(-entry.delay_s);
        for (Eigen::Index k = 0; k <= intervals; ++k)
            m(entry.row, k * n + entry.column) += entry.value * share[k];
    }
    for (Eigen::Index k = 1; k <= intervals; ++k)
        for (Eigen::Index j = 0; j <= intervals; ++j)
            m.block(k * n, j * n, n, n).diagonal().setConstant(points.slopes(k, j));
    return m;
}

/// The branch's equations; lengths count states in their widths, as means over them.
class NetworkCurve final : public Curve {
  public:
    NetworkCurve(NetworkEquations& equations, const Range& range, const Eigen::VectorXd& width)
        : equations_(equations), weights_(equations.size() + 1) {
        const Eigen::Index n = equations.size();
        weights_.head(n) = width.cwiseAbs2().cwiseInverse() / static_cast<double>(n);
        weights_[n] = 1.0 / ((range.high - range.low) * (range.high - range.low));
    }
    const Eigen::VectorXd& weights() const override { return weights_; }

    std::optional<Eigen::VectorXd> solve(const Eigen::VectorXd& u, const Eigen::VectorXd& row, bool residual,
                                         double along) override {
        const Eigen::Index n = equations_.size();
        const NetworkLinearised here = equations_.at(u);
        if (!here.value.allFinite() || !here.slope.allFinite()) return std::nullopt;
        std::vector<Eigen::Triplet<double>> entries;
        for (const DelayedEntry& entry : here.jacobian)
            entries.emplace_back(entry.row, entry.column, entry.value);
        const double size = here.slope.cwiseAbs().maxCoeff() + 1.0;
        for (Eigen::Index i = 0; i < n; ++i)
            if (here.slope[i] != 0.0) entries.emplace_back(i, n, here.slope[i]);
        for (Eigen::Index i = 0; i <= n; ++i) entries.emplace_back(n, i, size * row[i]);
        Sparse m(n + 1, n + 1);
        m.setFromTriplets(entries.begin(), entries.end());
        const Eigen::SparseLU<Sparse> lu(m);
        if (lu.info() != Eigen::Success) return std::nullopt;
        Eigen::VectorXd right = Eigen::VectorXd::Zero(n + 1);
        if (residual) right.head(n) = -here.value;
        right[n] = size * along;
        const Eigen::VectorXd d = lu.solve(right);
        if (!d.allFinite()) return std::nullopt;
        return d;
    }

  private:
    NetworkEquations& equations_;
    Eigen::VectorXd weights_;
};

/// Implicit steps that grow as the slopes fall (Kelley & Keyes 1998, doi:10.1137/S0036142996304796). Nothing
/// where they do not come to rest.
std::optional<Eigen::VectorXd> relaxed(NetworkEquations& equations, double parameter) {
    const Eigen::Index n = equations.size();
    Eigen::VectorXd u(n + 1);
    u << equations.field().start(), parameter;
    NetworkLinearised here = equations.at(u);
    double fastest = 1e-300;
    for (const DelayedEntry& entry : here.jacobian) fastest = std::max(fastest, std::abs(entry.value));
    double step_s = 0.1 / fastest;
    for (int k = 0; k < relaxation_steps; ++k) {
        std::vector<Eigen::Triplet<double>> entries;
        for (const DelayedEntry& entry : here.jacobian)
            entries.emplace_back(entry.row, entry.column, -entry.value);
        for (Eigen::Index i = 0; i < n; ++i) entries.emplace_back(i, i, 1.0 / step_s);
        Sparse m(n, n);
        m.setFromTriplets(entries.begin(), entries.end());
        const Eigen::SparseLU<Sparse> lu(m);
        if (lu.info() != Eigen::Success) return std::nullopt;
        const Eigen::VectorXd d = lu.solve(here.value);
        Eigen::VectorXd next = u;
        next.head(n) += d;
        NetworkLinearised there = equations.at(next);
        if (!d.allFinite() || !there.value.allFinite()) {
            step_s *= 0.1;
            if (step_s < 1e-12 / fastest) return std::nullopt;
            continue;
        }
        const double before = here.value.norm(), after = there.value.norm();
        u = next;
        here = std::move(there);
        if (d.norm() < 1e-13 * (1.0 + u.head(n).norm()) && step_s * fastest > 1e3) return u;
        step_s *= std::clamp(before / std::max(after, 1e-300), 0.3, 3.0);
        if (after == 0.0) return u;
        step_s = std::min(step_s, 1e10 / fastest);
    }
    return std::nullopt;
}

class NetworkFollower {
  public:
    NetworkFollower(const NetworkField& field, const Range& range, const StepSettings& settings)
        : field_(field), range_(range), settings_(settings), equations_(field) {}

    std::vector<NetworkBranch> run() {
        std::vector<Eigen::VectorXd> starts;
        for (const double value : {range_.low, range_.high, 0.5 * (range_.low + range_.high), field_.value})
            if (value >= range_.low && value <= range_.high)
                if (const auto at = relaxed(equations_, value)) starts.push_back(*at);
        if (starts.empty()) return {};
        NetworkCurve curve(equations_, range_, widths(starts));
        for (const Eigen::VectorXd& start : starts)
            if (!passes(curve, start)) both_ways(curve, start);
        return std::move(branches_);
    }

  private:
    Eigen::Index n() const { return equations_.size(); }

    /// Of each state over all of its nodes and starts.
    Eigen::VectorXd widths(const std::vector<Eigen::VectorXd>& starts) const {
        Eigen::VectorXd all(n());
        Eigen::Index offset = 0;
        for (const NetworkGroup& group : field_.groups) {
            const auto states = static_cast<Eigen::Index>(group.states.size());
            for (Eigen::Index s = 0; s < states; ++s) {
                double low = INFINITY, high = -INFINITY;
                for (const Eigen::VectorXd& start : starts)
                    for (Eigen::Index i = offset + s; i < offset + group.start.size(); i += states)
                        low = std::min(low, start[i]), high = std::max(high, start[i]);
                double width = high - low + 0.1 * std::max(std::abs(low), std::abs(high));
                if (width < 1e-9) width = 1.0;
                for (Eigen::Index i = offset + s; i < offset + group.start.size(); i += states)
                    all[i] = width;
            }
            offset += group.start.size();
        }
        return all;
    }

    bool passes(const NetworkCurve& curve, const Eigen::VectorXd& u) const {
        for (const NetworkBranch& branch : branches_)
            for (std::size_t i = 1; i < branch.points.size(); ++i) {
                Eigen::VectorXd a(n() + 1), b(n() + 1);
                a << branch.points[i - 1].x, branch.points[i - 1].parameter;
                b << branch.points[i].x, branch.points[i].parameter;
                const Eigen::VectorXd w = curve.weights();
                const double piece = length(curve, b - a);
                if (piece == 0.0) continue;
                const double share = std::clamp(
                    (w.array() * (u - a).array() * (b - a).array()).sum() / (piece * piece), 0.0, 1.0);
                if (length(curve, u - a - share * (b - a)) < near_piece * piece) return true;
            }
        return false;
    }

    void both_ways(NetworkCurve& curve, const Eigen::VectorXd& start) {
        Eigen::VectorXd along_parameter = Eigen::VectorXd::Zero(n() + 1);
        along_parameter[n()] = 1.0;
        along_parameter /= length(curve, along_parameter);
        const auto at = settle(curve, start, along_parameter, settings_);
        if (!at) return;
        NetworkBranch branch;
        add_point(*at, branch);
        if (start[n()] > range_.low) one_way(curve, {at->u, -at->direction}, branch);
        std::reverse(branch.points.begin(), branch.points.end());
        std::reverse(branch.special.begin(), branch.special.end());
        if (start[n()] < range_.high) one_way(curve, *at, branch);
        branches_.push_back(std::move(branch));
    }

    void one_way(NetworkCurve& curve, const CurvePoint& start, NetworkBranch& branch) {
        roots_ = roots(start);
        const Stop why =
            follow(curve, start, settings_, [&](const CurvePoint& a, const CurvePoint& b, double d) {
                return advance(curve, a, b, d, branch);
            });
        if (why != Stop::asked)
            branch.end = fmt::format(
                "{} at {} = {:.8g}",
                why == Stop::stalled ? "the smallest step does not lead on" : "as many steps as are allowed",
                field_.parameter.name, branch.points.back().parameter);
    }

    std::vector<Complex> roots(const CurvePoint& at) { return characteristic_roots(equations_.at(at.u)); }

    static std::size_t unstable(const std::vector<Complex>& roots) {
        return static_cast<std::size_t>(
            std::count_if(roots.begin(), roots.end(), [](const Complex& z) { return z.real() > 0.0; }));
    }

    void add_point(const CurvePoint& at, NetworkBranch& branch) {
        const std::vector<Complex> all = roots(at);
        branch.points.push_back(
            {at.u[n()],
             at.u.head(n()),
             unstable(all),
             {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(refined_roots, all.size()))}});
    }

    /// Real parts by rank change without jumps: where one of them changes its sign, so does the number of
    /// unstable roots.
    bool advance(NetworkCurve& curve, const CurvePoint& a, const CurvePoint& b, double distance,
                 NetworkBranch& branch) {
        const std::vector<Complex> before = std::exchange(roots_, roots(b));
        std::vector<std::pair<double, Special>> found;
        const auto [low, high] = std::minmax({unstable(before), unstable(roots_)});
        for (std::size_t rank = low; rank < high; ++rank) {
            const auto real_part = [&](const CurvePoint& p) { return roots(p)[rank].real(); };
            const auto at =
                locate(curve, a, distance, before[rank].real(), roots_[rank].real(), real_part, settings_);
            if (!at) continue;
            Special special;
            special.eigenvalues = roots(*at);
            const Complex critical = special.eigenvalues[rank];
            if (critical.imag() != 0.0) ++rank;  // the other of the pair
            special.eigenvalues.resize(std::min(special.eigenvalues.size(), refined_roots));
            special.kind = critical.imag() != 0.0                      ? Bifurcation::hopf
                           : a.direction[n()] * b.direction[n()] < 0.0 ? Bifurcation::fold
                                                                       : Bifurcation::branch_point;
            special.frequency_rad_s = std::abs(critical.imag());
            special.parameter = at->u[n()];
            special.x = at->u.head(n());
            if (special.parameter < range_.low || special.parameter > range_.high) continue;
            found.emplace_back(length(curve, at->u - a.u), std::move(special));
        }
        std::sort(found.begin(), found.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
        for (auto& [place, special] : found) branch.special.push_back(std::move(special));
        for (const double bound : {range_.low, range_.high}) {
            const auto beyond = [&](const CurvePoint& p) { return p.u[n()] - bound; };
            if (!(bound == range_.low ? beyond(b) < 0.0 : beyond(b) > 0.0)) continue;
            if (const auto at = locate(curve, a, distance, beyond(a), beyond(b), beyond, settings_))
                add_point(*at, branch);
            return false;
        }
        add_point(b, branch);
        return true;
    }

    const NetworkField& field_;
    Range range_;
    StepSettings settings_;
    NetworkEquations equations_;
    std::vector<NetworkBranch> branches_;
    std::vector<Complex> roots_;  ///< where the branch has been followed to
};

}  // namespace

std::vector<Complex> characteristic_roots(const NetworkLinearised& at) {
    double longest_s = 0.0;
    for (const DelayedEntry& entry : at.jacobian) longest_s = std::max(longest_s, entry.delay_s);
    if (longest_s == 0.0) {
        if (at.value.size() > largest_matrix)
            throw Error(
                fmt::format("{} states make a matrix of more than {} rows; the eigenvalues of fewer "
                            "states can be found",
                            at.value.size(), largest_matrix));
        Eigen::MatrixXd m = Eigen::MatrixXd::Zero(at.value.size(), at.value.size());
        for (const DelayedEntry& entry : at.jacobian) m(entry.row, entry.column) += entry.value;
        return sorted_eigenvalues(m);
    }
    std::vector<Complex> roots = sorted_eigenvalues(generator(at, longest_s));
    for (std::size_t k = 0; k < std::min(refined_roots, roots.size()); ++k)
        if (roots[k].imag() < 0.0 && k > 0 &&
            std::abs(roots[k] - std::conj(roots[k - 1])) < 0.1 * std::abs(roots[k]))
            roots[k] = std::conj(roots[k - 1]);
        else
            roots[k] = refined(at, roots[k]);
    std::stable_sort(roots.begin(), roots.end(),
                     [](const Complex& a, const Complex& b) { return a.real() > b.real(); });
    return roots;
}

std::vector<NetworkBranch> network_branches(const NetworkField& field, const Range& range,
                                            const StepSettings& settings) {
    return NetworkFollower(field, range, settings).run();
}

}  // namespace neurodyn::dynamics
