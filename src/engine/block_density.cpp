// SPDX-License-Identifier: BSD-3-Clause
// Populations at the levels density and rate, as one node among the others.
#include <algorithm>
#include <cmath>

#include "engine/block.hpp"

namespace neurodyn::engine {

template <class Real>
void Block<Real>::set_up_density(std::size_t p, typename ThreadState<Real>::Population& part) {
    if (part.first_node == part.last_node) return;
    const PopulationPlan& plan = plan_.populations[p];
    const network::LevelOptions& options = plan.description->level_options;
    compile::Environment start;
    for (const auto& [name, values] : plan.composed.parameters)
        start.values[start.index(name)] = values.at(0, first_member_);
    start.values[start.index("dt")] = plan_.network.dt_s;
    density::Settings settings;
    settings.dt_s = plan_.network.dt_s;
    settings.cells = options.cells;
    settings.lowest = options.lowest;
    settings.time_constant_s = options.time_constant_s;
    const network::Values& potentials = plan.initial.at(plan.equations->potential);
    for (std::size_t i = 0; i < potentials.nodes; ++i)
        settings.potentials.push_back(potentials.at(i, first_member_));
    for (const density::MeanVariable& mean : plan.equations->means)
        settings.means.push_back(plan.composed.initial.at(mean.name).at(0, first_member_));
    const auto make =
        plan.description->level == network::Level::density ? density::make_density : density::make_rate;
    part.density = about("population '" + plan.name + "'", [&] {
        return make(*plan.equations, start, settings,
                    {compile::Precision::double_, plan_.options.kernel.backend, plan_.options.kernel.width,
                     plan_.options.kernel.use_cache});
    });
    part.density_time = part.density->environment().index("t");
    for (const std::string& name : plan.composed.system.inputs) {
        const auto& names = part.density->environment().names;
        const auto it = std::find(names.begin(), names.end(), name);
        if (it != names.end())
            part.density_inputs.emplace_back(it - names.begin(), find_array(plan.arrays, name));
    }
}

template <class Real>
void Block<Real>::check_finite(std::size_t p, const density::Population& density, std::size_t step) const {
    const PopulationPlan& plan = plan_.populations[p];
    const auto check = [&](const std::string& variable, double value) {
        if (!std::isfinite(value))
            throw NonFiniteError(plan.name, 0, first_member_, variable,
                                 static_cast<double>(step + 1) * plan_.network.dt_s);
    };
    check(density::rate_variable, density.rate_hz());
    check(plan.equations->potential, density.mean());
    for (std::size_t k = 0; k < density.means().size(); ++k)
        check(plan.equations->means[k].name, density.means()[k]);
}

template <class Real>
void Block<Real>::advance_density(int thread, std::size_t p, std::size_t step) {
    const PopulationPlan& plan = plan_.populations[p];
    auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    if (!part.density || searching_ || step > failed_step_) return;
    density::Population& density = *part.density;
    const auto& pointers = part.pointers[step % plan_.leaf_steps];
    density.environment().values[part.density_time] = static_cast<double>(step) * plan_.network.dt_s;
    for (const auto& [at, array] : part.density_inputs)
        density.environment().values[at] = static_cast<double>(*static_cast<const Real*>(pointers[array]));
    try {
        density.advance();
        check_finite(p, density, step);
    } catch (...) {
        return fail(step, thread, name_failure(p, std::current_exception()));
    }
    const auto write = [&](const std::string& name, double value) {
        *static_cast<Real*>(pointers[find_array(plan.arrays, name)]) = static_cast<Real>(value);
    };
    write(density::rate_variable, density.rate_hz());
    write(plan.equations->potential, density.mean());
    for (std::size_t k = 0; k < density.means().size(); ++k)
        write(plan.equations->means[k].name, density.means()[k]);
    if (plan.signal_kernel) compute_signals(p, 0, 1);
}

template class Block<float>;
template class Block<double>;

}  // namespace neurodyn::engine
