// SPDX-License-Identifier: BSD-3-Clause
// Rules to rows of sources: what is possible, how many synapses each target has, and which.
#include "network/connect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "base/error.hpp"
#include "network/connect_counts.hpp"
#include "network/connect_draws.hpp"
#include "network/connect_expression.hpp"
#include "network/connect_out_degree.hpp"
#include "network/connect_rows.hpp"

namespace neurodyn::network {
namespace {

using Kind = ConnectionRule::Kind;

constexpr std::uint64_t most_sources = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t most_targets = std::uint64_t{1} << 32;
constexpr std::uint64_t most_synapses_of_one = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t most_synapses = std::uint64_t{1} << 48;

/// Calls `count(target, uniform number of 53 bits)` for all targets in turn.
template <class Count>
void for_degree_draws(std::uint64_t seed, std::uint16_t stream, std::size_t targets, Count count) {
    constexpr std::size_t chunk = 256;
    std::array<double, 2 * chunk> draws;
    const RowDraws row{seed, stream, RowDraws::degrees, 0};
    for (std::size_t t = 0; t < targets; ++t) {
        if (t % chunk == 0) row.uniform(std::span(draws).first(2 * std::min(chunk, targets - t)), 2 * t);
        count(t, combine_uniforms(draws[2 * (t % chunk)], draws[2 * (t % chunk) + 1]));
    }
}

std::string pairs_of(std::size_t sources, std::size_t targets, bool excludes_self) {
    return fmt::format("{} sources and {} targets{}", sources, targets,
                       excludes_self ? " (one population, without autapses)" : "");
}

}  // namespace

Connector::Connector(ConnectionRule rule, std::size_t sources, std::size_t targets, bool same_population,
                     std::uint64_t seed, std::uint16_t stream)
    : rule_(std::move(rule)),
      sources_(sources),
      targets_(targets),
      same_population_(same_population),
      seed_(seed),
      stream_(stream) {
    check_rule();
    check_possible();
    switch (rule_.kind) {
        case Kind::all_to_all:
            total_ = choices() * targets_;
            break;
        case Kind::one_to_one:
            total_ = targets_;
            break;
        case Kind::bernoulli:
            if (!rule_.probability_expression) draw_degrees();
            break;
        case Kind::fixed_in_degree:
            total_ = rule_.count * targets_;
            break;
        case Kind::fixed_total:
            draw_degrees();
            break;
        case Kind::fixed_out_degree:
            total_ = rule_.count * sources_;
            if (total_ > 0)
                blocks_ = std::make_shared<OutDegreeBlocks>(sources_, targets_ - (excludes_self() ? 1 : 0),
                                                            rule_.count, rule_.multapses, seed_, stream_);
            break;
        case Kind::edge_list:
            rows_ = std::make_shared<EdgeRows>(rule_, sources_, targets_, same_population_);
            total_ = rows_->size();
            break;
    }
}

void Connector::check_rule() const {
    if (sources_ > most_sources || targets_ > most_targets)
        throw Error(
            fmt::format("{} sources and {} targets are too many; 2^32 - 1 are possible", sources_, targets_));
    if (same_population_ && sources_ != targets_)
        throw Error(
            fmt::format("a population joined with itself has {} sources but {} targets", sources_, targets_));
    if (rule_.kind == Kind::bernoulli && !rule_.probability_expression &&
        !(rule_.probability >= 0.0 && rule_.probability <= 1.0))
        throw Error(
            fmt::format("the connection probability is {}; it must be from 0 to 1", rule_.probability));
    if (rule_.probability_expression) check_expression(*rule_.probability_expression);
    if (rule_.kind == Kind::edge_list && !rule_.edges)
        throw Error("the rule edge_list needs a list of edges; read one from a file or give it");
}

void Connector::check_possible() const {
    const bool self = excludes_self();
    const auto fail = [&](const std::string& problem, const std::string& remedy) {
        throw Error(
            fmt::format("{} cannot be met by {}; {}", problem, pairs_of(sources_, targets_, self), remedy));
    };
    if (rule_.kind == Kind::one_to_one) {
        if (sources_ != targets_) fail("one_to_one", "both populations must have one size");
        if (self) fail("one_to_one", "it joins every neuron with itself: allow autapses or use another rule");
    }
    const bool in = rule_.kind == Kind::fixed_in_degree, out = rule_.kind == Kind::fixed_out_degree;
    if (in || out) {
        const std::string what = fmt::format("an {}-degree of {}", in ? "in" : "out", rule_.count);
        const std::uint64_t there = (in ? sources_ : targets_) - (self && sources_ > 0 ? 1 : 0);
        const std::uint64_t rows = in ? targets_ : sources_;
        if (rule_.count > there && rows > 0 && (!rule_.multapses || there == 0))
            fail(what, there == 0 ? "there is nobody to choose"
                                  : fmt::format("lower it to {} or allow multapses", there));
        if (rule_.count > most_synapses_of_one || (rows > 0 && rule_.count > most_synapses / rows))
            fail(what, "at most 2^32 - 1 synapses of one neuron and 2^48 in all are possible");
    }
    if (rule_.kind != Kind::fixed_total) return;
    const std::string what = fmt::format("a total of {} synapses", rule_.count);
    const std::uint64_t pairs = self && sources_ == 0 ? 0 : choices() * targets_;
    if (rule_.count > pairs && (!rule_.multapses || pairs == 0))
        fail(what, pairs == 0 ? "there is no pair to join"
                              : fmt::format("lower it to {} or allow multapses", pairs));
    if (rule_.count > most_synapses) fail(what, "at most 2^48 are possible");
}

void Connector::draw_degrees() {
    auto degrees = std::make_shared<std::vector<std::uint32_t>>(targets_);
    std::uint64_t left = rule_.count;
    const auto degree = [&](std::size_t target, double u) -> std::uint64_t {
        if (rule_.kind == Kind::bernoulli) return binomial_count(u, choices(), rule_.probability);
        const std::size_t targets = targets_ - target;
        if (rule_.multapses) return binomial_count(u, left, 1.0 / static_cast<double>(targets));
        return hypergeometric_count(u, choices() * targets, choices(), left);
    };
    for_degree_draws(seed_, stream_, targets_, [&](std::size_t target, double u) {
        const std::uint64_t here = degree(target, u);
        if (here > most_synapses_of_one)
            throw Error(
                fmt::format("target {} would get {} synapses; at most 2^32 - 1 are possible: lower "
                            "the total of {}",
                            target, here, rule_.count));
        (*degrees)[target] = static_cast<std::uint32_t>(here);
        if (rule_.kind == Kind::fixed_total) left -= here;
        total_ += here;
    });
    degrees_ = std::move(degrees);
}

std::uint64_t Connector::total() const {
    if (!rule_.probability_expression || rule_.kind != Kind::bernoulli) return total_;
    std::uint64_t total = 0;
    for (std::size_t target = 0; target < targets_; ++target) total += in_degree(target);
    return total;
}

std::uint64_t Connector::in_degree(std::size_t target) const {
    if (degrees_) return (*degrees_)[target];
    if (rows_) return rows_->end(target) - rows_->begin(target);
    if (rule_.kind == Kind::all_to_all) return choices();
    if (rule_.kind == Kind::one_to_one) return 1;
    if (rule_.kind == Kind::fixed_in_degree) return rule_.count;
    std::vector<std::uint32_t> sources;
    incoming(target, sources);
    return sources.size();
}

void Connector::incoming(std::size_t target, std::vector<std::uint32_t>& sources) const {
    switch (rule_.kind) {
        case Kind::all_to_all:
            for (std::size_t s = 0; s < sources_; ++s)
                if (!excludes_self() || s != target) sources.push_back(static_cast<std::uint32_t>(s));
            break;
        case Kind::one_to_one:
            sources.push_back(static_cast<std::uint32_t>(target));
            break;
        case Kind::bernoulli:
            if (rule_.probability_expression)
                by_probability(target, sources);
            else
                chosen(target, (*degrees_)[target], true, sources);
            break;
        case Kind::fixed_in_degree:
            chosen(target, rule_.count, !rule_.multapses, sources);
            break;
        case Kind::fixed_total:
            chosen(target, (*degrees_)[target], !rule_.multapses, sources);
            break;
        case Kind::fixed_out_degree: {
            if (!blocks_) break;
            const auto self = static_cast<std::uint32_t>(target), end = static_cast<std::uint32_t>(sources_);
            if (!excludes_self()) {
                blocks_->append(target, 0, end, sources);
                break;
            }
            // A source leaves itself out by counting only the others: its choice r is r below itself, else
            // r + 1.
            if (target > 0) blocks_->append(target - 1, 0, self, sources);
            if (target + 1 < targets_) blocks_->append(target, self + 1, end, sources);
            break;
        }
        case Kind::edge_list:
            for (std::uint64_t k = rows_->begin(target); k < rows_->end(target); ++k)
                sources.push_back(rule_.edges->source[rows_->entry(k)]);
            break;
    }
}

void Connector::chosen(std::size_t target, std::uint64_t count, bool distinct,
                       std::vector<std::uint32_t>& sources) const {
    const RowDraws draws{seed_, stream_, RowDraws::choice, target};
    const std::uint64_t skipped = excludes_self() ? target : nobody;
    if (!distinct) return draw_indices(draws, count, choices(), skipped, sources);
    SeenIndices seen;
    draw_distinct_indices(draws, count, choices(), skipped, seen, sources);
}

void Connector::by_probability(std::size_t target, std::vector<std::uint32_t>& sources) const {
    constexpr std::size_t chunk = 4096;
    std::vector<std::uint32_t> some(std::min(chunk, sources_));
    std::vector<double> probability(some.size()), uniform(some.size());
    const RowDraws accept{seed_, stream_, RowDraws::acceptance, target};
    for (std::size_t first = 0; first < sources_; first += chunk) {
        const std::size_t count = std::min(chunk, sources_ - first);
        std::iota(some.begin(), some.end(), static_cast<std::uint32_t>(first));
        accept.uniform(std::span(uniform).first(count), first);
        rule_.probability_expression->evaluate(target, std::span(some).first(count),
                                               {seed_, stream_, RowDraws::probability, target}, 0, first,
                                               std::span(probability).first(count));
        for (std::size_t k = 0; k < count; ++k) {
            const double p = probability[k];
            if (!(p >= 0.0 && p <= 1.0))
                throw Error(fmt::format(
                    "the probability '{}' is {} for source {} and target {}; it must be from 0 to 1, for "
                    "example clip(..., 0, 1)",
                    rule_.probability_expression->text(), p, some[k], target));
            if (uniform[k] < p && !(excludes_self() && some[k] == target)) sources.push_back(some[k]);
        }
    }
}

}  // namespace neurodyn::network
