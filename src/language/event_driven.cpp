// SPDX-License-Identifier: BSD-3-Clause
// Solves linear event-driven equations symbolically.
#include "language/event_driven.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "language/synapse.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {
namespace {

using symbolic::Op;
using Advance = SynapseVariable::Advance;

/// x' = rate*x + sum_k weights[k]*drivers[k] + constant.
struct Linear {
    NodeId rate, constant;
    std::vector<std::size_t> drivers;  ///< indices of equations
    std::vector<NodeId> weights;
};

class Solver {
  public:
    Solver(Model& model, const std::vector<EventDrivenEquation>& equations, Problems& problems)
        : model_(model), graph_(model.graph), equations_(equations), problems_(problems) {
        for (const EventDrivenEquation& e : equations) {
            index_.emplace(state(e).symbol, symbols_.size());
            symbols_.push_back(state(e).symbol);
        }
        for (const Parameter& p : model.parameters) still_.insert(p.symbol);
        for (std::size_t i = 0; i < model.states.size(); ++i) {
            own_.insert(model.states[i].symbol);
            if (model.synapse->variables[i].advance == Advance::constant)
                still_.insert(model.states[i].symbol);
        }
    }

    void run() {
        std::vector<std::optional<Linear>> lines;
        for (std::size_t i = 0; i < equations_.size(); ++i) lines.push_back(line_of(i));
        for (std::size_t i = 0; i < equations_.size(); ++i)
            if (lines[i] && drivers_only_decay(i, lines))
                model_.synapse->variables[equations_[i].state].after = after(i, lines);
    }

  private:
    const State& state(const EventDrivenEquation& e) const { return model_.states[e.state]; }

    std::nullopt_t refuse(std::size_t i, const std::string& why) {
        const std::string& name = state(equations_[i]).name;
        problems_.add(equations_[i].span, fmt::format("'{}' cannot be event-driven: {}", name, why),
                      fmt::format("write (clock-driven) behind the unit of '{}'", name));
        return std::nullopt;
    }

    bool has_event_driven(NodeId node) const { return !event_driven_in(node).empty(); }

    // The event-driven variables in an expression.
    std::vector<std::size_t> event_driven_in(NodeId node) const {
        std::vector<std::size_t> found;
        for (const NodeId symbol : symbolic::free_symbols(graph_, std::array{node}))
            if (const auto index = index_.find(symbol); index != index_.end()) found.push_back(index->second);
        return found;
    }

    // The name of something in the equation that changes while no event comes; empty when there is nothing.
    std::string moving(NodeId drift) const {
        for (const NodeId symbol : symbolic::free_symbols(graph_, std::array{drift})) {
            const std::string& name = graph_.name(symbol);
            if (name == "t") return "the time 't'";
            if (name == "dt" || index_.contains(symbol) || still_.contains(symbol)) continue;
            return fmt::format("'{}', {}", name,
                               own_.contains(symbol) ? "which is clock-driven" : "a neuron's variable");
        }
        return {};
    }

    std::optional<Linear> line_of(std::size_t i) {
        const State& s = state(equations_[i]);
        if (const std::string what = moving(s.drift); !what.empty())
            return refuse(i, fmt::format("its equation depends on {}", what));
        const std::string nonlinear = "its equation is not linear in the event-driven variables";
        const symbolic::Affine own = symbolic::as_affine(graph_, s.drift, s.symbol);
        if (!own) return refuse(i, nonlinear);
        Linear line;
        line.rate = symbolic::simplify(graph_, own.coefficient);
        NodeId rest = symbolic::simplify(graph_, own.rest);
        for (const std::size_t k : event_driven_in(rest)) {
            const symbolic::Affine part = symbolic::as_affine(graph_, rest, symbols_[k]);
            if (!part) return refuse(i, nonlinear);
            line.drivers.push_back(k);
            line.weights.push_back(symbolic::simplify(graph_, part.coefficient));
            rest = symbolic::simplify(graph_, part.rest);
        }
        line.constant = rest;
        if (has_event_driven(line.rate) || std::any_of(line.weights.begin(), line.weights.end(),
                                                       [&](NodeId w) { return has_event_driven(w); }))
            return refuse(i, nonlinear);
        return line;
    }

    bool drivers_only_decay(std::size_t i, const std::vector<std::optional<Linear>>& lines) {
        for (const std::size_t k : lines[i]->drivers) {
            if (!lines[k]) return false;  // was reported
            if (lines[k]->drivers.empty() && graph_.is_constant(lines[k]->constant, 0.0)) continue;
            refuse(i, fmt::format("it is driven by '{}', which does more than decay",
                                  state(equations_[k]).name));
            return false;
        }
        return true;
    }

    // rate * since, as -(since/tau) where the rate is -1/tau.
    NodeId exponent(NodeId rate) { return symbolic::simplify(graph_, graph_.mul(rate, since_)); }

    // With s the interval: x exp(a s) without constant, else x + (a x + b) s exprel(a s); and for each driver
    // y with y' = c y the term weight y s exp(max(a, c) s) exprel(-|a - c| s), which cannot overflow.
    NodeId after(std::size_t i, const std::vector<std::optional<Linear>>& lines) {
        const Linear& line = *lines[i];
        const NodeId x = symbols_[i], as = exponent(line.rate);
        NodeId result;
        if (graph_.is_constant(line.constant, 0.0)) {
            result = graph_.is_constant(line.rate, 0.0) ? x : graph_.mul(x, graph_.make(Op::exp, as));
        } else {
            const NodeId slope =
                symbolic::simplify(graph_, graph_.add(graph_.mul(line.rate, x), line.constant));
            result = graph_.add(x, graph_.mul(graph_.mul(slope, since_), graph_.make(Op::exprel, as)));
        }
        for (std::size_t k = 0; k < line.drivers.size(); ++k) {
            const NodeId cs = exponent(lines[line.drivers[k]]->rate);
            const NodeId slower = graph_.make(Op::exp, graph_.make(Op::max, as, cs));
            const NodeId apart =
                graph_.make(Op::exprel, graph_.neg(graph_.make(Op::abs, graph_.sub(as, cs))));
            const NodeId driven = graph_.mul(graph_.mul(line.weights[k], symbols_[line.drivers[k]]), since_);
            result = graph_.add(result, graph_.mul(driven, graph_.mul(slower, apart)));
        }
        return result;
    }

    Model& model_;
    Graph& graph_;
    const std::vector<EventDrivenEquation>& equations_;
    Problems& problems_;
    std::vector<NodeId> symbols_;
    std::map<NodeId, std::size_t> index_;  ///< of an event-driven variable's equation
    std::set<NodeId> own_, still_;         ///< variables of the synapse; what does not change between events
    NodeId since_ = graph_.symbol(since_name);
};

}  // namespace

void solve_event_driven(Model& model, const std::vector<EventDrivenEquation>& equations, Problems& problems) {
    if (!equations.empty()) Solver(model, equations, problems).run();
}

}  // namespace neurodyn::language
