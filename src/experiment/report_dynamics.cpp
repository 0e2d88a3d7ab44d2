// SPDX-License-Identifier: BSD-3-Clause
// Pages of bifurcation diagrams and phase planes.
#include <fmt/format.h>

#include <cmath>
#include <neurodyn/neurodyn.hpp>
#include <numbers>

#include "experiment/model_picture.hpp"
#include "experiment/report_json.hpp"
#include "record/writer.hpp"

namespace neurodyn::experiment {
namespace {

using dynamics::Bifurcation;
using dynamics::Lines;

/// Lines that break where a branch ends or changes its stability.
class Pieces {
  public:
    void add(double x, double y, bool stable) {
        if (last_ && stable != *last_) {
            put(stable, last_x_, last_y_);  // the pieces meet
            end(*last_);
        }
        put(stable, x, y);
        last_ = stable, last_x_ = x, last_y_ = y;
    }
    void end_branch() {
        if (last_) end(*last_);
        last_.reset();
    }
    const Lines& stable() const { return stable_; }
    const Lines& unstable() const { return unstable_; }

  private:
    void put(bool stable, double x, double y) {
        Lines& lines = stable ? stable_ : unstable_;
        lines.x.push_back(x);
        lines.y.push_back(y);
    }
    void end(bool stable) { put(stable, std::nan(""), std::nan("")); }

    Lines stable_, unstable_;
    std::optional<bool> last_;
    double last_x_ = 0.0, last_y_ = 0.0;
};

Json values(const std::vector<double>& numbers) {
    Json list = Json::array();
    for (const double x : numbers) list.push_back(finite(x));
    return list;
}

void add_lines(Json& series, const std::string& name, const Lines& lines, const char* dash,
               const char* style = "line") {
    if (lines.x.empty()) return;
    series.push_back(
        {{"name", name}, {"x", values(lines.x)}, {"y", values(lines.y)}, {"dash", dash}, {"style", style}});
}

Json parameter_axis(const Diagram& diagram) {
    return axis(diagram.field.free[0].name, diagram.field.free[0].unit.name);
}

Json branches_figure(const Diagram& diagram) {
    Pieces points, high, low;
    for (const auto& branch : diagram.equilibria) {
        for (const auto& p : branch.points) points.add(p.parameter, p.shown, p.unstable == 0);
        points.end_branch();
    }
    for (const auto& branch : diagram.cycles) {
        for (const auto& p : branch.points) {
            high.add(p.parameter, p.shown_high, p.unstable == 0);
            low.add(p.parameter, p.shown_low, p.unstable == 0);
        }
        high.end_branch();
        low.end_branch();
    }
    const auto both = [](const Lines& a, const Lines& b) {
        Lines made = a;
        made.x.insert(made.x.end(), b.x.begin(), b.x.end());
        made.y.insert(made.y.end(), b.y.begin(), b.y.end());
        return made;
    };
    Json series = Json::array();
    add_lines(series, "stable fixed points", points.stable(), "solid");
    add_lines(series, "unstable fixed points", points.unstable(), "dash");
    add_lines(series, "stable cycles", both(high.stable(), low.stable()), "solid");
    add_lines(series, "unstable cycles", both(high.unstable(), low.unstable()), "dash");
    for (const auto kind : {Bifurcation::fold, Bifurcation::hopf, Bifurcation::branch_point}) {
        Lines marks;
        for (const auto& branch : diagram.equilibria)
            for (const auto& special : branch.special)
                if (special.kind == kind) {
                    marks.x.push_back(special.parameter);
                    marks.y.push_back(special.shown);
                }
        add_lines(series, std::string(to_string(kind)), marks, "solid", "markers");
    }
    const auto& shown = diagram.field.shown;
    return {
        {"kind", "lines"},
        {"title", "Fixed points and cycles"},
        {"caption", fmt::format("{} at fixed points, and its highest and lowest value on cycles, over {}: "
                                "pseudo-arclength continuation, cycles by orthogonal collocation.",
                                shown.name, diagram.field.free[0].name)},
        {"x", parameter_axis(diagram)},
        {"y", axis(shown.name, shown.unit.name)},
        {"series", series}};
}

Json period_figure(const Diagram& diagram) {
    Pieces period;
    for (const auto& branch : diagram.cycles) {
        for (const auto& p : branch.points) period.add(p.parameter, p.period_s * 1e3, p.unstable == 0);
        period.end_branch();
    }
    Json series = Json::array();
    add_lines(series, "stable cycles", period.stable(), "solid");
    add_lines(series, "unstable cycles", period.unstable(), "dash");
    Json y = axis("period", "ms");
    y["scale"] = "log";
    return {
        {"kind", "lines"},
        {"title", "Periods of the cycles"},
        {"caption",
         "A period that grows without bound ends at a homoclinic orbit or at a saddle-node on the cycle."},
        {"x", parameter_axis(diagram)},
        {"y", y},
        {"series", series}};
}

Json special_table(const Diagram& diagram) {
    Json columns =
        Json::array({{{"label", "point"}},
                     {{"label", diagram.field.free[0].name}, {"unit", diagram.field.free[0].unit.name}},
                     {{"label", "what it is"}}});
    for (const auto& state : diagram.field.states)
        columns.push_back({{"label", state.name}, {"unit", state.unit.name}});
    Json rows = Json::array();
    const auto add = [&](const std::vector<dynamics::Special>& specials) {
        for (const auto& special : specials) {
            Json cells = Json::array({std::string(to_string(special.kind)),
                                      fmt::format("{:.8g}", special.parameter), describe(special)});
            for (Eigen::Index i = 0; i < special.x.size(); ++i)
                cells.push_back(fmt::format("{:.6g}", special.x[i]));
            rows.push_back({{"cells", cells}});
        }
    };
    for (const auto& branch : diagram.equilibria) add(branch.special);
    for (const auto& branch : diagram.cycles) add(branch.special);
    return {{"kind", "table"}, {"title", "Bifurcations"}, {"columns", columns}, {"rows", rows}};
}

Json curves_figure(const Curves& made) {
    Pieces hopf;
    Lines folds;
    for (const auto& curve : made.curves) {
        for (const auto& p : curve.points) {
            if (curve.kind == Bifurcation::hopf) {
                hopf.add(p.first, p.second, p.first_lyapunov < 0.0);
            } else {
                folds.x.push_back(p.first);
                folds.y.push_back(p.second);
            }
        }
        hopf.end_branch();
        folds.x.push_back(std::nan(""));
        folds.y.push_back(std::nan(""));
    }
    Json series = Json::array();
    if (folds.x.size() > made.curves.size()) add_lines(series, "folds", folds, "solid");
    add_lines(series, "Hopf points, supercritical", hopf.stable(), "solid");
    add_lines(series, "Hopf points, subcritical", hopf.unstable(), "dash");
    for (const auto kind : {Bifurcation::cusp, Bifurcation::bogdanov_takens, Bifurcation::bautin,
                            Bifurcation::zero_hopf, Bifurcation::double_hopf}) {
        Lines marks;
        for (const auto& curve : made.curves)
            for (const auto& special : curve.special)
                if (special.kind == kind) {
                    marks.x.push_back(special.parameter);
                    marks.y.push_back(*special.second);
                }
        add_lines(series, std::string(to_string(kind)), marks, "solid", "markers");
    }
    const auto &first = made.field.free[0], &second = made.field.free[1];
    return {{"kind", "lines"},
            {"title", "Folds and Hopf points"},
            {"caption",
             "Where fixed points bifurcate in the plane of two parameters. A Hopf curve is solid where "
             "the cycles that it sheds are stable (on the centre manifold)."},
            {"x", axis(first.name, first.unit.name)},
            {"y", axis(second.name, second.unit.name)},
            {"series", series}};
}

Json corner_table(const Curves& made) {
    Json columns = Json::array({{{"label", "point"}}});
    for (const auto& parameter : made.field.free)
        columns.push_back({{"label", parameter.name}, {"unit", parameter.unit.name}});
    columns.push_back({{"label", "frequency"}});
    for (const auto& state : made.field.states)
        columns.push_back({{"label", state.name}, {"unit", state.unit.name}});
    Json rows = Json::array();
    for (const auto& curve : made.curves)
        for (const auto& special : curve.special) {
            Json cells =
                Json::array({std::string(to_string(special.kind)), fmt::format("{:.8g}", special.parameter),
                             fmt::format("{:.8g}", *special.second), describe(special)});
            for (const double x : special.x) cells.push_back(fmt::format("{:.6g}", x));
            rows.push_back({{"cells", cells}});
        }
    return {{"kind", "table"}, {"title", "Points where curves change"}, {"columns", columns}, {"rows", rows}};
}

Json fixed_point_table(const Plane& made) {
    Json columns = Json::array();
    for (const auto& state : made.field.states)
        columns.push_back({{"label", state.name}, {"unit", state.unit.name}});
    columns.push_back({{"label", "what it is"}});
    columns.push_back({{"label", "eigenvalues"}, {"unit", "1/s"}});
    Json rows = Json::array();
    for (const auto& point : made.plane.fixed_points) {
        Json cells = Json::array();
        for (Eigen::Index i = 0; i < point.x.size(); ++i) cells.push_back(fmt::format("{:.6g}", point.x[i]));
        cells.push_back(point.kind());
        cells.push_back(dynamics::describe(point.eigenvalues));
        rows.push_back({{"cells", cells}});
    }
    return {{"kind", "table"},
            {"title", "Fixed points: " + proof_of(made)},
            {"columns", columns},
            {"rows", rows}};
}

Json plane_figure(const Plane& made) {
    const auto& plane = made.plane;
    const auto &x = made.field.states[static_cast<std::size_t>(plane.x)],
               &y = made.field.states[static_cast<std::size_t>(plane.y)];
    Json series = Json::array();
    add_lines(series, fmt::format("d{}/dt = 0", x.name), plane.x_nullcline, "solid");
    add_lines(series, fmt::format("d{}/dt = 0", y.name), plane.y_nullcline, "solid");
    Lines paths;
    for (const auto& line : plane.trajectories) {
        paths.x.insert(paths.x.end(), line.x.begin(), line.x.end());
        paths.y.insert(paths.y.end(), line.y.begin(), line.y.end());
        paths.x.push_back(std::nan(""));
        paths.y.push_back(std::nan(""));
    }
    add_lines(series, "trajectories", paths, "dot");
    add_lines(series, "direction of the flow", plane.arrows, "solid");
    for (const bool stable : {true, false}) {
        Lines points;
        for (const auto& point : plane.fixed_points)
            if (point.is_stable() == stable) {
                points.x.push_back(point.x[plane.x]);
                points.y.push_back(point.x[plane.y]);
            }
        add_lines(series, stable ? "stable fixed points" : "unstable fixed points", points, "solid",
                  "markers");
    }
    Json x_axis = axis(x.name, x.unit.name), y_axis = axis(y.name, y.unit.name);
    x_axis["range"] = {plane.box.low[plane.x], plane.box.high[plane.x]};
    y_axis["range"] = {plane.box.low[plane.y], plane.box.high[plane.y]};
    std::string caption = "Nullclines, strokes along the flow, and trajectories.";
    if (made.field.dimension() > 2)
        caption +=
            " Other states are held at their values at the fixed point that is nearest to the initial state; "
            "trajectories move in all of them.";
    return {{"kind", "lines"}, {"title", "Phase plane"}, {"caption", caption}, {"x", x_axis},
            {"y", y_axis},     {"series", series}};
}

/// One line for each of the first states: its mean over the nodes.
Json means_figure(const NetworkDiagram& diagram) {
    Json series = Json::array();
    Eigen::Index offset = 0;
    for (const auto& group : diagram.field.groups) {
        const auto states = static_cast<Eigen::Index>(group.states.size());
        Pieces mean;
        for (const auto& branch : diagram.branches) {
            for (const auto& point : branch.points) {
                double sum = 0.0;
                for (Eigen::Index i = offset; i < offset + group.start.size(); i += states) sum += point.x[i];
                mean.add(point.parameter, sum / static_cast<double>(group.nodes), point.unstable == 0);
            }
            mean.end_branch();
        }
        const std::string name = fmt::format("{}.{}", group.name, group.states.front().name);
        add_lines(series, name + ", stable", mean.stable(), "solid");
        add_lines(series, name + ", unstable", mean.unstable(), "dash");
        offset += group.start.size();
    }
    return {{"kind", "lines"},
            {"title", "States of rest"},
            {"caption", "The first state of each population, averaged over its nodes."},
            {"x", axis(diagram.field.parameter.name, diagram.field.parameter.unit.name)},
            {"y", axis("mean", diagram.field.groups.front().states.front().unit.name)},
            {"series", series}};
}

Json roots_figure(const NetworkDiagram& diagram) {
    Lines real, frequency;
    for (const auto& branch : diagram.branches) {
        for (const auto& point : branch.points) {
            real.x.push_back(point.parameter);
            real.y.push_back(point.leading.front().real());
        }
        real.x.push_back(std::nan(""));
        real.y.push_back(std::nan(""));
    }
    Json series = Json::array();
    add_lines(series, "leading root", real, "solid");
    return {
        {"kind", "lines"},
        {"title", "Distance from instability"},
        {"caption", "The largest real part of the characteristic roots; above zero the state is unstable."},
        {"x", axis(diagram.field.parameter.name, diagram.field.parameter.unit.name)},
        {"y", axis("real part", "1/s")},
        {"series", series}};
}

Json network_table(const NetworkDiagram& diagram) {
    Json rows = Json::array();
    for (const auto& branch : diagram.branches)
        for (const auto& special : branch.special)
            rows.push_back(
                {{"cells",
                  Json::array({std::string(to_string(special.kind)), fmt::format("{:.8g}", special.parameter),
                               special.frequency_rad_s > 0.0
                                   ? fmt::format("{:.6g}", special.frequency_rad_s / (2.0 * std::numbers::pi))
                                   : ""})}});
    return {
        {"kind", "table"},
        {"title", "Bifurcations"},
        {"columns",
         Json::array({{{"label", "point"}},
                      {{"label", diagram.field.parameter.name}, {"unit", diagram.field.parameter.unit.name}},
                      {{"label", "frequency"}, {"unit", "Hz"}}})},
        {"rows", rows}};
}

Json figures_of(const NetworkDiagram& diagram) {
    return Json::array({means_figure(diagram), roots_figure(diagram), network_table(diagram)});
}

Json figures_of(const Diagram& diagram) {
    Json figures = Json::array({branches_figure(diagram)});
    if (!diagram.cycles.empty()) figures.push_back(period_figure(diagram));
    figures.push_back(special_table(diagram));
    return figures;
}

Json figures_of(const Curves& curves) { return Json::array({curves_figure(curves), corner_table(curves)}); }

Json figures_of(const Plane& plane) { return Json::array({plane_figure(plane), fixed_point_table(plane)}); }

// The largest ones, one line each; a spectrum of many is told by the table.
Json exponents_figure(const Exponents& exponents) {
    constexpr Eigen::Index most = 6;
    const dynamics::LyapunovSpectrum& spectrum = exponents.spectrum;
    Json series = Json::array();
    for (Eigen::Index e = 0; e < std::min(most, spectrum.exponents.size()); ++e) {
        Lines line{spectrum.time_s, {}};
        for (Eigen::Index i = 0; i < spectrum.running.cols(); ++i) line.y.push_back(spectrum.running(e, i));
        add_lines(series, fmt::format("exponent {}", e + 1), line, "solid");
    }
    return {{"kind", "lines"},
            {"title", "Lyapunov exponents"},
            {"caption",
             fmt::format("Mean growth of tangent vectors of '{}' up to each time, from the end of what was "
                         "discarded (Benettin et al. 1980){}.",
                         exponents.name,
                         spectrum.exponents.size() > most ? fmt::format("; the largest {}", most) : "")},
            {"x", axis("time", "s")},
            {"y", axis("mean growth", "1/s")},
            {"series", series}};
}

Json exponents_table(const Exponents& exponents) {
    const dynamics::LyapunovSpectrum& spectrum = exponents.spectrum;
    Json rows = Json::array();
    const auto add = [&](std::string name, double value, std::string error) {
        rows.push_back({{"cells", Json::array({std::move(name), fmt::format("{:.6g}", value), error})}});
    };
    for (Eigen::Index e = 0; e < spectrum.exponents.size(); ++e)
        add(fmt::format("exponent {}", e + 1), spectrum.exponents[e],
            fmt::format("{:.2g}", spectrum.standard_error[e]));
    if (!std::isnan(spectrum.sum)) add("sum", spectrum.sum, "");
    if (!std::isnan(spectrum.dimension)) add("Kaplan-Yorke dimension", spectrum.dimension, "");
    return {{"kind", "table"},
            {"title", "Exponents"},
            {"caption", "Standard errors are those of twenty parts of the time."},
            {"columns", Json::array({{{"label", ""}},
                                     {{"label", "value"}, {"unit", "1/s"}},
                                     {{"label", "standard error"}, {"unit", "1/s"}}})},
            {"rows", rows}};
}

Json figures_of(const Exponents& exponents) {
    return Json::array({exponents_figure(exponents), exponents_table(exponents)});
}

std::string document(const std::string& title, const std::string& subtitle, double wall_s, Json figures,
                     const std::string& text, const DynamicsSettings& settings,
                     const char* language = "model") {
    const Json made{
        {"format", "neurodyn-report"},
        {"version", 1},
        {"title", title},
        {"subtitle", subtitle},
        {"summary",
         Json::array({{{"label", "wall time"}, {"value", fmt::format("{:.3g}", wall_s)}, {"unit", "s"}}})},
        {"provenance",
         {{"version", version()}, {"machine", record::machine_description()}, {"command", settings.command}}},
        {"sections", Json::array({{{"heading", "What the equations say"}, {"figures", std::move(figures)}},
                                  {{"heading", "Text"},
                                   {"figures", Json::array({{{"kind", "code"},
                                                             {"title", "What was read"},
                                                             {"language", language},
                                                             {"code", text},
                                                             {"folded", true}}})}}})}};
    return made.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Json picture_figures(const ModelPicture& picture) {
    return std::visit([](const auto& one) { return figures_of(one); }, picture.of);
}

std::string diagram_document(const Diagram& diagram, const DynamicsSettings& settings) {
    return document("Bifurcations of " + diagram.field.model,
                    fmt::format("over {}", diagram.field.free[0].name), diagram.wall_s, figures_of(diagram),
                    diagram.text, settings);
}

std::string network_diagram_document(const NetworkDiagram& diagram, const std::string& command) {
    DynamicsSettings settings;
    settings.command = command;
    return document("Bifurcations of " + diagram.name, fmt::format("over {}", diagram.field.parameter.name),
                    diagram.wall_s, figures_of(diagram), diagram.text, settings, "yaml");
}

std::string curves_document(const Curves& curves, const DynamicsSettings& settings) {
    return document("Bifurcations of " + curves.field.model,
                    fmt::format("over {} and {}", curves.field.free[0].name, curves.field.free[1].name),
                    curves.wall_s, figures_of(curves), curves.text, settings);
}

std::string exponents_document(const Exponents& exponents, const DynamicsSettings& settings,
                               const char* language) {
    return document("Lyapunov exponents of " + exponents.name, "growth of tangent vectors", exponents.wall_s,
                    figures_of(exponents), exponents.text, settings, language);
}

std::string plane_document(const Plane& plane, const DynamicsSettings& settings) {
    return document("Phase plane of " + plane.field.model, "fixed points and flow", plane.wall_s,
                    figures_of(plane), plane.text, settings);
}

}  // namespace neurodyn::experiment
