// SPDX-License-Identifier: BSD-3-Clause
// What can be told of synapses before they are drawn: rules that cannot be met, delays, memory.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/pages.hpp"
#include "experiment/builder.hpp"

namespace neurodyn::experiment {

using network::SynapseValue;

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

// Synapses are drawn when the run starts; whether they fit is known before.
void Builder::check_memory() {
    double all = 0.0, bytes = 0.0, most = 0.0;
    const network::EventProjection* largest = nullptr;
    for (const network::EventProjection& p : built_.network.event_projections) {
        const double synapses = network::expected_synapses(p.rule, population(p.to)->size,
                                                           population(p.from)->size, p.from == p.to);
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
