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
            ASSERT_LE(now, before + 1e-14 * std::abs(before));
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

// What the checker compares with is backpropagation itself: inference with fixed predictions converges to it.
TEST(PredictiveNetwork, BackpropagationIsFixedPredictionsConverged) {
    const std::vector<double> seen = draws(7 * 3, 5), given = draws(7 * 5, 6);
    const Clamp<double> clamps[] = {{0, given}, {3, seen}};
    Net converged = graph(4), exact = graph(4);
    converged.begin(7, clamps);
    converged.infer(3000, 0.2, Predictions::fixed);
    converged.compute_gradients(Predictions::fixed);
    exact.begin(7, clamps);
    exact.backpropagate();
    const std::size_t sizes[] = {5, 4, 6, 3}, ends[][2] = {{0, 1}, {1, 2}, {0, 2}, {2, 3}, {1, 3}};
    for (std::size_t p = 0; p < 5; ++p)
        for (std::size_t i = 0; i < sizes[ends[p][1]]; ++i)
            for (std::size_t j = 0; j < sizes[ends[p][0]]; ++j)
                EXPECT_NEAR(converged.weight_gradient(p, i, j), exact.weight_gradient(p, i, j), 1e-12);
}

// Two clamped layers, no prediction but the bias 0: the learned covariance is the data's second moment, and F
// is the negative log-likelihood of a Gaussian less its constant.
TEST(PredictiveNetwork, LearnedCovarianceIsMaximumLikelihood) {
    constexpr std::size_t samples = 50;
    std::vector<double> seen = draws(samples * 3, 5);
    for (std::size_t m = 0; m < samples; ++m) seen[3 * m + 1] += 2.0 * seen[3 * m];
    const std::vector<double> given(samples * 2, 0.0);
    const Clamp<double> clamps[] = {{0, given}, {1, seen}};
    Eigen::Matrix3d moment = Eigen::Matrix3d::Zero();
    for (std::size_t m = 0; m < samples; ++m) {
        const Eigen::Map<const Eigen::Vector3d> x(&seen[3 * m]);
        moment += x * x.transpose() / samples;
    }
    for (const Covariance kind : {Covariance::diagonal, Covariance::full}) {
        Net net({{"a", 2}, {"b", 3, Activation::linear, 2.0, kind}}, {{0, 1}});
        net.begin(samples, clamps);
        net.learn_covariances(1.0, 1e-6);
        const Eigen::Matrix3d expected =
            kind == Covariance::full ? moment : Eigen::Matrix3d(moment.diagonal().asDiagonal());
        EXPECT_LT((net.covariance(1) - expected).norm(), 1e-12);
        EXPECT_NEAR(net.free_energy(), 0.5 * (3.0 + std::log(expected.determinant())), 1e-12);
    }
}

// Steps follow the gradient of F with a full covariance, too.
TEST(PredictiveNetwork, GradientsWithFullCovariance) {
    using enum Activation;
    Net net({{"a", 2, tanh}, {"b", 3, tanh, 1.0, Covariance::full}, {"c", 2, linear, 1.0, Covariance::full}},
            {{0, 1}, {1, 2}}, 7, 1);
    Eigen::Matrix3d s;
    s << 2.0, 0.5, -0.3, 0.5, 1.0, 0.2, -0.3, 0.2, 0.7;
    net.set_covariance(1, s);
    const std::vector<double> given = draws(2, 1), seen = draws(2, 2);
    const Clamp<double> clamps[] = {{0, given}, {2, seen}};
    net.begin(1, clamps);
    net.infer(5, 0.05);
    constexpr double h = 1e-5, rate = 1e-3;
    const double at = net.state(1, 0, 2);
    net.state(1, 0, 2) = at + h;
    const double up = net.free_energy();
    net.state(1, 0, 2) = at - h;
    const double down = net.free_energy();
    net.state(1, 0, 2) = at;
    static_cast<void>(net.free_energy());
    net.infer(1, rate);
    EXPECT_NEAR((net.state(1, 0, 2) - at) / rate, -(up - down) / (2 * h), 1e-8);
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
