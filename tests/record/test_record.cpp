// SPDX-License-Identifier: BSD-3-Clause
// The result file: what is written is read back, also after a kill; what cannot be written is said.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.hpp"
#include "record/arrays.hpp"
#include "record/reader.hpp"
#include "record/writer.hpp"

namespace neurodyn::record {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Record : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "neurodyn_record_XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::string path(const std::string& name = "run.h5") const { return (folder_ / name).string(); }

    std::filesystem::path folder_;
};

engine::SeriesInfo info(const std::string& name, std::size_t nodes, std::size_t samples,
                        std::size_t members = 1) {
    engine::SeriesInfo s;
    s.name = name;
    s.population = "cortex";
    s.expression = "1000*S";
    s.unit = "mV";
    for (std::size_t n = 0; n < nodes; ++n) s.node_names.push_back("region \xC3\xA9 " + std::to_string(n));
    s.members = members;
    s.samples = samples;
    s.first_s = 0.1;
    s.interval_s = 0.1;
    return s;
}

double value(std::size_t sample, std::size_t node, std::size_t member) {
    return static_cast<double>(sample) + 1e-3 * static_cast<double>(node) +
           1e-6 * static_cast<double>(member);
}

std::vector<double> block(std::size_t first, std::size_t count, std::size_t nodes, std::size_t first_member,
                          std::size_t members) {
    std::vector<double> values;
    for (std::size_t t = first; t < first + count; ++t)
        for (std::size_t n = 0; n < nodes; ++n)
            for (std::size_t m = first_member; m < first_member + members; ++m)
                values.push_back(value(t, n, m));
    return values;
}

template <class Body>
std::string error_of(const Body& body) {
    try {
        body();
    } catch (const Error& e) {
        return e.what();
    }
    return {};
}

TEST_F(Record, ASeriesIsReadBack) {
    Writer writer(path());
    writer.set_attribute("experiment", std::string("name: test\n"));
    writer.set_attribute("seed", std::int64_t{7});
    const std::size_t bold = writer.open_series(info("bold", 5, 30));
    writer.append(bold, 0, 0, 1, block(0, 12, 5, 0, 1));
    writer.append(bold, 12, 0, 1, block(12, 18, 5, 0, 1));
    writer.close();

    const Reader reader(path());
    ASSERT_EQ(reader.series().size(), 1u);
    const RecordedSeries s = reader.series("bold");
    EXPECT_EQ(s.info.population, "cortex");
    EXPECT_EQ(s.info.expression, "1000*S");
    EXPECT_EQ(s.info.unit, "mV");
    EXPECT_EQ(s.info.node_names, info("bold", 5, 30).node_names);
    EXPECT_EQ(s.info.samples, 30u);
    EXPECT_EQ(s.info.first_s, 0.1);
    EXPECT_EQ(s.info.interval_s, 0.1);
    EXPECT_THAT(s.samples_of_member, ElementsAre(30u));
    EXPECT_EQ(reader.values("bold"), block(0, 30, 5, 0, 1));
    EXPECT_EQ(reader.values("bold", 0, 7, 3), block(7, 3, 5, 0, 1));
    EXPECT_EQ(std::get<std::int64_t>(reader.attributes().at("seed")), 7);
    EXPECT_EQ(std::get<std::string>(reader.attributes().at("experiment")), "name: test\n");
}

TEST_F(Record, MembersMayArriveInAnyOrder) {
    Writer writer(path());
    const std::size_t s = writer.open_series(info("rate", 3, 20, 40));
    writer.append(s, 0, 24, 16, block(0, 20, 3, 24, 16));
    writer.append(s, 0, 0, 24, block(0, 11, 3, 0, 24));
    writer.flush();
    {
        const Reader reader(path());  // while the writer is at work
        EXPECT_EQ(reader.series("rate").samples_of_member[23], 11u);
        EXPECT_EQ(reader.values("rate", 23), block(0, 11, 3, 23, 1));
        EXPECT_EQ(reader.values("rate", 39), block(0, 20, 3, 39, 1));
        EXPECT_THAT(error_of([&] { reader.values("rate", 23, 10, 2); }),
                    HasSubstr("has 11 samples of member 23; there are no samples up to 12"));
    }
    writer.append(s, 11, 0, 24, block(11, 9, 3, 0, 24));
    writer.close();
    const Reader reader(path());
    for (std::size_t m = 0; m < 40; ++m) EXPECT_EQ(reader.values("rate", m), block(0, 20, 3, m, 1)) << m;
}

TEST_F(Record, ARunThatStopsEarlyLeavesWhatArrived) {
    Writer writer(path());
    const std::size_t s = writer.open_series(info("bold", 4, 1000000));
    writer.append(s, 0, 0, 1, block(0, 50, 4, 0, 1));
    writer.open_series(info("never", 2, 10));
    writer.close();
    const Reader reader(path());
    EXPECT_EQ(reader.series("bold").info.samples, 50u);
    EXPECT_EQ(reader.values("bold"), block(0, 50, 4, 0, 1));
    EXPECT_TRUE(reader.values("never").empty());
}

// The child records and flushes, goes on recording, and is killed.
void record_until_killed(const std::string& path, int pipe) {
    Writer writer(path);
    const std::size_t s = writer.open_series(info("bold", 50, 20000));
    std::size_t t = 0;
    for (; t < 1000; t += 10) writer.append(s, t, 0, 1, block(t, 10, 50, 0, 1));
    writer.flush();
    if (write(pipe, "x", 1) != 1) _exit(1);
    for (;; t = t + 10 < 20000 ? t + 10 : 1000) writer.append(s, t, 0, 1, block(t, 10, 50, 0, 1));
}

TEST_F(Record, AKillLeavesEverythingThatWasFlushed) {
    for (int round = 0; round < 5; ++round) {
        int ends[2];
        ASSERT_EQ(pipe(ends), 0);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            try {
                record_until_killed(path(), ends[1]);
            } catch (...) {
            }
            _exit(1);
        }
        char byte;
        ASSERT_EQ(read(ends[0], &byte, 1), 1);
        usleep(static_cast<useconds_t>(20000 * (round + 1)));
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        close(ends[0]);
        close(ends[1]);
        ASSERT_TRUE(WIFSIGNALED(status));
        const Reader reader(path());
        ASSERT_GE(reader.series("bold").samples_of_member[0], 1000u);
        EXPECT_EQ(reader.values("bold", 0, 0, 1000), block(0, 1000, 50, 0, 1));
    }
}

const Dimension region{"region", 2, {}, {}, {"left", "right"}},
    other{"other_region", 2, {}, {}, {"left", "right"}};
const Dimension frequency{"frequency", 3, "Hz", {0, 1, 2}, {}}, pair{"pair", 4};

void write_example_group(Writer& writer) {
    writer.write_group("analyses/fc",
                       {{"fc", "correlation", "", {region, other}, {1, .5, .5, 1}},
                        {"power", "density", "mV^2/Hz", {region, frequency}, {1, 2, 3, 4, 5, NAN}},
                        {"distribution", "", "", {pair}, {1, 2, 3, 4}},
                        {"similarity", "likeness", "", {}, {0.285}},
                        {"verdict", "", "", {pair}, {}, {"a", "", "c", "\xCE\xB4"}}},
                       {{"analysis", std::string("functional_connectivity")}, {"discard", 20.0}});
    writer.write_text("report/document", std::string(300000, 'x'));
}

TEST_F(Record, ArraysAreReadBackWithTheirDimensions) {
    Writer writer(path());
    write_example_group(writer);
    writer.close();

    const Reader reader(path());
    EXPECT_THAT(reader.groups("analyses"), ElementsAre("fc"));
    EXPECT_TRUE(reader.groups("sweep").empty());
    const std::vector<Array> arrays = reader.arrays("analyses/fc");
    ASSERT_EQ(arrays.size(), 5u);  // by name
    EXPECT_EQ(arrays[0].name, "distribution");
    EXPECT_EQ(arrays[0].dimensions.at(0).size, 4u);
    EXPECT_TRUE(arrays[0].dimensions[0].values.empty());
    EXPECT_EQ(arrays[1].name, "fc");
    EXPECT_EQ(arrays[1].doc, "correlation");
    EXPECT_EQ(arrays[1].values, (std::vector<double>{1, .5, .5, 1}));
    EXPECT_EQ(arrays[1].dimensions.at(1).name, "other_region");
    EXPECT_EQ(arrays[1].dimensions[1].labels, region.labels);
    EXPECT_EQ(arrays[2].unit, "mV^2/Hz");
    EXPECT_EQ(arrays[2].dimensions.at(1).unit, "Hz");
    EXPECT_EQ(arrays[2].dimensions[1].values, frequency.values);
    EXPECT_TRUE(std::isnan(arrays[2].values[5]));
    EXPECT_TRUE(arrays[3].dimensions.empty());
    EXPECT_EQ(arrays[3].values.at(0), 0.285);
    EXPECT_THAT(arrays[4].texts, ElementsAre("a", "", "c", "\xCE\xB4"));
    EXPECT_EQ(std::get<double>(reader.attributes("analyses/fc").at("discard")), 20.0);
    EXPECT_EQ(reader.text("report/document").size(), 300000u);
    EXPECT_TRUE(reader.has("report/document"));
    EXPECT_FALSE(reader.has("report/nothing"));
    EXPECT_THAT(error_of([&] { reader.text("report/nothing"); }), HasSubstr("there is no 'report/nothing'"));
    EXPECT_THAT(error_of([&] { reader.text("report"); }), HasSubstr("'report' is not a text"));
}

// Not a test of its own: the file that test_xarray.py reads, at the path that it gives.
TEST_F(Record, DISABLED_MakesAFileForOthers) {
    const char* given = std::getenv("NEURODYN_RECORD_PATH");
    ASSERT_NE(given, nullptr);
    Writer writer{std::string(given)};
    writer.set_attribute("experiment", std::string("name: test\n"));
    writer.set_attribute("seed", std::int64_t{7});
    const std::size_t bold = writer.open_series(info("bold", 3, 50));
    writer.append(bold, 0, 0, 1, block(0, 20, 3, 0, 1));
    const std::size_t rate = writer.open_series(info("rate", 3, 20, 5));
    writer.append(rate, 0, 0, 2, block(0, 20, 3, 0, 2));
    writer.append(rate, 0, 2, 3, block(0, 8, 3, 2, 3));
    write_example_group(writer);
    writer.close();
}

TEST_F(Record, RefusesWhatDoesNotFit) {
    Writer writer(path());
    const std::size_t s = writer.open_series(info("bold", 4, 10));
    EXPECT_THAT(error_of([&] { writer.open_series(info("bold", 4, 10)); }),
                HasSubstr("two series are called 'bold'"));
    EXPECT_THAT(error_of([&] { writer.open_series(info("a/b", 4, 10)); }),
                HasSubstr("'a/b' cannot be the name"));
    EXPECT_THAT(error_of([&] { writer.open_series(info("time", 4, 10)); }),
                HasSubstr("cannot be called 'time'"));
    EXPECT_THAT(error_of([&] { writer.open_series(info("empty", 0, 10)); }),
                HasSubstr("nothing would be recorded"));
    EXPECT_THAT(error_of([&] { writer.append(s, 8, 0, 1, block(8, 3, 4, 0, 1)); }),
                HasSubstr("announced with 10 samples and 1 members; samples 8 to 10"));
    EXPECT_THAT(error_of([&] { writer.append(s, 0, 0, 1, std::vector<double>(5)); }), HasSubstr("5 values"));
    const Dimension two{"x", 2}, three{"x", 3};
    EXPECT_THAT(error_of([&] { writer.write_group("a", {{"p", "", "", {two}, {1, 2, 3}}}); }),
                HasSubstr("array 'p' has 3 values, but its dimensions ask for 2"));
    EXPECT_THAT(error_of([&] {
                    writer.write_group("a",
                                       {{"p", "", "", {two}, {1, 2}}, {"q", "", "", {three}, {1, 2, 3}}});
                }),
                HasSubstr("dimension 'x' of array 'q' differs"));
    EXPECT_THAT(error_of([&] { writer.write_group("a", {{"x", "", "", {two}, {1, 2}}}); }),
                HasSubstr("'x' is the name of an array and of a dimension"));
    writer.write_group("a", {});
    EXPECT_THAT(error_of([&] { writer.write_group("a", {}); }), HasSubstr("group 'a' exists already"));
    writer.close();
    EXPECT_THAT(error_of([&] { writer.flush(); }), HasSubstr("is closed"));
}

TEST_F(Record, ExplainsPathsThatCannotBeWritten) {
    EXPECT_THAT(error_of([&] { Writer w(path("no/such/run.h5")); }), HasSubstr("there is no folder"));
    EXPECT_THAT(error_of([&] { Writer w(folder_.string()); }),
                HasSubstr("cannot be written: Is a directory"));
    EXPECT_THAT(error_of([&] { Writer w("/proc/run.h5"); }), HasSubstr("/proc/run.h5: cannot be written: "));
}

TEST_F(Record, ExplainsFilesThatCannotBeRead) {
    EXPECT_THAT(error_of([&] { Reader r(path("none.h5")); }), HasSubstr("none.h5: no such file"));
    EXPECT_THAT(error_of([&] { Reader r(folder_.string()); }), HasSubstr("is a directory"));
    std::ofstream(path("text.h5")) << "not HDF5";
    EXPECT_THAT(error_of([&] { Reader r(path("text.h5")); }), HasSubstr("is not an HDF5 file"));
    {
        Writer writer(path());
        writer.append(writer.open_series(info("bold", 100, 1000)), 0, 0, 1, block(0, 1000, 100, 0, 1));
    }
    EXPECT_THAT(error_of([&] { Reader(path()).series("bolt"); }),
                HasSubstr("there is no series 'bolt'; did you mean 'bold'?"));
    EXPECT_THAT(error_of([&] { Reader(path()).values("bold", 1); }), HasSubstr("there is no member 1"));
    std::filesystem::resize_file(path(), 3000);
    EXPECT_THAT(error_of([&] { Reader r(path()); }), HasSubstr("cannot be read as HDF5; it may be damaged"));
}

// A limit on the size of files stands for a full disk: the system refuses to write further in both.
TEST_F(Record, AFullDiskIsSaidBeforeTheRunStarts) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{1 << 20, 1 << 20};
        setrlimit(RLIMIT_FSIZE, &limit);
        const std::string text = error_of([&] {
            Writer writer(path());
            const std::size_t small = writer.open_series(info("small", 4, 100));
            writer.append(small, 0, 0, 1, block(0, 100, 4, 0, 1));
            writer.flush();
            writer.open_series(info("large", 100, 100000));
        });
        const bool said = text.find("there is no room for series 'large', 8") != std::string::npos &&
                          text.find("File too large") != std::string::npos;
        std::ofstream(path("said.txt")) << text;
        _exit(said ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    std::ifstream said(path("said.txt"));
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0)
        << std::string(std::istreambuf_iterator<char>(said), std::istreambuf_iterator<char>());
    const Reader reader(path());
    EXPECT_EQ(reader.values("small"), block(0, 100, 4, 0, 1));
}

// The format as its authors describe it (http://yann.lecun.com/exdb/mnist): big-endian, sizes in the header.
TEST_F(Record, ReadsIdx) {
    const auto write = [&](const std::string& bytes) {
        std::ofstream(path("x-ubyte"), std::ios::binary) << bytes;
        return path("x-ubyte");
    };
    using namespace std::string_literals;
    const NumberArray images = read_idx(write("\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x02\x07\xff\0\x80"s));
    EXPECT_THAT(images.shape, ElementsAre(2, 1, 2));
    EXPECT_THAT(images.values, ElementsAre(7, 255, 0, 128));
    EXPECT_THAT(read_idx(write("\0\0\x0b\x01\0\0\0\x02\xff\xfe\x01\0"s)).values, ElementsAre(-2, 256));
    EXPECT_THAT(read_idx(write("\0\0\x0d\x01\0\0\0\x01\x3f\xc0\0\0"s)).values, ElementsAre(1.5));
    for (const auto& [bytes, why] :
         {std::pair{"\0\0\x08\x01\0\0\0\x05\x01"s, "ends early"},
          {"\0\0\x07\x01\0\0\0\0"s, "is no IDX file"},
          {"\0\0\x08\x01\0\0\0\x01\x01\x02"s, "has more data than its header says"},
          {"\0\0\x08\x02\xff\xff\xff\xff\xff\xff\xff\xff"s, "would have more than"}}) {
        std::string said = "nothing";
        try {
            read_idx(write(bytes));
        } catch (const FileError& error) {
            said = error.what();
        }
        EXPECT_THAT(said, HasSubstr(why));
    }
}

TEST_F(Record, KnowsItsMachine) { EXPECT_THAT(machine_description(), HasSubstr(" threads, ")); }

}  // namespace
}  // namespace neurodyn::record
