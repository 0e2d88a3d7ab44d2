// SPDX-License-Identifier: BSD-3-Clause
// Plain HDF5 files of synapses.
#include "network/connect_readers.hpp"
#include "network/hdf5.hpp"

namespace neurodyn::network {

SynapseTable read_hdf5_synapses(const SynapseFile& file) {
    const QuietHdf5 quiet;
    const Hdf5Handle handle = open_hdf5(file.path);
    const Hdf5Group group(handle, file.path, file.population.empty() ? "/" : file.population,
                          "one with the datasets " + file.source + " and " + file.target + " was expected");
    SynapseTable table;
    table.edges.source = group.indices(file.source);
    table.edges.target = group.indices(file.target);
    const std::size_t count = table.edges.source.size();
    check_length(group, file.target, table.edges.target.size(), count, file.source);
    for (const std::string& name : file.columns) {
        table.columns.push_back({name, group.unit(name), group.numbers(name)});
        check_length(group, name, table.columns.back().values.size(), count, file.source);
    }
    return table;
}

}  // namespace neurodyn::network
