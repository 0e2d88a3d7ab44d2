// SPDX-License-Identifier: BSD-3-Clause
// Curves of bifurcations: begun at diagrams of one parameter, followed, and what is on them.
#include "dynamics/two_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "dynamics/bifurcation_curve.hpp"
#include "dynamics/multilinear.hpp"

namespace neurodyn::dynamics {
namespace {

using Complex = std::complex<double>;

constexpr double same_curve = 3e-3, same_point = 1e-3;  // lengths
constexpr double longest_step = 0.04;                   // so that curves are drawn smoothly
constexpr std::size_t most_curves = 64;
constexpr std::size_t starts = 60, sections_of_diagram = 1;
constexpr double far = 1e3;  // widths of the box

/// Zero where another eigenvalue than the critical pair is.
double others_zero(std::vector<Complex> e, double frequency_squared) {
    const Complex pair = std::sqrt(Complex(-frequency_squared));
    for (const Complex& z : {pair, -pair})
        e.erase(std::min_element(e.begin(), e.end(), [&](const Complex& a, const Complex& b) {
            return std::abs(a - z) < std::abs(b - z);
        }));
    Complex product = 1.0;
    for (const Complex& z : e) product *= z / (std::abs(z) + std::sqrt(std::abs(frequency_squared)) + 1e-300);
    return product.real();
}

/// Zero where a pair of the others has the sum zero.
double others_turn(std::vector<Complex> e, std::initializer_list<Complex> critical) {
    for (const Complex& z : critical)
        e.erase(std::min_element(e.begin(), e.end(), [&](const Complex& a, const Complex& b) {
            return std::abs(a - z) < std::abs(b - z);
        }));
    return pair_sums(e);
}

class PlaneFollower {
  public:
    PlaneFollower(const VectorField& field, const Range& first, const Range& second, const Box& box,
                  const StepSettings& settings)
        : field_(field),
          ranges_{first, second},
          box_(box),
          settings_(settings),
          width_(box.high - box.low),
          forms_(field) {
        settings_.largest = std::min(settings.largest, longest_step);
    }

    std::vector<PlaneCurve> run(std::size_t sections) {
        for (const std::size_t held_one : {1u, 0u}) {
            const Range& range = ranges_[held_one];
            std::vector<double> values;
            const double own = field_.free_value[held_one];
            if (own >= range.low && own <= range.high) values.push_back(own);
            for (std::size_t k = 0; k < sections; ++k)
                values.push_back(range.low + (range.high - range.low) * (static_cast<double>(k) + 0.5) /
                                                 static_cast<double>(sections));
            for (const double value : values) start_across(held_one, value);
        }
        return std::move(curves_);
    }

  private:
    Eigen::Index n() const { return field_.dimension(); }

    void start_across(std::size_t held_one, double value) {
        const VectorField line = held(field_, held_one, value);
        for (const Branch& branch :
             equilibrium_branches(line, ranges_[1 - held_one], box_, settings_, starts, sections_of_diagram))
            for (const Special& special : branch.special) {
                if (special.kind != Bifurcation::fold && special.kind != Bifurcation::hopf) continue;
                Eigen::VectorXd u(n() + 2);
                u.head(n()) = special.x;
                u[n() + static_cast<Eigen::Index>(1 - held_one)] = special.parameter;
                u[n() + static_cast<Eigen::Index>(held_one)] = value;
                add_curve(special.kind, u, special.frequency_rad_s * special.frequency_rad_s, false);
            }
    }

    /// One curve through a point; of Hopf points only towards growing frequencies where it begins at a
    /// Bogdanov-Takens point.
    void add_curve(Bifurcation kind, const Eigen::VectorXd& at, double frequency_squared, bool one_sided) {
        if (curves_.size() >= most_curves || passes(kind, at)) return;
        BifurcationCurve curve(field_, kind, ranges_[0], ranges_[1], width_, at, frequency_squared);
        auto start = curve.start();
        if (start) start = settle(curve, start->u, start->direction, settings_);
        if (!start) return;
        if (one_sided && start->direction[curve.frequency()] < 0.0) start->direction *= -1.0;
        PlaneCurve made;
        made.kind = kind;
        corners_.clear();
        closed_ = false;
        if (!one_sided) {
            one_way(curve, {start->u, -start->direction}, made);
            std::reverse(made.points.begin(), made.points.end());
            std::reverse(made.special.begin(), made.special.end());
        }
        if (one_sided) {  // beyond the point itself, whose own frequency is zero but for rounding
            add_point(curve, *start, made);
            start = step(curve, *start, settings_.first, settings_);
            if (!start) return;
            add_point(curve, *start, made);
        }
        if (!closed_) one_way(curve, *start, made);
        if (made.points.size() < 2) return;
        curves_.push_back(std::move(made));
        const auto other = kind == Bifurcation::fold ? Bifurcation::hopf : Bifurcation::fold;
        for (const Eigen::VectorXd& corner : std::exchange(corners_, {}))
            add_curve(other, corner, 0.0, other == Bifurcation::hopf);
    }

    void one_way(BifurcationCurve& curve, const CurvePoint& start, PlaneCurve& made) {
        if (made.points.empty()) add_point(curve, start, made);
        std::size_t steps = 0;
        const Stop why =
            follow(curve, start, settings_, [&](const CurvePoint& a, const CurvePoint& b, double distance) {
                const bool inside = advance(curve, a, b, distance, made);
                const bool back =
                    ++steps > 3 && length(curve, b.u - start.u) < distance &&
                    (curve.weights().array() * start.direction.array() * b.direction.array()).sum() > 0.9;
                if (!inside || !back) return inside;
                made.end = "closed";
                closed_ = true;
                add_point(curve, start, made);
                return false;
            });
        if (why == Stop::asked) return;
        const PlaneCurvePoint& last = made.points.back();
        made.end = fmt::format(
            "{} at {} = {:.8g}, {} = {:.8g}",
            why == Stop::stalled ? "the smallest step does not lead on" : "as many steps as are allowed",
            field_.free[0].name, last.first, field_.free[1].name, last.second);
    }

    std::vector<Complex> eigenvalues(BifurcationCurve& curve, const CurvePoint& at) {
        return sorted_eigenvalues(curve.states_jacobian(at.u));
    }

    double lyapunov(BifurcationCurve& curve, const CurvePoint& at) {
        const double squared = at.u[curve.frequency()];
        if (!(squared > 0.0)) return 0.0;
        forms_.move_to(at.u.head(n() + 2));
        return first_lyapunov(forms_, curve.states_jacobian(at.u), std::sqrt(squared));
    }

    void add_point(BifurcationCurve& curve, const CurvePoint& at, PlaneCurve& made) {
        PlaneCurvePoint point{at.u[n()], at.u[n() + 1], at.u.head(n())};
        if (made.kind == Bifurcation::hopf) {
            point.frequency_rad_s = std::sqrt(std::max(at.u[curve.frequency()], 0.0));
            point.first_lyapunov = lyapunov(curve, at);
        }
        made.points.push_back(std::move(point));
    }

    /// What lies between two points; false when the curve ends here.
    bool advance(BifurcationCurve& curve, const CurvePoint& a, const CurvePoint& b, double distance,
                 PlaneCurve& made) {
        std::vector<std::pair<double, Special>> found;
        bool ends = false;
        const auto test = [&](Bifurcation kind, auto&& function, auto&& holds) {
            const double fa = function(a), fb = function(b);
            if (!(fa * fb < 0.0)) return;
            const auto at = locate(curve, a, distance, fa, fb, function, settings_);
            if (!at || !holds(*at) || is_outside(at->u)) return;
            if (kind == Bifurcation::bogdanov_takens) {
                corners_.push_back(at->u.head(n() + 2));
                if (made.kind == Bifurcation::hopf) {
                    ends = true;
                    add_point(curve, *at, made);
                    made.end =
                        fmt::format("a Bogdanov-Takens point at {} = {:.6g}, {} = {:.6g}",
                                    field_.free[0].name, at->u[n()], field_.free[1].name, at->u[n() + 1]);
                }
            }
            if (is_listed(kind, at->u)) return;
            Special special;
            special.kind = kind;
            special.parameter = at->u[n()];
            special.second = at->u[n() + 1];
            special.x = at->u.head(n());
            special.eigenvalues = eigenvalues(curve, *at);
            if (kind == Bifurcation::bautin || kind == Bifurcation::zero_hopf ||
                kind == Bifurcation::double_hopf)
                special.frequency_rad_s = critical_pair(special.eigenvalues).imag();
            special.point = *at;
            listed_.emplace_back(kind, at->u.head(n() + 2));
            found.emplace_back(length(curve, at->u - a.u), std::move(special));
        };
        if (made.kind == Bifurcation::fold)
            test_fold(curve, test);
        else
            test_hopf(curve, test);
        std::sort(found.begin(), found.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
        for (auto& [place, special] : found) made.special.push_back(std::move(special));
        return !ends && inside(curve, a, b, distance, made);
    }

    // Kuznetsov 2004, sections 8.2 to 8.5.
    void test_fold(BifurcationCurve& curve, auto&& test) {
        const auto always = [](const CurvePoint&) { return true; };
        test(
            Bifurcation::cusp,
            [&](const CurvePoint& p) {
                const auto null = curve.null_vectors(p.u);
                const Eigen::VectorXcd v = width_.cwiseProduct(null.right).cast<Complex>();
                forms_.move_to(p.u.head(n() + 2));
                return null.left.dot(forms_.b(v, v).real().cwiseQuotient(width_));
            },
            always);
        test(
            Bifurcation::bogdanov_takens,
            [&](const CurvePoint& p) {
                const auto null = curve.null_vectors(p.u);
                return null.left.dot(null.right);
            },
            always);
        if (n() < 3) return;
        test(
            Bifurcation::zero_hopf,
            [&](const CurvePoint& p) { return others_turn(eigenvalues(curve, p), {0.0}); },
            [&](const CurvePoint& p) {
                const Complex pair = critical_pair(eigenvalues(curve, p));
                return pair.imag() > 0.0 && std::abs(pair.real()) < 1e-4 * pair.imag();
            });
    }

    void test_hopf(BifurcationCurve& curve, auto&& test) {
        const auto squared = [&](const CurvePoint& p) { return p.u[curve.frequency()]; };
        const auto turns = [&](const CurvePoint& p) { return squared(p) > 0.0; };
        test(Bifurcation::bogdanov_takens, squared, [](const CurvePoint&) { return true; });
        test(Bifurcation::bautin, [&](const CurvePoint& p) { return lyapunov(curve, p); }, turns);
        if (n() > 2)
            test(
                Bifurcation::zero_hopf,
                [&](const CurvePoint& p) { return others_zero(eigenvalues(curve, p), squared(p)); }, turns);
        if (n() > 3)
            test(
                Bifurcation::double_hopf,
                [&](const CurvePoint& p) {
                    const Complex pair = std::sqrt(Complex(-squared(p)));
                    return others_turn(eigenvalues(curve, p), {pair, -pair});
                },
                [&](const CurvePoint& p) {
                    const auto all = eigenvalues(curve, p);
                    return turns(p) && std::count_if(all.begin(), all.end(), [](const Complex& e) {
                                           return e.imag() > 0.0 && std::abs(e.real()) < 1e-4 * e.imag();
                                       }) == 2;
                });
    }

    bool is_outside(const Eigen::VectorXd& u) const {
        for (std::size_t k = 0; k < 2; ++k) {
            const double value = u[n() + static_cast<Eigen::Index>(k)];
            if (value < ranges_[k].low || value > ranges_[k].high) return true;
        }
        return false;
    }

    /// The end at the edge of the plane that is reached first.
    bool inside(BifurcationCurve& curve, const CurvePoint& a, const CurvePoint& b, double distance,
                PlaneCurve& made) {
        if (!is_outside(b.u)) {
            add_point(curve, b, made);
            if ((b.u.head(n()) - box_.low).cwiseQuotient(width_).cwiseAbs().maxCoeff() < far) return true;
            made.end = fmt::format("far outside of the box at {} = {:.8g}, {} = {:.8g}", field_.free[0].name,
                                   b.u[n()], field_.free[1].name, b.u[n() + 1]);
            return false;
        }
        std::optional<CurvePoint> nearest;
        for (std::size_t k = 0; k < 2; ++k)
            for (const double bound : {ranges_[k].low, ranges_[k].high}) {
                const auto beyond = [&](const CurvePoint& p) {
                    return p.u[n() + static_cast<Eigen::Index>(k)] - bound;
                };
                if (!(beyond(a) * beyond(b) < 0.0)) continue;
                const auto at = locate(curve, a, distance, beyond(a), beyond(b), beyond, settings_);
                if (at && (!nearest || length(curve, at->u - a.u) < length(curve, nearest->u - a.u)))
                    nearest = at;
            }
        if (nearest) add_point(curve, *nearest, made);
        return false;
    }

    /// Lengths of states and parameters.
    double size(const Eigen::VectorXd& d) const {
        return std::hypot(d.head(n()).cwiseQuotient(width_).norm(),
                          d[n()] / (ranges_[0].high - ranges_[0].low),
                          d[n() + 1] / (ranges_[1].high - ranges_[1].low));
    }

    bool is_listed(Bifurcation kind, const Eigen::VectorXd& u) const {
        return std::any_of(listed_.begin(), listed_.end(), [&](const auto& one) {
            return one.first == kind && size(one.second - u.head(n() + 2)) < same_point;
        });
    }

    /// Whether a curve of this kind is already known here.
    bool passes(Bifurcation kind, const Eigen::VectorXd& u) const {
        const auto joined = [&](const PlaneCurvePoint& p) {
            Eigen::VectorXd all(n() + 2);
            all << p.x, p.first, p.second;
            return all;
        };
        const Eigen::VectorXd scale = [&] {
            Eigen::VectorXd all(n() + 2);
            all << width_, ranges_[0].high - ranges_[0].low, ranges_[1].high - ranges_[1].low;
            return all;
        }();
        for (const PlaneCurve& curve : curves_) {
            if (curve.kind != kind) continue;
            for (std::size_t i = 1; i < curve.points.size(); ++i) {
                const Eigen::VectorXd a = joined(curve.points[i - 1]).cwiseQuotient(scale);
                const Eigen::VectorXd piece = joined(curve.points[i]).cwiseQuotient(scale) - a;
                const Eigen::VectorXd here = u.cwiseQuotient(scale) - a;
                const double share =
                    std::clamp(here.dot(piece) / std::max(piece.squaredNorm(), 1e-300), 0.0, 1.0);
                if ((here - share * piece).norm() < same_curve) return true;
            }
        }
        return false;
    }

    const VectorField& field_;
    std::array<Range, 2> ranges_;
    Box box_;
    StepSettings settings_;
    Eigen::VectorXd width_;
    Multilinear forms_;
    std::vector<PlaneCurve> curves_;
    std::vector<Eigen::VectorXd> corners_;  ///< Bogdanov-Takens points of the curve that is being followed
    std::vector<std::pair<Bifurcation, Eigen::VectorXd>> listed_;
    bool closed_ = false;
};

}  // namespace

VectorField held(VectorField field, std::size_t free, double value) {
    const Quantity parameter = field.free[free];
    field.fixed.values[field.fixed.index(parameter.name)] = value * parameter.unit.scale;
    field.free.erase(field.free.begin() + static_cast<std::ptrdiff_t>(free));
    field.free_value.erase(field.free_value.begin() + static_cast<std::ptrdiff_t>(free));
    return field;
}

std::vector<PlaneCurve> bifurcation_curves(const VectorField& field, const Range& first, const Range& second,
                                           const Box& box, const StepSettings& settings,
                                           std::size_t sections) {
    return PlaneFollower(field, first, second, box, settings).run(sections);
}

}  // namespace neurodyn::dynamics
