// SPDX-License-Identifier: BSD-3-Clause
// Lists of synapses from text, HDF5 and SONATA files, and what each reader refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "network/connect_files.hpp"
#include "network/connect_support.hpp"

namespace neurodyn::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

/// An HDF5 file that is written while this lives.
class File {
  public:
    explicit File(const std::string& path)
        : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {}
    ~File() { H5Fclose(file_); }
    File(const File&) = delete;

    void numbers(const std::string& name, const std::vector<double>& values, const std::string& unit = {}) {
        write(name, H5T_NATIVE_DOUBLE, values.size(), values.data());
        if (!unit.empty()) attribute(name, "units", unit);
    }
    void indices(const std::string& name, const std::vector<std::int64_t>& values) {
        write(name, H5T_NATIVE_INT64, values.size(), values.data());
    }
    void attribute(const std::string& dataset, const char* name, const std::string& text) {
        const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
        H5Tset_size(type, text.size());
        const hid_t object = H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT);
        const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(attribute, type, text.data());
        H5Aclose(attribute), H5Dclose(object), H5Sclose(space), H5Tclose(type);
    }
    void group(const std::string& name) {
        const hid_t links = H5Pcreate(H5P_LINK_CREATE);
        H5Pset_create_intermediate_group(links, 1);
        H5Gclose(H5Gcreate2(file_, name.c_str(), links, H5P_DEFAULT, H5P_DEFAULT));
        H5Pclose(links);
    }

  private:
    void write(const std::string& name, hid_t type, hsize_t count, const void* data) {
        const hid_t links = H5Pcreate(H5P_LINK_CREATE), space = H5Screate_simple(1, &count, nullptr);
        H5Pset_create_intermediate_group(links, 1);
        const hid_t dataset = H5Dcreate2(file_, name.c_str(), type, space, links, H5P_DEFAULT, H5P_DEFAULT);
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
        H5Dclose(dataset), H5Sclose(space), H5Pclose(links);
    }
    hid_t file_;
};

class ConnectFiles : public testing::Test {
  protected:
    void SetUp() override {
        const auto* info = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::temp_directory_path() /
                  ("neurodyn_synapses_" + std::to_string(getpid()) + "_" + info->name());
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }
    std::string text_error(const std::string& text, std::vector<std::string> columns = {"weight"}) const {
        const SynapseFile file{write("e.csv", text), {}, {}, std::move(columns)};
        return message_of([&] { read_synapses(file); });
    }
    static std::string error(const SynapseFile& file) {
        return message_of([&] { read_synapses(file); });
    }

    fs::path folder_;
};

TEST_F(ConnectFiles, Text) {
    const SynapseTable table = read_synapses({write("e.csv",
                                                    "\xEF\xBB\xBF# made by hand\nsource,target,weight "
                                                    "[pA],delay_ms,tag\n0,1,-2.5,1.5,a\n\n7,0,1e2,+.1,b\r\n"),
                                              {},
                                              {},
                                              {"delay", "weight"}});
    EXPECT_THAT(table.edges.source, ElementsAre(0, 7));
    EXPECT_THAT(table.edges.target, ElementsAre(1, 0));
    EXPECT_THAT(table.values_si("weight", dimensions::current), ElementsAre(-2.5e-12, 1e-10));
    EXPECT_THAT(table.values_si("delay", dimensions::time), ElementsAre(1.5e-3, 1e-4));
}

TEST_F(ConnectFiles, TextWithOtherSeparators) {
    for (const char c : {';', '\t'}) {
        std::string text = "target,source,weight\n3,\"4\",5\n";
        std::ranges::replace(text, ',', c);
        const SynapseTable table = read_synapses({write("e.txt", text), {}, {}, {"weight"}});
        EXPECT_THAT(table.edges.source, ElementsAre(4));
        EXPECT_THAT(table.edges.target, ElementsAre(3));
        EXPECT_THAT(table.values_si("weight", dimensions::current, "nA"), ElementsAre(5e-9));
    }
}

TEST_F(ConnectFiles, UnitsAreChecked) {
    const SynapseTable table = read_synapses(
        {write("e.csv", "source,target,weight,delay [mV]\n0,0,1,2\n"), {}, {}, {"weight", "delay"}});
    EXPECT_THAT(message_of([&] { table.values_si("weight", dimensions::current); }),
                HasSubstr("column 'weight' states no unit"));
    EXPECT_THAT(table.values_si("weight", dimensions::one), ElementsAre(1.0));
    EXPECT_THAT(message_of([&] { table.values_si("delay", dimensions::time); }),
                HasSubstr("column 'delay' is in mV, but its unit must be like s"));
    EXPECT_THAT(message_of([&] { table.values_si("w", dimensions::one); }),
                HasSubstr("'w' was not read; the columns are: weight, delay"));
}

TEST_F(ConnectFiles, ErrorsInText) {
    EXPECT_THAT(text_error(""), HasSubstr("is empty; a header like 'source,target' was expected"));
    EXPECT_THAT(text_error("0,1,2\n"),
                HasSubstr("e.csv:1:1: error: the header has no column 'source'; it has: 0, 1, 2"));
    EXPECT_THAT(text_error("source,target\n0,1\n"), HasSubstr("the header has no column 'weight'"));
    EXPECT_THAT(text_error("source,target,weight\n0,1\n"),
                HasSubstr("e.csv:2:1: error: this line has 2 cells, the header has 3"));
    EXPECT_THAT(text_error("source,target,weight\n0,1,2\n0,-1,2\n"),
                HasSubstr("e.csv:3:3: error: '-1' is not the index of a neuron"));
    EXPECT_THAT(text_error("source,target,weight\n0,1.5,2\n"),
                HasSubstr("'1.5' is not the index of a neuron"));
    EXPECT_THAT(text_error("source,target,weight\n0,1,nan\n"),
                HasSubstr("e.csv:2:5: error: 'nan' in column 'weight' is not a finite number"));
    EXPECT_THAT(error({path("none.csv"), {}, {}, {}}), HasSubstr("none.csv: no such file"));
    EXPECT_THAT(error({folder_.string(), {}, {}, {}}), HasSubstr("is a directory"));
    EXPECT_THAT(error({path("e.csv"), "exc", {}, {}}), HasSubstr("is text and has no population 'exc'"));
    EXPECT_THAT(error({path("e.csv"), {}, "types.csv", {}}), HasSubstr("takes no edge types"));
}

TEST_F(ConnectFiles, Hdf5) {
    {
        File file(path("e.h5"));
        file.indices("net/source", {5, 6});
        file.indices("net/target", {0, 1});
        file.numbers("net/weight", {1.0, -2.0}, "pA");
    }
    const SynapseTable table = read_synapses({path("e.h5"), "net", {}, {"weight"}});
    EXPECT_THAT(table.edges.source, ElementsAre(5, 6));
    EXPECT_THAT(table.edges.target, ElementsAre(0, 1));
    EXPECT_THAT(table.values_si("weight", dimensions::current), ElementsAre(1e-12, -2e-12));
    EXPECT_THAT(error({path("e.h5"), {}, {}, {}}),
                HasSubstr("e.h5: '/source' is missing; this group has: net"));
    EXPECT_THAT(error({path("e.h5"), "other", {}, {}}), HasSubstr("has no group 'other'"));
    EXPECT_THAT(error({path("e.h5"), "net", {}, {"delay"}}),
                HasSubstr("'net/delay' is missing; this group has: source, target, weight"));
}

TEST_F(ConnectFiles, ErrorsInHdf5) {
    {
        File file(path("e.h5"));
        file.indices("source", {5, -6});
        file.indices("a/source", {5, 6});
        file.numbers("a/target", {5, 6});
        file.indices("b/source", {5, 6});
        file.indices("b/target", {5, 6, 7});
        file.indices("c/source", {5, 6});
        file.indices("c/target", {5, 6});
        file.numbers("c/delay", {5});
        file.numbers("c/weight", {5, INFINITY});
    }
    EXPECT_THAT(error({path("e.h5"), {}, {}, {}}), HasSubstr("'/source' has -6 in row 1"));
    EXPECT_THAT(error({path("e.h5"), "a", {}, {}}), HasSubstr("'a/target' must hold whole numbers"));
    EXPECT_THAT(error({path("e.h5"), "b", {}, {}}), HasSubstr("'b/target' has 3 rows, but 'source' has 2"));
    EXPECT_THAT(error({path("e.h5"), "c", {}, {"delay"}}), HasSubstr("'c/delay' has 1 rows"));
    EXPECT_THAT(error({path("e.h5"), "c", {}, {"weight"}}),
                HasSubstr("'c/weight' has the value inf in row 1"));
    write("text.h5", "no HDF5");
    EXPECT_THAT(error({path("text.h5"), {}, {}, {}}), HasSubstr("cannot be read as an HDF5 file"));
}

// ---- SONATA: two edge groups, of which one has weights, and three edge types ----

constexpr const char* edge_types =
    "edge_type_id syn_weight delay nsyns weight_function dynamics_params\n"
    "100 0.5 2.0 1 NULL \"a b.json\"\n"
    "101 NULL 3.0 2 wmax NULL\n"
    "102 4.0 NULL NULL NULL NULL\n";

class ConnectSonata : public ConnectFiles {
  protected:
    /// The file without what `skip` names.
    SynapseFile write_sonata(const std::string& skip = {}) const {
        const std::string p = "/edges/l4_to_l5/";
        File file(path("edges.h5"));
        const auto indices = [&](const std::string& name, const std::vector<std::int64_t>& values) {
            if (name != skip) file.indices(p + name, values);
        };
        indices("source_node_id", {0, 1, 2, 3});
        indices("target_node_id", {9, 8, 7, 6});
        indices("edge_type_id", {100, 101, 102, 100});
        indices("edge_group_id", {0, 1, 1, 0});
        indices("edge_group_index", {1, 0, 1, 0});
        if (skip != "0/syn_weight") file.numbers(p + "0/syn_weight", {7.0, 8.0});
        file.numbers(p + "0/delay", {1.0, 1.5});
        if (skip == "1") return {path("edges.h5"), {}, {}, {"weight"}};
        file.numbers(p + "1/syn_weight", {10.0, 20.0});
        if (skip != "source_node_id") file.attribute(p + "source_node_id", "node_population", "l4");
        if (skip != "target_node_id") file.attribute(p + "target_node_id", "node_population", "l5");
        if (skip == "second population") file.group("/edges/l5_to_l5");
        return {path("edges.h5"), {}, write("types.csv", edge_types), {"weight"}};
    }
};

TEST_F(ConnectSonata, GroupsAndTypes) {
    const SynapseTable table = read_synapses(write_sonata());
    EXPECT_THAT(table.edges.source, ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(table.edges.target, ElementsAre(9, 8, 7, 6));
    EXPECT_EQ(table.source_population, "l4");
    EXPECT_EQ(table.target_population, "l5");
    EXPECT_THAT(table.values_si("weight", dimensions::conductance, "nS"),  // times nsyns 1, 2, none, 1
                ElementsAre(8e-9, 20e-9, 20e-9, 7e-9));
    EXPECT_THAT(table.notes,
                ElementsAre(HasSubstr("the weight_function 'wmax' of edge type 101 is program code")));
}

TEST_F(ConnectSonata, WhatAGroupLacksComesFromTheType) {
    SynapseFile file = write_sonata("0/syn_weight");
    const SynapseTable table = read_synapses(file);
    EXPECT_THAT(table.values_si("weight", dimensions::one), ElementsAre(0.5, 20.0, 20.0, 0.5));
    file.columns = {"delay"};
    EXPECT_THAT(error(file), HasSubstr("edge 2 has no delay: its group 1 has no such dataset, and " +
                                       path("types.csv") + " has none for edge type 102"));
    file.edge_types_path.clear();
    EXPECT_THAT(
        error(file),
        HasSubstr(
            "edge 1 has no delay: its group 1 has no such dataset, and no file of edge types was given"));
}

TEST_F(ConnectSonata, DelaysAreInMilliseconds) {
    SynapseFile file = write_sonata();
    write("types.csv", "edge_type_id delay\n100 1\n101 2\n102 4\n");
    file.columns = {"delay"};
    EXPECT_THAT(read_synapses(file).values_si("delay", dimensions::time),
                ElementsAre(1.5e-3, 2e-3, 4e-3, 1e-3));
}

TEST_F(ConnectSonata, EdgesAlone) {
    SynapseFile file = write_sonata();
    file.columns.clear();
    file.edge_types_path.clear();
    EXPECT_EQ(read_synapses(file).edges.source.size(), 4u);
}

TEST_F(ConnectSonata, OneGroupNeedsNoIndex) {
    {
        File file(path("edges.h5"));
        file.indices("/edges/p/source_node_id", {1, 2});
        file.indices("/edges/p/target_node_id", {3, 4});
        file.indices("/edges/p/edge_type_id", {0, 0});
        file.numbers("/edges/p/0/syn_weight", {5, 6});
    }
    EXPECT_THAT(read_synapses({path("edges.h5"), "p", {}, {"weight"}}).values_si("weight", dimensions::one),
                ElementsAre(5, 6));
}

TEST_F(ConnectSonata, WhatIsMissingIsNamed) {
    for (const std::string name :
         {"source_node_id", "target_node_id", "edge_type_id", "edge_group_id", "edge_group_index"})
        EXPECT_THAT(error(write_sonata(name)),
                    HasSubstr("edges.h5: '/edges/l4_to_l5/" + name + "' is missing"))
            << name;
    EXPECT_THAT(error(write_sonata("1")),
                HasSubstr("'/edges/l4_to_l5/edge_group_id' names the group 1 in row 1, which is missing"));
    EXPECT_THAT(error(write_sonata("second population")),
                HasSubstr("has 2 edge populations, say which one is meant: l4_to_l5, l5_to_l5"));
    SynapseFile file = write_sonata();
    file.population = "v1";
    EXPECT_THAT(error(file), HasSubstr("has no edge population 'v1'; it has: l4_to_l5"));
    file.population.clear();
    file.edge_types_path = path("none.csv");
    EXPECT_THAT(error(file), HasSubstr("none.csv: no such file of edge types"));
}

TEST_F(ConnectSonata, ErrorsInEdgeTypes) {
    const SynapseFile file = write_sonata("0/syn_weight");
    const auto types_error = [&](const std::string& text) {
        write("types.csv", text);
        return error(file);
    };
    EXPECT_THAT(types_error("id syn_weight\n100 1\n"),
                HasSubstr("types.csv: has no column edge_type_id; it has: id, syn_weight"));
    EXPECT_THAT(types_error("edge_type_id syn_weight\n100\n"),
                HasSubstr("line 2 has 1 cells, the header has 2"));
    EXPECT_THAT(types_error("edge_type_id syn_weight\nx 1\n"), HasSubstr("line 2: 'x' is no edge_type_id"));
    EXPECT_THAT(types_error("edge_type_id syn_weight\n100 strong\n"),
                HasSubstr("edge type 100: 'strong' in column syn_weight"));
}

TEST_F(ConnectSonata, RowsOutsideOfAGroup) {
    {
        File file(path("edges.h5"));
        file.indices("/edges/p/source_node_id", {1, 2});
        file.indices("/edges/p/target_node_id", {3, 4});
        file.indices("/edges/p/edge_type_id", {0, 0});
        file.indices("/edges/p/edge_group_id", {0, 0});
        file.indices("/edges/p/edge_group_index", {0, 2});
        file.numbers("/edges/p/0/syn_weight", {5, 6});
    }
    EXPECT_THAT(error({path("edges.h5"), {}, {}, {"weight"}}),
                HasSubstr("'/edges/p/0/syn_weight' has 2 rows, but edge 1 is in row 2"));
}

}  // namespace
}  // namespace neurodyn::network
