// SPDX-License-Identifier: BSD-3-Clause
// Figures of recorded events: who was active when, and the rate of each population.
#include <fmt/format.h>

#include <algorithm>

#include "experiment/report_json.hpp"

namespace neurodyn::experiment {
namespace {

using Previews = std::vector<const EventPreview*>;

template <class Numbers>
std::string pack_numbers(const Numbers& numbers) {
    return pack(std::vector<double>(numbers.begin(), numbers.end()));
}

Json recorded_time(const EventPreview& preview) {
    Json time = axis("time", "s");
    time["range"] = Json::array({preview.info.first_s, preview.info.last_s});
    return time;
}

Json raster(const std::string& monitor, const Previews& previews) {
    Json series = Json::array();
    std::size_t shown = 0, all = 0;
    for (const EventPreview* p : previews) {
        shown += p->nodes.size();
        all += p->info.nodes;
        series.push_back({{"name", p->info.population},
                          {"times", pack(p->time_s)},
                          {"rows", pack_numbers(p->row)},
                          {"nodes", pack_numbers(p->nodes)}});
    }
    std::string caption = shown == all ? fmt::format("Every event of all {} neurons.", all)
                                       : fmt::format(
                                             "Every event of {} of {} neurons, taken evenly over each "
                                             "population; the file has all.",
                                             shown, all);
    return {{"kind", "raster"},    {"title", monitor + ": events"},
            {"caption", caption},  {"x", recorded_time(*previews.front())},
            {"y", axis("neuron")}, {"series", series}};
}

Json rates(const std::string& monitor, const Previews& previews) {
    const EventPreview& first = *previews.front();
    Json series = Json::array();
    for (const EventPreview* p : previews) {
        std::vector<double> rate = p->counts;
        for (double& r : rate) r /= p->bin_s * static_cast<double>(p->info.nodes);
        series.push_back({{"name", p->info.population}, {"y", pack(rate)}});
    }
    return {{"kind", "lines"},
            {"title", monitor + ": population rate"},
            {"caption", fmt::format("Events per neuron and second in bins of {:.6g} ms, of all neurons.",
                                    1e3 * first.bin_s)},
            {"x", recorded_time(first)},
            {"y", axis("rate", "Hz")},
            {"x_values",
             {{"start", first.info.first_s + 0.5 * first.bin_s},
              {"step", first.bin_s},
              {"count", first.counts.size()}}},
            {"series", series}};
}

}  // namespace

Json event_figures(const ReportInput& input) {
    Json figures = Json::array();
    if (input.data == nullptr) return figures;
    for (const MonitorSection& section : input.experiment.monitors) {
        Previews previews;
        for (const EventPreview& p : input.data->event_previews())
            if (input.built.events.at(p.info.name).monitor == section.name) previews.push_back(&p);
        if (previews.empty()) continue;
        if (std::any_of(previews.begin(), previews.end(), [](const auto* p) { return !p->row.empty(); }))
            figures.push_back(raster(section.name, previews));
        figures.push_back(rates(section.name, previews));
    }
    return figures;
}

}  // namespace neurodyn::experiment
