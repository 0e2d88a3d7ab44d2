// SPDX-License-Identifier: BSD-3-Clause
// Every diagnostic of the language as a golden file: tests/golden/diagnostics/NAME.model must give NAME.txt.
// NEURODYN_UPDATE_GOLDEN=1 writes the texts anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "language/model.hpp"
#include "language/synapse.hpp"

namespace neurodyn::language {
namespace {

std::vector<std::filesystem::path> bad_models() {
    std::vector<std::filesystem::path> paths;
    const std::filesystem::path folder = NEURODYN_SOURCE_DIR "/tests/golden/diagnostics";
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".model") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

ModelPtr cell() {
    return parse_model(
        "model cell : neuron\n"
        "parameters\n    v_th = -50 mV    C = 200 pF    R = 50 Mohm\n"
        "inputs\n    I_syn : nA\n"
        "equations\n"
        "    dv/dt = -v/(10*ms) + I_syn/C : mV\n"
        "    dg_e/dt = -g_e/(5*ms) : nS\n"
        "    dm/dt = -m/(5*ms) : 1\n"
        "    gate = m^3 : 1\n",
        "cell.model");
}

std::string diagnostics_of(const std::filesystem::path& path) {
    try {
        const ModelPtr model = parse_model(read_file(path.string()), path.filename().string());
        // What cannot be wrong alone may be so for these neurons.
        if (model->synapse) check_synapse(*model, *cell(), *cell());
    } catch (const InputError& error) {
        return std::string(error.what()) + "\n";
    }
    return "no error\n";
}

class Diagnostics : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Diagnostics, AreAsTheGoldenFileSays) {
    const std::string text = diagnostics_of(GetParam());
    EXPECT_NE(text, "no error\n") << "a model in this folder must be wrong";
    std::filesystem::path golden = GetParam();
    golden.replace_extension(".txt");
    if (std::getenv("NEURODYN_UPDATE_GOLDEN")) std::ofstream(golden, std::ios::binary) << text;
    EXPECT_EQ(text, read_file(golden.string()));
}

INSTANTIATE_TEST_SUITE_P(Golden, Diagnostics, testing::ValuesIn(bad_models()),
                         [](const auto& info) { return info.param.stem().string(); });

TEST(Diagnostics, ThereIsOneOfEveryKind) { EXPECT_GE(bad_models().size(), 50u); }

TEST(Diagnostics, AHugeTextIsRefusedWithItsSize) {
    try {
        parse_model(std::string(100'000'000, 'x'), "huge.model");
        FAIL() << "100 MB were read as a model";
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find("100000000 bytes"), std::string::npos) << error.what();
    }
}

TEST(Diagnostics, AMissingFileAndAFolderAreNamed) {
    EXPECT_THROW(load_model("/nonexistent/x.model"), FileError);
    EXPECT_THROW(load_model(NEURODYN_SOURCE_DIR), FileError);
}

TEST(Diagnostics, ThousandsOfProblemsEndInACount) {
    std::string text = "model m : mass\nparameters\n";
    for (int i = 0; i < 5000; ++i)
        text += "    a" + std::to_string(i) + " = unknown_" + std::to_string(i) + "\n";
    try {
        parse_model(text, "many.model");
        FAIL();
    } catch (const InputError& error) {
        EXPECT_EQ(error.diagnostics().size(), 101u);
        EXPECT_NE(error.diagnostics().back().message.find("more problems"), std::string::npos);
    }
}

TEST(Diagnostics, DeepNestingOfEveryKindIsAnError) {
    const std::vector<std::pair<std::string, std::string>> forms = {
        {"(", ")"}, {"-", ""}, {"not ", ""}, {"exp(", ")"}, {"2^", ""}, {"min(1, ", ")"}};
    for (const auto& [open, close] : forms) {
        std::string text = "model m : mass\nequations\n    dx/dt = ";
        for (int i = 0; i < 50'000; ++i) text += open;
        text += "x";
        for (int i = 0; i < 50'000; ++i) text += close;
        EXPECT_THROW(parse_model(text + "/ms : 1\n", "deep.model"), InputError) << open;
    }
}

}  // namespace
}  // namespace neurodyn::language
