// SPDX-License-Identifier: BSD-3-Clause
// Granger causality by regressions, and by the transfer function of a pair's autoregression.
#include "analysis/granger_causality.hpp"

#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "analysis/coding.hpp"
#include "analysis/errors.hpp"
#include "analysis/information_flow.hpp"

namespace neurodyn::analysis {
namespace {

// Continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method.
double beta_fraction(double a, double b, double x) {
    constexpr double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (std::abs(d) < tiny ? tiny : d);
    double f = d;
    for (int m = 1; m < 10000; ++m) {
        double factor = 1;
        for (const double term : {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                                  -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))}) {
            d = 1 + term * d;
            d = 1 / (std::abs(d) < tiny ? tiny : d);
            c = 1 + term / c;
            if (std::abs(c) < tiny) c = tiny;
            factor = c * d;
            f *= factor;
        }
        if (std::abs(factor - 1) < 1e-15) break;
    }
    return f;
}

// Regularised incomplete beta function.
double incomplete_beta(double a, double b, double x) {
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    const double front =
        std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                     : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

}  // namespace

double f_tail(double f, double n, double m) {
    return f > 0 ? incomplete_beta(m / 2, n / 2, m / (m + n * f)) : 1;
}

Granger granger_causality(const Eigen::VectorXd& target, const Eigen::VectorXd& source,
                          const std::vector<Eigen::VectorXd>& others, std::size_t order) {
    const auto p = static_cast<Eigen::Index>(order), n = target.size() - p;
    const auto groups = static_cast<Eigen::Index>(others.size()) + 1;
    Eigen::MatrixXd all(n, p * (groups + 1));
    all.leftCols(p) = past_of(target, order);
    for (Eigen::Index k = 1; k < groups; ++k)
        all.middleCols(k * p, p) = past_of(others[static_cast<std::size_t>(k) - 1], order);
    all.rightCols(p) = past_of(source, order);
    const Eigen::VectorXd now = target.tail(n);
    const double without = residual_squares(now, all.leftCols(p * groups)), with = residual_squares(now, all);
    const double degrees = static_cast<double>(n - all.cols());
    return {std::log(without / with), f_tail((without - with) / with * degrees / static_cast<double>(order),
                                             static_cast<double>(order), degrees)};
}

std::vector<double> spectral_causality(const Eigen::VectorXd& target, const Eigen::VectorXd& source,
                                       std::size_t order, const std::vector<double>& frequencies) {
    const auto p = static_cast<Eigen::Index>(order), n = target.size() - p;
    Eigen::MatrixXd past(n, 2 * p), now(n, 2);
    past << past_of(target, order), past_of(source, order);
    now << target.tail(n), source.tail(n);
    const Eigen::MatrixXd coefficients = past.colPivHouseholderQr().solve(now);
    const Eigen::MatrixXd rest = now - past * coefficients;
    const Eigen::Matrix2d noise = rest.transpose() * rest / static_cast<double>(n);
    const double own_part = noise(1, 1) - noise(0, 1) * noise(0, 1) / noise(0, 0);
    std::vector<double> causality;
    for (const double f : frequencies) {
        Eigen::Matrix2cd a = Eigen::Matrix2cd::Identity();
        for (Eigen::Index k = 0; k < p; ++k) {
            const auto turn = std::polar(1.0, -2 * std::numbers::pi * f * static_cast<double>(k + 1));
            for (Eigen::Index to = 0; to < 2; ++to)
                for (Eigen::Index from = 0; from < 2; ++from)
                    a(to, from) -= coefficients(from * p + k, to) * turn;
        }
        const Eigen::Matrix2cd h = a.inverse();
        const double all = (h * noise * h.adjoint())(0, 0).real();
        causality.push_back(std::log(all / (all - own_part * std::norm(h(0, 1)))));
    }
    return causality;
}

namespace {

struct Band {
    double low_hz, high_hz;
};

Band band_of(const Arguments& a) {
    const double nyquist = 0.5 / a.series("series").interval_s;
    const Band band{a.number("low"), a.number("high") == 0 ? nyquist : a.number("high")};
    if (!(band.high_hz <= nyquist * (1 + 1e-12)) || !(band.low_hz < band.high_hz))
        throw OptionError(
            fmt::format(
                "low and high are {} Hz and {} Hz; a band below {} Hz, half of the sampling rate, was "
                "expected",
                band.low_hz, band.high_hz, nyquist),
            "high");
    return band;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const SeriesView series = without_start(a.series("series"), a.number("discard"));
    const std::size_t groups = a.flag("conditional") ? series.channels : 2;
    require_samples(series, (groups + 1) * whole(a, "order") * 2 + 10, "Granger causality of this order");
    band_of(a);
    return {};
}

double mean_in_band(const Eigen::VectorXd& target, const Eigen::VectorXd& source, std::size_t order,
                    const Band& band, double interval_s) {
    constexpr std::size_t points = 512;
    std::vector<double> frequencies;
    for (std::size_t k = 0; k < points; ++k)
        frequencies.push_back(interval_s * (band.low_hz + (static_cast<double>(k) + 0.5) / points *
                                                              (band.high_hz - band.low_hz)));
    double mean = 0;
    for (const double c : spectral_causality(target, source, order, frequencies)) mean += c / points;
    return mean;
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const Series& series = a.series("series");
    const Eigen::MatrixXd x = centred_channels(without_start(series, a.number("discard")));
    const std::size_t order = whole(a, "order");
    const auto column = [&](std::size_t c) { return Eigen::VectorXd(x.col(static_cast<Eigen::Index>(c))); };
    Matrix p = channel_matrix_shape(series);
    p.values.assign(series.channels * series.channels, std::numeric_limits<double>::quiet_NaN());
    const Matrix causality = over_pairs(series, [&](std::size_t target, std::size_t source) {
        std::vector<Eigen::VectorXd> others;
        for (std::size_t c = 0; a.flag("conditional") && c < series.channels; ++c)
            if (c != target && c != source) others.push_back(column(c));
        const Granger g = granger_causality(column(target), column(source), others, order);
        p(target, source) = g.p;
        return g.causality;
    });
    const Band band = band_of(a);
    const Matrix in_band = over_pairs(series, [&](std::size_t target, std::size_t source) {
        return mean_in_band(column(target), column(source), order, band, series.interval_s);
    });
    Result result;
    result.add_matrix("causality", "to the row's channel from the column's", causality);
    result.add_matrix("p", "of as much by chance", p);
    result.add_matrix("in_band", "mean over frequencies, of pairs", in_band);
    return result;
}

}  // namespace

Analysis rows::granger_causality() {
    return {
        "granger_causality",
        "How much each channel's past helps to predict each other's, in time and in a band of frequencies",
        {{"series", {InputKind::series}, true, "what was recorded"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"order", "", 2.0, "past samples", {}, {1, 1000}},
         {"conditional", "", false, "given the past of all other channels"},
         {"low", "Hz", 0.0, "of the band", {}, not_negative},
         {"high", "Hz", 0.0, "of the band; 0: half of the sampling rate", {}, not_negative}},
        {{"causality",
          "ln of residual variances; rows are targets, columns sources",
          {"channel", "other_channel"}},
         {"p", "of the F test; NaN on the diagonal", {"channel", "other_channel"}},
         {"in_band",
          "Geweke's spectral causality of pairs, mean over the band",
          {"channel", "other_channel"}}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
