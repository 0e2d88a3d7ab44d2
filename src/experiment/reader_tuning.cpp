// SPDX-License-Identifier: BSD-3-Clause
// From the document's tree to an Experiment: parameters that trials adjust.
#include <fmt/format.h>

#include "experiment/reader_sections.hpp"

namespace neurodyn::experiment {
namespace {

constexpr std::size_t most_trials = 10000;
constexpr const char* example =
    "for example adjust: {cortex.J_i: {mean: cortex.r_E, target: 3 Hz, within: 0.2 Hz}}";

AdjustmentSection read_adjustment(const Text& parameter, const Node& node, Problems& problems) {
    AdjustmentSection adjustment;
    adjustment.parameter = parameter;
    Section section(node, problems, fmt::format("the adjustment of '{}'", parameter.value));
    adjustment.mean = section.required_text("mean", "the signal whose mean counts: mean: cortex.r_E");
    adjustment.target = section.value("target");
    if (node.kind == Node::Kind::map && !section.has("target"))
        problems.add(node.place, fmt::format("{} has no 'target'", section.what()),
                     "what the mean shall be: target: 3 Hz");
    adjustment.within =
        section.required_text("within", "how near is near enough: within: 0.2 Hz, or within: 5 %");
    adjustment.step = section.text_or("step");
    section.finish();
    return adjustment;
}

void read_adjustments(const Node& node, TuningSection& tuning, Problems& problems) {
    for (std::size_t i = 0; i < node.items.size(); ++i)
        tuning.adjustments.push_back(
            read_adjustment({node.keys[i], node.key_places[i]}, node.items[i], problems));
}

}  // namespace

void read_tuning(Section& top, Experiment& experiment, Problems& problems) {
    const Node* node = top.get("tune");
    if (node == nullptr) return;
    TuningSection& tuning = experiment.tuning;
    tuning.place = node->place;
    Section section(*node, problems, "'tune'");
    const Node* adjust = section.get("adjust");
    if (adjust != nullptr && adjust->kind == Node::Kind::map && !adjust->items.empty())
        read_adjustments(*adjust, tuning, problems);
    else if (node->kind == Node::Kind::map)
        problems.add(adjust == nullptr ? node->place : adjust->place,
                     "'tune' needs 'adjust', a map of parameters and what each is adjusted for", example);
    tuning.discard = section.text_or("discard");
    tuning.duration = section.required_text("duration", "of one trial, for example duration: 20 s");
    tuning.trials = section.integer("trials", 2, most_trials).value_or(tuning.trials);
    const Text otherwise = section.text_or("otherwise", "stop");
    tuning.required = otherwise.value == "stop";
    if (!tuning.required && otherwise.value != "warn")
        problems.add(otherwise.place,
                     fmt::format("'otherwise' must be stop or warn, not '{}'", otherwise.value),
                     "what happens when a target is not reached");
    section.finish();
}

}  // namespace neurodyn::experiment
