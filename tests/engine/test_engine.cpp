// SPDX-License-Identifier: BSD-3-Clause
// The engine loop against closed forms and against plain loops written here.
#include <gtest/gtest.h>

#include <cmath>

#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::Network;
using network::Values;
using testing::HasSubstr;

constexpr double dt = 1e-4;

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

// x(t) = t, so what arrives at step k through a delay of d steps is (k - d) dt once k >= d, and 0 before.
class Delays : public testing::TestWithParam<std::vector<std::size_t>> {};
TEST_P(Delays, AreExactToTheStep) {
    const std::vector<std::size_t>& delays = GetParam();
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.populations = {population("a", ramp(), delays.size())};
    network::Connectivity c{delays.size(), delays.size(), {0}, {}, {}, {}};
    for (std::size_t i = 0; i < delays.size(); ++i) {
        c.source.push_back(static_cast<std::uint32_t>((i + 3) % delays.size()));
        c.weight.push_back(1.0);
        c.delay_s.push_back(static_cast<double>(delays[i]) * dt);
        c.row_begin.push_back(i + 1);
    }
    net.projections = {project("a", "x", "a", "I", c)};
    net.monitors = {monitor("a", "seen", dt)};
    for (const int block : {1, 2, 4, 8, 16, 32, 0}) {
        engine::RunOptions options;
        options.delay_block = block;
        const auto series = run(net, 400 * dt, options);
        ASSERT_EQ(series[0].samples, 400u);
        for (std::size_t k = 0; k < 400; ++k)
            for (std::size_t i = 0; i < delays.size(); ++i)
                ASSERT_NEAR(series[0].values[k * delays.size() + i],
                            k >= delays[i] ? static_cast<double>(k - delays[i]) * dt : 0.0, 1e-12)
                    << "step " << k << ", delay " << delays[i] << ", block " << block;
    }
}
// With delays from 0, 1, 3, 7 and 31 steps on: leaves of 1, 2, 4, 8 and 32 steps.
INSTANTIATE_TEST_SUITE_P(
    FromTheShortest, Delays,
    testing::Values(std::vector<std::size_t>{0, 1, 2, 3, 5, 7, 15, 30, 31, 32, 33, 62, 63, 64, 100, 250},
                    std::vector<std::size_t>{1, 2, 3, 31, 64, 100},
                    std::vector<std::size_t>{3, 4, 6, 7, 15, 33, 90}, std::vector<std::size_t>{7, 8, 30, 120},
                    std::vector<std::size_t>{31, 32, 40, 95, 96}));

// Nodes that send to their likes with one delay are delivered as whole arrays; an edge of no weight makes it
// rows.
TEST(Delays, OfWholeArraysAreThoseOfEdges) {
    const auto recorded = [](bool with_an_edge_more, std::size_t delay, std::size_t members, int threads) {
        Network net;
        net.dt_s = dt;
        net.method = "heun";
        net.populations = {population("a", leaky(true), 3000)};
        net.members = members;
        auto c = network::one_to_one(3000);
        for (std::size_t i = 0; i < 3000; ++i) c.weight[i] = 0.01 * static_cast<double>(i % 200) - 1.0;
        c.delay_s.assign(3000, static_cast<double>(delay) * dt);
        if (with_an_edge_more) {
            c.source.push_back(c.source.back());
            c.weight.push_back(0.0);
            c.delay_s.push_back(c.delay_s.back());
            ++c.row_begin.back();
        }
        net.projections = {project("a", "x", "a", "I", c)};
        net.monitors = {monitor("a", "x", 10 * dt)};
        engine::RunOptions options;
        options.threads = threads;
        return run(net, 150 * dt, options)[0].values;
    };
    for (const std::size_t delay : {1, 2, 31, 45})
        for (const std::size_t members : {1, 4}) {
            const auto expected = recorded(true, delay, members, 1);
            for (const int threads : {1, 2, 3})
                EXPECT_EQ(recorded(false, delay, members, threads), expected)
                    << delay << " steps, " << members << " members, " << threads << " threads";
        }
}

// A population that steps once in ten holds its signals in between: what arrives is the last full ten.
TEST(Populations, HoldSignalsBetweenTheirSteps) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.populations = {population("slow", ramp(), 2), population("a", ramp(), 2)};
    net.populations[0].step_multiple = 10;
    auto c = network::one_to_one(2);
    c.delay_s = {7 * dt, 45 * dt};
    net.projections = {project("slow", "x", "a", "I", c)};
    net.monitors = {monitor("a", "seen", dt)};
    const auto series = run(net, 200 * dt);
    for (std::size_t k = 0; k < 200; ++k)
        for (const std::size_t i : {0, 1}) {
            const std::size_t delay = i == 0 ? 7 : 45;
            const double expected = k < delay ? 0.0 : static_cast<double>((k - delay) / 10 * 10) * dt;
            ASSERT_NEAR(series[0].values[2 * k + i], expected, 1e-12) << "step " << k << ", delay " << delay;
        }
}

// A noisy network with short and long delays, one value of everything that must never change a bit.
Network noisy_network(std::size_t nodes, std::size_t members) {
    Network net;
    net.dt_s = dt;
    net.members = members;
    net.method = "heun";
    net.seeds = {7};
    net.populations = {population("a", leaky(true), nodes), population("b", leaky(false), nodes / 2)};
    std::vector<double> w(nodes * nodes), d(nodes * nodes), w2(nodes / 2 * nodes), taus(nodes);
    for (std::size_t i = 0; i < w.size(); ++i) {
        w[i] = (i * 7919 % 13 < 4) ? 0.0 : 0.1 / static_cast<double>(nodes) * static_cast<double>(i % 11);
        d[i] = static_cast<double>(i * 31 % 97) * dt;
    }
    for (std::size_t i = 0; i < w2.size(); ++i) w2[i] = 1.0 / static_cast<double>(nodes + i % 5);
    for (std::size_t i = 0; i < nodes; ++i) taus[i] = 0.01 + 1e-4 * static_cast<double>(i);
    net.populations[0].parameters["tau"] = Values(taus, nodes, 1);
    net.projections = {project("a", "x", "a", "I", network::from_dense(nodes, nodes, w, d)),
                       project("a", "x", "b", "I", network::from_dense(nodes / 2, nodes, w2))};
    std::vector<double> gains;
    for (std::size_t m = 0; m < members; ++m) gains.push_back(0.5 + 0.1 * static_cast<double>(m));
    net.projections[0].parameters["G"] = Values(gains, 1, members);
    net.monitors = {monitor("a", "x", 10 * dt), monitor("b", "x", 7 * dt),
                    monitor("a", "x^2", 30 * dt, true)};
    return net;
}

std::vector<std::vector<double>> values_of(const Network& net, const engine::RunOptions& options) {
    std::vector<std::vector<double>> values;
    for (auto& series : run(net, 0.05 * 1.05 * 4, options)) values.push_back(series.values);
    return values;
}

TEST(Bits, DoNotDependOnBlocksOrBackends) {
    const Network net = noisy_network(10, 5);
    const auto expected = values_of(net, {});
    for (const int block : {1, 4, 32}) {
        for (const std::size_t members : {std::size_t{1}, std::size_t{2}, std::size_t{4}, std::size_t{5}}) {
            engine::RunOptions options;
            options.delay_block = block;
            options.member_block = members;
            EXPECT_EQ(values_of(net, options), expected) << block << " steps, " << members << " members";
        }
    }
    engine::RunOptions options;
    options.kernel.backend = compile::Backend::interpreter;
    EXPECT_EQ(values_of(net, options), expected);
    if (compile::llvm_available()) {
        for (const int width : {1, 2, 4, 8, 16}) {
            options.kernel = {compile::Precision::double_, compile::Backend::llvm, width, false};
            EXPECT_EQ(values_of(net, options), expected) << "width " << width;
        }
    }
}

// Without delays below 3 steps, four steps make a leaf; an observer and monitors read it from within.
Network leafy_network(std::size_t nodes, std::size_t members) {
    Network net = noisy_network(nodes, members);
    std::vector<double> w(nodes * nodes), d(nodes * nodes);
    for (std::size_t i = 0; i < w.size(); ++i) {
        w[i] = 0.1 / static_cast<double>(nodes) * static_cast<double>(i % 11);
        d[i] = static_cast<double>(3 + i * 31 % 97) * dt;
    }
    net.populations[1] = population("b", leaky(false), nodes);
    net.populations[1].step_multiple = 5;
    net.projections[0].connectivity =
        std::make_shared<const network::Connectivity>(network::from_dense(nodes, nodes, w, d));
    net.projections[1].connectivity =
        std::make_shared<const network::Connectivity>(network::one_to_one(nodes));
    net.monitors.push_back(monitor("a", "I", 3 * dt));
    net.monitors.push_back(monitor("a", "x", dt));
    net.monitors.back().name = "some";
    net.monitors.back().nodes = {nodes - 1, 2};
    return net;
}

TEST(Bits, DoNotDependOnLeaves) {
    const Network net = leafy_network(10, 5);
    engine::RunOptions options;
    options.delay_block = 1;
    const auto expected = values_of(net, options);
    for (const int block : {2, 4, 16, 32}) {
        for (const std::size_t members : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
            options.delay_block = block;
            options.member_block = members;
            EXPECT_EQ(values_of(net, options), expected) << block << " steps, " << members << " members";
        }
    }
}

TEST(Bits, DoNotDependOnLeavesSharedByThreads) {
    const Network net = leafy_network(300, 1);
    engine::RunOptions options;
    options.delay_block = 1;
    const auto expected = values_of(net, options);
    options.delay_block = 0;
    for (const int threads : {1, 2, 3}) {
        options.threads = threads;
        EXPECT_EQ(values_of(net, options), expected) << threads << " threads";
    }
}

TEST(Bits, SinglePrecisionToo) {
    const Network net = noisy_network(10, 3);
    engine::RunOptions options;
    options.kernel.precision = compile::Precision::single;
    const auto expected = values_of(net, options);
    EXPECT_NE(expected, values_of(net, {}));
    options.kernel.backend = compile::Backend::interpreter;
    options.member_block = 1;
    options.delay_block = 2;
    EXPECT_EQ(values_of(net, options), expected);
}

TEST(Threads, ShareMembersWithoutChangingBits) {
    const Network net = noisy_network(10, 7);
    engine::RunOptions options;
    options.member_block = 2;
    const auto expected = values_of(net, options);
    for (const int threads : {2, 3}) {
        options.threads = threads;
        EXPECT_EQ(values_of(net, options), expected) << threads << " threads";
    }
}

TEST(Threads, ShareNodesWithoutChangingBits) {
    const Network net = noisy_network(300, 1);
    const auto expected = values_of(net, {});
    for (const int threads : {2, 3}) {
        engine::RunOptions options;
        options.threads = threads;
        EXPECT_EQ(values_of(net, options), expected) << threads << " threads";
    }
}

TEST(Members, EqualRunsOfTheirOwn) {
    const Network net = noisy_network(10, 4);
    const auto together = run(net, 0.07);
    for (std::size_t m = 0; m < 4; ++m) {
        Network alone = net;
        alone.members = 1;
        alone.projections[0].parameters["G"] = Values(net.projections[0].parameters.at("G").at(0, m));
        const auto single = run(alone, 0.07);
        for (std::size_t s = 0; s < single.size(); ++s)
            for (std::size_t k = 0; k < single[s].values.size(); ++k)
                ASSERT_EQ(single[s].values[k], together[s].values[k * 4 + m]);
    }
}

TEST(Members, MayHaveTheirOwnSeeds) {
    Network net = noisy_network(4, 3);
    net.seeds = {1, 2, 3};
    const auto together = run(net, 0.021);
    Network alone = net;
    alone.members = 1;
    alone.seeds = {2};
    alone.projections[0].parameters["G"] = Values(net.projections[0].parameters.at("G").at(0, 1));
    const auto single = run(alone, 0.021);
    for (std::size_t k = 0; k < single[0].values.size(); ++k)
        ASSERT_EQ(single[0].values[k], together[0].values[k * 3 + 1]);
    EXPECT_NE(together[0].values[0], together[0].values[1]);
}

// Ornstein-Uhlenbeck: variance sigma^2, autocorrelation exp(-lag/tau). 400 nodes x 2 s give about 40,000
// independent values, so the variance has a relative standard error of sqrt(2/40000) = 0.7 %.
TEST(Noise, OrnsteinUhlenbeckHasItsVariance) {
    Network net;
    net.dt_s = dt;
    net.populations = {population("a", leaky(true), 400)};
    net.monitors = {monitor("a", "x", 5e-3)};
    engine::RunOptions options;
    options.discard_s = 0.1;
    const auto series = run(net, 2.0, options);
    double sum = 0, square = 0, lagged = 0;
    const auto& v = series[0].values;
    for (std::size_t k = 0; k < v.size(); ++k) {
        sum += v[k];
        square += v[k] * v[k];
        if (k + 400 < v.size()) lagged += v[k] * v[k + 400];
    }
    const auto n = static_cast<double>(v.size());
    EXPECT_NEAR(sum / n, 0.0, 0.01);
    EXPECT_NEAR(square / n, 0.25, 0.25 * 0.03);
    EXPECT_NEAR(lagged / (n - 400) / (square / n), std::exp(-0.5), 0.03);
}

TEST(Couplings, KuramotoIsSplitIntoTwoSums) {
    const auto oscillator = model(R"(
model oscillator : mass
parameters
    omega = 10 Hz
inputs
    c : Hz
equations
    dtheta/dt = omega + c : 1
)");
    const auto kuramoto = model(R"(
model kuramoto : coupling
parameters
    K = 20 Hz
pre = sin(x_pre - x_post)
post = K*gx
)");
    const std::size_t n = 5;
    Network net;
    net.dt_s = 1e-3;
    net.method = "euler";
    net.populations = {population("a", oscillator, n)};
    std::vector<double> start, w(n * n), delay(n * n);
    for (std::size_t i = 0; i < n; ++i) start.push_back(static_cast<double>(i * i));
    for (std::size_t i = 0; i < n * n; ++i)
        w[i] = 0.1 * static_cast<double>(i % 4), delay[i] = 1e-3 * static_cast<double>(i % 6);
    net.populations[0].initial["theta"] = Values(start, n, 1);
    net.projections = {project("a", "theta", "a", "c", network::from_dense(n, n, w, delay), kuramoto)};
    net.monitors = {monitor("a", "theta", 1e-3)};
    engine::RunOptions options;
    options.duration_s = 0.1;
    options.threads = 1;
    engine::Simulation simulation(net, options);
    EXPECT_EQ(simulation.populations()[0].inputs.size(), 2u);
    engine::MemorySink sink;
    simulation.run(sink);
    std::vector<std::vector<double>> theta{start};
    for (std::size_t k = 0; k < 100; ++k) {
        theta.push_back(theta.back());
        for (std::size_t i = 0; i < n; ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < n; ++j) {
                const std::size_t d = (i * n + j) % 6;
                sum += w[i * n + j] * std::sin(theta[k >= d ? k - d : 0][j] - theta[k][i]);
            }
            theta.back()[i] = theta[k][i] + 1e-3 * (10 + 20 * sum);
            ASSERT_NEAR(sink.series[0].values[k * n + i], theta.back()[i], 1e-11)
                << "step " << k << ", node " << i;
        }
    }
}

TEST(Stimuli, AddToInputsAndParameters) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.populations = {population("a", ramp(), 3)};
    network::Stimulus pulse;
    pulse.name = "pulse";
    pulse.population = "a";
    pulse.target = "I";
    pulse.expression = "where(t >= 5*ms and t < 10*ms, amplitude, 0)";
    pulse.parameters = {{"amplitude", Values(3.0), dimensions::one}};
    pulse.weights = Values({1.0, 0.0, 2.0}, 3, 1);
    network::Stimulus speed = pulse;
    speed.name = "speed";
    speed.target = "rate";
    speed.expression = "1*Hz*sin(2*pi*t*50*Hz)";
    speed.parameters.clear();
    speed.weights = Values(1.0);
    net.stimuli = {pulse, speed};
    net.monitors = {monitor("a", "seen", dt), monitor("a", "x", dt)};
    const auto series = run(net, 0.02);
    for (std::size_t k = 0; k < 200; ++k) {
        const bool on = k + 1 >= 50 && k + 1 < 100;  // sample k is at (k + 1) dt
        ASSERT_DOUBLE_EQ(series[0].values[3 * k], on ? 3.0 : 0.0) << k;
        ASSERT_DOUBLE_EQ(series[0].values[3 * k + 1], 0.0);
        ASSERT_DOUBLE_EQ(series[0].values[3 * k + 2], on ? 6.0 : 0.0);
    }
    // dx/dt = 1 + sin(2 pi 50 t): x(20 ms) = 0.02 exactly over one period, by the rectangle rule too.
    EXPECT_NEAR(series[1].values.back(), 0.02, 1e-12);
}

TEST(Stimuli, TablesInterpolateOrHold) {
    Network net;
    net.dt_s = 1e-3;
    net.method = "euler";
    net.populations = {population("a", ramp(), 2)};
    auto table = std::make_shared<network::Stimulus::Table>();
    table->time_s = {0.002, 0.004, 0.008};
    table->values = {1, 10, 2, 20, 6, 60};
    table->nodes = 2;
    network::Stimulus s;
    s.name = "table";
    s.population = "a";
    s.target = "I";
    s.table = table;
    net.stimuli = {s};
    net.monitors = {monitor("a", "seen", 1e-3)};
    const auto series = run(net, 0.012);
    const std::vector<double> expected{0, 0, 1, 1.5, 2, 3, 4, 5, 6, 0, 0, 0};
    for (std::size_t k = 0; k < expected.size(); ++k) {
        EXPECT_NEAR(series[0].values[2 * k], expected[k], 1e-12) << k;
        EXPECT_NEAR(series[0].values[2 * k + 1], 10 * expected[k], 1e-11) << k;
    }
}

TEST(Stimuli, WhiteNoiseBecomesANoiseTerm) {
    Network net;
    net.dt_s = dt;
    net.populations = {population("a", leaky(false), 400)};
    network::Stimulus s;
    s.name = "noise";
    s.population = "a";
    s.target = "I";
    s.expression = "0.5*sqrt(2*tau)*xi";
    net.stimuli = {s};
    net.monitors = {monitor("a", "x", 5e-3)};
    engine::RunOptions options;
    options.discard_s = 0.1;
    double square = 0;
    const auto series = run(net, 2.0, options);
    for (const double x : series[0].values) square += x * x;
    EXPECT_NEAR(square / static_cast<double>(series[0].values.size()), 0.25, 0.25 * 0.03);
}

TEST(Populations, MayStepSlowerOnTheMeanOfTheirInputs) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.populations = {population("a", ramp(), 2), population("slow", ramp(), 2)};
    net.populations[1].step_multiple = 10;
    net.projections = {project("a", "x", "slow", "I", network::one_to_one(2))};
    net.monitors = {monitor("slow", "seen", 10 * dt), monitor("slow", "x", 10 * dt)};
    const auto series = run(net, 0.01);
    for (std::size_t k = 0; k < 10; ++k) {
        // The mean of x = t at the ten steps 10k .. 10k + 9.
        EXPECT_NEAR(series[0].values[2 * k], (10.0 * static_cast<double>(k) + 4.5) * dt, 1e-12);
        EXPECT_NEAR(series[1].values[2 * k], static_cast<double>(k + 1) * 1e-3, 1e-12);
    }
}

TEST(Monitors, AverageDiscardAndScale) {
    const auto in_millivolt = model(R"(
model v : mass
equations
    dv/dt = 1*mV/ms : mV
)");
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.populations = {population("a", in_millivolt, 1)};
    net.monitors = {monitor("a", "v", 1e-3), monitor("a", "v", 1e-3, true), monitor("a", "2*v", 1e-3)};
    engine::RunOptions options;
    options.discard_s = 5e-3;
    const auto series = run(net, 3e-3, options);
    EXPECT_EQ(series[0].info.unit, "mV");
    EXPECT_EQ(series[2].info.unit, "V");
    EXPECT_NEAR(series[0].info.first_s, 6e-3, 1e-15);
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_NEAR(series[0].values[k], 6.0 + static_cast<double>(k), 1e-9);
        EXPECT_NEAR(series[1].values[k], 5.55 + static_cast<double>(k), 1e-9);
        EXPECT_NEAR(series[2].values[k], 2e-3 * (6.0 + static_cast<double>(k)), 1e-12);
    }
}

// Van der Pol with mu = 5 has the period 11.612230668 (a reference value computed with two programs); CVODE
// inside the engine, in a network with a population that is stepped by Euler and reads it.
TEST(Cvode, StepsAPopulationOfItsOwnParameters) {
    const auto oscillator = model(R"(
model van_der_pol : mass
parameters
    mu = 5 Hz
    one = 1 Hz
equations
    dx/dt = one*y : 1
    dy/dt = mu*(1 - x^2)*y - one*x : 1
initial
    x = 2
)");
    Network net;
    net.dt_s = 1e-3;
    net.method = "euler";
    net.populations = {population("a", oscillator, 2), population("b", ramp(), 2)};
    net.populations[0].method = "cvode";
    net.populations[0].parameters["mu"] = Values({1.0, 5.0}, 2, 1);
    net.projections = {project("a", "x", "b", "I", network::one_to_one(2))};
    net.monitors = {monitor("a", "x", 1e-3), monitor("b", "seen", 1e-3)};
    const auto series = run(net, 60.0);
    const double expected[] = {6.6632868593, 11.612230668};
    for (std::size_t node = 0; node < 2; ++node) {
        std::vector<double> upward;
        for (std::size_t k = 1; k < series[0].samples; ++k) {
            const double before = series[0].values[2 * k - 2 + node], after = series[0].values[2 * k + node];
            if (before < 0 && after >= 0)
                upward.push_back(1e-3 * (static_cast<double>(k) - after / (after - before)));
            ASSERT_EQ(series[1].values[2 * k + node], before);
        }
        EXPECT_NEAR(upward[3] - upward[2], expected[node], 2e-5);
    }
    net.populations[0].model = leaky(true);
    net.populations[0].parameters.clear();
    EXPECT_THAT(error_of([&] { run(net, 0.01); }), HasSubstr("population 'a'"));
}

// dx/dt = x^2 by Euler from x = 1 overflows at a step that the same loop here finds.
TEST(NonFinite, IsNamedAtItsVeryStepAndKeepsWhatWasRecorded) {
    const auto explosive = model(R"(
model explosive : mass
parameters
    k = 1 Hz
equations
    dx/dt = k*x^2 : 1
    dy/dt = -y*k : 1
initial
    x = 1
    y = 1
)");
    Network net;
    net.dt_s = 1e-3;
    net.method = "euler";
    net.populations = {population("quiet", ramp(), 2), population("cells", explosive, 3)};
    net.populations[1].parameters["k"] = Values({0.1, 1.0, 0.5}, 3, 1);
    net.monitors = {monitor("cells", "x", 1e-3)};
    std::size_t step = 0;
    for (double x = 1; std::isfinite(x); ++step) x += 1e-3 * (x * x);
    for (const int threads : {1, 2}) {
        engine::RunOptions options;
        options.duration_s = 5.0;
        options.threads = threads;
        engine::Simulation simulation(net, options);
        engine::MemorySink sink;
        try {
            simulation.run(sink);
            FAIL() << "no error";
        } catch (const NonFiniteError& error) {
            EXPECT_EQ(error.population, "cells");
            EXPECT_EQ(error.node, 1u);
            EXPECT_EQ(error.variable, "x");
            EXPECT_NEAR(error.time_s, static_cast<double>(step) * 1e-3, 1e-12);
        }
        EXPECT_EQ(sink.series[0].samples, step - 1);
        for (std::size_t k = 0; k < 3 * (step - 1); ++k) ASSERT_TRUE(std::isfinite(sink.series[0].values[k]));
    }
}

// The same when threads share the nodes, so that all of them go back and run the group again.
TEST(Threads, FindTheSameNonFiniteValue) {
    Network net = leafy_network(300, 1);
    const auto explosive = model(R"(
model explosive : mass
parameters
    k = 0 Hz
equations
    dx/dt = k*x^2 : 1
initial
    x = 1
)");
    std::vector<double> k(300, 0.0);
    k[250] = 200.0;
    net.populations.push_back(population("cells", explosive, 300));
    net.populations.back().method = "euler";
    net.populations.back().parameters["k"] = Values(k, 300, 1);
    std::vector<std::string> messages;
    for (const int threads : {1, 2, 3}) {
        engine::RunOptions options;
        options.threads = threads;
        messages.push_back(error_of([&] { run(net, 0.42, options); }));
    }
    EXPECT_THAT(messages[0], HasSubstr("population 'cells', node 250, variable 'x'"));
    EXPECT_EQ(messages[1], messages[0]);
    EXPECT_EQ(messages[2], messages[0]);
}

TEST(Stopping, KeepsWhatWasRecorded) {
    Network net;
    net.dt_s = dt;
    net.populations = {population("a", leaky(true), 4)};
    net.monitors = {monitor("a", "x", dt)};
    engine::RunOptions options;
    options.duration_s = 1000.0;
    options.threads = 1;
    engine::Simulation simulation(net, options);
    engine::MemorySink sink;
    const auto report = simulation.run(sink, [](const engine::Progress& p) { return p.elapsed_s < 0.05; });
    EXPECT_TRUE(report.stopped);
    EXPECT_GT(sink.series[0].samples, 100u);
    EXPECT_LT(sink.series[0].samples, 10000000u);
}

TEST(Errors, NameWhatIsWrong) {
    const auto with = [](const std::function<void(Network&)>& change) {
        Network net;
        net.dt_s = dt;
        net.populations = {population("a", leaky(true), 4)};
        net.projections = {project("a", "x", "a", "I", network::all_to_all(4, 4, 0.1))};
        net.monitors = {monitor("a", "x", dt)};
        change(net);
        return error_of([&] { run(net, 10 * dt); });
    };
    EXPECT_EQ(with([](Network&) {}), "no error");
    EXPECT_THAT(with([](Network& n) { n.projections[0].from = "aa"; }),
                HasSubstr("'aa', which does not exist"));
    EXPECT_THAT(with([](Network& n) { n.projections[0].target = "J"; }),
                HasSubstr("no such input; its inputs: I"));
    EXPECT_THAT(with([](Network& n) { n.projections[0].source = "z"; }), HasSubstr("z"));
    EXPECT_THAT(with([](Network& n) { n.projections[0].source = "x*1*mV"; }),
                HasSubstr("gives the unit V, but the input 'a.I' has 1"));
    EXPECT_THAT(with([](Network& n) { n.projections[0].parameters["H"] = Values(1.0); }),
                HasSubstr("no parameter 'H'"));
    EXPECT_THAT(with([](Network& n) { n.populations[0].parameters["taus"] = Values(1.0); }),
                HasSubstr("did you mean 'tau'?"));
    EXPECT_THAT(with([](Network& n) { n.populations[0].parameters["tau"] = Values({1, 2, 3}, 3, 1); }),
                HasSubstr("3 values for 4 nodes"));
    EXPECT_THAT(with([](Network& n) { n.populations[0].initial["y"] = Values(1.0); }),
                HasSubstr("no state 'y'"));
    EXPECT_THAT(with([](Network& n) { n.populations[0].method = "rk4"; }), HasSubstr("rk4"));
    EXPECT_THAT(with([](Network& n) { n.monitors[0].every_s = 1.5 * dt; }),
                HasSubstr("not a whole number of steps"));
    EXPECT_THAT(with([](Network& n) { n.monitors[0].expression = "x + 1*mV"; }), HasSubstr("V"));
    EXPECT_THAT(with([](Network& n) { n.monitors[0].nodes = {4}; }), HasSubstr("records node 4"));
    EXPECT_THAT(with([](Network& n) { n.dt_s = 0.0; }), HasSubstr("dt"));
    EXPECT_THAT(with([](Network& n) {
                    auto c = network::all_to_all(4, 4, 0.1);
                    c.delay_s.assign(16, 1e5);
                    n.projections[0] = project("a", "x", "a", "I", c);
                }),
                HasSubstr("longest delay"));
}

}  // namespace
}  // namespace neurodyn
