// SPDX-License-Identifier: BSD-3-Clause
// A folder of text tables and MATLAB files as a connectome.
#include <fmt/format.h>

#include <algorithm>

#include "network/connectome_tables.hpp"

namespace neurodyn::network {
namespace {

namespace fs = std::filesystem;

// A file whose name says nothing to us may be anything, so it is only read when it is small.
constexpr std::uintmax_t largest_unknown_file = std::uintmax_t{1} << 26;

std::vector<fs::path> files_of(const fs::path& folder) {
    std::error_code code;
    std::vector<fs::path> paths;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, code))
        if (entry.is_regular_file(code)) paths.push_back(entry.path());
    if (code) throw FileError(folder.string(), "cannot be read: " + code.message());
    std::sort(paths.begin(), paths.end());
    return paths;
}

void read_text_file(const fs::path& path, Tables& out) {
    const std::string name = lower(path.stem().string());
    std::error_code code;
    if (is_known_table(name)) {
        out.tables.push_back(parse_text_table(name, path.string(), read_file(path.string(), largest_file)));
    } else if (fs::file_size(path, code) > largest_unknown_file) {
        out.notes.push_back(
            fmt::format("{} is not used: it is large and its name is not one of a connectome's",
                        path.filename().string()));
    } else {
        try {
            out.tables.push_back(
                parse_text_table(name, path.string(), read_file(path.string(), largest_file)));
        } catch (const Error&) {
            out.notes.push_back(
                fmt::format("{} is not used: it is not a table of numbers", path.filename().string()));
        }
    }
}

}  // namespace

bool is_text_table(const fs::path& path) {
    const std::string ending = lower(path.extension().string());
    return ending == ".csv" || ending == ".tsv" || ending == ".txt" || ending == ".dat";
}

Tables read_folder(const fs::path& path) {
    Tables out;
    for (const fs::path& file : files_of(path)) {
        if (is_text_table(file)) {
            read_text_file(file, out);
        } else if (lower(file.extension().string()) == ".mat") {
            Tables inner = read_mat(file);
            for (Table& table : inner.tables) out.tables.push_back(std::move(table));
            for (std::string& note : inner.notes) out.notes.push_back(std::move(note));
        }
    }
    if (out.tables.empty())
        throw FileError(path.string(),
                        "has no table that can be read; a connectome's folder holds weights.csv and, where "
                        "known, lengths.csv and regions.csv");
    return out;
}

}  // namespace neurodyn::network
