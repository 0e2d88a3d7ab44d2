// SPDX-License-Identifier: BSD-3-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "inference/predictive_network.hpp"

namespace neurodyn::inference {
namespace {

using Net = PredictiveNetwork<double>;

std::vector<double> draws(std::size_t n, std::uint16_t stream) {
    std::vector<double> x(n);
    const std::uint64_t seeds[] = {11};
    fill_normal(x, 1, {seeds, stream, 0, 0, 0});
    return x;
}

// x = 1, w = (.5, .8), target 1: dF/dh = (h - .5) - .8 (1 - .8 h) = 0 at h = 1.3 / 1.64.
TEST(PredictiveNetwork, LinearChain) {
    using enum Activation;
    Net net({{"x", 1, linear, 1.0}, {"h", 1, linear, 1.0}, {"y", 1, linear, 1.0}}, {{0, 1}, {1, 2}});
    net.weight(0, 0, 0) = 0.5;
    net.weight(1, 0, 0) = 0.8;
    const double one[] = {1.0};
    const Clamp<double> clamps[] = {{0, one}, {2, one}};
    net.begin(1, clamps);
    net.infer(500, 0.1);
    EXPECT_NEAR(net.state(1, 0, 0), 1.3 / 1.64, 1e-12);
    EXPECT_NEAR(net.free_energy(), 0.5 * (0.2926829268 * 0.2926829268 + 0.3658536585 * 0.3658536585), 1e-9);
}

// A graph with a shortcut, two tops, different activations and variances.
Net graph(std::uint64_t seed, int threads = 1) {
    using enum Activation;
    return Net({{"a", 5, tanh, 1.0}, {"b", 4, sigmoid, 0.5}, {"c", 6, tanh, 2.0}, {"d", 3, linear, 0.7}},
               {{0, 1}, {1, 2}, {0, 2}, {2, 3}, {1, 3}}, seed, threads);
}

// F never rises under small exact gradient steps; d is observed, all else is free.
TEST(PredictiveNetwork, FreeEnergyNeverRises) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        Net net = graph(seed);
        const std::vector<double> seen = draws(40 * 3, static_cast<std::uint16_t>(seed));
        const Clamp<double> clamps[] = {{3, seen}};
        net.begin(40, clamps);
        double before = net.free_energy();
        for (int i = 0; i < 200; ++i) {
            net.infer(1, 0.02);
            const double now = net.free_energy();
            ASSERT_LE(now, before * (1 + 1e-14));
            before = now;
        }
    }
}

// Steps and weight changes are the gradients of F, by central differences of F itself.
TEST(PredictiveNetwork, GradientsByFiniteDifferences) {
    constexpr double h = 1e-5, rate = 1e-3;
    constexpr std::size_t samples = 3;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
        const std::vector<double> seen = draws(samples * 3, 5), given = draws(samples * 5, 6);
        const Clamp<double> clamps[] = {{0, given}, {3, seen}};
        Net net = graph(seed);
        net.begin(samples, clamps);
        net.infer(7, 0.05);
        const auto slope = [&](double& x) {
            const double at = x;
            x = at + h;
            const double up = net.free_energy();
            x = at - h;
            const double down = net.free_energy();
            x = at;
            static_cast<void>(net.free_energy());
            return (up - down) / (2 * h);
        };
        const double of_state = slope(net.state(2, 1, 4)) * samples;
        const double of_weight = slope(net.weight(1, 3, 2)), of_shortcut = slope(net.weight(2, 3, 4));
        const double of_bias = slope(net.bias(3)[1]);
        net.compute_gradients();
        EXPECT_NEAR(net.weight_gradient(1, 3, 2), -of_weight, 1e-8);
        EXPECT_NEAR(net.weight_gradient(2, 3, 4), -of_shortcut, 1e-8);
        EXPECT_NEAR(net.bias_gradient(3)[1], -of_bias, 1e-8);
        const double before = net.state(2, 1, 4);
        net.infer(1, rate);
        EXPECT_NEAR((net.state(2, 1, 4) - before) / rate, -of_state, 1e-8);
    }
}

struct Backpropagation {
    double learned, exact;  ///< norm of the difference to the exact gradient, and of that
};

// 3-4-4-2 tanh, one sample: variance x the network's weight gradients against central differences of the
// squared loss of its feedforward sweep.
Backpropagation against_backpropagation(double variance, Predictions predictions) {
    using enum Activation;
    const auto make = [&] {
        return Net(
            {{"x", 3, linear, 1.0}, {"h", 4, tanh, 1.0}, {"g", 4, tanh, 1.0}, {"y", 2, linear, variance}},
            {{0, 1}, {1, 2}, {2, 3}}, 3, 1);
    };
    const std::vector<double> input = draws(3, 1), target = draws(2, 2);
    const Clamp<double> clamps[] = {{0, input}, {3, target}};
    Net net = make();
    net.begin(1, clamps);
    net.infer(5000, 0.1, predictions);
    net.compute_gradients(predictions);
    const auto loss = [&](Net& other) {
        other.begin(1, std::span(clamps).first(1));
        double sum = 0.0;
        for (std::size_t u = 0; u < 2; ++u) sum += 0.5 * std::pow(other.state(3, 0, u) - target[u], 2);
        return sum;
    };
    const std::size_t sizes[] = {3, 4, 4, 2};
    double difference = 0.0, norm = 0.0;
    for (std::size_t p = 0; p < 3; ++p)
        for (std::size_t i = 0; i < sizes[p + 1]; ++i)
            for (std::size_t j = 0; j < sizes[p]; ++j) {
                Net up = make(), down = make();
                up.weight(p, i, j) += 1e-5;
                down.weight(p, i, j) -= 1e-5;
                const double exact = -(loss(up) - loss(down)) / 2e-5;
                difference += std::pow(variance * net.weight_gradient(p, i, j) - exact, 2);
                norm += exact * exact;
            }
    return {std::sqrt(difference), std::sqrt(norm)};
}

// Whittington & Bogacz 2017: the difference falls as 1 / variance of the output; with fixed predictions there
// is none (Millidge et al. 2022).
TEST(PredictiveNetwork, ApproachesBackpropagation) {
    const auto relative = [](double variance) {
        const Backpropagation b = against_backpropagation(variance, Predictions::moving);
        return b.learned / b.exact;
    };
    const double at_1 = relative(1.0), at_100 = relative(100.0), at_10000 = relative(1e4);
    EXPECT_GT(at_1, 0.1);
    EXPECT_LT(at_10000, 1e-3);
    EXPECT_NEAR(at_100 / at_10000, 100.0, 5.0);
    const Backpropagation fixed = against_backpropagation(1.0, Predictions::fixed);
    EXPECT_LT(fixed.learned / fixed.exact, 1e-8);
}

TEST(PredictiveNetwork, BitsDoNotDependOnThreads) {
    const std::vector<double> seen = draws(100 * 3, 5), given = draws(100 * 5, 6);
    const Clamp<double> clamps[] = {{0, given}, {3, seen}};
    const auto train = [&](int threads) {
        Net net = graph(2, threads);
        for (int i = 0; i < 5; ++i) {
            net.begin(100, clamps);
            net.infer(10, 0.1);
            net.compute_gradients();
            net.update({Optimiser::Kind::adam, 0.01});
        }
        return std::vector<double>{net.free_energy(), net.weight(1, 2, 3), net.weight(3, 1, 1)};
    };
    EXPECT_EQ(train(1), train(4));
}

template <class T>
void expect_same_products() {
    constexpr std::size_t rows = 21, count = 37;
    AlignedVector<T> a(rows * count), b(count * panel_members);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<T>(normal_at(1, 0, 0, i));
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<T>(normal_at(1, 1, 0, i));
    const auto result = [&](ProductKernel<T> kernel) {
        AlignedVector<T> c(rows * panel_members, T{1});
        kernel({a.data(), count, 1, rows, count, b.data(), panel_members, c.data(), panel_members});
        return c;
    };
    const AlignedVector<T> baseline = result(product_kernel<T>("baseline"));
    T expected{1};
    for (std::size_t k = 0; k < count; ++k)
        expected = std::fma(a[20 * count + k], b[k * panel_members + 5], expected);
    EXPECT_EQ(baseline[20 * panel_members + 5], expected);
    for (const char* set : {"avx2", "avx512f"}) {
        const ProductKernel<T> kernel = product_kernel<T>(set);
        if (kernel != nullptr) {
            EXPECT_EQ(result(kernel), baseline) << set;
        }
    }
}

TEST(PredictiveNetwork, InstructionSetsGiveTheSameBits) {
    expect_same_products<float>();
    expect_same_products<double>();
}

template <class Wrong>
std::string message_of(const Wrong& wrong) {
    try {
        wrong();
    } catch (const PredictiveError& error) {
        return error.what();
    }
    return "no error";
}

TEST(PredictiveNetwork, BadInputIsNamed) {
    EXPECT_EQ(message_of([] { Net({{"a", 2}, {"b", 2}}, {{0, 1}, {1, 0}}); }),
              "layer 'a' predicts itself through other layers: a graph of predictions has no cycle");
    EXPECT_EQ(message_of([] { Net({{"a", 2}, {"b", 0}}, {{0, 1}}); }), "layer 'b' has no units");
    EXPECT_EQ(message_of([] { Net({{"a", 2, Activation::tanh, 0.0}}, {}); }),
              "the variance of layer 'a' is 0: it must be above 0");
    EXPECT_EQ(message_of([] { Net({{"a", 2}, {"b", 2}}, {{0, 2}}); }),
              "projection 0 joins layers 0 and 2, but there are 2 layers");
    Net net = graph(0);
    const double short_of[] = {1.0, 2.0}, bad[] = {1.0, NAN, 2.0};
    EXPECT_EQ(message_of([&] { net.begin(1, std::vector<Clamp<double>>{{3, short_of}}); }),
              "layer 'd' is clamped to 2 values, but 1 samples of 3 units are 3");
    EXPECT_EQ(message_of([&] { net.begin(1, std::vector<Clamp<double>>{{3, bad}}); }),
              "layer 'd' is clamped to nan in sample 0, unit 1");
}

}  // namespace
}  // namespace neurodyn::inference
