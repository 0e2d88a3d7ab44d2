// SPDX-License-Identifier: BSD-3-Clause
// Connection rules: who is joined, against the law of each rule, and what cannot be met.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <thread>

#include "network/connect_support.hpp"

namespace neurodyn::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = ConnectionRule::Kind;

bool all_different(std::vector<std::uint32_t> targets) {
    std::sort(targets.begin(), targets.end());
    return std::adjacent_find(targets.begin(), targets.end()) == targets.end();
}

bool has_self(const std::vector<std::vector<std::uint32_t>>& rows) {
    for (std::size_t t = 0; t < rows.size(); ++t)
        if (std::find(rows[t].begin(), rows[t].end(), t) != rows[t].end()) return true;
    return false;
}

std::vector<double> in_degrees(const Connector& connector) {
    std::vector<double> degrees(connector.targets());
    for (const auto& targets : all_rows(connector))
        for (const std::uint32_t s : targets) degrees[s] += 1.0;
    return degrees;
}

/// How often each network of a small rule appears over many seeds; a network is its matrix of counts.
std::map<std::string, double> networks(const ConnectionRule& rule, std::size_t targets, std::size_t sources,
                                       bool same, int seeds) {
    std::map<std::string, double> found;
    for (int seed = 0; seed < seeds; ++seed) {
        const Connector connector(rule, targets, sources, same, static_cast<std::uint64_t>(seed), 3);
        std::string matrix(targets * sources, '0');
        for (std::size_t t = 0; t < sources; ++t)
            for (const std::uint32_t s : row(connector, t)) ++matrix[t * targets + s];
        found[matrix] += 1.0;
    }
    return found;
}

/// All networks are equally likely, and there are as many as combinatorics says.
void expect_equally_likely(const std::map<std::string, double>& found, std::size_t count, int seeds) {
    ASSERT_EQ(found.size(), count);
    std::vector<double> observed;
    for (const auto& [matrix, times] : found) observed.push_back(times);
    expect_law(observed, std::vector<double>(count, double(seeds) / double(count)));
}

/// Networks that are made by `count` independent synapses, each with one of `pairs` pairs:
/// n!/prod(m!)/pairs^n.
void expect_multinomial(const std::map<std::string, double>& found, double count, double pairs, int seeds) {
    std::vector<double> observed, expected;
    for (const auto& [matrix, times] : found) {
        double law = std::lgamma(count + 1.0) - count * std::log(pairs);
        for (const char c : matrix) law -= std::lgamma(double(c - '0') + 1.0);
        observed.push_back(times);
        expected.push_back(seeds * std::exp(law));
    }
    EXPECT_NEAR(std::accumulate(expected.begin(), expected.end(), 0.0), seeds, 1e-6 * seeds);  // all appeared
    expect_law(observed, expected);
}

TEST(ConnectRules, AllToAll) {
    const Connector with(make_rule(Kind::all_to_all), 3, 2, false, 1, 0);
    EXPECT_EQ(with.total(), 6u);
    EXPECT_THAT(row(with, 1), ElementsAre(0, 1, 2));
    ConnectionRule rule = make_rule(Kind::all_to_all);
    rule.autapses = false;
    const Connector without(rule, 3, 3, true, 1, 0);
    EXPECT_EQ(without.total(), 6u);
    EXPECT_EQ(without.out_degree(1), 2u);
    EXPECT_THAT(row(without, 1), ElementsAre(0, 2));
    const Connector two_populations(rule, 3, 3, false, 1, 0);
    EXPECT_THAT(row(two_populations, 1), ElementsAre(0, 1, 2));  // no autapse: another population
}

TEST(ConnectRules, OneToOne) {
    const Connector connector(make_rule(Kind::one_to_one), 4, 4, false, 1, 0);
    EXPECT_EQ(connector.total(), 4u);
    EXPECT_THAT(row(connector, 2), ElementsAre(2));
}

TEST(ConnectRules, OutgoingAppends) {
    const Connector connector(make_rule(Kind::all_to_all), 2, 2, false, 1, 0);
    std::vector<std::uint32_t> targets = {7};
    connector.outgoing(0, targets);
    EXPECT_THAT(targets, ElementsAre(7, 0, 1));
}

TEST(ConnectRules, FixedOutDegreeWithMultapses) {
    const Connector connector(make_rule(Kind::fixed_out_degree, 1000), 300, 200, false, 5, 1);
    EXPECT_EQ(connector.total(), 200'000u);
    for (std::size_t t = 0; t < 200; ++t) EXPECT_EQ(row(connector, t).size(), 1000u);
    expect_law(in_degrees(connector), std::vector<double>(300, 200'000.0 / 300));
    expect_multinomial(networks(make_rule(Kind::fixed_out_degree, 3), 3, 1, false, 20'000), 3, 3, 20'000);
}

TEST(ConnectRules, FixedOutDegreeWithoutMultapses) {
    ConnectionRule rule = make_rule(Kind::fixed_out_degree, 2);
    rule.multapses = false;
    expect_equally_likely(networks(rule, 5, 1, false, 20'000), 10, 20'000);
    rule.count = 3;  // more than half: the others are drawn
    expect_equally_likely(networks(rule, 5, 1, false, 20'000), 10, 20'000);
    rule.autapses = false;
    expect_equally_likely(networks(rule, 4, 4, true, 20'000), 1, 20'000);  // 3 of 3 others
    rule.count = 1;
    expect_equally_likely(networks(rule, 3, 3, true, 20'000), 8, 20'000);
}

// Few of many are looked up in a table, many in a bitmap, most by what is left out.
TEST(ConnectRules, DistinctTargetsAreEquallyLikelyAtAnyDensity) {
    for (const std::uint64_t count : {1u, 3u, 40u, 600u, 2000u, 2990u, 2999u, 3000u}) {
        ConnectionRule rule = make_rule(Kind::fixed_out_degree, count);
        rule.multapses = rule.autapses = false;
        if (count == 3000) rule.autapses = true;
        const Connector connector(rule, 3000, 3000, true, 11, 2);
        const std::size_t some = 3000;
        std::vector<double> times(3000);
        for (std::size_t t = 0; t < some; ++t) {
            const auto targets = row(connector, t);
            ASSERT_EQ(targets.size(), count);
            ASSERT_TRUE(all_different(targets));
            for (const std::uint32_t s : targets) {
                ASSERT_LT(s, 3000u);
                if (!rule.autapses) {
                    ASSERT_NE(s, t);
                }
                times[s] += 1.0;
            }
            EXPECT_TRUE(2 * count <= 3000 || std::is_sorted(targets.begin(), targets.end()));
        }
        // Each target's in-degree is binomial; the sum of squares has mean 3000 n p (1 - p).
        const double p = double(count) / 2999.0, variance = 3000.0 * p * (1.0 - p);
        double squares = 0.0;
        for (const double n : times) squares += (n - double(count)) * (n - double(count));
        if (count < 2999) {
            EXPECT_NEAR(squares / 3000.0 / variance, 1.0, 6.0 * std::sqrt(2.0 / 3000.0)) << count;
        }
    }
}

// 2^32 words do not share out evenly among 3*2^30 targets: without care every third target would come up
// twice as often as the others.
TEST(ConnectRules, NoTargetIsFavouredByRounding) {
    for (const bool multapses : {true, false}) {
        ConnectionRule rule = make_rule(Kind::fixed_out_degree, 1000);
        rule.multapses = multapses;
        const Connector connector(rule, std::size_t{3} << 30, 60, false, 3, 3);
        std::vector<double> rest(3), part(12);
        for (std::size_t t = 0; t < 60; ++t)
            for (const std::uint32_t s : row(connector, t)) {
                rest[s % 3] += 1.0;
                part.at(s >> 28) += 1.0;
            }
        expect_law(rest, std::vector<double>(3, 20'000));
        expect_law(part, std::vector<double>(12, 5000));
    }
}

TEST(ConnectRules, BernoulliHasBinomialDegrees) {
    ConnectionRule rule = make_rule(Kind::bernoulli);
    rule.probability = 0.03;
    const Connector connector(rule, 400, 5000, false, 21, 4);
    std::vector<double> degrees(401), expected(401);
    std::uint64_t total = 0;
    for (std::size_t t = 0; t < 5000; ++t) {
        const auto targets = row(connector, t);
        EXPECT_TRUE(all_different(targets));
        EXPECT_EQ(connector.out_degree(t), targets.size());
        degrees[targets.size()] += 1.0;
        total += targets.size();
    }
    for (std::size_t k = 0; k <= 400; ++k) expected[k] = 5000 * binomial_law(double(k), 400, 0.03);
    expect_law(degrees, expected);
    EXPECT_EQ(connector.total(), total);
    expect_law(in_degrees(connector), std::vector<double>(400, double(total) / 400.0));
}

TEST(ConnectRules, BernoulliPairsAreIndependent) {
    ConnectionRule rule = make_rule(Kind::bernoulli);
    rule.probability = 0.5;
    expect_equally_likely(networks(rule, 3, 2, false, 20'000), 64, 20'000);
    rule.autapses = false;
    expect_equally_likely(networks(rule, 2, 2, true, 20'000), 4, 20'000);
}

TEST(ConnectRules, BernoulliOfNoneAndAll) {
    ConnectionRule rule = make_rule(Kind::bernoulli);
    EXPECT_EQ(Connector(rule, 10, 10, false, 1, 0).total(), 0u);
    rule.probability = 1.0;
    const Connector all(rule, 10, 10, false, 1, 0);
    EXPECT_EQ(all.total(), 100u);
    EXPECT_EQ(row(all, 3).size(), 10u);
}

TEST(ConnectRules, FixedTotalWithMultapsesIsMultinomial) {
    expect_multinomial(networks(make_rule(Kind::fixed_total, 3), 2, 3, false, 30'000), 3, 6, 30'000);
    ConnectionRule rule = make_rule(Kind::fixed_total, 2);
    rule.autapses = false;
    expect_multinomial(networks(rule, 3, 3, true, 30'000), 2, 6, 30'000);
}

TEST(ConnectRules, FixedTotalDegreesHaveTheirLaw) {
    const std::uint64_t total = 800'000;
    const Connector connector(make_rule(Kind::fixed_total, total), 500, 4000, false, 31, 5);
    EXPECT_EQ(connector.total(), total);
    std::vector<double> degrees(600), expected(600);
    std::uint64_t sum = 0;
    for (std::size_t t = 0; t < 4000; ++t) {
        const std::size_t degree = row(connector, t).size();
        EXPECT_EQ(connector.out_degree(t), degree);
        degrees.at(degree) += 1.0;
        sum += degree;
    }
    EXPECT_EQ(sum, total);
    for (std::size_t k = 0; k < 600; ++k)
        expected[k] = 4000 * binomial_law(double(k), double(total), 1.0 / 4000);
    expect_law(degrees, expected);
    expect_law(in_degrees(connector), std::vector<double>(500, double(total) / 500));
}

TEST(ConnectRules, FixedTotalWithoutMultapses) {
    ConnectionRule rule = make_rule(Kind::fixed_total, 2);
    rule.multapses = false;
    expect_equally_likely(networks(rule, 3, 2, false, 30'000), 15, 30'000);
    rule.autapses = false;
    expect_equally_likely(networks(rule, 3, 3, true, 30'000), 15, 30'000);
    rule.count = 6;
    expect_equally_likely(networks(rule, 3, 3, true, 100), 1, 100);
    rule.count = 90'000;
    const Connector connector(rule, 500, 500, true, 2, 7);
    const auto rows = all_rows(connector);
    EXPECT_FALSE(has_self(rows));
    std::size_t sum = 0;
    for (const auto& targets : rows) {
        EXPECT_TRUE(all_different(targets));
        sum += targets.size();
    }
    EXPECT_EQ(sum, 90'000u);
}

TEST(ConnectRules, FixedInDegreeSmallNetworks) {
    ConnectionRule rule = make_rule(Kind::fixed_in_degree, 3);
    expect_multinomial(networks(rule, 1, 3, false, 20'000), 3, 3, 20'000);
    rule.multapses = false;
    rule.count = 1;
    expect_equally_likely(networks(rule, 2, 3, false, 20'000), 9, 20'000);
    rule.autapses = false;
    rule.count = 2;
    expect_equally_likely(networks(rule, 4, 4, true, 30'000), 81, 30'000);
}

TEST(ConnectRules, FixedInDegreeOverManyBlocks) {
    for (const bool multapses : {true, false})
        for (const bool autapses : {true, false}) {
            ConnectionRule rule = make_rule(Kind::fixed_in_degree, 300);
            rule.multapses = multapses;
            rule.autapses = autapses;
            const Connector connector(rule, 1000, 1000, true, 8, 9);
            EXPECT_EQ(connector.total(), 300'000u);
            EXPECT_THAT(in_degrees(connector), testing::Each(300.0));
            const auto rows = all_rows(connector);
            EXPECT_EQ(has_self(rows), autapses);
            bool different = true;
            double squares = 0.0;
            for (std::size_t t = 0; t < 1000; ++t) {
                EXPECT_TRUE(std::is_sorted(rows[t].begin(), rows[t].end()));
                EXPECT_EQ(connector.out_degree(t), rows[t].size());
                different = different && all_different(rows[t]);
                squares += std::pow(double(rows[t].size()) - 300.0, 2);
            }
            EXPECT_EQ(different, !multapses);
            // In-degrees: binomial of 300,000 over 1000 sources, or of 1000 targets with 300/(999 or 1000).
            const double p = autapses ? .3 : 300.0 / 999.0;
            const double variance = multapses ? 300.0 * (1.0 - 1e-3) : 1000.0 * p * (1.0 - p);
            EXPECT_NEAR(squares / 1000.0 / variance, 1.0, 6.0 * std::sqrt(2.0 / 1000.0));
        }
}

TEST(ConnectRules, EdgeListKeepsItsOrderWithinASource) {
    auto edges = std::make_shared<EdgeList>();
    edges->target = {4, 1, 3, 1, 0};
    edges->source = {2, 0, 2, 0, 1};
    ConnectionRule rule = make_rule(Kind::edge_list);
    rule.edges = edges;
    const Connector connector(rule, 5, 4, false, 1, 0);
    EXPECT_EQ(connector.total(), 5u);
    EXPECT_THAT(row(connector, 0), ElementsAre(1, 1));
    EXPECT_THAT(row(connector, 1), ElementsAre(0));
    EXPECT_THAT(row(connector, 2), ElementsAre(4, 3));
    EXPECT_THAT(row(connector, 3), IsEmpty());
}

TEST(ConnectRules, TheSameForAnyOrderAndNumberOfThreads) {
    for (const Kind kind :
         {Kind::bernoulli, Kind::fixed_out_degree, Kind::fixed_in_degree, Kind::fixed_total})
        for (const bool multapses : {true, false}) {
            ConnectionRule rule = make_rule(kind, kind == Kind::fixed_total ? 60'000 : 200);
            rule.probability = 0.2;
            rule.multapses = multapses;
            rule.autapses = false;
            const Connector connector(rule, 600, 600, true, 17, 6);
            const auto forward = all_rows(connector);
            const Connector again(rule, 600, 600, true, 17, 6);
            std::vector<std::vector<std::uint32_t>> parallel(600);
            std::vector<std::jthread> threads;
            for (std::size_t part = 0; part < 3; ++part)
                threads.emplace_back([&, part] {
                    for (std::size_t t = 600; t-- > 0;)
                        if (t % 3 == part) parallel[t] = row(again, t);
                });
            threads.clear();
            EXPECT_EQ(forward, parallel);
            EXPECT_NE(forward, all_rows(Connector(rule, 600, 600, true, 18, 6)));
            EXPECT_NE(forward, all_rows(Connector(rule, 600, 600, true, 17, 7)));
        }
}

// The network of a seed is a promise. These rows were made by a few lines of Python from the counters that
// connect_draws.hpp describes, with Philox as published.
TEST(ConnectRules, PinnedRows) {
    ConnectionRule rule = make_rule(Kind::fixed_total, 12);
    EXPECT_THAT(row(Connector(rule, 1000, 3, false, 42, 1), 1), ElementsAre(604, 561, 758, 514));
    rule = make_rule(Kind::fixed_out_degree, 4);
    rule.multapses = false;
    EXPECT_THAT(row(Connector(rule, 1000, 3, false, 42, 1), 2), ElementsAre(987, 837, 488, 418));
    rule = make_rule(Kind::fixed_in_degree, 2);
    EXPECT_THAT(row(Connector(rule, 8, 4, false, 42, 1), 3), ElementsAre(2, 2, 4, 4, 6));
}

std::string error(const ConnectionRule& rule, std::size_t targets, std::size_t sources, bool same = false) {
    return message_of([&] { Connector(rule, targets, sources, same, 1, 0); });
}

TEST(ConnectRules, DegreesThatCannotBeMet) {
    ConnectionRule rule = make_rule(Kind::fixed_out_degree, 11);
    rule.multapses = false;
    EXPECT_EQ(
        error(rule, 10, 5),
        "an out-degree of 11 cannot be met by 10 targets and 5 sources; lower it to 10 or allow multapses");
    rule.autapses = false;
    rule.count = 10;
    EXPECT_EQ(error(rule, 10, 10, true),
              "an out-degree of 10 cannot be met by 10 targets and 10 sources (one population, without "
              "autapses); lower it to 9 or allow multapses");
    rule.kind = Kind::fixed_in_degree;
    rule.count = 6;
    EXPECT_THAT(error(rule, 10, 5), HasSubstr("an in-degree of 6 cannot be met by 10 targets and 5 sources"));
    rule.multapses = true;
    EXPECT_EQ(error(rule, 10, 5), "no error");
    EXPECT_THAT(error(rule, 1, 1, true), HasSubstr("there is nobody to choose"));
    rule.count = std::uint64_t{1} << 40;
    EXPECT_THAT(error(rule, 10, 5), HasSubstr("at most 2^32 - 1 synapses of one neuron"));
}

TEST(ConnectRules, TotalsThatCannotBeMet) {
    ConnectionRule rule = make_rule(Kind::fixed_total, 51);
    EXPECT_EQ(error(rule, 10, 5), "no error");
    rule.multapses = false;
    EXPECT_EQ(error(rule, 10, 5),
              "a total of 51 synapses cannot be met by 10 targets and 5 sources; lower it "
              "to 50 or allow multapses");
    rule.multapses = true;
    EXPECT_THAT(error(rule, 0, 5), HasSubstr("there is no pair to join"));
    rule.count = std::uint64_t{1} << 50;
    EXPECT_THAT(error(rule, 10, 5), HasSubstr("at most 2^48 are possible"));
    rule.count = std::uint64_t{1} << 40;
    EXPECT_THAT(error(rule, 10, 5), HasSubstr("source 0 would get"));
}

TEST(ConnectRules, EmptyPopulations) {
    for (const Kind kind : {Kind::all_to_all, Kind::bernoulli, Kind::fixed_out_degree, Kind::fixed_in_degree,
                            Kind::fixed_total})
        EXPECT_EQ(Connector(make_rule(kind), 0, 0, true, 1, 0).total(), 0u);
    EXPECT_THAT(row(Connector(make_rule(Kind::fixed_total), 3, 3, false, 1, 0), 1), IsEmpty());
}

TEST(ConnectRules, OtherErrors) {
    ConnectionRule rule = make_rule(Kind::bernoulli);
    for (const double p : {-0.1, 1.5, std::nan("")}) {
        rule.probability = p;
        EXPECT_THAT(error(rule, 10, 5), HasSubstr("it must be from 0 to 1"));
    }
    rule = make_rule(Kind::one_to_one);
    EXPECT_THAT(error(rule, 10, 5),
                HasSubstr("10 targets and 5 sources; both populations must have one size"));
    rule.autapses = false;
    EXPECT_THAT(error(rule, 5, 5, true), HasSubstr("it joins every neuron with itself"));
    EXPECT_THAT(error(make_rule(Kind::all_to_all), 5, 4, true), HasSubstr("has 5 targets but 4 sources"));
    EXPECT_THAT(error(make_rule(Kind::edge_list), 5, 4), HasSubstr("needs a list of edges"));
}

TEST(ConnectRules, BadEdgeLists) {
    const auto list_error = [](std::vector<std::uint32_t> target, std::vector<std::uint32_t> source,
                               bool same, bool allow) {
        ConnectionRule rule = make_rule(Kind::edge_list);
        rule.edges = std::make_shared<EdgeList>(EdgeList{std::move(target), std::move(source)});
        rule.autapses = rule.multapses = allow;
        return error(rule, 3, 3, same);
    };
    EXPECT_EQ(list_error({0, 3}, {1, 1}, false, true),
              "entry 1 of the edge list joins target 3 to source 1, but there are 3 targets and 3 sources "
              "(numbered from 0)");
    EXPECT_THAT(list_error({0}, {3}, false, true),
                HasSubstr("entry 0 of the edge list joins target 0 to source 3"));
    EXPECT_THAT(list_error({0, 1}, {1}, false, true), HasSubstr("has 2 targets but 1 sources"));
    EXPECT_THAT(list_error({0, 1}, {1, 1}, true, false),
                HasSubstr("entry 1 of the edge list joins neuron 1 with"));
    EXPECT_EQ(list_error({0, 1}, {1, 1}, false, false), "no error");
    EXPECT_THAT(list_error({0, 1, 0}, {1, 2, 1}, false, false),
                HasSubstr("entries 0 and 2 of the edge list both join target 0 to source 1"));
    EXPECT_EQ(list_error({0, 1, 0}, {1, 2, 1}, false, true), "no error");
}

}  // namespace
}  // namespace neurodyn::network
