// SPDX-License-Identifier: BSD-3-Clause
// The table of inference sections, and reading their entries.
#include "experiment/inference_section.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "experiment/agent_section.hpp"
#include "experiment/filter_section.hpp"
#include "experiment/predictive_network_section.hpp"
#include "experiment/reader_sections.hpp"

namespace neurodyn::experiment {

const std::vector<InferenceKind>& inference_kinds() {
    static const std::vector<InferenceKind> kinds = {
        {"filters", "filter",
         "The hierarchical Gaussian filter: beliefs about a quantity and its volatility, trial by trial.",
         read_filter},
        {"predictive_networks", "predictive network",
         "A predictive-coding network: layers that predict each other, learning by local errors.",
         read_predictive_network},
        {"agents", "agents",
         "Discrete active inference: agents that infer states from outcomes, plan by expected free energy "
         "and act.",
         read_agents}};
    return kinds;
}

const InferenceKind* find_inference_kind(const std::string& word) {
    const auto& kinds = inference_kinds();
    const auto kind =
        std::find_if(kinds.begin(), kinds.end(), [&](const InferenceKind& k) { return k.word == word; });
    return kind == kinds.end() ? nullptr : &*kind;
}

void read_inference(Section& top, Experiment& experiment, Problems& problems) {
    for (const InferenceKind& kind : inference_kinds())
        for_each_entry(top, kind.section, problems,
                       [&](const std::string& name, const Place& place, const Node& node) {
                           if (experiment.find_inference(name) != nullptr)
                               problems.add(place, fmt::format("two inference entries are called '{}'", name),
                                            "results are found by name: give one of them another");
                           experiment.inference.push_back({name, kind.word, place,
                                                           kind.read({name, place, node, experiment.directory,
                                                                      experiment.seed, experiment.precision},
                                                                     problems)});
                       });
}

std::vector<double> read_numbers(Section& section, const std::string& key, Problems& problems) {
    std::vector<double> values;
    for (const Text& text : section.texts(key)) {
        const auto value = to_number(text.value);
        if (value)
            values.push_back(*value);
        else
            problems.add(text.place, fmt::format("'{}' of {} must be a number, not '{}'", key, section.what(),
                                                 text.value));
    }
    return values;
}

std::size_t read_choice(Section& section, const std::string& key, const std::vector<std::string>& words,
                        Problems& problems) {
    const std::optional<Text> text = section.text(key);
    if (!text) return 0;
    const auto found = std::find(words.begin(), words.end(), text->value);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    problems.add(text->place, fmt::format("'{}' of {} must be {}, not '{}'", key, section.what(),
                                          fmt::join(words, " or "), text->value));
    return 0;
}

std::string data_path(const std::string& directory, const std::string& file) {
    return (std::filesystem::path(directory) / file).string();
}

}  // namespace neurodyn::experiment
