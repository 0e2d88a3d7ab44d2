// SPDX-License-Identifier: BSD-3-Clause
// Expressions to graph nodes, with unit, type and noise of every operation checked on the way.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "language/ast.hpp"
#include "language/source.hpp"
#include "symbolic/graph.hpp"
#include "symbolic/operations.hpp"

namespace neurodyn::language {

/// Whether a value's unit is known: a literal 0 takes any unit in a sum or comparison; the signals of a
/// coupling take any everywhere.
enum class Wild : std::uint8_t { none, zero, any };

/// What an expression means: node + sum of noise coefficients times white noise.
struct Value {
    NodeId node;  ///< null when there is a noise part only
    Dimension dimension;
    Wild wild = Wild::none;
    bool bad = false;  ///< a problem was reported; whatever uses it stays silent
    std::vector<Noise> noise;
};
Value bad_value();

/// What kind of thing a name is; an expression's place says which kinds it may use.
enum class Category : std::uint8_t {
    parameter,
    input,
    state,
    definition,
    time,
    noise,
    signal,
    source,
    sum,
    external,
    draw,
    neighbours
};
using Categories = unsigned;
constexpr Categories operator|(Category a, Category b) { return 1u << unsigned(a) | 1u << unsigned(b); }
constexpr Categories operator|(Categories a, Category b) { return a | 1u << unsigned(b); }
constexpr Categories only(Category a) { return 1u << unsigned(a); }
inline constexpr Categories everything = ~0u;
std::string_view to_string(Category category);  ///< "a parameter", "an input", ...

struct NamedValue {
    Value value;
    Category category = Category::parameter;
};

class Evaluator {
  public:
    Evaluator(const Ast& ast, Graph& graph, Problems& problems);

    /// Adds a name that expressions may use from now on.
    void define(const std::string& name, Value value, Category category);
    /// Makes a name known that has no value yet; using it before define() is an error that says so.
    void declare(const std::string& name, Category category);
    /// Calls of this function are bad from now on, without a further message: it calls itself.
    void forbid_function(const std::string& name) { functions_[name] = nullptr; }
    const NamedValue* find(const std::string& name) const;
    /// Forgets a name.
    void undefine(const std::string& name) { scope_.erase(name); }
    /// Where names come from that the text does not declare: asked with `bare` false before units and
    /// constants, and with `bare` true after them.
    using Outside = std::function<std::optional<Value>(std::string_view name, SourceSpan span, bool bare)>;
    void set_outside(Outside outside) { outside_ = std::move(outside); }

    /// The value; problems are reported once and come back as a bad value. `place` completes "... cannot be
    /// used in <place>".
    Value evaluate(ExprId id, Categories allowed, std::string place);
    /// Reports unknown names below an expression whose own names `locals` are, without evaluating it.
    void check_names(ExprId id, const std::vector<std::string>& locals);

    /// Reports when the value has another dimension than is wanted: "<what> must have mV, but has nS".
    bool expect(const Value& value, const Dimension& wanted, SourceSpan span, const std::string& what);
    /// Reports when the value is a condition or not one.
    bool expect_type(const Value& value, symbolic::Type type, SourceSpan span);

    /// What rand() and randn() stand for, in the order of their calls.
    const std::vector<Draw>& draws() const { return draws_; }
    /// What calls of laplacian() stand for, each argument once.
    const std::vector<Laplacian>& laplacians() const { return laplacians_; }
    /// What calls of stationary_rate() stand for, each function once.
    const std::vector<RateTable>& rate_tables() const { return rate_tables_; }

    Graph& graph() { return graph_; }
    Problems& problems() { return problems_; }

  private:
    Value visit(ExprId id);
    Value name(const Expr& expr);
    std::optional<Value> from_outside(const Expr& expr, bool bare);
    Value unit(const Expr& expr);
    Value unary(const Expr& expr);
    std::optional<Value> literal(const Expr& expr);
    Value binary(const Expr& expr);
    Value call(const Expr& expr);
    Value call_own(const Expr& expr, const FunctionDecl& function);
    Value draw(const Expr& expr);
    Value laplacian(const Expr& expr);
    Value stationary_rate(const Expr& expr);
    bool read_setting(const Expr& named, RateTable& rates, std::vector<NodeId>& arguments);
    std::optional<Value> constant_value(ExprId id, std::string_view what);
    std::uint32_t table_of(RateTable rates);
    Value unknown_name(const Expr& expr);
    Value unknown_function(const Expr& expr);
    bool is_known_name(const std::string& name) const;
    /// True for the first call of a place: a function's body is walked once for each of its calls.
    bool is_new_place(SourceSpan span) { return reported_.insert(span.begin).second; }

    const Ast& ast_;
    Graph& graph_;
    Problems& problems_;
    std::map<std::string, NamedValue> scope_;
    std::map<std::string, Category> declared_;
    std::map<std::string, const FunctionDecl*> functions_;
    std::vector<std::map<std::string, Value>> frames_;
    Outside outside_;
    std::vector<Draw> draws_;
    std::vector<Laplacian> laplacians_;
    std::vector<RateTable> rate_tables_;
    Categories allowed_ = everything;
    std::string place_;
    std::set<std::uint32_t> reported_;  ///< where unknown names were looked up
    std::size_t steps_ = 0;
    bool too_large_ = false;
    int depth_ = 0;
};

}  // namespace neurodyn::language
