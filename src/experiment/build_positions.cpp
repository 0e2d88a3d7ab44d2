// SPDX-License-Identifier: BSD-3-Clause
// Where the neurons of populations are: layouts, files, expressions, and the centres of a connectome's
// regions.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "experiment/builder.hpp"
#include "network/positions.hpp"

namespace neurodyn::experiment {
namespace {

using network::axis_names;

constexpr std::array<const char*, 3> sides = {"length", "width", "height"};
// Apart from the streams of a run's noise and from those of other values of nodes (scope.cpp).
constexpr std::uint16_t position_stream = 0x7ffe;

struct LayoutSpec {
    std::string_view name;
    std::vector<std::string_view> needed, optional;
    bool may_be_periodic;
};

const std::vector<LayoutSpec>& layouts() {
    static const std::vector<LayoutSpec> table = {
        {"grid", {"shape", "spacing"}, {}, true},
        {"box", {"length"}, {"width", "height"}, true},
        {"line", {"length"}, {}, true},
        {"ring", {"radius"}, {}, false},
    };
    return table;
}

constexpr const char* grammar =
    "give a layout (grid with shape and spacing; box with length, width and height; line with length; ring "
    "with radius), a file with the columns x, y, z, or expressions of x, y and z";

ArrayPtr coordinates(const std::vector<double>& values) {
    return std::make_shared<Array>(Array{values.size(), 1, values, dimensions::length});
}

}  // namespace

// The experiment's names, and x, y and z of a population's neurons where it has them.
Scope Builder::node_scope(const network::Population& population) const {
    Scope scope = scope_;
    for (std::size_t k = 0; k < axis_names.size(); ++k)
        if (!population.positions.axes[k].empty() && scope_.find(axis_names[k]) == nullptr)
            scope.add(axis_names[k], coordinates(population.positions.axes[k]));
    return scope;
}

// The numbers of one setting, at most three.
std::vector<double> Builder::read_axes(const Setting& setting, const Dimension& dimension, const char* unit,
                                       const std::string& what) {
    std::vector<double> numbers;
    const Wanted wanted{
        .what = fmt::format("'{}' of {}", setting.name, what), .dimension = dimension, .unit = unit};
    for (const Text& text : setting.value.items) {
        const auto array = scope_.evaluate(text, wanted, problems_);
        if (!array) return {};
        numbers.push_back(array->data[0]);
    }
    if (numbers.size() <= axis_names.size()) return numbers;
    problems_.add(setting.place, fmt::format("{} has {} values; there are three axes", wanted.what,
                                             setting.value.items.size()));
    return {};
}

// Lengths above 0.
std::vector<double> Builder::read_lengths(const Setting& setting, const std::string& what) {
    std::vector<double> lengths = read_axes(setting, dimensions::length, "m", what);
    for (std::size_t k = 0; k < lengths.size(); ++k)
        if (!(lengths[k] > 0.0)) {
            problems_.add(setting.value.items[k].place,
                          fmt::format("'{}' of {} is '{}'; it must be above 0", setting.name, what,
                                      setting.value.items[k].value));
            return {};
        }
    return lengths;
}

std::optional<network::Positions> Builder::place_grid(const PositionSection& section, std::size_t size,
                                                      const std::string& what) {
    const Setting &shape_setting = *find_setting(section.settings, "shape"),
                  &spacing_setting = *find_setting(section.settings, "spacing");
    const std::vector<double> counts = read_axes(shape_setting, {}, "1", what);
    std::vector<double> spacing = read_lengths(spacing_setting, what);
    if (counts.empty() || spacing.empty()) return std::nullopt;
    std::vector<std::size_t> shape;
    double points = 1.0;
    for (const double count : counts) {
        if (!(count >= 1.0) || count != std::floor(count) || count > 1e9) {
            problems_.add(shape_setting.place,
                          fmt::format("'shape' of {} holds {}; the points along an axis are a whole number",
                                      what, count));
            return std::nullopt;
        }
        shape.push_back(static_cast<std::size_t>(count));
        points *= count;
    }
    if (points != static_cast<double>(size)) {
        problems_.add(shape_setting.place,
                      fmt::format("the grid of {} has {} = {} points for {} neurons", what,
                                  fmt::join(shape, " x "), points, size),
                      fmt::format("take size: {}", points));
        return std::nullopt;
    }
    if (spacing.size() == 1) spacing.resize(shape.size(), spacing[0]);
    if (spacing.size() == shape.size()) return network::grid_positions(shape, spacing, section.periodic);
    problems_.add(spacing_setting.place, fmt::format("'spacing' of {} has {} values for {} axes", what,
                                                     spacing.size(), shape.size()));
    return std::nullopt;
}

std::optional<network::Positions> Builder::place_layout(const PositionSection& section, std::size_t size,
                                                        const std::string& what) {
    const std::string& layout = section.layout.value;
    if (layout == "grid") return place_grid(section, size, what);
    std::vector<double> lengths;
    for (const char* name : {"radius", sides[0], sides[1], sides[2]}) {
        const Setting* setting = find_setting(section.settings, name);
        if (setting == nullptr) continue;
        const std::vector<double> read = read_lengths(*setting, what);
        if (read.empty()) return std::nullopt;
        if (read.size() > 1) {
            problems_.add(setting->place, fmt::format("'{}' of {} is one value", name, what));
            return std::nullopt;
        }
        lengths.push_back(read[0]);
    }
    if (layout == "ring") return network::ring_positions(size, lengths[0]);
    if (layout == "box")
        return network::box_positions(size, lengths, section.periodic, experiment_.seed, position_stream,
                                      stream(what));
    const std::size_t shape[] = {size};
    const double spacing[] = {lengths[0] / static_cast<double>(size)};
    return network::grid_positions(shape, spacing, section.periodic);
}

// Names of the settings, before any is read.
bool Builder::check_layout(const PositionSection& section, const std::string& what) {
    const auto spec = std::find_if(layouts().begin(), layouts().end(),
                                   [&](const LayoutSpec& l) { return l.name == section.layout.value; });
    if (spec == layouts().end()) {
        std::vector<std::string> names;
        for (const LayoutSpec& l : layouts()) names.emplace_back(l.name);
        problems_.add(section.layout.place,
                      fmt::format("{}: there is no layout '{}'", what, section.layout.value),
                      fmt::format("layouts: {}", fmt::join(names, ", ")));
        return false;
    }
    const std::size_t before = problems_.size();
    for (const std::string_view name : spec->needed)
        if (find_setting(section.settings, name) == nullptr)
            problems_.add(section.layout.place,
                          fmt::format("{}: the layout '{}' needs '{}'", what, spec->name, name));
    std::vector<std::string_view> known = spec->needed;
    known.insert(known.end(), spec->optional.begin(), spec->optional.end());
    known.push_back("centre");
    for (const Setting& setting : section.settings)
        if (std::find(known.begin(), known.end(), setting.name) == known.end())
            problems_.add(setting.place,
                          fmt::format("{}: the layout '{}' has no '{}'", what, spec->name, setting.name),
                          fmt::format("it has: {}", fmt::join(known, ", ")));
    if (find_setting(section.settings, "height") && !find_setting(section.settings, "width"))
        problems_.add(section.layout.place, fmt::format("{}: a box with a height has a width", what));
    if (section.periodic && !spec->may_be_periodic)
        problems_.add(section.place, fmt::format("{}: a {} cannot be periodic", what, spec->name));
    return problems_.size() == before;
}

// Expressions of x, y and z, each of which may use those before it.
std::optional<network::Positions> Builder::place_expressions(const PositionSection& section,
                                                             const network::Population& population,
                                                             const std::string& what) {
    network::Population placed;
    placed.size = population.size;
    for (std::size_t k = 0; k < axis_names.size(); ++k) {
        const Setting* setting = find_setting(section.settings, axis_names[k]);
        if (setting == nullptr) continue;
        const std::string name = fmt::format("'{}' of {}", axis_names[k], what);
        const Wanted wanted{.what = name,
                            .dimension = dimensions::length,
                            .unit = "m",
                            .rows = population.size,
                            .seed = experiment_.seed,
                            .stream = stream(name),
                            .indexed = true};
        const auto array = node_scope(placed).evaluate(setting->value, wanted, problems_);
        if (!array) return std::nullopt;
        for (std::size_t i = 0; i < population.size; ++i) placed.positions.axes[k].push_back(array->at(i, 0));
    }
    for (const Setting& setting : section.settings)
        if (setting.name != "x" && setting.name != "y" && setting.name != "z" && setting.name != "centre")
            problems_.add(setting.place, fmt::format("{} has no '{}'", what, setting.name), grammar);
    if (section.periodic)
        problems_.add(section.place,
                      fmt::format("{}: only the layouts grid, box and line can be periodic", what));
    if (placed.positions.empty()) {
        problems_.add(section.place, fmt::format("{} says nothing", what), grammar);
        return std::nullopt;
    }
    return std::move(placed.positions);
}

std::optional<network::Positions> Builder::place_file(const PositionSection& section, std::size_t size,
                                                      const std::string& what) {
    for (const Setting& setting : section.settings)
        if (setting.name != "centre")
            problems_.add(setting.place,
                          fmt::format("{}: a file of positions takes no '{}'", what, setting.name));
    if (!section.layout.empty() || section.periodic)
        problems_.add(section.place, fmt::format("{}: a file has no layout and cannot be periodic", what),
                      grammar);
    try {
        const auto positions = resources_.positions(section.file.value);
        for (const std::vector<double>& axis : positions->axes)
            if (!axis.empty() && axis.size() != size)
                throw Error(fmt::format("{}: '{}' has {} rows for {} neurons", what, section.file.value,
                                        axis.size(), size));
        return *positions;
    } catch (const Error& error) {
        failed(section.file, error);
    }
    return std::nullopt;
}

void Builder::place(const PopulationSection& section, network::Population& population) {
    const auto connectome = built_.connectome_of.find(section.name);
    if (section.positions.empty() && section.positions.place.line == 0) {
        if (connectome == built_.connectome_of.end()) return;
        const std::vector<double>& centres = built_.connectomes.at(connectome->second)->positions_mm;
        constexpr double mm = 1e-3;
        for (std::size_t k = 0; k < centres.size(); ++k)
            population.positions.axes[k % 3].push_back(centres[k] * mm);
        return;
    }
    const PositionSection& positions = section.positions;
    const std::string what = fmt::format("'positions' of population '{}'", section.name);
    std::optional<network::Positions> placed;
    if (!positions.file.empty())
        placed = place_file(positions, population.size, what);
    else if (positions.layout.empty())
        placed = place_expressions(positions, population, what);
    else if (check_layout(positions, what))
        placed = place_layout(positions, population.size, what);
    if (!placed) return;
    if (const Setting* centre = find_setting(positions.settings, "centre"))
        network::move_positions(*placed, population.size, read_axes(*centre, dimensions::length, "m", what));
    population.positions = std::move(*placed);
}

}  // namespace neurodyn::experiment
