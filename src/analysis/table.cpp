// SPDX-License-Identifier: BSD-3-Clause
// Looking up analyses, checking what they are given, and the shapes of results.
#include "analysis/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/errors.hpp"

namespace neurodyn::analysis {
namespace {

template <class Specs>
std::vector<std::string> names(const Specs& specs) {
    std::vector<std::string> all;
    for (const auto& spec : specs) all.push_back(spec.name);
    return all;
}

[[noreturn]] void unknown(const std::string& what, std::string_view name,
                          const std::vector<std::string>& known) {
    const std::string near = did_you_mean(name, known);
    throw OptionError(
        fmt::format("{} '{}' is not known; {}{}", what, name, near.empty() ? "" : near + " ",
                    known.empty() ? "there are none" : fmt::format("there are: {}", fmt::join(known, ", "))),
        std::string(name));
}

template <class Specs>
const auto& find_spec(const Specs& specs, std::string_view name, const std::string& what) {
    for (const auto& spec : specs)
        if (spec.name == name) return spec;
    unknown(what, name, names(specs));
}

InputKind kind_of(const Input& input) { return static_cast<InputKind>(input.index()); }

std::string type_name(const OptionSpec& spec) {
    switch (spec.default_value.index()) {
        case 0:
            return spec.unit.empty() ? "a number" : fmt::format("a number in {}", spec.unit);
        case 1:
            return "true or false";
        default:
            return fmt::format("one of: {}", fmt::join(spec.choices, ", "));
    }
}

void check_option(const Analysis& analysis, const OptionSpec& spec, const OptionValue& value) {
    bool good = value.index() == spec.default_value.index();
    if (const std::string* word = std::get_if<std::string>(&value);
        good && word != nullptr && !spec.choices.empty())
        good = std::find(spec.choices.begin(), spec.choices.end(), *word) != spec.choices.end();
    if (!good)
        throw OptionError(
            fmt::format("option '{}' of {} must be {}", spec.name, analysis.name, type_name(spec)),
            spec.name);
}

void check_inputs(const Analysis& analysis, const Inputs& inputs) {
    for (const auto& [name, input] : inputs) {
        const InputSpec& spec = find_spec(analysis.inputs, name, "input of " + analysis.name);
        if (std::find(spec.kinds.begin(), spec.kinds.end(), kind_of(input)) != spec.kinds.end()) continue;
        std::vector<std::string_view> wanted;
        for (const InputKind kind : spec.kinds) wanted.push_back(to_string(kind));
        throw OptionError(fmt::format("input '{}' of {} must be a {}, not a {}", name, analysis.name,
                                      fmt::join(wanted, " or a "), to_string(kind_of(input))),
                          name);
    }
    for (const InputSpec& spec : analysis.inputs)
        if (spec.required && inputs.find(spec.name) == inputs.end())
            throw OptionError(fmt::format("{} needs '{}': {}", analysis.name, spec.name, spec.doc),
                              spec.name);
}

}  // namespace

std::string_view to_string(InputKind kind) {
    constexpr std::string_view words[] = {"series", "matrix", "vector", "labels", "list of events"};
    return words[static_cast<std::size_t>(kind)];
}

void Result::add_scalar(std::string name, std::string doc, double value, std::string unit) {
    arrays.push_back({std::move(name), std::move(doc), std::move(unit), {}, {value}});
}

void Result::add_vector(std::string name, std::string doc, Dimension dimension, std::vector<double> values,
                        std::string unit) {
    arrays.push_back(
        {std::move(name), std::move(doc), std::move(unit), {std::move(dimension)}, std::move(values)});
}

void Result::add_matrix(std::string name, std::string doc, const Matrix& m) {
    const Dimension rows{m.dimension, m.rows, {}, {}, m.labels};
    const Dimension columns{"other_" + m.dimension, m.columns, {}, {}, m.labels};
    arrays.push_back({std::move(name), std::move(doc), m.unit, {rows, columns}, m.values});
}

const ResultArray* Result::find(std::string_view name) const {
    for (const ResultArray& array : arrays)
        if (array.name == name) return &array;
    return nullptr;
}

double Result::scalar(std::string_view name) const {
    const ResultArray* array = find(name);
    if (array != nullptr && array->dimensions.empty()) return array->values.front();
    std::vector<std::string> scalars;
    for (const ResultArray& a : arrays)
        if (a.dimensions.empty()) scalars.push_back(a.name);
    unknown("scalar result", name, scalars);
}

Matrix Result::matrix(std::string_view name) const {
    const ResultArray* array = name.empty() && !arrays.empty() ? &arrays.front() : find(name);
    if (array == nullptr) unknown("result", name, names(arrays));
    if (array->dimensions.size() != 2)
        throw ShapeError(fmt::format("result '{}' has {} dimensions, a matrix has 2", array->name,
                                     array->dimensions.size()),
                         array->name, "");
    return {array->values, array->dimensions[0].size,   array->dimensions[1].size, array->name,
            array->unit,   array->dimensions[0].labels, array->dimensions[0].name};
}

Dimension channel_dimension(const SeriesView& series) {
    return {series.dimension, series.channels, {}, {}, {series.labels.begin(), series.labels.end()}};
}

std::vector<double> Arguments::distribution(std::string_view input) const {
    const Input& value = inputs_.find(input)->second;
    if (const Matrix* m = std::get_if<Matrix>(&value)) return upper_triangle(*m);
    return std::get<Vector>(value).values;
}

std::span<const Analysis> table() {
#define NEURODYN_ROW(name) rows::name(),
    static const std::vector<Analysis> all = {NEURODYN_ANALYSES(NEURODYN_ROW)};
#undef NEURODYN_ROW
    return all;
}

const Analysis& find_analysis(std::string_view name) { return find_spec(table(), name, "analysis"); }

void check_options(const Analysis& analysis, const Options& options) {
    for (const auto& [name, value] : options)
        check_option(analysis, find_spec(analysis.options, name, "option of " + analysis.name), value);
}

Result run(const Analysis& analysis, const Inputs& inputs, const Options& options) {
    check_inputs(analysis, inputs);
    check_options(analysis, options);
    Options all = options;
    for (const OptionSpec& spec : analysis.options) all.emplace(spec.name, spec.default_value);
    return analysis.function(Arguments(inputs, std::move(all)));
}

}  // namespace neurodyn::analysis
