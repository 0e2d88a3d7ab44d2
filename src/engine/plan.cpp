// SPDX-License-Identifier: BSD-3-Clause
// Turning a composed network into programs, kernels and edge lists.
#include "engine/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <thread>

#include "base/aligned.hpp"
#include "base/error.hpp"
#include "base/pages.hpp"
#include "compile/cvode.hpp"
#include "engine/choice_synapses.hpp"
#include "engine/laplacians.hpp"
#include "engine/plan_events.hpp"

namespace neurodyn::engine {
namespace {

using compile::Program;
using network::Network;
using network::Population;

// Interpreted observers cost less than compiling them when they run this rarely.
constexpr std::size_t rare_steps = 10;
// Samples are handed on in pieces of about this many values.
constexpr std::size_t values_at_once = 1 << 16;
// Members whose values fill the vector lanes and, with a few tens of nodes, the first-level cache.
constexpr std::size_t usual_member_block = 16;
// The steps of a leaf are kept apart while an array of them fits into the first-level cache.
constexpr std::size_t most_leaf_bytes = 16 << 10;
// Fields are large, and what they send on goes to a line of the history for each point.
constexpr std::size_t cache_line_steps = 8;

std::size_t memory_limit(const RunOptions& options) {
    return options.memory_limit_bytes ? options.memory_limit_bytes : free_memory() / 10 * 9;
}

std::size_t to_steps(double time_s, double dt_s, const std::string& what) {
    const double steps = std::nearbyint(time_s / dt_s);
    if (!(time_s >= 0.0) || !std::isfinite(time_s))
        throw Error(fmt::format("{} is {} s; it must be finite and not negative", what, time_s));
    if (std::abs(steps * dt_s - time_s) > 1e-6 * dt_s + 1e-9 * time_s)
        throw Error(fmt::format("{} ({} s) is not a whole number of steps of {} s; the nearest is {} s", what,
                                time_s, dt_s, steps * dt_s));
    if (steps > 0x1p48)
        throw Error(fmt::format("{} would take {} steps; at most 2^48 are possible", what, steps));
    return static_cast<std::size_t>(steps);
}

void check_network(const Network& network, const RunOptions& options) {
    if (!(network.dt_s > 0.0) || !std::isfinite(network.dt_s))
        throw Error(fmt::format("dt is {} s; it must be positive", network.dt_s));
    if (network.populations.empty()) throw Error("the network has no population");
    if (network.populations.size() > most_noisy_populations)
        throw Error(fmt::format("the network has {} populations; at most {} are possible",
                                network.populations.size(), most_noisy_populations));
    if (network.members == 0) throw Error("the network has no member");
    if (network.seeds.size() != 1 && network.seeds.size() != network.members)
        throw Error(fmt::format("{} seeds were given for {} members", network.seeds.size(), network.members));
    std::vector<std::string> names;
    for (const Population& p : network.populations) {
        if (p.size == 0) throw Error(fmt::format("population '{}' has no nodes", p.name));
        if (!p.model) throw Error(fmt::format("population '{}' has no model", p.name));
        if (p.step_multiple == 0) throw Error(fmt::format("population '{}': step_multiple is 0", p.name));
        if (std::find(names.begin(), names.end(), p.name) != names.end())
            throw Error(fmt::format("two populations are called '{}'", p.name));
        names.push_back(p.name);
    }
    const int block = options.delay_block;
    if (block < 0 || (block & (block - 1)) != 0 || block > static_cast<int>(most_block_steps))
        throw Error(
            fmt::format("delay_block is {}; it must be a power of two up to {}", block, most_block_steps));
}

// What a kernel steps: the program of the method, compiled.
void plan_kernel(PopulationPlan& plan, const std::string& method, const RunOptions& options) {
    plan.program = compile::make_step(plan.composed.system, {method, plan.element_parameters, true, {}});
    plan.program.step.name = plan.name;
    plan.kernel = compile::make_kernel(plan.program.step, options.kernel);
    if (plan.program.noise.size() > most_noises)
        throw Error(fmt::format("population '{}' has {} noise sources; at most {} are possible", plan.name,
                                plan.program.noise.size(), most_noises));
    plan.arrays = plan.program.step.arrays;
}

// What CVODE steps: states and signals alone; anything that it cannot treat is refused here, before the run.
void plan_adaptive(PopulationPlan& plan) {
    plan.adaptive = true;
    plan.program.method = "cvode";
    for (const auto& state : plan.composed.system.states) plan.arrays.push_back(state.name);
    for (const auto& signal : plan.composed.system.signals) plan.arrays.push_back("signal." + signal.name);
    if (plan.multiple != 1)
        throw Error(fmt::format(
            "population '{}': method cvode chooses its own steps and cannot be stepped once in {}", plan.name,
            plan.multiple));
    compile::ParameterValues values;
    for (const auto& [name, v] : plan.composed.parameters) values[name] = {v.at(0, 0)};
    try {
        const compile::CvodeSolver trial(plan.composed.system, 1, values);
    } catch (const Error& error) {
        throw Error(fmt::format("population '{}': {}", plan.name, error.what()));
    }
}

void plan_method(PopulationPlan& plan, const Network& network, const RunOptions& options) {
    const std::string method = method_of(network, *plan.description, plan.composed.system);
    const compile::MethodInfo* info = compile::find_method(method);
    if (info && !plan.composed.laplacians.empty()) {
        const double dt_s = network.dt_s * static_cast<double>(plan.multiple);
        check_step_length(*plan.description, plan.composed, *info, dt_s);
        if (looks_ahead(*info)) look_ahead(plan.composed);
    }
    if (info && info->adaptive)
        plan_adaptive(plan);
    else
        plan_kernel(plan, method, options);
}

// What a density or rate steps: all that its equations may read is an array.
void plan_level(PopulationPlan& plan, const Lowered& lowered) {
    const network::LevelOptions& wanted = plan.description->level_options;
    const compile::System& system = plan.composed.system;
    density::Options options = density_options(lowered.network, *plan.description, system);
    options.finite_jumps = wanted.finite_jumps && plan.description->level == network::Level::density;
    for (const EventDrive& drive : lowered.drives)
        if (drive.population == plan.name && !drive.count_state.empty())
            options.not_neurons.push_back(drive.count_state);
    plan.equations = density::make_equations(system, plan.composed.drives, options);
    plan.initial = lowered.initial.at(plan.name);
    plan.program.method =
        plan.description->level == network::Level::density ? "finite volumes" : "stationary rate";
    for (const auto& state : system.states) plan.arrays.push_back(state.name);
    for (const auto& input : system.inputs) plan.arrays.push_back(input);
    for (const auto& signal : system.signals) plan.arrays.push_back("signal." + signal.name);
}

// Only now is it known which parameters differ between elements.
void plan_population(PopulationPlan& plan, const Lowered& lowered, const RunOptions& options) {
    const Network& network = lowered.network;
    for (const auto& [name, values] : plan.composed.parameters)
        if (!values.is_uniform()) plan.element_parameters.push_back(name);
    if (plan.description->level != network::Level::spiking)
        plan_level(plan, lowered);
    else
        plan_method(plan, network, options);
    for (const auto& state : plan.composed.system.states)
        plan.states.push_back(find_array(plan.arrays, state.name));
    for (const auto& name : plan.program.noise) plan.noise.push_back(find_array(plan.arrays, name));
    for (const auto& name : plan.program.hidden_states) plan.hidden.push_back(find_array(plan.arrays, name));
    for (const auto& signal : plan.composed.system.signals)
        plan.signals.push_back({find_array(plan.arrays, "signal." + signal.name), 0});
    if (!plan.signals.empty()) {
        plan.signal_program = compile::make_observer(plan.composed.system, plan.composed.system.signals,
                                                     plan.element_parameters);
        compile::KernelOptions interpreted{options.kernel.precision, compile::Backend::interpreter, 0, false};
        plan.signal_kernel = compile::make_kernel(plan.signal_program, interpreted);
    }
}

// Where inputs arrive; those that neither the step nor a monitor reads are not computed.
void plan_inputs(PopulationPlan& plan, const Network& network) {
    for (const auto& sum : plan.composed.sums)
        plan.sums.push_back({find_array(plan.arrays, sum.name), sum.projection, sum.source, sum.signal});
    for (const auto& table : plan.composed.tables)
        plan.tables.push_back(
            {find_array(plan.arrays, table.name), network.stimuli[table.stimulus].table.get()});
}

// Sums over the neighbours of a population's own nodes stand behind those of projections.
template <class Real>
void plan_laplacians(Plan<Real>& plan) {
    for (std::size_t i = 0; i < plan.populations.size(); ++i) {
        PopulationPlan& p = plan.populations[i];
        if (p.composed.laplacians.empty()) continue;
        for (const LaplacianInput& laplacian : p.composed.laplacians)
            p.sums.push_back({find_array(p.arrays, laplacian.name), plan.edges.size(), i, laplacian.signal});
        EdgePlan<Real> edges;
        edges.delivery = Delivery::laplacian;
        if (p.description->surface)
            edges.surface = SurfaceLaplacian<Real>(p.description->surface);
        else
            edges.grid = *p.description->grid;
        plan.edges.push_back(std::move(edges));
    }
}

// The quantity that a monitor's expression names, when it is a plain name.
const language::Quantity* plain_quantity(const PopulationPlan& population, const std::string& expression) {
    return population.description->model->find(expression);
}

std::vector<std::string> recorded_names(const PopulationPlan& population,
                                        const std::vector<std::size_t>& nodes) {
    std::vector<std::string> names;
    for (const std::size_t i : nodes) {
        const auto& given = population.description->node_names;
        names.push_back(given.empty() ? std::to_string(i) : given[i]);
    }
    return names;
}

void find_monitored_nodes(MonitorPlan& plan, const network::Monitor& monitor,
                          const PopulationPlan& population) {
    plan.nodes = monitor.nodes;
    if (plan.nodes.empty())
        for (std::size_t i = 0; i < population.nodes; ++i) plan.nodes.push_back(i);
    for (const std::size_t i : plan.nodes)
        if (i >= population.nodes)
            throw Error(
                fmt::format("monitor '{}' records node {}, but population '{}' has {} nodes (0 to {})",
                            monitor.name, i, population.name, population.nodes, population.nodes - 1));
    plan.all_nodes =
        plan.nodes.size() == population.nodes &&
        std::adjacent_find(plan.nodes.begin(), plan.nodes.end(), std::greater_equal<>()) == plan.nodes.end();
}

std::size_t whole_interval(double every_s, double dt_s, const std::string& who) {
    const std::size_t every = to_steps(every_s, dt_s, who + ": every");
    if (every == 0) throw Error(fmt::format("{}: `every` must be at least dt ({} s)", who, dt_s));
    return every;
}

// What a sink is told of a monitor whose nodes and interval are known.
template <class Real>
void describe(MonitorPlan& plan, const std::string& name, const std::string& expression,
              const Plan<Real>& whole) {
    plan.info.name = name;
    plan.info.expression = expression;
    plan.info.members = whole.network.members;
    plan.info.samples = (whole.steps - whole.discard_steps) / plan.every;
    plan.info.members_at_once = whole.member_block;
    plan.info.samples_at_once = std::clamp<std::size_t>(
        values_at_once / (std::max<std::size_t>(plan.nodes.size(), 1) * whole.member_block), 1,
        std::max<std::size_t>(plan.info.samples, 1));
    plan.info.interval_s = static_cast<double>(plan.every) * whole.network.dt_s;
    plan.info.first_s = static_cast<double>(whole.discard_steps + plan.every) * whole.network.dt_s;
}

template <class Real>
MonitorPlan plan_monitor(const network::Monitor& monitor, Plan<Real>& whole) {
    MonitorPlan plan;
    std::vector<std::string> names;
    for (const auto& p : whole.populations) names.push_back(p.name);
    const auto it = std::find(names.begin(), names.end(), monitor.population);
    if (it == names.end())
        throw Error(fmt::format("monitor '{}' names population '{}', which does not exist; {}", monitor.name,
                                monitor.population, did_you_mean(monitor.population, names)));
    plan.population = static_cast<std::size_t>(it - names.begin());
    PopulationPlan& population = whole.populations[plan.population];
    const std::string who = fmt::format("monitor '{}'", monitor.name);
    plan.every = whole_interval(monitor.every_s, whole.network.dt_s, who);
    plan.average = monitor.average;
    find_monitored_nodes(plan, monitor, population);

    const auto expression = language::parse_expression(
        monitor.expression, who, population.composed.system.graph, population.composed.scope);
    if (population.composed.system.graph[expression.node].type == symbolic::Type::boolean)
        throw Error(fmt::format("{}: '{}' is a condition and a number is needed; write int({})", who,
                                monitor.expression, monitor.expression));
    plan.info.unit = to_string(expression.dimension);
    if (const auto* quantity = plain_quantity(population, monitor.expression)) {
        plan.scale = quantity->unit.scale;
        plan.info.unit = quantity->unit.name;
    }
    if (population.description->model->find_state(monitor.expression))
        plan.state = find_array(population.arrays, monitor.expression);
    if (plan.state == no_array) {
        plan.program = compile::make_observer(population.composed.system, {{monitor.name, expression.node}},
                                              population.element_parameters);
        keep_inputs(population, plan.program);
        compile::KernelOptions options = whole.options.kernel;
        if (!plan.average && plan.every >= rare_steps) options.backend = compile::Backend::interpreter;
        plan.kernel = compile::make_kernel(plan.program, options);
    }
    plan.info.population = monitor.population;
    plan.info.node_names = recorded_names(population, plan.nodes);
    describe(plan, monitor.name, monitor.expression, whole);
    return plan;
}

// Synapses are recorded as nodes are.
template <class Real>
MonitorPlan plan_synapse_monitor(std::size_t index, const Plan<Real>& whole) {
    const network::SynapseMonitor& monitor = whole.network.synapse_monitors[index];
    const std::string who = fmt::format("monitor '{}'", monitor.name);
    const auto& projections = whole.network.event_projections;
    std::vector<std::string> names;
    for (const auto& p : projections) names.push_back(p.name);
    MonitorPlan plan;
    plan.projection =
        static_cast<std::size_t>(std::find(names.begin(), names.end(), monitor.projection) - names.begin());
    if (plan.projection == names.size())
        throw Error(fmt::format("{} names projection '{}', which does not exist or carries no events; {}",
                                who, monitor.projection, did_you_mean(monitor.projection, names)));
    const EventEdges& edges = whole.events.edges[plan.projection];
    if (!edges.model)
        throw Error(
            fmt::format("{}: the synapses of projection '{}' never change; what changes is recorded of "
                        "synapses with a model that is not static",
                        who, monitor.projection));
    const auto& readings = edges.model->readings;
    plan.reading = static_cast<std::size_t>(
        std::find_if(readings.begin(), readings.end(), [&](const auto& r) { return r.monitor == index; }) -
        readings.begin());
    plan.scale = readings[plan.reading].scale;
    plan.info.unit = readings[plan.reading].unit;
    plan.every = whole_interval(monitor.every_s, whole.network.dt_s, who);
    const std::uint64_t total = edges.connector.total();
    if (!monitor.synapses.empty() && monitor.synapses.back() >= total)
        throw Error(fmt::format("{} records synapse {}, but projection '{}' has {} (0 to {})", who,
                                monitor.synapses.back(), monitor.projection, total, total - 1));
    const std::vector<std::uint64_t>& numbers = readings[plan.reading].synapses;
    const std::size_t count = numbers.empty() ? total : numbers.size();
    for (std::size_t k = 0; k < count; ++k) {
        plan.nodes.push_back(k);
        plan.info.node_names.push_back(std::to_string(numbers.empty() ? k : numbers[k]));
    }
    plan.info.population = monitor.projection;
    describe(plan, monitor.name, monitor.expression, whole);
    return plan;
}

// The widest class that the longest delay allows.
std::size_t choose_block(const std::vector<Delays>& delays, const RunOptions& options) {
    if (options.delay_block) return static_cast<std::size_t>(options.delay_block);
    std::size_t block = 1;
    for (const Delays& d : delays)
        while (block < most_block_steps && d.longest + 1 >= 2 * block) block *= 2;
    return block;
}

// Blocks of members need no barriers, so each thread should have one before blocks grow to their usual size.
std::size_t choose_member_block(const Network& network, const RunOptions& options) {
    constexpr std::size_t lanes = 4;
    const auto threads = static_cast<std::size_t>(thread_count(options));
    const std::size_t share = (network.members + threads - 1) / threads;
    return std::min(usual_member_block, (share + lanes - 1) / lanes * lanes);
}

// The population of this name; compose() has made sure that there is one.
template <class Real>
PopulationPlan& population_called(Plan<Real>& plan, const std::string& name) {
    return *std::find_if(plan.populations.begin(), plan.populations.end(),
                         [&](const PopulationPlan& p) { return p.name == name; });
}

template <class Real>
EdgePlan<Real> plan_kernel(Plan<Real>& plan, const network::Projection& projection) {
    EdgePlan<Real> edges;
    edges.delivery = Delivery::kernel;
    edges.kernel = about(fmt::format("projection '{}'", projection.name), [&] {
        return std::make_shared<const KernelPlan>(
            plan_kernel_sum(projection, *population_called(plan, projection.from).description,
                            *population_called(plan, projection.to).description, plan.network.dt_s,
                            memory_limit(plan.options)));
    });
    edges.longest_delay = edges.kernel->longest_delay;
    return edges;
}

template <class Real>
void plan_projections(Plan<Real>& plan, const std::vector<Delays>& delays) {
    const auto& projections = plan.network.projections;
    for (std::size_t k = 0; k < projections.size(); ++k) {
        PopulationPlan& source = population_called(plan, projections[k].from);
        source.longest_delay = std::max(source.longest_delay, delays[k].longest);
        source.history_row =
            row_steps(source.longest_delay + most_block_steps + 1 + plan.block_steps, plan.member_block);
    }
    for (std::size_t k = 0; k < projections.size(); ++k) {
        const PopulationPlan& source = population_called(plan, projections[k].from);
        if (projections[k].kernel) {
            plan.edges.push_back(plan_kernel(plan, projections[k]));
            continue;
        }
        const EdgeLayout layout{
            source.history_row, plan.block_steps, plan.member_block,
            memory_limit(plan.options) / (sizeof(Real) * source.nodes * plan.member_block)};
        plan.edges.push_back(about(fmt::format("projection '{}'", projections[k].name), [&] {
            return plan_edges<Real>(projections[k], delays[k],
                                    population_called(plan, projections[k].to).nodes, source.nodes, layout);
        }));
    }
}

template <class Real>
void plan_history(Plan<Real>& plan) {
    for (PopulationPlan& target : plan.populations) {
        for (const SumPlan& sum : target.sums) {
            const EdgePlan<Real>& edges = plan.edges[sum.projection];
            if (sum.array == no_array) continue;
            SignalPlan& signal = plan.populations[sum.source].signals[sum.signal];
            if (edges.delivery == Delivery::shifted)
                signal.past_steps = std::max(signal.past_steps, edges.longest_delay + most_block_steps + 1);
            if (edges.delivery != Delivery::delayed) continue;
            signal.history_steps = plan.populations[sum.source].longest_delay + most_block_steps + 1;
        }
    }
}

// The shortest class in use; each step by itself where signals are read at once, or held over several steps.
// Sums over fields are read at once, too, but within a leaf: its steps wait for each other there.
template <class Real>
std::size_t choose_leaf(const Plan<Real>& plan) {
    std::size_t leaf = plan.block_steps, widest = 1, least = 1;
    for (const PopulationPlan& target : plan.populations) {
        widest = std::max(widest, target.nodes * plan.member_block * sizeof(Real));
        for (const SumPlan& sum : target.sums) {
            if (sum.array == no_array) continue;
            const EdgePlan<Real>& edges = plan.edges[sum.projection];
            const PopulationPlan& source = plan.populations[sum.source];
            if (edges.delivery == Delivery::one_to_one) continue;
            if (edges.delivery == Delivery::dense) return 1;
            if (edges.delivery == Delivery::kernel || edges.delivery == Delivery::laplacian) {
                least = cache_line_steps;
                continue;
            }
            if (source.multiple > 1 || source.keeps_own_state()) return 1;
            if (edges.delivery == Delivery::shifted) continue;
            for (const auto& k : edges.classes) leaf = std::min(leaf, k.block);
        }
    }
    while (leaf > least && leaf * widest > most_leaf_bytes) leaf /= 2;
    return leaf;
}

template <class Real>
void plan_leaf(Plan<Real>& plan) {
    plan.leaf_steps = choose_leaf(plan);
    for (PopulationPlan& p : plan.populations) {
        for (const SumPlan& sum : p.sums) {
            const bool delayed = plan.edges[sum.projection].delivery == Delivery::delayed;
            if (delayed) p.leaf_arrays.push_back(sum.array);
            if (!delayed && sum.array != no_array) p.immediate = true;
        }
        if (p.multiple == 1) p.leaf_arrays.insert(p.leaf_arrays.end(), p.noise.begin(), p.noise.end());
        for (const SignalPlan& signal : p.signals)
            if (signal.history_steps > 0) p.leaf_arrays.push_back(signal.array);
        std::erase(p.leaf_arrays, no_array);
    }
}

}  // namespace

std::uint32_t find_array(const std::vector<std::string>& arrays, const std::string& name) {
    const auto it = std::find(arrays.begin(), arrays.end(), name);
    return it == arrays.end() ? no_array : static_cast<std::uint32_t>(it - arrays.begin());
}

std::vector<std::uint32_t> changing_arrays(const PopulationPlan& plan) {
    std::vector<std::uint32_t> arrays = plan.states;
    arrays.insert(arrays.end(), plan.hidden.begin(), plan.hidden.end());
    for (const SignalPlan& signal : plan.signals) arrays.push_back(signal.array);
    std::erase(arrays, no_array);
    return arrays;
}

std::size_t row_steps(std::size_t steps, std::size_t members) {
    const std::size_t unit = std::max<std::size_t>(1, 8 / members);  // a cache line of doubles
    return ((steps + unit - 1) / unit | 1) * unit;
}

int thread_count(const RunOptions& options) {
    if (options.threads > 0) return options.threads;
    return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

template <class Real>
Plan<Real> make_plan(const Network& network, const RunOptions& options) {
    check_network(network, options);
    Plan<Real> plan;
    Lowered lowered = lower(network);
    plan.network = lowered.network;
    plan.options = options;
    plan.discard_steps = to_steps(options.discard_s, network.dt_s, "discard");
    plan.steps = plan.discard_steps + to_steps(options.duration_s, network.dt_s, "duration");
    plan.member_block = std::min(
        network.members, options.member_block ? options.member_block : choose_member_block(network, options));
    std::vector<Delays> delays;
    for (const auto& projection : plan.network.projections)
        delays.push_back(about(fmt::format("projection '{}'", projection.name), [&] {
            return projection.kernel ? Delays{} : round_delays(projection, network.dt_s);
        }));
    plan.block_steps = choose_block(delays, options);
    std::vector<ComposedPopulation> composed = compose(lowered);
    for (std::size_t i = 0; i < composed.size(); ++i) {
        PopulationPlan p;
        p.description = &plan.network.populations[i];
        p.name = p.description->name;
        p.nodes = p.description->size;
        p.multiple = p.description->step_multiple;
        p.composed = std::move(composed[i]);
        about(fmt::format("population '{}'", p.name), [&] {
            plan_population(p, lowered, options);
            plan_arrivals(p, plan.network, i, options.kernel);
        });
        plan.populations.push_back(std::move(p));
    }
    plan.events = plan_events(plan.network, plan.populations, options.kernel,
                              static_cast<double>(plan.discard_steps) * network.dt_s,
                              static_cast<double>(plan.steps) * network.dt_s);
    // Events of members differ, and so do densities.
    const auto is_lowered = [](const PopulationPlan& p) { return p.equations.has_value(); };
    if (!plan.events.empty() || !plan.network.poisson_inputs.empty() ||
        std::any_of(plan.populations.begin(), plan.populations.end(), is_lowered))
        plan.member_block = 1;
    plan_projections(plan, delays);
    for (const auto& monitor : plan.network.monitors)
        plan.monitors.push_back(
            about(fmt::format("monitor '{}'", monitor.name), [&] { return plan_monitor(monitor, plan); }));
    for (std::size_t m = 0; m < plan.network.synapse_monitors.size(); ++m)
        plan.monitors.push_back(about(fmt::format("monitor '{}'", plan.network.synapse_monitors[m].name),
                                      [&] { return plan_synapse_monitor(m, plan); }));
    for (PopulationPlan& p : plan.populations) plan_inputs(p, plan.network);
    plan_laplacians(plan);
    plan_history(plan);
    plan_leaf(plan);
    const Estimate estimate = estimate_memory(plan);
    if (estimate.memory_bytes > memory_limit(options))
        throw Error(fmt::format(
            "the network needs about {:.1f} GB of memory, {:.1f} GB are allowed; use fewer nodes, members or "
            "threads, shorter delays or single precision",
            static_cast<double>(estimate.memory_bytes) * 1e-9,
            static_cast<double>(memory_limit(options)) * 1e-9));
    return plan;
}

// Of a projection's synapses with a model.
static std::size_t memory_of(const SynapsePlan& model, const EventEdges& edges, std::uint64_t synapses,
                             std::size_t workers, std::size_t real) {
    const bool indexed = !model.back.empty() || !model.summed.empty();
    const std::size_t rows = edges.connector.sources() * (edges.longest_delay + 1) * workers;
    const auto copies = [&](Copies c) {
        const std::size_t k = index_of(c);
        return model.variables[k].size() * real + (model.has_since[k] ? sizeof(std::uint32_t) : 0);
    };
    return synapses * (copies(Copies::synapse) + sizeof(std::uint32_t) * (indexed ? 3 : 1)) +
           rows * (copies(Copies::row) + sizeof(std::uint32_t)) +
           edges.connector.targets() * copies(Copies::target);
}

template <class Real>
Estimate estimate_memory(const Plan<Real>& plan) {
    Estimate e;
    const std::size_t blocks = (plan.network.members + plan.member_block - 1) / plan.member_block;
    const auto workers = static_cast<std::size_t>(thread_count(plan.options));
    const std::size_t at_once = std::min(blocks, workers);
    std::size_t per_block = 0;
    for (const PopulationPlan& p : plan.populations) {
        e.elements += p.nodes * plan.network.members;
        const std::size_t elements = padded(p.nodes * plan.member_block);
        per_block += elements * sizeof(Real) *
                     (p.arrays.size() + p.leaf_arrays.size() * (plan.leaf_steps - 1) +
                      changing_arrays(p).size());  // these twice, for going back over a group
        if (p.multiple > 1) per_block += elements * sizeof(Real) * 2 * p.sums.size();
        for (const SignalPlan& s : p.signals)
            per_block += (s.history_steps ? p.nodes * p.history_row * plan.member_block * sizeof(Real) : 0) +
                         s.past_steps * elements * sizeof(Real);
        for (const SumPlan& s : p.sums)
            if (plan.edges[s.projection].delivery == Delivery::delayed)
                per_block += p.nodes * row_steps(plan.block_steps, plan.member_block) * plan.member_block *
                             sizeof(Real);
    }
    for (const MonitorPlan& m : plan.monitors) {
        const std::size_t values = m.nodes.size() * plan.member_block;
        per_block += values * (m.info.samples_at_once + most_block_steps / m.every + 1) * sizeof(double);
        if (m.average) per_block += values * sizeof(double);
    }
    for (std::size_t i = 0; i < plan.events.edges.size(); ++i) {
        const EventEdges& edges = plan.events.edges[i];
        const std::uint64_t synapses = edges.connector.total();
        e.edges += synapses;
        e.longest_delay_steps =
            std::max<std::size_t>(e.longest_delay_steps, edges.longest_delay + edges.dendritic_steps);
        if (edges.model) {
            per_block += memory_of(*edges.model, edges, synapses, workers, sizeof(Real));
            continue;
        }
        const auto storage = plan.network.event_projections[i].storage;
        if (edges.choices)
            per_block += memory_of_choices(edges.connector, edges.longest_delay + edges.dendritic_steps);
        if (storage == network::EventProjection::Storage::procedural) continue;
        // A row of every source and delay is padded to whole blocks.
        const std::uint64_t rows = edges.connector.sources() * (plan.events.longest_delay + 1) * workers;
        per_block +=
            (synapses + std::min(synapses, rows) * (block_synapses - 1) / 2) * bytes_of_synapse(storage);
    }
    if (!plan.events.edges.empty())  // rows, twice while they are made
        per_block +=
            plan.events.numbers * (plan.events.longest_delay + 1) * 2 * sizeof(std::uint32_t) * workers;
    for (const auto& edges : plan.edges) {
        e.edges += edges.edge_count;
        e.longest_delay_steps = std::max(e.longest_delay_steps, edges.longest_delay);
        e.memory_bytes += (edges.panels.size() + edges.matrix.size()) * sizeof(Real);
        if (edges.kernel) {
            e.memory_bytes += edges.kernel->bytes();
            per_block += FieldSums<Real>::bytes(*edges.kernel, plan.member_block);
        }
        for (const auto& k : edges.classes)
            e.memory_bytes +=
                k.edges.size() * (sizeof(Edge<Real>) + sizeof(k.delays[0])) + k.row_begin.size() * 8;
    }
    e.memory_bytes += per_block * at_once;
    for (const MonitorPlan& m : plan.monitors)
        e.record_bytes += m.info.samples * m.nodes.size() * m.info.members * sizeof(double);
    return e;
}

template Plan<float> make_plan(const Network&, const RunOptions&);
template Plan<double> make_plan(const Network&, const RunOptions&);
template Estimate estimate_memory(const Plan<float>&);
template Estimate estimate_memory(const Plan<double>&);

}  // namespace neurodyn::engine
