// SPDX-License-Identifier: BSD-3-Clause
// Directional derivatives, one after another.
#include "dynamics/multilinear.hpp"

#include <fmt/format.h>

#include <array>

#include "symbolic/transform.hpp"

namespace neurodyn::dynamics {
namespace {

using symbolic::Graph;
using symbolic::NodeId;
using Complex = std::complex<double>;

constexpr std::array<const char*, 3> directions = {"first", "second", "third"};

std::string component(std::size_t direction, const std::string& state) {
    return fmt::format("{}:{}", directions[direction], state);
}

// sum_j d(expression)/dx_j * direction_j
std::vector<NodeId> along(Graph& graph, const std::vector<NodeId>& expressions,
                          const std::vector<Quantity>& states, std::size_t direction) {
    std::vector<NodeId> symbols;
    for (const Quantity& state : states) symbols.push_back(graph.symbol(state.name));
    const auto derivatives = symbolic::jacobian(graph, expressions, symbols);
    std::vector<NodeId> result;
    for (const auto& row : derivatives) {
        NodeId sum;
        for (std::size_t j = 0; j < row.size(); ++j) {
            if (graph.is_constant(row[j], 0.0)) continue;
            const NodeId term = graph.mul(row[j], graph.symbol(component(direction, states[j].name)));
            sum = sum ? graph.add(sum, term) : term;
        }
        result.push_back(sum ? sum : graph.constant(0.0));
    }
    return result;
}

}  // namespace

Multilinear::Multilinear(const VectorField& field) : n_(field.dimension()), fixed_(field.fixed) {
    Graph graph = field.graph;
    std::vector<std::string> arrays;
    for (const auto* list : {&field.states, &field.free})
        for (const Quantity& quantity : *list) {
            arrays.push_back(quantity.name);
            scale_.push_back(quantity.unit.scale);
        }
    std::vector<NodeId> form = field.drift;
    for (std::size_t direction = 0; direction < directions.size(); ++direction) {
        form = along(graph, form, field.states, direction);
        for (const Quantity& state : field.states) arrays.push_back(component(direction, state.name));
        if (direction == 0) continue;
        auto& made = direction == 1 ? second_ : third_;
        made.emplace(graph, arrays, form, fixed_, compile::KernelOptions{});
        made->resize(1);
    }
}

Eigen::VectorXd Multilinear::run(compile::Evaluator& form,
                                 std::initializer_list<const Eigen::VectorXd*> vectors) {
    std::size_t k = 0;
    for (; k < scale_.size(); ++k) form.array(k)[0] = at_[static_cast<Eigen::Index>(k)] * scale_[k];
    for (const Eigen::VectorXd* v : vectors)
        for (Eigen::Index i = 0; i < n_; ++i, ++k)
            form.array(k)[0] = (*v)[i] * scale_[static_cast<std::size_t>(i)];
    form.take(fixed_);
    form.run();
    Eigen::VectorXd result(n_);
    for (Eigen::Index i = 0; i < n_; ++i)
        result[i] = form.result(static_cast<std::size_t>(i))[0] / scale_[static_cast<std::size_t>(i)];
    return result;
}

Eigen::VectorXcd Multilinear::b(const Eigen::VectorXcd& v, const Eigen::VectorXcd& w) {
    const Eigen::VectorXd vr = v.real(), vi = v.imag(), wr = w.real(), wi = w.imag();
    return (run(*second_, {&vr, &wr}) - run(*second_, {&vi, &wi})).cast<Complex>() +
           Complex(0, 1) * (run(*second_, {&vr, &wi}) + run(*second_, {&vi, &wr})).cast<Complex>();
}

// (a + ib)(a + ib)(a - ib) = (a a + b b)(a + ib)
Eigen::VectorXcd Multilinear::c(const Eigen::VectorXcd& q) {
    const Eigen::VectorXd a = q.real(), b = q.imag();
    return (run(*third_, {&a, &a, &a}) + run(*third_, {&a, &b, &b})).cast<Complex>() +
           Complex(0, 1) * (run(*third_, {&a, &a, &b}) + run(*third_, {&b, &b, &b})).cast<Complex>();
}

Equations with_derivative_along(const VectorField& field) {
    Graph graph = field.graph;
    std::vector<NodeId> rows = field.drift;
    const std::vector<NodeId> derivative = along(graph, field.drift, field.states, 0);
    rows.insert(rows.end(), derivative.begin(), derivative.end());
    std::vector<Unknown> unknowns;
    std::vector<double> row_scale;
    for (const auto* list : {&field.states, &field.free})
        for (const Quantity& quantity : *list) unknowns.push_back({quantity.name, quantity.unit.scale});
    for (const Quantity& state : field.states) {
        unknowns.push_back({component(0, state.name), state.unit.scale});
        row_scale.push_back(state.unit.scale);
    }
    row_scale.insert(row_scale.end(), row_scale.begin(), row_scale.end());
    return {std::move(graph), std::move(rows), std::move(row_scale), std::move(unknowns), field.fixed};
}

double first_lyapunov(Multilinear& forms, const Eigen::MatrixXd& a, double omega) {
    const Eigen::Index n = a.rows();
    const Eigen::MatrixXcd shift = Complex(0, omega) * Eigen::MatrixXcd::Identity(n, n);
    const auto null_vector = [&](const Eigen::MatrixXcd& m) -> Eigen::VectorXcd {
        return Eigen::JacobiSVD<Eigen::MatrixXcd>(m, Eigen::ComputeFullV).matrixV().col(n - 1);
    };
    const Eigen::MatrixXcd complex_a = a.cast<Complex>();
    const Eigen::VectorXcd q = null_vector(complex_a - shift);
    Eigen::VectorXcd p = null_vector(complex_a.transpose() + shift);
    p /= std::conj(p.dot(q));  // <p, q> = conj(p).q = 1
    const Eigen::VectorXcd still = a.partialPivLu().solve(forms.b(q, q.conjugate()).real()).cast<Complex>();
    const Eigen::VectorXcd twice = (2.0 * shift - complex_a).partialPivLu().solve(forms.b(q, q));
    const Complex sum =
        p.dot(forms.c(q)) - 2.0 * p.dot(forms.b(q, still)) + p.dot(forms.b(q.conjugate(), twice));
    return sum.real() / (2.0 * omega);
}

}  // namespace neurodyn::dynamics
