// SPDX-License-Identifier: BSD-3-Clause
// What both levels share, and each level's step.
#include "density/population.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "density/fokker_planck.hpp"
#include "density/hoist.hpp"
#include "density/stationary.hpp"
#include "symbolic/operations.hpp"

namespace neurodyn::density {
namespace {

using symbolic::Graph;
using symbolic::NodeId;
using symbolic::Op;

constexpr double grid_depth = 30.0;  // of a grid that nobody gave, as far as is known at the start,
constexpr double margin = 2.0, least_spans = 3.0;  // and how much further it goes for what is not
constexpr double most_at_wall = 1e-4, most_stopped = 1e-3;

constexpr const char* width_symbol = "density:width";
constexpr const char* height_symbol = "density:height";

// Scharfetter and Gummel's flows through a face, of the potential there, the width of cells and the height:
// the share of a cell's width between the values on both sides (1, and 1/2 at the threshold).
std::vector<NodeId> flow_nodes(Graph& graph, const Equations& equations) {
    const NodeId zero = graph.constant(0.0), one = graph.constant(1.0);
    const NodeId width = graph.symbol(width_symbol), height = graph.symbol(height_symbol);
    const NodeId drift = graph.sub(equations.drift, equations.slope);
    const NodeId span = graph.mul(width, height);
    // Where there is no diffusion, what is left is the upwind scheme.
    const NodeId diffusion = graph.add(equations.diffusion, graph.constant(1e-300));
    const NodeId strength = graph.div(graph.mul(graph.make(Op::abs, drift), span), diffusion);
    const NodeId bernoulli =
        graph.div(one, graph.make(Op::exprel, graph.make(Op::min, strength, graph.constant(700.0))));
    const NodeId spread = graph.mul(graph.div(equations.diffusion, graph.mul(span, width)), bernoulli);
    const NodeId up = graph.div(graph.make(Op::max, drift, zero), width);
    const NodeId down = graph.div(graph.make(Op::max, graph.neg(drift), zero), width);
    return {graph.add(spread, up), graph.add(spread, down)};
}

}  // namespace

Population::Population(const Equations& equations, const compile::Environment& start,
                       const Settings& settings, const compile::KernelOptions& kernel)
    : settings_(settings), neuron_(equations, start, kernel), means_(settings.means) {
    for (const double v : settings.potentials) mean_ += v / static_cast<double>(settings.potentials.size());
    neuron_.set_potential(mean_);
    for (std::size_t k = 0; k < means_.size(); ++k) neuron_.set_mean(k, means_[k]);
    if (settings.lowest && !(*settings.lowest < neuron_.reset()))
        throw Error(fmt::format("its lowest potential ({}) is not below its reset ({})",
                                neuron_.show(*settings.lowest), neuron_.show(neuron_.reset())));
    for (const double v : settings.potentials)
        if (!(v < neuron_.threshold()) || (settings.lowest && v < *settings.lowest))
            throw Error(
                fmt::format("a neuron would begin at {}, but its potential goes from {} to the threshold {}",
                            neuron_.show(v), settings.lowest ? neuron_.show(*settings.lowest) : "below",
                            neuron_.show(neuron_.threshold())));
}

void Population::advance_means(double fired) {
    neuron_.set_potential(mean_);
    const std::vector<Neuron::MeanSlope> slopes = neuron_.mean_slopes();
    for (std::size_t k = 0; k < means_.size(); ++k) {
        const double step = settings_.dt_s * symbolic::apply(Op::exprel, slopes[k].slope * settings_.dt_s);
        means_[k] += slopes[k].drift * step + fired * slopes[k].jump;
        neuron_.set_mean(k, means_[k]);
    }
}

namespace {

class DensityPopulation final : public Population {
  public:
    DensityPopulation(Equations equations, const compile::Environment& start, const Settings& settings,
                      const compile::KernelOptions& kernel)
        : DensityPopulation(equations, fixed_parts(equations, start), start, settings, kernel) {}

    void advance() override {
        const bool changed = flows_.take(environment()) || first_;
        first_ = false;
        if (changed) flows_.run();
        neuron_.check_rates();
        for (const Neuron::Jump& jump : neuron_.jumps())
            density_->jump(jump.size, jump.rate_hz * settings_.dt_s);
        density_->advance({flows_.result(0), flows_.result(1)}, changed);
        advance_means(density_->rate_hz() * settings_.dt_s);
        rate_ = density_->rate_hz();
        mean_ = density_->mean();
        if (!settings_.lowest && (density_->at_wall() > most_at_wall || density_->stopped() > most_stopped))
            throw Error(fmt::format(
                "its density has come down to {}, the lowest potential of its grid; say how far down "
                "it goes: lowest, well below that",
                neuron_.show(density_->grid().lowest)));
    }

  private:
    DensityPopulation(const Equations& equations, const Hoisted& hoisted, const compile::Environment& start,
                      const Settings& settings, const compile::KernelOptions& kernel)
        : Population(equations, start, settings, kernel),
          flows_(equations.graph, hoisted.names, hoisted.expressions, environment(), kernel) {
        const double reset = neuron_.reset(), threshold = neuron_.threshold();
        Grid grid{settings.lowest.value_or(reset), threshold, settings.cells};
        if (!settings.lowest) {
            const double low =
                lowest_potential(neuron_.coefficients(), reset, threshold, grid_depth).value_or(reset);
            grid.lowest = reset - std::max(margin * (reset - low), least_spans * (threshold - reset));
            for (const double v : settings.potentials)
                grid.lowest = std::min(grid.lowest, v - 0.1 * (threshold - reset));
        }
        density_.emplace(grid, reset, neuron_.refractory_s(), settings.dt_s,
                         on_grid(grid, settings.potentials));
        place(grid, equations, hoisted, kernel);
    }

    // Parameters and the grid stay as they are, so that what depends on nothing else is computed once. The
    // potential and the height may be needed by themselves, too.
    static Hoisted fixed_parts(Equations& equations, const compile::Environment& start) {
        std::vector<std::string> fixed = start.names;
        fixed.emplace_back(width_symbol);
        const std::vector<std::string> arrays = {equations.potential, height_symbol};
        Hoisted parts = hoist(equations.graph, flow_nodes(equations.graph, equations), arrays, fixed);
        for (const std::string& name : arrays) {
            parts.names.push_back(name);
            parts.values.push_back(equations.graph.symbol(name));
        }
        return parts;
    }

    void place(const Grid& grid, const Equations& equations, const Hoisted& hoisted,
               const compile::KernelOptions& kernel) {
        environment().values[environment().index(width_symbol)] = grid.width();
        compile::Evaluator fixed(equations.graph, {equations.potential, height_symbol}, hoisted.values,
                                 environment(), kernel);
        fixed.resize(grid.cells + 1);
        for (std::size_t k = 0; k <= grid.cells; ++k) fixed.array(0)[k] = grid.face(k);
        std::fill(fixed.array(1).begin(), fixed.array(1).end(), 1.0);
        fixed.array(1).back() = 0.5;
        fixed.take(environment());
        fixed.run();
        flows_.resize(grid.cells + 1);
        for (std::size_t k = 0; k < hoisted.names.size(); ++k)
            std::copy_n(fixed.result(k).begin(), grid.cells + 1, flows_.array(k).begin());
    }

    compile::Evaluator flows_;
    std::optional<FokkerPlanck> density_;
    bool first_ = true;
};

class RatePopulation final : public Population {
  public:
    RatePopulation(const Equations& equations, const compile::Environment& start, const Settings& settings,
                   const compile::KernelOptions& kernel)
        : Population(equations, start, settings, kernel) {}

    void advance() override {
        neuron_.check_rates();
        if (neuron_.coefficients_changed() || first_) {
            const Membrane membrane = neuron_.membrane(settings_.lowest);
            stationary_ = stationary_firing(membrane).rate_hz;
            mean_ = stationary_mean(membrane);
        }
        const double tau = settings_.time_constant_s;
        const double follow = first_ || tau == 0.0 ? 1.0 : -std::expm1(-settings_.dt_s / tau);
        first_ = false;
        rate_ += follow * (stationary_ - rate_);
        advance_means(rate_ * settings_.dt_s);
    }

  private:
    double stationary_ = 0.0;
    bool first_ = true;
};

}  // namespace

std::unique_ptr<Population> make_density(const Equations& equations, const compile::Environment& start,
                                         const Settings& settings, const compile::KernelOptions& kernel) {
    return std::make_unique<DensityPopulation>(equations, start, settings, kernel);
}

std::unique_ptr<Population> make_rate(const Equations& equations, const compile::Environment& start,
                                      const Settings& settings, const compile::KernelOptions& kernel) {
    return std::make_unique<RatePopulation>(equations, start, settings, kernel);
}

}  // namespace neurodyn::density
