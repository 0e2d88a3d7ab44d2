// SPDX-License-Identifier: BSD-3-Clause
// Gaussian filters (as bench/rivals/pyhgf_filter.py) and predictive-coding networks.
#include <benchmark/benchmark.h>
#include <omp.h>

#include "base/random.hpp"
#include "inference/gaussian_filter.hpp"
#include "inference/predictive_network.hpp"

namespace {

using namespace neurodyn;
using namespace neurodyn::inference;

// Trials per second are counted over all parameter sets.
void gaussian_filter(benchmark::State& state) {
    const bool record = state.range(1) != 0;
    omp_set_num_threads(2);
    constexpr std::size_t trials = 1000;
    const auto sets = static_cast<std::size_t>(state.range(0));
    std::vector<double> inputs(trials);
    for (std::size_t t = 0; t < trials; ++t)
        inputs[t] = uniform_at(1, 0, t, 0) < ((t / 100) % 2 == 0 ? 0.8 : 0.2);
    GaussianFilter filter;
    filter.update = FilterUpdate::enhanced;
    filter.states = {{{-3.0}, {1.0}, {0.0}, {1.0}}, {{-3.0}, {1.0}, {0.0}, {1.0}}};
    filter.states[0].tonic_volatility.clear();
    for (std::size_t i = 0; i < sets; ++i)
        filter.states[0].tonic_volatility.push_back(-4.0 +
                                                    2.0 * static_cast<double>(i) / static_cast<double>(sets));
    for (auto _ : state) benchmark::DoNotOptimize(run_filter(filter, inputs, record).total_surprise.data());
    state.counters["trials/s"] =
        benchmark::Counter(static_cast<double>(trials * sets), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(gaussian_filter)
    ->ArgNames({"sets", "record"})
    ->Args({1, 1})
    ->Args({256, 1})
    ->Args({256, 0})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// One mini-batch of 256: 784-256-256-10, 20 steps of inference, then learning by Adam; single precision.
void predictive_training(benchmark::State& state) {
    constexpr std::size_t batch = 256;
    PredictiveNetwork<float> net({{"image", 784, Activation::linear},
                                  {"low", 256, Activation::tanh},
                                  {"high", 256, Activation::tanh},
                                  {"label", 10, Activation::linear}},
                                 {{0, 1}, {1, 2}, {2, 3}}, 1, static_cast<int>(state.range(0)));
    std::vector<float> images(batch * 784), labels(batch * 10, 0.0F);
    for (std::size_t i = 0; i < images.size(); ++i) images[i] = static_cast<float>(uniform_at(1, 0, 0, i));
    for (std::size_t m = 0; m < batch; ++m) labels[m * 10 + m % 10] = 1.0F;
    const Clamp<float> clamps[] = {{0, images}, {3, labels}};
    for (auto _ : state) {
        net.begin(batch, clamps);
        net.infer(20, 0.1);
        net.compute_gradients();
        net.update({Optimiser::Kind::adam, 0.001});
    }
    state.counters["images/s"] =
        benchmark::Counter(static_cast<double>(batch), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(predictive_training)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// The product alone: 256 x 256 weights, 32 members, in single precision.
void panel_product(benchmark::State& state) {
    AlignedVector<float> a(256 * 256, 0.5F), b(256 * panel_members, 0.5F), c(256 * panel_members);
    const ProductKernel<float> kernel = product_kernel<float>();
    for (auto _ : state) {
        kernel({a.data(), 256, 1, 256, 256, b.data(), panel_members, c.data(), panel_members});
        benchmark::DoNotOptimize(c.data());
    }
    state.counters["flop/s"] =
        benchmark::Counter(2.0 * 256 * 256 * panel_members, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(panel_product);

}  // namespace

BENCHMARK_MAIN();
