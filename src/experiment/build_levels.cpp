// SPDX-License-Identifier: BSD-3-Clause
// At which level a population of neurons runs: spiking, density or rate.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "density/equations.hpp"
#include "engine/lower.hpp"
#include "experiment/builder.hpp"

namespace neurodyn::experiment {
namespace {

struct LevelName {
    const char* name;
    network::Level level;
};
constexpr LevelName level_names[] = {{"spiking", network::Level::spiking},
                                     {"density", network::Level::density},
                                     {"rate", network::Level::rate}};

}  // namespace

// False when the population cannot be at the level that is asked for.
bool Builder::set_level(const PopulationSection& section, network::Population& population) {
    const std::size_t before = problems_.size();
    set_reduction(section, population);
    if (problems_.size() > before) return false;
    if (section.level.empty()) return true;
    const auto* const found = std::find_if(std::begin(level_names), std::end(level_names),
                                           [&](const LevelName& l) { return section.level.value == l.name; });
    if (found == std::end(level_names)) {
        const std::string near = did_you_mean(section.level.value, {"spiking", "density", "rate"});
        problems_.add(
            section.level.place,
            fmt::format("population '{}' cannot run at level '{}'", section.name, section.level.value),
            near.empty() ? "levels: spiking, density, rate" : near);
        return false;
    }
    population.level = found->level;
    if (population.level == network::Level::spiking) return true;
    try {
        if (density::threshold_variable(*population.model) == nullptr)
            throw Error(fmt::format(
                "level: {} is that of neurons that fire when one variable passes a threshold, and "
                "model '{}' {}",
                section.level.value, population.model->name,
                population.model->events.empty() ? "has no event" : "has none such as v >= v_th"));
        population.model = engine::with_rate(population.model);
    } catch (const Error& error) {
        problems_.add(section.level.place, fmt::format("population '{}': {}", section.name, error.what()));
        return false;
    }
    return true;
}

void Builder::set_reduction(const PopulationSection& section, network::Population& population) {
    const ReductionSection& wanted = section.reduction;
    network::LevelOptions& options = population.level_options;
    const std::string what = fmt::format("'reduction' of population '{}'", section.name);
    options.cells = wanted.cells;
    options.time_constant_s = wanted.time_constant_s;
    if (!wanted.jumps.empty() && wanted.jumps.value != "finite" && wanted.jumps.value != "diffusion")
        problems_.add(wanted.jumps.place, fmt::format("{}: 'jumps' is '{}'", what, wanted.jumps.value),
                      "diffusion: events act as white noise; finite: each moves the potential at once");
    options.finite_jumps = wanted.jumps.value == "finite";
    for (const Text& name : wanted.mean_variables) {
        options.mean_variables.push_back(name.value);
        if (population.model->find_state(name.value) != nullptr) continue;
        std::vector<std::string> states;
        for (const language::State& state : population.model->states) states.push_back(state.name);
        problems_.add(
            name.place,
            fmt::format("{}: model '{}' has no variable '{}'", what, population.model->name, name.value),
            fmt::format("variables: {}", fmt::join(states, ", ")));
    }
    if (wanted.lowest.empty()) return;
    const language::State* potential = density::threshold_variable(*population.model);
    if (potential == nullptr) {
        problems_.add(
            wanted.lowest.place,
            fmt::format("{}: 'lowest' is that of a variable with a threshold, which model '{}' has not", what,
                        population.model->name));
        return;
    }
    Wanted value{.what = fmt::format("'lowest' of population '{}'", section.name),
                 .dimension = potential->unit.dimension,
                 .unit = potential->unit.name};
    if (const auto array = scope_.evaluate(wanted.lowest, value, problems_)) options.lowest = array->data[0];
}

}  // namespace neurodyn::experiment
