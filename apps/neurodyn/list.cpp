// SPDX-License-Identifier: BSD-3-Clause
// neurodyn list: what there is to choose from.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "analysis/table.hpp"
#include "base/error.hpp"
#include "base/units.hpp"
#include "commands.hpp"
#include "compile/program.hpp"
#include "experiment/document.hpp"
#include "experiment/library.hpp"
#include "experiment/model_analyses.hpp"
#include "language/model.hpp"
#include "network/connectome.hpp"

namespace neurodyn::app {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// To the end of the first doi, or of the first sentence that ends a line: a citation may need two lines.
std::string citation(std::string text) {
    const std::size_t doi = text.find("doi:"), stop = text.find(".\n");
    std::replace(text.begin(), text.end(), '\n', ' ');
    text.resize(std::min(doi == std::string::npos ? stop : text.find(' ', doi), text.size()));
    text.erase(text.find_last_not_of(".,;:") + 1);
    return text;
}

// Of populations, or of one folder: couplings with their parameters, the others with their variables.
Rows models(const std::string& folder) {
    const bool couplings = folder == "couplings";
    const std::string name = couplings ? "coupling" : folder == "synapses" ? "synapse" : "model";
    Rows rows = {{name, "kind", couplings ? "parameters" : "variables", "source"}};
    for (const experiment::LibraryModel& entry : experiment::library_models()) {
        const bool joins = entry.folder == "couplings" || entry.folder == "synapses";
        if (joins ? entry.folder != folder : !folder.empty()) continue;
        const language::ModelPtr model = language::load_model(entry.path);
        std::vector<std::string> names;
        if (couplings)
            for (const language::Parameter& p : model->parameters) names.push_back(p.name);
        else
            for (const language::State& s : model->states) names.push_back(s.name);
        rows.push_back({entry.name, std::string(to_string(model->kind)),
                        fmt::format("{}", fmt::join(names, " ")), citation(model->reference)});
    }
    return rows;
}

Rows experiments() {
    Rows rows = {{"experiment", "title"}};
    for (const std::string& file : experiment::list_folder("experiments", false)) {
        if (!file.ends_with(".yaml")) continue;
        const std::string path = experiment::find_share_file("experiments/" + file);
        const experiment::Document document = experiment::load_document(path);
        const experiment::Node* title = document.root.find("title");
        rows.push_back({path, title == nullptr ? "" : title->text});
    }
    return rows;
}

// As one would write it: "60 s", "hann", "false".
std::string default_of(const analysis::OptionSpec& option) {
    if (const double* number = std::get_if<double>(&option.default_value))
        return fmt::format("{:g}{}{}", *number, option.unit.empty() ? "" : " ", option.unit);
    if (const bool* flag = std::get_if<bool>(&option.default_value)) return *flag ? "true" : "false";
    const std::string& word = std::get<std::string>(option.default_value);
    return word.empty() ? "''" : word;
}

std::string allowed(const analysis::OptionSpec& option) {
    if (!option.choices.empty()) {
        std::vector<std::string> words = option.choices;
        std::replace(words.begin(), words.end(), std::string(), std::string("''"));
        return fmt::format("one of {}", fmt::join(words, ", "));
    }
    if (std::holds_alternative<bool>(option.default_value)) return "true or false";
    return std::holds_alternative<double>(option.default_value) ? analysis::describe(option.bounds) : "";
}

// "channel x frequency, unit^2/Hz"; "@" of the table is the unit of what is analysed.
std::string shape_of(const analysis::ResultSpec& result) {
    std::string unit = result.unit;
    if (const std::size_t at = unit.find('@'); at != std::string::npos) unit.replace(at, 1, "unit");
    std::string shape =
        result.dimensions.empty() ? "number" : fmt::format("{}", fmt::join(result.dimensions, " x "));
    return unit.empty() ? shape : shape + ", " + unit;
}

Rows analyses() {
    Rows rows = {{"analysis", "what"}};
    for (const analysis::Analysis* row : experiment::all_rows()) rows.push_back({row->name, row->doc});
    return rows;
}

// Lists as wide as the terminal.
void print_rows(const Rows& rows) { fmt::print("{}", format_table(rows, terminal_width())); }

void print_analyses() {
    print_rows(analyses());
    fmt::print("`neurodyn list analyses NAME` tells what one reads, its options and its results.\n");
}

// One analysis in full.
void print_analysis(const analysis::Analysis& row) {
    fmt::print("{}: {}\n", row.name, row.doc);
    Rows rows = {{"inputs", "", "", ""}};
    for (const analysis::InputSpec& input : row.inputs) {
        std::vector<std::string_view> kinds;
        for (const analysis::InputKind kind : input.kinds) kinds.push_back(to_string(kind));
        rows.push_back({"  " + input.name,
                        kinds.empty() ? "population" : fmt::format("{}", fmt::join(kinds, " or ")),
                        input.required ? "" : "optional", input.doc});
    }
    rows.push_back({"options", "default", "allowed", ""});
    for (const analysis::OptionSpec& option : row.options)
        rows.push_back({"  " + option.name, default_of(option), allowed(option), option.doc});
    rows.push_back({"results", "", "", ""});
    for (const analysis::ResultSpec& result : row.results)
        rows.push_back({"  " + result.name, shape_of(result),
                        result.needs.empty() ? "" : fmt::format("with {}", fmt::join(result.needs, " and ")),
                        result.doc});
    print_rows(rows);
}

Rows methods() {
    constexpr const char* noise[] = {"none", "additive", "diagonal", "any"};
    Rows rows = {{"method", "order", "noise", "calculus", "what"}};
    for (const compile::MethodInfo& method : compile::methods())
        rows.push_back({std::string(method.name),
                        method.adaptive     ? "adaptive"
                        : method.order == 0 ? "exact"
                                            : fmt::format("{}", method.order),
                        noise[static_cast<std::size_t>(method.treats)],
                        method.calculus == compile::Calculus::ito ? "Ito" : "Stratonovich",
                        std::string(method.description)});
    return rows;
}

void print_units() {
    fmt::print("Units may be multiplied, divided and raised to powers: uA/cm^2, mV*ms^(1/2). Names:\n");
    std::string line;
    for (const std::string& name : unit_names()) {
        if (line.size() + name.size() > 100) {
            fmt::print("{}\n", line);
            line.clear();
        }
        line += (line.empty() ? "" : " ") + name;
    }
    fmt::print("{}\n", line);
}

void print_data() {
    Rows rows = {{"data set", "folder"}};
    for (const std::string& name : experiment::list_folder("data", true))
        rows.push_back({name, experiment::find_share_file("data/" + name)});
    fmt::print("{}\nConnectomes can be read from:\n", format_table(rows));
    for (const std::string& format : network::connectome_formats()) fmt::print("  {}\n", format);
}

int list(const std::string& what, const std::string& name) {
    if (!name.empty() && what != "analyses")
        throw Error(fmt::format("`list {}` takes no name, '{}' was given{}", what, name,
                                what == "models" || what == "couplings" || what == "synapses"
                                    ? fmt::format("; `neurodyn inspect {} --stage ast` shows a model", name)
                                    : ""));
    if (what == "models") print_rows(models(""));
    if (what == "couplings" || what == "synapses") print_rows(models(what));
    if (what == "experiments") print_rows(experiments());
    if (what == "analyses" && name.empty()) print_analyses();
    if (what == "analyses" && !name.empty()) print_analysis(experiment::find_row(name));
    if (what == "methods") print_rows(methods());
    if (what == "units") print_units();
    if (what == "data") print_data();
    return success;
}

}  // namespace

void add_list(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions) {
    const auto what = std::make_shared<std::string>();
    const auto name = std::make_shared<std::string>();
    CLI::App* verb = app.add_subcommand(
        "list", "List models, couplings, synapses, experiments, analyses, methods, units or data");
    verb->add_option("WHAT", *what,
                     "models, couplings, synapses, experiments, analyses, methods, units or data")
        ->required()
        ->check(CLI::IsMember(
            {"models", "couplings", "synapses", "experiments", "analyses", "methods", "units", "data"}));
    verb->add_option("NAME", *name, "With analyses: one of them, with its options and results");
    verb->footer("Examples:\n  neurodyn list models\n  neurodyn list analyses functional_connectivity");
    actions.emplace_back(verb, [what, name] { return list(*what, *name); });
}

}  // namespace neurodyn::app
