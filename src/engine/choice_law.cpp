// SPDX-License-Identifier: BSD-3-Clause
// Sharing rows among slices and delays, and the values of weights.
#include "engine/choice_law.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/error.hpp"
#include "base/math/functions.hpp"
#include "base/math/scalar.hpp"
#include "network/connect_counts.hpp"
#include "network/connect_draws.hpp"

namespace neurodyn::engine {
namespace {

using network::RowDraws;
using network::SynapseValue;
using Kind = SynapseValue::Kind;
using Scalar = math::Scalar<double>;

constexpr std::uint32_t first_purpose = RowDraws::slices << 16;
constexpr std::size_t tile = 64;  // as threads share neurons
constexpr std::uint64_t most_synapses_of_row = std::uint64_t{1} << 16;
// Bounds that leave less of a distribution than this are left to repeated draws.
constexpr double least_within = 1e-3;

double cumulative_normal(double z) {
    Scalar b;
    return 0.5 * (1.0 + math::erf(b, z / std::numbers::sqrt2));
}

// The distribution function, without bounds.
double cumulative(const SynapseValue& value, double x) {
    Scalar b;
    if (std::isinf(x)) return x < 0.0 ? 0.0 : 1.0;
    switch (value.kind) {
        case Kind::normal:
            return value.b > 0.0 ? cumulative_normal((x - value.a) / value.b) : (x < value.a ? 0.0 : 1.0);
        case Kind::uniform:
            return value.b > value.a ? std::clamp((x - value.a) / (value.b - value.a), 0.0, 1.0)
                                     : (x < value.a ? 0.0 : 1.0);
        case Kind::exponential:
            return x > 0.0 ? -math::expm1(b, -x / value.a) : 0.0;
        case Kind::lognormal: {
            if (!(x > 0.0)) return 0.0;
            const double ratio = value.b / value.a, variance = math::log1p(b, ratio * ratio);
            const double z = math::log(b, x / value.a) + 0.5 * variance;
            return variance > 0.0 ? cumulative_normal(z / std::sqrt(variance)) : (z < 0.0 ? 0.0 : 1.0);
        }
        default:
            return 0.0;
    }
}

// Where the distribution function passes p, by halving what holds it.
double quantile(const SynapseValue& value, double p, double low, double high) {
    for (int i = 0; i < 64 && low < high; ++i) {
        const double middle = low + 0.5 * (high - low);
        if (middle <= low || middle >= high) break;
        (cumulative(value, middle) < p ? low : high) = middle;
    }
    return high;
}

// What cannot be used is left to those who refuse it.
bool has_levels(const SynapseValue& weight) {
    if (!std::isfinite(static_cast<float>(weight.a)) || !std::isfinite(static_cast<float>(weight.b)))
        return false;
    if (weight.kind == Kind::constant) return weight.a >= weight.minimum && weight.a <= weight.maximum;
    const bool positive = weight.kind == Kind::exponential || weight.kind == Kind::lognormal;
    if (!positive && weight.kind != Kind::normal && weight.kind != Kind::uniform) return false;
    if (positive && !(weight.a > 0.0)) return false;
    if (weight.kind == Kind::uniform ? weight.b < weight.a : weight.b < 0.0) return false;
    return cumulative(weight, weight.maximum) - cumulative(weight, weight.minimum) >= least_within;
}

std::uint32_t most_of_row(const network::Connector& connector) {
    std::uint64_t most = 0;
    for (std::size_t s = 0; s < connector.sources(); ++s) most = std::max(most, connector.out_degree(s));
    return static_cast<std::uint32_t>(std::min(most, most_synapses_of_row));
}

std::uint32_t slice_begin(std::size_t targets, std::size_t slice) {
    const std::size_t tiles = (targets + tile - 1) / tile;
    return static_cast<std::uint32_t>(std::min(targets, tiles * slice / choice_slices * tile));
}

}  // namespace

ChoiceDraws choice_draws(std::uint64_t seed, std::uint16_t stream, std::size_t slice) {
    return {seed, first_purpose | 1U << 8 | static_cast<std::uint32_t>(slice), stream};
}

std::vector<float> levels_of(const SynapseValue& weight) {
    if (weight.kind == Kind::constant) return {static_cast<float>(weight.a)};
    const double least = cumulative(weight, weight.minimum), most = cumulative(weight, weight.maximum);
    // Wide enough for 1 - 2^-13 of any of these distributions.
    double low = weight.kind == Kind::normal ? weight.a - 8.0 * weight.b : std::min(weight.a, 0.0);
    if (weight.kind == Kind::uniform) low = weight.a;
    double high = weight.kind == Kind::normal ? weight.a + 8.0 * weight.b : std::max(weight.a, weight.b);
    if (weight.kind == Kind::exponential || weight.kind == Kind::lognormal)
        for (high = weight.a; cumulative(weight, high) < 1.0 - 0x1p-20;) high *= 2.0;
    low = std::max(low, weight.minimum);
    high = std::min(high, weight.maximum);
    std::vector<float> levels(weight_levels);
    for (std::size_t k = 0; k < weight_levels; ++k) {
        const double p = (static_cast<double>(k) + 0.5) / static_cast<double>(weight_levels);
        low = quantile(weight, least + (most - least) * p, low, high);
        levels[k] = static_cast<float>(low);
    }
    return levels;
}

bool ChoiceLaw::serves(const DeliveryEdges& edges, std::size_t longest_delay) {
    using Rule = network::ConnectionRule::Kind;
    const network::Connector& connector = *edges.connector;
    const network::ConnectionRule& rule = connector.rule();
    if (rule.kind != Rule::fixed_total && rule.kind != Rule::fixed_out_degree) return false;
    const Kind delay = edges.delay->kind;
    return rule.multapses && delay != Kind::expression && delay != Kind::list && has_levels(*edges.weight) &&
           longest_delay + edges.dendritic_steps < 1U << 16 &&
           connector.targets() / choice_slices < std::size_t{1} << (32 - choice_level_bits - 1) &&
           most_of_row(connector) < most_synapses_of_row;
}

ChoiceLaw::ChoiceLaw(const DeliveryEdges& edges, std::size_t longest_delay, double dt_s)
    : edges_(edges), delays_(longest_delay + edges.dendritic_steps + 1), dt_s_(dt_s) {}

std::uint32_t ChoiceLaw::first_target(std::size_t slice) const {
    return slice_begin(edges_.connector->targets(), slice);
}

// How many synapses of a source end in each slice.
std::array<std::uint32_t, choice_slices> ChoiceLaw::share(std::size_t source) const {
    const network::Connector& connector = *edges_.connector;
    std::array<double, 2 * choice_slices> draws;
    RowDraws{connector.seed(), connector.stream(), RowDraws::slices, source}.uniform(draws, 0);
    std::array<std::uint32_t, choice_slices> here{};
    std::uint64_t left = connector.out_degree(source), choices = connector.choices();
    for (std::size_t slice = 0; slice < choice_slices; ++slice) {
        const std::uint32_t first = first_target(slice), last = first_target(slice + 1);
        const bool skips = connector.excludes_self() && source >= first && source < last;
        const std::uint64_t these = last - first - (skips ? 1 : 0);
        if (these == 0 || left == 0) continue;
        const double u = network::combine_uniforms(draws[2 * slice], draws[2 * slice + 1]);
        here[slice] = static_cast<std::uint32_t>(
            network::binomial_count(u, left, static_cast<double>(these) / static_cast<double>(choices)));
        left -= here[slice];
        choices -= these;
    }
    return here;
}

void ChoiceLaw::count(std::size_t source, Scratch& scratch, std::size_t delays, std::uint32_t* counts,
                      std::size_t apart) const {
    const auto synapses = static_cast<std::size_t>(edges_.connector->out_degree(source));
    const auto shares = share(source);
    scratch.steps.resize(synapses);
    scratch.nobody.assign(synapses, 0);
    about(fmt::format("projection '{}'", edges_.name), [&] {
        if (edges_.delay->kind == Kind::normal)
            draw_delays(edges_, source, scratch.nobody, 1.0 / dt_s_, scratch.delay_s, scratch.steps.data());
        else
            draw_delays(edges_, source, scratch.nobody, 1.0 / dt_s_, scratch.exact_delay_s,
                        scratch.steps.data());
    });
    const std::uint32_t* step = scratch.steps.data();
    for (std::size_t slice = 0; slice < choice_slices; ++slice) {
        std::uint32_t* const here = counts + slice * delays * apart;
        for (const std::uint32_t* const end = step + shares[slice]; step != end; ++step)
            ++here[*step * apart];
    }
}

void ChoiceLaw::fill(ChoiceTable& table, std::size_t kind, std::size_t slice, std::uint32_t first,
                     std::uint32_t last, std::uint32_t slot, std::uint32_t level) const {
    const std::uint32_t begin = first_target(slice), end = first_target(slice + 1);
    table.choices[kind] = end - begin;
    table.skipped[kind] = begin;
    table.keeps[kind] = edges_.connector->excludes_self() ? 0 : ~0U;
    table.first[kind] = begin - first;
    table.wanted[kind] = last - first;
    table.slot[kind] = slot + begin - first;
    table.levels[kind] = edges_.weight->kind == Kind::constant ? 0 : weight_levels - 1;
    table.level[kind] = level;
    table.plain =
        (kind == 0 || table.plain) && !edges_.connector->excludes_self() && first <= begin && end <= last;
    table.all_levels = (kind == 0 || table.all_levels) && table.levels[kind] != 0;
}

ChoiceRows::ChoiceRows(std::vector<Projection> together, double dt_s) : together_(std::move(together)) {
    for (const Projection& p : together_) {
        DeliveryEdges edges{p.name, &p.connector, &p.weight, &p.delay};
        edges.dendritic_steps = p.dendritic_steps;
        laws_.emplace_back(edges, p.longest_delay, dt_s);
        delays_ = std::max(delays_, laws_.back().delays());
    }
    levels_ = levels_of(together_.back().weight);
}

void ChoiceRows::row(std::size_t source, Row& row) const {
    row = {};
    ChoiceLaw::Scratch scratch;
    std::vector<std::uint32_t> before(choice_slices * delays_), counts(choice_slices * delays_);
    for (std::size_t k = 0; k + 1 < laws_.size(); ++k)
        laws_[k].count(source, scratch, delays_, before.data(), 1);
    const ChoiceLaw& law = laws_.back();
    law.count(source, scratch, delays_, counts.data(), 1);
    std::vector<std::uint8_t> kinds;
    std::vector<std::uint32_t> target, level;
    for (std::size_t slice = 0; slice < choice_slices; ++slice) {
        ChoiceTable table{};
        law.fill(table, 0, slice, 0, static_cast<std::uint32_t>(together_.back().connector.targets()), 0, 0);
        const ChoiceDraws draws = choice_draws(law.seed(), laws_.front().stream(), slice);
        for (std::size_t delay = 0; delay < delays_; ++delay) {
            const std::size_t first = before[slice * delays_ + delay],
                              end = first + counts[slice * delays_ + delay];
            kinds.resize(end + choice_step);
            target.resize(end + choice_step);
            level.resize(end + choice_step);
            draw_choices(table, draws,
                         {kinds.data(), static_cast<std::uint32_t>(end), static_cast<std::uint32_t>(source),
                          choice_place(delay)},
                         target.data(), level.data());
            for (std::size_t k = first; k < end; ++k) {
                row.targets.push_back(target[k]);
                row.delay_steps.push_back(static_cast<std::uint32_t>(delay));
                row.weights.push_back(levels_[level[k]]);
            }
        }
    }
}

}  // namespace neurodyn::engine
