// SPDX-License-Identifier: BSD-3-Clause
// Which reader a file takes, and units of its columns.
#include "network/connect_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "base/error.hpp"
#include "network/connect_readers.hpp"
#include "network/connectome_tables.hpp"
#include "network/hdf5.hpp"

namespace neurodyn::network {
namespace {

bool is_sonata(const std::string& path) {
    const QuietHdf5 quiet;
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (!file.is_open())
        throw FileError(path,
                        "cannot be read as an HDF5 file; lists of synapses and of spikes are text (.csv, "
                        ".tsv, .txt, .dat), HDF5 or SONATA files");
    return H5Lexists(file, "edges", H5P_DEFAULT) > 0;
}

}  // namespace

SynapseTable read_synapses(const SynapseFile& file) {
    if (!std::filesystem::exists(file.path)) throw FileError(file.path, "no such file");
    if (std::filesystem::is_directory(file.path))
        throw FileError(file.path, "is a directory, a file of synapses was expected");
    const bool text = is_text_table(file.path);
    const bool sonata = !text && is_sonata(file.path);
    if (text && !file.population.empty())
        throw FileError(file.path, fmt::format("is text and has no population '{}'; leave the population out",
                                               file.population));
    if (!sonata && !file.edge_types_path.empty())
        throw FileError(file.path, "is no SONATA file and takes no edge types; leave them out");
    SynapseTable table =
        text ? read_text_synapses(file) : (sonata ? read_sonata_synapses(file) : read_hdf5_synapses(file));
    table.path = file.path;
    return table;
}

std::vector<double> SynapseTable::values_si(std::string_view name, const Dimension& dimension,
                                            std::string_view unit_if_unstated) const {
    const SynapseColumn* column = nullptr;
    std::vector<std::string> names;
    for (const SynapseColumn& c : columns) {
        names.push_back(c.name);
        if (c.name == name) column = &c;
    }
    if (!column)
        throw Error(
            fmt::format("{}: '{}' was not read; the columns are: {}", path, name, fmt::join(names, ", ")));
    const std::string_view text = column->unit.empty() ? unit_if_unstated : std::string_view(column->unit);
    if (text.empty() && !dimension.is_dimensionless())
        throw Error(
            fmt::format("{}: column '{}' states no unit, one like {} is needed; give it with the file", path,
                        name, to_string(dimension)));
    const Unit unit = text.empty() ? Unit{} : parse_unit(text);
    if (unit.dimension != dimension)
        throw Error(fmt::format("{}: column '{}' is in {}, but its unit must be like {}", path, name, text,
                                to_string(dimension)));
    std::vector<double> values = column->values;
    for (double& value : values) value = to_si(value, unit);
    return values;
}

}  // namespace neurodyn::network
