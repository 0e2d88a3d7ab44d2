// SPDX-License-Identifier: BSD-3-Clause
// Gaussian filters: three levels, binary input, trajectories recorded. The same case as
// bench/rivals/pyhgf_filter.py.
#include <benchmark/benchmark.h>
#include <omp.h>

#include "base/random.hpp"
#include "inference/gaussian_filter.hpp"

namespace {

using namespace neurodyn;
using namespace neurodyn::inference;

// Trials per second are counted over all parameter sets.
void gaussian_filter(benchmark::State& state) {
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
    for (auto _ : state) benchmark::DoNotOptimize(run_filter(filter, inputs, true).total_surprise.data());
    state.counters["trials/s"] =
        benchmark::Counter(static_cast<double>(trials * sets), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(gaussian_filter)->ArgName("sets")->Arg(1)->Arg(256)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
