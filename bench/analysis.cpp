// SPDX-License-Identifier: BSD-3-Clause
// Analyses of large data on one thread: power laws, multistep regression, functional connectivity.
#include <benchmark/benchmark.h>
#include <omp.h>

#include <cmath>

#include "analysis/branching_ratio.hpp"
#include "analysis/functional_connectivity.hpp"
#include "analysis/functional_connectivity_dynamics.hpp"
#include "analysis/power_law.hpp"
#include "base/random.hpp"

namespace {

using namespace neurodyn;
using namespace neurodyn::analysis;

std::vector<double> uniform(std::size_t n) {
    std::vector<double> x(n);
    const std::uint64_t seeds[] = {1};
    fill_uniform(x, 1, {seeds, 0, 0, 0, 0});
    return x;
}

// Five million values of exponent 1.5, from 20 on a power law alone.
void power_law_fit(benchmark::State& state) {
    omp_set_num_threads(1);
    std::vector<double> x = uniform(5'000'000);
    const ValueKind kind = state.range(0) != 0 ? ValueKind::discrete : ValueKind::continuous;
    for (std::size_t k = 0; k < x.size(); ++k) {
        const double u = x[k];
        x[k] = std::pow(u, -2);
        if (x[k] < 20) x[k] = 20 * std::sqrt(u) + 1;
        if (kind == ValueKind::discrete) x[k] = std::floor(std::min(x[k], 1e12) + 0.5);
    }
    PowerLaw law;
    for (auto _ : state) law = fit_power_law(rank_values(x, kind, "x"));
    state.counters["alpha"] = law.alpha;
    state.counters["xmin"] = law.xmin;
}
BENCHMARK(power_law_fit)->ArgName("discrete")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

// 100 trials of 100,000 bins, 500 lags; the fit included, the limits not.
void multistep_regression(benchmark::State& state) {
    omp_set_num_threads(1);
    std::vector<std::vector<double>> trials(100);
    for (std::size_t k = 0; k < trials.size(); ++k) {
        double a = 100;
        for (std::size_t t = 0; t < 100'000; ++t) {
            a = 0.98 * a + 2 + std::sqrt(std::max(a, 0.0)) * normal_at(1, 0, t, k);
            trials[k].push_back(a);
        }
    }
    BranchingRatio found;
    for (auto _ : state) found = branching_ratio(trials, {500, false, false, 0, 0.95, 0}, "x");
    state.counters["m"] = found.ratio;
}
BENCHMARK(multistep_regression)->Unit(benchmark::kMillisecond);

Series noise(std::size_t samples, std::size_t channels) {
    Series s;
    s.values = uniform(samples * channels);
    s.samples = samples;
    s.channels = channels;
    s.interval_s = 1;
    s.name = "noise";
    return s;
}

void correlation(benchmark::State& state) {
    omp_set_num_threads(1);
    const Series s = noise(10'000, 1000);
    for (auto _ : state) benchmark::DoNotOptimize(functional_connectivity(s));
}
BENCHMARK(correlation)->Unit(benchmark::kMillisecond);

void connectivity_dynamics(benchmark::State& state) {
    omp_set_num_threads(1);
    const Series s = noise(1200, 400);
    for (auto _ : state) benchmark::DoNotOptimize(functional_connectivity_dynamics(s, 60, 3));
}
BENCHMARK(connectivity_dynamics)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
