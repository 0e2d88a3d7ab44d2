// SPDX-License-Identifier: BSD-3-Clause
// Uses the installed package: loads a model, runs an experiment, reads its results.
#include <cmath>
#include <fstream>
#include <iostream>
#include <neurodyn/neurodyn.hpp>

int main() {
    const neurodyn::Model model = neurodyn::Model::load("wilson_cowan");
    if (model.states().size() != 2) return 1;
    std::ofstream("decay.yaml")
        << "name: decay\ntime: {dt: 1 ms, duration: 1 s, method: exact}\n"
           "populations: {x: {equations: 'dx/dt = -x/tau : 1', set: {tau: 500 ms}, initial: {x: 1}}}\n"
           "monitors: {x: {of: x.x, every: 100 ms}}\n";
    neurodyn::Experiment experiment = neurodyn::Experiment::load("decay.yaml");
    if (experiment.check().nodes != 1) return 2;
    const neurodyn::RunSummary summary = experiment.threads(1).run();
    const neurodyn::Results results(summary.output);
    const neurodyn::Data x = results.series("x");
    const double expected = std::exp(-results.times("x").back() / 0.5);
    std::cout << "x = " << x.values.back() << ", expected " << expected << "\n";
    return std::abs(x.values.back() - expected) < 1e-9 ? 0 : 3;
}
