// SPDX-License-Identifier: BSD-3-Clause
// Sweeps as members: which points share a network, and that sharing changes no bit.
#include <gtest/gtest.h>

#include <numeric>

#include "engine/simulation.hpp"
#include "experiment/plan.hpp"

namespace neurodyn::experiment {
namespace {

const std::string two_columns =
    "seed: 3\ntime: {dt: 0.1 ms, duration: 20 ms, method: heun}\nvalues: {G: 1, d: 2 ms}\n"
    "populations: {E: {model: wilson_cowan, size: 2, set: {P: 1 + 0.1*G}, initial: {E: 'uniform(0, 0.2)'}}}\n"
    "projections: {loop: {from: E.E, to: E.E_ext, pattern: all_to_all, weights: 0.5, delays: d, set: {G: "
    "G}}}\n"
    "stimuli: {drive: {to: E.E_ext, ornstein_uhlenbeck: {sigma: 0.1*G, tau: 5 ms}}}\n"
    "monitors: {E: {of: E.E, every: 1 ms}}\n";

struct Planned {
    Document document;
    Experiment experiment;
    std::vector<SweepPoint> points;
    std::vector<Batch> batches;
};

Planned plan(const std::string& sweep) {
    Planned planned;
    planned.document = parse_document(two_columns + sweep, "f.yaml");
    planned.experiment = read_experiment(planned.document);
    planned.points = sweep_points(planned.experiment.sweep);
    std::vector<std::size_t> all(planned.points.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    Resources resources(".");
    planned.batches = plan_sweep(planned.document, planned.experiment, resources, {}, planned.points, all);
    return planned;
}

std::vector<double> run(const network::Network& network) {
    engine::RunOptions options;
    options.duration_s = 0.02;
    options.threads = 1;
    options.kernel.backend = compile::Backend::interpreter;
    engine::MemorySink sink;
    engine::Simulation(network, options).run(sink);
    return sink.find("E")->values;
}

TEST(Plan, PointsOfAGridComeInOrder) {
    const Planned planned = plan("sweep: {over: {G: [1, 2], d: [1 ms, 2 ms, 3 ms]}, repeats: 2}\n");
    ASSERT_EQ(planned.points.size(), 12u);
    EXPECT_EQ(planned.points[3].index, (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(planned.points[3].repeat, 1u);
    EXPECT_EQ(planned.points[11].index, (std::vector<std::size_t>{1, 2}));
}

TEST(Plan, ValuesShareANetworkAndDelaysDoNot) {
    const Planned values = plan("sweep: {over: {G: {from: 0, to: 3, count: 31}}, repeats: 2}\n");
    ASSERT_EQ(values.batches.size(), 1u);
    EXPECT_EQ(values.batches[0].built.network.members, 62u);
    EXPECT_EQ(values.batches[0].built.network.seeds.size(), 62u);
    const Planned delays = plan("sweep: {over: {G: [1, 2, 3], d: [1 ms, 2 ms]}}\n");
    ASSERT_EQ(delays.batches.size(), 2u);
    EXPECT_EQ(delays.batches[0].built.network.members, 3u);
    EXPECT_EQ(delays.batches[1].points, (std::vector<std::size_t>{1, 3, 5}));
}

Built build_text(const std::string& text) {
    const Document document = parse_document(text, "f.yaml");
    Resources resources(".");
    return build(read_experiment(document), resources);
}

TEST(Plan, ProjectionsWithoutWeightsHaveWeightOne) {
    std::string text = two_columns;
    text.erase(text.find("weights: 0.5, "), std::string("weights: 0.5, ").size());
    const Built built = build_text(text);
    EXPECT_EQ(built.network.projections[0].connectivity->weight, std::vector<double>(4, 1.0));
}

TEST(Plan, NetworksThatDoNotFitAreRefusedBeforeTheyAreBuilt) {
    const std::string head = "time: {duration: 1 s}\npopulations: {a: {model: ";
    const auto message = [](const std::string& text) {
        try {
            build_text(text);
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_NE(message(head + "lif_exp, size: 100000000}}\nprojections:\n  all: {from: a.spike, to: a.I_ex, "
                             "connect: {rule: fixed_indegree, indegree: 1000000}, weights: 1 pA}\n")
                  .find("f.yaml:4:3: error: the network has about 1e+14 synapses"),
              std::string::npos);
    EXPECT_NE(message(head + "wilson_cowan, size: 10000000}}\nprojections:\n  all: {from: a.E, to: a.E_ext, "
                             "pattern: all_to_all}\n")
                  .find("f.yaml:4:3: error: projection 'all' joins 10000000 sources with 10000000 targets"),
              std::string::npos);
}

// Equations whose settings use names of `values` are the same for all points of a sweep.
TEST(Plan, InlineEquationsTakeValuesByName) {
    const std::string text =
        "time: {dt: 1 ms, duration: 10 ms}\nvalues: {slow: 20 ms}\n"
        "populations: {n: {equations: 'dv/dt = -v/tau : 1', set: {tau: 2*slow}, initial: {v: 1}}}\n";
    EXPECT_EQ(build_text(text).network.populations[0].parameters.at("tau").at(0, 0), 0.04);
    const Document document = parse_document(text + "sweep: {over: {slow: [10 ms, 20 ms]}}\n", "f.yaml");
    const Experiment experiment = read_experiment(document);
    Resources resources(".");
    const std::vector<Batch> batches =
        plan_sweep(document, experiment, resources, {}, sweep_points(experiment.sweep), {0, 1});
    ASSERT_EQ(batches.size(), 1u);
    EXPECT_EQ(batches[0].built.network.populations[0].parameters.at("tau").at(0, 1), 0.04);
}

TEST(Plan, MembersGiveTheBitsOfSingleRuns) {
    const Planned planned = plan("sweep: {over: {G: [0.5, 1, 2]}}\n");
    ASSERT_EQ(planned.batches.size(), 1u);
    const std::vector<double> together = run(planned.batches[0].built.network);
    for (std::size_t m = 0; m < 3; ++m) {
        Resources resources(".");
        const Document document = document_at(planned.document, planned.experiment, planned.points[m], true);
        const std::vector<double> alone = run(build(read_experiment(document), resources).network);
        for (std::size_t i = 0; i < alone.size(); ++i)
            ASSERT_EQ(alone[i], together[i * 3 + m]) << "member " << m << ", value " << i;
    }
}

TEST(Plan, WrongPathsNameThePlace) {
    try {
        plan("sweep: {over: {populations.F.P: [1, 2]}}\n");
        FAIL() << "no error";
    } catch (const InputError& error) {
        EXPECT_EQ(error.diagnostics()[0].line, 8u);
        EXPECT_NE(std::string(error.what()).find("there is no 'F'"), std::string::npos);
    }
}

}  // namespace
}  // namespace neurodyn::experiment
