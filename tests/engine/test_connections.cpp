// SPDX-License-Identifier: BSD-3-Clause
// What is told of a network's synapses against the laws of their rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "engine/connections.hpp"
#include "engine/networks.hpp"
#include "network/connect_expression.hpp"
#include "network/positions.hpp"

namespace neurodyn::engine {
namespace {

using network::ConnectionRule;
using network::Network;
using network::SynapseValue;

constexpr const char* counter = R"(
model counter : neuron
equations
    dn/dt = 0/(1 s) : 1
events
    spike : n > 1
)";

Network joined(ConnectionRule rule, std::size_t sources, std::size_t targets, SynapseValue weight = {},
               SynapseValue delay = {}) {
    Network network;
    network.populations.push_back(tests::population("a", tests::model(counter), sources));
    if (targets > 0) network.populations.push_back(tests::population("b", tests::model(counter), targets));
    network::EventProjection p;
    p.name = "p";
    p.from = "a";
    p.event = "spike";
    p.to = targets > 0 ? "b" : "a";
    p.target = "n";
    p.rule = std::move(rule);
    p.weight = std::move(weight);
    p.delay = std::move(delay);
    network.event_projections.push_back(std::move(p));
    return network;
}

ConnectionStatistics statistics_of(const Network& network, int threads = 1) {
    return connection_statistics(DrawnSynapses(network, network.event_projections[0]), threads);
}

ConnectionRule rule_of(ConnectionRule::Kind kind, std::uint64_t count = 0) {
    ConnectionRule rule;
    rule.kind = kind;
    rule.count = count;
    return rule;
}

TEST(Connections, DegreesOfBernoulliAreBinomial) {
    constexpr double n = 800, m = 1500, p = 0.1;
    ConnectionRule rule = rule_of(ConnectionRule::Kind::bernoulli);
    rule.probability = p;
    const ConnectionStatistics s = statistics_of(joined(rule, std::size_t(n), std::size_t(m)));
    const double sd_in = std::sqrt(n * p * (1 - p)), sd_out = std::sqrt(m * p * (1 - p));
    EXPECT_EQ(s.in_degree.count, m);
    EXPECT_NEAR(s.in_degree.mean, n * p, 5 * sd_in / std::sqrt(m));
    EXPECT_NEAR(s.in_degree.sd(), sd_in, 5 * sd_in / std::sqrt(2 * m));
    EXPECT_NEAR(s.out_degree.mean, m * p, 5 * sd_out / std::sqrt(n));
    EXPECT_NEAR(s.out_degree.sd(), sd_out, 5 * sd_out / std::sqrt(2 * n));
    EXPECT_EQ(s.synapses, static_cast<std::uint64_t>(std::llround(s.in_degree.mean * m)));
    EXPECT_EQ(s.multapses, 0u);
}

TEST(Connections, FixedInDegreeWithinOnePopulation) {
    constexpr double n = 400, k = 60;
    const ConnectionStatistics s = statistics_of(
        joined(rule_of(ConnectionRule::Kind::fixed_in_degree, std::uint64_t(k)), std::size_t(n), 0));
    EXPECT_EQ(s.in_degree.mean, k);
    EXPECT_EQ(s.in_degree.sd(), 0.0);
    EXPECT_EQ(s.in_degree.minimum, k);
    EXPECT_EQ(s.synapses, std::uint64_t(n * k));
    // Out-degrees are multinomial; each of a neuron's draws is itself with probability 1/n; of k draws from n
    // the different ones are n(1 - (1 - 1/n)^k) on average.
    EXPECT_NEAR(s.out_degree.sd(), std::sqrt(k * (1 - 1 / n)), 5 * std::sqrt(k / (2 * n)));
    EXPECT_NEAR(double(s.autapses), k, 5 * std::sqrt(k));
    const double twice = n * (k - n * (1 - std::pow(1 - 1 / n, k)));
    EXPECT_NEAR(double(s.multapses), twice, 6 * std::sqrt(twice));
}

TEST(Connections, WeightsAndDelays) {
    SynapseValue weight, delay;
    weight.kind = SynapseValue::Kind::gamma;
    weight.a = 2.0;
    weight.b = 0.5;
    delay.a = 1.5e-3;
    const ConnectionStatistics s =
        statistics_of(joined(rule_of(ConnectionRule::Kind::all_to_all), 300, 300, weight, delay));
    constexpr double count = 90000;
    EXPECT_EQ(s.weight.count, count);
    EXPECT_NEAR(s.weight.mean, 2.0, 5 * 0.5 / std::sqrt(count));
    EXPECT_NEAR(s.weight.sd(), 0.5, 0.01);
    EXPECT_EQ(s.delay_s.mean, 1.5e-3);
    EXPECT_EQ(s.delay_s.sd(), 0.0);
    EXPECT_EQ(s.delay_s.maximum, 1.5e-3);
}

// On a sheet without edges a neuron has p0*2*pi*(sigma/spacing)^2 sources, at Rayleigh distances.
TEST(Connections, DistanceDependenceOnASheet) {
    constexpr std::size_t side = 60;
    constexpr double sigma = 5.0, p0 = 0.4;
    const std::size_t shape[] = {side, side};
    const double spacing[] = {1.0, 1.0};
    const network::Positions grid = network::grid_positions(shape, spacing, true);
    network::NodeScope scope{side * side, side * side, {}, {}, {}, grid.period};
    for (auto* list : {&scope.pre, &scope.post})
        *list = {{"x", dimensions::length, grid.axes[0]}, {"y", dimensions::length, grid.axes[1]}};
    ConnectionRule rule = rule_of(ConnectionRule::Kind::bernoulli);
    rule.probability_expression = std::make_shared<const network::NodeExpression>(
        "0.4*exp(-distance^2/(2*(5 m)^2))", "", dimensions::one, scope);
    SynapseValue weight;
    weight.kind = SynapseValue::Kind::expression;
    weight.expression =
        std::make_shared<const network::NodeExpression>("distance/(1 m)", "", dimensions::one, scope);
    const Network network = joined(rule, side * side, 0, weight);
    const ConnectionStatistics s = statistics_of(network);
    const double degree = p0 * 2 * std::numbers::pi * sigma * sigma;
    EXPECT_NEAR(s.in_degree.mean, degree, 5 * std::sqrt(degree) / side);
    const double rayleigh = sigma * std::sqrt(std::numbers::pi / 2);
    EXPECT_NEAR(s.weight.mean, rayleigh, 5 * 0.655 * sigma / std::sqrt(s.weight.count));
    EXPECT_NEAR(network::expected_synapses(rule, side * side, side * side, true), degree * side * side, 1.0);
}

TEST(Connections, ThreadsDoNotMatter) {
    SynapseValue weight;
    weight.kind = SynapseValue::Kind::normal;
    weight.b = 1.0;
    const Network network = joined(rule_of(ConnectionRule::Kind::fixed_total, 200000), 3000, 700, weight);
    const ConnectionStatistics one = statistics_of(network, 1), three = statistics_of(network, 3);
    EXPECT_EQ(one.weight.mean, three.weight.mean);
    EXPECT_EQ(one.weight.squares, three.weight.squares);
    EXPECT_EQ(one.out_degree.squares, three.out_degree.squares);
    EXPECT_EQ(one.in_degree.squares, three.in_degree.squares);
    EXPECT_EQ(one.multapses, three.multapses);
}

TEST(Connections, AValueThatCannotBeNamesTheProjection) {
    SynapseValue delay;
    delay.kind = SynapseValue::Kind::normal;
    delay.b = 1.0;
    delay.minimum = 8.0;
    const Network network = joined(rule_of(ConnectionRule::Kind::all_to_all), 300, 10, {}, delay);
    try {
        statistics_of(network, 2);
        FAIL() << "no error";
    } catch (const SubjectError& error) {
        EXPECT_EQ(error.subject(), "projection 'p'");
    }
}

TEST(Connections, CouplingsAreMatrices) {
    Network network;
    network.populations.push_back(tests::population("a", tests::ramp(), 3));
    network.projections.push_back(
        tests::project("a", "x", "a", "I",
                       network::from_dense(3, 3, {0, 2, 0, 0, 3, 0, 4, 5, 0}, {0, 1, 0, 0, 2, 0, 3, 4, 0})));
    const DrawnSynapses synapses(network, network.projections[0]);
    SynapseRow row;
    synapses.row(1, row);
    EXPECT_THAT(row.targets, testing::ElementsAre(0, 1, 2));
    EXPECT_THAT(row.weight, testing::ElementsAre(2, 3, 5));
    EXPECT_THAT(row.delay_s, testing::ElementsAre(1, 2, 4));
    const ConnectionStatistics s = connection_statistics(synapses, 1);
    EXPECT_EQ(s.synapses, 4u);
    EXPECT_EQ(s.autapses, 1u);
    EXPECT_DOUBLE_EQ(s.weight.mean, 3.5);
    EXPECT_DOUBLE_EQ(s.in_degree.mean, 4.0 / 3.0);
}

}  // namespace
}  // namespace neurodyn::engine
