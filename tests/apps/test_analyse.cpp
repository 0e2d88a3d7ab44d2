// SPDX-License-Identifier: BSD-3-Clause
// `neurodyn analyse` on tables of text, NumPy arrays, HDF5 datasets, spikes and results of its own.
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "analysis/table.hpp"
#include "apps/command_line.hpp"
#include "record/reader.hpp"
#include "record/writer.hpp"

namespace neurodyn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
constexpr double two_pi = 6.283185307179586;

class Analyse : public CommandLine {
  protected:
    // 2 s of 8 Hz and of 13 Hz at 200 Hz.
    static double wave(int row, int column) {
        return std::sin(two_pi * (column == 0 ? 8.0 : 13.0) * row / 200.0) + 0.1 * column;
    }
    fs::path write_csv(bool times = true) const {
        std::string text = times ? "time [ms],left [uV],right [uV]\n" : "";
        for (int row = 0; row < 400; ++row) {
            if (times) text += std::to_string(row * 5) + ",";
            text += std::to_string(wave(row, 0)) + "," + std::to_string(wave(row, 1)) + "\n";
        }
        return write("data.csv", text);
    }
    template <class T>
    void write_npy(const std::string& name, const std::string& type, const std::string& shape, bool fortran,
                   const std::vector<T>& values) const {
        std::string header = "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
                             ", 'shape': " + shape + ", }\n";
        std::ofstream out(folder_ / name, std::ios::binary);
        const auto length = static_cast<std::uint16_t>(header.size());
        out.write("\x93NUMPY\x01\x00", 8);
        out.write(reinterpret_cast<const char*>(&length), 2);
        out << header;
        out.write(reinterpret_cast<const char*>(values.data()),
                  static_cast<std::streamsize>(values.size() * sizeof(T)));
    }
    std::string error(const std::string& arguments) const {
        const Ran ran = run("analyse " + arguments);
        EXPECT_EQ(ran.code, 2) << arguments << "\n" << ran.out << ran.err;
        return ran.err;
    }
};

TEST_F(Analyse, TablesWithTimesAndUnits) {
    write_csv();
    const Ran ran = run("analyse data.csv power_spectrum --segment '1 s' --window=boxcar --output r.json");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("peak_frequencies[left]   8 "));
    EXPECT_THAT(ran.out, HasSubstr("peak_frequencies[right]  13 "));
    EXPECT_THAT(ran.out, HasSubstr("(uV)^2/Hz"));
    const auto json = nlohmann::json::parse(slurp(folder_ / "r.json"));
    EXPECT_EQ(json["analysis"], "power_spectrum");
    EXPECT_EQ(json["arguments"]["segment"], "1 s");
    const auto& power = json["results"][0];
    EXPECT_EQ(power["dimensions"][0]["labels"][1], "right");
    EXPECT_EQ(power["dimensions"][1]["values"][8], 8.0);
    EXPECT_NEAR(power["values"][0][8].get<double>(), 0.5, 1e-4);
}

TEST_F(Analyse, ResultsAreWrittenAsTablesAndReadBack) {
    write_csv();
    EXPECT_EQ(run("analyse data.csv functional_connectivity --output fc.csv").code, 0);
    EXPECT_THAT(slurp(folder_ / "fc.csv"),
                HasSubstr("result,unit,index_1,index_2,value\nfc,1,\"left\",\"left\",1\n"));
    EXPECT_EQ(run("analyse data.csv functional_connectivity --output fc.h5").code, 0);
    write("three.csv", "t,a,b,c\n0,1,2,4\n1,3,5,4.5\n2,2,1,6\n3,4,4,5\n4,1,3,7\n");
    EXPECT_EQ(run("analyse three.csv functional_connectivity --output three.h5").code, 0);
    const Ran compared =
        run("analyse three.csv functional_connectivity compare=three.h5:functional_connectivity.fc");
    EXPECT_EQ(compared.code, 0) << compared.err;
    EXPECT_TRUE(std::regex_search(compared.out, std::regex("similarity +1 "))) << compared.out;
    EXPECT_THAT(error("data.csv functional_connectivity compare=fc.h5:functional_connectivity.fd"),
                HasSubstr("did you mean 'functional_connectivity.fc'?"));
}

TEST_F(Analyse, NumPyArraysOfAnyTypeAndOrder) {
    std::vector<double> rows;
    std::vector<float> columns;
    std::vector<std::int16_t> one;
    for (int row = 0; row < 400; ++row)
        for (int c = 0; c < 2; ++c) rows.push_back(wave(row, c));
    for (int c = 0; c < 2; ++c)
        for (int row = 0; row < 400; ++row) columns.push_back(static_cast<float>(wave(row, c)));
    for (int row = 0; row < 400; ++row) one.push_back(static_cast<std::int16_t>(1000 * wave(row, 1)));
    write_npy("rows.npy", "<f8", "(400, 2)", false, rows);
    write_npy("fortran.npy", "<f4", "(400, 2)", true, columns);
    write_npy("channels.npy", "<f4", "(2, 400)", false, columns);
    write_npy("one.npy", "<i2", "(400,)", false, one);
    const std::string how = " power_spectrum --segment '1 s' --interval '5 ms' --unit uV";
    for (const char* file : {"rows.npy", "fortran.npy"}) {
        const Ran ran = run("analyse " + (file + how));
        EXPECT_EQ(ran.code, 0) << ran.err;
        EXPECT_THAT(ran.out, HasSubstr("peak_frequencies[0]  8 "));
        EXPECT_THAT(ran.out, HasSubstr("peak_frequencies[1]  13 "));
    }
    EXPECT_THAT(run("analyse channels.npy --transpose" + how).out, HasSubstr("peak_frequencies[1]  13 "));
    EXPECT_THAT(run("analyse one.npy" + how).out, HasSubstr("peak_frequencies[0]  13 "));
    EXPECT_THAT(error("rows.npy power_spectrum"), HasSubstr("--interval '1 ms'"));
    write_npy("big.npy", ">f8", "(400, 2)", false, rows);
    EXPECT_THAT(error("big.npy" + how), HasSubstr("big-endian numbers ('>f8')"));
    write_npy("short.npy", "<f8", "(500, 2)", false, rows);
    EXPECT_THAT(error("short.npy" + how), HasSubstr("its shape (500, 2) needs 8000"));
    write_npy("complex.npy", "<c16", "(200, 2)", false, rows);
    EXPECT_THAT(error("complex.npy" + how), HasSubstr("values of type '<c16'"));
    EXPECT_THAT(error("data.npy" + how), HasSubstr("data.npy"));
    write("text.npy", "1,2,3");
    EXPECT_THAT(error("text.npy" + how), HasSubstr("is not a NumPy array"));
}

// numpy.savez_compressed(file, x=(arange(24).reshape(12, 2)**2).astype('i4'), y=zeros(3)) of numpy 2.4.6
TEST_F(Analyse, NumPyArchives) {
    const std::string hex =
        "504b03042d000000080000002100cd40e3f3ffffffffffffffff05001400782e6e707901001000e00000000000000084"
        "000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a2aea3a09e965f54529498179f5f94920a"
        "12774bcc294e058a17672416a402f91a86463a0a469a3a0ab50ae4022e06206004621620e60462012096046215203604"
        "6207200e04e21420ae04e20940bc12888f00f143a86645207601e24c209e00c43b81f809100b3231300000504b03042d"
        "0000000800000021002ee3f9bcffffffffffffffff05001400792e6e7079010010009800000000000000470000000000"
        "00009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a1aea3a09e965f54529498179f5f94920a12774bcc29"
        "4e058a17672416a402f91ac63a9a3a0ab50a14002e061c0000504b01022d032d000000080000002100cd40e3f3840000"
        "00e0000000050000000000000000000000800100000000782e6e7079504b01022d032d0000000800000021002ee3f9bc"
        "47000000980000000500000000000000000000008001bb000000792e6e7079504b050600000000020002006600000039"
        "0100000000";
    std::string bytes;
    for (std::size_t k = 0; k < hex.size(); k += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(k, 2), nullptr, 16));
    write("a.npz", bytes);
    const Ran ran = run("analyse a.npz:x summary_statistics --interval '1 s'");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(std::regex_search(ran.out, std::regex("mean\\[1\\] +191.66667"))) << ran.out;
    EXPECT_THAT(error("a.npz summary_statistics"), HasSubstr("it has: x, y; write a.npz:NAME"));
    EXPECT_THAT(error("a.npz:z summary_statistics"), HasSubstr("has no array 'z'"));
    write("b.npz", bytes.substr(0, 100));
    EXPECT_THAT(error("b.npz:x summary_statistics"), HasSubstr("is not a zip archive"));
}

TEST_F(Analyse, DatasetsOfHdf5Files) {
    record::Writer writer((folder_ / "x.h5").string());
    std::vector<double> values;
    for (int row = 0; row < 400; ++row) values.push_back(wave(row, 0));
    writer.write_group("raw", {{"eeg", "", "mV", {{"t", 400}}, values}});
    writer.close();
    const Ran ran = run("analyse x.h5:/raw/eeg power_spectrum --segment '1 s' --interval '5 ms'");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("peak_frequencies[0]  8 "));
    EXPECT_THAT(ran.out, HasSubstr("(mV)^2/Hz"));
    EXPECT_THAT(error("x.h5:/raw/eg power_spectrum --interval '5 ms'"),
                HasSubstr("there is no dataset '/raw/eg'; there are: /raw/eeg"));
}

TEST_F(Analyse, ResultsOfRuns) {
    write("x.yaml",
          "time: {dt: 0.1 ms, duration: 1 s, method: exact}\n"
          "populations: {cells: {model: lif_exp, size: 20, set: {I_e: 500 pA}}}\n"
          "monitors: {v: {of: cells.v, every: 1 ms}, spikes: {of: cells.spike}}\n"
          "analyses: {own: {spike_statistics: spikes}, same: {cycles: v}}\n");
    ASSERT_EQ(run("run x.yaml --output x.h5").code, 0);
    const record::Reader reader((folder_ / "x.h5").string());
    const auto found = [&](const std::string& group, const std::string& name) {
        for (const record::Array& array : reader.arrays("analyses/" + group))
            if (array.name == name) return array.values;
        return std::vector<double>();
    };
    const Ran spikes = run("analyse x.h5 spike_statistics --output s.json");
    EXPECT_EQ(spikes.code, 0) << spikes.err;
    const auto json = nlohmann::json::parse(slurp(folder_ / "s.json"));
    for (const auto& result : json["results"])
        if (result["name"] == "mean_rate") {
            EXPECT_EQ(result["values"].get<double>(), found("own", "mean_rate").at(0));
        }
    ASSERT_EQ(run("analyse x.h5:v cycles --output c.h5").code, 0);
    const record::Reader cycles((folder_ / "c.h5").string());
    EXPECT_EQ(cycles.arrays("analyses/cycles").size(), reader.arrays("analyses/same").size());
    for (const record::Array& array : cycles.arrays("analyses/cycles"))
        EXPECT_EQ(array.values, found("same", array.name)) << array.name;
    EXPECT_THAT(error("x.h5:w cycles"), HasSubstr("has no series 'w'; it has: v"));
    EXPECT_THAT(error("x.h5:v cycles --member 3"), HasSubstr("there is no member 3"));
    EXPECT_THAT(error("x.h5 cycles --output x.h5"), HasSubstr("is the file of the data"));
}

TEST_F(Analyse, FieldsKeepTheirGrid) {
    write("f.yaml",
          "time: {dt: 1 ms, duration: 0.2 s, method: exact}\n"
          "populations:\n"
          "  field: {model: amari, grid: {shape: 64, length: 64 mm, edges: periodic}, set: {h: 0},\n"
          "          initial: {u: 0.001*randn()}}\n"
          "monitors: {u: {of: field.u, every: 5 ms}}\n"
          "analyses: {own: {spatial_spectrum: u}}\n");
    const Ran made = run("run f.yaml --output f.h5");
    ASSERT_EQ(made.code, 0) << made.err;
    ASSERT_EQ(run("analyse f.h5 spatial_spectrum --output s.h5").code, 0) << slurp(folder_ / "err.txt");
    const record::Reader own((folder_ / "f.h5").string()), again((folder_ / "s.h5").string());
    const auto expected = own.arrays("analyses/own"), found = again.arrays("analyses/spatial_spectrum");
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t k = 0; k < found.size(); ++k)
        EXPECT_EQ(found[k].values, expected[k].values) << found[k].name;
}

TEST_F(Analyse, ListsOfSpikes) {
    write("spikes.csv", "time [ms],node\n100,0\n200,1\n300,0\n700,0\n");
    const Ran ran = run("analyse spikes.csv spike_statistics --size 4 --stop '1 s'");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(std::regex_search(ran.out, std::regex("mean_rate +1 "))) << ran.out;
    EXPECT_THAT(error("spikes.csv spike_statistics --size 1"),
                HasSubstr("has spikes of node 1, but --size is 1"));
    EXPECT_THAT(error("spikes.csv spike_statistics --stop '0.5 s'"), HasSubstr("has a spike at 0.7 s"));
}

// The counts 0 2 3 0 1 0 0 4 5 1 0 in a window each, once as events and once as samples: sizes 5, 1, 10 with
// durations 2, 1, 3.
TEST_F(Analyse, AvalanchesOfSpikesAndOfCounts) {
    const std::vector<std::int32_t> counts = {0, 2, 3, 0, 1, 0, 0, 4, 5, 1, 0};
    write_npy("counts.npy", "<i4", "(11,)", false, counts);
    std::string spikes = "time [ms],node\n", table;
    for (std::size_t k = 0; k < counts.size(); ++k) {
        for (int i = 0; i < counts[k]; ++i) spikes += std::to_string(k) + ".5," + std::to_string(i) + "\n";
        table += std::to_string(counts[k]) + "\n";
    }
    write("spikes.csv", spikes);
    write("counts.csv", table);
    for (const char* data :
         {"counts.npy avalanches --interval '1 ms'", "counts.csv avalanches --interval '1 ms'",
          "spikes.csv avalanches --bin '1 ms' --stop '11 ms'"}) {
        EXPECT_EQ(run("analyse " + std::string(data) + " --output a.json").code, 0) << data;
        const auto results = nlohmann::json::parse(slurp(folder_ / "a.json"))["results"];
        EXPECT_EQ(results[0]["values"], nlohmann::json({5, 1, 10})) << data;
        EXPECT_EQ(results[1]["values"], nlohmann::json({2, 1, 3})) << data;
    }
    EXPECT_THAT(error("counts.npy avalanches"), HasSubstr("--interval '1 ms'"));
    EXPECT_THAT(error("counts.npy spike_statistics"), HasSubstr("lists of synapses and of spikes are text"));
}

TEST_F(Analyse, APageOfFigures) {
    write_csv();
    const Ran ran = run("analyse data.csv power_spectrum --report page.html");
    if (ran.code != 0) {
        EXPECT_THAT(ran.err, HasSubstr("the report's page is not installed"));
        return;
    }
    EXPECT_THAT(slurp(folder_ / "page.html"), HasSubstr("power_spectrum of data.csv"));
}

TEST_F(Analyse, WhatIsWrongIsNamedWithItsPlace) {
    write_csv();
    EXPECT_THAT(error("data.csv power_spectrm"), HasSubstr("did you mean 'power_spectrum'?"));
    EXPECT_THAT(error("data.csv power_spectrum --segmnt '1 s'"), HasSubstr("did you mean 'segment'?"));
    EXPECT_THAT(error("data.csv power_spectrum --segment '1 mV'"), HasSubstr("segment: 1 mV"));
    EXPECT_THAT(error("data.csv power_spectrum --overlap 2"), HasSubstr("it must be 0 or more and below 1"));
    EXPECT_THAT(error("data.csv power_spectrum --segment '1 h'"), HasSubstr("segment is 3600 s"));
    EXPECT_THAT(error("data.csv power_spectrum surplus"), HasSubstr("'surplus' is neither an option"));
    EXPECT_THAT(error("data.csv power_spectrum --interval '1 ms'"), HasSubstr("has a column of times"));
    EXPECT_THAT(error("data.csv power_spectrum --output r.txt"), HasSubstr("must end in .h5, .json or .csv"));
    EXPECT_THAT(error("missing.csv power_spectrum"), HasSubstr("missing.csv"));
    write("gap.csv", "t,x\n0,1\n0.1,2\n0.2,1\n0.5,3\n0.6,1\n");
    EXPECT_THAT(error("gap.csv summary_statistics"),
                HasSubstr("line 5: the time goes from 0.2 s to 0.5 s, elsewhere in steps of 0.1 s"));
    write("word.csv", "t,x\n0,1\n0.1,two\n0.2,1\n");
    EXPECT_THAT(error("word.csv summary_statistics"),
                HasSubstr("word.csv:3:5: error: row 2, column 2: 'two' is not a number"));
    write("empty.csv", "t,x\n0,1\n0.1,\n0.2,1\n");
    EXPECT_THAT(error("empty.csv summary_statistics"), HasSubstr("empty.csv:3"));
    write("nan.csv", "t,x,y\n0,1,1\n0.1,nan,2\n0.2,1,4\n0.3,2,3\n");
    EXPECT_THAT(error("nan.csv functional_connectivity"),
                HasSubstr("channel 'x' is nan at sample 1 (t = 0.1 s)"));
    EXPECT_THAT(error("data.csv spike_statistics"), HasSubstr("data.csv"));
}

TEST(AnalyseOptions, NoAnalysisHasAnOptionThatTheVerbTakes) {
    const std::set<std::string> own{"interval", "unit", "transpose", "member", "size",
                                    "start",    "stop", "output",    "report", "help"};
    for (const analysis::Analysis& row : analysis::table())
        for (const analysis::OptionSpec& option : row.options)
            EXPECT_EQ(own.count(option.name), 0u) << row.name << " " << option.name;
}

}  // namespace
}  // namespace neurodyn
