// SPDX-License-Identifier: BSD-3-Clause
// Stages as text, readable as equations.
#include <fmt/format.h>

#include <span>
#include <string>
#include <vector>

#include "compile/rewrite.hpp"
#include "symbolic/operations.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

/// Prints expressions of one graph; what several of them share becomes a line of its own, "_1 = ...", before
/// them.
class Sharing {
  public:
    Sharing(const Graph& graph, std::span<const NodeId> expressions)
        : rewriter_(graph, copy_), uses_(graph.size()) {
        const auto order = symbolic::reachable(graph, expressions);
        for (NodeId id : expressions) ++uses_[id.index];
        for (NodeId id : order)
            for (int k = 0; k < symbolic::info(graph[id].op).arity; ++k)
                ++uses_[graph[id].args[static_cast<std::size_t>(k)].index];
        rewriter_.run(order, [&](Rewriter& r, NodeId id) -> NodeId {
            if (uses_[id.index] < 2 || symbolic::info(r.from[id].op).arity == 0) return {};
            const std::string name = fmt::format("_{}", ++count_);
            shared_ += fmt::format("    {} = {}\n", name, symbolic::print(copy_, r.copy(id)));
            return copy_.symbol(name, r.from[id].type);
        });
    }

    const std::string& shared() const { return shared_; }
    std::string operator()(NodeId id) const { return symbolic::print(copy_, rewriter_.map(id)); }

  private:
    Graph copy_;
    Rewriter rewriter_;
    std::vector<int> uses_;
    std::string shared_;
    int count_ = 0;
};

std::string line(const char* title, const std::vector<std::string>& names) {
    return names.empty() ? "" : fmt::format("{}: {}\n", title, fmt::join(names, ", "));
}

std::vector<NodeId> expressions(const System& system) {
    std::vector<NodeId> result;
    const auto add = [&](NodeId id) {
        if (id) result.push_back(id);
    };
    for (const auto& state : system.states) {
        add(state.drift);
        for (const auto& noise : state.noise) add(noise.coefficient);
    }
    for (const auto& jump : system.jumps) add(jump.value);
    for (const auto& event : system.events) {
        add(event.condition);
        for (const auto& statement : event.reset) add(statement.value);
        add(event.refractory_time);
        add(event.refractory_condition);
    }
    for (const auto& signal : system.signals) add(signal.value);
    return result;
}

std::string print_event(const language::Event& event, const Sharing& text) {
    std::string out = fmt::format("    event {}: {}\n", event.name, text(event.condition));
    for (const auto& statement : event.reset)
        out += fmt::format("        {} = {}\n", statement.variable, text(statement.value));
    if (event.refractory_time) out += fmt::format("        refractory for {}\n", text(event.refractory_time));
    if (event.refractory_condition)
        out += fmt::format("        refractory while {}\n", text(event.refractory_condition));
    return out;
}

std::string part(const char* title, const Program& program) {
    if (program.stores.empty() && program.events.empty()) return fmt::format("{}: nothing\n", title);
    return fmt::format("{}:\n{}", title, print(program));
}

}  // namespace

std::string print(const System& system) {
    const Sharing text(system.graph, expressions(system));
    std::string out = line("parameters", system.parameters) + line("inputs", system.inputs) + "equations:\n";
    out += text.shared();
    for (const auto& state : system.states) {
        out += fmt::format("    d{}/dt = {}", state.name, text(state.drift));
        for (const auto& noise : state.noise)
            out += fmt::format(" + ({})*{}", text(noise.coefficient), noise.name);
        out += state.held_when_refractory ? " (held when refractory)\n" : "\n";
    }
    for (const auto& jump : system.jumps)
        out += fmt::format("    before the step: {} += {}\n", jump.state, text(jump.value));
    for (const auto& event : system.events) out += print_event(event, text);
    for (const auto& signal : system.signals)
        out += fmt::format("    signal {} = {}\n", signal.name, text(signal.value));
    return out;
}

std::string print(const Program& program) {
    const Sharing text(program.graph, roots(program));
    std::string out = text.shared();
    for (const auto& store : program.stores)
        out += fmt::format("    {}' = {}\n", program.arrays[store.array], text(store.value));
    for (const auto& event : program.events)
        out += fmt::format("    event {} when {}\n", event.list, text(event.condition));
    return out;
}

std::string print(const StepProgram& program) {
    std::string out = fmt::format("method: {}\n", program.method);
    out += line("noise", program.noise) + line("hidden states", program.hidden_states) +
           line("events", program.events);
    out += part("setup, for all elements", program.setup_uniform);
    for (const auto& p : program.propagators)
        out += fmt::format("    propagator of {} equations: {} .. -> {} ..\n", p.size, p.matrix.front(),
                           p.exponential.front());
    out += part("setup, for each element", program.setup_element);
    out += part("clock, once per step", program.clock);
    out += part("step", program.step);
    if (!program.passes.empty()) out += "passes:\n";
    for (const auto& pass : program.passes)
        out += pass.nodes_before == pass.nodes_after
                   ? fmt::format("    {}: {} nodes\n", pass.name, pass.nodes_after)
                   : fmt::format("    {}: {} -> {} nodes\n", pass.name, pass.nodes_before, pass.nodes_after);
    return out;
}

}  // namespace neurodyn::compile
