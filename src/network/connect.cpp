// SPDX-License-Identifier: BSD-3-Clause
// Rules to rows of targets: what is possible, how many synapses each source has, and which.
#include "network/connect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "base/error.hpp"
#include "network/connect_counts.hpp"
#include "network/connect_draws.hpp"
#include "network/connect_expression.hpp"
#include "network/connect_in_degree.hpp"
#include "network/connect_rows.hpp"

namespace neurodyn::network {
namespace {

using Kind = ConnectionRule::Kind;

constexpr std::uint64_t most_targets = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t most_sources = std::uint64_t{1} << 32;
constexpr std::uint64_t most_synapses_of_one = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t most_synapses = std::uint64_t{1} << 48;
constexpr std::uint64_t not_counted = std::numeric_limits<std::uint64_t>::max();

/// Calls `count(source, uniform number of 53 bits)` for all sources in turn.
template <class Count>
void for_degree_draws(std::uint64_t seed, std::uint16_t stream, std::size_t sources, Count count) {
    constexpr std::size_t chunk = 256;
    std::array<double, 2 * chunk> draws;
    const RowDraws row{seed, stream, RowDraws::degrees, 0};
    for (std::size_t t = 0; t < sources; ++t) {
        if (t % chunk == 0) row.uniform(std::span(draws).first(2 * std::min(chunk, sources - t)), 2 * t);
        count(t, combine_uniforms(draws[2 * (t % chunk)], draws[2 * (t % chunk) + 1]));
    }
}

std::string pairs_of(std::size_t targets, std::size_t sources, bool excludes_self) {
    return fmt::format("{} targets and {} sources{}", targets, sources,
                       excludes_self ? " (one population, without autapses)" : "");
}

void check_sizes(const ConnectionRule& rule, std::size_t targets, std::size_t sources, bool same_population) {
    if (targets > most_targets || sources > most_sources)
        throw Error(
            fmt::format("{} targets and {} sources are too many; 2^32 - 1 are possible", targets, sources));
    if (same_population && targets != sources)
        throw Error(
            fmt::format("a population joined with itself has {} targets but {} sources", targets, sources));
    if (rule.kind == Kind::bernoulli && !rule.probability_expression &&
        !(rule.probability >= 0.0 && rule.probability <= 1.0))
        throw Error(
            fmt::format("the connection probability is {}; it must be from 0 to 1", rule.probability));
    if (rule.kind == Kind::edge_list && !rule.edges)
        throw Error("the rule edge_list needs a list of edges; read one from a file or give it");
}

void check_possible(const ConnectionRule& rule, std::size_t targets, std::size_t sources, bool self) {
    const auto fail = [&](const std::string& problem, const std::string& remedy) {
        throw Error(
            fmt::format("{} cannot be met by {}; {}", problem, pairs_of(targets, sources, self), remedy));
    };
    if (rule.kind == Kind::one_to_one) {
        if (targets != sources) fail("one_to_one", "both populations must have one size");
        if (self) fail("one_to_one", "it joins every neuron with itself: allow autapses or use another rule");
    }
    const bool in = rule.kind == Kind::fixed_in_degree, out = rule.kind == Kind::fixed_out_degree;
    if (in || out) {
        const std::string what = fmt::format("an {}-degree of {}", in ? "in" : "out", rule.count);
        const std::uint64_t there = (in ? sources : targets) - (self && targets > 0 ? 1 : 0);
        const std::uint64_t rows = in ? targets : sources;
        if (rule.count > there && rows > 0 && (!rule.multapses || there == 0))
            fail(what, there == 0 ? "there is nobody to choose"
                                  : fmt::format("lower it to {} or allow multapses", there));
        if (rule.count > most_synapses_of_one || (rows > 0 && rule.count > most_synapses / rows))
            fail(what, "at most 2^32 - 1 synapses of one neuron and 2^48 in all are possible");
    }
    if (rule.kind != Kind::fixed_total) return;
    const std::string what = fmt::format("a total of {} synapses", rule.count);
    const std::uint64_t pairs =
        self && targets == 0 ? 0 : (targets - (self ? 1 : 0)) * static_cast<std::uint64_t>(sources);
    if (rule.count > pairs && (!rule.multapses || pairs == 0))
        fail(what, pairs == 0 ? "there is no pair to join"
                              : fmt::format("lower it to {} or allow multapses", pairs));
    if (rule.count > most_synapses) fail(what, "at most 2^48 are possible");
}

/// The same thing behind both, or nothing.
template <class T>
bool same(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b) {
    return a == b || (a && b && *a == *b);
}

/// The mean over all pairs, or those of evenly spaced sources; without a neuron's pair with itself if `self`
/// is excluded.
double mean_probability(const NodeExpression& expression, std::size_t targets, std::size_t sources,
                        bool excludes_self) {
    constexpr std::size_t most_pairs = std::size_t{1} << 22, least_rows = 16;
    const std::size_t rows =
        std::min(sources, std::max(least_rows, most_pairs / std::max<std::size_t>(targets, 1)));
    std::vector<std::uint32_t> all(targets);
    std::iota(all.begin(), all.end(), 0);
    std::vector<double> probability(targets);
    double sum = 0.0, pairs = 0.0;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t source = row * sources / rows;
        expression.evaluate(source, all, {0, 0, RowDraws::probability, row}, 0, 0, probability);
        if (excludes_self) probability[source] = 0.0;
        for (const double p : probability) sum += p > 0.0 ? std::min(p, 1.0) : 0.0;
        pairs += static_cast<double>(targets - (excludes_self ? 1 : 0));
    }
    return pairs > 0.0 ? sum / pairs : 0.0;
}

}  // namespace

bool SynapseValue::operator==(const SynapseValue& other) const {
    return kind == other.kind && a == other.a && b == other.b && minimum == other.minimum &&
           maximum == other.maximum && list == other.list && same(expression, other.expression);
}

bool ConnectionRule::operator==(const ConnectionRule& other) const {
    return kind == other.kind && probability == other.probability && count == other.count &&
           autapses == other.autapses && multapses == other.multapses && same(edges, other.edges) &&
           same(probability_expression, other.probability_expression);
}

void check_rule(const ConnectionRule& rule, std::size_t targets, std::size_t sources, bool same_population) {
    check_sizes(rule, targets, sources, same_population);
    check_possible(rule, targets, sources, same_population && !rule.autapses);
}

double expected_synapses(const ConnectionRule& rule, std::size_t targets, std::size_t sources,
                         bool same_population) {
    const double from = static_cast<double>(sources), count = static_cast<double>(rule.count);
    const double pairs =
        from * (static_cast<double>(targets) - (same_population && !rule.autapses ? 1.0 : 0.0));
    switch (rule.kind) {
        case Kind::all_to_all:
            return pairs;
        case Kind::one_to_one:
            return from;
        case Kind::bernoulli:
            return pairs * (rule.probability_expression
                                ? mean_probability(*rule.probability_expression, targets, sources,
                                                   same_population && !rule.autapses)
                                : rule.probability);
        case Kind::fixed_out_degree:
            return count * from;
        case Kind::fixed_in_degree:
            return count * static_cast<double>(targets);
        case Kind::fixed_total:
            return count;
        case Kind::edge_list:
            return static_cast<double>(rule.edges->source.size());
    }
    return 0.0;
}

Connector::Connector(ConnectionRule rule, std::size_t targets, std::size_t sources, bool same_population,
                     std::uint64_t seed, std::uint16_t stream)
    : rule_(std::move(rule)),
      targets_(targets),
      sources_(sources),
      same_population_(same_population),
      seed_(seed),
      stream_(stream) {
    check_rule(rule_, targets_, sources_, same_population_);
    if (rule_.probability_expression) check_expression(*rule_.probability_expression);
    switch (rule_.kind) {
        case Kind::all_to_all:
            total_ = choices() * sources_;
            break;
        case Kind::one_to_one:
            total_ = sources_;
            break;
        case Kind::bernoulli:
            if (rule_.probability_expression)
                counted_ = std::make_shared<std::atomic<std::uint64_t>>(not_counted);
            else
                draw_degrees();
            break;
        case Kind::fixed_out_degree:
            total_ = rule_.count * sources_;
            break;
        case Kind::fixed_total:
            draw_degrees();
            break;
        case Kind::fixed_in_degree:
            total_ = rule_.count * targets_;
            if (total_ > 0)
                blocks_ = std::make_shared<InDegreeBlocks>(targets_, sources_ - (excludes_self() ? 1 : 0),
                                                           rule_.count, rule_.multapses, seed_, stream_);
            break;
        case Kind::edge_list:
            rows_ = std::make_shared<EdgeRows>(rule_, targets_, sources_, same_population_);
            total_ = rows_->size();
            break;
    }
}

void Connector::draw_degrees() {
    auto degrees = std::make_shared<std::vector<std::uint32_t>>(sources_);
    std::uint64_t left = rule_.count;
    const auto degree = [&](std::size_t source, double u) -> std::uint64_t {
        if (rule_.kind == Kind::bernoulli) return binomial_count(u, choices(), rule_.probability);
        const std::size_t sources = sources_ - source;
        if (rule_.multapses) return binomial_count(u, left, 1.0 / static_cast<double>(sources));
        return hypergeometric_count(u, choices() * sources, choices(), left);
    };
    for_degree_draws(seed_, stream_, sources_, [&](std::size_t source, double u) {
        const std::uint64_t here = degree(source, u);
        if (here > most_synapses_of_one)
            throw Error(
                fmt::format("source {} would get {} synapses; at most 2^32 - 1 are possible: lower "
                            "the total of {}",
                            source, here, rule_.count));
        (*degrees)[source] = static_cast<std::uint32_t>(here);
        if (rule_.kind == Kind::fixed_total) left -= here;
        total_ += here;
    });
    degrees_ = std::move(degrees);
}

std::uint64_t Connector::total() const {
    if (!counted_) return total_;
    std::uint64_t total = counted_->load();
    if (total != not_counted) return total;
    total = 0;
    for (std::size_t source = 0; source < sources_; ++source) total += out_degree(source);
    counted_->store(total);
    return total;
}

std::uint64_t Connector::out_degree(std::size_t source) const {
    if (degrees_) return (*degrees_)[source];
    if (rows_) return rows_->end(source) - rows_->begin(source);
    if (rule_.kind == Kind::all_to_all) return choices();
    if (rule_.kind == Kind::one_to_one) return 1;
    if (rule_.kind == Kind::fixed_out_degree) return rule_.count;
    std::vector<std::uint32_t> targets;
    outgoing(source, targets);
    return targets.size();
}

void Connector::outgoing(std::size_t source, std::vector<std::uint32_t>& targets) const {
    switch (rule_.kind) {
        case Kind::all_to_all:
            for (std::size_t s = 0; s < targets_; ++s)
                if (!excludes_self() || s != source) targets.push_back(static_cast<std::uint32_t>(s));
            break;
        case Kind::one_to_one:
            targets.push_back(static_cast<std::uint32_t>(source));
            break;
        case Kind::bernoulli:
            if (rule_.probability_expression)
                by_probability(source, targets);
            else
                chosen(source, (*degrees_)[source], true, targets);
            break;
        case Kind::fixed_out_degree:
            chosen(source, rule_.count, !rule_.multapses, targets);
            break;
        case Kind::fixed_total:
            chosen(source, (*degrees_)[source], !rule_.multapses, targets);
            break;
        case Kind::fixed_in_degree: {
            if (!blocks_) break;
            const auto self = static_cast<std::uint32_t>(source), end = static_cast<std::uint32_t>(targets_);
            if (!excludes_self()) {
                blocks_->append(source, 0, end, targets);
                break;
            }
            // A target leaves itself out by counting only the others: its choice r is r below itself, else
            // r + 1.
            if (source > 0) blocks_->append(source - 1, 0, self, targets);
            if (source + 1 < sources_) blocks_->append(source, self + 1, end, targets);
            break;
        }
        case Kind::edge_list:
            for (std::uint64_t k = rows_->begin(source); k < rows_->end(source); ++k)
                targets.push_back(rule_.edges->target[rows_->entry(k)]);
            break;
    }
}

void Connector::chosen(std::size_t source, std::uint64_t count, bool distinct,
                       std::vector<std::uint32_t>& targets) const {
    const RowDraws draws{seed_, stream_, RowDraws::choice, source};
    const std::uint64_t skipped = excludes_self() ? source : nobody;
    if (!distinct) return draw_indices(draws, count, choices(), skipped, targets);
    SeenIndices seen;
    draw_distinct_indices(draws, count, choices(), skipped, seen, targets);
}

void Connector::by_probability(std::size_t source, std::vector<std::uint32_t>& targets) const {
    constexpr std::size_t chunk = 4096;
    std::vector<std::uint32_t> some(std::min(chunk, targets_));
    std::vector<double> probability(some.size()), uniform(some.size());
    const RowDraws accept{seed_, stream_, RowDraws::acceptance, source};
    for (std::size_t first = 0; first < targets_; first += chunk) {
        const std::size_t count = std::min(chunk, targets_ - first);
        std::iota(some.begin(), some.end(), static_cast<std::uint32_t>(first));
        accept.uniform(std::span(uniform).first(count), first);
        rule_.probability_expression->evaluate(source, std::span(some).first(count),
                                               {seed_, stream_, RowDraws::probability, source}, 0, first,
                                               std::span(probability).first(count));
        for (std::size_t k = 0; k < count; ++k) {
            const double p = probability[k];
            if (!(p >= 0.0 && p <= 1.0))
                throw Error(fmt::format(
                    "the probability '{}' is {} for target {} and source {}; it must be from 0 to 1, for "
                    "example clip(..., 0, 1)",
                    rule_.probability_expression->text(), p, some[k], source));
            if (uniform[k] < p && !(excludes_self() && some[k] == source)) targets.push_back(some[k]);
        }
    }
}

}  // namespace neurodyn::network
