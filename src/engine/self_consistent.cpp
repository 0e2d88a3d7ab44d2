// SPDX-License-Identifier: BSD-3-Clause
// Newton's method on the rates that a network's populations give each other.
#include "engine/self_consistent.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <optional>

#include "base/error.hpp"
#include "base/random.hpp"
#include "density/neuron.hpp"
#include "density/stationary.hpp"
#include "engine/compose.hpp"

namespace neurodyn::engine {
namespace {

using network::Network;

constexpr double lowest_hz = 0.01;
constexpr int most_iterations = 60;
constexpr double converged = 1e-10;  // relative change of the rates
constexpr double same_state = 1e-5;  // relative difference of two states that are one
constexpr double derivative_step = 1e-5;

Network at_rate(const Network& network) {
    Network made = network;
    for (network::Population& population : made.populations) population.level = network::Level::rate;
    made.monitors.clear();
    made.event_monitors.clear();
    made.synapse_monitors.clear();
    return made;
}

// One population's input: its symbol, the source population, and the weight of all its edges.
struct Input {
    std::size_t at, source;
    double weight;
};

}  // namespace

bool RestState::is_stable() const {
    return std::all_of(eigenvalues.begin(), eigenvalues.end(), [](const auto& e) { return e.real() < 0.0; });
}

struct RateNetwork::Impl {
    struct One {
        std::unique_ptr<density::Neuron> neuron;
        std::vector<Input> inputs;
        std::optional<double> lowest;
        std::vector<double> means_start;
        std::size_t first = 0;  ///< of its unknowns: the rate, then mean variables
    };
    std::vector<std::string> names;
    std::vector<One> populations;
    std::size_t unknowns = 0;

    explicit Impl(const Network& network) {
        const Lowered lowered = lower(at_rate(network));
        const std::vector<ComposedPopulation> composed = compose(lowered);
        for (std::size_t p = 0; p < composed.size(); ++p)
            about(fmt::format("population '{}'", lowered.network.populations[p].name),
                  [&] { add(lowered.network, composed, p); });
    }

    void add(const Network& network, const std::vector<ComposedPopulation>& composed, std::size_t p) {
        const network::Population& description = network.populations[p];
        const ComposedPopulation& population = composed[p];
        const density::Equations equations = density::make_equations(
            population.system, population.drives, density_options(network, description, population.system));
        compile::Environment start;
        for (const auto& [name, values] : population.parameters)
            start.values[start.index(name)] = values.at(0, 0);
        start.values[start.index("dt")] = network.dt_s;
        for (const TableInput& table : population.tables)
            start.values[start.index(table.name)] = network.stimuli[table.stimulus].table->at(0.0, 0);
        One one;
        one.neuron = std::make_unique<density::Neuron>(
            equations, start,
            compile::KernelOptions{compile::Precision::double_, compile::Backend::interpreter, 0, false});
        one.lowest = description.level_options.lowest;
        one.first = unknowns;
        for (const auto& mean : equations.means)
            one.means_start.push_back(population.initial.at(mean.name).at(0, 0));
        unknowns += 1 + one.means_start.size();
        for (const SumInput& sum : population.sums) add_input(network, composed, sum, one);
        names.push_back(description.name);
        populations.push_back(std::move(one));
    }

    static void add_input(const Network& network, const std::vector<ComposedPopulation>& composed,
                          const SumInput& sum, One& one) {
        const auto& source = composed[sum.source].system;
        const auto& signal = source.graph[source.signals[sum.signal].value];
        if (signal.op != symbolic::Op::symbol ||
            source.graph.name(source.signals[sum.signal].value) != density::rate_variable)
            throw Error(fmt::format(
                "projection '{}' carries another signal than the rate of spikes; rates at which a "
                "network rests are found where all projections carry spikes",
                network.projections[sum.projection].name));
        if (network.projections[sum.projection].kernel)
            throw Error(
                fmt::format("projection '{}' is a kernel of a field; rates at which a network rests are "
                            "found of populations "
                            "without a grid",
                            network.projections[sum.projection].name));
        double weight = 0.0;
        for (const double w : network.projections[sum.projection].connectivity->weight) weight += w;
        one.inputs.push_back({one.neuron->environment.index(sum.name), sum.source, weight});
    }

    void set_inputs(const Eigen::VectorXd& x) {
        for (One& one : populations) {
            for (const Input& input : one.inputs) one.neuron->environment.values[input.at] = 0.0;
            for (const Input& input : one.inputs)
                one.neuron->environment.values[input.at] +=
                    input.weight * x[static_cast<Eigen::Index>(populations[input.source].first)];
            for (std::size_t k = 0; k < one.means_start.size(); ++k)
                one.neuron->set_mean(k, x[static_cast<Eigen::Index>(one.first + 1 + k)]);
        }
    }

    // What the populations would do for these rates and means; the unknowns at rest are what they are for.
    Eigen::VectorXd answer(const Eigen::VectorXd& x, RestState* state = nullptr) {
        set_inputs(x);
        Eigen::VectorXd y(static_cast<Eigen::Index>(unknowns));
        for (One& one : populations) {
            const density::Membrane membrane = one.neuron->membrane(one.lowest);
            const density::Firing firing = density::stationary_firing(membrane);
            const auto first = static_cast<Eigen::Index>(one.first);
            y[first] = firing.rate_hz;
            const bool needs_mean = state != nullptr || !one.means_start.empty();
            const double mean = needs_mean ? density::stationary_mean(membrane) : 0.0;
            one.neuron->set_potential(mean);
            one.neuron->check_rates();
            const auto slopes = one.neuron->mean_slopes();
            for (std::size_t k = 0; k < slopes.size(); ++k) {
                const Eigen::Index at = first + 1 + static_cast<Eigen::Index>(k);
                y[at] = x[at] - (slopes[k].drift + firing.rate_hz * slopes[k].jump) / slopes[k].slope;
            }
            if (state == nullptr) continue;
            state->rate_hz.push_back(firing.rate_hz);
            state->isi_cv.push_back(firing.isi_cv);
            state->mean.push_back(mean);
        }
        return y;
    }

    Eigen::MatrixXd slopes(const Eigen::VectorXd& x, const Eigen::VectorXd& y) {
        Eigen::MatrixXd jacobian(x.size(), x.size());
        for (Eigen::Index j = 0; j < x.size(); ++j) {
            Eigen::VectorXd moved = x;
            const double step = derivative_step * std::max(std::abs(x[j]), std::abs(y[j]) + 1e-15);
            moved[j] += step;
            jacobian.col(j) = (answer(moved) - y) / step;
        }
        return jacobian;
    }

    // From one start; nothing where Newton's method does not settle.
    std::optional<Eigen::VectorXd> settle(Eigen::VectorXd x) {
        for (int k = 0; k < most_iterations; ++k) {
            const Eigen::VectorXd y = answer(x);
            if (!y.allFinite()) return std::nullopt;
            Eigen::MatrixXd m = slopes(x, y);
            m.diagonal().array() -= 1.0;
            Eigen::VectorXd step = m.fullPivLu().solve(x - y);
            if (!step.allFinite()) return std::nullopt;
            for (const One& one : populations) {  // rates stay positive
                const auto r = static_cast<Eigen::Index>(one.first);
                step[r] = std::max(step[r], -0.9 * x[r]);
            }
            x += step;
            if (step.cwiseAbs().cwiseQuotient((x.cwiseAbs().array() + 1e-12).matrix()).maxCoeff() < converged)
                return (x - answer(x)).norm() <= same_state * (x.norm() + 1e-12) ? std::optional(x)
                                                                                 : std::nullopt;
        }
        return std::nullopt;
    }

    RestState state_at(const Eigen::VectorXd& x) {
        RestState state;
        state.unknowns.assign(x.data(), x.data() + x.size());
        const Eigen::VectorXd y = answer(x, &state);
        Eigen::MatrixXd m = slopes(x, y);
        m.diagonal().array() -= 1.0;
        const Eigen::VectorXcd values = m.eigenvalues();
        state.eigenvalues.assign(values.data(), values.data() + values.size());
        return state;
    }
};

RateNetwork::RateNetwork(const Network& network) : impl_(std::make_unique<Impl>(network)) {}
RateNetwork::~RateNetwork() = default;
RateNetwork::RateNetwork(RateNetwork&&) noexcept = default;
const std::vector<std::string>& RateNetwork::populations() const { return impl_->names; }

std::vector<RestState> RateNetwork::rest_states(const RestOptions& options) {
    std::vector<Eigen::VectorXd> found;
    for (std::size_t k = 0; k < options.starts; ++k) {
        Eigen::VectorXd start(static_cast<Eigen::Index>(impl_->unknowns));
        std::vector<double> draws(impl_->populations.size());
        fill_uniform(std::span<double>(draws), 1, {{&options.seed, 1}, 0, k, 0, 0});
        for (std::size_t p = 0; p < impl_->populations.size(); ++p) {
            const auto& one = impl_->populations[p];
            // The first starts have all rates alike, since most networks rest near there.
            const double share = k < options.starts / 2 ? (static_cast<double>(k) + 0.5) /
                                                              (static_cast<double>(options.starts) * 0.5)
                                                        : draws[p];
            start[static_cast<Eigen::Index>(one.first)] =
                lowest_hz * std::pow(options.highest_hz / lowest_hz, share);
            for (std::size_t i = 0; i < one.means_start.size(); ++i)
                start[static_cast<Eigen::Index>(one.first + 1 + i)] = one.means_start[i];
        }
        const auto x = impl_->settle(start);
        if (!x) continue;
        const bool is_known = std::any_of(found.begin(), found.end(), [&](const Eigen::VectorXd& other) {
            return (*x - other).norm() <= same_state * (other.norm() + 1e-9);
        });
        if (!is_known) found.push_back(*x);
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a[0] < b[0]; });
    std::vector<RestState> states;
    for (const Eigen::VectorXd& x : found) states.push_back(impl_->state_at(x));
    return states;
}

std::vector<std::vector<std::complex<double>>> RateNetwork::response(
    const RestState& state, density::Modulated modulated, const std::vector<double>& frequency_hz) {
    const Eigen::VectorXd x = Eigen::Map<const Eigen::VectorXd>(
        state.unknowns.data(), static_cast<Eigen::Index>(state.unknowns.size()));
    std::vector<std::vector<std::complex<double>>> result;
    impl_->set_inputs(x);
    for (auto& one : impl_->populations)
        result.push_back(density::linear_response(one.neuron->membrane(one.lowest), modulated, frequency_hz));
    return result;
}

}  // namespace neurodyn::engine
