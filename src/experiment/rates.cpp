// SPDX-License-Identifier: BSD-3-Clause
// An experiment's network, asked for its states of rest.
#include "experiment/rates.hpp"

#include <algorithm>

#include "density/equations.hpp"
#include "experiment/resources.hpp"

namespace neurodyn::experiment {

NetworkRates find_rates(const std::string& path, const RunSettings& settings,
                        const engine::RestOptions& options, const std::vector<double>& frequency_hz) {
    const std::unique_ptr<Loaded> loaded = load_experiment(path, settings);
    Resources resources(loaded->experiment.directory);
    Experiment experiment = loaded->experiment;
    experiment.monitors.clear();
    experiment.tuning = {};
    const Built built = build(experiment, resources);
    engine::RateNetwork network(built.network);
    NetworkRates rates;
    rates.populations = network.populations();
    for (const network::Population& population : built.network.populations)
        rates.potential_units.push_back(density::threshold_variable(*population.model)->unit);
    engine::RestOptions chosen = options;
    chosen.seed = experiment.seed;
    rates.states = network.rest_states(chosen);
    const auto stable = std::find_if(rates.states.begin(), rates.states.end(),
                                     [](const engine::RestState& state) { return state.is_stable(); });
    if (!frequency_hz.empty() && stable != rates.states.end())
        rates.response = network.response(*stable, density::Modulated::drift, frequency_hz);
    return rates;
}

}  // namespace neurodyn::experiment
