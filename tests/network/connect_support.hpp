// SPDX-License-Identifier: BSD-3-Clause
// What the tests of connection rules share: rules in one line, rows, and comparisons with a law.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "network/connect.hpp"

namespace neurodyn::network {

inline ConnectionRule make_rule(ConnectionRule::Kind kind, std::uint64_t count = 0) {
    ConnectionRule rule;
    rule.kind = kind;
    rule.count = count;
    return rule;
}

inline std::vector<std::uint32_t> row(const Connector& connector, std::size_t source) {
    std::vector<std::uint32_t> targets;
    connector.outgoing(source, targets);
    return targets;
}

inline std::vector<std::vector<std::uint32_t>> all_rows(const Connector& connector) {
    std::vector<std::vector<std::uint32_t>> rows;
    for (std::size_t t = 0; t < connector.sources(); ++t) rows.push_back(row(connector, t));
    return rows;
}

/// Pearson's statistic is below its mean by so much that chance exceeds it less than once in 10^6 times
/// (six standard deviations and an allowance for the tail of few degrees of freedom).
inline void expect_law(const std::vector<double>& observed, const std::vector<double>& expected) {
    ASSERT_EQ(observed.size(), expected.size());
    double statistic = 0.0, freedom = -1.0, rest_observed = 0.0, rest_expected = 0.0;
    const auto add = [&](double o, double e) { statistic += (o - e) * (o - e) / e, freedom += 1.0; };
    for (std::size_t k = 0; k < observed.size(); ++k) {
        if (expected[k] >= 8.0) {
            add(observed[k], expected[k]);
        } else {  // rare outcomes together
            rest_observed += observed[k];
            rest_expected += expected[k];
        }
    }
    if (rest_expected >= 8.0)
        add(rest_observed, rest_expected);
    else
        EXPECT_LE(rest_observed, rest_expected + 6.0 * std::sqrt(rest_expected) + 10.0);
    EXPECT_LT(statistic, freedom + 6.0 * std::sqrt(2.0 * std::max(freedom, 0.0)) + 12.0);
}

/// log of n over k.
inline double log_choose(double n, double k) {
    return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0);
}
inline double binomial_law(double k, double n, double p) {
    if (k > n) return 0.0;
    return std::exp(log_choose(n, k) + k * std::log(p) + (n - k) * std::log1p(-p));
}

/// The message of the error that `action` throws.
template <class Action>
std::string message_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace neurodyn::network
