// SPDX-License-Identifier: BSD-3-Clause
// Transfer entropy of normal variables and by nearest neighbours.
#include "analysis/transfer_entropy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "analysis/coding.hpp"
#include "analysis/digamma.hpp"
#include "analysis/errors.hpp"
#include "analysis/information_flow.hpp"

namespace neurodyn::analysis {

double normal_transfer_entropy(const Eigen::VectorXd& target, const Eigen::VectorXd& source,
                               std::size_t history) {
    const auto p = static_cast<Eigen::Index>(history);
    const Eigen::VectorXd now = target.tail(target.size() - p);
    const Eigen::MatrixXd own = past_of(target, history);
    Eigen::MatrixXd both(own.rows(), 2 * p);
    both << own, past_of(source, history);
    return 0.5 * std::log2(residual_squares(now, own) / residual_squares(now, both));
}

namespace {

// Distances by the largest difference, in parts of a point: next sample, own past, the source's past.
struct Points {
    Eigen::MatrixXd own, other;  // a point in a column
    Eigen::VectorXd now;
};

struct Distances {
    double now = 0, own = 0, other = 0;
};

Distances distances(const Points& p, Eigen::Index i, Eigen::Index j) {
    return {std::abs(p.now[i] - p.now[j]), (p.own.col(i) - p.own.col(j)).cwiseAbs().maxCoeff(),
            (p.other.col(i) - p.other.col(j)).cwiseAbs().maxCoeff()};
}

}  // namespace

double nearest_transfer_entropy(const Eigen::VectorXd& target, const Eigen::VectorXd& source,
                                std::size_t history, std::size_t neighbours) {
    const auto p = static_cast<Eigen::Index>(history);
    const Points points{past_of(target, history).transpose(), past_of(source, history).transpose(),
                        target.tail(target.size() - p)};
    const Eigen::Index n = points.now.size();
    const Digamma digamma(static_cast<std::size_t>(n) + 1);
    std::vector<Distances> all(static_cast<std::size_t>(n));
    std::vector<double> joint(static_cast<std::size_t>(n));
    double sum = 0;
    for (Eigen::Index i = 0; i < n; ++i) {
        for (Eigen::Index j = 0; j < n; ++j) {
            const Distances d = all[static_cast<std::size_t>(j)] = distances(points, i, j);
            joint[static_cast<std::size_t>(j)] =
                i == j ? std::numeric_limits<double>::infinity() : std::max({d.now, d.own, d.other});
        }
        std::vector<double> order = joint;
        const auto kth = order.begin() + static_cast<std::ptrdiff_t>(neighbours) - 1;
        std::nth_element(order.begin(), kth, order.end());
        const double radius = *kth;
        std::size_t own = 0, own_now = 0, own_other = 0;
        for (Eigen::Index j = 0; j < n; ++j) {
            const Distances& d = all[static_cast<std::size_t>(j)];
            if (j == i || !(d.own < radius)) continue;
            ++own;
            own_now += d.now < radius ? 1 : 0;
            own_other += d.other < radius ? 1 : 0;
        }
        sum += digamma(neighbours) + digamma(own + 1) - digamma(own_now + 1) - digamma(own_other + 1);
    }
    return sum / static_cast<double>(n) / std::numbers::ln2;
}

namespace {

struct TransferOptions {
    std::size_t history, neighbours, surrogates;
    std::uint64_t seed;
    bool nearest;
};

TransferOptions read_options(const Arguments& a) {
    return {whole(a, "history"), whole(a, "neighbours"), whole(a, "surrogates"), whole(a, "seed"),
            a.word("method") == "nearest"};
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const TransferOptions o = read_options(a);
    require_samples(without_start(a.series("series"), a.number("discard")),
                    std::max<std::size_t>(6 * o.history + 10, 4 * o.neighbours),
                    "a transfer entropy of this history");
    return {};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const TransferOptions o = read_options(a);
    const Series& series = a.series("series");
    const Eigen::MatrixXd x = centred_channels(without_start(series, a.number("discard")));
    const auto entropy = [&](const Eigen::VectorXd& target, const Eigen::VectorXd& source) {
        return o.nearest ? nearest_transfer_entropy(target, source, o.history, o.neighbours)
                         : normal_transfer_entropy(target, source, o.history);
    };
    const auto column = [&](std::size_t c) { return x.col(static_cast<Eigen::Index>(c)); };
    const Matrix found = over_pairs(series, [&](std::size_t target, std::size_t source) {
        return entropy(column(target), column(source));
    });
    // The source moved in time keeps its own past and loses what it has to do with the target.
    const Matrix p = over_pairs(series, [&](std::size_t target, std::size_t source) {
        if (o.surrogates == 0) return std::numeric_limits<double>::quiet_NaN();
        double as_large = 1;
        for (std::size_t k = 0; k < o.surrogates; ++k)
            as_large += entropy(column(target), shifted(column(source), o.history + 1, o.seed, source, k)) >=
                                found(target, source)
                            ? 1
                            : 0;
        return as_large / static_cast<double>(o.surrogates + 1);
    });
    Result result;
    result.add_matrix("transfer_entropy", "in bits, to the row's channel from the column's", found);
    result.add_matrix("p", "of as much by chance", p);
    return result;
}

}  // namespace

Analysis rows::transfer_entropy() {
    return {
        "transfer_entropy",
        "Information that each channel's past has about each other's next sample beyond that one's own past",
        {{"series", {InputKind::series}, true, "what was recorded"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"history", "", 1.0, "samples of each past", {}, {1, 100}},
         {"method",
          "",
          std::string("normal"),
          "normal variables, or distances of nearest neighbours",
          {"normal", "nearest"}},
         {"neighbours", "", 4.0, "of the method `nearest`", {}, {1, 100}},
         {"surrogates", "", 0.0, "shifts in time of the source for p; 0: none", {}, not_negative},
         {"seed", "", 0.0, "of the shifts", {}, not_negative}},
        {{"transfer_entropy", "bits; rows are targets, columns sources", {"channel", "other_channel"}},
         {"p",
          "part of the shifts, the data counted in, with as much; NaN without",
          {"channel", "other_channel"}}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
