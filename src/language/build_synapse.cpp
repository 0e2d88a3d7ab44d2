// SPDX-License-Identifier: BSD-3-Clause
// What makes a synapse: variables and how they advance, statements of spikes, sums over synapses.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "language/build.hpp"
#include "language/event_driven.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {
namespace {

using Advance = SynapseVariable::Advance;

constexpr std::size_t most_variables = 256;

// What a statement adds to its variable, where that is all it does.
NodeId added_by(Graph& graph, const StatementDecl& s, NodeId value) {
    if (s.op == "+=") return value;
    if (s.op == "-=") return graph.neg(value);
    return {};
}

}  // namespace

void Builder::synapse() {
    if (ast_.kind != Kind::synapse) {
        if (ast_.on_span.end > 0)
            problems_.add(ast_.on_span, "'on pre' and 'on post' stand in models of kind synapse only",
                          "what a neuron's own spike does stands behind 'reset'");
        return;
    }
    check_synapse_kind();
    model_->synapse.emplace();
    model_->synapse->is_joined = externals_.is_joined();
    synapse_variables();
    for (const EquationDecl& e : ast_.equations)
        if (is_summed(e))
            summed(e);
        else if (split_side(e.name).side)
            problems_.add(
                e.name_span, fmt::format("'{}' cannot be declared: it means a neuron's variable", e.name),
                "names that end in _pre and _post belong to the neurons; a sum over synapses is flagged "
                "(summed)");
    claim_written_names();
    synapse_statements(ast_.on_pre, "'on pre'", model_->synapse->on_pre);
    synapse_statements(ast_.on_post, "'on post'", model_->synapse->on_post);
    model_->synapse->externals = std::move(externals_.all);
}

void Builder::check_synapse_kind() {
    for (const Declaration& d : ast_.inputs)
        problems_.add(d.name_span, "a synapse has no inputs",
                      "it reads the variables of its neurons as NAME_pre and NAME_post");
    for (const EventDecl& e : ast_.events)
        problems_.add(e.name_span, "a synapse has no events of its own",
                      "'on pre' and 'on post' say what spikes do");
    if (model_->states.size() > most_variables)
        problems_.add(model_->states[most_variables].span,
                      fmt::format("the synapse has {} variables of its own; it may have {}",
                                  model_->states.size(), most_variables),
                      "each synapse would keep all of them");
    const bool sums = std::any_of(ast_.equations.begin(), ast_.equations.end(),
                                  [&](const EquationDecl& e) { return is_summed(e); });
    if (ast_.on_pre.empty() && ast_.on_post.empty() && !sums && problems_.empty())
        problems_.add(ast_.name_span, fmt::format("the synapse '{}' does nothing", ast_.name),
                      "'on pre' says what a spike does, such as 'g_post += w'");
}

void Builder::synapse_variables() {
    std::vector<EventDrivenEquation> event_driven;
    for (std::size_t i = 0; i < model_->states.size(); ++i) {
        const EquationDecl& e = *state_equations_.at(model_->states[i].name);
        SynapseVariable v;
        v.is_constant = has_flag(e, "constant");
        if (e.differential) v.advance = has_flag(e, "event-driven") ? Advance::event : Advance::clock;
        if (v.advance == Advance::event)
            event_driven.push_back({i, e.value == no_expr ? e.name_span : ast_[e.value].span});
        model_->synapse->variables.push_back(v);
    }
    if (problems_.empty()) solve_event_driven(*model_, event_driven, problems_);
    for (std::size_t i = 0; i < model_->states.size(); ++i)
        if (model_->synapse->variables[i].advance == Advance::clock)
            needs_no_event_driven(model_->states[i].name, model_->states[i].drift, model_->states[i].span);
}

// An event-driven variable is not up to date while no event comes, so nothing that runs with the clock may
// read it.
void Builder::needs_no_event_driven(const std::string& name, NodeId value, SourceSpan span) {
    for (const NodeId symbol : symbolic::free_symbols(model_->graph, std::array{value})) {
        const std::string& used = model_->graph.name(symbol);
        const auto index = state_index_.find(used);
        if (index == state_index_.end() ||
            model_->synapse->variables[index->second].advance != Advance::event)
            continue;
        problems_.add(span,
                      fmt::format("'{}' runs with the clock and cannot depend on '{}', which is event-driven",
                                  name, used),
                      fmt::format("write (clock-driven) behind the unit of '{}'", used));
    }
}

void Builder::summed(const EquationDecl& e) {
    check_flags(e);
    const SidedName name = split_side(e.name);
    if (!name.side) {
        problems_.add(e.name_span, fmt::format("the sum '{}' names no neuron's variable", e.name),
                      fmt::format("write '{}_post = expression : unit (summed)'", e.name));
        return;
    }
    const Value variable = externals_.sum_into(e.name, e.name_span);
    const Value value =
        evaluator_.evaluate(e.value,
                            Category::parameter | Category::state | only(Category::definition) |
                                Category::time | only(Category::external),
                            "a sum over synapses");
    if (value.bad || variable.bad || !has_type(value, ValueType::real, ast_[e.value].span)) return;
    const std::optional<Unit> unit = unit_of(e, value);
    if (!unit) return;
    if (e.unit) has_unit(value, *e.unit, ast_[e.value].span, fmt::format("'{}'", e.name));
    if (variable.wild == Wild::none && !is_open(*unit)) {
        Value declared;
        declared.dimension = unit->dimension;
        evaluator_.expect(declared, variable.dimension, e.name_span, fmt::format("'{}'", e.name));
    }
    needs_no_event_driven(e.name, value.node, e.name_span);
    model_->synapse->summed.push_back({externals_.all[externals_.index_of(variable.node)].name, *name.side,
                                       *unit, value.node, e.name_span});
}

// A variable of the neuron may have the name of a unit: what a statement writes is a variable everywhere.
void Builder::claim_written_names() {
    for (const auto* list : {&ast_.on_pre, &ast_.on_post})
        for (const StatementDecl& s : *list)
            if (!evaluator_.find(s.name)) externals_.claim(s.name);
}

void Builder::synapse_statements(const std::vector<StatementDecl>& declarations, const char* list,
                                 std::vector<SynapseStatement>& into) {
    externals_.set_in_statements(true);
    for (const StatementDecl& s : declarations) {
        const Value value =
            evaluator_.evaluate(s.value,
                                Category::parameter | Category::state | only(Category::definition) |
                                    Category::time | only(Category::external),
                                list);
        SynapseStatement made;
        made.span = s.name_span;
        const Value variable = written(s, value, made);
        if (value.bad || variable.bad) continue;
        const ValueType type = made.side == Side::synapse ? types_[s.name] : externals_.type_of(s.name);
        made.value = new_value(s, variable, type, value);
        if (type == ValueType::real) made.added = added_by(model_->graph, s, value.node);
        if (made.value) into.push_back(std::move(made));
    }
    for (const std::string& name : locals_) evaluator_.undefine(name);
    locals_.clear();
    externals_.set_in_statements(false);
}

// The variable on the left of a statement, and whose it is.
Value Builder::written(const StatementDecl& s, const Value& value, SynapseStatement& into) {
    into.variable = s.name;
    Value variable;
    const NamedValue* known = evaluator_.find(s.name);
    if (known && locals_.contains(s.name)) {
        into.side = Side::local;
        variable = known->value;
    } else if (known) {
        variable = written_own(s, *known);
    } else if (ast_.equation_strings && s.op == "=" && !split_side(s.name).side &&
               externals_.is_missing(s.name)) {
        // Brian2: a name that is nobody's is a value on the way, for the statements below.
        into.side = Side::local;
        variable = value;
        variable.node = model_->graph.symbol(s.name);
        evaluator_.define(s.name, variable, Category::state);
        locals_.insert(s.name);
    } else {
        variable = externals_.write(s.name, s.name_span);
        if (variable.bad) return variable;
        const External& e = externals_.all[externals_.index_of(variable.node)];
        into.variable = e.name;
        into.side = e.side;
    }
    into.symbol = variable.node;
    return variable;
}

Value Builder::written_own(const StatementDecl& s, const NamedValue& known) {
    if (known.value.bad) return bad_value();
    if (known.category != Category::state) {
        problems_.add(
            s.name_span,
            fmt::format("'{}' is {} and cannot be written by a statement", s.name, to_string(known.category)),
            fmt::format("a variable of each synapse is declared '{} : unit' under equations", s.name));
        return bad_value();
    }
    if (has_flag(*state_equations_.at(s.name), "constant")) {
        problems_.add(s.name_span, fmt::format("'{}' is flagged (constant) and cannot be written", s.name));
        return bad_value();
    }
    Value variable = known.value;
    variable.node = model_->graph.symbol(s.name);
    return variable;
}

}  // namespace neurodyn::language
