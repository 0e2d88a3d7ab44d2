// SPDX-License-Identifier: BSD-3-Clause
// neurodyn rates: the rates at which a network of neurons can rest, and how they follow modulations.
#include "experiment/rates.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <numbers>

#include "commands.hpp"
#include "run_options.hpp"

namespace neurodyn::app {
namespace {

struct RatesArguments {
    RunArguments run;
    engine::RestOptions options;
    std::vector<double> frequencies;
};

void print(const experiment::NetworkRates& rates, const std::vector<double>& frequencies) {
    std::size_t number = 0;
    for (const engine::RestState& state : rates.states) {
        double slowest = -INFINITY;
        for (const auto& e : state.eigenvalues) slowest = std::max(slowest, e.real());
        fmt::print("state of rest {}: {} (largest real part of an eigenvalue {:.4g} per time constant)\n",
                   ++number, state.is_stable() ? "stable" : "unstable", slowest);
        std::vector<std::vector<std::string>> rows = {
            {"population", "rate [Hz]", "ISI CV", "mean potential"}};
        for (std::size_t p = 0; p < rates.populations.size(); ++p)
            rows.push_back({rates.populations[p], fmt::format("{:.8g}", state.rate_hz[p]),
                            fmt::format("{:.5f}", state.isi_cv[p]),
                            fmt::format("{:.6g} {}", from_si(state.mean[p], rates.potential_units[p]),
                                        rates.potential_units[p].name)});
        fmt::print("{}", format_table(rows));
    }
    if (rates.states.empty()) fmt::print("no state of rest was found\n");
    if (rates.response.empty()) return;
    fmt::print("response of the rate to a modulated drift, at the first stable state\n");
    std::vector<std::vector<std::string>> rows = {
        {"population", "frequency [Hz]", "amplitude", "phase [deg]"}};
    for (std::size_t p = 0; p < rates.populations.size(); ++p)
        for (std::size_t f = 0; f < frequencies.size(); ++f) {
            const auto z = rates.response[p][f] * rates.potential_units[p].scale * 1e3;
            rows.push_back({rates.populations[p], fmt::format("{:g}", frequencies[f]),
                            fmt::format("{:.6g} Hz/({}/ms)", std::abs(z), rates.potential_units[p].name),
                            fmt::format("{:.3f}", std::arg(z) * 180.0 / std::numbers::pi)});
        }
    fmt::print("{}", format_table(rows));
}

}  // namespace

void add_rates(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions) {
    const auto arguments = std::make_shared<RatesArguments>();
    CLI::App* verb =
        app.add_subcommand("rates", "Find the rates at which a network of neurons can rest, stable or not");
    add_experiment_options(*verb, arguments->run);
    verb->add_option("--response", arguments->frequencies,
                     "Also the response of the rates to modulations of these frequencies in Hz, with commas")
        ->delimiter(',')
        ->check(CLI::Range(1e-6, 1e6));
    verb->add_option("--starts", arguments->options.starts, "From how many rates to look")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000000));
    verb->add_option("--highest", arguments->options.highest_hz, "The highest of them, Hz")
        ->capture_default_str()
        ->check(CLI::Range(0.02, 1e5));
    verb->footer(
        "Examples:\n"
        "  neurodyn rates experiments/brunel.yaml\n"
        "  neurodyn rates experiments/brunel.yaml --set values.g=3 --response 1,10,100\n"
        "\n"
        "Inputs are those of time 0. Each population must have one threshold (docs/levels.md).");
    actions.emplace_back(verb, [arguments] {
        print(experiment::find_rates(arguments->run.file, to_settings(arguments->run), arguments->options,
                                     arguments->frequencies),
              arguments->frequencies);
        return success;
    });
}

}  // namespace neurodyn::app
