// SPDX-License-Identifier: BSD-3-Clause
// neurodyn bifurcate, phase and lyapunov: what a model's equations do, without a simulation.
#include "experiment/dynamics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <optional>

#include "base/error.hpp"
#include "base/units.hpp"
#include "commands.hpp"
#include "dynamics/lyapunov.hpp"
#include "experiment/network_dynamics.hpp"
#include "experiment/report.hpp"

namespace neurodyn::app {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct CommonArguments {
    std::string model, report;
    std::vector<std::string> set, box;
    bool no_report = false;
};

struct BifurcateArguments : CommonArguments {
    std::vector<std::string> over;
    std::string show, output;
    experiment::DiagramSettings settings;
    bool no_cycles = false;
};

struct PhaseArguments : CommonArguments {
    std::vector<std::string> plane;
};

struct LyapunovArguments {
    std::string model, duration, discard, output, report;
    std::vector<std::string> set;
    std::optional<Eigen::Index> exponents;
    std::uint64_t seed = 0;
    double tolerance = dynamics::LyapunovSettings{}.tolerance;
    std::string step;
};

Pairs pairs(const std::vector<std::string>& texts, const char* option) {
    Pairs made;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
            throw Error(fmt::format("{} {}: it is written NAME=VALUE", option, text));
        made.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return made;
}

void add_common(CLI::App& verb, CommonArguments& arguments) {
    verb.add_option("model", arguments.model, "A model of the library, a file, or an experiment")->required();
    verb.add_option("--set", arguments.set,
                    "Another value of a parameter or input: NAME='VALUE UNIT' (may be repeated)");
    verb.add_option("--box", arguments.box,
                    "Where to look: STATE=LOW..HIGH (may be repeated; else where trajectories go)");
    verb.add_option("--report", arguments.report, "Write the figures to this page (MODEL_VERB.html)");
    verb.add_flag("--no-report", arguments.no_report, "Write no page");
}

bool is_experiment(const std::string& path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

void write_page(const CommonArguments& arguments, const std::string& name, const std::string& verb,
                const std::string& document) {
    if (arguments.no_report) return;
    const std::string path =
        arguments.report.empty() ? fmt::format("{}_{}.html", name, verb) : arguments.report;
    if (!arguments.report.empty() || experiment::can_write_reports()) {
        experiment::write_report(document, path);
        fmt::print("{}\n", path);
    }
}

std::string command_of(const CommonArguments& arguments, const std::string& verb, const std::string& rest) {
    std::string command = fmt::format("neurodyn {} {}{}", verb, arguments.model, rest);
    for (const std::string& set : arguments.set) command += " --set '" + set + "'";
    for (const std::string& box : arguments.box) command += " --box " + box;
    return command;
}

void print(const experiment::Diagram& diagram) {
    const auto& field = diagram.field;
    std::vector<std::vector<std::string>> rows = {
        {"branch", "point", fmt::format("{} [{}]", field.free[0].name, field.free[0].unit.name),
         fmt::format("{} [{}]", field.shown.name, field.shown.unit.name), ""}};
    std::size_t number = 0;
    std::string ends;
    const auto add = [&](const char* kind, const auto& branch) {
        ++number;
        for (const dynamics::Special& special : branch.special)
            rows.push_back({fmt::format("{} {}", kind, number), std::string(to_string(special.kind)),
                            fmt::format("{:.8g}", special.parameter), fmt::format("{:.6g}", special.shown),
                            describe(special)});
        if (!branch.end.empty()) ends += fmt::format("{} {} ends: {}\n", kind, number, branch.end);
    };
    for (const auto& branch : diagram.equilibria) add("fixed points", branch);
    for (const auto& branch : diagram.cycles) add("cycles", branch);
    fmt::print("{} branches of fixed points, {} of cycles, in {:.2g} s\n", diagram.equilibria.size(),
               diagram.cycles.size(), diagram.wall_s);
    if (rows.size() > 1) fmt::print("{}", format_table(rows));
    fmt::print("{}", ends);
    const auto& critical = diagram.criticality;
    if (std::isfinite(critical.distance) && critical.value >= diagram.range.low &&
        critical.value <= diagram.range.high)
        fmt::print("at {} = {:.6g} {} the nearest bifurcation is {:.6g} away\n", field.free[0].name,
                   critical.value, field.free[0].unit.name, critical.distance);
    if (critical.has_fixed_points)
        fmt::print("the leading eigenvalue there that is nearest to zero: {} /s\n",
                   dynamics::describe({critical.leading}));
    if (diagram.equilibria.empty())
        fmt::print("no fixed point was found; --box STATE=LOW..HIGH says where to look\n");
}

void print(const experiment::Curves& made) {
    std::vector<std::vector<std::string>> rows(1, {"curve", "point"});
    for (const auto& parameter : made.field.free)
        rows[0].push_back(fmt::format("{} [{}]", parameter.name, parameter.unit.name));
    rows[0].push_back("");
    std::string ends;
    std::size_t number = 0, hopf = 0;
    for (const auto& curve : made.curves) {
        const std::string name = fmt::format("{} {}", to_string(curve.kind), ++number);
        hopf += curve.kind == dynamics::Bifurcation::hopf;
        for (const dynamics::Special& special : curve.special)
            rows.push_back({name, std::string(to_string(special.kind)),
                            fmt::format("{:.8g}", special.parameter), fmt::format("{:.8g}", *special.second),
                            describe(special)});
        if (!curve.end.empty()) ends += fmt::format("{} ends: {}\n", name, curve.end);
    }
    fmt::print("{} curves of folds, {} of Hopf points, in {:.2g} s\n", made.curves.size() - hopf, hopf,
               made.wall_s);
    if (rows.size() > 1) fmt::print("{}", format_table(rows));
    fmt::print("{}", ends);
    if (made.curves.empty())
        fmt::print("no fold and no Hopf point was found; --box STATE=LOW..HIGH says where to look\n");
}

void print(const experiment::Plane& made) {
    std::vector<std::vector<std::string>> rows(1);
    for (const auto& state : made.field.states)
        rows[0].push_back(fmt::format("{} [{}]", state.name, state.unit.name));
    rows[0].insert(rows[0].end(), {"", "eigenvalues [1/s]"});
    for (const dynamics::FixedPoint& point : made.plane.fixed_points) {
        std::vector<std::string> row;
        for (Eigen::Index i = 0; i < point.x.size(); ++i) row.push_back(fmt::format("{:.8g}", point.x[i]));
        row.insert(row.end(), {point.kind(), dynamics::describe(point.eigenvalues)});
        rows.push_back(std::move(row));
    }
    if (rows.size() > 1)
        fmt::print("{}", format_table(rows));
    else
        fmt::print("no fixed point was found; --box STATE=LOW..HIGH says where to look\n");
    fmt::print("{}\n", experiment::proof_of(made));
}

void take_common(experiment::DynamicsSettings& settings, const CommonArguments& arguments) {
    settings.box = pairs(arguments.box, "--box");
}

experiment::Subject subject_of(const CommonArguments& arguments) {
    return experiment::subject_of(arguments.model, pairs(arguments.set, "--set"));
}

int bifurcate_plane(const BifurcateArguments& arguments) {
    if (arguments.no_cycles || !arguments.show.empty())
        throw Error(fmt::format("{} belongs to a diagram over one parameter",
                                arguments.no_cycles ? "--no-cycles" : "--show"));
    experiment::CurvesSettings settings;
    take_common(settings, arguments);
    settings.steps = arguments.settings.steps;
    const Pairs over = pairs(arguments.over, "--over");
    settings.over = {over[0], over[1]};
    settings.command =
        command_of(arguments, "bifurcate",
                   fmt::format(" --over '{}' --over '{}'", arguments.over[0], arguments.over[1]));
    const experiment::Curves curves = experiment::make_curves(subject_of(arguments), settings);
    print(curves);
    if (!arguments.output.empty()) {
        experiment::write_curves_csv(curves, arguments.output);
        fmt::print("{}\n", arguments.output);
    }
    write_page(arguments, curves.field.model, "curves", experiment::curves_document(curves, settings));
    return success;
}

void print(const experiment::NetworkDiagram& diagram) {
    const auto& parameter = diagram.field.parameter;
    std::vector<std::vector<std::string>> rows = {
        {"branch", "point", fmt::format("{} [{}]", parameter.name, parameter.unit.name), "",
         "leading roots [1/s]"}};
    std::string ends;
    std::size_t number = 0;
    double nearest = INFINITY;
    for (const auto& branch : diagram.branches) {
        ++number;
        for (const dynamics::Special& special : branch.special) {
            const std::vector<std::complex<double>> first(
                special.eigenvalues.begin(),
                special.eigenvalues.begin() +
                    static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, special.eigenvalues.size())));
            rows.push_back({fmt::format("{}", number), std::string(to_string(special.kind)),
                            fmt::format("{:.8g}", special.parameter),
                            special.frequency_rad_s > 0.0
                                ? fmt::format("{:.6g} Hz", special.frequency_rad_s / (2.0 * std::numbers::pi))
                                : "",
                            dynamics::describe(first)});
            nearest = std::min(nearest, std::abs(special.parameter - diagram.field.value));
        }
        if (!branch.end.empty()) ends += fmt::format("branch {} ends: {}\n", number, branch.end);
    }
    fmt::print("{} states, {} branches of states of rest, in {:.2g} s\n", diagram.field.size(),
               diagram.branches.size(), diagram.wall_s);
    if (rows.size() > 1) fmt::print("{}", format_table(rows));
    fmt::print("{}", ends);
    if (diagram.branches.empty())
        fmt::print("the initial state relaxes to no state of rest in this range\n");
    else if (std::isfinite(nearest))
        fmt::print("at {} = {:.6g} {} the nearest bifurcation is {:.6g} away\n", parameter.name,
                   diagram.field.value, parameter.unit.name, nearest);
}

int bifurcate_network(const BifurcateArguments& arguments) {
    if (arguments.over.size() > 1) throw Error("an experiment's network is varied over one parameter");
    if (!arguments.box.empty() || !arguments.show.empty() || arguments.no_cycles)
        throw Error("--box, --show and --no-cycles belong to the diagram of a model");
    const auto over = pairs(arguments.over, "--over").front();
    experiment::RunSettings settings;
    settings.set = pairs(arguments.set, "--set");
    const experiment::NetworkDiagram diagram = experiment::make_network_diagram(
        arguments.model, settings, over.first, over.second, arguments.settings.steps);
    print(diagram);
    if (!arguments.output.empty()) {
        experiment::write_network_csv(diagram, arguments.output);
        fmt::print("{}\n", arguments.output);
    }
    write_page(
        arguments, diagram.name, "bifurcations",
        experiment::network_diagram_document(
            diagram, command_of(arguments, "bifurcate", " --over '" + over.first + "=" + over.second + "'")));
    return success;
}

int bifurcate(BifurcateArguments& arguments) {
    if (is_experiment(arguments.model)) return bifurcate_network(arguments);
    if (arguments.over.size() == 2) return bifurcate_plane(arguments);
    if (arguments.over.size() > 2) throw Error("--over can be given once or twice");
    experiment::DiagramSettings settings = arguments.settings;
    take_common(settings, arguments);
    const auto over = pairs(arguments.over, "--over").front();
    settings.parameter = over.first;
    settings.range = over.second;
    settings.show = arguments.show;
    settings.cycles = !arguments.no_cycles;
    settings.command = command_of(arguments, "bifurcate", " --over '" + arguments.over.front() + "'");
    const experiment::Diagram diagram = experiment::make_diagram(subject_of(arguments), settings);
    print(diagram);
    if (!arguments.output.empty()) {
        experiment::write_diagram_csv(diagram, arguments.output);
        fmt::print("{}\n", arguments.output);
    }
    write_page(arguments, diagram.field.model, "bifurcations",
               experiment::diagram_document(diagram, settings));
    return success;
}

int phase(const PhaseArguments& arguments) {
    experiment::PlaneSettings settings;
    take_common(settings, arguments);
    if (!arguments.plane.empty()) {
        if (arguments.plane.size() != 2) throw Error("--plane needs two states with a comma, such as v,w");
        settings.x = arguments.plane[0];
        settings.y = arguments.plane[1];
    }
    settings.command =
        command_of(arguments, "phase",
                   arguments.plane.empty() ? "" : fmt::format(" --plane {},{}", settings.x, settings.y));
    const experiment::Plane plane = experiment::make_plane(subject_of(arguments), settings);
    print(plane);
    write_page(arguments, plane.field.model, "phase", experiment::plane_document(plane, settings));
    return success;
}

double seconds(const std::string& text, const char* option) {
    const Quantity value = parse_any_quantity(text);
    if (!(value.unit.dimension == dimensions::time))
        throw Error(fmt::format("{} '{}' is no time; write it with a unit, such as '10 s'", option, text));
    return value.value_si;
}

void print(const experiment::Exponents& made) {
    const dynamics::LyapunovSpectrum& spectrum = made.spectrum;
    std::vector<std::vector<std::string>> rows = {{"exponent", "value [1/s]", "standard error"}};
    for (Eigen::Index e = 0; e < spectrum.exponents.size(); ++e)
        rows.push_back({fmt::format("{}", e + 1), fmt::format("{:.6g}", spectrum.exponents[e]),
                        fmt::format("{:.2g}", spectrum.standard_error[e])});
    fmt::print("{}", format_table(rows));
    if (!std::isnan(spectrum.sum)) fmt::print("their sum, the mean divergence: {:.6g} /s\n", spectrum.sum);
    if (!std::isnan(spectrum.dimension)) fmt::print("Kaplan-Yorke dimension: {:.5g}\n", spectrum.dimension);
    fmt::print("{} steps, in {:.2g} s\n", spectrum.steps, made.wall_s);
}

std::string command_of(const LyapunovArguments& arguments) {
    std::string command =
        fmt::format("neurodyn lyapunov {} --duration '{}'", arguments.model, arguments.duration);
    if (!arguments.discard.empty()) command += " --discard '" + arguments.discard + "'";
    if (arguments.exponents) command += fmt::format(" --exponents {}", *arguments.exponents);
    if (!arguments.step.empty()) command += " --step '" + arguments.step + "'";
    if (arguments.tolerance != dynamics::LyapunovSettings{}.tolerance)
        command += fmt::format(" --tolerance {:g}", arguments.tolerance);
    if (arguments.seed != 0) command += fmt::format(" --seed {}", arguments.seed);
    for (const std::string& set : arguments.set) command += " --set '" + set + "'";
    return command;
}

int lyapunov(const LyapunovArguments& arguments) {
    const bool network = is_experiment(arguments.model);
    dynamics::LyapunovSettings settings;
    settings.exponents = arguments.exponents.value_or(network ? 1 : 0);
    settings.duration_s = seconds(arguments.duration, "--duration");
    settings.discard_s =
        arguments.discard.empty() ? 0.1 * settings.duration_s : seconds(arguments.discard, "--discard");
    settings.seed = arguments.seed;
    settings.tolerance = arguments.tolerance;
    if (!arguments.step.empty()) settings.step_s = seconds(arguments.step, "--step");
    experiment::Exponents made;
    if (network) {
        experiment::RunSettings run;
        run.set = pairs(arguments.set, "--set");
        const experiment::LoadedNetwork loaded = experiment::load_network(arguments.model, run, {});
        made = experiment::make_exponents(dynamics::tangent_flow(loaded.field, loaded.name), settings,
                                          loaded.text);
    } else {
        const experiment::Subject subject =
            experiment::subject_of(arguments.model, pairs(arguments.set, "--set"));
        made = experiment::make_exponents(
            dynamics::tangent_flow(dynamics::make_vector_field(*subject.model, {}, subject.values)), settings,
            subject.model->source_text);
    }
    print(made);
    if (!arguments.output.empty()) {
        experiment::write_exponents_csv(made, arguments.output);
        fmt::print("{}\n", arguments.output);
    }
    if (!arguments.report.empty()) {
        experiment::DynamicsSettings page;
        page.command = command_of(arguments);
        experiment::write_report(experiment::exponents_document(made, page, network ? "yaml" : "model"),
                                 arguments.report);
        fmt::print("{}\n", arguments.report);
    }
    return success;
}

}  // namespace

void add_dynamics(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions) {
    const auto diagram = std::make_shared<BifurcateArguments>();
    CLI::App* verb = app.add_subcommand(
        "bifurcate", "Find a model's fixed points, cycles and bifurcations over a parameter");
    add_common(*verb, *diagram);
    verb->add_option("--over", diagram->over,
                     "The parameter and its range: NAME=LOW..HIGH; two of them give folds and Hopf points in "
                     "their plane")
        ->required()
        ->allow_extra_args(false);
    verb->add_option("--show", diagram->show,
                     "The state or definition that table and figure show (the first state)");
    verb->add_option("--output", diagram->output, "Write all points of all branches to this CSV file");
    verb->add_flag("--no-cycles", diagram->no_cycles, "Fixed points only");
    verb->add_option("--intervals", diagram->settings.intervals, "Of the mesh of a cycle")
        ->capture_default_str()
        ->check(CLI::Range(3, 2000));
    verb->add_option("--steps", diagram->settings.steps, "At most, along a branch")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000000));
    verb->footer(
        "Examples:\n"
        "  neurodyn bifurcate jansen_rit --over p=-50..400\n"
        "  neurodyn bifurcate hodgkin_huxley --over I=0..200 --set E_L='-54.4 mV'\n"
        "  neurodyn bifurcate fitzhugh_nagumo --over I=-1..3 --over b=0.2..4\n"
        "  neurodyn bifurcate experiments/stuart_landau_network.yaml --over long_range.G=0..1\n"
        "\n"
        "White noise is left out, inputs are as nothing drives them; models with resets have no smooth flow\n"
        "(docs/dynamics.md).");
    actions.emplace_back(verb, [diagram] { return bifurcate(*diagram); });

    const auto plane = std::make_shared<PhaseArguments>();
    verb = app.add_subcommand("phase", "Find a model's fixed points, and draw the plane of two states");
    add_common(*verb, *plane);
    verb->add_option("--plane", plane->plane, "Its states, with a comma (the first two)")->delimiter(',');
    verb->footer(
        "Examples:\n"
        "  neurodyn phase fitzhugh_nagumo\n"
        "  neurodyn phase morris_lecar --plane w,v --set I='80 uA/cm^2'");
    actions.emplace_back(verb, [plane] { return phase(*plane); });

    const auto growth = std::make_shared<LyapunovArguments>();
    verb =
        app.add_subcommand("lyapunov", "Find the Lyapunov exponents of a model's equations, or of a network");
    verb->add_option("model", growth->model, "A model of the library, a file, or an experiment")->required();
    verb->add_option("--duration", growth->duration, "Over which growth is averaged, such as '100 s'")
        ->required();
    verb->add_option("--discard", growth->discard,
                     "Until the trajectory is on its attractor (a tenth of the duration)");
    verb->add_option("--exponents", growth->exponents,
                     "How many, from the largest; 0: all (of a model all, of a network one)")
        ->check(CLI::Range(0, 100000));
    verb->add_option("--set", growth->set,
                     "Another value of a parameter or input: NAME='VALUE UNIT'; of an experiment a path as "
                     "'neurodyn run' takes it (may be repeated)");
    verb->add_option("--seed", growth->seed, "Of the first tangent vectors")->capture_default_str();
    verb->add_option("--step", growth->step,
                     "Of the map that forward Euler steps of this length make, instead of the flow");
    verb->add_option("--tolerance", growth->tolerance, "Error of a step, in parts of a state's spread")
        ->capture_default_str()
        ->check(CLI::Range(1e-13, 1e-2));
    verb->add_option("--output", growth->output, "Write the running estimates to this CSV file");
    verb->add_option("--report", growth->report, "Write the figures to this page");
    verb->footer(
        "Examples:\n"
        "  neurodyn lyapunov hindmarsh_rose --duration '20000 s' --set I=3.25\n"
        "  neurodyn lyapunov jansen_rit --duration '20 s' --exponents 2\n"
        "  neurodyn lyapunov experiments/edge_of_chaos.yaml --duration '200 s' --set "
        "projections.recurrent.G=2\n"
        "\n"
        "White noise is left out, inputs of a model are as nothing drives them; a positive exponent many\n"
        "standard errors above zero is chaos, one at zero and the rest below a cycle (docs/dynamics.md).");
    actions.emplace_back(verb, [growth] { return lyapunov(*growth); });
}

}  // namespace neurodyn::app
