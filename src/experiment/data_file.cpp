// SPDX-License-Identifier: BSD-3-Clause
// Files made into series, matrices, vectors, labels and events.
#include "experiment/data_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/error.hpp"
#include "base/units.hpp"
#include "network/connectome_tables.hpp"
#include "network/spike_files.hpp"
#include "record/arrays.hpp"
#include "record/reader.hpp"

namespace neurodyn::experiment {
namespace {

namespace fs = std::filesystem;
using analysis::Input;
using analysis::InputKind;

constexpr double uneven = 0.01;  // of an interval: what the rounding of printed times may amount to

// "result.h5:bold" -> file and name; a file whose name has a colon in it is meant when it exists.
std::pair<std::string, std::string> split(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0 || fs::exists(text)) return {text, ""};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

bool has_ending(const std::string& path, std::initializer_list<const char*> endings) {
    const std::string name = network::lower(path);
    return std::any_of(endings.begin(), endings.end(), [&](const char* e) { return name.ends_with(e); });
}

// Rows and columns of numbers, before they are one kind of input.
struct Grid {
    std::string origin;
    std::vector<double> values;  ///< row by row
    std::size_t rows = 0, columns = 0;
    std::vector<std::string> titles = {};  ///< of the columns; empty: none
    std::vector<double> time_s = {};       ///< of the rows; empty: none
    std::vector<std::size_t> lines = {};   ///< of the rows in a text file
    std::string unit = {};
};

std::string place_of(const Grid& grid, std::size_t row) {
    return row < grid.lines.size() ? fmt::format("line {}", grid.lines[row]) : fmt::format("row {}", row + 1);
}

std::string without_unit(const std::string& title) {
    std::string name = title.substr(0, title.find_first_of("[("));
    if (name.size() == title.size())
        if (const std::string unit = network::unit_of_title(title); !unit.empty())
            name.resize(title.size() - unit.size() - 1);
    while (!name.empty() && name.back() == ' ') name.pop_back();
    return name;
}

bool is_time(const std::string& title) {
    const std::string name = network::lower(without_unit(title));
    return name == "time" || name == "t" || name == "times";
}

// Takes the column of times out of the grid.
void take_times(Grid& grid, std::size_t column) {
    const std::string unit = network::unit_of_title(grid.titles[column]);
    const Unit scale = parse_unit(unit.empty() ? "s" : unit);
    if (!(scale.dimension == dimensions::time))
        throw FileError(grid.origin,
                        fmt::format("column '{}' is in {}, which is not a time", grid.titles[column], unit));
    std::vector<double> rest;
    for (std::size_t r = 0; r < grid.rows; ++r)
        for (std::size_t c = 0; c < grid.columns; ++c) {
            const double value = grid.values[r * grid.columns + c];
            if (c == column)
                grid.time_s.push_back(to_si(value, scale));
            else
                rest.push_back(value);
        }
    grid.values = std::move(rest);
    grid.titles.erase(grid.titles.begin() + static_cast<std::ptrdiff_t>(column));
    --grid.columns;
}

// The unit that all titles state; "" when they differ or state none.
void take_units(Grid& grid) {
    std::vector<std::string> units;
    for (std::string& title : grid.titles) {
        units.push_back(network::unit_of_title(title));
        if (!units.back().empty() && find_unit(units.back())) title = without_unit(title);
    }
    if (!units.empty() && std::all_of(units.begin(), units.end(), [&](auto& u) { return u == units[0]; }))
        grid.unit = units[0];
}

Grid read_text(const std::string& path) {
    const std::string text = read_file(path);
    network::Table table = network::parse_text_table(
        "data", path, text, "write nan where a value is missing, and analyses tell of it");
    if (!table.text.empty())
        throw FileError(path, fmt::format("row 1, column {}: '{}' is not a number", table.text[0].index + 1,
                                          table.text[0].cells.front()));
    Grid grid{path, std::move(table.values), table.rows, table.columns(), table.titles, {}, table.lines, {}};
    for (std::size_t c = 0; c < grid.titles.size(); ++c)
        if (is_time(grid.titles[c])) {
            take_times(grid, c);
            break;
        }
    take_units(grid);
    return grid;
}

bool is_idx(const std::string& path) { return has_ending(path, {"-ubyte", "-ubyte.gz", ".idx", ".idx.gz"}); }

// Images of an IDX file become rows of pixels.
record::NumberArray read_idx_rows(const std::string& path) {
    record::NumberArray array = record::read_idx(path);
    std::size_t columns = 1;
    for (std::size_t axis = 1; axis < array.shape.size(); ++axis) columns *= array.shape[axis];
    array.shape = {array.shape[0], columns};
    return array;
}

Grid read_array(const std::string& path, const std::string& name) {
    record::NumberArray array = has_ending(path, {".npy"})   ? record::read_npy(path)
                                : has_ending(path, {".npz"}) ? record::read_npz(path, name)
                                : is_idx(path)               ? read_idx_rows(path)
                                                             : record::read_dataset(path, name);
    if (array.shape.empty() || array.shape.size() > 2)
        throw FileError(path, fmt::format("has an array with {} axes ({}); one or two were expected",
                                          array.shape.size(), fmt::join(array.shape, " x ")));
    return {path,
            std::move(array.values),
            array.shape[0],
            array.shape.size() > 1 ? array.shape[1] : 1,
            {},
            {},
            {},
            array.unit};
}

double interval_of(const Grid& grid, const DataFileSettings& settings) {
    if (grid.time_s.empty()) {
        if (settings.interval_s) return *settings.interval_s;
        throw FileError(grid.origin,
                        "does not tell the time between its samples; add for example --interval '1 ms'");
    }
    if (settings.interval_s)
        throw FileError(grid.origin, "has a column of times, so --interval has no meaning for it");
    if (grid.rows < 2) throw FileError(grid.origin, "has a single sample");
    std::vector<double> steps;
    for (std::size_t r = 1; r < grid.rows; ++r) steps.push_back(grid.time_s[r] - grid.time_s[r - 1]);
    std::nth_element(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2),
                     steps.end());
    const double usual = steps[steps.size() / 2];
    for (std::size_t r = 1; r < grid.rows; ++r) {
        const double step = grid.time_s[r] - grid.time_s[r - 1];
        if (std::abs(step - usual) <= uneven * std::abs(usual) && usual > 0.0) continue;
        throw FileError(
            grid.origin,
            fmt::format("{}: the time goes from {:.10g} s to {:.10g} s, elsewhere in steps of {:.6g} s; "
                        "analyses need samples at one interval: fill the gap, or cut the file there",
                        place_of(grid, r), grid.time_s[r - 1], grid.time_s[r], usual));
    }
    // Twelve digits of it: times are printed as decimals, so 0.1 s is meant and not 0.09999999999999999 s.
    return std::stod(fmt::format(
        "{:.12g}", (grid.time_s.back() - grid.time_s.front()) / static_cast<double>(grid.rows - 1)));
}

void transpose(Grid& grid) {
    if (!grid.titles.empty() || !grid.time_s.empty())
        throw FileError(grid.origin,
                        "has a header of columns, so its rows are samples; leave out --transpose");
    std::vector<double> turned(grid.values.size());
    for (std::size_t r = 0; r < grid.rows; ++r)
        for (std::size_t c = 0; c < grid.columns; ++c)
            turned[c * grid.rows + r] = grid.values[r * grid.columns + c];
    grid.values = std::move(turned);
    std::swap(grid.rows, grid.columns);
}

analysis::Series to_series(Grid grid, const DataFileSettings& settings) {
    if (settings.transpose) transpose(grid);
    analysis::Series series;
    series.interval_s = interval_of(grid, settings);
    series.start_s = grid.time_s.empty() ? 0.0 : grid.time_s.front();
    series.samples = grid.rows;
    series.channels = grid.columns;
    series.values = std::move(grid.values);
    series.name = grid.origin;
    series.unit = settings.unit.empty() ? grid.unit : settings.unit;
    series.labels = std::move(grid.titles);
    return series;
}

bool accepts(const std::vector<InputKind>& kinds, InputKind kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::string wanted(const std::vector<InputKind>& kinds) {
    std::vector<std::string_view> words;
    for (const InputKind kind : kinds) words.push_back(analysis::to_string(kind));
    return fmt::format("{}", fmt::join(words, " or a "));
}

// A grid becomes a series where that is asked for and its times are known; else a list or a matrix.
Input to_input(Grid grid, const std::vector<InputKind>& kinds, const DataFileSettings& settings) {
    const bool timed = !grid.time_s.empty() || settings.interval_s;
    const bool series = accepts(kinds, InputKind::series), matrix = accepts(kinds, InputKind::matrix),
               vector = accepts(kinds, InputKind::vector);
    if (series && (timed || !(matrix || vector))) return to_series(std::move(grid), settings);
    const std::string unit = settings.unit.empty() ? grid.unit : settings.unit;
    if (vector && (grid.columns == 1 || grid.rows == 1 || !matrix))
        return analysis::Vector{std::move(grid.values), grid.origin, unit};
    if (settings.transpose) transpose(grid);
    if (matrix)
        return analysis::Matrix{std::move(grid.values),
                                grid.rows,
                                grid.columns,
                                grid.origin,
                                unit,
                                grid.rows == grid.columns ? grid.titles : std::vector<std::string>{},
                                "node"};
    throw FileError(grid.origin, fmt::format("holds numbers; a {} was expected", wanted(kinds)));
}

analysis::Labels read_labels(const std::string& path) {
    const network::Table table = network::parse_text_table("labels", path, read_file(path));
    if (table.text.empty()) throw FileError(path, "has no column of words; labels were expected");
    return {table.text.front().cells, path};
}

analysis::Events read_events(const std::string& path, const std::string& population,
                             const DataFileSettings& settings) {
    const auto list = network::read_spikes(path, population);
    analysis::Events events{list->time_s, list->node, 0, 0.0, 0.0, path};
    const std::size_t highest =
        events.node.empty() ? 0 : *std::max_element(events.node.begin(), events.node.end()) + std::size_t{1};
    events.nodes = settings.size.value_or(highest);
    events.start_s = settings.start_s.value_or(0.0);
    events.stop_s = settings.stop_s.value_or(events.time_s.empty() ? 0.0 : events.time_s.back());
    if (highest > events.nodes)
        throw FileError(path,
                        fmt::format("has spikes of node {}, but --size is {}", highest - 1, events.nodes));
    if (!(events.stop_s > events.start_s))
        throw FileError(path, fmt::format("its recording lasts from {} s to {} s; add --start and --stop",
                                          events.start_s, events.stop_s));
    for (const double t : events.time_s)
        if (t < events.start_s || t > events.stop_s)
            throw FileError(path, fmt::format("has a spike at {} s, outside of --start {} s to --stop {} s",
                                              t, events.start_s, events.stop_s));
    return events;
}

// What a neurodyn result holds.
class ResultFile {
  public:
    ResultFile(std::string path, const DataFileSettings& settings)
        : path_(std::move(path)), settings_(settings), reader_(path_) {}

    Input read(std::string name, const std::vector<InputKind>& kinds) const {
        const std::vector<std::string> known = names(kinds);
        if (name.empty() && known.size() == 1) name = known.front();
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            const std::string near = name.empty() ? "" : did_you_mean(name, known);
            throw FileError(
                path_, fmt::format("{}; {}",
                                   name.empty() ? fmt::format("say which {}: {}:NAME", wanted(kinds), path_)
                                                : fmt::format("has no {} '{}'", wanted(kinds), name),
                                   !near.empty()   ? near
                                   : known.empty() ? "it has none"
                                                   : fmt::format("it has: {}", fmt::join(known, ", "))));
        }
        if (accepts(kinds, InputKind::series) && contains("series", name)) return series(name);
        if (accepts(kinds, InputKind::events) && contains("spikes", name)) return events(name);
        return array(name);
    }

  private:
    bool contains(const char* group, const std::string& name) const {
        const std::vector<std::string> names = reader_.groups(group);
        return std::find(names.begin(), names.end(), name) != names.end();
    }

    std::vector<std::string> names(const std::vector<InputKind>& kinds) const {
        std::vector<std::string> known;
        if (accepts(kinds, InputKind::series)) known = reader_.groups("series");
        if (accepts(kinds, InputKind::events))
            for (const std::string& name : reader_.groups("spikes")) known.push_back(name);
        if (accepts(kinds, InputKind::matrix) || accepts(kinds, InputKind::vector))
            for (const char* group : {"analyses", "inference"})
                for (const std::string& name : reader_.groups(group))
                    for (const record::Array& a : reader_.arrays(fmt::format("{}/{}", group, name)))
                        if (accepts(kinds, a.dimensions.size() == 2 ? InputKind::matrix : InputKind::vector))
                            known.push_back(name + "." + a.name);
        return known;
    }

    analysis::Series series(const std::string& name) const {
        const record::RecordedSeries recorded = reader_.series(name);
        analysis::Series series;
        series.values = reader_.values(name, settings_.member);
        series.samples = recorded.samples_of_member[settings_.member];
        series.channels = recorded.info.node_names.size();
        series.interval_s = recorded.info.interval_s;
        series.start_s = recorded.info.first_s;
        series.name = name;
        series.unit = recorded.info.unit == "1" ? "" : recorded.info.unit;
        series.dimension = "node";
        series.labels = recorded.info.node_names;
        series.grid = grid(name);
        return series;
    }

    analysis::ChannelGrid grid(const std::string& name) const {
        analysis::ChannelGrid grid;
        if (!contains("grids", name)) return grid;
        for (const record::Array& a : reader_.arrays("grids/" + name)) {
            if (a.name == "points")
                for (const double n : a.values) grid.shape.push_back(static_cast<std::size_t>(n));
            if (a.name == "spacing") grid.spacing_m = a.values;
            if (a.name == "first") grid.first_m = a.values;
            if (a.name == "periodic") grid.periodic = a.values.at(0) != 0.0;
        }
        return grid;
    }

    analysis::Events events(const std::string& name) const {
        record::RecordedEvents e = reader_.events(name, settings_.member);
        return {std::move(e.time_s), std::move(e.node), e.nodes, e.first_s, e.last_s, name};
    }

    Input array(const std::string& name) const {
        const std::size_t dot = name.find('.');
        const std::string owner = name.substr(0, dot);
        const char* group = contains("analyses", owner) ? "analyses" : "inference";
        for (record::Array& a : reader_.arrays(fmt::format("{}/{}", group, owner))) {
            if (a.name != name.substr(dot + 1)) continue;
            if (a.dimensions.size() != 2) return analysis::Vector{std::move(a.values), name, a.unit};
            return analysis::Matrix{std::move(a.values),
                                    a.dimensions[0].size,
                                    a.dimensions[1].size,
                                    name,
                                    a.unit,
                                    a.dimensions[0].labels,
                                    "node"};
        }
        throw FileError(path_, fmt::format("has no '{}'", name));
    }

    std::string path_;
    const DataFileSettings& settings_;
    record::Reader reader_;
};

// Where both spikes and samples will do: arrays are samples; a table is a list of spikes when it has a column
// of nodes, and an HDF5 file unless the time between samples is told.
bool holds_spikes(const std::string& path, const std::vector<InputKind>& kinds,
                  const DataFileSettings& settings) {
    if (!accepts(kinds, InputKind::events)) return false;
    if (!accepts(kinds, InputKind::series)) return true;
    if (settings.interval_s || has_ending(path, {".npy", ".npz"}) || is_idx(path)) return false;
    if (!network::is_text_table(path)) return true;
    const auto titles = network::parse_text_table("data", path, read_file(path)).titles;
    return std::ranges::any_of(titles, [](auto& title) { return network::lower(title) == "node"; });
}

}  // namespace

Input read_data_file(const std::string& text, const std::vector<InputKind>& kinds,
                     const DataFileSettings& settings) {
    const auto [path, name] = split(text);
    if (!fs::exists(path)) throw FileError(path, "no such file");
    const bool hdf5 = has_ending(path, {".h5", ".hdf5", ".nc", ".hdf"});
    if (hdf5 && !name.starts_with('/') && record::is_result(path))
        return ResultFile(path, settings).read(name, kinds);
    if (holds_spikes(path, kinds, settings)) return read_events(path, name, settings);
    if (accepts(kinds, InputKind::labels)) return read_labels(path);
    if (hdf5 || has_ending(path, {".npy", ".npz"}) || is_idx(path))
        return to_input(read_array(path, name), kinds, settings);
    if (!name.empty()) throw FileError(path, fmt::format("is text, so there is no '{}' in it", name));
    return to_input(read_text(path), kinds, settings);
}

}  // namespace neurodyn::experiment
