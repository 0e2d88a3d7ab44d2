// SPDX-License-Identifier: BSD-3-Clause
// Looking things up in a model, and reading one from a file.
#include "language/model.hpp"

#include <algorithm>
#include <array>

#include "language/source.hpp"

namespace neurodyn::language {
namespace {

template <class T>
const T* find_in(const std::vector<T>& all, std::string_view name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const T& x) { return x.name == name; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_string(Kind kind) {
    static constexpr std::array<std::string_view, 6> names = {"neuron",  "mass",     "field",
                                                              "synapse", "coupling", "generative"};
    return names[static_cast<std::size_t>(kind)];
}

const Parameter* Model::find_parameter(std::string_view n) const { return find_in(parameters, n); }
const Input* Model::find_input(std::string_view n) const { return find_in(inputs, n); }
const State* Model::find_state(std::string_view n) const { return find_in(states, n); }
const Definition* Model::find_definition(std::string_view n) const { return find_in(definitions, n); }

const Quantity* Model::find(std::string_view n) const {
    if (const Quantity* q = find_parameter(n)) return q;
    if (const Quantity* q = find_input(n)) return q;
    if (const Quantity* q = find_state(n)) return q;
    return find_definition(n);
}

std::vector<std::string> Model::names() const {
    std::vector<std::string> all;
    for (const State& s : states) all.push_back(s.name);
    for (const Definition& d : definitions) all.push_back(d.name);
    for (const Input& i : inputs) all.push_back(i.name);
    for (const Parameter& p : parameters) all.push_back(p.name);
    return all;
}

ModelPtr load_model(const std::string& path) { return parse_model(read_file(path, longest_text), path); }

}  // namespace neurodyn::language
