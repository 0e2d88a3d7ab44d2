// SPDX-License-Identifier: BSD-3-Clause
// A step of an exponential neuron's density, its input new in every step or not, and stationary rates by
// quadrature.
#include <benchmark/benchmark.h>

#include "density/population.hpp"
#include "density/response.hpp"
#include "density/stationary.hpp"
#include "language/model.hpp"

namespace {

using namespace neurodyn;

// Augustin et al. 2017, doi:10.1371/journal.pcbi.1005545: mean 1.5 mV/ms, noise 2 mV/ms^(1/2).
density::Equations equations() {
    const auto model = language::parse_model(R"(
model eif : neuron
parameters
    mu = 1.5 mV/ms
    sigma = 2 mV/ms^(1/2)
    swing = 0 mV/ms
equations
    dv/dt = (-65*mV - v + 1.5*mV*exp((v + 50*mV)/(1.5*mV)))/(20*ms) + mu + swing*sin(t/(10*ms)) + sigma*xi : mV
initial
    v = -65 mV
events
    spike : v > -40*mV   reset v = -70*mV
)",
                                             "eif.model");
    return density::make_equations(compile::make_system(*model), {}, {});
}

void density_step(benchmark::State& state) {
    compile::Environment start;
    start.values[start.index("mu")] = 1.5;
    start.values[start.index("sigma")] = 2e-3 * std::sqrt(1e3);
    start.values[start.index("swing")] = state.range(1) != 0 ? 0.5 : 0.0;
    density::Settings settings;
    settings.dt_s = 5e-5;
    settings.cells = static_cast<std::size_t>(state.range(0));
    settings.potentials = {-65e-3};
    settings.lowest = -110e-3;
    const auto population = density::make_density(equations(), start, settings, {});
    const std::size_t t = population->environment().index("t");
    for (auto _ : state) {
        if (state.range(1) != 0) population->environment().values[t] += settings.dt_s;
        population->advance();
        benchmark::DoNotOptimize(population->rate_hz());
    }
    state.counters["rate_hz"] = population->rate_hz();
}
BENCHMARK(density_step)->ArgNames({"cells", "new_input"})->Args({1000, 1})->Args({1000, 0})->Args({400, 1});

void stationary_rate(benchmark::State& state) {
    compile::Environment start;
    start.values[start.index("mu")] = 1.5;
    start.values[start.index("sigma")] = 2e-3 * std::sqrt(1e3);
    density::Neuron neuron(equations(), start, {});
    const density::Membrane membrane = neuron.membrane(std::nullopt);
    for (auto _ : state) benchmark::DoNotOptimize(density::stationary_firing(membrane).rate_hz);
    state.counters["rate_hz"] = density::stationary_firing(membrane).rate_hz;
}
BENCHMARK(stationary_rate);

void stationary_rate_of_a_leaky_neuron(benchmark::State& state) {
    density::Membrane membrane;
    membrane.coefficients = [](std::span<const double> v, std::span<double> a, std::span<double> d,
                               std::span<double> slope) {
        for (std::size_t i = 0; i < v.size(); ++i) {
            a[i] = (15.0 - v[i]) / 20e-3;
            d[i] = 0.5 * 25.0 / 20e-3;
            slope[i] = 0.0;
        }
    };
    membrane.reset = 10.0;
    membrane.threshold = 20.0;
    membrane.refractory_s = 2e-3;
    membrane.lowest = *density::lowest_potential(membrane.coefficients, 10.0, 20.0, 40.0);
    for (auto _ : state) benchmark::DoNotOptimize(density::stationary_firing(membrane).rate_hz);
    state.counters["rate_hz"] = density::stationary_firing(membrane).rate_hz;
}
BENCHMARK(stationary_rate_of_a_leaky_neuron);

void linear_response(benchmark::State& state) {
    compile::Environment start;
    start.values[start.index("mu")] = 1.5;
    start.values[start.index("sigma")] = 2e-3 * std::sqrt(1e3);
    density::Neuron neuron(equations(), start, {});
    const density::Membrane membrane = neuron.membrane(std::nullopt);
    const double frequency[] = {20.0};
    for (auto _ : state)
        benchmark::DoNotOptimize(density::linear_response(membrane, density::Modulated::drift, frequency));
}
BENCHMARK(linear_response);

}  // namespace

BENCHMARK_MAIN();
