// SPDX-License-Identifier: BSD-3-Clause
// Runs the program in a folder of its own.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace neurodyn {

namespace fs = std::filesystem;

struct Ran {
    int code = -1;
    std::string out, err;
};

class CommandLine : public ::testing::Test {
  protected:
    void SetUp() override {
        folder_ =
            fs::temp_directory_path() / ("neurodyn-cli-" + std::to_string(getpid()) + "-" +
                                         ::testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    fs::path write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
        return folder_ / name;
    }

    std::string slurp(const fs::path& path) const {
        std::ifstream in(path);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    Ran run(const std::string& arguments) const {
        const std::string command =
            "cd '" + folder_.string() + "' && '" NEURODYN_BINARY "' " + arguments + " >out.txt 2>err.txt";
        const int status = std::system(command.c_str());
        return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), slurp(folder_ / "out.txt"),
                slurp(folder_ / "err.txt")};
    }

    fs::path folder_;
};

}  // namespace neurodyn
