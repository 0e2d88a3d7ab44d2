// SPDX-License-Identifier: BSD-3-Clause
// What can be told of synapses before they are drawn: rules that cannot be met, delays, memory.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/pages.hpp"
#include "engine/connections.hpp"
#include "experiment/builder.hpp"

namespace neurodyn::experiment {

using network::SynapseValue;

void Builder::add_synapses(const ProjectionSection& section, network::EventProjection projection) {
    const std::size_t before = problems_.size();
    check_rule(section, projection);
    built_.network.event_projections.push_back(std::move(projection));
    if (problems_.size() == before) check_pairs(section, built_.network.event_projections.size() - 1);
}

// What the connector would refuse, at its place in the document.
void Builder::check_rule(const ProjectionSection& section, const network::EventProjection& projection) {
    const auto check = [&](const Text& text, const std::string& what, auto function) {
        try {
            function();
        } catch (const Error& error) {
            problems_.add(text.place, fmt::format("{}projection '{}': {}", what, section.name, error.what()));
        }
    };
    check(section.connect, "", [&] {
        network::check_rule(projection.rule, population(projection.to)->size,
                            population(projection.from)->size, projection.from == projection.to);
    });
    if (!section.weights.empty())
        check(section.weights.text(), "'weights' of ", [&] { network::check_value(projection.weight); });
    if (!section.delays.empty())
        check(section.delays, "'delays' of ", [&] { network::check_value(projection.delay); });
}

// The synapses of some sources, drawn as the run will, so that what expressions of two neurons cannot give is
// told at its place.
void Builder::check_pairs(const ProjectionSection& section, std::size_t index) {
    struct Drawn {
        const SynapseValue* value;
        const Text* text;
        std::string name;
    };
    const network::EventProjection& projection = built_.network.event_projections[index];
    std::vector<Drawn> drawn;
    const auto add = [&](const SynapseValue& value, const Text& text, const std::string& name) {
        if (value.kind == SynapseValue::Kind::expression) drawn.push_back({&value, &text, name});
    };
    add(projection.delay, section.delays, "delays");
    if (!section.weights.empty()) add(projection.weight, section.weights.text(), "weights");
    for (const auto& [name, value] : projection.values) {
        const Setting* setting = find_setting(section.set, name);
        if (setting || !section.weights.empty())
            add(value, setting ? setting->value.text() : section.weights.text(), name);
    }
    const Setting* probability = find_setting(section.connect_settings, "probability");
    if (drawn.empty() && !projection.rule.probability_expression) return;
    const Text* at = probability ? &probability->value.text() : &section.connect;
    std::string what = fmt::format("'probability' of projection '{}'", section.name);
    try {
        const network::Connector connector = engine::make_connector(built_.network, index);
        constexpr std::size_t most_pairs = 1 << 20, most_rows = 64, least_rows = 4;
        const std::size_t sources = connector.sources();
        const std::size_t rows =
            std::min(sources, std::clamp(most_pairs / connector.targets(), least_rows, most_rows));
        std::vector<std::uint32_t> targets;
        std::vector<double> values;
        for (std::size_t row = 0; row < rows; ++row) {
            const std::size_t source = row * sources / rows;
            at = probability ? &probability->value.text() : &section.connect;
            what = fmt::format("'probability' of projection '{}'", section.name);
            targets.clear();
            connector.outgoing(source, targets);
            values.resize(targets.size());
            for (const Drawn& d : drawn) {
                at = d.text;
                what = fmt::format("'{}' of projection '{}'", d.name, section.name);
                connector.values(*d.value, 0, source, targets, values);
                if (d.value == &projection.delay) check_row_delays(*d.text, source, targets, values);
            }
        }
    } catch (const Error& error) {
        problems_.add(at->place, fmt::format("{}: {}", what, error.what()));
    }
}

// Throws Error for a delay that no run can have.
void Builder::check_row_delays(const Text& text, std::size_t source,
                               const std::vector<std::uint32_t>& targets, const std::vector<double>& delays) {
    const double dt = experiment_.time.dt_s;
    for (std::size_t k = 0; k < delays.size(); ++k)
        if (delays[k] < 0.0 || (delays[k] > 0.0 && std::nearbyint(delays[k] / dt) == 0.0))
            throw Error(fmt::format(
                "'{}' is {} for target {} and source {}; delays are zero or at least half a step of {}",
                text.value, show_time(delays[k]), targets[k], source, show_time(dt)));
}

// Synapses are drawn when the run starts; whether they fit is known before.
void Builder::check_memory() {
    double all = 0.0, bytes = 0.0, most = 0.0;
    const network::EventProjection* largest = nullptr;
    for (const network::EventProjection& p : built_.network.event_projections) {
        const double synapses = network::expected_synapses(p.rule, population(p.to)->size,
                                                           population(p.from)->size, p.from == p.to);
        if (!network::has_synapses(built_.network, p)) continue;
        const double here = synapses * network::bytes_per_synapse(p);
        all += synapses;
        bytes += here;
        if (here > most) largest = &p;
        most = std::max(most, here);
    }
    const auto free = static_cast<double>(free_memory());
    if (bytes <= free) return;
    problems_.add(
        built_.places.at(fmt::format("projection '{}'", largest->name)).place,
        fmt::format("the network has about {:.3g} synapses, which need about {:.1f} GB of memory ({:.1f} of "
                    "them in '{}'); {:.1f} GB are free",
                    all, bytes * 1e-9, most * 1e-9, largest->name, free * 1e-9),
        "use fewer neurons or synapses, or another `storage` in `connect`: half or procedural");
}

// A delay that would be rounded to none is no longer what was asked for.
void Builder::check_synapse_delay(const ProjectionSection& section, const SynapseValue& delay) {
    using Kind = SynapseValue::Kind;
    if (delay.kind != Kind::constant && delay.kind != Kind::uniform) return;
    const double dt = experiment_.time.dt_s;
    const std::string what = fmt::format("'delays' of projection '{}'", section.name);
    if (delay.a < 0.0)
        problems_.add(section.delays.place, fmt::format("{}: a delay cannot be negative", what));
    else if (delay.a > 0.0 && std::nearbyint(delay.a / dt) == 0.0)
        problems_.add(
            section.delays.place,
            fmt::format("{}: {} is less than half a step of {}", what, show_time(delay.a), show_time(dt)),
            fmt::format("write 0, or take a dt below {}", show_time(2.0 * delay.a)));
}

}  // namespace neurodyn::experiment
