// SPDX-License-Identifier: BSD-3-Clause
// Rates of a neuron's text over a grid of its parameters, and the spline through them.
#include "density/rate_table.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>

#include "base/error.hpp"
#include "density/neuron.hpp"
#include "density/stationary.hpp"

namespace neurodyn::density {
namespace {

using language::Model;
using language::RateTable;

constexpr Eigen::Index first_points = 17, most_points = 2049;

/// The stationary rate of a text's neurons as a function of the axes.
class Rate {
  public:
    Rate(const RateTable& rates, const Model& neurons)
        : rates_(rates), neurons_(neurons), equations_(make(neurons)) {
        for (const auto* list : {&rates.axes, &rates.fixed})
            for (const RateTable::Setting& setting : *list) check(setting);
        for (const RateTable::Setting& fixed : rates.fixed) set_[fixed.name] = fixed.low;
    }

    double at(double x, double y) {
        set_[rates_.axes[0].name] = x;
        if (rates_.axes.size() > 1) set_[rates_.axes[1].name] = y;
        update();
        const double rate = stationary_firing(neuron_->membrane({})).rate_hz;
        if (!std::isfinite(rate)) throw Error(fmt::format("their rate at {} is not finite", place(x, y)));
        return rate;
    }

  private:
    static Equations make(const Model& neurons) {
        Options options;
        if (const language::State* potential = threshold_variable(neurons)) options.unit = potential->unit;
        return make_equations(compile::make_system(neurons), {}, options);
    }

    void check(const RateTable::Setting& setting) const {
        const language::Quantity* quantity = neurons_.find_parameter(setting.name);
        if (quantity == nullptr) quantity = neurons_.find_input(setting.name);
        if (quantity == nullptr) {
            std::vector<std::string> known;
            for (const auto& parameter : neurons_.parameters) known.push_back(parameter.name);
            for (const auto& input : neurons_.inputs) known.push_back(input.name);
            const std::string near = did_you_mean(setting.name, known);
            throw Error(fmt::format("they have no parameter or input '{}'{}", setting.name,
                                    near.empty() ? "" : "; " + near));
        }
        if (!(quantity->unit.dimension == setting.dimension))
            throw Error(fmt::format("their '{}' has the unit {}, and is given one of {}", setting.name,
                                    quantity->unit.name, to_string(setting.dimension)));
    }

    // Puts all parameters and inputs where the neurons read them: what is set, else what the text gives them.
    // Threshold, reset and refractory time are a neuron's for good.
    void update() {
        compile::Environment& environment = neuron_ == nullptr ? start_ : neuron_->environment;
        std::size_t k = 0;
        const auto take = [&](const std::string& name, symbolic::NodeId own) {
            if (k == at_.size()) at_.push_back(environment.index(name));
            const auto set = set_.find(name);
            environment.values[at_[k++]] = set != set_.end() ? set->second
                                           : own             ? value_of(neurons_.graph, own, environment)
                                                             : 0.0;
        };
        for (const language::Parameter& parameter : neurons_.parameters) {
            if (!set_.contains(parameter.name) && !parameter.value)
                throw Error(fmt::format("their parameter '{}' {}; give it a number: {} = ...", parameter.name,
                                        parameter.distribution ? "differs between them" : "has no value",
                                        parameter.name));
            take(parameter.name, parameter.value);
        }
        for (const language::Input& input : neurons_.inputs) take(input.name, input.fallback);
        const std::array<double, 3> held{value_of(equations_.graph, equations_.threshold, environment),
                                         value_of(equations_.graph, equations_.reset, environment),
                                         value_of(equations_.graph, equations_.refractory, environment)};
        if (neuron_ != nullptr && held == held_) return;
        const compile::Environment now = environment;
        neuron_ = std::make_unique<Neuron>(equations_, now, compile::KernelOptions{});
        held_ = held;
    }

    static double value_of(const symbolic::Graph& graph, symbolic::NodeId node,
                           const compile::Environment& environment) {
        return graph.is_constant(node) ? graph[node].value : compile::evaluate(graph, node, environment);
    }

    std::string place(double x, double y) const {
        const auto one = [&](std::size_t k, double value) {
            return fmt::format("{} = {:.6g} (SI)", rates_.axes[k].name, value);
        };
        return rates_.axes.size() > 1 ? one(0, x) + ", " + one(1, y) : one(0, x);
    }

    const RateTable& rates_;
    const Model& neurons_;
    Equations equations_;
    std::map<std::string, double> set_;
    compile::Environment start_;
    std::vector<std::size_t> at_;  ///< where parameters and inputs stand in the environment
    std::unique_ptr<Neuron> neuron_;
    std::array<double, 3> held_{};
};

/// From values at n points to the n + 2 coefficients of the cubic spline through them, whose third derivative
/// does not jump at the second point and the last but one (de Boor 1978, chapter IV).
Eigen::MatrixXd spline_matrix(Eigen::Index n) {
    Eigen::MatrixXd m = Eigen::MatrixXd::Zero(n + 2, n + 2);
    for (Eigen::Index i = 0; i < n; ++i) m.block<1, 3>(i + 1, i) << 1.0 / 6, 2.0 / 3, 1.0 / 6;
    m.block<1, 5>(0, 0) << 1, -4, 6, -4, 1;
    m.block<1, 5>(n + 1, n - 3) << 1, -4, 6, -4, 1;
    return m;
}

// Of each row's values, along the first dimension.
Eigen::MatrixXd coefficients(const Eigen::MatrixXd& values) {
    Eigen::MatrixXd right = Eigen::MatrixXd::Zero(values.rows() + 2, values.cols());
    right.middleRows(1, values.rows()) = values;
    return spline_matrix(values.rows()).partialPivLu().solve(right);
}

// Half way between the points, of coefficients along the first dimension.
Eigen::MatrixXd midpoints(const Eigen::MatrixXd& c) {
    const Eigen::Index n = c.rows() - 3;
    return (c.topRows(n) + c.bottomRows(n)) / 48.0 +
           (c.middleRows(1, n) + c.middleRows(2, n)) * (23.0 / 48.0);
}

/// Rates at the points of a grid, which grows along one axis or the other.
class Grid {
  public:
    Grid(Rate& rate, const RateTable& rates)
        : rate_(rate), rates_(rates), values_(first_points, rates.axes.size() > 1 ? first_points : 1) {
        for (Eigen::Index j = 0; j < values_.cols(); ++j)
            for (Eigen::Index i = 0; i < values_.rows(); ++i)
                values_(i, j) = rate_.at(point(0, i, values_.rows()), point(1, j, values_.cols()));
    }

    // Adds the points half way along an axis. The spline's error, as a part of the highest rate: what it was
    // at the new points without them, sixteen times less for half the distance.
    double refine(std::size_t axis) {
        const bool first = axis == 0;
        const Eigen::MatrixXd coarse = first ? values_ : Eigen::MatrixXd(values_.transpose());
        const Eigen::MatrixXd guess = midpoints(coefficients(coarse));
        Eigen::MatrixXd finer(2 * coarse.rows() - 1, coarse.cols());
        double error = 0.0;
        for (Eigen::Index j = 0; j < finer.cols(); ++j)
            for (Eigen::Index i = 0; i < finer.rows(); ++i) {
                if (i % 2 == 0) {
                    finer(i, j) = coarse(i / 2, j);
                    continue;
                }
                const double along = point(axis, i, finer.rows()), across = point(1 - axis, j, finer.cols());
                finer(i, j) = first ? rate_.at(along, across) : rate_.at(across, along);
                error = std::max(error, std::abs(finer(i, j) - guess(i / 2, j)));
            }
        values_ = first ? finer : Eigen::MatrixXd(finer.transpose());
        return error / 16.0 / values_.maxCoeff();
    }

    Eigen::Index points(std::size_t axis) const { return axis == 0 ? values_.rows() : values_.cols(); }
    bool fires() const { return values_.maxCoeff() > 0.0; }
    const Eigen::MatrixXd& values() const { return values_; }

  private:
    double point(std::size_t axis, Eigen::Index i, Eigen::Index count) const {
        if (axis >= rates_.axes.size()) return 0.0;
        const RateTable::Setting& a = rates_.axes[axis];
        return a.low + (a.high - a.low) * static_cast<double>(i) / static_cast<double>(count - 1);
    }

    Rate& rate_;
    const RateTable& rates_;
    Eigen::MatrixXd values_;
};

Eigen::MatrixXd tabled(Rate& rate, const RateTable& rates) {
    Grid grid(rate, rates);
    for (std::size_t axis = 0; axis < rates.axes.size(); ++axis)
        for (double error = 1.0; error > rate_table_error && grid.fires(); error = grid.refine(axis))
            if (grid.points(axis) >= most_points)
                throw Error(fmt::format(
                    "{} points of '{}' do not give their rate to {} of the highest; choose a narrower "
                    "between(), or more noise",
                    most_points, rates.axes[axis].name, rate_table_error));
    const Eigen::MatrixXd first = coefficients(grid.values());
    return rates.axes.size() == 1 ? first : Eigen::MatrixXd(coefficients(first.transpose()).transpose());
}

}  // namespace

symbolic::TablePtr make_rate_table(const RateTable& rates, const Model& neurons) {
    Rate rate(rates, neurons);
    const Eigen::MatrixXd c = tabled(rate, rates);
    auto table = std::make_shared<symbolic::Table>();
    table->name = neurons.name;
    table->values.assign(language::rate_table_header, 0.0);
    for (std::size_t axis = 0; axis < rates.axes.size(); ++axis) {
        const auto intervals = static_cast<double>((axis == 0 ? c.rows() : c.cols()) - 3);
        table->values[2 * axis] = intervals / (rates.axes[axis].high - rates.axes[axis].low);
        table->values[2 * axis + 1] = intervals;
    }
    table->values.insert(table->values.end(), c.data(), c.data() + c.size());
    return table;
}

}  // namespace neurodyn::density
