// SPDX-License-Identifier: BSD-3-Clause
// From names and values as a person writes them to diagrams and planes.
#include "experiment/dynamics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>

#include "base/error.hpp"
#include "experiment/resources.hpp"

namespace neurodyn::experiment {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// "5", "5 mV" in a unit.
double value_in(const std::string& name, const std::string& text, const Unit& unit) {
    const Quantity value = parse_any_quantity(text);
    const bool bare = value.unit.dimension.is_dimensionless() && value.unit.scale == 1.0;
    if (bare && !unit.dimension.is_dimensionless()) return value.value_si;
    if (!(value.unit.dimension == unit.dimension))
        throw Error(fmt::format(
            "'{}' is measured in {}, but '{}' is {}", name, unit.name, text,
            value.unit.dimension.is_dimensionless() ? "without a unit" : "in " + value.unit.name));
    return value.value_si / unit.scale;
}

std::map<std::string, double> values_of(const language::Model& model, const DynamicsSettings& settings) {
    std::map<std::string, double> values;
    for (const auto& [name, text] : settings.set) {
        const Unit& unit = dynamics::find_quantity(model, name).unit;
        values[name] = value_in(name, text, unit) * unit.scale;
    }
    return values;
}

std::size_t state_index(const dynamics::VectorField& field, const std::string& name) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < field.states.size(); ++i) {
        if (field.states[i].name == name) return i;
        known.push_back(field.states[i].name);
    }
    const std::string near = did_you_mean(name, known);
    throw Error(fmt::format("'{}' has no state '{}'{}", field.model, name, near.empty() ? "" : "; " + near));
}

/// "LOW..HIGH" in a unit.
dynamics::Range parse_range(const std::string& name, const std::string& text, const Unit& unit) {
    const std::size_t dots = text.find("..");
    if (dots == std::string::npos)
        throw Error(fmt::format("the range of '{}' is written LOW..HIGH, not '{}'", name, text));
    const dynamics::Range range{value_in(name, text.substr(0, dots), unit),
                                value_in(name, text.substr(dots + 2), unit)};
    if (!(range.low < range.high)) throw Error(fmt::format("the range of '{}' is empty: {}", name, text));
    return range;
}

// What the user says of a box replaces what trajectories visit.
void narrow(dynamics::Box& box, const dynamics::VectorField& field, const DynamicsSettings& settings) {
    for (const auto& [name, text] : settings.box) {
        const std::size_t i = state_index(field, name);
        const dynamics::Range range = parse_range(name, text, field.states[i].unit);
        box.low[static_cast<Eigen::Index>(i)] = range.low;
        box.high[static_cast<Eigen::Index>(i)] = range.high;
    }
}

// A branch that comes from another Hopf point ends at this one.
bool is_reached(const dynamics::Special& hopf, const Diagram& diagram) {
    const double width = diagram.range.high - diagram.range.low;
    return std::any_of(
        diagram.cycles.begin(), diagram.cycles.end(), [&](const dynamics::CycleBranch& branch) {
            if (branch.points.empty() || !branch.end.starts_with("a Hopf point")) return false;
            const dynamics::CyclePoint& last = branch.points.back();
            const Eigen::VectorXd middle = 0.5 * (last.low + last.high);
            const Eigen::VectorXd size =
                (branch.points[branch.points.size() / 2].high - branch.points[branch.points.size() / 2].low)
                    .cwiseMax(1e-12);
            return std::abs(last.parameter - hopf.parameter) < 0.02 * width &&
                   (middle - hopf.x).cwiseQuotient(size).norm() < 0.2;
        });
}

}  // namespace

Diagram make_diagram(const DiagramSettings& settings) {
    const auto start = Clock::now();
    const language::ModelPtr model = Resources(".").model(settings.model);
    const Unit unit = dynamics::find_quantity(*model, settings.parameter).unit;
    Diagram diagram;
    diagram.text = model->source_text;
    diagram.range = parse_range(settings.parameter, settings.range, unit);
    diagram.field = dynamics::make_vector_field(*model, {settings.parameter}, values_of(*model, settings));
    dynamics::Box box = dynamics::visited_box(diagram.field, diagram.range);
    narrow(box, diagram.field, settings);
    dynamics::StepSettings steps;
    steps.most_steps = settings.steps;
    diagram.equilibria = dynamics::equilibrium_branches(diagram.field, diagram.range, box, steps);
    dynamics::CycleSettings cycles;
    cycles.intervals = settings.intervals;
    cycles.steps = steps;
    for (const dynamics::Branch& branch : diagram.equilibria)
        for (const dynamics::Special& special : branch.special)
            if (settings.cycles && special.kind == dynamics::Bifurcation::hopf &&
                !is_reached(special, diagram))
                diagram.cycles.push_back(
                    dynamics::cycle_branch(diagram.field, diagram.range, box, special, cycles));
    diagram.wall_s = seconds_since(start);
    return diagram;
}

Plane make_plane(const PlaneSettings& settings) {
    const auto start = Clock::now();
    const language::ModelPtr model = Resources(".").model(settings.model);
    Plane made;
    made.text = model->source_text;
    made.field = dynamics::make_vector_field(*model, {}, values_of(*model, settings));
    if (made.field.dimension() < 2)
        throw Error(fmt::format("'{}' has one state; a plane needs two", model->name));
    const std::size_t x = settings.x.empty() ? 0 : state_index(made.field, settings.x);
    const std::size_t y = settings.y.empty() ? (x == 1 ? 0 : 1) : state_index(made.field, settings.y);
    if (x == y) throw Error(fmt::format("both axes of the plane are '{}'", made.field.states[x].name));
    dynamics::Equations equations = made.field.equations();
    dynamics::Box box = dynamics::visited_box(made.field, equations, Eigen::VectorXd());
    narrow(box, made.field, settings);
    made.plane = dynamics::phase_plane(made.field, static_cast<Eigen::Index>(x), static_cast<Eigen::Index>(y),
                                       box, Eigen::VectorXd());
    made.wall_s = seconds_since(start);
    return made;
}

std::size_t shown_state(const dynamics::VectorField& field, const std::string& name) {
    return name.empty() ? 0 : state_index(field, name);
}

void write_diagram_csv(const Diagram& diagram, const std::string& path) {
    std::ofstream file(path);
    if (!file) throw FileError(path, "cannot be written");
    const auto& field = diagram.field;
    std::string head =
        fmt::format("branch,kind,unstable,{} [{}],period [s]", field.free[0].name, field.free[0].unit.name);
    for (const auto& state : field.states)
        head += fmt::format(",lowest {0} [{1}],highest {0} [{1}]", state.name, state.unit.name);
    file << head << '\n';
    std::size_t number = 0;
    const auto row = [&](const char* kind, std::size_t unstable, double parameter, const std::string& period,
                         const Eigen::VectorXd& low, const Eigen::VectorXd& high) {
        file << fmt::format("{},{},{},{:.12g},{}", number, kind, unstable, parameter, period);
        for (Eigen::Index i = 0; i < low.size(); ++i)
            file << fmt::format(",{:.12g},{:.12g}", low[i], high[i]);
        file << '\n';
    };
    for (const auto& branch : diagram.equilibria) {
        for (const auto& point : branch.points)
            row("fixed point", point.unstable, point.parameter, "", point.x, point.x);
        ++number;
    }
    for (const auto& branch : diagram.cycles) {
        for (const auto& point : branch.points)
            row("cycle", point.unstable, point.parameter, fmt::format("{:.12g}", point.period_s), point.low,
                point.high);
        ++number;
    }
    if (!file.flush()) throw FileError(path, "could not be written to its end");
}

}  // namespace neurodyn::experiment
