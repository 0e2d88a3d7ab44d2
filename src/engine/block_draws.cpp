// SPDX-License-Identifier: BSD-3-Clause
// What is drawn anew for each node and step, besides white noise: Poisson inputs, and rand() and randn() of
// events.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/random.hpp"
#include "engine/block.hpp"

namespace neurodyn::engine {
namespace {

void check_mean(double mean, const network::PoissonInput& input, std::size_t node, double time_s) {
    if (mean >= 0.0 && mean <= PoissonTable::largest_mean) return;
    throw SubjectError(
        fmt::format("stimulus '{}'", input.name),
        fmt::format(
            "node {} of population '{}' would get {} events in the step from {} s on; between 0 and {} are "
            "possible{}",
            node, input.population, mean, time_s, PoissonTable::largest_mean,
            mean < 0.0 ? ". A rate that falls below zero is cut by max(rate, 0*Hz)" : ""));
}

}  // namespace

// The expected number of events in a step; `rates` are those of an expression, or null.
template <class Real>
double Block<Real>::poisson_mean(const PoissonPlan& plan, const Real* rates, std::size_t node) const {
    const network::PoissonInput& input = *plan.input;
    const double rate_hz =
        rates ? static_cast<double>(rates[plan.uniform ? 0 : node]) : input.rate_hz.at(node, first_member_);
    return rate_hz * input.sources.at(node, first_member_) * plan_.network.dt_s;
}

template <class Real>
void Block<Real>::set_up_poisson() {
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        const PopulationPlan& population = plan_.populations[p];
        auto& tables = poisson_.emplace_back();
        for (const PoissonPlan& plan : population.poisson) {
            for (ThreadState<Real>& own : threads_) {
                auto& rate = own.populations[p].rates.emplace_back();
                if (!plan.kernel) continue;
                rate.pointers = observer_arrays(p, plan.program, rate.arrays);
                rate.uniforms = observer_uniforms(p, plan.program);
            }
            tables.emplace_back();
            if (plan.kernel) continue;
            for (std::size_t i = 0; i < (plan.uniform ? 1 : population.nodes); ++i)
                check_mean(poisson_mean(plan, nullptr, i), *plan.input, i, 0.0);
            if (plan.uniform) tables.back().emplace(poisson_mean(plan, nullptr, 0));
        }
    }
}

// The rates at the beginning of a step, of this thread's nodes, or one for all.
template <class Real>
const Real* Block<Real>::poisson_rates(int thread, std::size_t p, std::size_t k, std::size_t step) {
    const PoissonPlan& plan = plan_.populations[p].poisson[k];
    if (!plan.kernel) return nullptr;
    auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    auto& rate = part.rates[k];
    for (std::size_t u = 0; u < rate.uniforms.size(); ++u)
        if (plan.program.uniforms[u] == "t")
            rate.uniforms[u] = static_cast<Real>(static_cast<double>(step) * plan_.network.dt_s);
    void* const* const arrays = rate.pointers[step % plan_.leaf_steps].data();
    const auto first = static_cast<std::int64_t>(plan.uniform ? 0 : part.first_node);
    const auto last = static_cast<std::int64_t>(plan.uniform ? 1 : part.last_node);
    plan.kernel->run({arrays, rate.uniforms.data(), nullptr, nullptr}, first, last);
    return static_cast<const Real*>(arrays[plan.program.stores.front().array]);
}

template <class Real>
void Block<Real>::fill_counts(int thread, std::size_t p, std::size_t k, const DrawSource& source) {
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    const PoissonPlan& plan = plan_.populations[p].poisson[k];
    const double time_s = static_cast<double>(source.step) * plan_.network.dt_s;
    Real* const counts = populations_[p].arrays[plan.array].data();
    const std::span<Real> own(counts + part.first_node, part.last_node - part.first_node);
    if (const auto& table = poisson_[p][k]) return table->fill(own, source);
    const Real* const rates = poisson_rates(thread, p, k, source.step);
    if (plan.uniform) {
        const double mean = poisson_mean(plan, rates, 0);
        check_mean(mean, *plan.input, 0, time_s);
        return PoissonTable(mean).fill(own, source);
    }
    for (std::size_t i = part.first_node; i < part.last_node; ++i) {
        const double mean = poisson_mean(plan, rates, i);
        if (rates) check_mean(mean, *plan.input, i, time_s);
        counts[i] = static_cast<Real>(poisson_at(mean, source.seeds[0], source.stream, source.step, i));
    }
}

template <class Real>
void Block<Real>::fill_poisson(int thread, std::size_t p, std::size_t step) {
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    if (part.first_node == part.last_node || step > failed_step_) return;
    DrawSource source;
    source.seeds = seeds();
    source.step = step;
    source.first_node = part.first_node;
    for (std::size_t k = 0; k < plan_.populations[p].poisson.size(); ++k) {
        const PoissonPlan& plan = plan_.populations[p].poisson[k];
        if (plan.array == no_array) continue;
        source.stream = plan.stream;
        try {
            fill_counts(thread, p, k, source);
        } catch (...) {
            return fail(step, thread, std::current_exception());
        }
    }
}

template <class Real>
void Block<Real>::fill_draws(int thread, std::size_t p, std::size_t step) {
    const PopulationPlan& plan = plan_.populations[p];
    const auto& part = threads_[static_cast<std::size_t>(thread)].populations[p];
    if (part.first_node == part.last_node) return;
    DrawSource source;
    source.seeds = seeds();
    source.step = step / plan.multiple;
    source.first_node = part.first_node;
    for (const DrawPlan& draw : plan.draws) {
        if (draw.array == no_array) continue;
        source.stream = draw.stream;
        const std::span<Real> out(populations_[p].arrays[draw.array].data() + part.first_node * members_,
                                  (part.last_node - part.first_node) * members_);
        if (draw.is_normal)
            fill_normal(out, members_, source);
        else
            fill_uniform(out, members_, source);
    }
}

template class Block<float>;
template class Block<double>;

}  // namespace neurodyn::engine
