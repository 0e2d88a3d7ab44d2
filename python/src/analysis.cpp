// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/table.hpp"
#include "base/error.hpp"
#include "base/units.hpp"
#include "bindings.hpp"

namespace nb = nanobind;

namespace neurodyn::python {
namespace {

using Doubles = nb::ndarray<const double, nb::c_contig, nb::device::cpu>;
using Nodes = nb::ndarray<const std::uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

std::vector<double> to_vector(const nb::handle& array) {
    const auto a = nb::cast<Doubles>(array);
    return {a.data(), a.data() + a.size()};
}

nb::object to_object(const analysis::OptionValue& value) {
    return std::visit([](const auto& v) -> nb::object { return nb::cast(v); }, value);
}

nb::dict to_dict(const analysis::Analysis& row) {
    nb::list inputs, options, results;
    for (const analysis::InputSpec& spec : row.inputs) {
        nb::list kinds;
        for (const analysis::InputKind kind : spec.kinds)
            kinds.append(kind == analysis::InputKind::events
                             ? "events"
                             : std::string(analysis::to_string(kind)).c_str());
        nb::dict one;
        one["name"] = spec.name;
        one["kinds"] = kinds;
        one["required"] = spec.required;
        one["doc"] = spec.doc;
        inputs.append(one);
    }
    for (const analysis::OptionSpec& spec : row.options) {
        nb::dict one;
        one["name"] = spec.name;
        one["unit"] = spec.unit;
        one["default"] = to_object(spec.default_value);
        one["doc"] = spec.doc;
        one["choices"] = nb::cast(spec.choices);
        options.append(one);
    }
    for (const analysis::ResultSpec& spec : row.results) {
        nb::dict one;
        one["name"] = spec.name;
        one["doc"] = spec.doc;
        one["dimensions"] = nb::cast(spec.dimensions);
        results.append(one);
    }
    nb::dict found;
    found["name"] = row.name;
    found["doc"] = row.doc;
    found["inputs"] = inputs;
    found["options"] = options;
    found["results"] = results;
    return found;
}

// (kind, array, ...) as the package's analysis module makes them.
analysis::Input to_input(const std::string& name, const nb::tuple& given) {
    const auto kind = nb::cast<std::string>(given[0]);
    if (kind == "labels") return analysis::Labels{nb::cast<std::vector<std::string>>(given[1]), name};
    const auto shape = nb::cast<Doubles>(given[1]);
    if (kind == "events") {
        const auto nodes = nb::cast<Nodes>(given[2]);
        return analysis::Events{to_vector(given[1]),
                                {nodes.data(), nodes.data() + nodes.size()},
                                nb::cast<std::size_t>(given[3]),
                                nb::cast<double>(given[4]),
                                nb::cast<double>(given[5]),
                                name};
    }
    if (kind == "vector") return analysis::Vector{to_vector(given[1]), name, nb::cast<std::string>(given[2])};
    if (kind == "matrix") {
        analysis::Matrix matrix;
        matrix.values = to_vector(given[1]);
        matrix.rows = shape.shape(0);
        matrix.columns = shape.shape(1);
        matrix.name = name;
        matrix.unit = nb::cast<std::string>(given[2]);
        return matrix;
    }
    analysis::Series series;
    series.values = to_vector(given[1]);
    series.samples = shape.shape(0);
    series.channels = shape.shape(1);
    series.interval_s = nb::cast<double>(given[2]);
    series.start_s = nb::cast<double>(given[3]);
    series.name = name;
    series.unit = nb::cast<std::string>(given[4]);
    return series;
}

double to_number(const analysis::Analysis& row, const std::string& name, const nb::handle& value) {
    double number = 0.0;
    if (!nb::try_cast(value, number))
        throw Error(fmt::format("'{}' of {} is {}: it must be a number or a text", name, row.name,
                                nb::repr(value).c_str()));
    return number;
}

// Numbers count in the option's unit, texts are quantities.
analysis::OptionValue to_option(const analysis::Analysis& row, const std::string& name,
                                const nb::handle& value) {
    const auto spec = std::find_if(row.options.begin(), row.options.end(),
                                   [&](const analysis::OptionSpec& o) { return o.name == name; });
    const bool is_text = nb::isinstance<nb::str>(value);
    if (spec != row.options.end() && std::holds_alternative<double>(spec->default_value)) {
        if (is_text) return parse_quantity(nb::cast<std::string>(value), parse_unit(spec->unit).dimension);
        return to_number(row, name, value);
    }
    if (is_text) return nb::cast<std::string>(value);
    if (nb::isinstance<nb::bool_>(value)) return nb::cast<bool>(value);
    return to_number(row, name, value);
}

nb::list analyse(const std::string& name, const nb::dict& given, const nb::dict& given_options) {
    const analysis::Analysis& row = analysis::find_analysis(name);
    analysis::Inputs inputs;
    analysis::Options options;
    for (const auto& [key, value] : given) {
        const auto input = nb::cast<std::string>(key);
        inputs.emplace(input, to_input(input, nb::cast<nb::tuple>(value)));
    }
    for (const auto& [key, value] : given_options) {
        const auto option = nb::cast<std::string>(key);
        options.emplace(option, to_option(row, option, value));
    }
    analysis::Result result;
    {
        const nb::gil_scoped_release unlocked;
        result = analysis::run(row, inputs, options);
    }
    nb::list found;
    for (analysis::ResultArray& array : result.arrays) {
        std::vector<std::size_t> shape;
        nb::list dimensions;
        for (const analysis::Dimension& d : array.dimensions) {
            shape.push_back(d.size);
            dimensions.append(nb::make_tuple(d.name, d.unit, nb::cast(d.values), nb::cast(d.labels)));
        }
        nb::dict one;
        one["name"] = array.name;
        one["doc"] = array.doc;
        one["unit"] = array.unit;
        one["dimensions"] = dimensions;
        one["texts"] = nb::list();
        one["values"] = to_numpy<Numpy>(std::move(array.values), shape);
        found.append(one);
    }
    return found;
}

}  // namespace

void bind_analysis(nb::module_& m) {
    m.def(
        "analyses",
        [] {
            nb::list all;
            for (const analysis::Analysis& row : analysis::table()) all.append(to_dict(row));
            return all;
        },
        "Name, documentation, inputs, options and results of each analysis.");
    m.def("analyse", &analyse, nb::arg("name"), nb::arg("inputs"), nb::arg("options"),
          "Runs an analysis without the lock of the interpreter.");
    m.def(
        "si",
        [](const std::string& text, const std::optional<std::string>& unit) {
            return unit ? parse_quantity(text, parse_unit(*unit).dimension)
                        : parse_any_quantity(text).value_si;
        },
        nb::arg("text"), nb::arg("unit") = nb::none(),
        "The SI value of a quantity, which must measure what `unit` does; raises InputError.");
    m.def(
        "unit",
        [](const std::string& text) {
            const Unit unit = parse_unit(text);
            return std::pair{unit.scale, to_string(unit.dimension)};
        },
        nb::arg("text"), "SI value of one of a unit, and its dimension; raises InputError.");
}

}  // namespace neurodyn::python
