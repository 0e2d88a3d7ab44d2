// SPDX-License-Identifier: BSD-3-Clause
// Lists of spikes from text, plain HDF5 and SONATA files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>

#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "network/spike_files.hpp"

namespace neurodyn::network {
namespace {

std::string path_of(const std::string& name) {
    return (std::filesystem::temp_directory_path() / ("neurodyn_spikes_" + name)).string();
}

std::string written(const std::string& name, const std::string& text) {
    std::ofstream(path_of(name)) << text;
    return path_of(name);
}

TEST(SpikeFiles, TextInAnyOrder) {
    const auto list = read_spikes(written("a.csv", "# recorded\ntime [s],node\n0.5,3\n0.25,1\n0.25,0\n"));
    EXPECT_EQ(list->time_s, (std::vector<double>{0.25, 0.25, 0.5}));
    EXPECT_EQ(list->node, (std::vector<std::uint32_t>{0, 1, 3}));
    EXPECT_EQ(read_spikes(written("b.csv", "node;time\n2;1.5\n"))->time_s[0], 1.5e-3);  // ms without a unit
}

TEST(SpikeFiles, ProblemsOfTextHaveTheirPlace) {
    const auto problem = [](const std::string& text) -> std::string {
        try {
            read_spikes(written("c.csv", text));
        } catch (const Error& error) {
            return error.what();
        }
        return "read";
    };
    EXPECT_THAT(problem("node,when\n1,2\n"), testing::HasSubstr("the header has no column 'time'"));
    EXPECT_THAT(problem("node,time\n1.5,2\n"), testing::HasSubstr("'1.5' is not the index of a neuron"));
    EXPECT_THAT(problem("node,time [mV]\n1,2\n"), testing::HasSubstr("mV"));
}

void write_list(hid_t group, const char* name, hid_t type, const void* values, hsize_t count,
                const char* units = nullptr) {
    const hid_t shape = H5Screate_simple(1, &count, nullptr);
    const hid_t data = H5Dcreate2(group, name, type, shape, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    if (units) {
        const hid_t text = H5Tcopy(H5T_C_S1), one = H5Screate(H5S_SCALAR);
        H5Tset_size(text, std::string(units).size());
        const hid_t attribute = H5Acreate2(data, "units", text, one, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(attribute, text, units);
        H5Aclose(attribute);
    }
    H5Dclose(data);
}

// The layout of SONATA's guide: /spikes/POPULATION with timestamps and node_ids.
TEST(SpikeFiles, Sonata) {
    const std::string path = path_of("d.h5");
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t spikes = H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    for (const char* population : {"exc", "inh"}) {
        const hid_t group = H5Gcreate2(spikes, population, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        const double times[] = {12.5, 3.0};
        const std::uint64_t nodes[] = {4, 2};
        write_list(group, "timestamps", H5T_NATIVE_DOUBLE, times, 2, "milliseconds");
        write_list(group, "node_ids", H5T_NATIVE_UINT64, nodes, 2);
        H5Gclose(group);
    }
    H5Gclose(spikes);
    H5Fclose(file);
    const auto list = read_spikes(path, "exc");
    EXPECT_EQ(list->node, (std::vector<std::uint32_t>{2, 4}));
    EXPECT_DOUBLE_EQ(list->time_s[1], 12.5e-3);
    try {
        read_spikes(path);
        FAIL();
    } catch (const FileError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("the spikes of 2 populations: exc, inh"));
    }
}

}  // namespace
}  // namespace neurodyn::network
