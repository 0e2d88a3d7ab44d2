// SPDX-License-Identifier: BSD-3-Clause
// Systems written by hand, and a small runner.
#include "support.hpp"

#include "language/model.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile::testing {

SystemText& SystemText::state(const std::string& name, const std::string& drift) {
    states_.push_back({name, drift, {}});
    return *this;
}
SystemText& SystemText::noise(const std::string& state, const std::string& name,
                              const std::string& coefficient) {
    for (auto& known : states_)
        if (known.name == state) known.noise.emplace_back(name, coefficient);
    return *this;
}
SystemText& SystemText::input(const std::string& name) {
    inputs_.push_back(name);
    return *this;
}
SystemText& SystemText::parameter(const std::string& name) {
    parameters_.push_back(name);
    return *this;
}

System SystemText::build() const {
    System system;
    for (const auto& state : states_)
        system.states.push_back({state.name, system.graph.symbol(state.name), {}, {}, false});
    system.inputs = inputs_;
    system.parameters = parameters_;
    for (std::size_t i = 0; i < states_.size(); ++i) {
        system.states[i].drift = expression(system, states_[i].drift);
        for (const auto& [name, coefficient] : states_[i].noise)
            system.states[i].noise.push_back({name, expression(system, coefficient)});
    }
    return system;
}

NodeId SystemText::expression(System& system, const std::string& text) {
    std::vector<language::ScopeEntry> scope;
    const auto add = [&](const std::string& name) { scope.push_back({name, system.graph.symbol(name), {}}); };
    for (const auto& state : system.states) add(state.name);
    for (const auto& name : system.inputs) add(name);
    for (const auto& name : system.parameters) add(name);
    for (const char* name : {"t", "dt"}) add(name);
    return language::parse_expression(text, "<test>", system.graph, scope).node;
}

Runner::Runner(const StepProgram& program, std::size_t elements, double dt, const KernelOptions& options)
    : program_(program),
      elements_(elements),
      dt_(dt),
      setup_(program),
      kernel_(make_kernel(program.step, options)) {
    for (const Program* part : {&program.step, &program.setup_element})
        for (const auto& name : part->arrays) arrays_[name].assign(padded(elements), 0.0);
    for (const auto& name : program.hidden_states) arrays_[name].assign(padded(elements), 0.0);
    setup_.set("dt", dt);
}

void Runner::start() {
    setup_.setup();
    const auto find = [&](const std::string& name) { return arrays_.at(name).data(); };
    setup_.setup_elements(padded(elements_), find, find);
}

void Runner::step(double t, const std::function<double(std::size_t, std::size_t)>& normals) {
    setup_.clock(t);
    for (std::size_t k = 0; k < program_.noise.size(); ++k)
        if (const auto found = arrays_.find(program_.noise[k]); found != arrays_.end())
            for (std::size_t i = 0; i < elements_; ++i) found->second[i] = normals(k, i);
    std::vector<void*> pointers;
    for (const auto& name : program_.step.arrays) pointers.push_back(arrays_.at(name).data());
    std::vector<std::uint64_t> counts(program_.step.events.size());
    events.assign(counts.size(), std::vector<std::uint32_t>(elements_));
    std::vector<std::uint32_t*> lists;
    for (auto& list : events) lists.push_back(list.data());
    KernelArgs args;
    args.arrays = pointers.data();
    args.uniforms = setup_.uniforms().data();
    args.event_lists = lists.data();
    args.event_counts = counts.data();
    kernel_->run(args, 0, static_cast<std::int64_t>(elements_));
    for (std::size_t i = 0; i < counts.size(); ++i) events[i].resize(counts[i]);
}

double Runner::run(std::size_t steps, const std::string& state, double t0) {
    for (std::size_t k = 0; k < steps; ++k) step(t0 + static_cast<double>(k) * dt_);
    return arrays_.at(state)[0];
}

}  // namespace neurodyn::compile::testing
