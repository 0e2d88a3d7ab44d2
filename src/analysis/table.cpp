// SPDX-License-Identifier: BSD-3-Clause
// Looking up analyses, checking what they are given, and the shapes of results.
#include "analysis/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

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

bool within(const Bounds& b, double x) {
    return (b.low_inclusive ? x >= b.low : x > b.low) && (b.high_inclusive ? x <= b.high : x < b.high);
}

void check_bounds(const Analysis& analysis, const OptionSpec& spec, const OptionValue& value) {
    const double* number = std::get_if<double>(&value);
    if (number == nullptr || within(spec.bounds, *number)) return;
    throw OptionError(fmt::format("option '{}' of {} is {}{}{}; it must be {}", spec.name, analysis.name,
                                  *number, spec.unit.empty() ? "" : " ", spec.unit, describe(spec.bounds)),
                      spec.name);
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
    check_bounds(analysis, spec, value);
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

Options with_defaults(const Analysis& analysis, Options options) {
    for (const OptionSpec& spec : analysis.options) options.emplace(spec.name, spec.default_value);
    return options;
}

// What the subject's channels are, and its unit.
struct Subject {
    Dimension channel;
    std::string unit;
};

Subject subject_of(const Input& input) {
    if (const Series* series = std::get_if<Series>(&input)) return {channel_dimension(*series), series->unit};
    if (const Matrix* m = std::get_if<Matrix>(&input))
        return {{m->dimension, m->rows, {}, {}, m->labels}, m->unit};
    if (const Events* events = std::get_if<Events>(&input)) return {{"node", events->nodes}, ""};
    if (const Vector* v = std::get_if<Vector>(&input)) return {{"value", v->values.size()}, v->unit};
    return {{"value", std::get<Labels>(input).values.size()}, ""};
}

// "@^2/Hz" of "mV" is "(mV)^2/Hz", of a pure number "1/Hz".
std::string apply_unit(std::string rule, const std::string& unit) {
    const std::size_t at = rule.find('@');
    if (at == std::string::npos) return rule;
    if (!unit.empty()) return rule == "@" ? unit : rule.replace(at, 1, "(" + unit + ")");
    rule.erase(at, rule.compare(at, 3, "@^2") == 0 ? 3 : 1);
    return rule.starts_with('/') ? "1" + rule : rule;
}

bool is_given(const ResultSpec& spec, const Arguments& arguments) {
    return std::all_of(spec.needs.begin(), spec.needs.end(), [&](const std::string& needed) {
        return arguments.has(needed) || arguments.has_word(needed);
    });
}

Dimension find_dimension(const std::string& name, const Subject& subject,
                         const std::vector<Dimension>& planned) {
    if (name == "channel") return subject.channel;
    if (name == "other_channel") {
        Dimension other = subject.channel;
        other.name = "other_" + other.name;
        return other;
    }
    return find_spec(planned, name, "dimension");
}

void mark_counts(const Analysis& analysis, const Arguments& arguments, Result& result) {
    if (!analysis.counted) return;
    for (ResultArray& array : result.arrays)
        if (find_spec(analysis.results, array.name, "result").counts)
            array.counted = analysis.counted(arguments);
}

}  // namespace

std::string describe(const Bounds& b) {
    const std::string low = !std::isfinite(b.low) ? ""
                            : b.low_inclusive     ? fmt::format("{} or more", b.low)
                                                  : fmt::format("above {}", b.low);
    const std::string high = !std::isfinite(b.high) ? ""
                             : b.high_inclusive     ? fmt::format("at most {}", b.high)
                                                    : fmt::format("below {}", b.high);
    return low + (low.empty() || high.empty() ? "" : " and ") + high;
}

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
            array->unit,   array->dimensions[0].labels, array->dimensions[0].name, array->counted};
}

Dimension channel_dimension(const SeriesView& series) {
    return {series.dimension, series.channels, {}, {}, {series.labels.begin(), series.labels.end()}};
}

Dimension pair_dimension(const SeriesView& series) {
    Dimension pairs{"pair", series.channels * (series.channels - 1) / 2, {}, {}, {}};
    for (std::size_t i = 0; i < series.channels; ++i)
        for (std::size_t j = i + 1; j < series.channels; ++j)
            pairs.labels.push_back(series.label(i) + " - " + series.label(j));
    return pairs;
}

ResultArray pair_matrix(const std::string& name, const std::string& doc, const std::vector<double>& pairs,
                        double diagonal, const SeriesView& series, double sign, const std::string& unit) {
    Matrix m = channel_matrix_shape(series);
    m.unit = unit;
    m.values.assign(series.channels * series.channels, diagonal);
    std::size_t k = 0;
    for (std::size_t i = 0; i < series.channels; ++i)
        for (std::size_t j = i + 1; j < series.channels; ++j, ++k)
            m(i, j) = pairs[k], m(j, i) = sign * pairs[k];
    Result one;
    one.add_matrix(name, doc, m);
    return one.arrays.front();
}

Matrix channel_matrix_shape(const SeriesView& series) {
    return {{},
            series.channels,
            series.channels,
            series.name,
            "",
            {series.labels.begin(), series.labels.end()},
            series.dimension};
}

std::vector<double> Arguments::distribution(std::string_view input) const {
    const Input& value = inputs_.find(input)->second;
    if (const Matrix* m = std::get_if<Matrix>(&value)) return upper_triangle(*m);
    return std::get<Vector>(value).values;
}

bool Arguments::has_word(std::string_view option) const {
    const auto found = options_.find(option);
    const std::string* word = found == options_.end() ? nullptr : std::get_if<std::string>(&found->second);
    return word != nullptr && !word->empty();
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

Result outline(const Analysis& analysis, const Inputs& shapes, const Options& options) {
    check_inputs(analysis, shapes);
    check_options(analysis, options);
    const Arguments arguments(shapes, with_defaults(analysis, options));
    const std::vector<Dimension> planned = analysis.plan(arguments);
    const Subject subject = subject_of(shapes.find(analysis.inputs.front().name)->second);
    Result result;
    for (const ResultSpec& spec : analysis.results) {
        if (!is_given(spec, arguments)) continue;
        ResultArray array{spec.name, spec.doc, apply_unit(spec.unit, subject.unit), {}, {}};
        for (const std::string& name : spec.dimensions)
            array.dimensions.push_back(find_dimension(name, subject, planned));
        result.add(std::move(array));
    }
    mark_counts(analysis, arguments, result);
    return result;
}

Result run(const Analysis& analysis, const Inputs& inputs, const Options& options) {
    check_inputs(analysis, inputs);
    check_options(analysis, options);
    const Arguments arguments(inputs, with_defaults(analysis, options));
    Result result = analysis.function(arguments);
    mark_counts(analysis, arguments, result);
    return result;
}

}  // namespace neurodyn::analysis
