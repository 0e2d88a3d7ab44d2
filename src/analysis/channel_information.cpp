// SPDX-License-Identifier: BSD-3-Clause
// Mutual information of normal channels, and by nearest neighbours.
#include "analysis/channel_information.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "analysis/coding.hpp"
#include "analysis/digamma.hpp"
#include "analysis/errors.hpp"
#include "analysis/information_flow.hpp"
#include "analysis/spike_trains.hpp"

namespace neurodyn::analysis {

double normal_channel_information(const Eigen::VectorXd& x, const Eigen::VectorXd& y, bool corrected) {
    const Eigen::VectorXd a = x.array() - x.mean(), b = y.array() - y.mean();
    const double r = a.dot(b) / std::sqrt(a.squaredNorm() * b.squaredNorm());
    const double n = static_cast<double>(x.size());
    const double bias = corrected ? digamma((n - 1) / 2) - digamma((n - 2) / 2) : 0.0;
    return (-std::log1p(-r * r) - bias) / (2 * std::numbers::ln2);
}

namespace {

// Points by ascending x.
struct Points {
    std::vector<double> x, y;
};

Points ordered(const Eigen::VectorXd& x, const Eigen::VectorXd& y) {
    std::vector<Eigen::Index> order(static_cast<std::size_t>(x.size()));
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](Eigen::Index a, Eigen::Index b) { return x[a] != x[b] ? x[a] < x[b] : a < b; });
    Points p;
    for (const Eigen::Index k : order) p.x.push_back(x[k]), p.y.push_back(y[k]);
    return p;
}

// The distance, by the larger difference, of point i to its k-th neighbour: from i outwards along x, until
// nothing can be nearer.
double neighbour_distance(const Points& p, std::size_t i, std::vector<double>& nearest) {
    std::fill(nearest.begin(), nearest.end(), std::numeric_limits<double>::infinity());
    const std::size_t n = p.x.size();
    std::size_t left = i, right = i + 1;  // [left, right) is done
    while (left > 0 || right < n) {
        const double before = left > 0 ? p.x[i] - p.x[left - 1] : std::numeric_limits<double>::infinity();
        const double after = right < n ? p.x[right] - p.x[i] : std::numeric_limits<double>::infinity();
        if (std::min(before, after) >= nearest.back()) break;
        const std::size_t j = before < after ? --left : right++;
        const double d = std::max(std::min(before, after), std::abs(p.y[j] - p.y[i]));
        if (d >= nearest.back()) continue;
        const auto at = std::upper_bound(nearest.begin(), nearest.end(), d);
        std::move_backward(at, nearest.end() - 1, nearest.end());
        *at = d;
    }
    return nearest.back();
}

// Values nearer to `centre` than `radius`, itself not counted.
std::size_t near(const std::vector<double>& ascending, double centre, double radius) {
    const auto low = std::partition_point(ascending.begin(), ascending.end(),
                                          [&](double v) { return centre - v >= radius; });
    const auto high =
        std::partition_point(low, ascending.end(), [&](double v) { return v - centre < radius; });
    return static_cast<std::size_t>(high - low) - 1;
}

}  // namespace

double nearest_channel_information(const Eigen::VectorXd& x, const Eigen::VectorXd& y,
                                   std::size_t neighbours) {
    const Points p = ordered(x, y);
    std::vector<double> y_ascending = p.y, nearest(neighbours);
    std::sort(y_ascending.begin(), y_ascending.end());
    const std::size_t n = p.x.size();
    const Digamma psi(n + 1);
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double radius = neighbour_distance(p, i, nearest);
        if (!(radius > 0)) return std::numeric_limits<double>::quiet_NaN();
        sum += psi(near(p.x, p.x[i], radius) + 1) + psi(near(y_ascending, p.y[i], radius) + 1);
    }
    return (psi(neighbours) + psi(n) - sum / static_cast<double>(n)) / std::numbers::ln2;
}

namespace {

struct InformationOptions {
    std::size_t neighbours, surrogates;
    std::uint64_t seed;
    bool nearest, corrected;
};

InformationOptions read_options(const Arguments& a) {
    return {whole(a, "neighbours"), whole(a, "surrogates"), whole(a, "seed"), a.word("method") == "nearest",
            a.flag("corrected")};
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const InformationOptions o = read_options(a);
    const SeriesView series = without_start(a.series("series"), a.number("discard"));
    require_channels(series, 2, "information");
    require_samples(series, std::max<std::size_t>(10, 4 * o.neighbours), "information between channels");
    return {};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const InformationOptions o = read_options(a);
    const Series& series = a.series("series");
    Eigen::MatrixXd x = centred_channels(without_start(series, a.number("discard")));
    for (Eigen::Index c = 0; c < x.cols(); ++c) x.col(c) /= std::sqrt(x.col(c).squaredNorm());
    const auto column = [&](std::size_t c) { return x.col(static_cast<Eigen::Index>(c)); };
    const auto information = [&](const Eigen::VectorXd& one, const Eigen::VectorXd& other) {
        return o.nearest ? nearest_channel_information(one, other, o.neighbours)
                         : normal_channel_information(one, other, o.corrected);
    };
    std::vector<double> p(series.channels * (series.channels - 1) / 2);
    const auto at = [&](std::size_t i, std::size_t j) {
        return i * (2 * series.channels - i - 1) / 2 + j - i - 1;
    };
    const std::vector<double> found = pairwise(series.channels, [&](std::size_t i, std::size_t j) {
        const double value = information(column(i), column(j));
        if (std::isnan(value))
            throw DataError(fmt::format("series '{}': more than {} samples agree in '{}' and '{}'; nearest "
                                        "neighbours need values that do not repeat, take method: normal",
                                        series.name, o.neighbours, SeriesView(series).label(i),
                                        SeriesView(series).label(j)),
                            series.name, SeriesView(series).label(i));
        double as_large = 1;
        for (std::size_t k = 0; k < o.surrogates; ++k)  // turned by a tenth of the series or more
            as_large +=
                information(column(i), shifted(column(j), series.samples / 10, o.seed, j, k)) >= value;
        p[at(i, j)] = o.surrogates > 0 ? as_large / static_cast<double>(o.surrogates + 1)
                                       : std::numeric_limits<double>::quiet_NaN();
        return value;
    });
    std::vector<double> strength;
    for (const double bits : found)
        strength.push_back(std::sqrt(-std::expm1(-2 * std::numbers::ln2 * std::max(bits, 0.0))));
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    Result result;
    result.add(pair_matrix("information", "in bits", found, nan, series));
    result.add(pair_matrix("strength", "the correlation of normal channels with this information", strength,
                           1.0, series));
    result.add(pair_matrix("p", "of as much by chance", p, nan, series));
    return result;
}

}  // namespace

Analysis rows::channel_information() {
    const std::vector<std::string> pair{"channel", "other_channel"};
    return {
        "channel_information",
        "Mutual information of every two channels, of normal variables or by nearest neighbours",
        {{"series", {InputKind::series}, true, "what was recorded"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"method",
          "",
          std::string("normal"),
          "normal variables, or distances of nearest neighbours",
          {"normal", "nearest"}},
         {"neighbours", "", 3.0, "of the method `nearest`", {}, {1, 100}},
         {"corrected", "", true, "of `normal`: whether the mean error of independent samples is taken off"},
         {"surrogates", "", 0.0, "shifts in time of one channel for p; 0: none", {}, not_negative},
         {"seed", "", 0.0, "of the shifts", {}, not_negative}},
        {{"information", "bits; below 0 where chance has it; NaN on the diagonal", pair},
         {"strength", "root of 1 - 2^(-2 information), 0 below 0", pair},
         {"p", "part of the shifts, the data counted in, with as much; NaN without", pair}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
