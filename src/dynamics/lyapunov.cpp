// SPDX-License-Identifier: BSD-3-Clause
// A trajectory and its tangent vectors on the same steps.
#include "dynamics/lyapunov.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "base/error.hpp"
#include "base/random.hpp"
#include "dynamics/flow.hpp"

namespace neurodyn::dynamics {
namespace {

constexpr std::size_t blocks = 20;
constexpr double far_away = 1e12;  ///< in units of a state's spread

[[noreturn]] void runs_away(const TangentFlow& flow, const Eigen::VectorXd& x, double time) {
    Eigen::Index worst = 0;
    for (Eigen::Index i = 0; i < x.size(); ++i)
        if (!std::isfinite(x[i]) || std::abs(x[i]) > std::abs(x[worst])) worst = i;
    throw Error(
        fmt::format("'{}' of '{}' runs away after {:.4g} s; a trajectory that stays bounded is needed",
                    flow.states[static_cast<std::size_t>(worst)], flow.name, time));
}

[[noreturn]] void stalls(const TangentFlow& flow, double time, double until, long steps) {
    throw Error(
        fmt::format("the trajectory of '{}' came to {:.4g} of {:.4g} s in {} steps; ask for a "
                    "shorter duration, or for a model that is less stiff",
                    flow.name, time, until, steps));
}

/// Where the first half of the discarded time ends, and how far each state moved in it.
struct Start {
    Eigen::VectorXd x, spread;
};

// What a state covers in the later part, but no less than a thousandth of what it covered before, as one that
// comes to rest covers nothing; one that has always rested counts in its size or its unit.
Eigen::VectorXd spread_of(const Eigen::MatrixXd& early, const Eigen::MatrixXd& late,
                          const Eigen::VectorXd& x) {
    Eigen::VectorXd spread = (late.col(1) - late.col(0)).cwiseMax(1e-3 * (early.col(1) - early.col(0)));
    for (Eigen::Index i = 0; i < spread.size(); ++i) {
        const double size = std::abs(x[i]);
        if (spread[i] <= 1e-9 * size || spread[i] < 1e-100) spread[i] = size > 1e-12 ? size : 1.0;
    }
    return spread;
}

/// Euler's steps, x <- x + step f(x).
void iterate(const TangentFlow& flow, const FlowSettings& settings, double step_s, auto&& use) {
    Eigen::VectorXd x = flow.start;
    double time = 0.0;
    for (int k = 0; time < settings.until_s && k < settings.most_steps && x.allFinite(); ++k) {
        x += step_s * flow.slope(x);
        time = step_s * (k + 1);
        use(time, x);
    }
}

Start settle(const TangentFlow& flow, const LyapunovSettings& settings) {
    FlowSettings half;
    half.until_s = 0.5 * settings.discard_s;
    half.most_steps = static_cast<int>(std::min<long>(settings.most_steps, std::numeric_limits<int>::max()));
    Eigen::MatrixXd all(flow.start.size(), 2), late;
    all << flow.start, flow.start;
    const auto widen = [](Eigen::MatrixXd& range, const Eigen::VectorXd& x) {
        range.col(0) = range.col(0).cwiseMin(x);
        range.col(1) = range.col(1).cwiseMax(x);
    };
    Start start;
    Eigen::VectorXd last = flow.start;
    double reached = 0.0;
    const auto take = [&](double time, const Eigen::VectorXd& x) {
        reached = time;
        last = x;
        widen(all, x);
        if (time < 0.5 * half.until_s) return true;
        if (late.size() == 0) late = x.replicate(1, 2);
        widen(late, x);
        return true;
    };
    if (settings.step_s > 0.0) {
        iterate(flow, half, settings.step_s, take);
        start.x = last;
    } else {
        start.x = integrate([&](const Eigen::VectorXd& x) { return Eigen::VectorXd(flow.slope(x)); },
                            flow.start, half, take);
    }
    if (!start.x.allFinite()) runs_away(flow, last, reached);
    if (reached < half.until_s) stalls(flow, reached, settings.discard_s, half.most_steps);
    start.spread = spread_of(all, late, start.x);
    return start;
}

/// Makes the tangent vectors orthonormal; the logarithms of what they had grown to. Slopes follow, being
/// linear in the vectors: J Q = (J V) R^-1.
Eigen::VectorXd orthonormalise(Eigen::MatrixXd& z, Eigen::MatrixXd& slope) {
    const Eigen::Index n = z.rows(), k = z.cols() - 1;
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(z.rightCols(k));
    const Eigen::MatrixXd r = qr.matrixQR().topRows(k).triangularView<Eigen::Upper>();
    z.rightCols(k) = qr.householderQ() * Eigen::MatrixXd::Identity(n, k);
    slope.rightCols(k) =
        r.triangularView<Eigen::Upper>().solve<Eigen::OnTheRight>(Eigen::MatrixXd(slope.rightCols(k)));
    return r.diagonal().cwiseAbs().array().log();
}

// An exponent that cannot be told from zero counts as zero, so that a cycle has the dimension 1.
double kaplan_yorke(const LyapunovSpectrum& found, bool all) {
    double sum = 0.0;
    for (Eigen::Index j = 0; j < found.exponents.size(); ++j) {
        const bool zero = std::abs(found.exponents[j]) < 2.0 * found.standard_error[j];
        const double exponent = zero ? 0.0 : found.exponents[j];
        if (sum + exponent < 0.0) return static_cast<double>(j) + sum / -exponent;
        sum += exponent;
    }
    return all ? static_cast<double>(found.exponents.size()) : std::nan("");
}

/// Growth, summed over all time and by block.
class Growth {
  public:
    Growth(Eigen::Index count, double duration_s)
        : duration_(duration_s),
          total_(Eigen::VectorXd::Zero(count)),
          block_(Eigen::MatrixXd::Zero(count, blocks)),
          covered_(Eigen::VectorXd::Zero(blocks)) {}
    void add(double time_s, double step_s, const Eigen::VectorXd& logarithms) {
        total_ += logarithms;
        ++steps_;
        const double part = (time_s - 0.5 * step_s) / duration_ * static_cast<double>(blocks);
        const auto b = static_cast<Eigen::Index>(std::clamp(part, 0.0, static_cast<double>(blocks - 1)));
        block_.col(b) += logarithms;
        covered_[b] += step_s;
        if (time_s >= next_ || time_s >= duration_) {
            times_.push_back(time_s);
            running_.push_back(total_ / time_s);
            while (next_ <= time_s) next_ += duration_ / 500.0;
        }
    }
    LyapunovSpectrum spectrum(bool all) const {
        LyapunovSpectrum made;
        made.exponents = total_ / duration_;
        made.time_s = times_;
        made.steps = steps_;
        made.running.resize(total_.size(), static_cast<Eigen::Index>(times_.size()));
        for (std::size_t i = 0; i < times_.size(); ++i)
            made.running.col(static_cast<Eigen::Index>(i)) = running_[i];
        const Eigen::ArrayXXd rate = block_.array().rowwise() / covered_.transpose().array();
        const Eigen::ArrayXd apart = (rate.colwise() - rate.rowwise().mean()).square().rowwise().mean();
        made.standard_error = (apart / static_cast<double>(blocks - 1)).sqrt();
        made.sum = all ? made.exponents.sum() : std::nan("");
        made.dimension = kaplan_yorke(made, all);
        return made;
    }

  private:
    double duration_, next_ = 0.0;
    long steps_ = 0;
    Eigen::VectorXd total_;
    Eigen::MatrixXd block_;
    Eigen::VectorXd covered_;
    std::vector<double> times_;
    std::vector<Eigen::VectorXd> running_;
};

/// The scaled state and its tangent vectors as the columns of one matrix.
class Trajectory {
  public:
    Trajectory(const TangentFlow& flow, const LyapunovSettings& settings, Eigen::Index k)
        : flow_(flow), settings_(settings) {
        const Start start = settle(flow, settings);
        scale_ = start.spread;
        z_.resize(scale_.size(), k + 1);
        z_.col(0) = start.x.cwiseQuotient(scale_);
        for (Eigen::Index j = 0; j < k; ++j)
            for (Eigen::Index i = 0; i < scale_.size(); ++i)
                z_(i, j + 1) =
                    normal_at(settings.seed, 0, static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(i));
        slope_ = slope(z_);
        orthonormalise(z_, slope_);
        const double rate = slope_.rightCols(k).norm();
        if (rate > 0.0 && rate * settings.duration_s < 10.0)
            throw Error(
                fmt::format("the duration of {:.4g} s is too short for Lyapunov exponents of '{}': "
                            "rates there are of the size of {:.3g} /s; ask for {:.3g} s or more",
                            settings.duration_s, flow.name, rate, 100.0 / rate));
        h_ = 1e-3 / std::max(slope_.cwiseAbs().maxCoeff(), 1e-3 / settings.duration_s);
        past_s_ = 0.5 * settings.discard_s;
    }

    /// Calls use(time, step, logarithms of growth) after each step.
    void advance(double until_s, auto&& use) {
        if (settings_.step_s > 0.0) return iterate(until_s, use);
        const double longest = until_s / (5.0 * static_cast<double>(blocks));
        const auto derivative = [this](const Eigen::MatrixXd& at) { return slope(at); };
        double time = 0.0;
        while (time < until_s) {
            // Only what becomes infinite in a finite time takes steps that do not advance it.
            if (past_s_ + time + h_ == past_s_ + time) runs_away(flow_, slope_.col(0), past_s_ + time);
            if (steps_++ == settings_.most_steps)
                stalls(flow_, past_s_ + time, settings_.discard_s + settings_.duration_s, steps_ - 1);
            const bool last = h_ >= until_s - time;
            const double h = std::min({h_, longest, until_s - time});
            DormandPrinceStep<Eigen::MatrixXd> step = dormand_prince(derivative, z_, slope_, h);
            const double error = step.error.cwiseAbs().maxCoeff() / settings_.tolerance;
            if (error <= 1.0 && step.slope.allFinite()) {
                time = last && h == until_s - time ? until_s : time + h;
                z_ = std::move(step.next);
                slope_ = std::move(step.slope);
                use(time, h, orthonormalise(z_, slope_));
            }
            h_ = h * next_step_factor(step.error.allFinite() ? error : std::nan(""));
            if (z_.col(0).cwiseAbs().maxCoeff() > far_away)
                runs_away(flow_, z_.col(0).cwiseProduct(scale_), past_s_ + time);
        }
        past_s_ += until_s;
    }

  private:
    void iterate(double until_s, auto&& use) {
        const double step = settings_.step_s;
        double time = 0.0;
        for (long k = 0; time < until_s; ++k) {
            if (steps_++ == settings_.most_steps)
                stalls(flow_, past_s_ + time, settings_.discard_s + settings_.duration_s, steps_ - 1);
            z_ += step * slope_;
            time = step * static_cast<double>(k + 1);
            if (!z_.allFinite() || z_.col(0).cwiseAbs().maxCoeff() > far_away)
                runs_away(flow_, z_.col(0).cwiseProduct(scale_), past_s_ + time);
            const Eigen::VectorXd growth = orthonormalise(z_, slope_);
            slope_ = slope(z_);
            use(std::min(time, until_s), step, growth);
        }
        past_s_ += until_s;
    }

    Eigen::MatrixXd slope(const Eigen::MatrixXd& z) const {
        return scale_.cwiseInverse().asDiagonal() * flow_.slope(scale_.asDiagonal() * z);
    }

    const TangentFlow& flow_;
    const LyapunovSettings& settings_;
    Eigen::VectorXd scale_;
    Eigen::MatrixXd z_, slope_;
    double h_ = 0.0, past_s_ = 0.0;
    long steps_ = 0;
};

}  // namespace

TangentFlow tangent_flow(const VectorField& field) {
    TangentFlow flow{field.model, {}, field.start, {}};
    for (const Quantity& state : field.states) flow.states.push_back(state.name);
    const Eigen::VectorXd parameters = Eigen::Map<const Eigen::VectorXd>(
        field.free_value.data(), static_cast<Eigen::Index>(field.free_value.size()));
    flow.slope = [parameters, equations = std::make_shared<Equations>(field.equations())](
                     const Eigen::MatrixXd& z) -> Eigen::MatrixXd {
        Eigen::VectorXd u(z.rows() + parameters.size());
        u << z.col(0), parameters;
        if (z.cols() == 1) return equations->value(u);
        const Linearised at = equations->at(u);
        Eigen::MatrixXd made(z.rows(), z.cols());
        made.col(0) = at.value;
        made.rightCols(z.cols() - 1) = at.jacobian.leftCols(z.rows()) * z.rightCols(z.cols() - 1);
        return made;
    };
    return flow;
}

TangentFlow tangent_flow(const NetworkField& field, const std::string& name) {
    for (const NetworkLink& link : field.links) {
        const double longest =
            link.delay_s.empty() ? 0.0 : *std::max_element(link.delay_s.begin(), link.delay_s.end());
        if (longest > 0.0)
            throw Error(
                fmt::format("what '{}' sends to '{}' is delayed by up to {:.4g} s: the state of such a "
                            "network is a piece of its past, and Lyapunov exponents are computed "
                            "without delays only",
                            field.groups[link.from].name, field.groups[link.to].name, longest));
    }
    TangentFlow flow{name, {}, field.start(), {}};
    for (const NetworkGroup& group : field.groups)
        for (std::size_t node = 0; node < group.nodes; ++node)
            for (const Quantity& state : group.states)
                flow.states.push_back(fmt::format("{}.{}[{}]", group.name, state.name, node));
    flow.slope = [equations = std::make_shared<NetworkEquations>(field)](const Eigen::MatrixXd& z) {
        return equations->tangents(z);
    };
    return flow;
}

void check(const TangentFlow& flow, const LyapunovSettings& settings) {
    const auto positive = [](const char* what, double value) {
        if (!(value > 0.0) || !std::isfinite(value))
            throw Error(fmt::format("{} of Lyapunov exponents is {} s; it must be above 0", what, value));
    };
    positive("the time to discard", settings.discard_s);
    positive("the duration", settings.duration_s);
    if (settings.step_s < 0.0 || !std::isfinite(settings.step_s) || settings.step_s > settings.duration_s)
        throw Error(
            fmt::format("the step of Lyapunov exponents is {} s; it must be 0 (the flow) or above, and below "
                        "the duration",
                        settings.step_s));
    if (settings.exponents < 0 || settings.exponents > flow.start.size())
        throw Error(fmt::format("{} Lyapunov exponents are asked for, but '{}' has {} states",
                                settings.exponents, flow.name, flow.start.size()));
}

LyapunovSpectrum lyapunov_spectrum(const TangentFlow& flow, const LyapunovSettings& settings) {
    check(flow, settings);
    const Eigen::Index n = flow.start.size(), k = settings.exponents == 0 ? n : settings.exponents;
    Trajectory trajectory(flow, settings, k);
    // The second half of what is discarded turns the tangent vectors into their directions.
    trajectory.advance(0.5 * settings.discard_s, [](double, double, const Eigen::VectorXd&) {});
    Growth growth(k, settings.duration_s);
    trajectory.advance(settings.duration_s, [&](double time, double step, const Eigen::VectorXd& logarithms) {
        growth.add(time, step, logarithms);
    });
    return growth.spectrum(k == n);
}

}  // namespace neurodyn::dynamics
