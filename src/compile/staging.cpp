// SPDX-License-Identifier: BSD-3-Clause
// Splitting a step by how often its values change: binding-time analysis (Jones, Gomard & Sestoft 1993).
#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <unordered_map>

#include "compile/passes.hpp"
#include "compile/rewrite.hpp"
#include "symbolic/operations.hpp"
#include "symbolic/rebuild.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;
using symbolic::Type;

namespace {

enum Stage : std::uint8_t { setup_uniform, setup_element, clock, step, stage_count };

/// When a value is known. `late`: it needs a propagator or the time; `element`: a per-element parameter;
/// `step`: the running state.
struct Binding {
    bool late = false, timed = false, element = false, running = false;

    void join(const Binding& other) {
        late |= other.late;
        timed |= other.timed;
        element |= other.element;
        running |= other.running;
    }
    Stage stage() const {
        if (running || (element && timed)) return Stage::step;
        if (element) return Stage::setup_element;
        return late || timed ? Stage::clock : Stage::setup_uniform;
    }
};

/// Roughly how many additions an operation is worth.
int cost(Op op) {
    switch (op) {
        case Op::constant:
        case Op::symbol:
            return 0;
        case Op::add:
        case Op::sub:
        case Op::mul:
        case Op::neg:
        case Op::fma:
        case Op::min:
        case Op::max:
        case Op::abs:
            return 1;
        default:
            return symbolic::info(op).is_function || op == Op::div || op == Op::lookup ? 8 : 1;
    }
}

/// A derived per-element array costs a load of its own; cheaper values are computed again in the step.
constexpr int worth_an_array = 4;

class Staging {
  public:
    Staging(const StagingInput& input, const PassContext& context, StepProgram& result)
        : input_(input),
          source_(input.program),
          result_(result),
          programs_{&result.setup_uniform, &result.setup_element, &result.clock, &result.step} {
        bind(context);
        for (auto& memo : memo_) memo.resize(source_.graph.size());
    }

    void run() {
        const std::array<const char*, stage_count> names{"setup_uniform", "setup_element", "clock", "step"};
        for (std::size_t i = 0; i < stage_count; ++i) programs_[i]->name = source_.name + "." + names[i];
        result_.step.arrays = source_.arrays;
        for (const auto& store : source_.stores) {
            const auto& array = source_.arrays[store.array];
            if (input_.early_arrays.contains(array))
                add_store(Stage::setup_uniform, array, store.value);
            else
                result_.step.stores.push_back({store.array, build(Stage::step, store.value)});
        }
        for (const auto& event : source_.events)
            result_.step.events.push_back({build(Stage::step, event.condition), event.list});
        declare_names();
    }

  private:
    void bind(const PassContext& context) {
        const auto& graph = source_.graph;
        bindings_.resize(graph.size());
        costs_.resize(graph.size());
        for (NodeId id : symbolic::reachable(graph, roots(source_))) {
            const auto& node = graph[id];
            Binding& binding = bindings_[id.index];
            costs_[id.index] = cost(node.op);
            if (node.op == Op::symbol) binding = of_symbol(graph.name(id), context);
            for (int k = 0; k < symbolic::info(node.op).arity; ++k) {
                const auto arg = node.args[static_cast<std::size_t>(k)].index;
                binding.join(bindings_[arg]);
                costs_[id.index] = std::min(costs_[id.index] + costs_[arg], 1000);
            }
        }
    }

    Binding of_symbol(const std::string& name, const PassContext& context) const {
        Binding binding;
        binding.running = context.varying_symbols.contains(name);
        binding.element = input_.element_parameters.contains(name);
        binding.late = input_.late_uniforms.contains(name);
        binding.timed = name == "t";
        return binding;
    }

    Stage stage_of(NodeId id) const { return bindings_[id.index].stage(); }

    /// Computed where it is used: leaves, truth values (which no array holds) and what is cheaper than a
    /// load.
    bool stays(Stage user, NodeId id) const {
        const auto& node = source_.graph[id];
        if (!input_.split && user == Stage::step) return true;
        if (stage_of(id) == user || symbolic::info(node.op).arity == 0 || node.type == Type::boolean)
            return true;
        return user == Stage::step && stage_of(id) == Stage::setup_element &&
               costs_[id.index] < worth_an_array;
    }

    /// The node's value inside the program of stage `user`.
    NodeId build(Stage user, NodeId id) {
        NodeId& made = memo_[user][id.index];
        if (made) return made;
        Graph& graph = programs_[user]->graph;
        if (!stays(user, id)) return made = graph.symbol(exported(id));
        std::array<NodeId, 3> args{};
        const auto& node = source_.graph[id];
        for (std::size_t k = 0; k < static_cast<std::size_t>(symbolic::info(node.op).arity); ++k)
            args[k] = build(user, node.args[k]);
        return memo_[user][id.index] = rebuild(source_.graph, id, graph, args);
    }

    /// The name under which later programs read a value, which its own program stores from now on.
    const std::string& exported(NodeId id) {
        const auto found = exports_.find(id);
        if (found != exports_.end()) return found->second;
        const Stage owner = stage_of(id);
        std::string name = owner == Stage::clock ? fmt::format("clock.{}", clock_values_++)
                                                 : fmt::format("setup.{}", setup_values_++);
        add_store(owner, name, id);
        return exports_[id] = std::move(name);
    }

    void add_store(Stage owner, const std::string& name, NodeId id) {
        const NodeId value = build(owner, id);
        Program& program = *programs_[owner];
        program.stores.push_back({static_cast<std::uint32_t>(program.arrays.size()), value});
        program.arrays.push_back(name);
        if (owner == Stage::setup_element) element_results_.push_back(name);
    }

    /// Every symbol that a program reads is an array (per-element parameters, results of setup_element) or a
    /// uniform.
    void declare_names() {
        result_.step.arrays.insert(result_.step.arrays.end(), element_results_.begin(),
                                   element_results_.end());
        for (const auto& name : source_.arrays)
            if (input_.element_parameters.contains(name)) result_.setup_element.arrays.push_back(name);
        for (Program* program : programs_) {
            const std::set<std::string> arrays(program->arrays.begin(), program->arrays.end());
            for (NodeId id : symbolic::free_symbols(program->graph, roots(*program)))
                if (!arrays.contains(program->graph.name(id)))
                    program->uniforms.push_back(program->graph.name(id));
            *program = drop_unused_names(std::move(*program));
        }
    }

    const StagingInput& input_;
    const Program& source_;
    StepProgram& result_;
    std::array<Program*, stage_count> programs_;
    std::vector<Binding> bindings_;
    std::vector<int> costs_;
    std::array<std::vector<NodeId>, stage_count> memo_;
    std::unordered_map<NodeId, std::string, symbolic::NodeHash> exports_;
    std::vector<std::string> element_results_;
    std::size_t setup_values_ = 0, clock_values_ = 0;
};

}  // namespace

void stage(const StagingInput& input, const PassContext& context, StepProgram& result) {
    Staging(input, context, result).run();
    for (const Program* program : {&result.setup_uniform, &result.setup_element, &result.clock, &result.step})
        verify(*program);
}

}  // namespace neurodyn::compile
