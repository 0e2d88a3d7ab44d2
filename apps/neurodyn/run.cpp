// SPDX-License-Identifier: BSD-3-Clause
// neurodyn run: runs an experiment, shows progress on a terminal, prints the expectations and where the
// results are.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "commands.hpp"
#include "run_options.hpp"

namespace neurodyn::app {
namespace {

volatile std::sig_atomic_t interrupted_by_user = 0;

// A second interrupt ends the program at once.
extern "C" void on_interrupt(int signal) {
    interrupted_by_user = 1;
    std::signal(signal, SIG_DFL);
}

// One line on a terminal, rewritten in place; nothing anywhere else.
class ProgressLine {
  public:
    explicit ProgressLine(bool shown) : shown_(shown) {}
    void show(const std::string& stage, double done, double left_s) {
        if (!shown_) return;
        const int bar = static_cast<int>(done * 24.0 + 0.5);
        std::string line = fmt::format("\r{} [{:<24}] {:3.0f} %", stage,
                                       std::string(static_cast<std::size_t>(bar), '='), 100.0 * done);
        if (done > 0.0 && done < 1.0) line += fmt::format("  {} left", format_duration(left_s));
        fmt::print(stderr, "{}\x1b[K", line);
        std::fflush(stderr);
        drawn_ = true;
    }
    void clear() {
        if (drawn_) fmt::print(stderr, "\r\x1b[K");
        drawn_ = false;
    }

  private:
    bool shown_, drawn_ = false;
};

void print_sweep(const experiment::SweepOutcome& sweep) {
    if (sweep.points.empty()) return;
    fmt::print("sweep: {} points in {} run{}", sweep.points.size(), sweep.runs, sweep.runs == 1 ? "" : "s");
    if (sweep.best) fmt::print(", best result {:.6g} at point {}", sweep.best_value, *sweep.best);
    fmt::print(", in {}\n", format_duration(sweep.wall_s));
    for (const std::string& failure : sweep.failures) fmt::print(stderr, "warning: left out {}\n", failure);
}

void print_tuning(const experiment::Outcome& outcome) {
    if (outcome.sweep.tuned.size() > 1) {
        std::size_t trials = 0;
        for (const auto& [point, tuned] : outcome.sweep.tuned) trials = std::max(trials, tuned.trials);
        fmt::print("tuning: {} points, at most {} trials\n", outcome.sweep.tuned.size(), trials);
    }
    if (!outcome.tuning.empty()) fmt::print("tuning: the worst of all nodes: {}\n", outcome.tuning);
}

void print_results(const experiment::Outcome& outcome) {
    std::vector<std::vector<std::string>> rows = {{"result", "value", "unit"}};
    for (const auto& [name, scalar] : experiment::scalars(outcome.results))
        rows.push_back({name, fmt::format("{:.6g}", scalar.value), scalar.unit});
    if (rows.size() > 1) fmt::print("{}", format_table(rows));
}

void print_expectations(const experiment::Outcome& outcome) {
    if (outcome.expectations.empty()) return;
    std::vector<std::vector<std::string>> rows = {{"", "expectation", "found", "expected", "from"}};
    for (const experiment::ExpectationOutcome& e : outcome.expectations)
        rows.push_back({e.passed ? "ok" : "FAILED", e.that, e.found, e.bound, e.from});
    fmt::print("{}", format_table(rows));
}

int finish(const experiment::Outcome& outcome, bool quiet) {
    if (!quiet) {
        print_sweep(outcome.sweep);
        print_tuning(outcome);
        print_results(outcome);
    }
    if (!quiet || !outcome.passed()) print_expectations(outcome);
    if (!quiet)
        for (const experiment::ComparisonOutcome& c : outcome.comparisons) fmt::print("{}\n", c.sentence);
    if (outcome.stopped) fmt::print(stderr, "interrupted; what was recorded is kept\n");
    if (!outcome.failure.empty())
        fmt::print(stderr, "error: {}\nwhat was recorded until then is kept\n", outcome.failure);
    for (const std::string& failed : outcome.failed_analyses) fmt::print(stderr, "error: {}\n", failed);
    if (!outcome.failed_analyses.empty())
        fmt::print(stderr, "what was recorded and the results of {} other analys{} are kept\n",
                   outcome.results.size(), outcome.results.size() == 1 ? "is" : "es");
    if (!quiet && outcome.ran)
        fmt::print("ran in {} (setup {}, analyses {}{})\n", format_duration(outcome.run_s),
                   format_duration(outcome.setup_s), format_duration(outcome.analysis_s),
                   outcome.tuning_s > 0.0 ? ", tuning " + format_duration(outcome.tuning_s) : "");
    for (const std::string& note : outcome.notes) fmt::print(stderr, "warning: {}\n", note);
    for (const std::string& path : {outcome.output, outcome.report})
        if (!path.empty()) fmt::print("{}\n", std::filesystem::absolute(path).lexically_normal().string());
    if (outcome.stopped) return interrupted;
    if (!outcome.failure.empty() || !outcome.failed_analyses.empty()) return run_failed;
    return outcome.passed() ? success : expectation_failed;
}

std::string quoted(const std::string& text) {
    const bool plain = text.find_first_of(" \t\"'$&;()<>|*?[]{}#!`\\") == std::string::npos && !text.empty();
    if (plain) return text;
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

// The same run as one would type it.
std::string command_line(const RunArguments& a) {
    std::string text = "neurodyn run " + quoted(a.file);
    for (const std::string& set : a.set) text += " --set " + quoted(set);
    if (a.threads != 0) text += fmt::format(" --threads {}", a.threads);
    for (const auto& [name, value] : {std::pair{"seed", a.seed}, std::pair{"precision", a.precision},
                                      std::pair{"backend", a.backend == "automatic" ? "" : a.backend},
                                      std::pair{"output", a.output}, std::pair{"report", a.report}})
        if (!value.empty()) text += fmt::format(" --{} {}", name, quoted(value));
    return text;
}

int run(const RunArguments& arguments) {
    experiment::RunSettings settings = to_settings(arguments);
    settings.command = command_line(arguments);
    ProgressLine line(!arguments.quiet && isatty(STDERR_FILENO) != 0);
    settings.on_progress = [&](const std::string& stage, double done, double left_s) {
        line.show(stage, done, left_s);
    };
    settings.should_stop = [] { return interrupted_by_user != 0; };
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    try {
        const experiment::Outcome outcome = experiment::run_experiment(arguments.file, settings);
        line.clear();
        return finish(outcome, arguments.quiet);
    } catch (...) {
        line.clear();
        throw;
    }
}

}  // namespace

void add_run(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions) {
    const auto arguments = std::make_shared<RunArguments>();
    CLI::App* verb = app.add_subcommand(
        "run", "Run an experiment: simulate, analyse, compare with what is expected, report");
    add_run_options(*verb, *arguments);
    verb->add_option("--output", arguments->output, "The HDF5 file of results (default NAME.h5)");
    verb->add_option("--report", arguments->report, "The HTML report (default: what the experiment says)");
    verb->add_flag("--quiet", arguments->quiet,
                   "Print the paths of the results only, and failed expectations");
    verb->footer(
        "Examples:\n"
        "  neurodyn run experiments/resting_state.yaml\n"
        "  neurodyn run my.yaml --set projections.long_range.G=2.1 --seed 8 --output second.h5\n"
        "  neurodyn run my.yaml --set time.duration='1 min' --threads 4 --precision single\n"
        "\n"
        "The last lines are the paths of the HDF5 file and of the report. Ctrl-C stops at the next step and\n"
        "keeps what was recorded; Ctrl-C again ends at once.");
    actions.emplace_back(verb, [arguments] { return run(*arguments); });
}

}  // namespace neurodyn::app
