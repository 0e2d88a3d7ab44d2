// SPDX-License-Identifier: BSD-3-Clause
#include "dynamics/enclosure.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <unordered_map>

#include "dynamics/interval.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::dynamics {
namespace {

constexpr double smallest = 1e-10;  ///< of a box's width, in parts of the whole: such boxes stay open
constexpr double shrinks = 0.7;     ///< a step of Krawczyk's that leaves more than this is not worth another

using Intervals = std::vector<Interval>;

class Search {
  public:
    Search(const VectorField& field, const Eigen::VectorXd& parameters, const Box& box,
           const EnclosureSettings& settings)
        : settings_(settings), n_(field.dimension()) {
        std::vector<std::string> names;
        std::vector<symbolic::NodeId> symbols;
        symbolic::Graph graph = field.graph;
        for (const Quantity& state : field.states) {
            names.push_back(state.name);
            symbols.push_back(graph.symbol(state.name));
            scale_.push_back(state.unit.scale);
        }
        std::unordered_map<std::string, double> fixed;
        for (std::size_t k = 0; k < field.fixed.names.size(); ++k)
            fixed[field.fixed.names[k]] = field.fixed.values[k];
        for (std::size_t k = 0; k < field.free.size(); ++k)
            fixed[field.free[k].name] = to_si(parameters[static_cast<Eigen::Index>(k)], field.free[k].unit);
        std::vector<symbolic::NodeId> slopes;
        for (const auto& row : symbolic::jacobian(graph, field.drift, symbols))
            slopes.insert(slopes.end(), row.begin(), row.end());
        drift_.emplace(graph, field.drift, names, fixed);
        jacobian_.emplace(graph, slopes, names, fixed);
        for (Eigen::Index i = 0; i < n_; ++i) {
            const double s = scale_[static_cast<std::size_t>(i)];
            const double margin = 1e-9 * (box.high[i] - box.low[i]);
            whole_.push_back({(box.low[i] - margin) * s, (box.high[i] + margin) * s});
        }
    }

    Enclosure run() {
        queue_.push_back(whole_);
        while (!queue_.empty() && made_.boxes < settings_.most_boxes) {
            Intervals box = std::move(queue_.front());
            queue_.pop_front();
            look(std::move(box));
        }
        for (const Intervals& box : queue_) leave_open(box);
        return std::move(made_);
    }

  private:
    double part(const Intervals& box, std::size_t i) const { return box[i].width() / whole_[i].width(); }

    void look(Intervals box) {
        for (;;) {
            ++made_.boxes;
            for (const Interval& slope : (*drift_)(box))
                if (!slope.contains(0.0)) return;
            const double before = widest(box).first;
            bool jumps = false;
            (*drift_)(box, &jumps);
            if (jumps) break;
            switch (contract(box)) {
                case Result::none:
                    return;
                case Result::one:
                    return;
                case Result::unknown:
                    break;
            }
            if (widest(box).first > shrinks * before) break;
        }
        const auto [width, side] = widest(box);
        if (width < smallest) return leave_open(box);
        Intervals other = box;
        box[side].high = other[side].low = box[side].middle();
        queue_.push_back(std::move(box));
        queue_.push_back(std::move(other));
    }

    enum class Result { none, one, unknown };

    /// Krawczyk's operator K = m - Y f(m) + (1 - Y J)(X - m), with Y near the inverse of the Jacobian in the
    /// middle: every zero of the box lies in it, and where it lies within the box there is exactly one.
    Result contract(Intervals& box) {
        const std::optional<Intervals> image = krawczyk(box);
        if (!image) return Result::unknown;
        bool inside = true;
        Intervals both = box;
        for (std::size_t i = 0; i < box.size(); ++i) {
            both[i] = {std::max(box[i].low, (*image)[i].low), std::min(box[i].high, (*image)[i].high)};
            if (both[i].low > both[i].high) return Result::none;
            inside = inside && (*image)[i].low > box[i].low && (*image)[i].high < box[i].high;
        }
        box = std::move(both);
        if (inside) {
            keep(box);
            return Result::one;
        }
        return swell(box) ? Result::one : Result::unknown;
    }

    /// A zero on the edge of a box: the box around it, a bit larger, may hold exactly one.
    bool swell(const Intervals& box) {
        if (widest(box).first > 1e-3) return false;
        Intervals larger = box;
        for (std::size_t i = 0; i < box.size(); ++i) {
            const double by = 0.5 * box[i].width() + 1e-12 * whole_[i].width();
            larger[i] = {box[i].low - by, box[i].high + by};
        }
        bool jumps = false;
        (*drift_)(larger, &jumps);
        const std::optional<Intervals> image = jumps ? std::nullopt : krawczyk(larger);
        if (!image) return false;
        for (std::size_t i = 0; i < box.size(); ++i)
            if (!((*image)[i].low > larger[i].low && (*image)[i].high < larger[i].high)) return false;
        keep(*image);
        return true;
    }

    std::optional<Intervals> krawczyk(const Intervals& box) {
        Intervals middle;
        for (const Interval& side : box) middle.push_back(Interval::point(side.middle()));
        const Intervals at = (*drift_)(middle), slopes = (*jacobian_)(box);
        const auto element = [&](Eigen::Index r, Eigen::Index c) -> const Interval& {
            return slopes[static_cast<std::size_t>(r * n_ + c)];
        };
        Eigen::MatrixXd centre(n_, n_);
        for (Eigen::Index r = 0; r < n_; ++r)
            for (Eigen::Index c = 0; c < n_; ++c) centre(r, c) = element(r, c).middle();
        if (!centre.allFinite()) return std::nullopt;
        const Eigen::MatrixXd inverse = centre.inverse();
        if (!inverse.allFinite()) return std::nullopt;
        Intervals image;
        for (Eigen::Index r = 0; r < n_; ++r) {
            Interval sum = middle[static_cast<std::size_t>(r)];
            for (Eigen::Index c = 0; c < n_; ++c) {
                sum = sum - Interval::point(inverse(r, c)) * at[static_cast<std::size_t>(c)];
                Interval factor = Interval::point(r == c ? 1.0 : 0.0);
                for (Eigen::Index k = 0; k < n_; ++k)
                    factor = factor - Interval::point(inverse(r, k)) * element(k, c);
                sum = sum + factor * (box[static_cast<std::size_t>(c)] - middle[static_cast<std::size_t>(c)]);
            }
            image.push_back(sum);
        }
        return image;
    }

    std::pair<double, std::size_t> widest(const Intervals& box) const {
        std::pair<double, std::size_t> found{-1.0, 0};
        for (std::size_t i = 0; i < box.size(); ++i)
            if (part(box, i) > found.first) found = {part(box, i), i};
        return found;
    }

    void keep(Intervals box) {
        for (int k = 0; k < 60 && widest(box).first > 1e-15; ++k) {
            const std::optional<Intervals> image = krawczyk(box);
            if (!image) break;
            const double before = widest(box).first;
            for (std::size_t i = 0; i < box.size(); ++i) {
                box[i].low = std::max(box[i].low, (*image)[i].low);
                box[i].high = std::min(box[i].high, (*image)[i].high);
            }
            if (!(widest(box).first < 0.9 * before)) break;
        }
        Eigen::VectorXd x(n_);
        for (Eigen::Index i = 0; i < n_; ++i) {
            const auto k = static_cast<std::size_t>(i);
            if (box[k].high < whole_[k].low || box[k].low > whole_[k].high) return;
            x[i] = box[k].middle() / scale_[k];
        }
        const auto same = [&](const Eigen::VectorXd& other) {
            for (Eigen::Index i = 0; i < n_; ++i) {
                const auto k = static_cast<std::size_t>(i);
                const double apart = std::abs(x[i] - other[i]) * scale_[k];
                if (apart > box[k].width() + 1e-9 * whole_[k].width()) return false;
            }
            return true;
        };
        if (std::none_of(made_.points.begin(), made_.points.end(), same)) made_.points.push_back(x);
    }

    void leave_open(const Intervals& box) {
        Box open{Eigen::VectorXd(n_), Eigen::VectorXd(n_)};
        for (Eigen::Index i = 0; i < n_; ++i) {
            const auto k = static_cast<std::size_t>(i);
            open.low[i] = box[k].low / scale_[k];
            open.high[i] = box[k].high / scale_[k];
        }
        made_.open.push_back(std::move(open));
    }

    const EnclosureSettings& settings_;
    Eigen::Index n_;
    std::vector<double> scale_;
    std::optional<IntervalEvaluator> drift_, jacobian_;
    Intervals whole_;
    std::deque<Intervals> queue_;
    Enclosure made_;
};

}  // namespace

Enclosure enclose_fixed_points(const VectorField& field, const Eigen::VectorXd& parameters, const Box& box,
                               const EnclosureSettings& settings) {
    Enclosure made = Search(field, parameters, box, settings).run();
    std::sort(made.points.begin(), made.points.end(),
              [](const auto& a, const auto& b) { return a[0] < b[0]; });
    return made;
}

}  // namespace neurodyn::dynamics
