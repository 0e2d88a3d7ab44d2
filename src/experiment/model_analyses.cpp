// SPDX-License-Identifier: BSD-3-Clause
// Rows, subjects and results of the analyses of equations.
#include "experiment/model_analyses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "experiment/model_picture.hpp"

namespace neurodyn::experiment {
namespace {

using analysis::Analysis;
using analysis::Options;
using analysis::OptionSpec;
using analysis::Result;
using dynamics::Bifurcation;

struct Kind {
    Bifurcation kind;
    const char *name, *doc;
};

constexpr std::array<Kind, 7> on_a_line = {{
    {Bifurcation::fold, "fold", "values at which branches of fixed points fold"},
    {Bifurcation::hopf, "hopf", "values at which cycles begin at a fixed point"},
    {Bifurcation::branch_point, "branch_point", "values at which branches of fixed points cross"},
    {Bifurcation::cycle_fold, "cycle_fold", "values at which branches of cycles fold"},
    {Bifurcation::period_doubling, "period_doubling", "values at which a cycle's period doubles"},
    {Bifurcation::torus, "torus", "values at which a torus leaves a cycle"},
    {Bifurcation::homoclinic, "homoclinic", "values at which a cycle's period grows without bound"},
}};
constexpr std::array<Kind, 5> in_a_plane = {{
    {Bifurcation::cusp, "cusp", "where two curves of folds meet"},
    {Bifurcation::bogdanov_takens, "bogdanov_takens", "where a curve of Hopf points ends at folds"},
    {Bifurcation::bautin, "bautin", "where Hopf points turn from supercritical to subcritical"},
    {Bifurcation::zero_hopf, "zero_hopf", "where a fold meets a Hopf point of the same fixed point"},
    {Bifurcation::double_hopf, "double_hopf", "where two Hopf points of the same fixed point meet"},
}};

std::string second_name(const Kind& kind) { return std::string(kind.name) + "_second"; }

/// The dimension of a kind's results.
std::string points_of(const Kind& kind) { return std::string(kind.name) + "_point"; }

OptionSpec word(std::string name, std::string doc) {
    return {std::move(name), "", std::string(), std::move(doc)};
}

const analysis::InputSpec population_input{
    "population", {}, true, "a population, whose model is read with its parameters' values"};

std::vector<OptionSpec> with_box(std::vector<OptionSpec> options) {
    options.push_back(word("box",
                           "where to look: STATE=LOW..HIGH, more of them with commas; else where "
                           "trajectories go"));
    return options;
}

Analysis bifurcation_row() {
    Analysis row{"bifurcation",
                 "fixed points, cycles and their bifurcations over a parameter",
                 {population_input},
                 with_box({word("over", "the parameter"),
                           word("range", "of the parameter: LOW..HIGH"),
                           word("show", "the state or definition that is drawn; else the first state"),
                           {"cycles", "", true, "follow the cycles, too"}}),
                 {},
                 {},
                 {}};
    for (const Kind& kind : on_a_line)
        row.results.push_back({kind.name, kind.doc, {points_of(kind)}, "parameter"});
    row.results.push_back({"hopf_frequency", "of the cycles that begin there", {"hopf_point"}, "Hz"});
    row.results.push_back(
        {"hopf_lyapunov", "first Lyapunov coefficient; negative: supercritical", {"hopf_point"}, ""});
    row.results.push_back(
        {"distance", "from the parameter's own value to the nearest bifurcation", {}, "parameter"});
    row.results.push_back(
        {"leading_real", "real part of the leading eigenvalue there that is nearest to zero", {}, "1/s"});
    row.results.push_back({"leading_frequency", "of the same eigenvalue", {}, "Hz"});
    return row;
}

Analysis curves_row() {
    Analysis row{
        "bifurcation_curves",
        "folds and Hopf points over two parameters",
        {population_input},
        with_box({word("over", "the first parameter"), word("range", "of the first: LOW..HIGH"),
                  word("and", "the second parameter"), word("and_range", "of the second: LOW..HIGH")}),
        {},
        {},
        {}};
    for (const Kind& kind : in_a_plane) {
        row.results.push_back(
            {kind.name, fmt::format("{}: first parameter", kind.doc), {points_of(kind)}, "first"});
        row.results.push_back(
            {second_name(kind), fmt::format("{}: second parameter", kind.doc), {points_of(kind)}, "second"});
    }
    return row;
}

Analysis plane_row() {
    return {"phase_plane",
            "fixed points, nullclines and flow in the plane of two states",
            {population_input},
            with_box({word("x", "the state across; else the first"),
                      word("y", "the state upwards; else the second")}),
            {{"x", "of the fixed points, ascending by the first state", {"fixed_point"}, "x"},
             {"y", "of the fixed points", {"fixed_point"}, "y"},
             {"stable", "1 where a fixed point is stable", {"fixed_point"}, ""},
             {"leading_real", "real part of its leading eigenvalue", {"fixed_point"}, "1/s"},
             {"leading_frequency", "of the same eigenvalue", {"fixed_point"}, "Hz"},
             {"count", "number of fixed points", {}, ""},
             {"proved", "1 where interval arithmetic proves that there are no others in the box", {}, ""}},
            {},
            {}};
}

const analysis::InputSpec network_input{
    "population", {}, true, "a population, with all that projections join to it"};

constexpr std::size_t of_networks = 3;  ///< of on_a_line: folds, Hopf points and branch points

Analysis network_row() {
    Analysis row{"network_bifurcation",
                 "states of rest of a network and their bifurcations, with its delays",
                 {network_input},
                 {word("over", "POPULATION.NAME, PROJECTION.NAME or PROJECTION.delay"),
                  word("range", "of the parameter: LOW..HIGH"),
                  {"steps", "", 1000.0, "at most, of a branch", {}, analysis::positive}},
                 {},
                 {},
                 {}};
    for (std::size_t k = 0; k < of_networks; ++k)
        row.results.push_back({on_a_line[k].name, on_a_line[k].doc, {points_of(on_a_line[k])}, "parameter"});
    row.results.push_back({"hopf_frequency", "of the cycles that begin there", {"hopf_point"}, "Hz"});
    row.results.push_back(
        {"distance", "from the parameter's own value to the nearest bifurcation", {}, "parameter"});
    return row;
}

Analysis lyapunov_row(const char* name, const char* doc, const analysis::InputSpec& input, double exponents) {
    return {
        name,
        doc,
        {input},
        {{"duration", "s", 0.0, "over which growth is averaged; needed", {}, analysis::not_negative},
         {"discard",
          "s",
          0.0,
          "before that, until the trajectory is on its attractor; 0: a tenth of it",
          {},
          analysis::not_negative},
         {"exponents", "", exponents, "how many, from the largest; 0: all", {}, analysis::not_negative},
         {"seed", "", 0.0, "of the first tangent vectors", {}, analysis::not_negative},
         {"step",
          "s",
          0.0,
          "above 0: of the map that forward Euler steps of this length make",
          {},
          analysis::not_negative},
         {"tolerance", "", 1e-8, "error of a step, in parts of a state's spread", {}, analysis::positive}},
        {{"exponent", "Lyapunov exponents, from the largest", {"rank"}, "1/s"},
         {"error", "their standard errors", {"rank"}, "1/s"},
         {"largest", "the first of them", {}, "1/s"},
         {"sum", "of all, the mean divergence; not a number unless all were asked for", {}, "1/s"},
         {"dimension", "Kaplan & Yorke's; not a number where the exponents do not tell", {}, ""}},
        {},
        {}};
}

const std::string& word_of(const Options& options, std::string_view name) {
    static const std::string none;
    const auto found = options.find(name);
    return found == options.end() ? none : std::get<std::string>(found->second);
}

const std::string& needed(const Options& options, std::string_view name, const char* example) {
    const std::string& text = word_of(options, name);
    if (text.empty()) throw Error(fmt::format("it needs '{}', such as {}: {}", name, name, example));
    return text;
}

NamedTexts box_of(const Options& options) {
    NamedTexts box;
    const std::string& text = word_of(options, "box");
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        std::string one = text.substr(begin, end - begin);
        begin = end + 1;
        const std::size_t equals = one.find('=');
        if (equals == std::string::npos)
            throw Error(fmt::format("'box' is written STATE=LOW..HIGH, not '{}'", one));
        std::string name = one.substr(0, equals);
        std::erase(name, ' ');
        box.emplace_back(std::move(name), one.substr(equals + 1));
    }
    return box;
}

// Parameters that differ between nodes have no one value, unless they are varied.
Subject subject_of(const network::Population& population, const std::vector<std::string>& varied,
                   std::size_t member) {
    Subject subject{population.model, {}, {}};
    for (const auto& [name, values] : population.parameters) {
        bool same = true;
        for (std::size_t node = 1; node < values.nodes; ++node)
            same = same && values.at(node, member) == values.at(0, member);
        if (!same && std::find(varied.begin(), varied.end(), name) == varied.end())
            throw Error(
                fmt::format("'{}' of population '{}' differs between its nodes; the equations are read "
                            "with one value: make a population of one node beside it",
                            name, population.name));
        if (!same) subject.without_value.push_back(name);
        if (same) subject.values[name] = values.at(0, member);
    }
    return subject;
}

DiagramSettings diagram_settings(const Options& options) {
    DiagramSettings settings;
    settings.parameter = needed(options, "over", "I");
    settings.range = needed(options, "range", "0..100");
    settings.show = word_of(options, "show");
    settings.box = box_of(options);
    if (const auto cycles = options.find("cycles"); cycles != options.end())
        settings.cycles = std::get<bool>(cycles->second);
    return settings;
}

CurvesSettings curves_settings(const Options& options) {
    CurvesSettings settings;
    settings.over[0] = {needed(options, "over", "I"), needed(options, "range", "0..100")};
    settings.over[1] = {needed(options, "and", "phi"), needed(options, "and_range", "0..1")};
    settings.box = box_of(options);
    return settings;
}

PlaneSettings plane_settings(const Options& options) {
    PlaneSettings settings;
    settings.x = word_of(options, "x");
    settings.y = word_of(options, "y");
    settings.box = box_of(options);
    return settings;
}

double number_of(const std::string& analysis, const Options& options, const std::string& name) {
    const auto given = options.find(name);
    if (given != options.end()) return std::get<double>(given->second);
    const std::vector<OptionSpec>& known = find_row(analysis).options;
    const auto row = std::find_if(known.begin(), known.end(),
                                  [&](const OptionSpec& option) { return option.name == name; });
    return std::get<double>(row->default_value);
}

dynamics::LyapunovSettings lyapunov_settings(const std::string& analysis, const Options& options) {
    const auto number = [&](const char* name) { return number_of(analysis, options, name); };
    const auto whole = [&](const char* name) {
        const double value = number(name);
        if (value != std::floor(value) || value > 1e9)
            throw Error(fmt::format("'{}' is {}; it must be a whole number", name, value));
        return static_cast<Eigen::Index>(value);
    };
    dynamics::LyapunovSettings settings;
    settings.duration_s = number("duration");
    if (settings.duration_s == 0.0) throw Error("it needs 'duration', such as duration: 100 s");
    settings.discard_s = number("discard") > 0.0 ? number("discard") : 0.1 * settings.duration_s;
    settings.exponents = whole("exponents");
    settings.seed = static_cast<std::uint64_t>(whole("seed"));
    settings.step_s = number("step");
    settings.tolerance = number("tolerance");
    return settings;
}

dynamics::TangentFlow flow_of(const std::string& analysis, const network::Network& network,
                              const network::Population& population, std::size_t member) {
    if (analysis == "network_lyapunov")
        return dynamics::tangent_flow(
            network_field(network, {.population = population.name, .member = member}), population.name);
    const Subject subject = subject_of(population, {}, member);
    return dynamics::tangent_flow(dynamics::make_vector_field(*subject.model, {}, subject.values));
}

std::string unit_of(const Unit& unit) { return unit.name == "1" ? "" : unit.name; }

void add_list(Result& result, const std::string& name, const char* doc, const std::string& dimension,
              std::vector<double> values, const std::string& unit) {
    const std::size_t size = values.size();
    result.add_vector(name, doc, {dimension, size}, std::move(values), unit);
}

using Specials = std::vector<const dynamics::Special*>;

Specials of_kind(Bifurcation kind, const auto&... lists) {
    Specials found;
    const auto take = [&](const auto& branches) {
        for (const auto& branch : branches)
            for (const auto& special : branch.special)
                if (special.kind == kind) found.push_back(&special);
    };
    (take(lists), ...);
    std::stable_sort(found.begin(), found.end(),
                     [](const auto* a, const auto* b) { return a->parameter < b->parameter; });
    return found;
}

Specials of_kind(const Diagram& diagram, Bifurcation kind) {
    return of_kind(kind, diagram.equilibria, diagram.cycles);
}

double hertz(double rad_s) { return rad_s / (2.0 * std::numbers::pi); }

Result result_of(const Diagram& diagram) {
    Result result;
    const std::string unit = unit_of(diagram.field.free[0].unit);
    const auto values = [&](Bifurcation kind, auto&& value) {
        std::vector<double> list;
        for (const auto* special : of_kind(diagram, kind)) list.push_back(value(*special));
        return list;
    };
    for (const Kind& kind : on_a_line)
        add_list(result, kind.name, kind.doc, points_of(kind),
                 values(kind.kind, [](const auto& special) { return special.parameter; }), unit);
    add_list(result, "hopf_frequency", "of the cycles that begin there", "hopf_point",
             values(Bifurcation::hopf, [](const auto& special) { return hertz(special.frequency_rad_s); }),
             "Hz");
    add_list(result, "hopf_lyapunov", "first Lyapunov coefficient; negative: supercritical", "hopf_point",
             values(Bifurcation::hopf, [](const auto& special) { return special.first_lyapunov; }), "");
    const Criticality& near = diagram.criticality;
    result.add_scalar("distance", "from the parameter's own value to the nearest bifurcation", near.distance,
                      unit);
    const double unknown = std::nan("");
    result.add_scalar("leading_real", "real part of the leading eigenvalue there that is nearest to zero",
                      near.has_fixed_points ? near.leading.real() : unknown, "1/s");
    result.add_scalar("leading_frequency", "of the same eigenvalue",
                      near.has_fixed_points ? hertz(near.leading.imag()) : unknown, "Hz");
    return result;
}

Result result_of(const Curves& made) {
    Result result;
    for (const Kind& kind : in_a_plane) {
        std::vector<std::pair<double, double>> at;
        for (const auto& curve : made.curves)
            for (const auto& special : curve.special)
                if (special.kind == kind.kind) at.emplace_back(special.parameter, *special.second);
        std::sort(at.begin(), at.end());
        std::vector<double> first, second;
        for (const auto& [p, q] : at) first.push_back(p), second.push_back(q);
        add_list(result, kind.name, kind.doc, points_of(kind), std::move(first),
                 unit_of(made.field.free[0].unit));
        add_list(result, second_name(kind), kind.doc, points_of(kind), std::move(second),
                 unit_of(made.field.free[1].unit));
    }
    return result;
}

Result result_of(const Plane& made) {
    Result result;
    const auto& points = made.plane.fixed_points;
    const auto list = [&](const char* name, const char* doc, const std::string& unit, auto&& value) {
        std::vector<double> values;
        for (const dynamics::FixedPoint& point : points) values.push_back(value(point));
        add_list(result, name, doc, "fixed_point", std::move(values), unit);
    };
    const auto state_unit = [&](Eigen::Index i) {
        return unit_of(made.field.states[static_cast<std::size_t>(i)].unit);
    };
    list("x", "of the fixed points", state_unit(made.plane.x),
         [&](const auto& p) { return p.x[made.plane.x]; });
    list("y", "of the fixed points", state_unit(made.plane.y),
         [&](const auto& p) { return p.x[made.plane.y]; });
    list("stable", "1 where a fixed point is stable", "",
         [](const auto& p) { return p.is_stable() ? 1.0 : 0.0; });
    list("leading_real", "real part of its leading eigenvalue", "1/s",
         [](const auto& p) { return p.eigenvalues.front().real(); });
    list("leading_frequency", "of the same eigenvalue", "Hz",
         [](const auto& p) { return hertz(p.eigenvalues.front().imag()); });
    result.add_scalar("count", "number of fixed points", static_cast<double>(points.size()));
    result.add_scalar("proved", "1 where interval arithmetic proves that there are no others in the box",
                      made.plane.proof.is_complete() ? 1.0 : 0.0);
    return result;
}

Result result_of(const Exponents& made) {
    Result result;
    const auto list = [](const Eigen::VectorXd& values) {
        return std::vector<double>(values.begin(), values.end());
    };
    const dynamics::LyapunovSpectrum& spectrum = made.spectrum;
    add_list(result, "exponent", "Lyapunov exponents, from the largest", "rank", list(spectrum.exponents),
             "1/s");
    add_list(result, "error", "their standard errors", "rank", list(spectrum.standard_error), "1/s");
    result.add_scalar("largest", "the first of them", spectrum.exponents[0], "1/s");
    result.add_scalar("sum", "of all, the mean divergence", spectrum.sum, "1/s");
    result.add_scalar("dimension", "Kaplan & Yorke's", spectrum.dimension);
    return result;
}

Result result_of(const NetworkDiagram& made) {
    Result result;
    const std::string unit = unit_of(made.field.parameter.unit);
    double distance = std::nan("");
    std::vector<double> frequencies;
    for (std::size_t k = 0; k < of_networks; ++k) {
        const Kind& kind = on_a_line[k];
        std::vector<double> at;
        for (const auto* special : of_kind(kind.kind, made.branches)) {
            at.push_back(special->parameter);
            distance = std::fmin(distance, std::abs(special->parameter - made.field.value));
            if (kind.kind == Bifurcation::hopf) frequencies.push_back(hertz(special->frequency_rad_s));
        }
        add_list(result, kind.name, kind.doc, points_of(kind), std::move(at), unit);
    }
    add_list(result, "hopf_frequency", "of the cycles that begin there", "hopf_point", std::move(frequencies),
             "Hz");
    result.add_scalar("distance", "from the parameter's own value to the nearest bifurcation", distance,
                      unit);
    return result;
}

NetworkDiagram network_plan(const network::Network& network, const network::Population& population,
                            const Options& options, std::size_t member) {
    const std::string& over = needed(options, "over", "PROJECTION.G");
    const std::string& range = needed(options, "range", "0..1");
    return plan_network_diagram(
        population.name,
        network_field(network, {.parameter = over, .population = population.name, .member = member}), range,
        population.model->source_text);
}

Exponents plan_exponents(const dynamics::TangentFlow& flow, const dynamics::LyapunovSettings& settings) {
    Exponents made;
    dynamics::check(flow, settings);
    const Eigen::Index count = settings.exponents == 0 ? flow.start.size() : settings.exponents;
    made.spectrum.exponents = made.spectrum.standard_error = Eigen::VectorXd::Zero(count);
    return made;
}

bool is_lyapunov(const std::string& analysis) {
    return analysis == "lyapunov" || analysis == "network_lyapunov";
}

template <class Made>
ModelResult with_picture(Made made) {
    Result result = result_of(made);
    return {std::move(result), std::make_shared<const ModelPicture>(ModelPicture{std::move(made)})};
}

}  // namespace

std::span<const Analysis> model_analyses() {
    static const std::vector<Analysis> rows = {
        bifurcation_row(),
        curves_row(),
        plane_row(),
        lyapunov_row("lyapunov", "Lyapunov exponents of a population's equations", population_input, 0.0),
        network_row(),
        lyapunov_row("network_lyapunov", "the largest Lyapunov exponents of a network", network_input, 1.0)};
    return rows;
}

bool reads_model(std::string_view analysis) {
    const auto rows = model_analyses();
    return std::any_of(rows.begin(), rows.end(), [&](const Analysis& row) { return row.name == analysis; });
}

const Analysis& find_row(std::string_view name) {
    for (const Analysis& row : model_analyses())
        if (row.name == name) return row;
    return analysis::find_analysis(name);
}

std::vector<const Analysis*> all_rows() {
    std::vector<const Analysis*> rows;
    for (const Analysis& row : analysis::table()) rows.push_back(&row);
    for (const Analysis& row : model_analyses()) rows.push_back(&row);
    std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
    return rows;
}

Result outline_model(const std::string& analysis, const network::Network& network,
                     const network::Population& population, const Options& options) {
    if (is_lyapunov(analysis))
        return result_of(
            plan_exponents(flow_of(analysis, network, population, 0), lyapunov_settings(analysis, options)));
    if (analysis == "network_bifurcation") return result_of(network_plan(network, population, options, 0));
    if (analysis == "bifurcation") {
        const DiagramSettings settings = diagram_settings(options);
        return result_of(plan_diagram(subject_of(population, {settings.parameter}, 0), settings));
    }
    if (analysis == "bifurcation_curves") {
        const CurvesSettings settings = curves_settings(options);
        return result_of(plan_curves(
            subject_of(population, {settings.over[0].first, settings.over[1].first}, 0), settings));
    }
    return result_of(plan_plane(subject_of(population, {}, 0), plane_settings(options)));
}

ModelResult run_model(const std::string& analysis, const network::Network& network,
                      const network::Population& population, const Options& options, std::size_t member) {
    if (is_lyapunov(analysis))
        return with_picture(make_exponents(flow_of(analysis, network, population, member),
                                           lyapunov_settings(analysis, options),
                                           population.model->source_text));
    if (analysis == "network_bifurcation") {
        const double steps = number_of(analysis, options, "steps");
        return with_picture(
            follow_network(network_plan(network, population, options, member), static_cast<int>(steps)));
    }
    if (analysis == "bifurcation") {
        const DiagramSettings settings = diagram_settings(options);
        return with_picture(make_diagram(subject_of(population, {settings.parameter}, member), settings));
    }
    if (analysis == "bifurcation_curves") {
        const CurvesSettings settings = curves_settings(options);
        return with_picture(make_curves(
            subject_of(population, {settings.over[0].first, settings.over[1].first}, member), settings));
    }
    return with_picture(make_plane(subject_of(population, {}, member), plane_settings(options)));
}

}  // namespace neurodyn::experiment
