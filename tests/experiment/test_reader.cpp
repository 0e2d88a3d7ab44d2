// SPDX-License-Identifier: BSD-3-Clause
// The experiment's document and reader: limits, places, every message as a golden file.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/simulation.hpp"
#include "experiment/analyse.hpp"
#include "experiment/build.hpp"
#include "experiment/sweep.hpp"

namespace neurodyn::experiment {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path golden = fs::path(NEURODYN_SOURCE_DIR) / "tests/golden/experiment";

std::string slurp(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

template <class Function>
std::string message_of(Function function) {
    try {
        function();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "no error";
}

// All that `check` finds.
void check_text(const std::string& text, const std::string& name) {
    const Document document = parse_document(text, name);
    const Experiment experiment = read_experiment(document);
    Resources resources(golden.string());
    const Built built = build(experiment, resources);
    check_analyses(experiment, built);
    check_results_exist(experiment);
    engine::RunOptions options;
    options.duration_s = built.duration_s;
    options.kernel.backend = compile::Backend::interpreter;
    located(document, built, [&] { engine::Simulation(built.network, options); });
}

// Messages about other files name them as they lie here.
std::string without_folder(std::string text) {
    const std::string folder = golden.string() + "/";
    for (std::size_t at; (at = text.find(folder)) != std::string::npos;) text.erase(at, folder.size());
    return text;
}

class GoldenMessages : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenMessages, AreAsWritten) {
    const std::string name = GetParam();
    const std::string found =
        without_folder(message_of([&] { check_text(slurp(golden / (name + ".yaml")), name + ".yaml"); })) +
        "\n";
    const fs::path expected = golden / (name + ".txt");
    if (std::getenv("NEURODYN_UPDATE_GOLDEN") != nullptr) std::ofstream(expected) << found;
    EXPECT_EQ(found, slurp(expected));
}

std::vector<std::string> golden_names() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(golden))
        if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

INSTANTIATE_TEST_SUITE_P(All, GoldenMessages, ::testing::ValuesIn(golden_names()),
                         [](const auto& info) { return info.param; });

TEST(Document, KnowsWhereValuesStand) {
    const Document document = parse_document("a: 1\nb:\n  c: [x, 'y z']\n", "f.yaml");
    const Node& list = *document.root.find("b")->find("c");
    EXPECT_EQ(list.items[1].text, "y z");
    EXPECT_TRUE(list.items[1].quoted);
    EXPECT_EQ(list.items[0].place.line, 3u);
    EXPECT_EQ(list.items[0].place.column, 7u);
}

TEST(Document, RefusesEmptyAndBinaryText) {
    EXPECT_THAT(message_of([] { parse_document(" \n\t\n", "f"); }), HasSubstr("empty"));
    EXPECT_THAT(message_of([] { parse_document(std::string("a: 1\0b", 6), "f"); }),
                HasSubstr("binary file (byte 4)"));
    EXPECT_THAT(message_of([] { parse_document("\x89HDF\r\n\x1a\n", "f"); }), HasSubstr("binary"));
}

TEST(Document, RefusesWhatIsTooLargeOrTooDeep) {
    EXPECT_THAT(message_of([] { parse_document(std::string(100u << 20, 'a'), "f"); }), HasSubstr("4 MiB"));
    EXPECT_THAT(message_of([] { parse_document(std::string(100000, '['), "f"); }), HasSubstr("levels deep"));
    std::string nested;
    for (int i = 0; i < 200; ++i) nested += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    EXPECT_THAT(message_of([&] { parse_document(nested, "f"); }), HasSubstr("levels deep"));
    std::string list = "a: [";
    for (int i = 0; i < 200000; ++i) list += "1,";
    EXPECT_THAT(message_of([&] { parse_document(list + "1]", "f"); }), HasSubstr("more than 100000 values"));
}

TEST(Document, RefusesAliasBombs) {
    std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
    for (int i = 1; i < 12; ++i) {
        bomb += fmt::format("a{0}: &a{0} [", i);
        for (int k = 0; k < 10; ++k) bomb += fmt::format("{}*a{}", k > 0 ? ", " : "", i - 1);
        bomb += "]\n";
    }
    EXPECT_THAT(message_of([&] { parse_document(bomb, "f"); }), HasSubstr("more than 100000 values"));
}

TEST(Document, RefusesASecondDocumentAndOddKeys) {
    EXPECT_THAT(message_of([] { parse_document("a: 1\n---\nb: 2\n", "f"); }),
                HasSubstr("second YAML document"));
    EXPECT_THAT(message_of([] { parse_document("{[1, 2]: 3}", "f"); }), HasSubstr("plain name"));
}

TEST(Document, SetsValuesByPath) {
    Document document = parse_document(
        "time: {dt: 1 ms}\nvalues: {G: 1}\npopulations: {E: {model: m}}\nexpect: [{that: x, above: 1}]\n",
        "f");
    set_value(document, "time.dt", "2 ms", "--set");
    set_value(document, "G", "3", "--set");
    set_value(document, "populations.E.tau", "5 ms", "--set");
    set_value(document, "populations.E.size", "4", "--set");
    set_value(document, "expect.0.above", "7", "--set");
    set_value(document, "populations.E.initial.V", "8", "--set");
    set_value(document, "stimuli.drive.to", "E.I", "--set");
    set_value(document, "stimuli.drive.constant", "9", "--set");
    EXPECT_EQ(document.root.find("populations")->find("E")->find("initial")->find("V")->text, "8");
    EXPECT_EQ(document.root.find("stimuli")->find("drive")->find("constant")->text, "9");
    EXPECT_THAT(message_of([&] { set_value(document, "stimuli.dirve.constant", "9", "--set"); }),
                HasSubstr("did you mean 'drive'?"));
    EXPECT_THAT(message_of([&] { set_value(document, "populations.F.set.V", "9", "--set"); }),
                HasSubstr("there is no 'F'"));
    EXPECT_EQ(document.root.find("time")->find("dt")->text, "2 ms");
    EXPECT_EQ(document.root.find("values")->find("G")->text, "3");
    EXPECT_EQ(document.root.find("populations")->find("E")->find("set")->find("tau")->text, "5 ms");
    EXPECT_EQ(document.root.find("populations")->find("E")->find("size")->text, "4");
    EXPECT_EQ(document.root.find("expect")->items[0].find("above")->text, "7");
    EXPECT_THAT(message_of([&] { set_value(document, "tme.dt", "1", "--set"); }),
                HasSubstr("did you mean 'time'?"));
    EXPECT_THAT(message_of([&] { set_value(document, "time.dt.x", "1", "--set"); }),
                HasSubstr("there is no 'x'"));
}

TEST(Reader, ReadsSweepRanges) {
    const Document document = parse_document(
        "time: {duration: 1 s}\npopulations: {E: {model: m}}\n"
        "sweep: {over: {a: {from: 0, to: 3, count: 31}, b: {from: 0 nA, to: 1 nA, step: 0.25 nA}, "
        "c: {from: 1, to: 100, count: 3, scale: log}, d: [fast, slow]}}\n",
        "f");
    const Experiment experiment = read_experiment(document);
    const auto& axes = experiment.sweep.axes;
    ASSERT_EQ(axes.size(), 4u);
    EXPECT_EQ(axes[0].values.size(), 31u);
    EXPECT_EQ(axes[0].values[19].text, "1.9");
    EXPECT_EQ(axes[1].values[3].text, "0.75 nA");
    EXPECT_EQ(axes[1].unit, "nA");
    EXPECT_DOUBLE_EQ(axes[2].numbers[1], 10.0);
    EXPECT_EQ(axes[3].values[1].text, "slow");
}

}  // namespace
}  // namespace neurodyn::experiment
