// SPDX-License-Identifier: BSD-3-Clause
// Populations whose equations stand in the document, and the places of what is wrong in them.
#include <fmt/format.h>

#include <algorithm>

#include "experiment/builder.hpp"

namespace neurodyn::experiment {

// A value that uses names of the experiment stands in the equations as one of its unit; set_population gives
// the true one, so that points of a sweep share their equations.
std::string Builder::inline_value(const Setting& setting, std::size_t nodes, const Scope& scope) {
    const std::vector<std::string> names = names_in(setting.value.text().value);
    const auto is_ours = [&](const std::string& name) {
        return name == "i" || name == "N" || name == "rand" || name == "randn" || scope.find(name) != nullptr;
    };
    if (!setting.value.is_list && std::none_of(names.begin(), names.end(), is_ours))
        return setting.value.text().value;
    Problems ignored(*experiment_.document);  // set_population says what is wrong
    const Wanted wanted{.what = setting.name, .rows = nodes, .seed = experiment_.seed, .indexed = true};
    const auto array = scope.evaluate(setting.value, wanted, ignored);
    if (!array) return setting.value.text().value;
    return array->dimension.is_dimensionless() ? "1" : "1*" + to_string(array->dimension);
}

// The place in the document of a problem in one of the model's strings.
void Builder::add_inline_problem(const PopulationSection& section, const Diagnostic& diagnostic) {
    const std::pair<std::string, const Text*> strings[] = {{section.name, &section.equations},
                                                           {"threshold", &section.threshold},
                                                           {"reset", &section.reset},
                                                           {"refractory", &section.refractory}};
    for (const auto& [name, text] : strings)
        if (diagnostic.file == "<" + name + ">") return problems_.add(*text, InputError({diagnostic}));
    for (const Setting& setting : section.set)
        if (diagnostic.file == "<value of " + setting.name + ">") {
            const bool own = inline_value(setting, 1, scope_) == setting.value.text().value;
            if (own) return problems_.add(setting.value.text(), InputError({diagnostic}));
            return problems_.add(setting.place, diagnostic.message, diagnostic.hint);
        }
    problems_.add(section.equations.place, diagnostic.message, diagnostic.hint);
}

language::ModelPtr Builder::inline_model(const PopulationSection& section,
                                         const network::Population& population) {
    const Scope scope = node_scope(population);
    language::EquationStrings strings;
    strings.name = section.name;
    strings.equations = section.equations.value;
    strings.threshold = section.threshold.value;
    strings.reset = section.reset.value;
    strings.refractory = section.refractory.value;
    strings.method = section.method.value;
    for (const Setting& setting : section.set)
        if (!setting.value.empty())
            strings.values.emplace_back(setting.name, inline_value(setting, population.size, scope));
    try {
        return resources_.equations(strings);
    } catch (const InputError& error) {
        for (const Diagnostic& diagnostic : error.diagnostics()) add_inline_problem(section, diagnostic);
    } catch (const Error& error) {
        failed(section.equations, error);
    }
    return nullptr;
}

}  // namespace neurodyn::experiment
