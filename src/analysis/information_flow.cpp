// SPDX-License-Identifier: BSD-3-Clause
// Pasts, regressions and shifts.
#include "analysis/information_flow.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {

Eigen::MatrixXd centred_channels(const SeriesView& s) {
    require_finite(s);
    Eigen::MatrixXd x(static_cast<Eigen::Index>(s.samples), static_cast<Eigen::Index>(s.channels));
    for (std::size_t c = 0; c < s.channels; ++c) {
        auto column = x.col(static_cast<Eigen::Index>(c));
        for (std::size_t t = 0; t < s.samples; ++t)
            column[static_cast<Eigen::Index>(t)] = s.at(t, c) - s.at(0, c);
        const double mean = column.mean();
        column.array() -= mean;
        const double rounding =
            8 * std::numeric_limits<double>::epsilon() * (std::abs(s.at(0, c)) + std::abs(mean));
        if (!(column.squaredNorm() > static_cast<double>(s.samples) * rounding * rounding))
            throw DataError(
                fmt::format("series '{}': {} '{}' is constant ({}), so nothing flows to or from it", s.name,
                            s.dimension, s.label(c), s.at(0, c)),
                s.name, s.label(c));
    }
    return x;
}

Eigen::MatrixXd past_of(const Eigen::VectorXd& x, std::size_t order) {
    const auto p = static_cast<Eigen::Index>(order), n = x.size() - p;
    Eigen::MatrixXd past(n, p);
    for (Eigen::Index k = 0; k < p; ++k) past.col(k) = x.segment(p - 1 - k, n);
    return past;
}

double residual_squares(const Eigen::VectorXd& y, const Eigen::MatrixXd& regressors) {
    return (y - regressors * regressors.colPivHouseholderQr().solve(y)).squaredNorm();
}

Eigen::VectorXd shifted(const Eigen::VectorXd& x, std::size_t least, std::uint64_t seed,
                        std::uint64_t channel, std::uint64_t number) {
    const double room = static_cast<double>(x.size()) - 2 * static_cast<double>(least);
    const auto by =
        static_cast<Eigen::Index>(static_cast<double>(least) + uniform_at(seed, 0, number, channel) * room);
    Eigen::VectorXd moved(x.size());
    moved << x.tail(x.size() - by), x.head(by);
    return moved;
}

Matrix over_pairs(const Series& series, const std::function<double(std::size_t, std::size_t)>& value) {
    Matrix m = channel_matrix_shape(series);
    m.values.assign(series.channels * series.channels, 0.0);
    parallel_for(m.values.size(), [&](std::size_t k) {
        const std::size_t target = k / series.channels, source = k % series.channels;
        if (target != source) m.values[k] = value(target, source);
    });
    return m;
}

}  // namespace neurodyn::analysis
