// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer target: whatever the bytes are, reading them as a model, and a synapse as joined to
// neurons, ends in a model or in an InputError.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "language/model.hpp"
#include "language/synapse.hpp"

using neurodyn::language::ModelPtr;

// A synapse joined to a neuron and sorted.
static void join(const neurodyn::language::Model& synapse) {
    static const ModelPtr cell = neurodyn::language::parse_model(
        "model cell : neuron\nparameters\n  C = 200 pF\ninputs\n  I_syn : nA\nequations\n"
        "  dv/dt = -v/(10*ms) + I_syn/C : mV\n  dg/dt = -g/(5*ms) : nS\n  dm/dt = -m/(5*ms) : 1\n",
        "cell.model");
    for (const char* target : {"", "g"})
        neurodyn::language::classify(*neurodyn::language::check_synapse(synapse, *cell, *cell, target));
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const ModelPtr model = neurodyn::language::parse_model(text, "fuzz.model");
        if (model->synapse) join(*model);
    } catch (const neurodyn::InputError&) {
    }
    // The same bytes as equation strings, cut at the first two NULs.
    const std::size_t first = text.find('\0');
    const std::size_t second = first == text.npos ? text.npos : text.find('\0', first + 1);
    neurodyn::language::EquationStrings strings;
    strings.equations = text.substr(0, first);
    if (first != text.npos)
        strings.threshold = text.substr(first + 1, second == text.npos ? second : second - first - 1);
    if (second != text.npos) strings.reset = text.substr(second + 1);
    strings.values = {{"tau", "10 ms"}, {"E", "-70*mV"}};
    try {
        neurodyn::language::parse_equations(strings);
    } catch (const neurodyn::InputError&) {
    }
    // And as the strings of a synapse.
    neurodyn::language::SynapseStrings synapse;
    synapse.model = strings.equations;
    synapse.on_pre = strings.threshold;
    synapse.on_post = strings.reset;
    synapse.values = strings.values;
    try {
        join(*neurodyn::language::parse_synapse_strings(synapse));
    } catch (const neurodyn::InputError&) {
    }
    return 0;
}
