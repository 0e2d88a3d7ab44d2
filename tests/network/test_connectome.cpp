// SPDX-License-Identifier: BSD-3-Clause
// Reading connectomes: every format, every check with its message, and the bundled data against known facts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.hpp"
#include "network/connectome.hpp"
#include "network/connectome_fixtures.hpp"

namespace neurodyn::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

class ConnectomeTest : public testing::Test {
  protected:
    void SetUp() override {
        const auto* info = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::temp_directory_path() /
                  ("neurodyn_connectome_" + std::to_string(getpid()) + "_" + info->name());
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return (folder_ / name).string();
    }
    Connectome read() const { return read_connectome(folder_.string()); }

    /// The message of the error that reading `path` (or the folder) gives.
    std::string error(const std::string& path = {}) const {
        try {
            read_connectome(path.empty() ? folder_.string() : path);
        } catch (const Error& e) {
            return e.what();
        }
        return "no error";
    }

    fs::path folder_;
};

TEST_F(ConnectomeTest, FolderWithAllTables) {
    write("weights.csv", "0,2,3\n4,0,6\n7,8,0\n");
    write("lengths.csv", "0,20,30\n20,0,60\n30,60,0\n");
    write(
        "regions.csv",
        "name,hemisphere,network,x_mm,y_mm,z_mm\nA,L,Vis,-1,2,3\nB,left,Cont,-4,5,6\nC,R,Default,7,8,9.5\n");
    write("fc_train.csv", "1,.5,.25\n.5,1,-.125\n.25,-.125,1\n");
    write("fcd_train.csv", "0.25\n0.5\n");
    write("README.md", "prose");
    write("notes.txt", "prose that is no table\nof anything, in two lines\n");
    const Connectome c = read();
    EXPECT_EQ(c.size(), 3u);
    EXPECT_EQ(c.name, folder_.filename().string());
    EXPECT_THAT(c.weights, ElementsAre(0, 2, 3, 4, 0, 6, 7, 8, 0));  // row = target
    EXPECT_THAT(c.lengths_mm, ElementsAre(0, 20, 30, 20, 0, 60, 30, 60, 0));
    EXPECT_THAT(c.regions, ElementsAre("A", "B", "C"));
    EXPECT_THAT(c.hemispheres, ElementsAre("L", "L", "R"));
    EXPECT_THAT(c.networks, ElementsAre("Vis", "Cont", "Default"));
    EXPECT_THAT(c.centres_mm, ElementsAre(-1, 2, 3, -4, 5, 6, 7, 8, 9.5));
    EXPECT_THAT(c.matrix("fc_train"), ElementsAre(1, .5, .25, .5, 1, -.125, .25, -.125, 1));
    EXPECT_EQ(&c.matrix("weights"), &c.weights);
    EXPECT_EQ(&c.matrix("lengths"), &c.lengths_mm);
    EXPECT_THAT(c.sample("fcd_train"), ElementsAre(.25, .5));
    EXPECT_THAT(c.notes, ElementsAre(HasSubstr("notes.txt is not used: it is neither a matrix")));
}

TEST_F(ConnectomeTest, UnknownMatrixNamesWhatThereIs) {
    write("weights.csv", "0,2\n4,0\n");
    write("fc_train.csv", "1,0\n0,1\n");
    const Connectome c = read();
    try {
        c.matrix("fc_trian");
        FAIL() << "no error";
    } catch (const Error& e) {
        EXPECT_THAT(e.what(), HasSubstr("did you mean 'fc_train'?"));
    }
    EXPECT_THROW(c.matrix("lengths"), Error);
    EXPECT_THROW(c.sample("fcd"), Error);
}

TEST_F(ConnectomeTest, EverySeparatorAndHeader) {
    const std::vector<double> expected{0, 1.5, -2, 0};
    for (const char* text :
         {"0,1.5\n-2,0\n", "0;1.5\n-2;0\n", "0\t1.5\n-2\t0\n", "  0 1.5 \n-2   0\n", "0, 1.5,\r\n-2, +0,\r\n",
          "# comment\n\n0,1.5\n\n-2,0",
          "\xEF\xBB\xBF"
          "0,1.5\n-2,0\n",
          "A,B\n0,1.5\n-2,0\n", ",A,B\nA,0,1.5\nB,-2,0\n",
          "\"region\";\"A\";\"B\"\n\"A\";0;1.5\n\"B\";-2;0\n", ",0,1\n0,0,1.5\n1,-2,0\n",
          ",A,B\n0,0,1.5\n1,-2,0\n", "0,1\n0,1.5\n-2,0\n", "0.0e+00\t15e-1\n-2.000000E+00\t0.0\n"}) {
        write("weights.csv", text);
        EXPECT_EQ(read().weights, expected) << text;
    }
}

TEST_F(ConnectomeTest, NamesComeFromHeaderOrFirstColumn) {
    write("weights.csv", ",Alpha,Beta\nAlpha,0,1\nBeta,1,0\n");
    EXPECT_THAT(read().regions, ElementsAre("Alpha", "Beta"));
    write("weights.csv", "0,1\n1,0\n");
    EXPECT_THAT(read().regions, ElementsAre("region_1", "region_2"));
    write("labels.txt", "left amygdala\nleft superior temporal gyrus\n");
    EXPECT_THAT(read().regions, ElementsAre("left amygdala", "left superior temporal gyrus"));
    write("labels.txt", "l_amygdala\nr_amygdala\n");
    EXPECT_THAT(read().regions, ElementsAre("l_amygdala", "r_amygdala"));
}

TEST_F(ConnectomeTest, BadMatricesSayWhereAndWhat) {
    write("weights.csv", "0,2\n4,0\n5,5\n");
    EXPECT_THAT(error(), HasSubstr("weights are 3 x 2, but must be square"));
    write("weights.csv", "0,2\n4\n");
    EXPECT_THAT(error(),
                AllOf(HasSubstr("weights.csv:2:1"), HasSubstr("this line has 1 cells, the first one has 2")));
    write("weights.csv", "0,2\n4,nan\n");
    EXPECT_THAT(error(), HasSubstr("weights.csv: error: line 2: row 2, column 2: weight nan is not finite"));
    write("weights.csv", "0,1e999\n4,0\n");
    EXPECT_THAT(error(), HasSubstr("row 1, column 2: weight inf is not finite"));
    write("weights.csv", "0,2\n4,x\n");
    EXPECT_THAT(error(),
                AllOf(HasSubstr("weights.csv:2:3"), HasSubstr("row 2, column 2: 'x' is not a number")));
    write("weights.csv", "0,x\n4,0\n");
    EXPECT_THAT(error(), HasSubstr("row 1, column 2 (line 1): 'x' is not a number"));
    write("weights.csv", "0,,1\n4,0,0\n1,2,0\n");
    EXPECT_THAT(error(), HasSubstr("column 2"));
    write("weights.csv", "0;1,5\n2,5;0\n");
    EXPECT_THAT(error(), HasSubstr("is not a number"));
    write("weights.csv", "");
    EXPECT_THAT(error(), HasSubstr("has no rows"));
    write("weights.csv", "\n# only a comment\n");
    EXPECT_THAT(error(), HasSubstr("has no rows"));
    write("weights.csv", std::string("\x89PNG\0\0\1\2", 8));
    EXPECT_THAT(error(), HasSubstr("is not text but binary"));
}

TEST_F(ConnectomeTest, BadLengthsSayWhereAndWhat) {
    write("weights.csv", "0,2\n4,0\n");
    write("regions.csv", "name\nA\nB\n");
    write("lengths.csv", "0,-20\n20,0\n");
    EXPECT_THAT(error(), AllOf(HasSubstr("row 1 (A), column 2 (B): length -20 is negative"),
                               HasSubstr("hint: lengths are in mm")));
    write("lengths.csv", "0,20,1\n20,0,1\n1,1,0\n");
    EXPECT_THAT(error(), HasSubstr("lengths are 3 x 3, weights"));
    write("lengths.csv", "-1,-1\n-1,-1\n");
    EXPECT_THAT(error(), HasSubstr("1 more values of length are wrong in the same way"));
}

TEST_F(ConnectomeTest, AllProblemsAreToldAtOnce) {
    write("weights.csv", "0,nan\n4,0\n");
    write("lengths.csv", "0,-20\n20,0\n");
    write("regions.csv", "name\nA\nA\n");
    write("fc.csv", "1,inf\n0,1\n");
    EXPECT_THAT(error(), AllOf(HasSubstr("weight nan"), HasSubstr("length -20"), HasSubstr("fc inf"),
                               HasSubstr("regions 1 and 2 are both named 'A'")));
}

TEST_F(ConnectomeTest, RegionTablesMustFit) {
    write("weights.csv", "0,2\n4,0\n");
    write("regions.csv", "name,network\nA,Vis\nB,Vis\nC,Vis\n");
    EXPECT_THAT(error(),
                AllOf(HasSubstr("3 region names here, but 2 regions in"), HasSubstr("3 networks here")));
    write("regions.csv", "name,network\nA,Vis\n,Vis\n");
    EXPECT_THAT(error(), HasSubstr("region 2 has no name"));
}

TEST_F(ConnectomeTest, AbsentAndStrangePaths) {
    EXPECT_THAT(error((folder_ / "nothing").string()), HasSubstr("no such file or folder"));
    EXPECT_THAT(error(), HasSubstr("has no table that can be read"));
    EXPECT_THAT(error(write("x.nii", "")),
                AllOf(HasSubstr("is of no format"), HasSubstr("TVB connectivity zip")));
    EXPECT_THAT(error("/dev/zero"), HasSubstr("is neither a file nor a folder"));
    fs::remove(folder_ / "x.nii");
    write("lengths.csv", "0,1\n1,0\n");
    EXPECT_THAT(error(), HasSubstr("has no weights; it has lengths"));
    write("weights.csv", "0,1\n1,0\n");
    write("weights.txt", "0,1\n1,0\n");
    EXPECT_THAT(error(), HasSubstr("'weights' is also in"));
}

TEST_F(ConnectomeTest, OddWeightsAreToldNotRefused) {
    write("weights.csv", "1,-2\n4,0\n");
    EXPECT_THAT(read().notes,
                ElementsAre("weights below zero: 1, the lowest -2", "regions connected to themselves: 1"));
}

// A connectivity_66.zip of TVB has a fifth column in centres.txt, connectivity_192.zip a folder inside.
TEST_F(ConnectomeTest, TvbZip) {
    const std::string path = (folder_ / "two.zip").string();
    fixtures::write_zip(path, {{"two/weights.txt", "0.0 1.5\n2.0 0.0\n"},
                               {"two/tract_lengths.txt", "0 20\n20 0\n"},
                               {"two/centres.txt", "rA1 1 2 3 None\n lA1 -1 2 3 None\n"},
                               {"two/hemispheres.txt", "1\n0\n"},
                               {"two/info.txt", "weights_unit = \"au\"\n"},
                               {"__MACOSX/weights.txt", "not a table"}});
    const Connectome c = read_connectome(path);
    EXPECT_EQ(c.name, "two");
    EXPECT_THAT(c.weights, ElementsAre(0, 1.5, 2, 0));
    EXPECT_THAT(c.lengths_mm, ElementsAre(0, 20, 20, 0));
    EXPECT_THAT(c.regions, ElementsAre("rA1", "lA1"));
    EXPECT_THAT(c.centres_mm, ElementsAre(1, 2, 3, -1, 2, 3));
    EXPECT_THAT(c.hemispheres, ElementsAre("R", "L"));
}

TEST_F(ConnectomeTest, BadZip) {
    EXPECT_THAT(error(write("a.zip", "not a zip at all")), HasSubstr("cannot be read as a zip archive"));
    EXPECT_THAT(error(write("b.zip", "")), HasSubstr("b.zip"));
    const std::string path = (folder_ / "c.zip").string();
    fixtures::write_zip(path, {{"weights.txt.bz2", "BZh9"}});
    EXPECT_THAT(error(path), HasSubstr("compressed with bzip2 are not read; unpack the zip"));
    fixtures::write_zip(path, {{"weights.txt", "0 1\n1 zero\n"}});
    EXPECT_THAT(error(path), AllOf(HasSubstr("c.zip: weights.txt:2:3"), HasSubstr("'zero' is not a number")));
    std::string damaged = read_file(path);
    damaged.resize(damaged.size() / 2);
    EXPECT_THAT(error(write("d.zip", damaged)), HasSubstr("cannot be read as a zip archive"));
}

TEST_F(ConnectomeTest, MatlabFile) {
    const std::string path = (folder_ / "m.mat").string();
    fixtures::write_mat(path,
                        {{"SC", {0, 2, 3, 4, 0, 6, 7, 8, 0}},
                         {"len", {0, 1, 2, 1, 0, 3, 2, 3, 0}},
                         {"FC", {1, 0, 0, 0, 1, 0, 0, 0, 1}}},
                        3, {"A", "Bee", "C"});
    const Connectome c = read_connectome(path);
    EXPECT_THAT(c.weights, ElementsAre(0, 2, 3, 4, 0, 6, 7, 8, 0));  // not transposed
    EXPECT_THAT(c.lengths_mm, ElementsAre(0, 1, 2, 1, 0, 3, 2, 3, 0));
    EXPECT_THAT(c.regions, ElementsAre("A", "Bee", "C"));
    EXPECT_EQ(c.matrix("fc")[0], 1.0);
}

TEST_F(ConnectomeTest, FolderOfMatlabFiles) {
    fixtures::write_mat((folder_ / "DTI_CM.mat").string(), {{"sc", {0, 1, 2, 0}}}, 2, {});
    fixtures::write_mat((folder_ / "DTI_LEN.mat").string(), {{"len", {0, 10, 20, 0}}}, 2, {});
    const Connectome c = read();
    EXPECT_THAT(c.weights, ElementsAre(0, 1, 2, 0));
    EXPECT_THAT(c.lengths_mm, ElementsAre(0, 10, 20, 0));
}

TEST_F(ConnectomeTest, BadMatlabFile) {
    EXPECT_THAT(error(write("a.mat", "")), HasSubstr("a.mat"));
    EXPECT_THAT(error(write("b.mat", std::string(300, 'x'))), HasSubstr("b.mat"));
    const std::string path = (folder_ / "c.mat").string();
    fixtures::write_mat(path, {{"SC", {0, NAN, 2, 0}}}, 2, {});
    EXPECT_THAT(error(path), HasSubstr("c.mat: SC: error: row 1, column 2: weight nan is not finite"));
    const std::string whole = read_file(path);
    for (const std::size_t cut : {whole.size() - 8, whole.size() / 2, std::size_t{130}})
        EXPECT_NE(error(write("d.mat", whole.substr(0, cut))), "no error") << cut;
}

TEST_F(ConnectomeTest, Hdf5File) {
    const std::string path = (folder_ / "tvb.h5").string();
    fixtures::write_h5(path, {{"weights", {0, 2, 3, 0}}, {"tract_lengths", {0, 20, 20, 0}}}, 2,
                       {"rA1", "lA1"}, {1, 2, 3, -1, 2, 3});
    const Connectome c = read_connectome(path);
    EXPECT_THAT(c.weights, ElementsAre(0, 2, 3, 0));
    EXPECT_THAT(c.lengths_mm, ElementsAre(0, 20, 20, 0));
    EXPECT_THAT(c.regions, ElementsAre("rA1", "lA1"));
    EXPECT_THAT(c.centres_mm, ElementsAre(1, 2, 3, -1, 2, 3));
    EXPECT_THAT(c.notes, IsEmpty());
}

TEST_F(ConnectomeTest, BadHdf5File) {
    testing::internal::CaptureStderr();
    EXPECT_THAT(error(write("a.h5", "")), HasSubstr("cannot be read as an HDF5 file"));
    EXPECT_THAT(error(write("b.h5", std::string(5000, '\x01'))), HasSubstr("cannot be read as an HDF5 file"));
    const std::string path = (folder_ / "c.h5").string();
    fixtures::write_h5(path, {{"tract_lengths", {0, 20, 20, 0}}}, 2, {}, {});
    EXPECT_THAT(error(path), HasSubstr("c.h5: error: has no weights; it has tract_lengths"));
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");  // HDF5's own messages stay silent
}

TEST(ConnectomeMath, NormalisationsOfASmallMatrix) {
    const std::vector<double> w{0, 1, 4, 0};  // eigenvalues 2 and -2
    EXPECT_DOUBLE_EQ(spectral_radius(2, w), 2.0);
    EXPECT_THAT(strengths(2, w), ElementsAre(1, 4));
    EXPECT_THAT(normalised(2, w, Normalisation::maximum), ElementsAre(0, .25, 1, 0));
    EXPECT_THAT(normalised(2, w, Normalisation::row_sum), ElementsAre(0, 1, 1, 0));
    EXPECT_THAT(normalised(2, w, Normalisation::mean), ElementsAre(0, .8, 3.2, 0));
    EXPECT_THAT(normalised(2, w, Normalisation::none), ElementsAre(0, 1, 4, 0));
    const std::vector<double> rotation{0, 1, -1, 0};  // eigenvalues i and -i
    EXPECT_DOUBLE_EQ(spectral_radius(2, rotation), 1.0);
    EXPECT_THROW(normalised(2, {0, 0, 0, 0}, Normalisation::maximum), Error);
    EXPECT_THROW(normalised(2, {0, 1, 2}, Normalisation::maximum), Error);
    EXPECT_EQ(parse_normalisation("spectral_radius"), Normalisation::spectral_radius);
    EXPECT_THROW(parse_normalisation("median"), Error);
}

TEST(ConnectomeMath, Delays) {
    const std::vector<double> seconds = delays_s({0, 20, 100}, 5.0);
    EXPECT_DOUBLE_EQ(seconds[1], 0.004);
    EXPECT_THAT(delay_steps(seconds, 1e-4), ElementsAre(0, 40, 200));
    EXPECT_THAT(delay_steps({0.5, 1.5, 2.5}, 1.0), ElementsAre(0, 2, 2));  // halves to the even step
    EXPECT_THROW(delays_s({1}, 0.0), Error);
    EXPECT_THROW(delay_steps({1e9}, 1e-4), Error);
    EXPECT_THROW(delay_steps({-1}, 1e-4), Error);
}

// Facts of data/hcp_schaefer100/README.md, computed there with numpy from the package's own arrays.
TEST(ConnectomeData, HcpSchaefer100) {
    const Connectome c = read_connectome(NEURODYN_SOURCE_DIR "/data/hcp_schaefer100");
    ASSERT_EQ(c.size(), 100u);
    EXPECT_THAT(c.notes, IsEmpty());
    EXPECT_EQ(c.regions[0], "LH_Vis_1");
    EXPECT_EQ(c.regions[99], "RH_Default_pCunPCC_2");
    EXPECT_EQ(std::count(c.networks.begin(), c.networks.end(), "Default"), 24);
    EXPECT_EQ(std::count(c.hemispheres.begin(), c.hemispheres.end(), "L"), 50);
    EXPECT_EQ(c.centres_mm.size(), 300u);
    EXPECT_EQ(*std::max_element(c.weights.begin(), c.weights.end()), 38177.5);
    EXPECT_NEAR(*std::max_element(c.lengths_mm.begin(), c.lengths_mm.end()), 235.0824, 1e-9);
    EXPECT_EQ(c.sample("fcd_train").size(), 13677u);
    EXPECT_EQ(c.sample("fcd_test").size(), 13678u);
    for (const char* name : {"fc_train", "fc_test", "weights_test", "lengths_test"})
        EXPECT_EQ(c.matrix(name).size(), 10000u);
    EXPECT_NEAR(fixtures::upper_triangle_correlation(100, c.weights, c.matrix("fc_train")), 0.2607, 5e-5);
    EXPECT_NEAR(fixtures::upper_triangle_correlation(100, c.matrix("weights_test"), c.matrix("fc_test")),
                0.2640, 5e-5);
}

}  // namespace
}  // namespace neurodyn::network
