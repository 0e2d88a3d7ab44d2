// SPDX-License-Identifier: BSD-3-Clause
// Reading and checking what a connectome's data say about its regions.
#include "network/connectome_regions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace neurodyn::network {
namespace {

using Titles = std::vector<std::string_view>;
constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

std::size_t column_titled(const Table& table, const Titles& titles) {
    for (const std::string_view title : titles)
        for (std::size_t i = 0; i < table.header.size(); ++i)
            if (table.header[i] == title) return i;
    return nowhere;
}

/// The cells of a column as words, whatever it holds; empty when there is no such column.
std::vector<std::string> column_words(const Table& table, std::size_t column) {
    for (const TextColumn& text : table.text)
        if (text.index == column) return text.cells;
    const auto it = std::find(table.numeric_columns.begin(), table.numeric_columns.end(), column);
    std::vector<std::string> words;
    if (it == table.numeric_columns.end()) return words;
    const std::size_t k = static_cast<std::size_t>(it - table.numeric_columns.begin());
    for (std::size_t i = 0; i < table.rows; ++i)
        words.push_back(fmt::format("{:g}", table.values[i * table.columns() + k]));
    return words;
}

std::vector<double> three_columns(const Table& table, const std::vector<std::size_t>& at) {
    std::vector<double> values;
    for (std::size_t i = 0; i < table.rows; ++i)
        for (const std::size_t k : at) values.push_back(table.values[i * table.columns() + k]);
    return values;
}

// Without titles the coordinates are the first three numbers after the name (TVB's centres.txt).
std::vector<std::size_t> coordinate_columns(const Table& table) {
    const auto numeric = [&](std::size_t column) {
        const auto it = std::find(table.numeric_columns.begin(), table.numeric_columns.end(), column);
        return it == table.numeric_columns.end()
                   ? nowhere
                   : static_cast<std::size_t>(it - table.numeric_columns.begin());
    };
    std::vector<std::size_t> at;
    if (!table.header.empty()) {
        for (const Titles& titles : {Titles{"x", "x_mm", "mni_x", "r"}, Titles{"y", "y_mm", "mni_y", "a"},
                                     Titles{"z", "z_mm", "mni_z", "s"}})
            at.push_back(numeric(column_titled(table, titles)));
    } else {
        const std::size_t first = table.text.empty() ? 0 : table.text[0].index;
        for (std::size_t k = 0; k < table.columns() && at.size() < 3; ++k)
            if (table.numeric_columns[k] >= first) at.push_back(k);
    }
    const bool all = at.size() == 3 && std::count(at.begin(), at.end(), nowhere) == 0;
    return all ? at : std::vector<std::size_t>{};
}

void set_words(std::vector<std::string>& field, std::string& origin, std::vector<std::string> words,
               const Table& table) {
    if (!field.empty() || words.empty()) return;
    field = std::move(words);
    origin = table.origin;
}

std::string hemisphere(const std::string& word) {
    const std::string low = lower(word);
    if (low == "0" || low == "l" || low == "lh" || low == "left") return "L";
    if (low == "1" || low == "r" || low == "rh" || low == "right") return "R";
    return word;
}

void check_count(std::size_t count, std::size_t size, std::string_view what, const std::string& origin,
                 const std::string& weights_origin, std::vector<Diagnostic>& problems) {
    if (count == size || count == 0) return;
    Diagnostic d;
    d.file = origin;
    d.message = fmt::format("{} {} here, but {} regions in {}", count, what, size, weights_origin);
    d.hint = "both must list the same regions in the same order";
    problems.push_back(std::move(d));
}

void check_unique(const std::vector<std::string>& names, const std::string& origin,
                  std::vector<Diagnostic>& problems) {
    std::unordered_map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto [it, is_new] = first.try_emplace(names[i], i);
        if (is_new && !names[i].empty()) continue;
        Diagnostic d;
        d.file = origin;
        d.message = names[i].empty() ? fmt::format("region {} has no name", i + 1)
                                     : fmt::format("regions {} and {} are both named '{}'", it->second + 1,
                                                   i + 1, names[i]);
        d.hint = "region names must be unique, for example with the hemisphere in front";
        problems.push_back(std::move(d));
    }
}

}  // namespace

void fill_from_table(RegionData& data, const Table& table) {
    std::size_t names =
        column_titled(table, {"name", "names", "label", "labels", "region", "regions", "roi name"});
    if (table.header.empty() && !table.text.empty()) names = table.text[0].index;
    set_words(data.names, data.names_origin, column_words(table, names), table);
    fill_networks(data, table);
    fill_hemispheres(data, table);
    const std::vector<std::size_t> at = coordinate_columns(table);
    if (data.centres_mm.empty() && !at.empty()) {
        data.centres_mm = three_columns(table, at);
        data.centres_origin = table.origin;
    }
}

void fill_networks(RegionData& data, const Table& table) {
    std::size_t column = column_titled(table, {"network", "networks", "system"});
    if (column == nowhere && table.name.starts_with("network")) column = 0;
    set_words(data.networks, data.networks_origin, column_words(table, column), table);
}

void fill_hemispheres(RegionData& data, const Table& table) {
    std::size_t column = column_titled(table, {"hemisphere", "hemispheres", "hemi", "side"});
    if (column == nowhere && table.name.starts_with("hemisphere")) column = 0;
    std::vector<std::string> words = column_words(table, column);
    std::transform(words.begin(), words.end(), words.begin(), hemisphere);
    set_words(data.hemispheres, data.hemispheres_origin, std::move(words), table);
}

void take_regions(RegionData data, std::size_t size, const std::string& weights_origin,
                  Connectome& connectome, std::vector<Diagnostic>& problems) {
    if (data.names.empty())
        for (std::size_t i = 0; i < size; ++i) data.names.push_back(fmt::format("region_{}", i + 1));
    check_count(data.names.size(), size, "region names", data.names_origin, weights_origin, problems);
    check_count(data.networks.size(), size, "networks", data.networks_origin, weights_origin, problems);
    check_count(data.hemispheres.size(), size, "hemispheres", data.hemispheres_origin, weights_origin,
                problems);
    check_count(data.centres_mm.size() / 3, size, "centres", data.centres_origin, weights_origin, problems);
    check_unique(data.names, data.names_origin, problems);
    connectome.regions = std::move(data.names);
    connectome.networks = std::move(data.networks);
    connectome.hemispheres = std::move(data.hemispheres);
    connectome.centres_mm = std::move(data.centres_mm);
}

}  // namespace neurodyn::network
