// SPDX-License-Identifier: BSD-3-Clause
// Sorting edges by what can be gathered at once.
#include "engine/edges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"

namespace neurodyn::engine {
namespace {

// A matrix multiplication is worth its zeros from this density on.
constexpr double dense_from = 0.3;

// A block of steps reads a window of every source's history, and the windows of a band of delays lie side by
// side. When one band is done for all targets before the next, its windows stay near: mostly in the
// first-level cache, or in the second.
constexpr std::size_t cache_bytes[] = {std::size_t{40} << 10, std::size_t{256} << 10};
constexpr std::size_t least_band = 8;   // steps
constexpr std::size_t least_edges = 4;  // of a target in a band, on average

void check_shape(const network::Projection& p, std::size_t targets, std::size_t sources) {
    const network::Connectivity& c = *p.connectivity;
    if (c.targets != targets || c.sources != sources)
        throw Error(fmt::format(
            "projection '{}': its weights are {} targets x {} sources, but population '{}' has {} nodes "
            "and '{}' has {}",
            p.name, c.targets, c.sources, p.to, targets, p.from, sources));
    for (std::size_t e = 0; e < c.weight.size(); ++e)
        if (!std::isfinite(c.weight[e]))
            throw Error(fmt::format("projection '{}': the weight of its edge {} (from source node {}) is {}",
                                    p.name, e, c.source[e], c.weight[e]));
}

bool is_one_to_one(const network::Connectivity& c) {
    if (c.targets != c.sources || c.source.size() != c.targets) return false;
    for (std::size_t i = 0; i < c.targets; ++i)
        if (c.row_begin[i + 1] != i + 1 || c.source[i] != i) return false;
    return true;
}

template <class Real>
void fill_dense(EdgePlan<Real>& plan, const network::Connectivity& c) {
    plan.panels.assign((plan.targets + 7) / 8 * 8 * plan.sources, Real{0});
    plan.matrix.assign(plan.targets * plan.sources, Real{0});
    for (std::size_t i = 0; i < plan.targets; ++i) {
        const std::size_t first = i / panel_targets * panel_targets;
        Real* panel = plan.panels.data() + first * plan.sources;
        for (std::uint64_t e = c.row_begin[i]; e < c.row_begin[i + 1]; ++e) {
            const auto w = static_cast<Real>(c.weight[e]);
            panel[c.source[e] * panel_width(plan.targets, first) + i - first] += w;
            plan.matrix[i * plan.sources + c.source[e]] += w;
        }
    }
}

// Delays of a class that are gathered together: what a cache holds, but enough edges to be worth a pass.
template <class Real>
std::size_t band_steps(const EdgePlan<Real>& plan, const EdgeLayout& layout, std::size_t block) {
    const std::size_t step_bytes = plan.sources * layout.members * sizeof(Real);
    const std::size_t passes = plan.edge_count / (least_edges * plan.targets);
    for (const std::size_t bytes : cache_bytes)
        if (passes > 0 && bytes / step_bytes >= block + least_band)
            return std::max(bytes / step_bytes - block, plan.longest_delay / passes + 1);
    return SIZE_MAX;
}

// The edges of one class whose delays are in [shortest, longest].
template <class Real>
DelayClass<Real> make_class(const network::Connectivity& c, const Delays& delays, const EdgeLayout& layout,
                            std::size_t block, std::size_t shortest, std::size_t longest) {
    DelayClass<Real> k{block, {0}, {}, {}, shortest, longest};
    std::vector<std::uint64_t> row;
    for (std::size_t i = 0; i < c.targets; ++i) {
        row.clear();
        const auto delay = [&](std::uint64_t e) { return delays.steps.empty() ? 0 : delays.steps[e]; };
        for (std::uint64_t e = c.row_begin[i]; e < c.row_begin[i + 1]; ++e)
            if (delay(e) >= shortest && delay(e) <= longest) row.push_back(e);
        std::stable_sort(row.begin(), row.end(), [&](std::uint64_t a, std::uint64_t b) {
            return delay(a) != delay(b) ? delay(a) > delay(b) : c.source[a] < c.source[b];
        });
        for (const std::uint64_t e : row) {
            k.edges.push_back({static_cast<std::int64_t>(c.source[e] * layout.row_steps) -
                                   static_cast<std::int64_t>(delay(e)),
                               static_cast<Real>(c.weight[e])});
            k.delays.push_back(delay(e));
        }
        k.row_begin.push_back(k.edges.size());
    }
    return k;
}

template <class Real>
void fill_classes(EdgePlan<Real>& plan, const network::Connectivity& c, const Delays& delays,
                  const EdgeLayout& layout) {
    std::size_t longest = delays.longest;
    for (std::size_t block = layout.widest_block; block >= 1; block /= 2) {
        const std::size_t shortest = block - 1;  // the block reads nothing that is not known at its start
        const std::size_t band = band_steps(plan, layout, block);
        while (longest + 1 > shortest) {
            const std::size_t from = longest - shortest < band ? shortest : longest - band + 1;
            DelayClass<Real> k = make_class<Real>(c, delays, layout, block, from, longest);
            if (!k.edges.empty()) plan.classes.push_back(std::move(k));
            longest = from - 1;
            if (from == 0) return;
        }
    }
}

}  // namespace

Delays round_delays(const network::Projection& projection, double dt_s) {
    const network::Connectivity& c = *projection.connectivity;
    Delays delays;
    delays.dt_s = dt_s;
    delays.steps.reserve(c.delay_s.size());
    for (std::size_t e = 0; e < c.delay_s.size(); ++e) {
        const double steps = std::nearbyint(c.delay_s[e] / dt_s);
        if (!(c.delay_s[e] >= 0.0) || !(steps < std::numeric_limits<std::uint32_t>::max()))
            throw Error(fmt::format(
                "projection '{}': the delay {} s of its edge {} (from source node {}) cannot be used; delays "
                "are not negative and below 2^32 steps of {} s",
                projection.name, c.delay_s[e], e, c.source[e], dt_s));
        delays.steps.push_back(static_cast<std::uint32_t>(steps));
        delays.longest = std::max<std::size_t>(delays.longest, delays.steps.back());
    }
    return delays;
}

template <class Real>
EdgePlan<Real> plan_edges(const network::Projection& projection, const Delays& delays, std::size_t targets,
                          std::size_t sources, const EdgeLayout& layout) {
    check_shape(projection, targets, sources);
    const network::Connectivity& c = *projection.connectivity;
    EdgePlan<Real> plan;
    plan.targets = targets;
    plan.sources = sources;
    plan.edge_count = c.source.size();
    plan.longest_delay = delays.longest;
    if (plan.longest_delay > layout.longest_allowed)
        throw Error(fmt::format(
            "projection '{}': its longest delay is {} steps of {} s; the history of its {} sources would "
            "not fit into memory (at most {} steps fit). Check the unit of lengths and speed",
            projection.name, plan.longest_delay, delays.dt_s, sources, layout.longest_allowed));
    const bool even = std::all_of(delays.steps.begin(), delays.steps.end(),
                                  [&](std::uint32_t steps) { return steps == delays.longest; });
    if (even && is_one_to_one(c)) {
        plan.delivery = plan.longest_delay == 0 ? Delivery::one_to_one : Delivery::shifted;
        for (const double w : c.weight) plan.weights.push_back(static_cast<Real>(w));
    } else if (plan.longest_delay == 0 &&
               static_cast<double>(plan.edge_count) >= dense_from * static_cast<double>(targets * sources)) {
        plan.delivery = Delivery::dense;
        fill_dense(plan, c);
    } else {
        fill_classes(plan, c, delays, layout);
    }
    return plan;
}

template EdgePlan<float> plan_edges(const network::Projection&, const Delays&, std::size_t, std::size_t,
                                    const EdgeLayout&);
template EdgePlan<double> plan_edges(const network::Projection&, const Delays&, std::size_t, std::size_t,
                                     const EdgeLayout&);

}  // namespace neurodyn::engine
