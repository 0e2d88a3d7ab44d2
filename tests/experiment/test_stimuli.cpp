// SPDX-License-Identifier: BSD-3-Clause
// Every kind of stimulus against its integral, x(T) = integral of the stimulus, or its statistics.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "engine/simulation.hpp"
#include "experiment/build.hpp"

namespace neurodyn::experiment {
namespace {

std::vector<double> run(const Document& document, const std::string& directory, const std::string& series) {
    Resources resources(directory);
    const Built built = build(read_experiment(document), resources);
    engine::RunOptions options;
    options.duration_s = 1.0;
    options.threads = 1;
    options.kernel.backend = compile::Backend::interpreter;
    engine::MemorySink sink;
    engine::Simulation(built.network, options).run(sink);
    return sink.find(series)->values;
}

// x(1 s) of dx/dt = stimulus.
std::vector<double> run(const std::string& stimuli, const std::string& size = "1",
                        const std::string& directory = ".") {
    return run(
        parse_document("seed: 5\ntime: {dt: 1 ms, duration: 1 s, method: euler}\nvalues: {A: 2}\n"
                       "populations: {x: {equations: \"dx/dt = u/second : 1\", set: {u: 0}, size: " +
                           size + "}}\nmonitors: {x: {of: x.x, every: 1 s}}\nstimuli: {" + stimuli + "}\n",
                       directory + "/f.yaml"),
        directory, "x");
}

TEST(Stimuli, ConstantAndExpressionIntegrate) {
    EXPECT_NEAR(run("s: {to: x.u, constant: 3}")[0], 3.0, 1e-12);
    EXPECT_NEAR(run("s: {to: x.u, expression: A*t/second}")[0], 2.0 * 0.4995, 1e-12);
    EXPECT_NEAR(run("s: {to: x.u, constant: [1, 4]}", "2")[1], 4.0, 1e-12);
}

TEST(Stimuli, AddUpAndAddToAParameter) {
    EXPECT_NEAR(run("a: {to: x.u, constant: 3}, b: {to: x.u, constant: 0.5}")[0], 3.5, 1e-12);
}

TEST(Stimuli, PulsesAreExactToTheStep) {
    EXPECT_NEAR(run("s: {to: x.u, pulse: {amplitude: 4, start: 100 ms, duration: 250 ms}}")[0], 1.0, 1e-12);
    // Starts at 50, 250, 450, 650 and 850 ms.
    EXPECT_NEAR(run("s: {to: x.u, pulse: {amplitude: 1, start: 50 ms, duration: 30 ms, every: 200 ms}}")[0],
                0.15, 1e-12);
}

TEST(Stimuli, SineIntegratesOverHalfAPeriod) {
    // Left Riemann sum of sin(pi t) over 1 s: 0.001/tan(0.0005 pi), plus the offset.
    EXPECT_NEAR(run("s: {to: x.u, sine: {amplitude: 1, frequency: 0.5 Hz, offset: 0.5}}")[0],
                0.001 / std::tan(0.0005 * M_PI) + 0.5, 1e-9);
}

TEST(Stimuli, NodesAndWeightsChooseWhoIsDriven) {
    const std::vector<double> x = run("s: {to: x.u, constant: 1, nodes: [0, 2], weights: [1, 1, 3]}", "3");
    EXPECT_NEAR(x[0], 1.0, 1e-12);
    EXPECT_EQ(x[1], 0.0);
    EXPECT_NEAR(x[2], 3.0, 1e-12);
}

TEST(Stimuli, TablesInterpolate) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() / "neurodyn-stimulus-table";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "ramp.csv") << "0,0\n0.5,1\n1,1\n";
    EXPECT_NEAR(run("s: {to: x.u, table: ramp.csv}", "1", folder.string())[0], 0.75, 1e-3);
    EXPECT_NEAR(run("s: {to: x.u, table: {file: ramp.csv, interpolate: false}}", "1", folder.string())[0],
                0.5, 2e-3);
    std::ofstream(folder / "units.csv") << "time [ms],u (%)\n0,0\n500,100\n1000,100\n";  // the same ramp
    EXPECT_NEAR(run("s: {to: x.u, table: units.csv}", "1", folder.string())[0], 0.75, 1e-3);
    std::filesystem::remove_all(folder);
}

// White noise integrates to a Wiener process: variance sigma^2 T over many nodes (here 2.25, standard error 3
// %).
TEST(Stimuli, WhiteNoiseHasItsVariance) {
    const std::vector<double> x = run("s: {to: x.u, noise: {sigma: 1.5 s^(1/2)}}", "2000");
    double sum = 0.0;
    for (const double v : x) sum += v * v;
    EXPECT_NEAR(sum / 2000.0, 2.25, 0.25);
}

// After a hundred time constants the process is stationary: mean 0.5, deviation 1 over 2000 nodes (standard
// errors 0.022 and 0.016).
TEST(Stimuli, OrnsteinUhlenbeckIsStationary) {
    const Document document = parse_document(
        "seed: 5\ntime: {dt: 1 ms, duration: 1 s}\npopulations: {x: {model: linear, size: 2000}}\n"
        "monitors: {u: {of: x.x_ext, every: 1 s}}\nstimuli: {s: {to: x.x_ext, ornstein_uhlenbeck: {sigma: 1, "
        "tau: 10 ms, mean: 0.5}}}\n",
        "f.yaml");
    const std::vector<double> u = run(document, ".", "u");
    double mean = 0.0, sum = 0.0;
    for (const double v : u) mean += v / 2000.0;
    for (const double v : u) sum += (v - mean) * (v - mean) / 2000.0;
    EXPECT_NEAR(mean, 0.5, 0.1);
    EXPECT_NEAR(std::sqrt(sum), 1.0, 0.08);
}

}  // namespace
}  // namespace neurodyn::experiment
