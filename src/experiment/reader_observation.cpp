// SPDX-License-Identifier: BSD-3-Clause
// From the document's tree to an Experiment: what is observed (monitors, analyses, sweep, expectations).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/table.hpp"
#include "experiment/model_analyses.hpp"
#include "experiment/reader_sections.hpp"

namespace neurodyn::experiment {
namespace {

constexpr std::size_t most_points = 100000;

MonitorSection read_monitor(const std::string& name, const Place& place, const Node& node,
                            Problems& problems) {
    MonitorSection monitor;
    monitor.name = name;
    monitor.place = place;
    if (node.kind == Node::Kind::scalar) {
        monitor.of.push_back(to_text(node));
        return monitor;
    }
    Section section(node, problems, fmt::format("monitor '{}'", name));
    monitor.of = section.texts("of");
    if (monitor.of.empty())
        problems.add(place, fmt::format("monitor '{}' has no 'of'", name), "for example of: cortex.S");
    monitor.every = section.text_or("every");
    monitor.average = section.boolean("average", false);
    monitor.keep = section.boolean("keep", true);
    monitor.covariance = section.boolean("covariance", false);
    monitor.nodes = section.texts("nodes");
    monitor.synapses = section.text_or("synapses");
    monitor.through = section.text_or("through");
    monitor.step = section.text_or("step");
    monitor.set = section.settings("set");
    section.finish();
    if (!monitor.keep && !monitor.covariance)
        problems.add(place, fmt::format("monitor '{}' keeps nothing", name),
                     "with keep: false, set covariance: true");
    if (monitor.through.empty() && (!monitor.step.empty() || !monitor.set.empty()))
        problems.add(place, fmt::format("'step' and 'set' of monitor '{}' belong to an observer", name),
                     "for example through: balloon_windkessel");
    return monitor;
}

std::vector<std::string> analysis_names() {
    std::vector<std::string> names;
    for (const analysis::Analysis* row : all_rows()) names.push_back(row->name);
    return names;
}

// {power_spectrum: bold, ...}: the key that names a row of the table; its value is the row's first input.
std::size_t find_subject(const Node& node) {
    const std::vector<std::string> names = analysis_names();
    for (std::size_t i = 0; i < node.keys.size(); ++i)
        if (std::find(names.begin(), names.end(), node.keys[i]) != names.end()) return i;
    return node.keys.size();
}

void unknown_analysis(const Node& node, const std::string& name, const Place& place, Problems& problems) {
    std::string advice;
    for (const std::string& key : node.keys)
        if (advice.empty()) advice = did_you_mean(key, analysis_names());
    problems.add(
        place, fmt::format("analysis '{}' names none of the analyses", name),
        advice.empty()
            ? fmt::format(
                  "for example {}: {{functional_connectivity: bold}}; `neurodyn list analyses` shows all",
                  name)
            : advice);
}

}  // namespace

AnalysisSection read_analysis(const std::string& name, const Place& place, const Node& node,
                              Problems& problems) {
    AnalysisSection entry;
    entry.name = name;
    entry.place = place;
    if (node.kind != Node::Kind::map) {
        problems.add(node.place, fmt::format("analysis '{}' is {}, it must be a map", name, node.kind_name()),
                     fmt::format("for example {}: {{functional_connectivity: bold}}", name));
        return entry;
    }
    const std::size_t subject = find_subject(node);
    if (subject == node.keys.size()) {
        unknown_analysis(node, name, place, problems);
        return entry;
    }
    const analysis::Analysis& row = find_row(node.keys[subject]);
    entry.analysis = {row.name, node.key_places[subject]};
    Section section(node, problems, fmt::format("analysis '{}' ({})", name, row.name));
    for (std::size_t i = 0; i < row.inputs.size(); ++i) {
        const std::optional<Text> input = section.text(i == 0 ? row.name : row.inputs[i].name);
        if (input) entry.inputs.emplace_back(row.inputs[i].name, *input);
        if (!input && row.inputs[i].required)
            problems.add(place,
                         fmt::format("analysis '{}' ({}) needs '{}'", name, row.name, row.inputs[i].name),
                         row.inputs[i].doc);
    }
    for (const analysis::OptionSpec& option : row.options)
        if (section.get(option.name) != nullptr)
            entry.options.push_back({option.name, node.find(option.name)->place, section.value(option.name)});
    section.finish();
    return entry;
}

namespace {

// "0.5 nA" -> 0.5 and "nA"; nothing when the text does not begin with a number.
std::optional<std::pair<double, std::string>> number_and_unit(const std::string& text) {
    std::size_t end = text.find_first_not_of("+-.0123456789eE");
    while (end != std::string::npos && end > 0 && (text[end - 1] == 'e' || text[end - 1] == 'E')) --end;
    const std::optional<double> number = to_number(text.substr(0, end));
    if (!number) return std::nullopt;
    std::string unit = end == std::string::npos ? "" : text.substr(end);
    unit.erase(0, unit.find_first_not_of(" \t*"));
    return std::pair{*number, unit};
}

void add_value(SweepAxis& axis, double number, const Place& place) {
    Node node;
    node.kind = Node::Kind::scalar;
    node.text = axis.unit.empty() ? fmt::format("{}", number) : fmt::format("{} {}", number, axis.unit);
    node.place = place;
    axis.values.push_back(std::move(node));
    axis.numbers.push_back(number);
}

// {from, to, count} or {from, to, step}, optionally `scale: log`.
void read_range(SweepAxis& axis, const Node& node, Problems& problems) {
    Section section(node, problems, fmt::format("sweep over '{}'", axis.path));
    const auto from = number_and_unit(section.required_text("from", "the first value").value);
    const auto to = number_and_unit(section.required_text("to", "the last value").value);
    const auto count = section.integer("count", 1, most_points);
    const auto step_text = section.text("step");
    const bool logarithmic = section.text_or("scale", "linear").value == "log";
    if (const Node* scale = section.get("scale"); scale != nullptr && !logarithmic && scale->text != "linear")
        problems.add(scale->place, "scale must be linear or log");
    section.finish();
    if (!from || !to || from->second != to->second) {
        problems.add(node.place,
                     fmt::format("'from' and 'to' of '{}' must be numbers with the same unit", axis.path));
        return;
    }
    axis.unit = from->second;
    std::size_t points = count.value_or(0);
    if (step_text) {
        const auto step = number_and_unit(step_text->value);
        const double span = to->first - from->first;
        if (!step || step->second != axis.unit || step->first == 0.0 || span / step->first < 0.0 ||
            span / step->first > static_cast<double>(most_points)) {
            problems.add(
                step_text->place,
                "'step' must lead from 'from' to 'to' in a sensible number of steps, in the same unit");
            return;
        }
        points = static_cast<std::size_t>(std::floor(span / step->first + 1e-9)) + 1;
        for (std::size_t i = 0; i < points; ++i)
            add_value(axis, from->first + static_cast<double>(i) * step->first, node.place);
        return;
    }
    if (points == 0 || (logarithmic && (from->first <= 0.0 || to->first <= 0.0))) {
        problems.add(node.place,
                     points == 0 ? "give 'count' or 'step'" : "a logarithmic scale needs values above 0");
        return;
    }
    for (std::size_t i = 0; i < points; ++i) {
        const double part = points == 1 ? 0.0 : static_cast<double>(i) / static_cast<double>(points - 1);
        const double value = logarithmic ? from->first * std::pow(to->first / from->first, part)
                                         : from->first + part * (to->first - from->first);
        // Round off the dust of the division, so that 0.1 prints as 0.1.
        add_value(axis, std::stod(fmt::format("{:.12g}", value)), node.place);
    }
}

void read_list(SweepAxis& axis, const Node& node) {
    bool numeric = true;
    for (const Node& item : node.items) {
        const auto number = item.kind == Node::Kind::scalar ? number_and_unit(item.text) : std::nullopt;
        numeric = numeric && number && (axis.values.empty() || number->second == axis.unit);
        if (numeric) axis.unit = number->second;
        axis.values.push_back(item);
        axis.numbers.push_back(numeric ? number->first : 0.0);
    }
    if (numeric) return;
    axis.unit.clear();
    for (std::size_t i = 0; i < axis.numbers.size(); ++i) axis.numbers[i] = static_cast<double>(i);
}

void read_axes(const Node& over, SweepSection& sweep, Problems& problems) {
    for (std::size_t i = 0; i < over.items.size(); ++i) {
        SweepAxis axis;
        axis.path = over.keys[i];
        axis.place = over.key_places[i];
        if (over.items[i].kind == Node::Kind::list)
            read_list(axis, over.items[i]);
        else
            read_range(axis, over.items[i], problems);
        if (axis.values.empty())
            problems.add(axis.place, fmt::format("the sweep over '{}' has no values", axis.path),
                         "give a list, or {from: 0, to: 3, count: 31}");
        sweep.axes.push_back(std::move(axis));
    }
}

void check_points(const SweepSection& sweep, Problems& problems) {
    double points = static_cast<double>(sweep.repeats);
    for (const SweepAxis& axis : sweep.axes) {
        if (!sweep.together) points *= static_cast<double>(axis.values.size());
        if (sweep.together && axis.values.size() != sweep.axes.front().values.size())
            problems.add(axis.place,
                         fmt::format("with together: true, every axis needs {} values, this one has {}",
                                     sweep.axes.front().values.size(), axis.values.size()));
    }
    if (points > static_cast<double>(most_points))
        problems.add(sweep.place, fmt::format("the sweep has {:.0f} points, at most {} are possible", points,
                                              most_points));
}

SweepSection read_sweep(const Node& node, Problems& problems) {
    SweepSection sweep;
    sweep.place = node.place;
    Section section(node, problems, "'sweep'");
    const Node* over = section.get("over");
    if (over == nullptr || over->kind != Node::Kind::map)
        problems.add(node.place, "'sweep' needs 'over', a map of paths and values",
                     "for example over: {projections.long_range.G: {from: 0, to: 3, count: 31}}");
    else
        read_axes(*over, sweep, problems);
    sweep.together = section.boolean("together", false);
    sweep.repeats = section.integer("repeats", 1, most_points).value_or(1);
    sweep.duration = section.text("duration");
    sweep.discard = section.text("discard");
    sweep.analyses = section.texts("analyses");
    if (const Node* choose = section.get("choose"); choose != nullptr && choose->text == "as_written") {
        sweep.as_written = true;
    } else if (choose != nullptr) {
        Section inner(*choose, problems, "'choose'");
        const std::optional<Text> most = inner.text("maximise"), least = inner.text("minimise");
        if (most.has_value() == least.has_value())
            problems.add(choose->place, "'choose' needs either 'maximise' or 'minimise'",
                         "for example {maximise: fc.similarity}; or choose: as_written");
        sweep.choose = most ? most : least;
        sweep.maximise = most.has_value();
        inner.finish();
    }
    section.finish();
    check_points(sweep, problems);
    return sweep;
}

class BoundReader {
  public:
    BoundReader(Section& section, Expectation& expectation, Problems& problems)
        : section_(section), expectation_(expectation), problems_(problems) {}
    std::optional<double> read(const std::string& key) {
        const std::optional<Text> text = section_.text(key);
        return text ? read(*text) : std::nullopt;
    }
    std::optional<double> read(const Text& text) {
        try {
            const Quantity quantity = parse_any_quantity(text.value);
            if (quantity.unit.name != "1" && quantity.unit.name != "%")
                expectation_.unit = quantity.unit.name;
            return quantity.value_si;
        } catch (const InputError& error) {
            problems_.add(text, error);
        }
        return std::nullopt;
    }

  private:
    Section& section_;
    Expectation& expectation_;
    Problems& problems_;
};

// Some value must lie between the bounds.
void check_bounds(const Expectation& e, Problems& problems) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double low = std::max(e.above.value_or(-infinity), e.at_least.value_or(-infinity));
    const double high = std::min(e.below.value_or(infinity), e.at_most.value_or(infinity));
    const bool open = e.above.value_or(-infinity) == low || e.below.value_or(infinity) == high;
    if (low > high || (low == high && open))
        problems.add(e.place, "nothing lies between these bounds: the lower one is not below the upper one");
    if (e.tolerance < 0.0) problems.add(e.place, "'within' is a tolerance and cannot be negative");
}

Expectation read_expectation(const Node& node, Problems& problems) {
    Expectation expectation;
    expectation.place = node.place;
    Section section(node, problems, "an expectation");
    expectation.that = section.required_text("that", "the result, for example that: fc.similarity");
    BoundReader bounds(section, expectation, problems);
    expectation.above = bounds.read("above");
    expectation.below = bounds.read("below");
    expectation.at_least = bounds.read("at_least");
    expectation.at_most = bounds.read("at_most");
    expectation.equals = bounds.read("equals");
    if (const Value between = section.value("between"); between.items.size() == 2) {
        expectation.at_least = bounds.read(between.items[0]);
        expectation.at_most = bounds.read(between.items[1]);
    } else if (!between.empty()) {
        problems.add(section.get("between")->place, "'between' is a list of two values");
    }
    if (auto within = section.text("within")) {
        expectation.relative = within->value.ends_with('%');
        expectation.tolerance = bounds.read(*within).value_or(0.0);
    } else if (expectation.equals) {
        problems.add(node.place, "'equals' needs 'within', the tolerance",
                     "for example within: 1 %, or within: 0.01");
    }
    if (!expectation.above && !expectation.below && !expectation.at_least && !expectation.at_most &&
        !expectation.equals)
        problems.add(node.place, "the expectation has no bound",
                     "bounds: above, below, at_least, at_most, between, equals with within");
    check_bounds(expectation, problems);
    expectation.from = section.text_or("from").value;
    section.finish();
    return expectation;
}

void check_names(const Experiment& experiment, Problems& problems) {
    for (const AnalysisSection& analysis : experiment.analyses)
        if (experiment.find_monitor(analysis.name) != nullptr)
            problems.add(analysis.place, fmt::format("'{}' is both a monitor and an analysis", analysis.name),
                         "give one of them another name");
}

Comparison read_comparison(const Node& node, Problems& problems) {
    Comparison comparison;
    Section section(node, problems, "a comparison");
    comparison.that = section.required_text("that", "the result, for example that: fc.similarity");
    comparison.with = section.texts("with");
    if (comparison.with.empty())
        problems.add(node.place, "the comparison has no 'with'", "for example with: [linear.similarity]");
    section.finish();
    return comparison;
}

}  // namespace

void read_observation(Section& top, Experiment& experiment, Problems& problems) {
    for_each_entry(top, "monitors", problems,
                   [&](const std::string& name, const Place& place, const Node& node) {
                       experiment.monitors.push_back(read_monitor(name, place, node, problems));
                   });
    for_each_entry(top, "analyses", problems,
                   [&](const std::string& name, const Place& place, const Node& node) {
                       experiment.analyses.push_back(read_analysis(name, place, node, problems));
                   });
    if (const Node* node = top.get("sweep")) experiment.sweep = read_sweep(*node, problems);
    if (const Node* node = top.get("expect")) {
        if (node->kind != Node::Kind::list)
            problems.add(node->place, fmt::format("'expect' is {}, it must be a list", node->kind_name()),
                         "for example expect: [{that: fc.similarity, above: 0.3}]");
        else
            for (const Node& item : node->items)
                experiment.expectations.push_back(read_expectation(item, problems));
    }
    if (const Node* node = top.get("compare")) {
        if (node->kind != Node::Kind::list)
            problems.add(node->place, fmt::format("'compare' is {}, it must be a list", node->kind_name()),
                         "for example compare: [{that: fc.similarity, with: linear.similarity}]");
        else
            for (const Node& item : node->items)
                experiment.comparisons.push_back(read_comparison(item, problems));
    }
    check_names(experiment, problems);
}

}  // namespace neurodyn::experiment
