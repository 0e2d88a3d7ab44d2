// SPDX-License-Identifier: BSD-3-Clause
// Grids of populations, and projections by kernels of the distance.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "experiment/builder.hpp"
#include "network/positions.hpp"

namespace neurodyn::experiment {
namespace {

using network::Edges;
using network::Grid;

constexpr double most_points = 1e8;
// A kernel that has fallen to this part of its largest value has died away.
constexpr double died_away = 1e-3;
constexpr double periodic_to = 1e-6;

std::optional<Edges> edges_called(const std::string& name) {
    if (name == "periodic") return Edges::periodic;
    if (name == "zero") return Edges::zero;
    if (name == "reflecting") return Edges::reflecting;
    return std::nullopt;
}

std::size_t axis_period(const Grid& grid, std::size_t axis) {
    return axis < grid.shape.size() ? grid.period(axis) : 1;
}

// Displacements in m; those of a grid are in points.
struct Displacements {
    std::vector<double> x, y;
    void add(const Grid& grid, double dx, double dy) {
        x.push_back(dx * grid.spacing_m[0]);
        y.push_back(grid.shape.size() > 1 ? dy * grid.spacing_m[1] : 0.0);
    }
};

ArrayPtr lengths(std::vector<double> values) {
    const std::size_t count = values.size();
    return std::make_shared<Array>(Array{count, 1, std::move(values), dimensions::length});
}

std::vector<double> distances(const Displacements& d) {
    std::vector<double> r(d.x.size());
    for (std::size_t k = 0; k < r.size(); ++k) r[k] = std::hypot(d.x[k], d.y[k]);
    return r;
}

// The displacements' names, where no name of `values` is in the way.
Scope with_displacements(const Scope& scope, const Grid& grid, const Displacements& d) {
    Scope own = scope;
    own.add("r", lengths(distances(d)));
    own.add("x", lengths(d.x));
    if (grid.shape.size() > 1) own.add("y", lengths(d.y));
    return own;
}

// Whether an expression has the same value for displacements of the same lengths along both axes.
bool is_symmetric(const std::string& text) {
    const std::vector<std::string> names = names_in(text);
    return std::none_of(names.begin(), names.end(),
                        [](const std::string& name) { return name == "x" || name == "y"; });
}

}  // namespace

std::vector<std::size_t> Builder::read_shape(const Setting& setting, const std::string& what) {
    const std::vector<double> counts = read_axes(setting, {}, "1", what);
    std::vector<std::size_t> shape;
    double points = 1.0;
    for (const double count : counts) {
        points *= count;
        if (!(count >= 1.0) || count != std::floor(count) || points > most_points) {
            problems_.add(
                setting.place,
                fmt::format("'shape' of {} holds {}; the points along an axis are a whole number, at "
                            "most {} in all",
                            what, count, most_points));
            return {};
        }
        shape.push_back(static_cast<std::size_t>(count));
    }
    if (shape.size() <= 2) return shape;
    problems_.add(
        setting.place,
        fmt::format("'shape' of {} has {} axes; a field lies on a line or in a plane", what, shape.size()));
    return {};
}

std::vector<double> Builder::read_spacing(const GridSection& section, const std::vector<std::size_t>& shape,
                                          const std::string& what) {
    const Setting *length = find_setting(section.settings, "length"),
                  *spacing = find_setting(section.settings, "spacing");
    if ((length == nullptr) == (spacing == nullptr)) {
        problems_.add(section.place, fmt::format("{} needs 'length' or 'spacing', and not both", what),
                      "for example length: 20 mm, or spacing: 0.1 mm");
        return {};
    }
    const Setting& given = length != nullptr ? *length : *spacing;
    std::vector<double> values = read_lengths(given, what);
    if (values.empty()) return {};
    if (values.size() == 1) values.resize(shape.size(), values[0]);
    if (values.size() != shape.size()) {
        problems_.add(given.place, fmt::format("'{}' of {} has {} values for {} axes", given.name, what,
                                               values.size(), shape.size()));
        return {};
    }
    if (length != nullptr)
        for (std::size_t k = 0; k < shape.size(); ++k) values[k] /= static_cast<double>(shape[k]);
    return values;
}

// What a grid or surface says need not be said again.
bool Builder::check_size(const PopulationSection& section, std::size_t points, const std::string& what) {
    if (!section.positions.empty() || section.positions.place.line != 0)
        problems_.add(
            section.positions.place,
            fmt::format("population '{}' has {}, which says where its nodes are", section.name, what),
            "leave 'positions' out");
    if (!section.has_size || section.size.value == std::to_string(points)) return true;
    problems_.add(section.size.place,
                  fmt::format("population '{}' has {}, not '{}'", section.name, what, section.size.value),
                  "leave 'size' out");
    return false;
}

// False after a problem.
bool Builder::read_grid(const PopulationSection& section, network::Population& population) {
    const GridSection& given = section.grid;
    const std::string what = fmt::format("'grid' of population '{}'", section.name);
    for (const Setting& setting : given.settings)
        if (setting.name != "shape" && setting.name != "length" && setting.name != "spacing" &&
            setting.name != "centre")
            problems_.add(setting.place, fmt::format("{} has no '{}'", what, setting.name),
                          "it knows: shape, length, spacing, edges, centre");
    const std::optional<Edges> edges = edges_called(given.edges.value);
    if (!edges && !given.edges.empty())
        problems_.add(given.edges.place, fmt::format("'edges' of {} cannot be '{}'", what, given.edges.value),
                      "edges: periodic, zero (nothing beyond them) or reflecting");
    const Setting* shape_setting = find_setting(given.settings, "shape");
    if (shape_setting == nullptr) {
        problems_.add(given.place, fmt::format("{} needs a 'shape'", what),
                      "for example shape: 512, or shape: [64, 64]");
        return false;
    }
    Grid grid{read_shape(*shape_setting, what), {}, edges.value_or(Edges::periodic)};
    if (grid.shape.empty() || !edges) return false;
    grid.spacing_m = read_spacing(given, grid.shape, what);
    if (grid.spacing_m.empty()) return false;
    population.size = grid.size();
    if (!check_size(section, population.size, fmt::format("a grid of {} points", population.size)))
        return false;
    population.positions = network::grid_positions(grid.shape, grid.spacing_m, grid.edges == Edges::periodic);
    if (const Setting* centre = find_setting(given.settings, "centre"))
        network::move_positions(population.positions, population.size,
                                read_axes(*centre, dimensions::length, "m", what));
    population.grid = std::move(grid);
    return true;
}

bool Builder::has_kernel(const ProjectionSection& section) const {
    return !section.kernel.empty() || !section.kernel_file.empty();
}

// An expression of r, x and y for every displacement of a grid. Nothing after a problem.
std::optional<std::vector<double>> Builder::of_displacements(const Text& text, const Grid& grid,
                                                             const Wanted& wanted) {
    const std::size_t width = axis_period(grid, 0), height = axis_period(grid, 1);
    const bool symmetric = is_symmetric(text.value);
    // Of a symmetric one a quarter of the plane says all.
    const std::size_t columns = symmetric ? width / 2 + 1 : width, rows = symmetric ? height / 2 + 1 : height;
    Displacements d;
    const auto along = [&](std::size_t axis, std::size_t at) {
        return axis < grid.shape.size() ? network::displacement(grid, axis, at) : 0.0;
    };
    for (std::size_t y = 0; y < rows; ++y)
        for (std::size_t x = 0; x < columns; ++x) d.add(grid, along(0, x), along(1, y));
    Wanted all = wanted;
    all.rows = d.x.size();
    const std::optional<Array> array = with_displacements(scope_, grid, d).evaluate(text, all, problems_);
    if (!array) return std::nullopt;
    std::vector<double> values(width * height);
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x) {
            const std::size_t column = symmetric ? std::min(x, width - x) : x;
            const std::size_t row = symmetric ? std::min(y, height - y) : y;
            values[y * width + x] = array->at(row * columns + column, 0);
        }
    return values;
}

// Weights as they are listed, the middle one at displacement 0.
std::optional<std::vector<double>> Builder::listed_kernel(const ProjectionSection& section, const Grid& grid,
                                                          const std::string& what) {
    const Unit unit = parse_unit(grid.shape.size() > 1 ? "1/m^2" : "1/m");
    Array listed;
    Place place = section.place;
    if (section.kernel_file.empty()) {
        place = section.kernel.text().place;
        const Wanted wanted{.what = what,
                            .dimension = unit.dimension,
                            .unit = unit.name,
                            .rows = section.kernel.items.size()};
        const auto array = scope_.evaluate(section.kernel, wanted, problems_);
        if (!array) return std::nullopt;
        listed = *array;
        std::swap(listed.rows, listed.columns);
    } else {
        place = section.kernel_file.place;
        try {
            listed = *resources_.csv(section.kernel_file.value);
            const Unit given = parse_unit(section.kernel_unit.value);
            if (given.dimension != unit.dimension) {
                problems_.add(section.kernel_unit.place, fmt::format("{} must be in {}, not in {}", what,
                                                                     unit.name, section.kernel_unit.value));
                return std::nullopt;
            }
            for (double& w : listed.data) w *= given.scale;
            if (grid.shape.size() == 1 && listed.columns == 1) std::swap(listed.rows, listed.columns);
        } catch (const Error& error) {
            failed(section.kernel_file, error);
            return std::nullopt;
        }
    }
    const std::size_t width = axis_period(grid, 0), height = axis_period(grid, 1);
    if (listed.columns % 2 == 0 || listed.rows % 2 == 0 || listed.columns > width || listed.rows > height) {
        problems_.add(place,
                      fmt::format("{} has {} x {} weights; on this grid it has an odd number along each "
                                  "axis, the middle one at distance 0, and at most {} x {}",
                                  what, listed.columns, listed.rows, width, height));
        return std::nullopt;
    }
    std::vector<double> values(width * height);
    for (std::size_t row = 0; row < listed.rows; ++row)
        for (std::size_t column = 0; column < listed.columns; ++column) {
            const std::size_t x = (column + width - listed.columns / 2) % width;
            const std::size_t y = (row + height - listed.rows / 2) % height;
            values[y * width + x] = listed.at(row, column);
        }
    return values;
}

// A kernel that is wider than what lies between a point and its images would be cut off: a problem, unless it
// repeats as the domain does.
void Builder::check_reach(const Text& text, const Grid& grid, const std::vector<double>& weights,
                          const Wanted& wanted) {
    if (grid.edges == Edges::zero) return;
    const std::size_t width = axis_period(grid, 0);
    double largest = 0.0, left = 0.0;
    std::size_t axis = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
        const std::size_t at[] = {k % width, k / width};
        largest = std::max(largest, std::abs(weights[k]));
        for (std::size_t a = 0; a < grid.shape.size(); ++a)
            if (at[a] == axis_period(grid, a) / 2 && std::abs(weights[k]) > left) {
                left = std::abs(weights[k]);
                axis = a;
            }
    }
    if (left <= died_away * largest || text.empty()) return;
    Displacements d;
    for (const double part : {-0.5, -0.4, -0.25, -0.1})
        for (std::size_t a = 0; a < grid.shape.size(); ++a)
            for (const double image : {0.0, 1.0}) {
                const double along = (part + image) * static_cast<double>(axis_period(grid, a));
                d.add(grid, a == 0 ? along : 0.0, a == 1 ? along : 0.0);
            }
    Wanted some = wanted;
    some.rows = d.x.size();
    const std::optional<Array> array = with_displacements(scope_, grid, d).evaluate(text, some, problems_);
    if (!array) return;
    bool repeats = true;
    for (std::size_t k = 0; k < d.x.size(); k += 2)
        repeats = repeats && std::abs(array->at(k, 0) - array->at(k + 1, 0)) <= periodic_to * largest;
    if (repeats) return;
    const double extent = static_cast<double>(grid.shape[axis]) * grid.spacing_m[axis];
    const bool mirrored = grid.edges == Edges::reflecting;
    problems_.add(
        text.place,
        fmt::format("{}: '{}' is wider than the domain: at {} of its length ({:.4g} m) it still has {:.2g} "
                    "% of its largest weight",
                    wanted.what, text.value, mirrored ? "the whole" : "half",
                    mirrored ? extent : 0.5 * extent, 100.0 * left / largest),
        "a longer grid, a narrower kernel, or edges: zero; a kernel may also repeat as the domain does, as "
        "cos(r/R) on a ring of length 2*pi*R");
}

void Builder::connect_kernel(const ProjectionSection& section, network::Projection& projection) {
    const std::string what = fmt::format("'kernel' of projection '{}'", section.name);
    const network::Population &from = *population(projection.from), &to = *population(projection.to);
    const Text of = section.kernel.empty() ? section.kernel_file : section.kernel.text();
    if (from.surface || to.surface) return connect_on_surface(section, projection);
    for (const network::Population* p : {&from, &to})
        if (!p->grid)
            return problems_.add(of.place, fmt::format("{}: population '{}' has no grid", what, p->name),
                                 "grid: {shape: 512, length: 20 mm, edges: periodic}");
    if (!(*from.grid == *to.grid))
        return problems_.add(
            of.place, fmt::format("{}: '{}' and '{}' are on different grids", what, from.name, to.name),
            "a kernel joins populations with the same shape, spacing and edges");
    if (!section.weights.empty() || !section.pattern.empty())
        problems_.add(
            section.weights.empty() ? section.pattern.place : section.weights.text().place,
            fmt::format("projection '{}' has a kernel, which says what its weights are", section.name),
            "leave 'weights' and 'pattern' out");
    const Grid& grid = *from.grid;
    const bool listed = section.kernel.is_list || section.kernel.empty();
    for (const Text* text : {&of, &section.delays})
        for (const std::string& name : names_in(listed && text == &of ? "" : text->value))
            if ((name == "r" || name == "x" || name == "y") && scope_.find(name) != nullptr)
                return problems_.add(
                    text->place,
                    fmt::format("{}: '{}' is a distance here, and a name of 'values', too", what, name),
                    "give the value another name");
    const char* unit = grid.shape.size() > 1 ? "1/m^2" : "1/m";
    const Wanted wanted{.what = what, .dimension = parse_unit(unit).dimension, .unit = unit};
    std::optional<std::vector<double>> weights =
        listed ? listed_kernel(section, grid, what) : of_displacements(of, grid, wanted);
    if (!weights) return;
    check_reach(listed ? Text{} : of, grid, *weights, wanted);
    for (double& w : *weights) w *= grid.cell();
    network::FieldKernel kernel{grid, std::move(*weights), {}};
    if (!section.delays.empty()) {
        const Wanted times{.what = fmt::format("'delays' of projection '{}'", section.name),
                           .dimension = dimensions::time,
                           .unit = "s"};
        std::optional<std::vector<double>> delays = of_displacements(section.delays, grid, times);
        if (!delays) return;
        if (std::any_of(delays->begin(), delays->end(), [](double d) { return d < 0.0; }))
            return problems_.add(section.delays.place, fmt::format("{}: '{}' gives a negative delay",
                                                                   times.what, section.delays.value));
        kernel.delay_s = std::move(*delays);
    }
    projection.kernel = std::make_shared<const network::FieldKernel>(std::move(kernel));
}

}  // namespace neurodyn::experiment
