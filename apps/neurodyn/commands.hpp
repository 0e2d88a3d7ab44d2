// SPDX-License-Identifier: BSD-3-Clause
// The verbs of the command line: each file adds its verb to the parser and returns what to do when it is
// chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace neurodyn::app {

/// What the program tells its caller (docs/command-line.md).
enum ExitCode : int {
    success = 0,
    expectation_failed = 1,
    bad_input = 2,
    run_failed = 3,
    interrupted = 130,
};

/// Runs a chosen verb and returns the exit code.
using Action = std::function<int()>;

void add_run(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions);
void add_check(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions);
void add_connections(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions);
void add_levels(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions);
void add_rates(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions);
void add_dynamics(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions);
void add_analyse(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions);
void add_list(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions);
void add_inspect(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions);
void add_report(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions);
void add_completion(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions);

/// Rows in columns; the first row is the head. Words of the last column go on in the next line where a line
/// would be longer than `width` (0: never).
std::string format_table(const std::vector<std::vector<std::string>>& rows, std::size_t width = 0);
/// Columns of the terminal that the program prints to; 0 where it is none.
std::size_t terminal_width();
/// "1.3 GB", "12 kB".
std::string format_bytes(double bytes);
/// "0.03 s", "4 min 10 s", "2 h 5 min".
std::string format_duration(double seconds);

}  // namespace neurodyn::app
