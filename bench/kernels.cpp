// SPDX-License-Identifier: BSD-3-Clause
// Update kernels and random numbers: time for each node and step, and for compiling.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/aligned.hpp"
#include "base/random.hpp"
#include "compile/kernel.hpp"
#include "compile/setup.hpp"
#include "language/model.hpp"
#include "symbolic/transform.hpp"

namespace {

using namespace neurodyn;
using compile::Precision;

constexpr std::size_t nodes = 1024;  // all arrays stay in the second-level cache

struct Case {
    const char *model, *method;
    double dt_s;
};
constexpr Case cases[] = {
    {"neurons/hodgkin_huxley", "euler", 1e-5}, {"neurons/hodgkin_huxley", "exponential_euler", 1e-5},
    {"masses/wilson_cowan", "euler", 1e-4},    {"masses/reduced_wong_wang_ei", "euler_maruyama", 1e-4},
    {"masses/jansen_rit", "heun", 1e-4},       {"neurons/lif", "euler", 1e-4}};

compile::StepProgram program_of(const Case& which) {
    const auto model =
        language::load_model(fmt::format("{}/library/{}.model", NEURODYN_SOURCE_DIR, which.model));
    compile::StepOptions options;
    options.method = which.method;
    return compile::make_step(compile::make_system(*model, true), options);
}

/// Everything a step needs, with states that stay near the model's start.
template <class T>
class Run {
  public:
    Run(const Case& which, compile::Backend backend, int width)
        : program_(program_of(which)), setup_(program_) {
        const auto model =
            language::load_model(fmt::format("{}/library/{}.model", NEURODYN_SOURCE_DIR, which.model));
        std::map<std::string, double> known;
        const auto value = [&](const std::string& name) { return known.at(name); };
        for (const auto& parameter : model->parameters) {
            known[parameter.name] = symbolic::evaluate(model->graph, parameter.value, value);
            setup_.set(parameter.name, known[parameter.name]);
        }
        setup_.set("dt", which.dt_s);
        setup_.setup();
        setup_.clock(0);
        for (const double value : setup_.uniforms()) uniforms_.push_back(static_cast<T>(value));
        const std::map<std::string, double> start = {{"v", -0.065}, {"m", 0.05},  {"h", 0.6},
                                                     {"n", 0.32},   {"E", 0.1},   {"I", 0.05},
                                                     {"S_E", 0.16}, {"S_I", 0.05}};
        for (const auto& name : program_.step.arrays) {
            const auto found = start.find(name);
            arrays_.emplace_back(padded(nodes), static_cast<T>(found == start.end() ? 0.0 : found->second));
            bases_.push_back(arrays_.back().data());
        }
        lists_.assign(program_.step.events.size(), std::vector<std::uint32_t>(nodes));
        counts_.assign(lists_.size(), 0);
        for (auto& list : lists_) events_.push_back(list.data());
        kernel_ = compile::make_kernel(program_.step,
                                       {.precision = sizeof(T) == 8 ? Precision::double_ : Precision::single,
                                        .backend = backend,
                                        .width = width});
    }

    void step() {
        for (auto& count : counts_) count = 0;
        kernel_->run({bases_.data(), uniforms_.data(), events_.data(), counts_.data()}, 0, nodes);
    }

  private:
    compile::StepProgram program_;
    compile::StepSetup setup_;
    std::vector<T> uniforms_;
    std::vector<AlignedVector<T>> arrays_;
    std::vector<void*> bases_;
    std::vector<std::vector<std::uint32_t>> lists_;
    std::vector<std::uint64_t> counts_;
    std::vector<std::uint32_t*> events_;
    std::unique_ptr<compile::Kernel> kernel_;
};

template <class T>
void step(benchmark::State& state, const Case& which, compile::Backend backend, int width) {
    Run<T> run(which, backend, width);
    for (auto _ : state) run.step();
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(nodes));
    state.counters["ns_per_node"] =
        benchmark::Counter(static_cast<double>(nodes) * 1e-9,
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// Compiling with LLVM loaded, or loading from the cache.
void make(benchmark::State& state, const Case& which, bool use_cache) {
    const auto program = program_of(which);
    const compile::KernelOptions options{.backend = compile::Backend::llvm, .use_cache = use_cache};
    compile::make_kernel(program.step, options);
    for (auto _ : state) benchmark::DoNotOptimize(compile::make_kernel(program.step, options));
}

template <class T>
void normals(benchmark::State& state) {
    AlignedVector<T> out(nodes);
    const std::uint64_t seed[] = {1};
    std::uint64_t now = 0;
    for (auto _ : state) {
        fill_normal(std::span<T>(out), 1, {.seeds = seed, .step = ++now});
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["ns_per_draw"] =
        benchmark::Counter(static_cast<double>(nodes) * 1e-9,
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void add_kernels(const Case& which) {
    const auto name =
        fmt::format("{}/{}", std::filesystem::path(which.model).filename().string(), which.method);
    benchmark::RegisterBenchmark((name + "/interpreter").c_str(), [&which](auto& s) {
        step<double>(s, which, compile::Backend::interpreter, 0);
    });
    if (!compile::llvm_available()) return;
    for (const int width : {0, 1, 2, 4, 8, 16}) {
        const auto lanes = width ? fmt::format("/width{}", width) : std::string();
        benchmark::RegisterBenchmark((name + "/f64" + lanes).c_str(), [&which, width](auto& s) {
            step<double>(s, which, compile::Backend::llvm, width);
        });
        benchmark::RegisterBenchmark((name + "/f32" + lanes).c_str(), [&which, width](auto& s) {
            step<float>(s, which, compile::Backend::llvm, width);
        });
    }
    benchmark::RegisterBenchmark((name + "/compile").c_str(), [&which](auto& s) { make(s, which, false); });
    benchmark::RegisterBenchmark((name + "/cached").c_str(), [&which](auto& s) { make(s, which, true); });
}

}  // namespace

int main(int argc, char** argv) {
    for (const auto& which : cases) add_kernels(which);
    benchmark::RegisterBenchmark("normal/f64", normals<double>);
    benchmark::RegisterBenchmark("normal/f32", normals<float>);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
