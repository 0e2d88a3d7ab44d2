// SPDX-License-Identifier: BSD-3-Clause
// The method table, what noise each method treats, and the choice when the user makes none.
#include "compile/methods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/error.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

namespace {

struct Row {
    MethodInfo info;
    Transform transform;
};

constexpr std::array<Row, 8> table{{
    {{"euler", "forward Euler; with additive noise Euler-Maruyama", NoiseClass::additive, Calculus::ito, 1,
      false},
     euler_step},
    {{"heun", "Heun's predictor and corrector; with noise the stochastic Heun method (Stratonovich)",
      NoiseClass::general, Calculus::stratonovich, 2, false},
     heun_step},
    {{"rk4", "classical Runge-Kutta of order four", NoiseClass::none, Calculus::ito, 4, false}, rk4_step},
    {{"exponential_euler", "exact for each variable with all others held, where its equation is linear in it",
      NoiseClass::additive, Calculus::ito, 1, false},
     exponential_euler_step},
    {{"exact", "propagator of a linear system with constant coefficients", NoiseClass::additive,
      Calculus::ito, 0, false},
     exact_step},
    {{"euler_maruyama", "Euler-Maruyama, any noise (Itô)", NoiseClass::general, Calculus::ito, 1, false},
     euler_step},
    {{"milstein", "Milstein for diagonal noise (Itô)", NoiseClass::diagonal, Calculus::ito, 1, false},
     milstein_step},
    {{"cvode", "SUNDIALS CVODE: adaptive, stiff; without noise and delays", NoiseClass::none, Calculus::ito,
      5, true},
     nullptr},
}};

struct Alias {
    std::string_view alias, name;
};
constexpr std::array<Alias, 10> aliases{{{"linear", "exact"},
                                         {"independent", "exact"},
                                         {"exponential-euler", "exponential_euler"},
                                         {"exp_euler", "exponential_euler"},
                                         {"forward_euler", "euler"},
                                         {"euler-maruyama", "euler_maruyama"},
                                         {"stochastic_heun", "heun"},
                                         {"runge_kutta_4", "rk4"},
                                         {"rk_4", "rk4"},
                                         {"CVODE", "cvode"}}};

bool has_state(const System& system, NodeId expression) {
    return std::ranges::any_of(system.states, [&](const auto& state) {
        return symbolic::depends_on(system.graph, expression, state.symbol);
    });
}

/// Noise of one state is diagonal when it holds that state alone and nothing else drives the state: then L^j
/// g_k vanishes for all pairs of different noises, and Milstein's correction is g g' (dW^2 - dt)/2.
NoiseClass noise_class(const System& system, const System::State& state) {
    NoiseClass worst = NoiseClass::none;
    for (const auto& noise : state.noise) {
        NoiseClass here = NoiseClass::additive;
        if (has_state(system, noise.coefficient)) {
            const bool own_only = std::ranges::none_of(system.states, [&](const auto& other) {
                return other.name != state.name &&
                       symbolic::depends_on(system.graph, noise.coefficient, other.symbol);
            });
            here = own_only && state.noise.size() == 1 ? NoiseClass::diagonal : NoiseClass::general;
        }
        worst = std::max(worst, here);
    }
    return worst;
}

std::string methods_for(NoiseClass noise) {
    std::string names;
    for (const auto& row : table)
        if (row.info.treats >= noise) names += fmt::format("{}{}", names.empty() ? "" : ", ", row.info.name);
    return names;
}

}  // namespace

const std::vector<MethodInfo>& methods() {
    static const std::vector<MethodInfo> infos = [] {
        std::vector<MethodInfo> result;
        for (const auto& row : table) result.push_back(row.info);
        return result;
    }();
    return infos;
}

const MethodInfo* find_method(std::string_view name) {
    for (const auto& alias : aliases)
        if (alias.alias == name) name = alias.name;
    for (const auto& row : table)
        if (row.info.name == name) return &row.info;
    return nullptr;
}

Transform find_transform(const MethodInfo& method) {
    for (const auto& row : table)
        if (row.info.name == method.name) return row.transform;
    return nullptr;
}

std::string_view to_string(NoiseClass noise) {
    switch (noise) {
        case NoiseClass::none:
            return "no noise";
        case NoiseClass::additive:
            return "additive noise";
        case NoiseClass::diagonal:
            return "diagonal noise";
        default:
            return "general noise";
    }
}

NoiseClass noise_class(const System& system) {
    NoiseClass worst = NoiseClass::none;
    for (const auto& state : system.states) worst = std::max(worst, noise_class(system, state));
    return worst;
}

void check_noise(const System& system, const MethodInfo& method) {
    for (const auto& state : system.states) {
        const NoiseClass here = noise_class(system, state);
        if (here <= method.treats) continue;
        const auto& noise = state.noise.front();
        throw Error(fmt::format(
            "method '{}' treats {}, but the noise '{}' of '{}' is {}: its coefficient is {}; use one of {}",
            method.name,
            method.treats == NoiseClass::none ? "no noise"
                                              : fmt::format("{} at most", to_string(method.treats)),
            noise.name, state.name,
            here == NoiseClass::additive   ? "additive"
            : here == NoiseClass::diagonal ? "multiplicative (diagonal)"
                                           : "multiplicative and not diagonal",
            symbolic::print(system.graph, noise.coefficient), methods_for(here)));
    }
}

std::string choose_method(const System& system) {
    const NoiseClass noise = noise_class(system);
    if (noise <= NoiseClass::additive && exact_applies(system, {})) return "exact";
    switch (noise) {
        case NoiseClass::none:
            return "rk4";
        case NoiseClass::additive:
            return "heun";
        case NoiseClass::diagonal:
            return "milstein";
        default:
            return "euler_maruyama";
    }
}

}  // namespace neurodyn::compile
