// SPDX-License-Identifier: BSD-3-Clause
// From names and values as a person writes them to diagrams and planes.
#include "experiment/dynamics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <memory>
#include <numbers>

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

std::size_t state_index(const dynamics::VectorField& field, const std::string& name) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < field.states.size(); ++i) {
        if (field.states[i].name == name) return i;
        known.push_back(field.states[i].name);
    }
    const std::string near = did_you_mean(name, known);
    throw Error(fmt::format("'{}' has no state '{}'{}", field.model, name, near.empty() ? "" : "; " + near));
}

}  // namespace

dynamics::Range parse_range(const std::string& name, const std::string& text, const Unit& unit) {
    const std::size_t dots = text.find("..");
    if (dots == std::string::npos)
        throw Error(fmt::format("the range of '{}' is written LOW..HIGH, not '{}'", name, text));
    const dynamics::Range range{value_in(name, text.substr(0, dots), unit),
                                value_in(name, text.substr(dots + 2), unit)};
    if (!(range.low < range.high)) throw Error(fmt::format("the range of '{}' is empty: {}", name, text));
    return range;
}

namespace {

// What the user says of a box replaces what trajectories visit.
void narrow(dynamics::Box& box, const dynamics::VectorField& field, const DynamicsSettings& settings) {
    for (const auto& [name, text] : settings.box) {
        const std::size_t i = state_index(field, name);
        const dynamics::Range range = parse_range(name, text, field.states[i].unit);
        box.low[static_cast<Eigen::Index>(i)] = range.low;
        box.high[static_cast<Eigen::Index>(i)] = range.high;
    }
}

// Names and units of a box, before anything is computed.
void check_box(const dynamics::VectorField& field, const DynamicsSettings& settings) {
    const Eigen::VectorXd none = Eigen::VectorXd::Zero(field.dimension());
    dynamics::Box box{none, none};
    narrow(box, field, settings);
}

/// What a diagram shows, at a point.
class Shown {
  public:
    explicit Shown(const dynamics::VectorField& field)
        : equation_(std::make_shared<dynamics::Equations>(field.shown_equation())) {}
    double operator()(const Eigen::VectorXd& x, double parameter) const {
        Eigen::VectorXd u(x.size() + 1);
        u << x, parameter;
        return equation_->value(u)[0];
    }

  private:
    std::shared_ptr<dynamics::Equations> equation_;
};

void add_shown(Diagram& diagram, const Shown& shown) {
    for (dynamics::Branch& branch : diagram.equilibria) {
        for (dynamics::BranchPoint& point : branch.points) point.shown = shown(point.x, point.parameter);
        for (dynamics::Special& special : branch.special) special.shown = shown(special.x, special.parameter);
    }
    for (dynamics::CycleBranch& branch : diagram.cycles)
        for (dynamics::Special& special : branch.special) special.shown = shown(special.x, special.parameter);
}

void find_criticality(Diagram& diagram, const dynamics::Box& box) {
    Criticality& found = diagram.criticality;
    if (std::isnan(found.value)) {
        found.distance = found.value;
        return;
    }
    const auto take = [&](const std::vector<dynamics::Special>& specials) {
        for (const dynamics::Special& special : specials)
            found.distance = std::min(found.distance, std::abs(special.parameter - found.value));
    };
    for (const dynamics::Branch& branch : diagram.equilibria) take(branch.special);
    for (const dynamics::CycleBranch& branch : diagram.cycles) take(branch.special);
    dynamics::Equations equations = diagram.field.equations();
    const auto points = dynamics::find_fixed_points(
        diagram.field, equations, Eigen::VectorXd::Constant(1, found.value), {.starts = 200, .box = box});
    for (const dynamics::FixedPoint& point : points) {
        const std::complex<double> leading = point.eigenvalues.front();
        if (!found.has_fixed_points || std::abs(leading.real()) < std::abs(found.leading.real()))
            found.leading = leading;
        found.has_fixed_points = true;
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

Subject subject_of(const std::string& model, const NamedTexts& set) {
    Subject subject{Resources(".").model(model), {}, {}};
    for (const auto& [name, text] : set) {
        const Unit& unit = dynamics::find_quantity(*subject.model, name).unit;
        subject.values[name] = value_in(name, text, unit) * unit.scale;
    }
    return subject;
}

Diagram plan_diagram(const Subject& subject, const DiagramSettings& settings) {
    const Unit unit = dynamics::find_quantity(*subject.model, settings.parameter).unit;
    Diagram diagram;
    diagram.text = subject.model->source_text;
    diagram.range = parse_range(settings.parameter, settings.range, unit);
    diagram.field =
        dynamics::make_vector_field(*subject.model, {settings.parameter}, subject.values, settings.show);
    const auto& without = subject.without_value;
    const bool has_value = std::find(without.begin(), without.end(), settings.parameter) == without.end();
    diagram.criticality.value = has_value ? diagram.field.free_value.front() : std::nan("");
    check_box(diagram.field, settings);
    return diagram;
}

Diagram make_diagram(const Subject& subject, const DiagramSettings& settings) {
    const auto start = Clock::now();
    Diagram diagram = plan_diagram(subject, settings);
    dynamics::Box box = dynamics::visited_box(diagram.field, diagram.range);
    narrow(box, diagram.field, settings);
    dynamics::StepSettings steps;
    steps.most_steps = settings.steps;
    diagram.equilibria = dynamics::equilibrium_branches(diagram.field, diagram.range, box, steps);
    const Shown shown(diagram.field);
    dynamics::CycleSettings cycles;
    cycles.intervals = settings.intervals;
    cycles.steps = steps;
    cycles.shown = shown;
    for (const dynamics::Branch& branch : diagram.equilibria)
        for (const dynamics::Special& special : branch.special)
            if (settings.cycles && special.kind == dynamics::Bifurcation::hopf &&
                !is_reached(special, diagram))
                diagram.cycles.push_back(
                    dynamics::cycle_branch(diagram.field, diagram.range, box, special, cycles));
    add_shown(diagram, shown);
    find_criticality(diagram, box);
    diagram.wall_s = seconds_since(start);
    return diagram;
}

Curves plan_curves(const Subject& subject, const CurvesSettings& settings) {
    Curves made;
    made.text = subject.model->source_text;
    const auto& [first, second] = settings.over;
    if (first.first == second.first)
        throw Error(fmt::format("both parameters of the plane are '{}'", first.first));
    for (std::size_t k = 0; k < 2; ++k) {
        const auto& [name, range] = settings.over[k];
        made.ranges[k] = parse_range(name, range, dynamics::find_quantity(*subject.model, name).unit);
    }
    made.field = dynamics::make_vector_field(*subject.model, {first.first, second.first}, subject.values);
    check_box(made.field, settings);
    return made;
}

Curves make_curves(const Subject& subject, const CurvesSettings& settings) {
    const auto start = Clock::now();
    Curves made = plan_curves(subject, settings);
    dynamics::Box box = dynamics::visited_box(made.field, made.ranges[0], made.ranges[1]);
    narrow(box, made.field, settings);
    dynamics::StepSettings steps;
    steps.most_steps = settings.steps;
    made.curves = dynamics::bifurcation_curves(made.field, made.ranges[0], made.ranges[1], box, steps);
    made.wall_s = seconds_since(start);
    return made;
}

Plane plan_plane(const Subject& subject, const PlaneSettings& settings) {
    Plane made;
    made.text = subject.model->source_text;
    made.field = dynamics::make_vector_field(*subject.model, {}, subject.values);
    if (made.field.dimension() < 2)
        throw Error(fmt::format("'{}' has one state; a plane needs two", subject.model->name));
    const std::size_t x = settings.x.empty() ? 0 : state_index(made.field, settings.x);
    const std::size_t y = settings.y.empty() ? (x == 1 ? 0 : 1) : state_index(made.field, settings.y);
    if (x == y) throw Error(fmt::format("both axes of the plane are '{}'", made.field.states[x].name));
    made.plane.x = static_cast<Eigen::Index>(x);
    made.plane.y = static_cast<Eigen::Index>(y);
    check_box(made.field, settings);
    return made;
}

std::string proof_of(const Plane& made) {
    const dynamics::Enclosure& proof = made.plane.proof;
    if (proof.is_complete())
        return fmt::format("all in the box, as interval arithmetic proves ({} boxes)", proof.boxes);
    const dynamics::Box& open = proof.open.front();
    std::string place;
    for (std::size_t i = 0; i < made.field.states.size(); ++i) {
        const auto k = static_cast<Eigen::Index>(i);
        const std::string& unit = made.field.states[i].unit.name;
        place += fmt::format("{}{} = {:.4g}..{:.4g}{}", i > 0 ? ", " : "", made.field.states[i].name,
                             open.low[k], open.high[k], unit == "1" ? "" : " " + unit);
    }
    return fmt::format("others are not excluded in {} of {} boxes, such as {}", proof.open.size(),
                       proof.boxes, place);
}

Plane make_plane(const Subject& subject, const PlaneSettings& settings) {
    const auto start = Clock::now();
    Plane made = plan_plane(subject, settings);
    dynamics::Equations equations = made.field.equations();
    dynamics::Box box = dynamics::visited_box(made.field, equations, Eigen::VectorXd());
    narrow(box, made.field, settings);
    made.plane = dynamics::phase_plane(made.field, made.plane.x, made.plane.y, box, Eigen::VectorXd());
    made.wall_s = seconds_since(start);
    return made;
}

void write_curves_csv(const Curves& made, const std::string& path) {
    std::ofstream file(path);
    if (!file) throw FileError(path, "cannot be written");
    std::string head = "curve,kind";
    for (const auto* list : {&made.field.free, &made.field.states})
        for (const auto& quantity : *list) head += fmt::format(",{} [{}]", quantity.name, quantity.unit.name);
    file << head << ",frequency [Hz],first Lyapunov coefficient\n";
    for (std::size_t number = 0; number < made.curves.size(); ++number) {
        const auto& curve = made.curves[number];
        for (const auto& point : curve.points) {
            file << fmt::format("{},{},{:.12g},{:.12g}", number, to_string(curve.kind), point.first,
                                point.second);
            for (const double x : point.x) file << fmt::format(",{:.12g}", x);
            if (curve.kind == dynamics::Bifurcation::hopf)
                file << fmt::format(",{:.12g},{:.12g}\n", point.frequency_rad_s / (2.0 * std::numbers::pi),
                                    point.first_lyapunov);
            else
                file << ",,\n";
        }
    }
    if (!file.flush()) throw FileError(path, "could not be written to its end");
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

Exponents make_exponents(const dynamics::TangentFlow& flow, const dynamics::LyapunovSettings& settings,
                         const std::string& text) {
    const auto start = std::chrono::steady_clock::now();
    Exponents made{flow.name, dynamics::lyapunov_spectrum(flow, settings), text, 0.0};
    made.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return made;
}

void write_exponents_csv(const Exponents& exponents, const std::string& path) {
    const dynamics::LyapunovSpectrum& spectrum = exponents.spectrum;
    std::ofstream file(path);
    if (!file) throw FileError(path, "cannot be written");
    file << "time [s]";
    for (Eigen::Index e = 0; e < spectrum.exponents.size(); ++e)
        file << fmt::format(",exponent {} [1/s]", e + 1);
    file << '\n';
    for (std::size_t i = 0; i < spectrum.time_s.size(); ++i) {
        file << fmt::format("{:.12g}", spectrum.time_s[i]);
        for (const double value : spectrum.running.col(static_cast<Eigen::Index>(i)))
            file << fmt::format(",{:.12g}", value);
        file << '\n';
    }
    if (!file.flush()) throw FileError(path, "could not be written to its end");
}

}  // namespace neurodyn::experiment
