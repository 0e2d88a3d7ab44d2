// SPDX-License-Identifier: BSD-3-Clause
// The table of connectome formats, and the look-up of a connectome's matrices by name.
#include "network/connectome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "network/connectome_tables.hpp"

namespace neurodyn::network {
namespace {

namespace fs = std::filesystem;

struct Format {
    std::string_view description;
    std::vector<std::string_view> endings;  ///< none: a folder
    Tables (*read)(const fs::path&);
};

// A new format is one reader file and one row here.
const std::array<Format, 4>& formats() {
    static const std::array<Format, 4> table{{
        {"a folder with weights.csv and, where known, lengths.csv, regions.csv, fc*.csv (also .txt, .tsv, "
         ".mat)",
         {},
         read_folder},
        {"a TVB connectivity zip (weights.txt, tract_lengths.txt, centres.txt)", {".zip"}, read_tvb_zip},
        {"a MATLAB file with weights or SC, and lengths or len", {".mat"}, read_mat},
        {"an HDF5 file with weights and tract_lengths or lengths", {".h5", ".hdf5"}, read_h5},
    }};
    return table;
}

std::string format_list() {
    std::string text;
    for (const std::string& line : connectome_formats()) text += "\n    " + line;
    return text;
}

const Format& format_of(const fs::path& path) {
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (!fs::exists(status))
        throw FileError(path.string(), "no such file or folder; a connectome was expected");
    const bool folder = fs::is_directory(status);
    if (!folder && !fs::is_regular_file(status))
        throw FileError(path.string(), "is neither a file nor a folder; a connectome was expected");
    const std::string ending = lower(path.extension().string());
    for (const Format& format : formats()) {
        if (folder ? format.endings.empty()
                   : std::find(format.endings.begin(), format.endings.end(), ending) != format.endings.end())
            return format;
    }
    throw FileError(path.string(),
                    "is of no format that a connectome can be read from. Give one of:" + format_list());
}

template <class Map>
std::vector<std::string> keys(const Map& map) {
    std::vector<std::string> names;
    for (const auto& [name, value] : map) names.push_back(name);
    return names;
}

Error no_such(const Connectome& c, std::string_view what, std::string_view name,
              const std::vector<std::string>& names) {
    const std::string near = did_you_mean(name, names);
    return Error(fmt::format("connectome '{}' has no {} '{}'; {}it has {}", c.name, what, name,
                             near.empty() ? "" : near + " ",
                             names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
}

}  // namespace

Connectome read_connectome(const std::string& path) {
    fs::path clean = fs::path(path).lexically_normal();
    if (!clean.has_filename()) clean = clean.parent_path();
    return assemble(clean, format_of(clean).read(clean));
}

std::vector<std::string> connectome_formats() {
    std::vector<std::string> lines;
    for (const Format& format : formats()) lines.emplace_back(format.description);
    return lines;
}

const std::vector<double>& Connectome::matrix(std::string_view matrix_name) const {
    if (matrix_name == "weights") return weights;
    if (matrix_name == "lengths" && !lengths_mm.empty()) return lengths_mm;
    if (const auto it = matrices.find(matrix_name); it != matrices.end()) return it->second;
    std::vector<std::string> names = keys(matrices);
    names.emplace_back("weights");
    if (!lengths_mm.empty()) names.emplace_back("lengths");
    throw no_such(*this, "matrix", matrix_name, names);
}

const std::vector<double>& Connectome::sample(std::string_view sample_name) const {
    if (const auto it = samples.find(sample_name); it != samples.end()) return it->second;
    throw no_such(*this, "list of values", sample_name, keys(samples));
}

}  // namespace neurodyn::network
