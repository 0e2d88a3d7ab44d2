// SPDX-License-Identifier: BSD-3-Clause
// Spikes of CSV and HDF5 files.
#include "network/spike_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "network/connect_files.hpp"
#include "network/hdf5.hpp"

namespace neurodyn::network {
namespace {

/// The same fields as in a file of synapses: a number for each entry, and a column of times.
SynapseTable read_columns(const std::string& path, const std::string& population) {
    SynapseFile file;
    file.path = path;
    file.population = population;
    file.source = file.target = "node";
    file.columns = {"time"};
    return read_synapses(file);
}

bool is_sonata(const std::string& path) {
    if (!path.ends_with(".h5") && !path.ends_with(".hdf5")) return false;
    const Hdf5Handle file = open_hdf5(path);
    return std::ranges::count(link_names(file), std::string("spikes")) > 0;
}

SynapseTable read_sonata(const std::string& path, std::string population) {
    const Hdf5Handle file = open_hdf5(path);
    if (population.empty()) {
        const Hdf5Group all(file, path, "/spikes", "");
        const std::vector<std::string> names = all.names();
        if (names.size() != 1)
            throw FileError(path, fmt::format("has the spikes of {} populations: {}; say which", names.size(),
                                              fmt::join(names, ", ")));
        population = names.front();
    }
    const Hdf5Group group(file, path, "/spikes/" + population, "spikes of this population were expected");
    SynapseTable table;
    table.path = path;
    table.edges.source = group.indices("node_ids");
    std::string unit = group.unit("timestamps");
    if (unit == "milliseconds") unit = "ms";  // as the SONATA guide writes it
    table.columns = {{"time", unit, group.numbers("timestamps")}};
    check_length(group, "timestamps", table.columns[0].values.size(), table.edges.source.size(), "node_ids");
    return table;
}

}  // namespace

std::shared_ptr<const EventList> read_spikes(const std::string& path, const std::string& population) {
    const QuietHdf5 quiet;
    const SynapseTable table =
        is_sonata(path) ? read_sonata(path, population) : read_columns(path, population);
    const std::vector<double> time_s = table.values_si("time", dimensions::time, "ms");
    std::vector<std::size_t> order(time_s.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t k) { return std::pair(time_s[k], table.edges.source[k]); });
    auto list = std::make_shared<EventList>();
    for (const std::size_t k : order) {
        list->time_s.push_back(time_s[k]);
        list->node.push_back(table.edges.source[k]);
    }
    return list;
}

}  // namespace neurodyn::network
