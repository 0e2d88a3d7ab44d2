// SPDX-License-Identifier: BSD-3-Clause
#include "language/generative.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "symbolic/transform.hpp"

namespace neurodyn::language {
namespace {

using symbolic::Op;

struct Belief {
    std::string name;
    Unit unit;
    std::size_t quantity = 0, order = 0;
    NodeId symbol;
};

// The coefficients of Hermite's polynomials He_0 ... He_{n-1} (of a standard normal variable), by power.
std::vector<std::vector<double>> hermite(std::size_t n) {
    std::vector<std::vector<double>> he(n, std::vector<double>(n, 0.0));
    for (std::size_t k = 0; k < n; ++k) {
        if (k == 0) he[0][0] = 1.0;
        for (std::size_t i = 0; k > 0 && i < n; ++i)
            he[k][i] = (i > 0 ? he[k - 1][i - 1] : 0.0) - (k > 1 ? double(k - 1) * he[k - 2][i] : 0.0);
    }
    return he;
}

double sign_of(std::size_t i, std::size_t j) { return (i > j ? i - j : j - i) % 4 == 0 ? 1.0 : -1.0; }

// Noise with the autocorrelation exp(-h^2/(4 s^2)) has the spectral density of a normal variable with the
// variance 1/(2 s^2). Its motion of orders i and j has the covariance i^(i-j) E[w^(i+j)]; the inverse follows
// from the polynomials that are orthogonal there, Hermite's. The factor of s^(i+j).
double temporal_precision(std::size_t i, std::size_t j, std::size_t n) {
    if ((i + j) % 2 == 1) return 0.0;
    const auto he = hermite(n);
    double sum = 0.0, factorial = 1.0;
    for (std::size_t k = 0; k < n; ++k) {
        if (k > 0) factorial *= double(k);
        sum += he[k][i] * he[k][j] / factorial;
    }
    return sign_of(i, j) * sum * std::pow(2.0, double((i + j) / 2));
}

// The factor of s^-(i+j) of the covariance.
double temporal_covariance(std::size_t i, std::size_t j) {
    if ((i + j) % 2 == 1) return 0.0;
    double moment = 1.0;
    for (std::size_t k = 1; k < i + j; k += 2) moment *= double(k);
    return sign_of(i, j) * moment / std::pow(2.0, double((i + j) / 2));
}

class Derivation {
  public:
    Derivation(const Generative& text, Model& model) : text_(text), model_(model), graph_(model.graph) {}

    void run() {
        for (const Predicted& input : text_.inputs)
            for (std::size_t i = 1; i < text_.orders; ++i) add_input(input, i);
        for (std::size_t q = 0; q < text_.quantities.size(); ++q) beliefs_of(q);
        for (const Predicted& quantity : text_.quantities) errors_of(quantity);
        define("F", Unit{}, total_);
        for (const Belief& b : beliefs_) follow(b);
        for (const Predicted& action : text_.actions) act(action);
        curvature();
    }

  private:
    struct Errors {
        std::vector<NodeId> error;
        std::vector<NodeId> weighted;  ///< precision times error
        std::vector<NodeId> used;      ///< the same, or the states that follow it
        NodeId energy, used_energy, log_precision;
    };

    bool moves(const Predicted& q) const { return q.role == Role::flow || q.role == Role::prediction; }
    std::size_t orders_of(const Predicted& q) const {
        return moves(q) ? text_.orders : q.role == Role::observation ? text_.observation_orders : 1;
    }
    NodeId number(double value) { return graph_.constant(value); }

    void define(const std::string& name, const Unit& unit, NodeId value) {
        Definition d;
        d.name = name;
        d.unit = unit;
        d.symbol = graph_.symbol(name);
        d.value = value;
        model_.definitions.push_back(std::move(d));
    }

    static std::string described(const std::string& what, const Predicted& q) {
        return fmt::format("{} of {}", what, q.description.empty() ? q.name : q.description);
    }
    static std::string motion_of(std::size_t order) {
        return order == 1   ? "velocity"
               : order == 2 ? "acceleration"
                            : fmt::format("motion of order {}", order);
    }

    State& add_state(const std::string& name, const Unit& unit, const Predicted& q, const std::string& what) {
        State s;
        s.name = name;
        s.unit = unit;
        s.span = q.span;
        s.description = described(what, q);
        s.symbol = graph_.symbol(name);
        s.drift = s.initial = number(0.0);
        return model_.states.emplace_back(std::move(s));
    }
    State& state(const std::string& name) {
        return *std::find_if(model_.states.begin(), model_.states.end(),
                             [&](const State& s) { return s.name == name; });
    }

    /// The motion of what is known.
    void add_input(const Predicted& q, std::size_t order) {
        Input input;
        input.name = motion_name(q.name, order);
        input.unit = unit_of(q, order);
        input.span = q.span;
        input.description = described(motion_of(order), q);
        input.symbol = graph_.symbol(input.name);
        model_.inputs.push_back(std::move(input));
    }

    void beliefs_of(std::size_t q) {
        const Predicted& quantity = text_.quantities[q];
        for (std::size_t i = 0; i < orders_of(quantity); ++i) {
            const std::string name = motion_name(quantity.name, i);
            const Unit unit = unit_of(quantity, i);
            if (quantity.role == Role::observation) {
                if (i > 0) add_input(quantity, i);
                continue;
            }
            if (i > 0) add_state(name, unit, quantity, motion_of(i));
            beliefs_.push_back({name, unit, q, i, graph_.symbol(name)});
        }
        // Beliefs start where nothing is known: at the prior mean.
        if ((quantity.role == Role::prediction || quantity.role == Role::prior) &&
            only_parameters(model_, quantity.prediction))
            state(quantity.name).initial = quantity.prediction;
    }

    static bool only_parameters(const Model& model, NodeId node) {
        for (const NodeId symbol : symbolic::free_symbols(model.graph, std::array{node}))
            if (!model.find_parameter(model.graph.name(symbol))) return false;
        return true;
    }

    /// The motion of some order; 0 behind the last.
    NodeId motion(const Predicted& q, std::size_t order) {
        return order < orders_of(q) ? graph_.symbol(motion_name(q.name, order)) : number(0.0);
    }

    /// A prediction in motion, to first order around the present beliefs (Friston et al. 2008, eq. 4).
    NodeId in_motion(NodeId prediction, std::size_t order) {
        if (order == 0) return prediction;
        NodeId sum = number(0.0);
        const auto move = [&](const Predicted& q) {
            if (order >= text_.orders || !symbolic::depends_on(graph_, prediction, q.symbol)) return;
            const NodeId slope = symbolic::differentiate(graph_, prediction, q.symbol);
            add_term(sum, slope, graph_.symbol(motion_name(q.name, order)));
        };
        for (const Predicted& q : text_.quantities)
            if (moves(q)) move(q);
        for (const Predicted& q : text_.inputs) move(q);
        return symbolic::simplify(graph_, sum);
    }

    /// sum + factor*term, written as a paper would.
    void add_term(NodeId& sum, NodeId factor, NodeId term) {
        if (graph_.is_constant(factor, 0.0) || graph_.is_constant(term, 0.0)) return;
        const bool first = graph_.is_constant(sum, 0.0), minus = graph_.is_constant(factor, -1.0);
        const NodeId product = minus || graph_.is_constant(factor, 1.0) ? term : graph_.mul(factor, term);
        if (minus)
            sum = first ? graph_.neg(product) : graph_.sub(sum, product);
        else
            sum = first ? product : graph_.add(sum, product);
    }

    NodeId scaled_power(double factor, int power) {
        if (factor == 0.0 || power == 0) return number(factor);
        return graph_.mul(number(factor), graph_.power(text_.smoothness, power));
    }

    NodeId weigh(const std::vector<NodeId>& errors, std::size_t i, NodeId precision) {
        NodeId sum = number(0.0);
        for (std::size_t j = 0; j < errors.size(); ++j) {
            const double factor = temporal_precision(i, j, errors.size());
            if (factor == 0.0) continue;
            add_term(sum, scaled_power(factor, int(i + j)), errors[j]);
        }
        return graph_.mul(precision, sum);
    }

    NodeId energy_of(const std::vector<NodeId>& errors, const std::vector<NodeId>& weighted) {
        NodeId sum = graph_.mul(errors[0], weighted[0]);
        for (std::size_t i = 1; i < errors.size(); ++i)
            sum = graph_.add(sum, graph_.mul(errors[i], weighted[i]));
        return graph_.mul(number(0.5), sum);
    }

    /// ln of the precision as a number of 1/unit^2 of the error.
    NodeId log_precision(const Predicted& q) {
        const symbolic::Node& node = graph_[q.precision];
        const double scale = error_unit(q, 0).scale;
        if (node.op == Op::exp && scale == 1.0) return node.args[0];
        return graph_.make(Op::log, graph_.mul(q.precision, number(scale * scale)));
    }

    /// ln of the determinant of the temporal precision: that of n orders is prod (2 s^2)^k/k!.
    NodeId log_temporal(std::size_t n) {
        double factorials = 0.0;
        for (std::size_t k = 2; k < n; ++k) factorials += std::lgamma(double(k) + 1.0);
        const NodeId s = graph_.div(text_.smoothness, number(text_.time.scale));
        const NodeId log = graph_.make(Op::log, graph_.mul(number(2.0), graph_.mul(s, s)));
        return graph_.sub(graph_.mul(number(double(n * (n - 1) / 2)), log), number(factorials));
    }

    void errors_of(const Predicted& q) {
        Errors e;
        const std::size_t n = orders_of(q);
        for (std::size_t i = 0; i < n; ++i) {
            const NodeId predicted = in_motion(q.prediction, i);
            const bool flows = q.role == Role::flow;
            const NodeId found = flows ? motion(q, i + 1) : motion(q, i);
            e.error.push_back(graph_.is_constant(found, 0.0) ? graph_.neg(predicted)
                                                             : graph_.sub(found, predicted));
            const Unit unit = error_unit(q, i);
            define("prediction_" + motion_name(q.name, i), unit, predicted);
            define("error_" + motion_name(q.name, i), unit, e.error.back());
        }
        define("precision_" + q.name, error_unit(q, 0, -2), q.precision);
        for (std::size_t i = 0; i < n; ++i) weigh_error(q, i, e);
        e.energy = energy_of(e.error, e.weighted);
        e.used_energy = energy_of(e.error, e.used);
        e.log_precision = log_precision(q);
        define("energy_" + q.name, Unit{}, e.energy);
        NodeId logs = graph_.mul(number(double(n)), e.log_precision);
        if (n > 1) logs = graph_.add(logs, log_temporal(n));
        const NodeId part = graph_.sub(e.energy, graph_.mul(number(0.5), logs));
        total_ = total_ ? graph_.add(total_, part) : part;
        errors_.push_back(std::move(e));
    }

    /// Of a quantity's motion, to some power.
    Unit unit_of(const Predicted& q, std::size_t order, int power = 1) const {
        return product_unit({{q.unit, power}, {text_.time, -power * int(order)}});
    }
    Unit error_unit(const Predicted& q, std::size_t order, int power = 1) const {
        return unit_of(q, order + (q.role == Role::flow ? 1 : 0), power);
    }

    void weigh_error(const Predicted& q, std::size_t i, Errors& e) {
        const std::string name = "weighted_error_" + motion_name(q.name, i);
        const Unit unit = error_unit(q, i, -1);
        e.weighted.push_back(weigh(e.error, i, q.precision));
        if (!text_.error_rate) {
            e.used.push_back(e.weighted.back());
            return define(name, unit, e.weighted.back());
        }
        // Bogacz (2017), doi:10.1016/j.jmp.2015.11.003, eq. 14: an error unit inhibits itself by its
        // variance.
        NodeId inhibition = number(0.0);
        for (std::size_t j = 0; j < orders_of(q); ++j)
            if (const double factor = temporal_covariance(i, j); factor != 0.0)
                add_term(inhibition, scaled_power(factor, -int(i + j)),
                         graph_.symbol("weighted_error_" + motion_name(q.name, j)));
        const NodeId rest = graph_.sub(e.error[i], graph_.div(inhibition, q.precision));
        State& s = add_state(name, unit, q, "precision-weighted error");
        s.drift = graph_.mul(graph_.mul(text_.error_rate, number(unit.scale * unit.scale)), rest);
        e.used.push_back(s.symbol);
    }

    /// dF/db, by the errors that `used` says.
    NodeId gradient(NodeId belief, bool used) {
        NodeId sum = number(0.0);
        for (const Errors& e : errors_) {
            for (std::size_t i = 0; i < e.error.size(); ++i)
                add_term(sum, symbolic::differentiate(graph_, e.error[i], belief),
                         used ? e.used[i] : e.weighted[i]);
            add_term(sum, symbolic::differentiate(graph_, e.log_precision, belief),
                     graph_.sub(used ? e.used_energy : e.energy, number(0.5 * double(e.error.size()))));
        }
        return sum;
    }

    void follow(const Belief& b) {
        const Predicted& q = text_.quantities[b.quantity];
        const NodeId slope = gradient(b.symbol, true);
        define("gradient_" + b.name, unit_of(q, b.order, -1), slope);
        // The rate counts in declared units, so that it is 1/time for every quantity.
        const NodeId rate = q.role == Role::prior ? text_.learning_rate : text_.rate;
        const NodeId descent = graph_.mul(graph_.mul(rate, number(b.unit.scale * b.unit.scale)), slope);
        const NodeId onward = moves(q) ? motion(q, b.order + 1) : number(0.0);
        state(b.name).drift =
            graph_.is_constant(onward, 0.0) ? graph_.neg(descent) : graph_.sub(onward, descent);
    }

    /// Actions descend F by what they do to the data alone: a' = -rate sum dy/da weighted error of y.
    void act(const Predicted& action) {
        NodeId sum = number(0.0);
        for (const ActionEffect& effect : text_.effects)
            add_term(sum, symbolic::differentiate(graph_, effect.value, action.symbol),
                     errors_[effect.observation].used[effect.order]);
        const NodeId rate = graph_.mul(text_.action_rate, number(action.unit.scale * action.unit.scale));
        state(action.name).drift = graph_.neg(graph_.mul(rate, sum));
    }

    Unit curvature_unit(const Belief& a, const Belief& b) const {
        const Unit& first = text_.quantities[a.quantity].unit;
        const Unit& second = text_.quantities[b.quantity].unit;
        return product_unit({{first, -1}, {second, -1}, {text_.time, int(a.order + b.order)}});
    }

    void curvature() {
        for (std::size_t a = 0; a < beliefs_.size(); ++a) {
            const NodeId slope = gradient(beliefs_[a].symbol, false);
            for (std::size_t b = a; b < beliefs_.size(); ++b)
                define(fmt::format("curvature_{}_{}", beliefs_[a].name, beliefs_[b].name),
                       curvature_unit(beliefs_[a], beliefs_[b]),
                       symbolic::differentiate(graph_, slope, beliefs_[b].symbol));
        }
    }

    const Generative& text_;
    Model& model_;
    Graph& graph_;
    std::vector<Belief> beliefs_;
    std::vector<Errors> errors_;
    NodeId total_;
};

}  // namespace

std::string motion_name(const std::string& name, std::size_t order) {
    return order == 0 ? name : fmt::format("{}_{}", name, order);
}

Unit product_unit(const std::vector<std::pair<Unit, int>>& factors) {
    std::vector<std::pair<std::string, int>> powers;
    for (const auto& [unit, power] : factors) {
        if (unit.name == "1") continue;
        const auto same =
            std::find_if(powers.begin(), powers.end(), [&](const auto& p) { return p.first == unit.name; });
        if (same == powers.end())
            powers.emplace_back(unit.name, power);
        else
            same->second += power;
    }
    std::string above, below;
    for (const auto& [name, power] : powers) {
        if (power == 0) continue;
        const bool simple = name.find_first_of("*/^") == std::string::npos;
        std::string part = simple || (power == 1 && above.empty()) ? name : "(" + name + ")";
        if (std::abs(power) > 1) part += fmt::format("^{}", std::abs(power));
        if (power > 0)
            above += (above.empty() ? "" : "*") + part;
        else
            below += "/" + part;
    }
    return parse_unit((above.empty() ? "1" : above) + below);
}

void derive(const Generative& text, Model& model) { Derivation(text, model).run(); }

double value_of_parameters(const Model& model, NodeId expression) {
    const auto value = [&](const std::string& name) -> double {
        const Parameter* p = model.find_parameter(name);
        if (!p || !p->value || p->distribution) return std::numeric_limits<double>::quiet_NaN();
        return value_of_parameters(model, p->value);
    };
    return symbolic::evaluate(model.graph, expression, value);
}

std::vector<std::string> not_identifiable(const Model& model) {
    std::vector<std::string> problems;
    if (model.kind != Kind::generative) return problems;
    std::vector<std::string> beliefs;
    for (const State& s : model.states)
        if (model.find_definition("gradient_" + s.name)) beliefs.push_back(s.name);
    const auto value = [&](const std::string& name) -> double {
        if (const State* s = model.find_state(name)) return value_of_parameters(model, s->initial);
        if (const Parameter* p = model.find_parameter(name)) return value_of_parameters(model, p->symbol);
        return 0.0;  // data and time
    };
    const std::size_t n = beliefs.size();
    std::vector<double> h(n * n, 0.0);
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = a; b < n; ++b) {
            const Definition* d =
                model.find_definition(fmt::format("curvature_{}_{}", beliefs[a], beliefs[b]));
            const Definition* turned =
                d ? d : model.find_definition(fmt::format("curvature_{}_{}", beliefs[b], beliefs[a]));
            h[a * n + b] = h[b * n + a] = symbolic::evaluate(model.graph, turned->value, value);
        }
    // Elimination in the order of beliefs; what is left of a diagonal is the curvature given those before.
    std::vector<double> own(n);
    for (std::size_t a = 0; a < n; ++a) own[a] = std::abs(h[a * n + a]);
    for (std::size_t a = 0; a < n; ++a) {
        const double pivot = h[a * n + a];
        if (std::isnan(pivot)) return {};
        if (std::abs(pivot) <= 1e-12 * own[a]) {
            problems.push_back(fmt::format(
                "the model '{}' does not say what '{}' is: F {} at the initial values; give it a "
                "(more precise) prior, or fewer orders",
                model.name, beliefs[a],
                own[a] == 0.0 ? "does not depend on it" : "depends on it only together with others"));
            continue;
        }
        for (std::size_t r = a + 1; r < n; ++r) {
            const double factor = h[r * n + a] / pivot;
            for (std::size_t c = a; c < n; ++c) h[r * n + c] -= factor * h[a * n + c];
        }
    }
    return problems;
}

}  // namespace neurodyn::language
