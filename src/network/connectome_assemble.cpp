// SPDX-License-Identifier: BSD-3-Clause
// From named tables to a connectome: each table's role by its name, and all checks.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "network/connectome_regions.hpp"
#include "network/connectome_tables.hpp"

namespace neurodyn::network {
namespace {

enum class Role { weights, lengths, regions, networks, hemispheres, other };

struct Alias {
    std::string_view name;
    Role role;
};
// Names that files and variables have in the field; earlier ones win where several are present.
constexpr std::array<Alias, 30> aliases{{
    {"weights", Role::weights},
    {"weight", Role::weights},
    {"sc", Role::weights},
    {"structural_connectivity", Role::weights},
    {"connectivity", Role::weights},
    {"cmat", Role::weights},
    {"cm", Role::weights},
    {"w", Role::weights},
    {"lengths", Role::lengths},
    {"tract_lengths", Role::lengths},
    {"length", Role::lengths},
    {"len", Role::lengths},
    {"distances", Role::lengths},
    {"distance", Role::lengths},
    {"dist", Role::lengths},
    {"dmat", Role::lengths},
    {"d", Role::lengths},
    {"regions", Role::regions},
    {"region_labels", Role::regions},
    {"labels", Role::regions},
    {"region_names", Role::regions},
    {"names", Role::regions},
    {"centres", Role::regions},
    {"centers", Role::regions},
    {"coordinates", Role::regions},
    {"networks", Role::networks},
    {"network", Role::networks},
    {"hemispheres", Role::hemispheres},
    {"hemisphere", Role::hemispheres},
    {"hemi", Role::hemispheres},
}};

std::size_t alias_index(std::string_view name) {
    const auto it =
        std::find_if(aliases.begin(), aliases.end(), [&](const Alias& a) { return a.name == name; });
    return static_cast<std::size_t>(it - aliases.begin());
}

Role role_of(std::string_view name) {
    const std::size_t i = alias_index(name);
    return i < aliases.size() ? aliases[i].role : Role::other;
}

Diagnostic problem(const std::string& file, std::string message, std::string hint) {
    Diagnostic d;
    d.file = file;
    d.message = std::move(message);
    d.hint = std::move(hint);
    return d;
}

bool counts(const std::vector<double>& values, std::size_t begin, std::size_t stride, std::size_t count) {
    const double first = values[begin];
    if (first != 0.0 && first != 1.0) return false;
    for (std::size_t i = 0; i < count; ++i)
        if (values[begin + i * stride] != first + static_cast<double>(i)) return false;
    return true;
}

// Data frames are often saved with their row and column numbers; those are not part of the matrix.
void drop_numbering(Table& t) {
    const std::size_t columns = t.columns();
    if (t.header.empty() && t.rows == columns + 1 && columns > 1 && counts(t.values, 0, 1, columns)) {
        t.values.erase(t.values.begin(), t.values.begin() + static_cast<std::ptrdiff_t>(columns));
        for (TextColumn& text : t.text) text.cells.erase(text.cells.begin());
        --t.rows;
    }
    if (columns == t.rows + 1 && t.rows > 1 && counts(t.values, 0, columns, t.rows)) {
        std::vector<double> values;
        for (std::size_t i = 0; i < t.rows; ++i)
            values.insert(values.end(), t.values.begin() + static_cast<std::ptrdiff_t>(i * columns + 1),
                          t.values.begin() + static_cast<std::ptrdiff_t>((i + 1) * columns));
        t.values = std::move(values);
        t.numeric_columns.erase(t.numeric_columns.begin());
        if (!t.header.empty()) t.header.erase(t.header.begin());
    }
}

// Words may stand in the first column of a matrix (region names), nowhere else.
void check_words(const Table& t, std::vector<Diagnostic>& problems) {
    for (const TextColumn& text : t.text) {
        if (text.index == 0 || text.cells.empty()) continue;
        const std::size_t line = t.lines.empty() ? 0 : t.lines[0];
        problems.push_back(
            problem(t.origin,
                    fmt::format("row 1, column {}{}: '{}' is not a number", text.index + 1,
                                line > 0 ? fmt::format(" (line {})", line) : "", text.cells[0]),
                    "every cell of a matrix must be a number; write 0 for no connection"));
        return;
    }
}

struct Assembly {
    Connectome connectome;
    std::vector<Diagnostic> problems;
    std::size_t size = 0;
    std::string weights_origin;

    [[noreturn]] void stop() { throw InputError(std::move(problems)); }

    std::string place(const Table& t, std::size_t row, std::size_t column) const {
        const auto name = [&](std::size_t i) {
            return i < connectome.regions.size() && !connectome.regions[i].starts_with("region_")
                       ? fmt::format(" ({})", connectome.regions[i])
                       : std::string{};
        };
        const std::string line = row < t.lines.size() ? fmt::format("line {}: ", t.lines[row]) : "";
        return fmt::format("{}row {}{}, column {}{}", line, row + 1, name(row), column + 1, name(column));
    }

    // The first few bad values are shown, the others counted.
    void check_values(const Table& t, std::string_view what, bool negative_allowed) {
        constexpr std::size_t shown = 3;
        std::size_t bad = 0;
        for (std::size_t i = 0; i < t.values.size(); ++i) {
            const double v = t.values[i];
            const bool finite = std::isfinite(v);
            if (finite && (negative_allowed || v >= 0.0)) continue;
            if (++bad > shown) continue;
            problems.push_back(
                problem(t.origin,
                        fmt::format("{}: {} {} is {}", place(t, i / t.columns(), i % t.columns()), what, v,
                                    finite ? "negative" : "not finite"),
                        finite ? "lengths are in mm and at least 0; write 0 where there is no tract"
                               : "write 0 where there is no connection or no value"));
        }
        if (bad > shown)
            problems.push_back(problem(
                t.origin, fmt::format("{} more values of {} are wrong in the same way", bad - shown, what),
                ""));
    }

    void take_weights(Table& t) {
        check_words(t, problems);
        drop_numbering(t);
        weights_origin = t.origin;
        if (t.rows != t.columns() || t.rows == 0) {
            if (problems.empty())
                problems.push_back(problem(
                    t.origin, fmt::format("weights are {} x {}, but must be square", t.rows, t.columns()),
                    "one row and one column for each region: row = target, column = source"));
            stop();
        }
        size = t.rows;
    }

    void take_lengths(Table& t) {
        check_words(t, problems);
        drop_numbering(t);
        if (t.rows != size || t.columns() != size) {
            problems.push_back(problem(t.origin,
                                       fmt::format("lengths are {} x {}, weights ({}) {} x {}", t.rows,
                                                   t.columns(), weights_origin, size, size),
                                       "both matrices need the same regions in the same order"));
            return;
        }
        check_values(t, "length", false);
        connectome.lengths_mm = std::move(t.values);
    }

    void take_other(Table& t) {
        if (t.text.empty()) drop_numbering(t);
        if (t.rows == size && t.columns() == size &&
            (t.text.empty() || (t.text.size() == 1 && t.text[0].index == 0))) {
            check_values(t, t.name, true);
            connectome.matrices[t.name] = std::move(t.values);
        } else if (t.text.empty() && (t.columns() == 1 || t.rows == 1)) {
            check_values(t, t.name, true);
            connectome.samples[t.name] = std::move(t.values);
        } else {
            connectome.notes.push_back(
                fmt::format("{} is not used: it is neither a matrix of {} x {} numbers nor a list of numbers",
                            t.origin, size, size));
        }
    }

    void tell_oddities() {
        const std::vector<double>& w = connectome.weights;
        const auto negative = std::count_if(w.begin(), w.end(), [](double v) { return v < 0.0; });
        if (negative > 0)
            connectome.notes.push_back(fmt::format("weights below zero: {}, the lowest {}", negative,
                                                   *std::min_element(w.begin(), w.end())));
        std::size_t selves = 0;
        for (std::size_t i = 0; i < size; ++i) selves += w[i * size + i] != 0.0;
        if (selves > 0)
            connectome.notes.push_back(fmt::format("regions connected to themselves: {}", selves));
        if (std::all_of(w.begin(), w.end(), [](double v) { return v == 0.0; }))
            connectome.notes.emplace_back("all weights are zero");
    }
};

void check_twins(const std::vector<Table>& tables, std::vector<Diagnostic>& problems) {
    std::map<std::string, std::string> origins;
    for (const Table& t : tables) {
        const auto [it, is_new] = origins.try_emplace(t.name, t.origin);
        if (!is_new)
            problems.push_back(
                problem(t.origin, fmt::format("'{}' is also in {}", t.name, it->second), "keep one of them"));
    }
}

Table* best(std::vector<Table>& tables, Role role) {
    Table* found = nullptr;
    for (Table& t : tables)
        if (role_of(t.name) == role && (found == nullptr || alias_index(t.name) < alias_index(found->name)))
            found = &t;
    return found;
}

[[noreturn]] void no_weights(const std::filesystem::path& path, const std::vector<Table>& tables) {
    std::vector<std::string> names;
    for (const Table& t : tables) names.push_back(t.name);
    throw InputError({problem(path.string(), fmt::format("has no weights; it has {}", fmt::join(names, ", ")),
                              "name the matrix of connection weights 'weights' (or 'SC')")});
}

// Names beside the weights serve when nothing else names the regions.
void names_from_weights(const Table& weights, RegionData& regions) {
    if (!regions.names.empty()) return;
    regions.names_origin = weights.origin;
    if (weights.text.size() == 1 && weights.text[0].cells.size() == weights.rows) {
        regions.names = weights.text[0].cells;
    } else if (weights.header.size() == weights.rows) {
        regions.names = weights.header;
    }
}

RegionData find_regions(std::vector<Table>& tables) {
    RegionData regions;
    std::vector<const Table*> sorted;
    for (const Table& t : tables)
        if (role_of(t.name) == Role::regions) sorted.push_back(&t);
    std::sort(sorted.begin(), sorted.end(),
              [](const Table* a, const Table* b) { return alias_index(a->name) < alias_index(b->name); });
    for (const Table* t : sorted) fill_from_table(regions, *t);
    for (const Table& t : tables) {
        if (role_of(t.name) == Role::networks) fill_networks(regions, t);
        if (role_of(t.name) == Role::hemispheres) fill_hemispheres(regions, t);
    }
    return regions;
}

}  // namespace

bool is_known_table(std::string_view name) { return role_of(name) != Role::other; }

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

Table numeric_table(std::string name, std::string origin, std::size_t rows, std::size_t columns,
                    std::vector<double> values) {
    Table t;
    t.name = std::move(name);
    t.origin = std::move(origin);
    t.rows = rows;
    for (std::size_t i = 0; i < columns; ++i) t.numeric_columns.push_back(i);
    t.values = std::move(values);
    return t;
}

Table word_table(std::string name, std::string origin, std::vector<std::string> words) {
    Table t;
    t.name = std::move(name);
    t.origin = std::move(origin);
    t.rows = words.size();
    t.text.push_back({0, std::move(words)});
    return t;
}

Connectome assemble(const std::filesystem::path& path, Tables input) {
    Assembly a;
    a.connectome.name = path.stem().string();
    a.connectome.path = path.string();
    a.connectome.notes = std::move(input.notes);
    std::vector<Table>& tables = input.tables;
    check_twins(tables, a.problems);
    if (!a.problems.empty()) a.stop();

    Table* weights = best(tables, Role::weights);
    Table* lengths = best(tables, Role::lengths);
    if (weights == nullptr) no_weights(path, tables);
    a.take_weights(*weights);
    RegionData regions = find_regions(tables);
    names_from_weights(*weights, regions);
    take_regions(std::move(regions), a.size, a.weights_origin, a.connectome, a.problems);
    a.check_values(*weights, "weight", true);
    a.connectome.weights = std::move(weights->values);
    if (lengths != nullptr) a.take_lengths(*lengths);
    for (Table& t : tables) {
        const Role role = role_of(t.name);
        if (&t != weights && &t != lengths &&
            (role == Role::other || role == Role::weights || role == Role::lengths))
            a.take_other(t);
    }
    if (!a.problems.empty()) a.stop();
    a.tell_oddities();
    return std::move(a.connectome);
}

}  // namespace neurodyn::network
