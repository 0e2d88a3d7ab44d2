// SPDX-License-Identifier: BSD-3-Clause
// neurodyn inspect: what becomes of a model's text, stage by stage.
#include <fmt/format.h>

#include <memory>

#include "commands.hpp"
#include "compile/kernel.hpp"
#include "compile/program.hpp"
#include "experiment/resources.hpp"
#include "language/generative.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::app {
namespace {

struct InspectArguments {
    std::string model, stage = "graph", method, precision;
    int width = 0;
};

using language::Model;

std::string value_text(const Model& model, const language::Distribution& d) {
    constexpr const char* names[] = {"normal", "uniform", "lognormal", "exponential", "gamma"};
    std::string text = std::string(names[static_cast<std::size_t>(d.shape)]) + "(";
    for (std::size_t i = 0; i < d.arguments.size(); ++i)
        text += (i > 0 ? ", " : "") + symbolic::print(model.graph, d.arguments[i]);
    return text + ")";
}

// Numbers in the declared unit, expressions with SI values in them.
std::string parameter_text(const Model& model, const language::Parameter& p) {
    if (!model.graph.is_constant(p.value)) return symbolic::print(model.graph, p.value) + " (SI values)";
    const std::string number = fmt::format("{:.12g}", from_si(model.graph[p.value].value, p.unit));
    return p.unit.name == "1" ? number : number + " " + p.unit.name;
}

void add_section(std::string& text, const std::string& title,
                 const std::vector<std::vector<std::string>>& rows) {
    if (!rows.empty()) text += title + "\n" + format_table(rows);
}

std::string print_statements(const Model& model, const std::string& title,
                             const std::vector<language::SynapseStatement>& statements) {
    std::vector<std::vector<std::string>> rows;
    for (const language::SynapseStatement& s : statements)
        rows.push_back({"  " + model.graph.name(s.symbol), "= " + symbolic::print(model.graph, s.value)});
    std::string text;
    add_section(text, title, rows);
    return text;
}

// What spikes do, sums over synapses, and the solutions of event-driven equations.
std::string print_synapse(const Model& model) {
    const language::Synapse& synapse = *model.synapse;
    std::vector<std::vector<std::string>> solutions, sums;
    for (std::size_t i = 0; i < synapse.variables.size(); ++i)
        if (const symbolic::NodeId after = synapse.variables[i].after)
            solutions.push_back({"  " + model.states[i].name, symbolic::print(model.graph, after)});
    for (const language::Summed& s : synapse.summed)
        sums.push_back({fmt::format("  {}_{}", s.variable, s.side == language::Side::pre ? "pre" : "post"),
                        symbolic::print(model.graph, s.value), ": " + s.unit.name});
    std::string text = print_statements(model, "on pre", synapse.on_pre);
    text += print_statements(model, "on post", synapse.on_post);
    add_section(text, "sums over synapses", sums);
    add_section(text, "after a time `since` without events", solutions);
    return text;
}

// Expressions of a generative model, with the names of what is derived in place of its terms.
class NamedParts {
  public:
    explicit NamedParts(const Model& model) : graph_(model.graph) {
        if (model.kind != language::Kind::generative) return;
        for (const language::Definition& d : model.definitions)
            if (const symbolic::Op op = graph_[d.value].op; op != symbolic::Op::symbol &&
                                                            op != symbolic::Op::constant &&
                                                            !d.name.starts_with("curvature_"))
                names_.emplace(d.value, d.symbol);
    }
    std::string print(symbolic::NodeId expression, symbolic::NodeId own = {}) {
        symbolic::Substitution names = names_;
        if (const auto found = names.find(expression); found != names.end() && found->second == own)
            names.erase(found);
        return symbolic::print(graph_, symbolic::substitute(graph_, expression, names));
    }

  private:
    symbolic::Graph graph_;
    symbolic::Substitution names_;
};

// The checked model: every name with its unit and what it means, definitions and functions still to be seen
// by name.
std::string print_model(const Model& model) {
    std::string text = fmt::format("model {} : {}\n", model.name, to_string(model.kind));
    if (!model.reference.empty()) text += "# " + model.reference + "\n";
    std::vector<std::vector<std::string>> parameters, inputs, states, definitions, events;
    NamedParts parts(model);
    for (const language::Parameter& p : model.parameters)
        parameters.push_back({"  " + p.name,
                              p.distribution ? value_text(model, *p.distribution)
                              : p.value      ? parameter_text(model, p)
                                             : "to be set, in " + p.unit.name,
                              p.description});
    for (const language::Input& i : model.inputs)
        inputs.push_back({"  " + i.name, i.unit.name, i.description});
    for (const language::State& s : model.states) {
        std::string right = parts.print(s.drift);
        for (const language::Noise& noise : s.noise)
            right += fmt::format(" + ({})*{}", symbolic::print(model.graph, noise.coefficient), noise.name);
        states.push_back({fmt::format("  d{}/dt = {}", s.name, right), ": " + s.unit.name});
    }
    for (const language::Definition& d : model.definitions)
        definitions.push_back(
            {fmt::format("  {} = {}", d.name,
                         d.name.starts_with("prediction_") ? symbolic::print(model.graph, d.value)
                                                           : parts.print(d.value, d.symbol)),
             ": " + d.unit.name});
    for (const language::Event& e : model.events)
        events.push_back({"  " + e.name, symbolic::print(model.graph, e.condition)});
    add_section(text, "parameters", parameters);
    add_section(text, "inputs", inputs);
    add_section(text, "equations", states);
    add_section(text, "definitions", definitions);
    add_section(text, "events", events);
    if (model.synapse) text += print_synapse(model);
    if (model.coupling)
        text += fmt::format("pre  = {}\npost = {}\n", symbolic::print(model.graph, model.coupling->pre),
                            symbolic::print(model.graph, model.coupling->post));
    return text;
}

// Options that a stage does not look at are refused.
void check_options(const InspectArguments& arguments) {
    const bool is_machine = arguments.stage == "llvm" || arguments.stage == "asm";
    const auto refuse = [&](const char* option, const char* stages) {
        throw Error(fmt::format("{} has no meaning for --stage {}; it belongs to {}", option, arguments.stage,
                                stages));
    };
    if (!arguments.method.empty() && !is_machine && arguments.stage != "step")
        refuse("--method", "step, llvm and asm");
    if (!arguments.precision.empty() && !is_machine) refuse("--precision", "llvm and asm");
    if (arguments.width != 0 && !is_machine) refuse("--width", "llvm and asm");
}

int inspect(const InspectArguments& arguments) {
    check_options(arguments);
    const language::ModelPtr model = experiment::Resources(".").model(arguments.model);
    if (arguments.stage == "ast") {
        fmt::print("{}", print_model(*model));
        for (const std::string& problem : language::not_identifiable(*model))
            fmt::print(stderr, "warning: {}\n", problem);
        return success;
    }
    if (model->kind == language::Kind::coupling)
        throw Error(fmt::format(
            "'{}' is a coupling: it becomes part of the populations that it joins; --stage ast shows it",
            model->name));
    if (model->kind == language::Kind::synapse)
        throw Error(fmt::format("'{}' is a synapse: it becomes part of a projection; --stage ast shows it",
                                model->name));
    const compile::System system = compile::make_system(*model, true);
    if (arguments.stage == "graph") {
        fmt::print("{}", compile::print(system));
        return success;
    }
    compile::StepOptions options;
    options.method = arguments.method.empty() ? model->default_method : arguments.method;
    const compile::StepProgram step = compile::make_step(system, options);
    if (arguments.stage == "step") {
        fmt::print("{}", compile::print(step));
        return success;
    }
    compile::KernelOptions kernel;
    kernel.width = arguments.width;
    kernel.precision =
        arguments.precision == "single" ? compile::Precision::single : compile::Precision::double_;
    fmt::print("{}", compile::print_stage(step.step, kernel, arguments.stage));
    return success;
}

}  // namespace

void add_inspect(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions) {
    const auto arguments = std::make_shared<InspectArguments>();
    CLI::App* verb = app.add_subcommand("inspect", "Show what becomes of a model's text");
    verb->add_option("MODEL", arguments->model, "A model of the library, or a .model file")->required();
    verb->add_option("--stage", arguments->stage,
                     "ast: the checked model; graph: its equations in SI; step: the integrator's step; llvm, "
                     "asm: the machine's")
        ->check(CLI::IsMember({"ast", "graph", "step", "llvm", "asm"}))
        ->capture_default_str();
    verb->add_option("--method", arguments->method, "The integration method (default: chosen for the model)");
    verb->add_option("--precision", arguments->precision, "double or single (default: double)")
        ->check(CLI::IsMember({"double", "single"}));
    verb->add_option("--width", arguments->width, "Vector lanes; 0: the host's")
        ->check(CLI::IsMember({0, 1, 2, 4, 8, 16}));
    verb->footer(
        "Examples:\n"
        "  neurodyn inspect wilson_cowan --stage ast\n"
        "  neurodyn inspect hodgkin_huxley --stage step --method exponential_euler\n"
        "  neurodyn inspect kuramoto --stage asm --width 8");
    actions.emplace_back(verb, [arguments] { return inspect(*arguments); });
}

}  // namespace neurodyn::app
