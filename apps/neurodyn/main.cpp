// SPDX-License-Identifier: BSD-3-Clause
// The program `neurodyn`: picks the verb and turns errors into messages and exit codes.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <exception>

#include "base/error.hpp"
#include "base/pages.hpp"
#include "commands.hpp"

#ifndef NEURODYN_VERSION
#define NEURODYN_VERSION "0.1.0"
#endif

namespace {

constexpr const char* description =
    "neurodyn simulates neural systems from their equations: neurons, populations and whole brains.\n"
    "An experiment is a YAML file that names models, data, stimuli, recordings, analyses and what the\n"
    "result must show.";

constexpr const char* footer =
    "Start here:\n"
    "  neurodyn list experiments                     experiments that come with neurodyn\n"
    "  neurodyn check experiments/one_node.yaml      what it would do, and what it would cost\n"
    "  neurodyn run experiments/one_node.yaml        run it\n"
    "  neurodyn run my.yaml --set time.duration='2 s' --set populations.E.tau='20 ms'\n"
    "  neurodyn list models                          the library of models\n"
    "  neurodyn inspect wilson_cowan --stage graph   what becomes of a model's text\n"
    "\n"
    "Exit codes: 0 well, 1 an expectation was not met, 2 wrong input or usage, 3 the run failed\n"
    "(what it had recorded is kept), 130 interrupted.";

// What may be meant by a first word that is no verb; empty when it is one, or an option.
std::string verb_hint(const CLI::App& app, int argc, char** argv) {
    if (argc < 2 || argv[1][0] == '-') return {};
    std::vector<std::string> verbs;
    for (const CLI::App* verb : app.get_subcommands(nullptr)) verbs.push_back(verb->get_name());
    if (std::find(verbs.begin(), verbs.end(), argv[1]) != verbs.end()) return {};
    const std::string near = neurodyn::did_you_mean(argv[1], verbs);
    return near.empty() ? fmt::format("verbs: {}", fmt::join(verbs, ", ")) : near;
}

int run_program(int argc, char** argv) {
    CLI::App app(description, "neurodyn");
    app.footer(footer);
    app.set_version_flag("--version", std::string("neurodyn ") + NEURODYN_VERSION);
    app.require_subcommand(0, 1);
    std::vector<std::pair<CLI::App*, neurodyn::app::Action>> actions;
    neurodyn::app::add_run(app, actions);
    neurodyn::app::add_check(app, actions);
    neurodyn::app::add_connections(app, actions);
    neurodyn::app::add_levels(app, actions);
    neurodyn::app::add_rates(app, actions);
    neurodyn::app::add_dynamics(app, actions);
    neurodyn::app::add_analyse(app, actions);
    neurodyn::app::add_list(app, actions);
    neurodyn::app::add_inspect(app, actions);
    neurodyn::app::add_report(app, actions);
    neurodyn::app::add_completion(app, actions);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (const std::string hint = verb_hint(app, argc, argv); !hint.empty()) {
            fmt::print(stderr, "error: there is no verb '{}'; {}\n", argv[1], hint);
            return neurodyn::app::bad_input;
        }
        const int code = app.exit(error);
        return code == 0 ? neurodyn::app::success : neurodyn::app::bad_input;
    }
    for (const auto& [verb, action] : actions)
        if (verb->parsed()) return action();
    fmt::print("{}", app.help());
    return argc > 1 ? neurodyn::app::bad_input : neurodyn::app::success;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run_program(argc, argv);
    } catch (const neurodyn::NonFiniteError& error) {
        fmt::print(stderr, "error: {}\n", error.what());
        return neurodyn::app::run_failed;
    } catch (const neurodyn::InputError& error) {
        fmt::print(stderr, "{}\n", error.what());
        if (error.diagnostics().size() > 1) fmt::print(stderr, "{} problems\n", error.diagnostics().size());
        return neurodyn::app::bad_input;
    } catch (const neurodyn::Error& error) {
        fmt::print(stderr, "error: {}\n", error.what());
        return neurodyn::app::bad_input;
    } catch (const std::bad_alloc&) {
        fmt::print(stderr,
                   "error: there is not enough memory: {} are free; use fewer nodes, members or synapses\n",
                   neurodyn::app::format_bytes(static_cast<double>(neurodyn::free_memory())));
        return neurodyn::app::run_failed;
    } catch (const std::exception& error) {
        fmt::print(stderr, "error: {}\n", error.what());
        return neurodyn::app::run_failed;
    }
}
