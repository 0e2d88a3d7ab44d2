// SPDX-License-Identifier: BSD-3-Clause
// Rules that join the neurons of two populations, and synapses that stand in a file.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "experiment/builder.hpp"
#include "experiment/library.hpp"
#include "network/connect_files.hpp"

namespace neurodyn::experiment {
namespace {

using network::ConnectionRule;
using network::SynapseValue;

struct RuleSpec {
    std::string_view name;
    ConnectionRule::Kind kind;
    std::string_view number;  ///< what the rule needs; empty: nothing
};

constexpr RuleSpec rules[] = {
    {"all_to_all", ConnectionRule::Kind::all_to_all, ""},
    {"one_to_one", ConnectionRule::Kind::one_to_one, ""},
    {"pairwise_bernoulli", ConnectionRule::Kind::bernoulli, "probability"},
    {"fixed_indegree", ConnectionRule::Kind::fixed_in_degree, "indegree"},
    {"fixed_outdegree", ConnectionRule::Kind::fixed_out_degree, "outdegree"},
    {"fixed_total_number", ConnectionRule::Kind::fixed_total, "number"},
    {"file", ConnectionRule::Kind::edge_list, "path"},
    {"matrix", ConnectionRule::Kind::edge_list, "entries"},
};

const RuleSpec* find_rule(std::string_view name) {
    const auto it = std::find_if(std::begin(rules), std::end(rules),
                                 [&](const RuleSpec& rule) { return rule.name == name; });
    return it == std::end(rules) ? nullptr : it;
}

std::optional<network::EventProjection::Storage> find_storage(std::string_view name) {
    using Storage = network::EventProjection::Storage;
    if (name == "single") return Storage::single;
    if (name == "half") return Storage::half;
    if (name == "procedural") return Storage::procedural;
    return std::nullopt;
}

// How many synapses give two neurons at least one with probability p, when all are drawn independently with
// replacement: Potjans & Diesmann 2014, doi:10.1093/cercor/bhs358, eq. 1.
double total_for_probability(double p, double sources, double targets) {
    const double pairs = sources * targets;
    return pairs > 1.0 ? std::log1p(-p) / std::log1p(-1.0 / pairs) : std::ceil(p);
}

}  // namespace

// Where synapses of a list stand: in a file, or at the entries of a matrix.
void Builder::read_edge_list(const ProjectionSection& section, const Unit* unit,
                             network::EventProjection& projection) {
    if (const Setting* entries = find_setting(section.connect_settings, "entries"))
        read_matrix_entries(section, entries->value.text(), unit, projection);
    else
        read_synapse_file(section, unit, projection);
}

// A synapse wherever the matrix (row = target, column = source) is not 0, with the entry as its weight where
// `weights` does not say another. `unit` as for files.
void Builder::read_matrix_entries(const ProjectionSection& section, const Text& text, const Unit* unit,
                                  network::EventProjection& projection) {
    const bool weights = section.weights.empty() && unit != nullptr;
    Wanted wanted{.what = fmt::format("'entries' of projection '{}'", section.name),
                  .dimension = weights ? unit->dimension : Dimension{},
                  .unit = weights ? unit->name : "1",
                  .rows = population(projection.to)->size,
                  .columns = population(projection.from)->size,
                  .seed = experiment_.seed};
    wanted.stream = stream(wanted.what);
    const auto matrix = scope_.evaluate(text, wanted, problems_);
    if (!matrix) return;
    if (matrix->rows != wanted.rows || matrix->columns != wanted.columns) {
        problems_.add(
            text.place,
            fmt::format("{}: '{}' has {} x {} values, the projection needs {} targets x {} "
                        "sources",
                        wanted.what, text.value, matrix->rows, matrix->columns, wanted.rows, wanted.columns));
        return;
    }
    auto edges = std::make_shared<network::EdgeList>();
    std::vector<double> values;
    for (std::size_t target = 0; target < matrix->rows; ++target)
        for (std::size_t source = 0; source < matrix->columns; ++source)
            if (const double value = matrix->data[target * matrix->columns + source]; value != 0.0) {
                edges->target.push_back(static_cast<std::uint32_t>(target));
                edges->source.push_back(static_cast<std::uint32_t>(source));
                values.push_back(value);
            }
    projection.rule.edges = std::move(edges);
    if (!weights) return;
    projection.weight.kind = SynapseValue::Kind::list;
    projection.weight.list = std::move(values);
}

// Synapses that stand in a file, with their weights and delays where it has them. `unit`: of weights; null
// when the synapses have none.
void Builder::read_synapse_file(const ProjectionSection& section, const Unit* unit,
                                network::EventProjection& projection) {
    const std::string what = fmt::format("projection '{}'", section.name);
    const Setting* path = find_setting(section.connect_settings, "path");
    const Setting* types = find_setting(section.connect_settings, "edge_types");
    const Setting* group = find_setting(section.connect_settings, "population");
    const bool weights = section.weights.empty() && unit != nullptr, delays = section.delays.empty();
    network::SynapseFile file;
    if (group != nullptr) file.population = group->value.text().value;
    if (weights) file.columns.push_back("weight");
    if (delays) file.columns.push_back("delay");
    try {
        file.path = find_data(path->value.text().value, resources_.directory());
        if (types != nullptr)
            file.edge_types_path = find_data(types->value.text().value, resources_.directory());
        network::SynapseTable table = network::read_synapses(file);
        const auto take = [&](SynapseValue& value, const char* column, const Unit& u) {
            value.kind = SynapseValue::Kind::list;
            value.list = table.values_si(column, u.dimension, u.name);
        };
        if (weights) take(projection.weight, "weight", *unit);
        if (delays) take(projection.delay, "delay", parse_unit("ms"));
        projection.rule.edges = std::make_shared<const network::EdgeList>(std::move(table.edges));
    } catch (const Error& error) {
        problems_.add(path->value.text().place, fmt::format("{}: {}", what, error.what()));
    }
}

// The number that a rule needs: a probability, a degree or a total. False where it is wrong.
bool Builder::read_rule_number(const Setting& setting, const std::string& what,
                               network::EventProjection& projection) {
    ConnectionRule& rule = projection.rule;
    const Text& text = setting.value.text();
    const std::string& name = setting.name;
    const std::string subject = fmt::format("'{}' of {}", name, what);
    const bool probability = name == "probability";
    if (probability && rule.kind == ConnectionRule::Kind::bernoulli && names_pair(text)) {
        rule.probability_expression =
            pair_expression(text, Unit{}, subject, {projection.from, projection.to});
        return rule.probability_expression != nullptr;
    }
    if (names_pair(text)) {
        problems_.add(text.place,
                      fmt::format("{} is one number for all, not an expression of two neurons", subject),
                      "the probability of pairwise_bernoulli may differ between pairs");
        return false;
    }
    const auto number = read_scalar(text, {}, "1", subject);
    if (!number) return false;
    const bool total = rule.kind == ConnectionRule::Kind::fixed_total;
    if (probability && !(*number >= 0.0 && *number <= 1.0 - (total ? 1e-15 : 0.0))) {
        problems_.add(text.place, fmt::format("{} is {}; it lies between 0 and 1", subject, *number));
        return false;
    }
    if (probability && !total) {
        rule.probability = *number;
    } else if (probability) {
        const auto sources = static_cast<double>(population(projection.from)->size);
        const auto targets = static_cast<double>(population(projection.to)->size);
        rule.count =
            static_cast<std::uint64_t>(std::llround(total_for_probability(*number, sources, targets)));
    } else if (*number >= 0.0 && std::abs(*number - std::nearbyint(*number)) < 1e-9 && *number < 0x1p53) {
        rule.count = static_cast<std::uint64_t>(std::nearbyint(*number));
    } else {
        problems_.add(text.place, fmt::format("{} is {}; it must be a whole number", subject, *number));
        return false;
    }
    return true;
}

void Builder::read_rule_flag(const Setting& setting, ConnectionRule& rule) {
    const Text& text = setting.value.text();
    if (text.value != "true" && text.value != "false")
        problems_.add(text.place,
                      fmt::format("'{}' must be true or false, not '{}'", setting.name, text.value));
    (setting.name == "autapses" ? rule.autapses : rule.multapses) = text.value == "true";
}

bool Builder::read_rule(const ProjectionSection& section, network::EventProjection& projection) {
    const std::string what = fmt::format("projection '{}'", section.name);
    std::vector<std::string> names;
    for (const RuleSpec& rule : rules) names.emplace_back(rule.name);
    if (section.connect.empty()) {
        problems_.add(section.place,
                      fmt::format("{} carries events and must say which neurons are joined", what),
                      "for example connect: {rule: pairwise_bernoulli, probability: 0.1}");
        return false;
    }
    const RuleSpec* spec = find_rule(section.connect.value);
    if (spec == nullptr) {
        problems_.add(section.connect.place,
                      fmt::format("{}: there is no rule '{}'", what, section.connect.value),
                      fmt::format("rules: {}", fmt::join(names, ", ")));
        return false;
    }
    projection.rule.kind = spec->kind;
    const bool of_file = spec->number == "path", of_matrix = spec->number == "entries";
    const bool of_total = spec->kind == ConnectionRule::Kind::fixed_total;
    bool given = spec->number.empty();
    for (const Setting& setting : section.connect_settings) {
        const std::string& name = setting.name;
        if (name == "autapses" || name == "multapses") {
            read_rule_flag(setting, projection.rule);
        } else if (name == "storage") {
            const Text& text = setting.value.text();
            const auto storage = find_storage(text.value);
            if (!storage)
                problems_.add(text.place, fmt::format("'storage' of {} cannot be '{}'", what, text.value),
                              "single, half or procedural");
            projection.storage = storage.value_or(projection.storage);
        } else if (of_file && (name == "path" || name == "edge_types" || name == "population")) {
            given = given || name == "path";
        } else if (of_matrix && name == "entries") {
            given = true;
        } else if (name == spec->number || (name == "probability" && of_total)) {
            if (given) {
                problems_.add(setting.place,
                              fmt::format("rule '{}' of {} has its number twice", spec->name, what),
                              "give number or probability");
                return false;
            }
            if (!read_rule_number(setting, what, projection)) return false;
            given = true;
        } else {
            problems_.add(setting.place, fmt::format("rule '{}' of {} has no '{}'", spec->name, what, name),
                          spec->number.empty()
                              ? "autapses, multapses, storage"
                              : fmt::format("{}, autapses, multapses, storage", spec->number));
        }
    }
    if (!given)
        problems_.add(section.connect.place,
                      fmt::format("rule '{}' of {} needs '{}'", spec->name, what, spec->number));
    return given;
}

}  // namespace neurodyn::experiment
