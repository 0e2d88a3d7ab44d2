// SPDX-License-Identifier: BSD-3-Clause
// The propagator of linear equations with constant coefficients: x' = A x + b, inputs held over the step
// (Rotter & Diesmann 1999, doi:10.1007/s004220050570).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "compile/linear_system.hpp"
#include "compile/methods.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

class ExactStep {
  public:
    explicit ExactStep(StepBuilder& builder) : b_(builder), g_(builder.graph()), linear_(as_linear(builder)) {
        if (linear_.problem.empty()) find_paths();
    }

    /// Empty, or why the method cannot be used.
    std::string problem() {
        if (!linear_.problem.empty()) return linear_.problem;
        for (std::size_t i = 0; i < b_.size(); ++i)
            for (const auto& noise : state(i).noise)
                if (symbolic::depends_on(g_, noise.coefficient, b_.t()))
                    return fmt::format("the noise of '{}' depends on time", state(i).name);
        for (const auto& component : linear_.components) {
            if (is_star(component)) continue;
            for (std::size_t i : component)
                for (std::size_t j : component)
                    if (auto why = not_uniform(i, j); !why.empty()) return why;
        }
        return {};
    }

    StateNodes run() {
        next_ = b_.states();
        for (const auto& component : linear_.components) {
            if (is_star(component))
                for (std::size_t i : component) next_[i] = star_step(i);
            else
                propagate(component);
        }
        return next_;
    }

  private:
    const System::State& state(std::size_t i) const { return b_.system().states[i]; }

    /// paths_[i][j]: a change of j reaches i.
    void find_paths() {
        const std::size_t n = b_.size();
        paths_.assign(n, std::vector<bool>(n));
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) paths_[i][j] = i == j || !linear_.is_zero(g_, i, j);
        for (std::size_t k = 0; k < n; ++k)
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j)
                    if (paths_[i][k] && paths_[k][j]) paths_[i][j] = true;
    }

    /// Why the general propagator cannot be made for this pair, or empty.
    std::string not_uniform(std::size_t i, std::size_t j) {
        auto name = varying_symbol(linear_.matrix[i][j]);
        for (const auto& noise : state(i).noise)
            if (name.empty()) name = varying_symbol(noise.coefficient);
        if (name.empty()) return {};
        return fmt::format(
            "the coupling of '{}' and '{}' holds '{}', which differs from element to element; coupled linear "
            "equations need uniform coefficients",
            state(i).name, state(j).name, name);
    }

    /// Name of a symbol that is not the same for all elements, or empty.
    std::string varying_symbol(NodeId node) const {
        for (NodeId symbol : symbolic::free_symbols(g_, std::array{node})) {
            const auto& name = g_.name(symbol);
            if (b_.is_element_parameter(name) || b_.is_input(name)) return name;
        }
        return {};
    }

    /// A state that only decays: x' = a x, nothing drives it.
    bool decays(std::size_t i) const {
        for (std::size_t j = 0; j < b_.size(); ++j)
            if (j != i && !linear_.is_zero(g_, i, j)) return false;
        return g_.is_constant(linear_.rest[i], 0.0) && state(i).noise.empty();
    }

    /// Every state is alone, or is driven by states that only decay: then the propagator has a closed form
    /// for any parameters. Membranes with exponential synapses are such.
    bool is_star(const std::vector<std::size_t>& component) const {
        for (std::size_t i : component) {
            for (std::size_t j : component)
                if (j != i && !linear_.is_zero(g_, i, j) && !decays(j)) return false;
            if (shares_noise(i)) return false;
        }
        return true;
    }

    /// Another state has noise of the same name: their joint law needs the whole covariance.
    bool shares_noise(std::size_t i) const {
        for (std::size_t j = 0; j < b_.size(); ++j)
            for (const auto& mine : state(i).noise)
                for (const auto& other : state(j).noise)
                    if (j != i && mine.name == other.name) return true;
        return false;
    }

    NodeId scaled(NodeId rate) { return g_.mul(rate, b_.dt()); }

    /// x e^(a dt) + b dt exprel(a dt) + sum_j c_j u_j dt e^(d_j dt) exprel((a - d_j) dt), u_j' = d_j u_j.
    NodeId star_step(std::size_t i) {
        const NodeId a = linear_.matrix[i][i];
        NodeId value = g_.mul(state(i).symbol, g_.make(Op::exp, scaled(a)));
        for (std::size_t j = 0; j < b_.size(); ++j) {
            if (j == i || linear_.is_zero(g_, i, j)) continue;
            const NodeId d = linear_.matrix[j][j];
            const NodeId spread = g_.make(Op::exprel, scaled(g_.sub(a, d)));
            const NodeId weight =
                g_.mul(scaled(linear_.matrix[i][j]), g_.mul(g_.make(Op::exp, scaled(d)), spread));
            value = g_.add(value, g_.mul(state(j).symbol, weight));
        }
        if (!g_.is_constant(linear_.rest[i], 0.0)) {
            const NodeId integral = g_.mul(b_.dt(), g_.make(Op::exprel, scaled(a)));
            value = g_.add(value, g_.mul(linear_.rest[i], integral));
        }
        return b_.plus(value, star_noise(i, a));
    }

    /// The Ornstein-Uhlenbeck deviation: sqrt(sum g^2 dt exprel(2 a dt)), one draw for the independent sum.
    NodeId star_noise(std::size_t i, NodeId a) {
        const auto& terms = state(i).noise;
        if (terms.empty()) return {};
        const NodeId growth = g_.make(Op::exprel, g_.mul(g_.constant(2.0), scaled(a)));
        const NodeId spread = g_.make(Op::sqrt, g_.mul(b_.dt(), growth));
        if (terms.size() == 1) return g_.mul(g_.mul(terms[0].coefficient, spread), b_.draw(terms[0].name));
        NodeId squares = g_.constant(0.0);
        for (const auto& term : terms) squares = g_.add(squares, g_.mul(term.coefficient, term.coefficient));
        return g_.mul(g_.mul(g_.make(Op::sqrt, squares), spread), b_.new_draw());
    }

    std::vector<std::string> names(const char* kind, std::size_t propagator, std::size_t n) const {
        std::vector<std::string> result;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                result.push_back(fmt::format("propagator.{}.{}.{}.{}", propagator, kind, i, j));
        return result;
    }

    void propagate(const std::vector<std::size_t>& component) {
        const std::size_t n = component.size(), k = b_.propagators.size();
        LinearPropagator p;
        p.size = static_cast<std::uint32_t>(n);
        p.matrix = names("matrix", k, n);
        p.exponential = names("exponential", k, n);
        p.integral = names("integral", k, n);
        const bool noisy =
            std::ranges::any_of(component, [&](std::size_t i) { return !state(i).noise.empty(); });
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                b_.named_values.emplace_back(p.matrix[i * n + j],
                                             scaled(linear_.matrix[component[i]][component[j]]));
        if (noisy) {
            p.diffusion = names("diffusion", k, n);
            p.deviation = names("deviation", k, n);
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j)
                    b_.named_values.emplace_back(p.diffusion[i * n + j],
                                                 g_.mul(covariance(component[i], component[j]), b_.dt()));
        }
        sum_up(component, p, noisy);
        b_.propagators.push_back(std::move(p));
    }

    /// Entry of B B^T: the names that two states share.
    NodeId covariance(std::size_t i, std::size_t j) {
        NodeId sum = g_.constant(0.0);
        for (const auto& mine : state(i).noise)
            for (const auto& other : state(j).noise)
                if (mine.name == other.name) sum = g_.add(sum, g_.mul(mine.coefficient, other.coefficient));
        return sum;
    }

    void sum_up(const std::vector<std::size_t>& component, const LinearPropagator& p, bool noisy) {
        const std::size_t n = component.size();
        std::vector<NodeId> draws;
        for (std::size_t j = 0; noisy && j < n; ++j) draws.push_back(b_.new_draw());
        for (std::size_t i = 0; i < n; ++i) {
            NodeId sum = g_.constant(-0.0);
            for (std::size_t j = 0; j < n; ++j) {
                if (!paths_[component[i]][component[j]]) continue;
                sum = g_.add(sum, g_.mul(state(component[j]).symbol, g_.symbol(p.exponential[i * n + j])));
            }
            for (std::size_t j = 0; j < n; ++j) {
                const NodeId rest = linear_.rest[component[j]];
                if (!paths_[component[i]][component[j]] || g_.is_constant(rest, 0.0)) continue;
                sum = g_.add(sum, g_.mul(rest, scaled(g_.symbol(p.integral[i * n + j]))));
            }
            for (std::size_t j = 0; noisy && j <= i; ++j)
                sum = g_.add(sum, g_.mul(draws[j], g_.symbol(p.deviation[i * n + j])));
            next_[component[i]] = sum;
        }
    }

    StepBuilder& b_;
    Graph& g_;
    LinearSystem linear_;
    std::vector<std::vector<bool>> paths_;
    StateNodes next_;
};

}  // namespace

StateNodes exact_step(StepBuilder& builder) {
    ExactStep step(builder);
    if (const auto problem = step.problem(); !problem.empty())
        throw Error(
            fmt::format("method 'exact' cannot be used: {}; use exponential_euler, heun or rk4", problem));
    return step.run();
}

bool exact_applies(const System& system, const StepOptions& options) {
    StepBuilder builder(system, options);
    return noise_class(system) <= NoiseClass::additive && ExactStep(builder).problem().empty();
}

}  // namespace neurodyn::compile
