// SPDX-License-Identifier: BSD-3-Clause
// A trajectory and its tangent vectors on the same steps.
#include "dynamics/lyapunov.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "dynamics/flow.hpp"

namespace neurodyn::dynamics {
namespace {

constexpr std::size_t blocks = 20;

void check(const VectorField& field, const LyapunovSettings& settings) {
    const auto positive = [](const char* what, double value) {
        if (!(value > 0.0) || !std::isfinite(value))
            throw Error(fmt::format("{} of Lyapunov exponents is {} s; it must be above 0", what, value));
    };
    positive("the time to discard", settings.discard_s);
    positive("the duration", settings.duration_s);
    if (settings.exponents < 0 || settings.exponents > field.dimension())
        throw Error(fmt::format("{} Lyapunov exponents are asked for, but '{}' has {} states",
                                settings.exponents, field.model, field.dimension()));
}

[[noreturn]] void runs_away(const VectorField& field, const Eigen::VectorXd& x, double time) {
    Eigen::Index worst = 0;
    for (Eigen::Index i = 0; i < x.size(); ++i)
        if (!std::isfinite(x[i]) || std::abs(x[i]) > std::abs(x[worst])) worst = i;
    throw Error(
        fmt::format("'{}' of '{}' runs away after {:.4g} s; a trajectory that stays bounded is needed",
                    field.states[static_cast<std::size_t>(worst)].name, field.model, time));
}

/// Where the discarded time ends, and how far each state moved in its second half.
struct Start {
    Eigen::VectorXd x, spread;
};

Start settle(const VectorField& field, Equations& equations, const Eigen::VectorXd& parameters,
             const LyapunovSettings& settings) {
    Eigen::VectorXd low, high, last = field.start;
    double reached = 0.0;
    FlowSettings flow;
    flow.until_s = settings.discard_s;
    flow.most_steps = static_cast<int>(std::min<long>(settings.most_steps, std::numeric_limits<int>::max()));
    Start start;
    start.x = integrate(equations, field.start, parameters, flow, [&](double time, const Eigen::VectorXd& x) {
        reached = time;
        last = x;
        if (time < 0.5 * settings.discard_s) return true;
        low = low.size() == 0 ? x : Eigen::VectorXd(low.cwiseMin(x));
        high = high.size() == 0 ? x : Eigen::VectorXd(high.cwiseMax(x));
        return true;
    });
    if (!start.x.allFinite()) runs_away(field, last, reached);
    if (reached < settings.discard_s)
        throw Error(fmt::format(
            "'{}' came to {:.4g} s of the {:.4g} s to discard in {} steps; ask for less, or use a "
            "model that is less stiff",
            field.model, reached, settings.discard_s, flow.most_steps));
    // A state that rests has no spread: its size, or its unit, stands for it.
    start.spread = high - low;
    for (Eigen::Index i = 0; i < start.spread.size(); ++i) {
        const double size = std::abs(start.x[i]);
        if (start.spread[i] <= 1e-6 * size || start.spread[i] == 0.0)
            start.spread[i] = size > 1e-12 ? size : 1.0;
    }
    return start;
}

/// The scaled state and its tangent vectors as the columns of one matrix.
class TangentFlow {
  public:
    TangentFlow(Equations& equations, const Eigen::VectorXd& parameters, const Eigen::VectorXd& scale)
        : equations_(equations), scale_(scale), u_(scale.size() + parameters.size()) {
        u_.tail(parameters.size()) = parameters;
    }
    Eigen::MatrixXd slope(const Eigen::MatrixXd& z) {
        const Eigen::Index n = scale_.size();
        u_.head(n) = z.col(0).cwiseProduct(scale_);
        const Linearised at = equations_.at(u_);
        Eigen::MatrixXd made(z.rows(), z.cols());
        made.col(0) = at.value.cwiseQuotient(scale_);
        made.rightCols(z.cols() - 1) =
            scale_.cwiseInverse().asDiagonal() *
            (at.jacobian.leftCols(n) * (scale_.asDiagonal() * z.rightCols(z.cols() - 1)));
        return made;
    }

  private:
    Equations& equations_;
    Eigen::VectorXd scale_, u_;
};

/// Makes the tangent vectors orthonormal; the logarithms of what they had grown to, and the last slope for
/// the new ones.
Eigen::VectorXd orthonormalise(Eigen::MatrixXd& z, Eigen::MatrixXd& slope) {
    const Eigen::Index n = z.rows(), k = z.cols() - 1;
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(z.rightCols(k));
    const Eigen::MatrixXd r = qr.matrixQR().topRows(k).triangularView<Eigen::Upper>();
    z.rightCols(k) = qr.householderQ() * Eigen::MatrixXd::Identity(n, k);
    // slopes are linear in the vectors: J Q = (J V) R^-1
    slope.rightCols(k) =
        r.triangularView<Eigen::Upper>().solve<Eigen::OnTheRight>(Eigen::MatrixXd(slope.rightCols(k)));
    return r.diagonal().cwiseAbs().array().log();
}

// An exponent that cannot be told from zero counts as zero, so that a cycle has the dimension 1.
double kaplan_yorke(const LyapunovSpectrum& found, bool all) {
    double sum = 0.0;
    for (Eigen::Index j = 0; j < found.exponents.size(); ++j) {
        const double error = found.standard_error[j];
        const double exponent = std::abs(found.exponents[j]) < 2.0 * error ? 0.0 : found.exponents[j];
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
        made.running.resize(total_.size(), static_cast<Eigen::Index>(times_.size()));
        for (std::size_t i = 0; i < times_.size(); ++i)
            made.running.col(static_cast<Eigen::Index>(i)) = running_[i];
        made.standard_error.resize(total_.size());
        for (Eigen::Index e = 0; e < total_.size(); ++e) made.standard_error[e] = error(e);
        made.sum = all ? made.exponents.sum() : std::nan("");
        made.dimension = kaplan_yorke(made, all);
        return made;
    }

  private:
    // Of the mean over blocks that hold steps; long steps may leave some empty.
    double error(Eigen::Index e) const {
        double sum = 0.0, squares = 0.0;
        int count = 0;
        for (Eigen::Index b = 0; b < covered_.size(); ++b) {
            if (covered_[b] <= 0.0) continue;
            const double rate = block_(e, b) / covered_[b];
            sum += rate;
            squares += rate * rate;
            ++count;
        }
        if (count < 2) return std::nan("");
        const double mean = sum / count;
        return std::sqrt(std::max(0.0, squares / count - mean * mean) / (count - 1));
    }

    double duration_, next_ = 0.0;
    Eigen::VectorXd total_;
    Eigen::MatrixXd block_;
    Eigen::VectorXd covered_;
    std::vector<double> times_;
    std::vector<Eigen::VectorXd> running_;
};

}  // namespace

LyapunovSpectrum lyapunov_spectrum(const VectorField& field, const LyapunovSettings& settings) {
    check(field, settings);
    Equations equations = field.equations();
    const Eigen::VectorXd parameters = Eigen::Map<const Eigen::VectorXd>(
        field.free_value.data(), static_cast<Eigen::Index>(field.free_value.size()));
    const Start start = settle(field, equations, parameters, settings);
    const Eigen::Index n = field.dimension(), k = settings.exponents == 0 ? n : settings.exponents;

    TangentFlow flow(equations, parameters, start.spread);
    Eigen::MatrixXd z(n, k + 1);
    z << start.x.cwiseQuotient(start.spread), Eigen::MatrixXd::Identity(n, k);
    Eigen::MatrixXd slope = flow.slope(z);
    Growth growth(k, settings.duration_s);
    const auto derivative = [&](const Eigen::MatrixXd& at) { return flow.slope(at); };
    double time = 0.0, h = 1e-3 / std::max(slope.cwiseAbs().maxCoeff(), 1e-3 / settings.duration_s);
    for (long steps = 0; time < settings.duration_s; ++steps) {
        if (steps == settings.most_steps || time + h == time)
            throw Error(fmt::format(
                "the Lyapunov exponents of '{}' came to {:.4g} of {:.4g} s in {} steps; ask for a "
                "shorter duration, or use a model that is less stiff",
                field.model, time, settings.duration_s, steps));
        h = std::min(h, settings.duration_s - time);
        DormandPrinceStep<Eigen::MatrixXd> step = dormand_prince(derivative, z, slope, h);
        const double error = step.error.cwiseAbs().maxCoeff() / settings.tolerance;
        if (std::isfinite(error) && error <= 1.0) {
            time = h == settings.duration_s - time ? settings.duration_s : time + h;
            z = std::move(step.next);
            slope = std::move(step.slope);
            growth.add(time, h, orthonormalise(z, slope));
        } else if (!z.col(0).allFinite()) {
            runs_away(field, z.col(0).cwiseProduct(start.spread), settings.discard_s + time);
        }
        h *= next_step_factor(error);
        if (z.col(0).cwiseAbs().maxCoeff() > 1e12)
            runs_away(field, z.col(0).cwiseProduct(start.spread), settings.discard_s + time);
    }
    return growth.spectrum(k == n);
}

}  // namespace neurodyn::dynamics
