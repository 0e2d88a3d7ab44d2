// SPDX-License-Identifier: BSD-3-Clause
// Reading the options that verbs share.
#include "run_options.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace neurodyn::app {

void add_experiment_options(CLI::App& verb, RunArguments& arguments) {
    verb.add_option("FILE", arguments.file, "The experiment, a YAML file")->required();
    verb.add_option("--set", arguments.set,
                    "Change a value: PATH=VALUE, e.g. time.duration='10 s' or projections.long_range.G=1.5 "
                    "(may be repeated)")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    verb.add_option("--threads", arguments.threads,
                    "Threads; 0 takes all cores. The results do not depend on it")
        ->check(CLI::Range(0, 4096));
    verb.add_option("--seed", arguments.seed, "The seed of all random numbers")
        ->check(CLI::TypeValidator<std::uint64_t>() &
                CLI::Validator(
                    [](const std::string& text) {
                        return text.starts_with('-') ? std::string("a seed is not negative") : std::string();
                    },
                    ""));
}

void add_run_options(CLI::App& verb, RunArguments& arguments) {
    add_experiment_options(verb, arguments);
    verb.add_option("--precision", arguments.precision, "double or single")
        ->check(CLI::IsMember({"double", "single"}));
    verb.add_option("--backend", arguments.backend,
                    "automatic, interpreter or llvm. The results do not depend on it")
        ->check(CLI::IsMember({"automatic", "interpreter", "llvm"}));
}

experiment::RunSettings to_settings(const RunArguments& arguments) {
    experiment::RunSettings settings;
    for (const std::string& text : arguments.set) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            throw Error(
                fmt::format("--set '{}' must be PATH=VALUE, for example --set time.duration='10 s'", text));
        settings.set.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    if (!arguments.seed.empty()) settings.seed = std::stoull(arguments.seed);
    if (!arguments.output.empty()) settings.output = arguments.output;
    if (!arguments.report.empty()) settings.report = arguments.report;
    if (!arguments.precision.empty()) settings.precision = arguments.precision;
    settings.threads = arguments.threads;
    settings.backend = arguments.backend == "interpreter" ? compile::Backend::interpreter
                       : arguments.backend == "llvm"      ? compile::Backend::llvm
                                                          : compile::Backend::automatic;
    return settings;
}

}  // namespace neurodyn::app
