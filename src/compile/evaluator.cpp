// SPDX-License-Identifier: BSD-3-Clause
// Programs that only compute.
#include "compile/evaluator.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "symbolic/transform.hpp"

namespace neurodyn::compile {

std::size_t Environment::index(const std::string& name) {
    const auto it = std::find(names.begin(), names.end(), name);
    if (it != names.end()) return static_cast<std::size_t>(it - names.begin());
    names.push_back(name);
    values.push_back(0.0);
    return names.size() - 1;
}

double evaluate(const symbolic::Graph& graph, symbolic::NodeId node, const Environment& environment) {
    return symbolic::evaluate(graph, node, [&](const std::string& name) {
        const auto it = std::find(environment.names.begin(), environment.names.end(), name);
        return it == environment.names.end()
                   ? 0.0
                   : environment.values[static_cast<std::size_t>(it - environment.names.begin())];
    });
}

Evaluator::Evaluator(const symbolic::Graph& graph, const std::vector<std::string>& arrays,
                     const std::vector<symbolic::NodeId>& expressions, Environment& environment,
                     const KernelOptions& options)
    : arrays_(arrays.size()), results_(expressions.size()) {
    System system;
    system.graph = graph;
    for (const std::string& name : arrays) {
        const symbolic::NodeId symbol = system.graph.symbol(name);
        system.states.push_back({name, symbol, system.graph.constant(0.0), {}, false});
    }
    std::vector<System::Signal> signals;
    for (std::size_t k = 0; k < expressions.size(); ++k)
        signals.push_back({fmt::format("{}", k), expressions[k]});
    program_ = make_observer(system, signals, {});
    program_.name = "evaluator";
    kernel_ = make_kernel(program_, options);
    for (const std::string& name : program_.uniforms) uniform_of_.push_back(environment.index(name));
    uniforms_.resize(uniform_of_.size());
    for (const std::string& name : program_.arrays) {
        const auto it = std::find(arrays.begin(), arrays.end(), name);
        if (it != arrays.end()) {
            array_of_.push_back(static_cast<std::size_t>(it - arrays.begin()));
            continue;
        }
        for (std::size_t k = 0; k < signals.size(); ++k)
            if (name == "signal." + signals[k].name) array_of_.push_back(arrays.size() + k);
    }
    pointers_.resize(program_.arrays.size());
}

void Evaluator::resize(std::size_t count) {
    if (count == count_) return;
    count_ = count;
    for (auto& array : arrays_) array.assign(padded(count), 0.0);
    for (auto& array : results_) array.assign(padded(count), 0.0);
    for (std::size_t k = 0; k < pointers_.size(); ++k)
        pointers_[k] = array_of_[k] < arrays_.size() ? arrays_[array_of_[k]].data()
                                                     : results_[array_of_[k] - arrays_.size()].data();
}

bool Evaluator::take(const Environment& environment) {
    bool changed = !taken_;
    taken_ = true;
    for (std::size_t u = 0; u < uniforms_.size(); ++u) {
        const double value = environment.values[uniform_of_[u]];
        changed = changed || value != uniforms_[u];
        uniforms_[u] = value;
    }
    return changed;
}

void Evaluator::run() {
    kernel_->run({pointers_.data(), uniforms_.data(), nullptr, nullptr}, 0,
                 static_cast<std::int64_t>(count_));
}

}  // namespace neurodyn::compile
