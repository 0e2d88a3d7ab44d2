// SPDX-License-Identifier: BSD-3-Clause
// Declarations to a checked model: the order in which names get their values and units.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "language/ast.hpp"
#include "language/checks.hpp"
#include "language/evaluate.hpp"
#include "language/externals.hpp"
#include "language/generative.hpp"

namespace neurodyn::language {

/// The dimensions of a coupling's signals, where they are known.
struct SignalUnits {
    Dimension x_pre, x_post;
};

/// True when the expression has no symbols and its value is infinite or not a number.
bool is_not_finite(const Graph& graph, NodeId node);

bool has_flag(const EquationDecl& equation, std::string_view flag);

class Builder {
  public:
    Builder(Ast& ast, Problems& problems, std::optional<SignalUnits> signals = {},
            const Joined* joined = nullptr);
    /// The model, or every problem as one InputError.
    std::shared_ptr<Model> run(std::string file);
    /// Of `post`, after run(); the coupling's result.
    const Value& post_value() const { return post_value_; }

  private:
    // build.cpp: what has a name and a value
    void declare_all();
    void parameters();
    void parameter(const Declaration& declaration);
    void equation_parameter(const EquationDecl& equation);
    void inputs();
    void states();
    void definitions();
    void definition(const EquationDecl& equation);
    void check_unused_functions();
    template <class T>
    T quantity(const Declaration& declaration, const Unit& unit);
    Value symbol_value(const std::string& name, const Unit& unit);
    std::optional<Unit> unit_of(const Declaration& declaration, const Value& value);
    std::optional<Unit> unit_in(ExprId id, const Dimension& dimension) const;
    bool has_meaning(const Distribution& d, SourceSpan span);
    std::optional<Distribution> distribution(ExprId id, const std::string& place, Dimension& dimension);
    bool is_distribution(ExprId id) const;
    const Declaration* given_value(const std::string& name) const;

    // build_types.cpp: what flags and types say
    void check_flags(const EquationDecl& equation);
    bool is_state(const EquationDecl& equation) const;
    bool is_summed(const EquationDecl& equation) const;
    bool is_open(const Unit& unit) const;  ///< the unit `target`, while it is not known
    bool has_unit(const Value& value, const Unit& unit, SourceSpan span, const std::string& what);
    bool has_type(const Value& value, ValueType type, SourceSpan span);
    bool may_be_drawn(const std::string& name, ValueType type, ExprId value);
    /// What is stored: a condition as 1 or 0, an integer without what is behind its point.
    NodeId kept(NodeId node, ValueType type);

    // build_dynamics.cpp: what happens in time
    void drifts();
    void initial_values();
    void resolve_initial_values();
    void events();
    void event(const EventDecl& declaration);
    void statement(const StatementDecl& declaration, Event& event);
    NodeId new_value(const StatementDecl& declaration, const Value& variable, ValueType type,
                     const Value& value);
    void coupling();
    void outputs();
    void check_kind();

    // build_generative.cpp
    void generative();
    void generative_line(const EquationDecl& equation, Generative& text);
    Value generative_value(ExprId id, const Dimension& wanted, const std::string& what, bool is_prior);
    NodeId precision_of(const EquationDecl& equation);
    void generative_orders(Generative& text);
    NodeId rate(const char* name, const Dimension& dimension, NodeId otherwise);
    void effect(const EquationDecl& equation, Generative& text);
    void check_generative_names(const Generative& text);

    // build_synapse.cpp
    void synapse();
    void synapse_variables();
    void summed(const EquationDecl& equation);
    void synapse_statements(const std::vector<StatementDecl>& declarations, const char* list,
                            std::vector<SynapseStatement>& into);
    void synapse_statement(const StatementDecl& declaration, SynapseStatement& into);
    Value written(const StatementDecl& declaration, const Value& value, SynapseStatement& into);
    Value written_own(const StatementDecl& declaration, const NamedValue& known);
    void needs_no_event_driven(const std::string& name, NodeId value, SourceSpan span);
    void claim_written_names();
    void check_synapse_kind();

    Ast& ast_;
    Problems& problems_;
    std::shared_ptr<Model> model_;
    Evaluator evaluator_;
    std::optional<SignalUnits> signals_;
    State* find_state(const std::string& name);
    std::map<std::string, std::size_t> state_index_;
    std::map<std::string, const EquationDecl*> state_equations_;
    Order order_;
    std::set<std::string> became_states_;  ///< parameters of equation strings that a reset changes
    std::map<std::string, ValueType> types_;
    Externals externals_;
    std::set<std::string> locals_;  ///< names that a list of a synapse's statements has made
    Value post_value_;
};

}  // namespace neurodyn::language
