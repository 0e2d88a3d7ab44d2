// SPDX-License-Identifier: BSD-3-Clause
// The library's neurons through the engine: spike times of NEST 3.9 with its default parameters, closed forms
// of intervals, and rates of stochastic neurons.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>

#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::Network;
using network::Values;
using Settings = std::map<std::string, double>;

constexpr double ms = 1e-3, mV = 1e-3, nS = 1e-9, pA = 1e-12, pF = 1e-12;

/// Neurons of one model, with numbers for all.
Network neurons(const std::string& name, std::size_t size, double dt_s, const std::string& method,
                const Settings& parameters, const Settings& initial = {}) {
    Network net;
    net.dt_s = dt_s;
    net.method = method;
    net.populations = {population(
        "a", language::load_model(std::string(NEURODYN_SOURCE_DIR) + "/library/neurons/" + name + ".model"),
        size)};
    for (const auto& [key, value] : parameters) net.populations[0].parameters[key] = Values(value);
    for (const auto& [key, value] : initial) net.populations[0].initial[key] = Values(value);
    net.event_monitors = {{"spikes", "a", "spike"}};
    return net;
}

engine::MemorySink run_to(const Network& network, double duration_s) {
    engine::RunOptions options;
    options.duration_s = duration_s;
    options.threads = 1;
    engine::Simulation simulation(network, options);
    engine::MemorySink sink;
    simulation.run(sink);
    return sink;
}

/// Times of all spikes, in ms.
std::vector<double> spikes_ms(const Network& network, double duration_s) {
    std::vector<double> times = run_to(network, duration_s).events[0].members[0].time_s;
    for (double& t : times) t /= ms;
    return times;
}

void expect_first(const std::vector<double>& times, const std::vector<double>& expected, double tolerance) {
    ASSERT_GE(times.size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k)
        EXPECT_NEAR(times[k], expected[k], tolerance) << "spike " << k;
}

double last_interval(const std::vector<double>& times) {
    EXPECT_GE(times.size(), 3u);
    return times.size() < 3 ? 0.0 : times.back() - times[times.size() - 2];
}

double bisect(double low, double high, const std::function<double(double)>& f) {
    const bool rising = f(low) < 0.0;
    for (int i = 0; i < 200; ++i) ((f(0.5 * (low + high)) < 0.0) == rising ? low : high) = 0.5 * (low + high);
    return low;
}

/// Simpson's rule.
double integral(double a, double b, const std::function<double(double)>& f) {
    constexpr int n = 20000;
    double sum = f(a) + f(b);
    for (int k = 1; k < n; ++k) sum += (k % 2 ? 4.0 : 2.0) * f(a + (b - a) * k / n);
    return sum * (b - a) / (3.0 * n);
}

/// The largest value of a variable, on the grid of 0.1 ms, from values at the start and without spikes.
double peak(Network net, const std::string& variable, double duration_s) {
    net.monitors = {monitor("a", variable, 0.1 * ms)};
    const auto sink = run_to(net, duration_s);
    EXPECT_TRUE(sink.events[0].members[0].time_s.empty());
    return *std::max_element(sink.series[0].values.begin(), sink.series[0].values.end());
}

TEST(NeuronLibrary, AlphaCurrents) {
    Network net = neurons("lif_alpha", 1, 0.1 * ms, "", {{"I_e", 1000 * pA}});
    net.monitors = {monitor("a", "v", 0.1 * ms)};
    const auto sink = run_to(net, 1.0);
    EXPECT_NEAR(sink.series[0].values[0], -69.602, 5e-4);
    EXPECT_NEAR(sink.series[0].values[46], -55.0001, 5e-5);  // at 4.7 ms
    std::vector<double> times = sink.events[0].members[0].time_s;
    for (double& t : times) t /= ms;
    EXPECT_EQ(times.size(), 147u);
    expect_first(times, {4.8, 11.6, 18.4, 25.2}, 1e-6);
    const Network one = neurons("lif_alpha", 1, 0.1 * ms, "", {}, {{"x_ex", 100 * pA}});
    EXPECT_NEAR(peak(one, "v", 0.05), -68.699988, 1e-6);
}

TEST(NeuronLibrary, ConductanceOfOneSpike) {
    const Settings nest{{"C", 250 * pF},       {"g_L", 50.0 / 3 * nS}, {"E_L", -70 * mV}, {"v_th", -55 * mV},
                        {"v_reset", -60 * mV}, {"tau_ex", 0.2 * ms},   {"tau_in", 2 * ms}};
    const Network net = neurons("lif_cond_exp", 1, 0.01 * ms, "rk4", nest, {{"g_ex", 10 * nS}});
    EXPECT_NEAR(peak(net, "v", 0.02), -69.473860, 2e-6);
}

// aeif_cond_exp at 700 pA. NEST resets within a step, by the steps of its own solver.
TEST(NeuronLibrary, AdaptiveExponential) {
    for (const std::string model : {"adex", "adex_cond_exp"}) {
        Settings nest{{"C", 281 * pF},       {"g_L", 30 * nS},    {"E_L", -70.6 * mV}, {"v_T", -50.4 * mV},
                      {"Delta_T", 2 * mV},   {"v_peak", 0.0},     {"a", 4 * nS},       {"b", 80.5 * pA},
                      {"v_reset", -60 * mV}, {"tau_w", 144 * ms}, {"I", 700 * pA}};
        if (model == "adex_cond_exp") nest["t_ref"] = 0.0;
        const auto times = spikes_ms(neurons(model, 1, 0.01 * ms, "rk4", nest), 1.0);
        EXPECT_EQ(times.size(), 9u) << model;
        expect_first(times, {24.7, 57.2, 139.6, 268.8}, 0.3);
    }
}

// NEST's izhikevich takes Euler steps.
TEST(NeuronLibrary, IzhikevichRegularlySpiking) {
    const auto times = spikes_ms(neurons("izhikevich", 1, 0.1 * ms, "euler", {{"I", 10 * mV}}), 1.0);
    EXPECT_EQ(times.size(), 23u);
    expect_first(times, {3.4, 27.1, 72.2, 117.3}, 1e-6);
}

// hh_psc_alpha: 1 uF/cm^2 on 100 pF, so that 100 pA is 1 uA/cm^2. NEST's spike is the peak, here it is the
// passage through 0 mV a little before.
TEST(NeuronLibrary, SquidAxon) {
    const auto at = [](double current_pA, double dt_s) {
        return spikes_ms(neurons("hodgkin_huxley", 1, dt_s, "rk4",
                                 {{"I", current_pA / 100 * 0.01}, {"E_L", -54.402 * mV}}),
                         1.0);
    };
    EXPECT_EQ(at(200, 0.02 * ms).size(), 0u);
    EXPECT_EQ(at(400, 0.02 * ms).size(), 1u);
    const auto times = at(800, 0.01 * ms);
    EXPECT_EQ(times.size(), 63u);
    expect_first(times, {2.43, 18.67, 34.69, 50.7}, 0.4);
    EXPECT_NEAR(times[3] - times[1], 50.7 - 18.67, 0.03);
}

nlohmann::json brian2(const std::string& name) {
    std::ifstream in(std::string(NEURODYN_SOURCE_DIR) + "/tests/reference/brian2_neurons.json");
    return nlohmann::json::parse(in).at("neurons").at(name);
}

// Brian2's example of these channels: 11, 25, 35 and 45 spikes at 0.1, 0.3, 0.5 and 0.7 nA.
TEST(NeuronLibrary, TraubMilesFollowsBrian2) {
    const auto reference = brian2("IF_curve_Hodgkin_Huxley");
    for (const std::string model : {"traub_miles", "cobahh"})
        for (std::size_t k = 0; k < 4; ++k) {
            const double current = reference["each"]["I"][k];
            // Gates start closed there.
            const Settings start{{"m", 0.0}, {"h", 0.0}, {"n", 0.0}};
            const auto times =
                spikes_ms(neurons(model, 1, 0.1 * ms, "exponential_euler", {{"I", current}}, start), 0.5);
            const auto& expected = reference["spike_steps"][k];
            ASSERT_EQ(times.size(), expected.size()) << model << " at " << current;
            for (std::size_t s = 0; s < times.size(); ++s)  // -20 mV is passed within a step of -40 mV
                EXPECT_NEAR(times[s], 0.1 * (expected[s].get<double>() + 1), 0.21) << s;
        }
}

TEST(NeuronLibrary, HindmarshRose) {
    // The fast system alone rests where x^3 + 2 x^2 = 1: x = -(1 + sqrt(5))/2 (Hindmarsh & Rose 1984).
    Network rest = neurons("hindmarsh_rose", 1, 0.05, "rk4", {{"r", 0.0}, {"I", 0.0}});
    rest.monitors = {monitor("a", "x", 1.0)};
    EXPECT_NEAR(run_to(rest, 400.0).series[0].values.back(), -0.5 * (1 + std::sqrt(5.0)), 1e-9);
    // Bursts as in Brian2, whose second is a millisecond there.
    const auto expected = brian2("Hindmarsh_Rose_1984")["spike_steps"][0];
    const auto times = spikes_ms(neurons("hindmarsh_rose", 1, 0.05, "rk4", {}, {{"y", -11.8}}), 3000.0);
    ASSERT_EQ(times.size(), expected.size());
    for (std::size_t k = 0; k < times.size(); ++k)
        EXPECT_NEAR(times[k] * ms, 0.05 * (expected[k].get<double>() + 1), 0.051);
}

// t_ref + tau ln((mu - v_reset)/(mu - v_th)).
TEST(NeuronLibrary, LeakyNeuronsWithConstantDrive) {
    const double expected = 2 + 20 * std::log(15.0 / 5.0);
    const double dt = 0.01;
    EXPECT_NEAR(last_interval(spikes_ms(neurons("lif_delta", 1, dt * ms, "", {{"mu", 25 * mV}}), 0.5)),
                expected, dt);
    EXPECT_NEAR(last_interval(
                    spikes_ms(neurons("lif_noisy", 1, dt * ms, "", {{"mu", 25 * mV}, {"sigma", 0.0}}), 0.5)),
                expected, dt);
}

// Siegert's formula in the form of Brunel & Hakim 1999, doi:10.1162/089976699300016179.
double siegert_hz(double mu, double sigma, double threshold, double reset) {
    const double tau = 0.02, t_ref = 0.002;
    const auto f = [](double s) { return std::exp(s * s) * (1 + std::erf(s)); };
    return 1 / (t_ref + tau * std::sqrt(std::numbers::pi) *
                            integral((reset - mu) / sigma, (threshold - mu) / sigma, f));
}

TEST(NeuronLibrary, NoisyLeakyNeuronFiresAtSiegertsRate) {
    EXPECT_NEAR(siegert_hz(15, 5, 20, 10), 9.46079981, 1e-6);
    EXPECT_NEAR(siegert_hz(20, 5, 20, 10), 27.3405674, 1e-6);
    // Looking at the threshold once in a step is like moving it (Broadie, Glasserman & Kou 1997,
    // doi:10.1111/1467-9965.00035): by -zeta(1/2)/sqrt(2 pi) standard deviations of a step.
    const double dt = 0.05, shift = 0.5825971579 * 5 * std::sqrt(dt / 20);
    for (const double mu : {15.0, 20.0}) {
        const Network net = neurons("lif_noisy", 640, dt * ms, "", {{"mu", mu * mV}});
        const double rate = static_cast<double>(spikes_ms(net, 4.0).size()) / (640 * 4.0);
        EXPECT_NEAR(rate, siegert_hz(mu, 5, 20 + shift, 10), 0.02 * rate) << mu;
    }
}

// Solves tau x' = -x + R (I - w) from reset to threshold with w decaying from b/(1 - exp(-T/tau_w)).
TEST(NeuronLibrary, AdaptationSlowsFiring) {
    const double tau = 10, tau_w = 100, t_ref = 2, drive = 40, step = 40 * 0.05, threshold = 15;  // ms, mV
    const auto reached = [&](double t) {
        const double w = step / -std::expm1(-(t + t_ref) / tau_w) * std::exp(-t_ref / tau_w);
        return -drive * std::expm1(-t / tau) -
               w * tau_w / (tau_w - tau) * (std::exp(-t / tau_w) - std::exp(-t / tau)) - threshold;
    };
    const double expected = t_ref + bisect(1, 200, reached);
    const auto times = spikes_ms(neurons("lif_adaptive", 1, 0.01 * ms, "", {{"I", 1e-9}}), 2.0);
    EXPECT_NEAR(last_interval(times), expected, 0.0101);
    EXPECT_NEAR(times[0], -tau * std::log1p(-threshold / drive), 0.0101);
    EXPECT_GT(last_interval(times), 1.5 * (times[1] - times[0]));
}

// Intervals between the bounds; sqrt(eta)/(pi tau) without them.
TEST(NeuronLibrary, QuadraticNeuron) {
    for (const double eta : {0.25, 1.0, 4.0}) {
        const double root = std::sqrt(eta);
        const double expected = 10 / root * 2 * std::atan(100 / root);
        EXPECT_NEAR(expected, 10 * std::numbers::pi / root, 0.21);
        const auto times = spikes_ms(neurons("qif", 1, 0.01 * ms, "rk4", {{"eta", eta}}), 0.5);
        EXPECT_NEAR(last_interval(times), expected, 0.0101) << eta;
    }
    EXPECT_TRUE(spikes_ms(neurons("qif", 1, 0.01 * ms, "rk4", {{"eta", -1.0}}), 0.5).empty());
}

TEST(NeuronLibrary, ExponentialNeuron) {
    const auto slope = [](double v) {  // mV/ms at 300 pA
        return (10 * (-65 - v) + 10 * 1.5 * std::exp((v + 50) / 1.5) + 300) / 200;
    };
    const double expected = integral(-70, -40, [&](double v) { return 1 / slope(v); });
    EXPECT_NEAR(last_interval(spikes_ms(neurons("eif", 1, 0.01 * ms, "rk4", {{"I", 300 * pA}}), 0.5)),
                expected, 0.0101);
}

// Rates of the noisy neuron from its Fokker-Planck equation; mu in mV/ms, sigma in mV/ms^(1/2).
TEST(NeuronLibrary, NoisyExponentialNeuron) {
    struct Case {
        double mu, sigma, rate_hz;
    };
    for (const Case& c : {Case{1.5, 2, 45.88688}, Case{1, 1.5, 25.393265}}) {
        Network net = neurons("eif", 640, 0.02 * ms, "heun", {{"I", 200 * pA * c.mu}});
        network::Stimulus noise;
        noise.name = "noise";
        noise.population = "a";
        noise.target = "I_syn";
        noise.expression = "amplitude*xi";
        noise.parameters = {{"amplitude", Values(200 * pF * c.sigma * mV / std::sqrt(ms)),
                             dimensions::current * pow(dimensions::time, make_rational(1, 2))}};
        net.stimuli = {noise};
        const double rate = static_cast<double>(spikes_ms(net, 2.0).size()) / (640 * 2.0);
        EXPECT_NEAR(rate, c.rate_hz, 0.02 * c.rate_hz) << c.mu;
    }
}

// Once the potential is constant, intervals solve RI = omega + sum of alpha/(exp(T/tau) - 1).
TEST(NeuronLibrary, AdaptiveThreshold) {
    for (const auto& [name, alpha_1, alpha_2, omega] :
         {std::tuple{"regular", 37.0, 2.0, 19.0}, std::tuple{"fast", 10.0, 0.002, 11.0}}) {
        const double drive = 50 * 0.6;  // mV
        const double expected = bisect(0.5, 2000, [&, a = alpha_1, b = alpha_2, o = omega](double t) {
            return drive - o - a / std::expm1(t / 10) - b / std::expm1(t / 200);
        });
        const auto times = spikes_ms(
            neurons(
                "mat2", 1, 0.01 * ms, "",
                {{"I", 0.6e-9}, {"alpha_1", alpha_1 * mV}, {"alpha_2", alpha_2 * mV}, {"omega", omega * mV}}),
            4.0);
        EXPECT_NEAR(last_interval(times), expected, 0.0101) << name;
    }
}

struct Irregularity {
    double rate_hz, cv;
};

Irregularity intervals_of(const Network& network, double duration_s) {
    const auto sink = run_to(network, duration_s);
    const auto& events = sink.events[0].members[0];
    std::map<std::uint32_t, double> last;
    double n = 0, sum = 0, squares = 0;
    for (std::size_t k = 0; k < events.time_s.size(); ++k) {
        const auto before = last.find(events.node[k]);
        if (before != last.end()) {
            const double interval = events.time_s[k] - before->second;
            n += 1, sum += interval, squares += interval * interval;
        }
        last[events.node[k]] = events.time_s[k];
    }
    const double mean = sum / n;
    return {1 / mean, std::sqrt(squares / n - mean * mean) / mean};
}

// With the potential at the threshold and no spike-triggered movement the hazard is lambda_0: intervals are
// the refractory time and a geometric number of steps.
TEST(NeuronLibrary, StochasticThreshold) {
    Settings still{{"lambda_0", 100.0}, {"E_L", -40 * mV}, {"v_reset", -40 * mV}, {"v_T0", -40 * mV}};
    for (const char* q : {"q_eta_1", "q_eta_2", "q_gam_1", "q_gam_2"}) still[q] = 0.0;
    const double p = -std::expm1(-100 * 0.1 * ms);
    const double mean = 4 + 0.1 / p, deviation = 0.1 * std::sqrt(1 - p) / p;
    const Irregularity found = intervals_of(neurons("gif", 512, 0.1 * ms, "", still), 4.0);
    EXPECT_NEAR(found.rate_hz, 1e3 / mean, 0.01 * 1e3 / mean);
    EXPECT_NEAR(found.cv, deviation / mean, 0.01);
    // Spikes raise the threshold, so that the neuron adapts.
    const auto times =
        run_to(neurons("gif", 512, 0.1 * ms, "", {{"I", 200 * pA}}), 2.0).events[0].members[0].time_s;
    const auto in = [&](double a, double b) {
        return std::count_if(times.begin(), times.end(), [&](double t) { return t > a && t <= b; });
    };
    EXPECT_GT(static_cast<double>(in(0.0, 0.3)), 1.2 * static_cast<double>(in(1.7, 2.0)));
}

TEST(NeuronLibrary, PoissonSource) {
    const Irregularity found = intervals_of(neurons("poisson", 512, 0.1 * ms, "", {{"rate", 50.0}}), 4.0);
    EXPECT_NEAR(found.rate_hz, 50.0, 1.5);  // intervals that do not end within the run are the longer ones
    EXPECT_NEAR(found.cv, std::sqrt(1 - 50 * 0.1 * ms), 0.02);
}

}  // namespace
}  // namespace neurodyn
