// SPDX-License-Identifier: BSD-3-Clause
// Positions and expressions of two neurons in experiments, and connections that are written and read again.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "engine/networks.hpp"
#include "experiment/build.hpp"
#include "experiment/connections.hpp"
#include "experiment/plan.hpp"
#include "record/reader.hpp"

namespace neurodyn::experiment {
namespace {

namespace fs = std::filesystem;
using testing::DoubleEq;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;

class ConnectionsInExperiments : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() /
                  fmt::format("neurodyn-connections-{}-{}", getpid(),
                              testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    fs::path write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
        return folder_ / name;
    }
    network::Network built(const std::string& text) {
        const Document document = parse_document(text, (folder_ / "test.yaml").string());
        const Experiment experiment = read_experiment(document);
        return build(experiment, resources()).network;
    }
    Resources& resources() {
        if (!resources_) resources_.emplace(folder_.string());
        return *resources_;
    }
    /// All rows of the first projection.
    static std::vector<engine::SynapseRow> rows(const network::Network& network) {
        const engine::DrawnSynapses synapses(network, network.event_projections.at(0));
        std::vector<engine::SynapseRow> all(synapses.sources());
        for (std::size_t s = 0; s < all.size(); ++s) synapses.row(s, all[s]);
        return all;
    }

    fs::path folder_;
    std::optional<Resources> resources_;
};

TEST_F(ConnectionsInExperiments, Positions) {
    write("cells.csv", "name,x [um],z_mm\nfirst,1,2\nsecond,-3,4\n");
    const network::Network n = built(R"yaml(
time: {duration: 1 s}
values: {L: 1 mm}
populations:
  grid: {model: lif_exp, size: 6, positions: {layout: grid, shape: [3, 2], spacing: [10 um, L], periodic: true}}
  line: {model: lif_exp, size: 4, positions: {layout: line, length: L, centre: [0.5 mm, 2 mm]}}
  ring: {model: lif_exp, size: 4, positions: {layout: ring, radius: 1 um}}
  file: {model: lif_exp, size: 2, positions: cells.csv}
  text: {model: lif_exp, size: 3, positions: {x: i*1 um, y: x/N + L}}
  box: {model: lif_exp, size: 500, positions: {layout: box, length: L, width: 2*L, height: 3*L}, set: {I_e: "(z/L + rand())*1 pA"}}
)yaml");
    const auto axes = [&](std::size_t k) { return n.populations[k].positions.axes; };
    EXPECT_THAT(axes(0)[0], Pointwise(DoubleEq(), {-1e-5, 0.0, 1e-5, -1e-5, 0.0, 1e-5}));
    EXPECT_THAT(axes(0)[1], Pointwise(DoubleEq(), {-5e-4, -5e-4, -5e-4, 5e-4, 5e-4, 5e-4}));
    EXPECT_NEAR(n.populations[0].positions.period[0], 3e-5, 1e-18);
    EXPECT_THAT(axes(1)[0], Pointwise(testing::DoubleNear(1e-15), {0.125e-3, 0.375e-3, 0.625e-3, 0.875e-3}));
    EXPECT_THAT(axes(1)[1], Each(2e-3));
    EXPECT_THAT(axes(2)[1], Pointwise(testing::DoubleNear(1e-20), {0.0, 1e-6, 0.0, -1e-6}));
    EXPECT_THAT(axes(3)[0], Pointwise(DoubleEq(), {1e-6, -3e-6}));
    EXPECT_TRUE(axes(3)[1].empty());
    EXPECT_THAT(axes(3)[2], Pointwise(DoubleEq(), {2e-3, 4e-3}));
    EXPECT_THAT(axes(4)[1], Pointwise(DoubleEq(), {1e-3, 1e-3 + 1e-6 / 3, 1e-3 + 2e-6 / 3}));
    const network::Values& current = n.populations[5].parameters.at("I_e");
    double mean = 0.0, squares = 0.0;
    for (std::size_t k = 0; k < 500; ++k) {
        const double draw = current.at(k, 0) * 1e12 - axes(5)[2][k] * 1e3;  // rand()
        EXPECT_GT(draw, 0.0);
        EXPECT_LT(draw, 1.0);
        mean += draw / 500;
        squares += axes(5)[2][k] * axes(5)[2][k] / 500;
    }
    EXPECT_NEAR(mean, 0.5, 5 * 0.2887 / std::sqrt(500));
    EXPECT_NEAR(std::sqrt(squares), 3e-3 / std::sqrt(12.0), 2e-4);
}

TEST_F(ConnectionsInExperiments, RegionsAreWhereTheirDataSay) {
    const network::Network n = built(R"yaml(
time: {duration: 1 s}
connectome: hcp_schaefer100
populations: {cortex: {model: wilson_cowan, size: connectome}}
)yaml");
    const auto& positions = n.populations[0].positions;
    if (positions.empty()) GTEST_SKIP() << "the data set has no coordinates";
    EXPECT_EQ(positions.axes[2].size(), 100u);
    for (const double x : positions.axes[0]) EXPECT_LT(std::abs(x), 0.1);
}

TEST_F(ConnectionsInExperiments, ExpressionsOfTwoNeurons) {
    const network::Network n = built(R"yaml(
time: {duration: 1 s}
values: {sigma: 100 um, w0: 2 pA}
populations:
  a: {model: lif_exp, size: 3, positions: {x: i*100 um}, set: {t_ref: "1 ms*(i + 1)"}}
  b: {model: lif_exp, size: 4, positions: {x: i*200 um, y: 1 um*i}, set: {tau: 20 ms}}
projections:
  net:
    from: a.spike
    to: b.I_ex
    connect: {rule: pairwise_bernoulli, probability: distance < 2.5*sigma}
    weights: w0*(i + 10*j)*tau_post/tau_pre + 0 pA*x_post/(1 um)
    delays: 0.5*t_ref_pre + distance/(0.1 m/s)
)yaml");
    const auto all = rows(n);
    // Distances of source i and target j along x: |0.1 i - 0.2 j| mm.
    EXPECT_THAT(all[0].targets, ElementsAre(0, 1));
    EXPECT_THAT(all[1].targets, ElementsAre(0, 1));
    EXPECT_THAT(all[2].targets, ElementsAre(0, 1, 2));
    EXPECT_THAT(all[2].weight, Pointwise(DoubleEq(), {8e-12, 48e-12, 88e-12}));
    EXPECT_THAT(all[2].delay_s,
                Pointwise(testing::DoubleNear(1e-15), {1.5e-3 + 2e-3, 1.5e-3, 1.5e-3 + 2e-3}));
}

TEST_F(ConnectionsInExperiments, ValuesOfSynapsesAndGamma) {
    const network::Network n = built(R"yaml(
time: {duration: 1 s}
values: {i: 3}
populations: {a: {model: lif_exp, size: 40, positions: {layout: line, length: 1 mm}, set: {I_e: "gamma(2 pA, 1 pA)"}}}
projections:
  drawn: {from: a, to: a.I_ex, synapse: stdp_pair, connect: all_to_all, weights: "gamma(0.5, 0.1)", set: {J: "1 pA*(j + 1)*i"}}
  strings:
    from: a.spike
    to: a.I_in
    connect: all_to_all
    synapse: {model: "r : meter", on_pre: "I_in += 1*pA*q"}
    set: {r: distance, q: 2}
)yaml");
    const auto& p = n.event_projections;
    EXPECT_EQ(p[0].values.at("w").kind, network::SynapseValue::Kind::gamma);
    EXPECT_EQ(p[0].values.at("J").kind, network::SynapseValue::Kind::expression);
    EXPECT_EQ(p[1].values.at("r").kind, network::SynapseValue::Kind::expression);
    const engine::DrawnSynapses synapses(n, p[0]);
    EXPECT_EQ(synapses.weight_unit()->name, "1");
    const network::Connector connector = engine::make_connector(n, 0);
    const std::vector<std::uint32_t> targets = {0, 1, 5};
    std::vector<double> values(3);
    connector.values(p[0].values.at("J"), 2, 7, targets, values);  // the experiment's i is 3
    EXPECT_THAT(values, Pointwise(DoubleEq(), {3e-12, 6e-12, 18e-12}));
    double mean = 0.0;
    for (std::size_t k = 0; k < 40; ++k) mean += n.populations[0].parameters.at("I_e").at(k, 0) / 40;
    EXPECT_NEAR(mean, 2e-12, 5 * 1e-12 / std::sqrt(40));
}

TEST_F(ConnectionsInExperiments, EntriesOfAMatrixAreSynapses) {
    fs::create_directories(folder_ / "tracts");
    write("tracts/weights.csv", "0,2,0\n3,0,0\n0,5,0\n");
    const auto with = [](const std::string& entries) {
        return fmt::format(R"(
time: {{dt: 0.1 ms, duration: 1 ms}}
connectome: {{path: tracts}}
populations: {{a: {{model: lif_delta, size: 3}}, b: {{model: lif_delta, size: 2}}}}
projections: {{p: {{from: a.spike, to: a.v, connect: {{rule: matrix, entries: '{}'}}, delays: 1 ms}}}}
)",
                           entries);
    };
    const auto all = rows(built(with("connectome.weights*1 mV")));
    EXPECT_THAT(all.at(0).targets, ElementsAre(1));
    EXPECT_THAT(all.at(1).targets, ElementsAre(0, 2));
    EXPECT_THAT(all.at(1).weight,
                ElementsAre(testing::DoubleNear(2e-3, 1e-9), testing::DoubleNear(5e-3, 1e-9)));
    EXPECT_TRUE(all.at(2).targets.empty());
    const auto error = [&](const std::string& text) {
        try {
            built(text);
        } catch (const Error& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    EXPECT_THAT(error(with("connectome.weights")), HasSubstr("'entries' of projection 'p'"));
    EXPECT_THAT(error(with("2 mV")),
                HasSubstr("has 1 x 1 values, the projection needs 3 targets x 3 sources"));
    EXPECT_THAT(error(with("connectome.weights*1 mV', path: 'x")),
                HasSubstr("rule 'matrix' of projection 'p' has no 'path'"));
}

TEST_F(ConnectionsInExperiments, DrawsAroundAnExpression) {
    const network::Network n = built(R"yaml(
time: {duration: 1 s}
populations: {a: {model: lif_exp, size: 200, positions: {layout: line, length: 1 mm}}}
projections:
  normal: {from: a.spike, to: a.I_ex, connect: all_to_all, weights: "uniform(1 pA*i, 2 pA*i)", delays: "normal(1 ms + distance/(0.1 m/s), 0.5 ms, min = 0.5 ms)"}
  exponential: {from: a.spike, to: a.I_ex, connect: all_to_all, weights: "exponential(1 pA*(i + 1))"}
)yaml");
    double delay = 0.0, squares = 0.0, weight = 0.0, drawn = 0.0;
    const auto all = rows(n);
    const engine::DrawnSynapses exponential(n, n.event_projections[1]);
    for (std::size_t i = 0; i < 200; ++i) {
        engine::SynapseRow row;
        exponential.row(i, row);
        for (std::size_t j = 0; j < 200; ++j) {
            const double expected = 1e-3 + std::abs(double(i) - double(j)) * 5e-6 / 0.1;
            if (i != 100) continue;  // far from the bound beyond j = 160
            EXPECT_GE(all[i].delay_s[j], 0.5e-3);
            EXPECT_GE(all[i].weight[j], 100e-12);
            EXPECT_LE(all[i].weight[j], 200e-12);
            weight += all[i].weight[j] / 200;
            if (j < 160) continue;
            delay += (all[i].delay_s[j] - expected) / 40;
            squares += (all[i].delay_s[j] - expected) * (all[i].delay_s[j] - expected) / 40;
        }
        drawn += engine::moments_of(row.weight).mean / (double(i) + 1) / 200;
    }
    EXPECT_NEAR(delay, 0.0, 5 * 0.5e-3 / std::sqrt(40));
    EXPECT_NEAR(std::sqrt(squares), 0.5e-3, 5 * 0.5e-3 / std::sqrt(80));
    EXPECT_NEAR(weight, 150e-12, 5 * 28.9e-12 / std::sqrt(200));
    EXPECT_NEAR(drawn, 1e-12, 5 * 1e-12 / 200);
}

TEST_F(ConnectionsInExperiments, CouplingsOfDistance) {
    const network::Network n = built(R"yaml(
time: {dt: 1 ms, duration: 1 s}
values: {L: 100 um}
populations:
  sheet: {model: wilson_cowan, size: 4, positions: {layout: line, length: 4*L, periodic: true}}
  one: {model: wilson_cowan}
projections:
  lateral: {from: sheet.E, to: sheet.E_ext, weights: "where(i != j, exp(-distance/L), 0)", delays: distance/(0.1 m/s)}
  own: {from: sheet.E, to: sheet.I_ext, pattern: one_to_one, weights: 1 + i - j + i/10, delays: 1 ms*(1 + j)}
  out: {from: one.E, to: sheet.E_ext, weights: j + 1 + 0*rand()}
)yaml");
    const network::Connectivity& lateral = *n.projections[0].connectivity;
    ASSERT_EQ(lateral.source.size(), 12u);  // none of a node with itself
    EXPECT_NEAR(lateral.weight[0], std::exp(-1.0), 1e-12);
    EXPECT_NEAR(lateral.weight[1], std::exp(-2.0), 1e-12);
    EXPECT_NEAR(lateral.weight[2], std::exp(-1.0), 1e-12);  // the shorter way round
    EXPECT_NEAR(lateral.delay_s[1], 2e-3, 1e-12);
    EXPECT_THAT(n.projections[1].connectivity->weight, Pointwise(DoubleEq(), {1.0, 1.1, 1.2, 1.3}));
    EXPECT_THAT(n.projections[1].connectivity->delay_s, Pointwise(DoubleEq(), {1e-3, 2e-3, 3e-3, 4e-3}));
    EXPECT_THAT(n.projections[2].connectivity->weight, ElementsAre(1, 2, 3, 4));
}

TEST_F(ConnectionsInExperiments, CheckTellsWhatExpressionsGive) {
    const fs::path path = write("x.yaml", R"yaml(
time: {duration: 1 ms}
populations: {a: {model: lif_exp, size: 1000, positions: {layout: line, length: 10 mm, periodic: true}}}
projections:
  net:
    from: a.spike
    to: a.I_ex
    connect: {rule: pairwise_bernoulli, probability: "0.5*(1 - distance/(5 mm))", autapses: false}
    weights: 1 pA
    delays: 1 ms + distance/(1 m/s)
)yaml");
    RunSettings settings;
    settings.backend = compile::Backend::interpreter;
    const Check check = check_experiment(path.string(), settings);
    // The mean of 1 - d/L over a ring of circumference 2L is a half; itself a neuron would meet for sure.
    EXPECT_NEAR(check.projections[0].connections, 1000 * (1000 * 0.25 - 0.5), 1.0);
    EXPECT_EQ(check.projections[0].delays.substr(0, 9), "about 10 ");
    EXPECT_NEAR(std::stod(check.projections[0].delays.substr(12)), 60.0, 4.0);
}

TEST_F(ConnectionsInExperiments, PositionsAreInTheResultFile) {
    const fs::path path = write("x.yaml", R"yaml(
time: {duration: 1 ms}
populations: {a: {model: lif_exp, size: 2, positions: {layout: line, length: 1 mm, centre: [0 mm, 2 mm]}}, b: {model: lif_exp}}
monitors: {v: a.v}
)yaml");
    RunSettings settings;
    settings.output = (folder_ / "x.h5").string();
    settings.backend = compile::Backend::interpreter;
    run_experiment(path.string(), settings);
    const auto arrays = record::Reader(*settings.output).arrays("positions/a");
    ASSERT_EQ(arrays.size(), 2u);
    EXPECT_EQ(arrays[0].name, "x");
    EXPECT_EQ(arrays[0].unit, "m");
    EXPECT_THAT(arrays[0].values, Pointwise(testing::DoubleNear(1e-15), {-0.25e-3, 0.25e-3}));
    EXPECT_THAT(arrays[1].values, Each(2e-3));
}

TEST_F(ConnectionsInExperiments, MembersOfASweepShareEqualExpressions) {
    const auto with = [&](const std::string& sigma) {
        return built(fmt::format(R"yaml(
time: {{duration: 1 s}}
populations: {{a: {{model: lif_exp, size: 20, positions: {{layout: line, length: 1 mm}}}}}}
projections: {{net: {{from: a.spike, to: a.I_ex, connect: {{rule: pairwise_bernoulli, probability: exp(-distance/({}))}}, weights: 1 pA}}}}
)yaml",
                                 sigma));
    };
    EXPECT_TRUE(same_structure(with("1 mm"), with("1 mm")));
    EXPECT_FALSE(same_structure(with("1 mm"), with("2 mm")));
}

const std::string balanced = R"yaml(
seed: 3
time: {duration: 200 ms, method: exact}
values: {v: 0.2 m/s}
populations:
  exc: {model: lif_exp, size: 400, positions: {layout: grid, shape: [20, 20], spacing: 50 um, periodic: true}}
  inh: {model: lif_exp, size: 100, positions: {layout: box, length: 1 mm, width: 1 mm, periodic: true}}
projections:
  ee: {from: exc.spike, to: exc.I_ex, CONNECT_ee}
  ei: {from: exc.spike, to: inh.I_ex, CONNECT_ei}
  ie: {from: inh.spike, to: exc.I_in, CONNECT_ie}
stimuli:
  drive: {to: exc.I_ex, poisson: {rate: 8 Hz, sources: 1000, weight: 50 pA}}
monitors: {spikes: {of: [exc.spike, inh.spike]}}
)yaml";

const std::pair<const char*, const char*> drawn[] = {
    {"ee",
     "connect: {rule: pairwise_bernoulli, probability: \"0.5*exp(-distance^2/(2*(150 um)^2))\"}, weights: "
     "\"50 pA*(1 + 0.3*randn())\", delays: 0.5 ms + distance/v"},
    {"ei",
     "connect: {rule: fixed_indegree, indegree: 40}, weights: \"gamma(90 pA, 20 pA)\", delays: \"normal(1.5 "
     "ms, 0.5 ms, min = 0.1 ms)\""},
    {"ie", "connect: {rule: fixed_total_number, number: 8000}, weights: -200 pA, delays: 0.8 ms"}};

std::string with_connections(const std::string& file) {
    std::string text = balanced;
    for (const auto& [name, own] : drawn) {
        const std::string key = fmt::format("CONNECT_{}", name);
        std::string value = own;
        if (file.ends_with(".h5"))
            value = fmt::format("connect: {{rule: file, path: {}, population: {}}}", file, name);
        else if (!file.empty())
            value = fmt::format("connect: {{rule: file, path: {}{}}}", name, file);
        text.replace(text.find(key), key.size(), value);
    }
    return text;
}

TEST_F(ConnectionsInExperiments, WrittenAndReadAgainTheNetworkIsTheSame) {
    const fs::path original = write("drawn.yaml", with_connections(""));
    const Connections connections(original.string(), {});
    ASSERT_EQ(connections.projections().size(), 3u);
    const std::uint64_t all = connections.write((folder_ / "all.h5").string());
    std::uint64_t sum = 0;
    for (const auto& [name, own] : drawn)
        sum +=
            Connections(original.string(), {}, name).write((folder_ / (std::string(name) + ".csv")).string());
    EXPECT_EQ(all, sum);
    EXPECT_GT(all, 20000u);
    engine::RunOptions options;
    options.kernel.backend = compile::Backend::interpreter;
    const auto spikes = [&](const std::string& text) {
        return tests::run_all(built(text), 0.2, options).events;
    };
    const auto expected = spikes(with_connections(""));
    ASSERT_EQ(expected.size(), 2u);
    EXPECT_GT(expected[0].members[0].node.size(), 300u);
    EXPECT_GT(expected[1].members[0].node.size(), 30u);
    for (const char* file : {"all.h5", ".csv"}) {
        const auto found = spikes(with_connections(file));
        for (std::size_t k = 0; k < 2; ++k) {
            EXPECT_EQ(found[k].members[0].time_s, expected[k].members[0].time_s) << file;
            EXPECT_EQ(found[k].members[0].node, expected[k].members[0].node) << file;
        }
    }
}

TEST_F(ConnectionsInExperiments, SynapsesWithoutWeightAndEmptyProjections) {
    const std::string text = R"yaml(
time: {duration: 10 ms}
populations: {a: {model: lif_exp, size: 5}}
projections:
  plain: {from: a.spike, to: a.I_ex, synapse: {model: "", on_pre: "I_ex += 1*pA"}, connect: CONNECT, DELAYS}
  none: {from: a.spike, to: a.I_in, connect: {rule: fixed_total_number, number: 0}, weights: 1 pA}
)yaml";
    const auto with = [&](const std::string& connect, const std::string& delays) {
        std::string t = text;
        t.replace(t.find("CONNECT"), 7, connect);
        return t.replace(t.find("DELAYS"), 6, delays);
    };
    const fs::path original = write("x.yaml", with("all_to_all", "delays: 2 ms"));
    const Connections connections(original.string(), {});
    EXPECT_EQ(connections.write((folder_ / "x.h5").string()), 25u);
    const auto read =
        rows(built(with("{rule: file, path: x.h5, population: plain}", "dendritic_delay: 0 ms")));
    EXPECT_THAT(read[3].targets, ElementsAre(0, 1, 2, 3, 4));
    EXPECT_THAT(read[3].delay_s, Each(2e-3));
    EXPECT_EQ(rows(built(R"yaml(
time: {duration: 10 ms}
populations: {a: {model: lif_exp, size: 5}}
projections: {none: {from: a.spike, to: a.I_in, connect: {rule: file, path: x.h5, population: none}}}
)yaml"))[0]
                  .targets.size(),
              0u);
}

TEST_F(ConnectionsInExperiments, WhatCannotBeWrittenIsRefused) {
    const fs::path original = write("drawn.yaml", with_connections(""));
    const auto message = [](auto work) {
        try {
            work();
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    const Connections connections(original.string(), {});
    EXPECT_THAT(message([&] { connections.write((folder_ / "x.csv").string()); }),
                HasSubstr("name one of ee, ei, ie, or write a .h5 file"));
    EXPECT_THAT(message([&] { connections.write((folder_ / "x.txt").string()); }),
                HasSubstr("synapses are written as text (.csv) or as SONATA edges (.h5)"));
    EXPECT_THAT(message([&] { connections.write((folder_ / "none/x.h5").string()); }),
                HasSubstr("cannot be written"));
    EXPECT_THAT(message([&] { Connections(original.string(), {}, "eee"); }),
                HasSubstr("there is no projection 'eee'; did you mean 'ee'?"));
}

TEST_F(ConnectionsInExperiments, AMissingGroupOfAFileIsNamed) {
    const fs::path original = write("drawn.yaml", with_connections(""));
    Connections(original.string(), {}, "ee").write((folder_ / "all.h5").string());
    try {
        built(with_connections("all.h5"));
        FAIL() << "no error";
    } catch (const InputError& error) {
        ASSERT_EQ(error.diagnostics().size(), 2u);  // ei and ie
        EXPECT_EQ(error.diagnostics()[0].line, 10u);
        EXPECT_THAT(error.diagnostics()[0].message,
                    HasSubstr("all.h5: has no edge population 'ei'; it has: ee"));
    }
}

}  // namespace
}  // namespace neurodyn::experiment
