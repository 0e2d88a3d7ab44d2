// SPDX-License-Identifier: BSD-3-Clause
// Models of the library as vector fields.
#pragma once

#include <string>

#include "base/units.hpp"
#include "dynamics/equilibria.hpp"

namespace neurodyn::dynamics::tests {

/// Settings in the model's own units.
inline VectorField library_field(const std::string& path, const std::vector<std::string>& free,
                                 const std::map<std::string, std::string>& settings = {}) {
    const auto model = language::load_model(std::string(NEURODYN_SOURCE_DIR "/library/") + path + ".model");
    std::map<std::string, double> values;
    for (const auto& [name, text] : settings) values[name] = parse_any_quantity(text).value_si;
    return make_vector_field(*model, free, values);
}

inline std::vector<Special> specials(const std::vector<Branch>& branches, Bifurcation kind) {
    std::vector<Special> found;
    for (const Branch& branch : branches)
        for (const Special& special : branch.special)
            if (special.kind == kind) found.push_back(special);
    std::sort(found.begin(), found.end(),
              [](const Special& a, const Special& b) { return a.parameter < b.parameter; });
    return found;
}

}  // namespace neurodyn::dynamics::tests
