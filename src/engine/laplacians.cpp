// SPDX-License-Identifier: BSD-3-Clause
// The middle of a step, and the growth of the shortest wave that a grid has.
#include "engine/laplacians.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <unsupported/Eigen/MatrixFunctions>

#include "base/error.hpp"
#include "network/surface.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::engine {
namespace {

using compile::System;
using Eigen::MatrixXd;
using symbolic::Graph;
using symbolic::NodeId;

// dx/dt = J x + B l with l the Laplacians of C x: what of a population's equations is linear in its states
// with constant coefficients.
struct LinearPart {
    MatrixXd local, spread, arguments;
};

// A derivative that depends on parameters alone, and its place in one of the matrices.
struct Coefficient {
    MatrixXd LinearPart::* matrix;
    Eigen::Index row, column;
    NodeId value;
};

struct Coefficients {
    Graph graph;
    std::vector<Coefficient> all;
    Eigen::Index states, laplacians;
    std::size_t nodes = 1, members = 1;  ///< between which some of them differ
};

void add_coefficient(Coefficients& c, const ComposedPopulation& population, MatrixXd LinearPart::* matrix,
                     std::size_t row, std::size_t column, NodeId expression, NodeId symbol) {
    const NodeId value = symbolic::differentiate(c.graph, expression, symbol);
    if (c.graph.is_constant(value, 0.0)) return;
    for (const NodeId s : symbolic::free_symbols(c.graph, std::vector<NodeId>{value})) {
        const auto found = population.parameters.find(c.graph.name(s));
        if (found == population.parameters.end()) return;
        c.nodes = std::max(c.nodes, found->second.nodes);
        c.members = std::max(c.members, found->second.members);
    }
    c.all.push_back({matrix, static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column), value});
}

Coefficients coefficients_of(const ComposedPopulation& population) {
    const auto& states = population.system.states;
    const auto& laplacians = population.laplacians;
    Coefficients c{population.system.graph,
                   {},
                   static_cast<Eigen::Index>(states.size()),
                   static_cast<Eigen::Index>(laplacians.size())};
    for (std::size_t i = 0; i < states.size(); ++i) {
        for (std::size_t j = 0; j < states.size(); ++j)
            add_coefficient(c, population, &LinearPart::local, i, j, states[i].drift, states[j].symbol);
        for (std::size_t l = 0; l < laplacians.size(); ++l) {
            add_coefficient(c, population, &LinearPart::spread, i, l, states[i].drift,
                            c.graph.symbol(laplacians[l].name));
            add_coefficient(c, population, &LinearPart::arguments, l, i,
                            population.system.signals[laplacians[l].signal].value, states[i].symbol);
        }
    }
    return c;
}

LinearPart linear_part(const Coefficients& c, const ComposedPopulation& population, std::size_t node,
                       std::size_t member) {
    LinearPart part{MatrixXd::Zero(c.states, c.states), MatrixXd::Zero(c.states, c.laplacians),
                    MatrixXd::Zero(c.laplacians, c.states)};
    for (const Coefficient& x : c.all)
        (part.*x.matrix)(x.row, x.column) = symbolic::evaluate(
            c.graph, x.value,
            [&](const std::string& name) { return population.parameters.at(name).at(node, member); });
    return part;
}

// States after a step are `kept` times those before, plus `added` times what is held over the step.
struct LocalStep {
    MatrixXd kept, added;
};

LocalStep local_step(const MatrixXd& local, const compile::MethodInfo& method, double dt_s) {
    const Eigen::Index n = local.rows();
    const MatrixXd one = MatrixXd::Identity(n, n);
    if (method.name == "exponential_euler") {
        LocalStep step{one, MatrixXd::Zero(n, n)};
        for (Eigen::Index i = 0; i < n; ++i) {
            const double a = local(i, i) * dt_s, weight = dt_s * (a == 0.0 ? 1.0 : std::expm1(a) / a);
            step.kept.row(i) = one.row(i) + weight * local.row(i);
            step.added(i, i) = weight;
        }
        return step;
    }
    if (method.order == 1) return {one + dt_s * local, dt_s * one};
    MatrixXd both = MatrixXd::Zero(2 * n, 2 * n);
    both.topLeftCorner(n, n) = local * dt_s;
    both.topRightCorner(n, n) = one * dt_s;
    const MatrixXd grown = both.exp();
    return {grown.topLeftCorner(n, n), grown.topRightCorner(n, n)};
}

// By how much the fastest-growing mode grows in a step: states, and the Laplacians that are held, of a wave
// whose Laplacian is -k2 times itself.
double growth(const LinearPart& part, const compile::MethodInfo& method, double dt_s, double k2) {
    const LocalStep step = local_step(part.local, method, dt_s);
    const Eigen::Index n = part.local.rows(), k = part.arguments.rows();
    const double ahead = looks_ahead(method) ? 0.5 * dt_s : 0.0;
    const MatrixXd from_states = -k2 * part.arguments * (MatrixXd::Identity(n, n) + ahead * part.local);
    const MatrixXd from_held = -k2 * ahead * part.arguments * part.spread;
    MatrixXd whole(n + k, n + k);
    whole << step.kept + step.added * part.spread * from_states, step.added * part.spread * from_held,
        from_states, from_held;
    return whole.eigenvalues().cwiseAbs().maxCoeff();
}

// -Laplacian of the shortest wave, per wave.
double shortest_wave(const network::Population& population) {
    if (population.surface) return network::stiffness(*population.surface);
    double k2 = 0.0;
    for (std::size_t axis = 0; axis < population.grid->shape.size(); ++axis) {
        const double h = population.grid->spacing_m[axis];
        if (population.grid->shape[axis] > 1) k2 += 4.0 / (h * h);
    }
    return k2;
}

}  // namespace

bool looks_ahead(const compile::MethodInfo& method) { return method.order != 1; }

void look_ahead(ComposedPopulation& population) {
    Graph& graph = population.system.graph;
    const NodeId half = graph.mul(graph.constant(0.5), graph.symbol("dt"));
    for (const LaplacianInput& laplacian : population.laplacians) {
        NodeId& value = population.system.signals[laplacian.signal].value;
        NodeId rate = symbolic::differentiate(graph, value, graph.symbol("t"));
        for (const System::State& state : population.system.states) {
            const NodeId slope = symbolic::differentiate(graph, value, state.symbol);
            if (graph.is_constant(slope, 0.0)) continue;
            const NodeId term = graph.is_constant(slope, 1.0) ? state.drift : graph.mul(slope, state.drift);
            rate = graph.is_constant(rate, 0.0) ? term : graph.add(rate, term);
        }
        if (!graph.is_constant(rate, 0.0)) value = graph.add(value, graph.mul(half, rate));
    }
}

void check_step_length(const network::Population& description, const ComposedPopulation& population,
                       const compile::MethodInfo& method, double dt_s) {
    const double k2 = shortest_wave(description);
    const Coefficients coefficients = coefficients_of(population);
    constexpr double tolerance = 1e-6;  // waves without damping grow by rounding errors in the matrices
    double longest = dt_s;
    for (std::size_t node = 0; node < coefficients.nodes; ++node)
        for (std::size_t member = 0; member < coefficients.members; ++member) {
            const LinearPart part = linear_part(coefficients, population, node, member);
            const auto works = [&](double dt) {
                return growth(part, method, dt, k2) <=
                       std::max(1.0, growth(part, method, dt, 0.0)) + tolerance;
            };
            if (works(longest)) continue;
            double low = 0.0, high = longest;
            for (int k = 0; k < 40; ++k) {
                const double middle = low == 0.0 ? 0.25 * high : 0.5 * (low + high);
                (works(middle) ? low : high) = middle;
            }
            longest = low;
        }
    if (longest >= dt_s) return;
    const std::string points =
        description.surface
            ? fmt::format("on the triangles of surface '{}'", description.surface->name)
            : fmt::format("with points {:.4g} m apart", fmt::join(description.grid->spacing_m, " and "));
    throw Error(fmt::format(
        "population '{}': dt is {:.4g} s, but {} its Laplacian needs a dt of at most {:.4g} s "
        "(method {}); take a shorter dt or a coarser {}",
        description.name, dt_s, points, longest, method.name, description.surface ? "surface" : "grid"));
}

}  // namespace neurodyn::engine
