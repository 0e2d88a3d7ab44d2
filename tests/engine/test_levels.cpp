// SPDX-License-Identifier: BSD-3-Clause
// One text as spiking neurons, as their density and as their rate: alone, driven, in recurrent networks, and
// between levels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::Level;
using network::Network;
using network::Population;
using network::Values;
using testing::HasSubstr;

language::ModelPtr library(const std::string& name) {
    return language::load_model(std::string(NEURODYN_SOURCE_DIR) + "/library/neurons/" + name + ".model");
}

Population at(Level level, Population p) {
    p.level = level;
    return p;
}

Network alone(Population p, double dt_s) {
    Network net;
    net.dt_s = dt_s;
    net.populations = {std::move(p)};
    return net;
}

double mean(const std::vector<double>& values, std::size_t first = 0) {
    double sum = 0.0;
    for (std::size_t i = first; i < values.size(); ++i) sum += values[i];
    return sum / static_cast<double>(values.size() - first);
}

// The mean rate of the first population over the second half of a run, whatever its level.
double rate_of(Network net, double duration_s, engine::RunOptions options = {}) {
    options.discard_s = 0.5 * duration_s;
    if (net.populations.front().level == Level::spiking) {
        net.event_monitors = {{"spikes", net.populations.front().name, "spike"}};
        const auto events = run_all(net, 0.5 * duration_s, options).events;
        return static_cast<double>(events[0].members[0].time_s.size()) /
               (0.5 * duration_s * static_cast<double>(events[0].info.nodes));
    }
    net.monitors = {monitor(net.populations.front().name, "rate", 10 * net.dt_s, true)};
    return mean(run(net, 0.5 * duration_s, options)[0].values);
}

// Siegert's formula by mpmath, as in tests/density.
TEST(Levels, RatesOfALeakyNeuronAreSiegerts) {
    const auto cells = population("cells", library("lif_noisy"), 1000);
    EXPECT_NEAR(rate_of(alone(at(Level::rate, cells), 1e-3), 0.1), 9.460799805759126, 1e-8);
    Population dense = at(Level::density, cells);
    dense.level_options.cells = 400;
    EXPECT_NEAR(rate_of(alone(dense, 1e-4), 0.6) / 9.460799805759126, 1.0, 1e-3);
}

// Rates by Richardson's method (doi:10.1103/PhysRevE.76.021919): 45.88688 Hz.
TEST(Levels, RatesOfAnExponentialNeuron) {
    Population cells = population("cells", library("eif"), 1);
    cells.parameters["I"] = Values{300e-12};
    cells.level_options.cells = 1000;
    const auto driven = [&](Level level) {
        Network net = alone(at(level, cells), 1e-4);
        network::Stimulus noise;
        noise.name = "noise";
        noise.population = "cells";
        noise.target = "I_syn";
        noise.expression = "200*pF*2*mV/(1*ms)^0.5*xi";
        net.stimuli = {noise};
        return rate_of(net, 0.6);
    };
    EXPECT_NEAR(driven(Level::rate), 45.88688, 1e-4);
    EXPECT_NEAR(driven(Level::density) / 45.88688, 1.0, 1e-3);
}

struct Drive {
    double mu, sigma;
};

// 2000 neurons for 0.3 s after 0.3 s: the error of the mean rate is at most sqrt(rate/(N T)), since
// intervals are more regular than a Poisson process's; four of them are held with a confidence of 0.9999.
// Threshold that is looked at once in a step counts as 0.5826 sigma sqrt(dt/tau) higher (Broadie, Glasserman
// & Kou 1997, doi:10.1111/1467-9965.00035), so the other levels get it so.
TEST(Levels, SpikingNeuronsAgreeWithTheirDensityAndRate) {
    for (const Drive drive : {Drive{15e-3, 5e-3}, Drive{20e-3, 5e-3}, Drive{25e-3, 2e-3}}) {
        const double dt_s = 5e-5, shift = 0.5826 * drive.sigma * std::sqrt(dt_s / 20e-3);
        Population cells = population("cells", library("lif_noisy"), 2000);
        cells.parameters = {{"mu", Values{drive.mu}}, {"sigma", Values{drive.sigma}}};
        const double spiking = rate_of(alone(cells, dt_s), 0.6);
        cells.parameters["v_th"] = Values{20e-3 + shift};
        const double error = std::sqrt(spiking / (2000 * 0.3));
        EXPECT_NEAR(rate_of(alone(at(Level::rate, cells), dt_s), 0.01), spiking, 4 * error + 2e-3 * spiking);
        EXPECT_NEAR(rate_of(alone(at(Level::density, cells), dt_s), 0.6), spiking,
                    4 * error + 3e-3 * spiking);
    }
}

// After a step of the drive, bin by bin: what 10000 neurons give beside their density.
TEST(Levels, DensityFollowsAStepAsNeuronsDo) {
    const double dt_s = 5e-5, shift = 0.5826 * 5e-3 * std::sqrt(dt_s / 20e-3), bin_s = 2e-3;
    constexpr std::size_t neurons = 10000;
    const auto stepped = [&](Population p) {
        Network net = alone(std::move(p), dt_s);
        net.method = "heun";
        network::Stimulus step;
        step.name = "step";
        step.population = "cells";
        step.target = "drive";
        step.expression = "5*mV*heaviside(t - 100*ms)";
        net.stimuli = {step};
        return net;
    };
    Population cells = population("cells", library("lif_noisy"), neurons);
    Network spiking = stepped(cells);
    spiking.event_monitors = {{"spikes", "cells", "spike"}};
    std::vector<double> counts(100, 0.0);
    const auto events = run_all(spiking, 0.2).events;
    for (const double time : events[0].members[0].time_s)
        counts[std::min<std::size_t>(static_cast<std::size_t>((time - 0.5 * dt_s) / bin_s), 99)] += 1.0;
    cells.parameters["v_th"] = Values{20e-3 + shift};
    Network dense = stepped(at(Level::density, cells));
    dense.monitors = {monitor("cells", "rate", bin_s, true)};
    const std::vector<double> rate = run(dense, 0.2)[0].values;
    double chi = 0.0;
    for (std::size_t k = 5; k < 100; ++k) {
        const double expected = rate[k] * bin_s * neurons;
        chi += (counts[k] - expected) * (counts[k] - expected) / std::max(expected, 1.0);
    }
    EXPECT_LT(chi / 95.0, 1.6);  // of 95 Poisson counts: 1 +- 0.15
    EXPECT_GT(rate[51], 1.5 * rate[45]);
}

// Quadratic neurons with white noise.
TEST(Levels, QuadraticNeurons) {
    language::ModelPtr text = model(R"(
model noisy_qif : neuron
parameters
    tau = 10 ms
    eta = 0.5
    sigma = 1
equations
    dv/dt = (v^2 + eta)/tau + sigma*xi/sqrt(tau) : 1
initial
    v = -30
events
    spike : v >= 30   reset v = -30
)");
    Population cells = population("cells", text, 2000);
    Network net = alone(cells, 2e-5);
    net.method = "heun";
    const double spiking = rate_of(net, 0.4);
    const double error = std::sqrt(spiking / (2000 * 0.2));
    EXPECT_NEAR(rate_of(alone(at(Level::rate, cells), 1e-4), 0.01), spiking, 4 * error + 5e-3 * spiking);
    cells.level_options.cells = 2000;
    EXPECT_NEAR(rate_of(alone(at(Level::density, cells), 2e-5), 0.5), spiking, 4 * error + 1e-2 * spiking);
}

// Brunel's network A (2000, doi:10.1023/A:1008925309027), as experiments/brunel.yaml has it.
Network brunel(Level level, double g, double eta) {
    Network net;
    net.dt_s = 1e-4;
    Population exc = at(level, population("exc", library("lif_delta"), 10000));
    exc.initial["v"] = Values{10e-3};
    exc.level_options.time_constant_s = 20e-3;
    exc.level_options.lowest = -40e-3;
    Population inh = exc;
    inh.name = "inh";
    inh.size = 2500;
    net.populations = {exc, inh};
    const double weight = 0.1e-3;
    for (const char* to : {"exc", "inh"}) {
        net.event_projections.push_back(jumps("exc", to, 1000, weight, 1.5e-3));
        net.event_projections.push_back(jumps("inh", to, 250, -g * weight, 1.5e-3));
        network::PoissonInput input;
        input.name = std::string("external_") + to;
        input.population = to;
        input.target = "v";
        input.rate_hz = Values{eta * 20e-3 / (weight * 20e-3)};
        input.weight = Values{weight};
        net.poisson_inputs.push_back(input);
    }
    return net;
}

// Brunel's self-consistent rates of (g, eta) = (5, 2) and (6, 4), settled through the network's own delays.
// The external drive of eta 20 mV has its own share in the noise, as in the theory.
TEST(Levels, RecurrentNetworkFindsItsSelfConsistentRate) {
    EXPECT_NEAR(rate_of(brunel(Level::rate, 5.0, 2.0), 1.0), 37.9497, 1e-3);
    EXPECT_NEAR(rate_of(brunel(Level::rate, 6.0, 4.0), 1.0), 55.8413, 1e-3);
    EXPECT_NEAR(rate_of(brunel(Level::density, 5.0, 2.0), 0.6) / 37.9497, 1.0, 2e-3);
}

// A population of one kind drives one of another: spikes a density, a density spikes.
TEST(Levels, DriveEachOther) {
    const auto pair = [](Level from, Level to) {
        Network net;
        net.dt_s = 1e-4;
        Population source = at(from, population("source", library("lif_noisy"), 2000));
        source.parameters["mu"] = Values{20e-3};
        Population target = at(to, population("target", library("lif_delta"), 2000));
        target.level_options.cells = 1000;
        net.populations = {target, source};
        net.event_projections = {jumps("source", "target", 400, 0.1e-3, 2e-3)};
        return rate_of(net, 1.0);
    };
    // Neurons that look for their spikes once a step have a threshold that is higher by 0.206 mV.
    const auto expected = [](double shift) {
        Population source = at(Level::rate, population("cells", library("lif_noisy"), 1));
        source.parameters = {{"mu", Values{20e-3}}, {"v_th", Values{20e-3 + shift}}};
        const double input = 400 * rate_of(alone(source, 1e-4), 0.01);
        Population theory = source;
        theory.parameters = {{"mu", Values{input * 0.1e-3 * 20e-3}},
                             {"sigma", Values{0.1e-3 * std::sqrt(input * 20e-3)}}};
        return rate_of(alone(theory, 1e-4), 0.01);
    };
    const double plain = expected(0.0), looked_for = expected(0.5826 * 5e-3 * std::sqrt(1e-4 / 20e-3));
    EXPECT_NEAR(pair(Level::rate, Level::rate) / plain, 1.0, 1e-4);
    EXPECT_NEAR(pair(Level::density, Level::density) / plain, 1.0, 2e-3);
    EXPECT_NEAR(pair(Level::spiking, Level::density) / looked_for, 1.0, 0.03);
    EXPECT_NEAR(pair(Level::density, Level::spiking) / plain, 1.0, 0.04);
    EXPECT_NEAR(pair(Level::spiking, Level::spiking) / looked_for, 1.0, 0.06);
}

// Jumps of 6 mV are far from white noise: with finite jumps the density comes to what neurons do as step and
// cells become fine, with diffusion it does not.
TEST(Levels, FiniteJumpsAreNoDiffusion) {
    const auto driven = [](Level level, bool finite) {
        Population cells = at(level, population("cells", library("lif_delta"), 5000));
        cells.level_options.finite_jumps = finite;
        cells.level_options.cells = 2000;
        cells.level_options.lowest = -1e-3;
        Network net = alone(cells, 2e-5);
        network::PoissonInput input;
        input.name = "input";
        input.population = "cells";
        input.target = "v";
        input.rate_hz = Values{110.0};
        input.weight = Values{6e-3};
        net.poisson_inputs = {input};
        return rate_of(net, 0.4);
    };
    const double spiking = driven(Level::spiking, false), error = std::sqrt(spiking / (5000 * 0.2));
    EXPECT_NEAR(driven(Level::density, true), spiking, 4 * error + 1e-2 * spiking);
    EXPECT_GT(driven(Level::rate, false), 1.05 * spiking);
}

// Adaptation as its mean, driven by the rate: slow beside the intervals.
TEST(Levels, AdaptationIsItsMean) {
    const auto adapting = [](Level level) {
        Population cells = at(level, population("cells", library("lif_adaptive"), 1500));
        cells.parameters = {{"I", Values{0.5e-9}}, {"tau_w", Values{300e-3}}, {"b", Values{10e-12}}};
        cells.level_options.mean_variables = {"w"};
        cells.level_options.cells = 800;
        Network net = alone(cells, 1e-4);
        network::Stimulus noise;
        noise.name = "noise";
        noise.population = "cells";
        noise.target = "I_syn";
        noise.expression = "0.02*nA*xi*sqrt(10*ms)";
        net.stimuli = {noise};
        return rate_of(net, 2.0);
    };
    const double spiking = adapting(Level::spiking);
    EXPECT_NEAR(adapting(Level::density) / spiking, 1.0, 0.03);
    EXPECT_NEAR(adapting(Level::rate) / spiking, 1.0, 0.03);
}

// Threads, backends and precisions of the rest of the network change nothing.
TEST(Levels, SameBitsForAnyThreadsAndBackend) {
    const auto bits = [](int threads, compile::Backend backend) {
        Network net = brunel(Level::density, 5.0, 2.0);
        net.populations[0].level_options.finite_jumps = true;
        net.monitors = {monitor("exc", "rate", 1e-3), monitor("inh", "v", 1e-3)};
        engine::RunOptions options;
        options.threads = threads;
        options.kernel.backend = backend;
        const auto series = run(net, 0.05, options);
        std::vector<double> all = series[0].values;
        all.insert(all.end(), series[1].values.begin(), series[1].values.end());
        return all;
    };
    const auto expected = bits(1, compile::Backend::interpreter);
    EXPECT_GT(expected[40], 0.0);
    for (const int threads : {1, 2, 3}) EXPECT_EQ(bits(threads, compile::Backend::automatic), expected);
}

TEST(Levels, MembersAreRunsOfTheirOwn) {
    Population cells = at(Level::density, population("cells", library("lif_noisy"), 10));
    Network net = alone(cells, 1e-4);
    net.members = 3;
    net.populations[0].parameters["mu"] = Values{{15e-3, 18e-3, 21e-3}, 1, 3};
    net.monitors = {monitor("cells", "rate", 1e-3)};
    const auto together = run(net, 0.05)[0].values;
    for (std::size_t m = 0; m < 3; ++m) {
        Network one = alone(cells, 1e-4);
        one.populations[0].parameters["mu"] = Values{net.populations[0].parameters["mu"].at(0, m)};
        one.monitors = net.monitors;
        const auto single = run(one, 0.05)[0].values;
        for (std::size_t k = 0; k < single.size(); ++k) ASSERT_EQ(together[k * 3 + m], single[k]);
    }
}

std::string refused(const std::string& name, Level level, std::vector<std::string> mean_variables = {}) {
    Population cells = at(level, population("cells", library(name), 10));
    cells.level_options.mean_variables = std::move(mean_variables);
    return refusal(alone(cells, 1e-4));
}

TEST(Levels, RefusesWhatHasNoDensity) {
    EXPECT_THAT(refused("lif_adaptive", Level::density), HasSubstr("mean_variables: [w]"));
    EXPECT_THAT(refused("hodgkin_huxley", Level::density), HasSubstr("a density is that of one"));
    EXPECT_THAT(refused("lif_noisy", Level::rate, {"w"}), HasSubstr("no variable of its model"));
    EXPECT_THAT(refused("poisson", Level::density), HasSubstr("has a 'rate' of its own"));
    EXPECT_THAT(refused("izhikevich", Level::density), HasSubstr("a density is that of one"));
    Population spread = at(Level::density, population("cells", library("lif_noisy"), 3));
    spread.parameters["mu"] = Values{{1e-3, 2e-3, 3e-3}, 3, 1};
    EXPECT_THAT(refusal(alone(spread, 1e-4)), HasSubstr("'mu' differs between the neurons"));
    Population placed = at(Level::density, population("cells", library("lif_noisy"), 3));
    placed.grid.emplace();
    EXPECT_THAT(refusal(alone(placed, 1e-4)), HasSubstr("leave out the grid"));
    Network recorded = alone(at(Level::density, population("cells", library("lif_noisy"), 3)), 1e-4);
    recorded.event_monitors = {{"spikes", "cells", "spike"}};
    EXPECT_THAT(refusal(recorded), HasSubstr("record its rate: cells.rate"));
    Population beyond = at(Level::density, population("cells", library("lif_noisy"), 3));
    beyond.initial["v"] = Values{30e-3};
    EXPECT_THAT(refusal(alone(beyond, 1e-4)), HasSubstr("would begin at"));
}

// Noise that grows with the potential, read in Stratonovich's sense: the same as Itô's with half its slope in
// the drift.
TEST(Levels, StratonovichNoise) {
    const auto rate = [](const std::string& drift, const std::string& method) {
        Population cells = at(Level::rate, population("cells", model(R"(
model multiplicative : neuron
parameters
    tau = 20 ms
equations
    dv/dt = (15*mV - v)/tau)" + drift + R"( + 0.5*v*xi/sqrt(tau) : mV
initial
    v = 5 mV
events
    spike : v >= 20*mV   reset v = 10*mV
)"),
                                                      1));
        Network net = alone(cells, 1e-3);
        net.method = method;
        return rate_of(net, 0.1);
    };
    EXPECT_NEAR(rate("", "heun"), rate(" + 0.125*v/tau", "euler_maruyama"), 1e-7);
    EXPECT_GT(rate("", "heun"), 1.1 * rate("", "euler_maruyama"));
}

TEST(Levels, RefusesWhatOneNeuronCannotStandFor) {
    Network net = brunel(Level::density, 5.0, 2.0);
    net.populations[1].level = Level::spiking;
    net.event_projections[0].weight = {};
    net.event_projections[2].weight.kind = network::SynapseValue::Kind::normal;
    net.event_projections[2].weight.a = 1e-4;
    net.event_projections[2].weight.b = 1e-4;
    EXPECT_THAT(refusal(net), HasSubstr("weights differ between synapses"));
    net = brunel(Level::rate, 5.0, 2.0);
    net.event_projections[0].delay.kind = network::SynapseValue::Kind::normal;
    net.event_projections[0].delay.a = 1e-3;
    net.event_projections[0].delay.b = 5e-3;
    EXPECT_THAT(refusal(net), HasSubstr("min = 0 ms"));
    net = brunel(Level::rate, 5.0, 2.0);
    net.poisson_inputs[0].rate = "1000*Hz*cos(t/(10*ms))";
    EXPECT_THAT(refusal(net), HasSubstr("max(rate, 0*Hz)"));
    net = alone(at(Level::density, population("cells", library("lif_noisy"), 3)), 1e-4);
    net.populations.push_back(population("units", leaky(false), 3));
    net.projections = {project("units", "x*mV", "cells", "drive", network::one_to_one(3))};
    EXPECT_THAT(refusal(net), HasSubstr("different input"));
}

// Silent neurons have a potential; a division by zero is told with its place.
TEST(Levels, SilentAndBrokenNeurons) {
    Population silent = at(Level::rate, population("cells", library("lif_noisy"), 1));
    silent.parameters = {{"mu", Values{5e-3}}, {"sigma", Values{0.0}}};
    Network net = alone(silent, 1e-3);
    net.monitors = {monitor("cells", "rate", 1e-3), monitor("cells", "v", 1e-3)};
    const auto series = run(net, 0.01);
    EXPECT_EQ(series[0].values.back(), 0.0);
    EXPECT_NEAR(series[1].values.back(), 5.0, 1e-7);  // mV
    net.populations[0].parameters["tau"] = Values{0.0};
    for (const Level level : {Level::density, Level::rate}) {
        net.populations[0].level = level;
        EXPECT_THAT(refusal(net), testing::Not(HasSubstr("accepted")));
    }
}

// Inhibition that carries the density below its grid is told, not cut off.
TEST(Levels, TellsThatTheGridIsTooShort) {
    Network net = alone(at(Level::density, population("cells", library("lif_noisy"), 3)), 1e-4);
    network::Stimulus stimulus;
    stimulus.name = "inhibition";
    stimulus.population = "cells";
    stimulus.target = "drive";
    stimulus.expression = "-200*mV*heaviside(t - 10*ms)";
    net.stimuli = {stimulus};
    EXPECT_THAT(refusal(net), HasSubstr("lowest potential of its grid"));
}

}  // namespace
}  // namespace neurodyn
