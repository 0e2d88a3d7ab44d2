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

std::uint32_t delay_steps(const network::Projection& projection, std::size_t edge, double dt_s) {
    const network::Connectivity& c = *projection.connectivity;
    if (c.delay_s.empty()) return 0;
    const double delay = c.delay_s[edge];
    const double steps = std::nearbyint(delay / dt_s);
    if (!(delay >= 0.0) || !(steps < std::numeric_limits<std::uint32_t>::max()))
        throw Error(fmt::format(
            "projection '{}': the delay {} s of its edge {} (from source node {}) cannot be used; delays "
            "must be finite and not negative",
            projection.name, delay, edge, c.source[edge]));
    return static_cast<std::uint32_t>(steps);
}

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
    const std::size_t panels = (plan.targets + panel_targets - 1) / panel_targets;
    plan.panels.assign(panels * plan.sources * panel_targets, Real{0});
    plan.matrix.assign(plan.targets * plan.sources, Real{0});
    for (std::size_t i = 0; i < plan.targets; ++i) {
        for (std::uint64_t e = c.row_begin[i]; e < c.row_begin[i + 1]; ++e) {
            const auto w = static_cast<Real>(c.weight[e]);
            plan.panels[((i / panel_targets) * plan.sources + c.source[e]) * panel_targets +
                        i % panel_targets] += w;
            plan.matrix[i * plan.sources + c.source[e]] += w;
        }
    }
}

// The widest class whose block reads nothing that is not known at its start.
std::size_t class_of(std::uint32_t delay, std::size_t widest) {
    std::size_t block = 1;
    while (2 * block <= widest && delay + 1 >= 2 * block) block *= 2;
    return block;
}

template <class Real>
void fill_classes(EdgePlan<Real>& plan, const network::Connectivity& c,
                  const std::vector<std::uint32_t>& delays, std::size_t widest) {
    for (std::size_t block = widest; block >= 1; block /= 2) {
        DelayClass<Real> k;
        k.block = block;
        k.row_begin.push_back(0);
        for (std::size_t i = 0; i < plan.targets; ++i) {
            const auto row = static_cast<std::ptrdiff_t>(k.edges.size());
            for (std::uint64_t e = c.row_begin[i]; e < c.row_begin[i + 1]; ++e)
                if (class_of(delays[e], widest) == block)
                    k.edges.push_back({c.source[e], delays[e], static_cast<Real>(c.weight[e])});
            std::stable_sort(k.edges.begin() + row, k.edges.end(),
                             [](const Edge<Real>& a, const Edge<Real>& b) {
                                 return a.delay != b.delay ? a.delay > b.delay : a.source < b.source;
                             });
            k.row_begin.push_back(k.edges.size());
        }
        if (!k.edges.empty()) plan.classes.push_back(std::move(k));
    }
}

}  // namespace

std::size_t longest_delay_steps(const network::Projection& projection, double dt_s) {
    std::uint32_t longest = 0;
    for (std::size_t e = 0; e < projection.connectivity->source.size(); ++e)
        longest = std::max(longest, delay_steps(projection, e, dt_s));
    return longest;
}

template <class Real>
EdgePlan<Real> plan_edges(const network::Projection& projection, std::size_t targets, std::size_t sources,
                          double dt_s, std::size_t widest_block, std::size_t longest_allowed) {
    check_shape(projection, targets, sources);
    const network::Connectivity& c = *projection.connectivity;
    EdgePlan<Real> plan;
    plan.targets = targets;
    plan.sources = sources;
    plan.edge_count = c.source.size();
    std::vector<std::uint32_t> delays(c.source.size());
    for (std::size_t e = 0; e < delays.size(); ++e) delays[e] = delay_steps(projection, e, dt_s);
    for (const std::uint32_t d : delays) plan.longest_delay = std::max<std::size_t>(plan.longest_delay, d);
    if (plan.longest_delay > longest_allowed)
        throw Error(fmt::format(
            "projection '{}': its longest delay is {} steps of {} s; the history of its {} sources would "
            "not fit into memory (at most {} steps fit). Check the unit of lengths and speed",
            projection.name, plan.longest_delay, dt_s, sources, longest_allowed));
    if (plan.longest_delay == 0 && is_one_to_one(c)) {
        plan.delivery = Delivery::one_to_one;
        for (const double w : c.weight) plan.weights.push_back(static_cast<Real>(w));
    } else if (plan.longest_delay == 0 &&
               static_cast<double>(plan.edge_count) >= dense_from * static_cast<double>(targets * sources)) {
        plan.delivery = Delivery::dense;
        fill_dense(plan, c);
    } else {
        fill_classes(plan, c, delays, widest_block);
    }
    return plan;
}

template EdgePlan<float> plan_edges(const network::Projection&, std::size_t, std::size_t, double, std::size_t,
                                    std::size_t);
template EdgePlan<double> plan_edges(const network::Projection&, std::size_t, std::size_t, double,
                                     std::size_t, std::size_t);

}  // namespace neurodyn::engine
