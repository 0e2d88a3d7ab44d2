// SPDX-License-Identifier: BSD-3-Clause
// An HDF5 file as a connectome: TVB's layout (weights, tract_lengths, region_labels, centres) and our own
// names.
#include <fmt/format.h>

#include <optional>

#include "network/connectome_tables.hpp"
#include "network/hdf5.hpp"

namespace neurodyn::network {
namespace {

namespace fs = std::filesystem;

std::string without_padding(std::string word) {
    word.resize(std::min(word.size(), word.find('\0')));
    while (!word.empty() && word.back() == ' ') word.pop_back();
    return word;
}

std::optional<std::vector<std::string>> read_words(hid_t dataset, hid_t type, hid_t space,
                                                   std::size_t count) {
    std::vector<std::string> words;
    if (H5Tis_variable_str(type) > 0) {
        const Hdf5Handle memory(H5Tcopy(type), H5Tclose);
        std::vector<char*> pointers(count, nullptr);
        if (H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0) return std::nullopt;
        for (const char* p : pointers) words.emplace_back(p == nullptr ? "" : p);
        H5Dvlen_reclaim(memory, space, H5P_DEFAULT, pointers.data());
        return words;
    }
    const std::size_t length = H5Tget_size(type);
    if (length == 0 || length > largest_table / count) return std::nullopt;
    std::string text(length * count, '\0');
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()) < 0) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i) words.push_back(without_padding(text.substr(i * length, length)));
    return words;
}

// h5py stores booleans as an enumeration over int8, which HDF5 does not turn into doubles by itself.
bool read_numbers(hid_t dataset, hid_t type, std::vector<double>& values) {
    if (H5Tget_class(type) != H5T_ENUM)
        return H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0;
    if (H5Tget_size(type) != 1) return false;
    std::vector<signed char> bytes(values.size());
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0) return false;
    std::copy(bytes.begin(), bytes.end(), values.begin());
    return true;
}

std::optional<Table> read_dataset(hid_t dataset, const std::string& name, const std::string& origin) {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 1 || rank > 2) return std::nullopt;
    hsize_t dims[2] = {0, 1};
    H5Sget_simple_extent_dims(space, dims, nullptr);
    if (dims[0] == 0 || dims[1] == 0 || dims[1] > largest_table / dims[0]) return std::nullopt;
    const H5T_class_t kind = H5Tget_class(type);
    if (kind == H5T_STRING) {
        auto words = read_words(dataset, type, space, dims[0] * dims[1]);
        return words ? std::optional(word_table(name, origin, std::move(*words))) : std::nullopt;
    }
    if (kind != H5T_FLOAT && kind != H5T_INTEGER && kind != H5T_ENUM) return std::nullopt;
    std::vector<double> values(dims[0] * dims[1]);
    if (!read_numbers(dataset, type, values)) return std::nullopt;
    return numeric_table(name, origin, dims[0], dims[1], std::move(values));
}

void read_group(hid_t group, const std::string& place, const fs::path& path, Tables& out) {
    for (const std::string& name : link_names(group)) {
        const Hdf5Handle dataset(H5Dopen2(group, name.c_str(), H5P_DEFAULT), H5Dclose);
        if (!dataset.is_open()) continue;
        std::optional<Table> table =
            read_dataset(dataset, lower(name), fmt::format("{}: {}{}", path.string(), place, name));
        if (table)
            out.tables.push_back(std::move(*table));
        else
            out.notes.push_back(
                fmt::format("{}: '{}{}' is not used: it is neither a matrix of numbers nor a list of words",
                            path.filename().string(), place, name));
    }
}

}  // namespace

Tables read_h5(const fs::path& path) {
    const QuietHdf5 quiet;
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (!file.is_open())
        throw FileError(path.string(),
                        "cannot be read as an HDF5 file; one with weights and tract_lengths was expected");
    Tables out;
    read_group(file, "/", path, out);
    const Hdf5Handle group(H5Gopen2(file, "connectome", H5P_DEFAULT), H5Gclose);
    if (group.is_open()) read_group(group, "/connectome/", path, out);
    if (out.tables.empty())
        throw FileError(path.string(),
                        "has no dataset that can be read; weights and tract_lengths (or lengths) were "
                        "expected at its root or in 'connectome'");
    return out;
}

}  // namespace neurodyn::network
