// SPDX-License-Identifier: BSD-3-Clause
// Expressions over arrays: the language's parser makes the graph, its evaluator is run for each node or edge.
#include "experiment/scope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/gamma.hpp"
#include "base/random.hpp"
#include "language/model.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::experiment {
namespace {

using symbolic::Graph;
using symbolic::NodeId;

// Apart from the streams of a run's noise and of models' own distributions; what is drawn is told apart by
// the step.
constexpr std::uint16_t draw_stream = 0x7fff;
// Draws of one value that are told apart: a distribution's own, those of calls of rand() and randn() in an
// expression, and those that a gamma value takes.
constexpr std::uint32_t first_call = 1, first_gamma_draw = 1 << 16;

double draw_one(const std::string& shape, double a, double b, const Wanted& wanted, std::size_t node) {
    if (shape == "uniform") return a + (b - a) * uniform_at(wanted.seed, draw_stream, wanted.stream, node);
    if (shape == "exponential")
        return -a * std::log(uniform_at(wanted.seed, draw_stream, wanted.stream, node));
    const auto member = [](std::uint64_t k) { return static_cast<std::uint32_t>(first_gamma_draw + k); };
    if (shape == "gamma")
        return gamma_from(
            a, b,
            [&](std::uint64_t k) {
                return normal_at(wanted.seed, draw_stream, wanted.stream, node, member(k));
            },
            [&](std::uint64_t k) {
                return uniform_at(wanted.seed, draw_stream, wanted.stream, node, member(k));
            });
    const double z = normal_at(wanted.seed, draw_stream, wanted.stream, node);
    if (shape == "normal") return a + b * z;
    const double s2 = std::log1p((b / a) * (b / a));  // lognormal: mean and sd of the value itself
    return a * std::exp(std::sqrt(s2) * z - 0.5 * s2);
}

// The words of the table in distribution_call.
language::Distribution::Shape shape_of(const std::string& name) {
    using Shape = language::Distribution::Shape;
    if (name == "normal") return Shape::normal;
    if (name == "uniform") return Shape::uniform;
    if (name == "gamma") return Shape::gamma;
    return name == "lognormal" ? Shape::lognormal : Shape::exponential;
}

}  // namespace

std::vector<std::string> names_in(const std::string& text) {
    std::vector<std::string> names;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        const bool name = letter(text[i]);
        while (end < text.size() && (letter(text[end]) || digit(text[end]) || text[end] == '.')) ++end;
        if (end > i && name) names.push_back(text.substr(i, end - i));
        i = std::max(end, i + 1);
    }
    return names;
}

std::optional<DistributionCall> distribution_call(const Text& text) {
    const std::string& s = text.value;
    const std::size_t open = s.find('(');
    if (open == std::string::npos || s.back() != ')') return std::nullopt;
    DistributionCall call{s.substr(0, s.find_last_not_of(' ', open - (open > 0)) + 1), {}};
    static const std::vector<std::string> known = {"normal", "uniform", "lognormal", "exponential", "gamma"};
    if (std::find(known.begin(), known.end(), call.name) == known.end()) return std::nullopt;
    int depth = 0;
    std::size_t begin = open + 1;
    for (std::size_t i = open; i < s.size(); ++i) {
        if (s[i] == '(') ++depth;
        if (s[i] == ')') --depth;
        if (depth == 0 && i + 1 < s.size()) return std::nullopt;  // normal(..) + 1 is no distribution
        if ((s[i] == ',' && depth == 1) || depth == 0) {
            Text argument{s.substr(begin, i - begin), text.place};
            const std::size_t spaces = std::min(argument.value.find_first_not_of(' '), argument.value.size());
            argument.value.erase(0, spaces);
            argument.place.column += begin + spaces;
            argument.place.length = argument.value.size();
            call.arguments.push_back(std::move(argument));
            begin = i + 1;
        }
    }
    return call;
}

void Scope::add(const std::string& name, ArrayPtr array) {
    for (auto& [known, old] : entries_)
        if (known == name) {
            old = std::move(array);
            return;
        }
    entries_.emplace_back(name, std::move(array));
}

void Scope::add(const std::string& name, double value, const Dimension& dimension) {
    add(name, std::make_shared<Array>(Array{1, 1, {value}, dimension}));
}

const Array* Scope::find(const std::string& name) const {
    for (const auto& [known, array] : entries_)
        if (known == name) return array.get();
    return nullptr;
}

std::vector<std::string> Scope::names() const {
    std::vector<std::string> all;
    for (const auto& entry : entries_) all.push_back(entry.first);
    return all;
}

bool Scope::fits(const Text& text, const Array& array, const Wanted& wanted, Problems& problems) const {
    if (wanted.dimension && !(array.dimension == *wanted.dimension)) {
        const bool zero = array.is_scalar() && array.data[0] == 0.0;
        if (!zero) {
            problems.add(text.place,
                         fmt::format("{} needs the unit {}, but '{}' has the unit {}", wanted.what,
                                     wanted.unit.empty() ? to_string(*wanted.dimension) : wanted.unit,
                                     text.value, to_string(array.dimension)));
            return false;
        }
    }
    if (array.is_matrix() && wanted.columns == 1) {
        problems.add(text.place,
                     fmt::format("{} is one value or one per node, but '{}' is a matrix of {} x {}",
                                 wanted.what, text.value, array.rows, array.columns));
        return false;
    }
    if ((array.rows != 1 && array.rows != wanted.rows) ||
        (array.columns != 1 && array.columns != wanted.columns)) {
        const std::size_t count = array.rows * array.columns;
        problems.add(text.place, wanted.rows == 1 ? fmt::format("{} is one value, but '{}' gives {}",
                                                                wanted.what, text.value, count)
                                                  : fmt::format("{} has {} nodes, but '{}' gives {} values",
                                                                wanted.what, wanted.rows, text.value, count));
        return false;
    }
    for (const double x : array.data)
        if (!std::isfinite(x)) {
            problems.add(text.place, fmt::format("{}: '{}' gives the value {}, which is not finite",
                                                 wanted.what, text.value, x));
            return false;
        }
    return true;
}

std::optional<Array> Scope::expression(const Text& text, const Wanted& wanted, Problems& problems) const {
    if (const std::optional<double> number = to_number(text.value)) return Array{1, 1, {*number}, {}};
    if (const Array* array = find(text.value)) return *array;
    Graph graph;
    std::vector<language::ScopeEntry> names;
    for (const auto& [name, array] : entries_) names.push_back({name, graph.symbol(name), array->dimension});
    const auto counts = [&](const char* name) { return wanted.indexed && find(name) == nullptr; };
    for (const char* name : {"i", "N"})
        if (counts(name)) names.push_back({name, graph.symbol(name), {}});
    language::Expression parsed;
    std::vector<language::Draw> draws;
    try {
        parsed = language::parse_expression(text.value, "", graph, names, wanted.indexed ? &draws : nullptr);
    } catch (const InputError& error) {
        problems.add(text, error);
        return std::nullopt;
    }
    Array result{draws.empty() ? 1 : wanted.rows, 1, {}, parsed.dimension};
    for (const NodeId symbol : symbolic::free_symbols(graph, std::vector<NodeId>{parsed.node})) {
        const Array* array = find(graph.name(symbol));
        if (graph.name(symbol) == "i" && counts("i")) result.rows = wanted.rows;
        if (array == nullptr) continue;
        result.rows = std::max(result.rows, array->rows);
        result.columns = std::max(result.columns, array->columns);
    }
    std::size_t row = 0, column = 0;
    const auto lookup = [&](const std::string& name) {
        if (const Array* array = find(name)) return array->at(row, column);
        for (std::uint32_t k = 0; k < draws.size(); ++k) {
            if (draws[k].name != name) continue;
            return (draws[k].is_normal ? normal_at : uniform_at)(wanted.seed, draw_stream, wanted.stream, row,
                                                                 first_call + k);
        }
        if (!counts(name.c_str())) return std::nan("");
        return static_cast<double>(name == "i" ? row : wanted.rows);
    };
    for (const NodeId symbol : symbolic::free_symbols(graph, std::vector<NodeId>{parsed.node})) {
        const Array* array = find(graph.name(symbol));
        if (array != nullptr && ((array->rows != 1 && array->rows != result.rows) ||
                                 (array->columns != 1 && array->columns != result.columns))) {
            problems.add(text.place,
                         fmt::format("'{}' mixes arrays of different sizes: '{}' has {} rows, another has {}",
                                     text.value, graph.name(symbol), array->rows, result.rows));
            return std::nullopt;
        }
    }
    result.data.reserve(result.rows * result.columns);
    for (row = 0; row < result.rows; ++row)
        for (column = 0; column < result.columns; ++column)
            result.data.push_back(symbolic::evaluate(graph, parsed.node, lookup));
    return result;
}

std::optional<Array> Scope::draw(const Text& text, const Wanted& wanted, Problems& problems) const {
    const std::optional<DistributionCall> call = distribution_call(text);
    const std::size_t needed = call->name == "exponential" ? 1 : 2;
    if (call->arguments.size() != needed) {
        problems.add(text.place,
                     fmt::format("{} takes {} values, not {}", call->name, needed, call->arguments.size()));
        return std::nullopt;
    }
    std::vector<Array> arguments;
    for (const Text& argument : call->arguments) {
        std::optional<Array> array = expression(argument, wanted, problems);
        if (!array || !fits(argument, *array, wanted, problems)) return std::nullopt;
        arguments.push_back(std::move(*array));
    }
    for (std::size_t k = 0; k < wanted.rows * wanted.columns; ++k) {
        const std::size_t row = k / wanted.columns, column = k % wanted.columns;
        const std::string wrong = language::problem_of(shape_of(call->name), arguments[0].at(row, column),
                                                       arguments.back().at(row, column));
        if (wrong.empty()) continue;
        problems.add(text.place, fmt::format("{}: in '{}' {}", wanted.what, text.value, wrong));
        return std::nullopt;
    }
    Array result{wanted.rows, wanted.columns, {}, wanted.dimension.value_or(arguments[0].dimension)};
    result.data.reserve(wanted.rows * wanted.columns);
    for (std::size_t row = 0; row < wanted.rows; ++row)
        for (std::size_t column = 0; column < wanted.columns; ++column)
            result.data.push_back(draw_one(call->name, arguments[0].at(row, column),
                                           arguments.back().at(row, column), wanted,
                                           row * wanted.columns + column));
    return result;
}

std::optional<Array> Scope::evaluate(const Text& text, const Wanted& wanted, Problems& problems) const {
    std::optional<Array> array =
        distribution_call(text) ? draw(text, wanted, problems) : expression(text, wanted, problems);
    if (!array || !fits(text, *array, wanted, problems)) return std::nullopt;
    return array;
}

std::optional<Array> Scope::evaluate(const Value& value, const Wanted& wanted, Problems& problems) const {
    if (!value.is_list) return evaluate(value.text(), wanted, problems);
    Array result{value.items.size(), 1, {}, wanted.dimension.value_or(Dimension{})};
    for (const Text& text : value.items) {
        Wanted one = wanted;
        one.rows = one.columns = 1;
        const std::optional<Array> array = evaluate(text, one, problems);
        if (!array) return std::nullopt;
        if (!wanted.dimension) result.dimension = array->dimension;
        result.data.push_back(array->data[0]);
    }
    Text list = value.text();
    list.value = fmt::format("[{}{}]", list.value, value.items.size() > 1 ? ", ..." : "");
    if (!fits(list, result, wanted, problems)) return std::nullopt;
    return result;
}

}  // namespace neurodyn::experiment
