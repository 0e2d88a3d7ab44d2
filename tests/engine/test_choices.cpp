// SPDX-License-Identifier: BSD-3-Clause
// Procedural synapses that are told by their place: their laws, what a run adds, and that it does not depend
// on threads or machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <set>
#include <utility>

#include "base/math/ars.hpp"
#include "base/math/host.hpp"
#include "engine/choice_law.hpp"
#include "engine/connections.hpp"
#include "networks.hpp"

namespace neurodyn {
namespace {

using namespace tests;
using engine::DrawnSynapses;
using engine::SynapseRow;
using network::ConnectionRule;
using network::EventProjection;
using network::Network;
using network::SynapseValue;
using network::Values;

constexpr double dt = 1e-4;
// Chance of a test with so many standard deviations to fail, were its seed another: 6e-5.
constexpr double deviations = 4.0;

SynapseValue drawn(SynapseValue::Kind kind, double a, double b, double minimum = -1e300,
                   double maximum = 1e300) {
    SynapseValue value;
    value.kind = kind;
    value.a = a;
    value.b = b;
    value.minimum = minimum;
    value.maximum = maximum;
    return value;
}

EventProjection carry(const std::string& name, const std::string& from, const std::string& to,
                      const std::string& target, ConnectionRule::Kind kind, std::uint64_t count) {
    EventProjection p;
    p.name = name;
    p.from = from;
    p.event = "spike";
    p.to = to;
    p.target = target;
    p.rule.kind = kind;
    p.rule.count = count;
    p.weight = constant(1.0);
    p.delay = constant(dt);
    p.storage = EventProjection::Storage::procedural;
    return p;
}

language::ModelPtr counter() {
    return model(R"(
model counter : neuron
parameters
    at = 1 s
equations
    dx/dt = 0/second : 1
    dfired/dt = 0/second : 1
events
    spike : (t > at) and fired < 0.5    reset fired = 1
)");
}

// A projection from `sources` counters to `targets` others (0: onto themselves).
Network joined(ConnectionRule::Kind kind, std::uint64_t count, std::size_t sources, std::size_t targets) {
    Network net;
    net.dt_s = dt;
    net.method = "euler";
    net.seeds = {3};
    net.populations = {population("a", counter(), sources)};
    if (targets > 0) {
        net.populations.push_back(population("b", counter(), targets));
        net.populations[1].parameters["at"] = Values(1.0);
    }
    net.event_projections = {carry("p", "a", targets > 0 ? "b" : "a", "x", kind, count)};
    return net;
}

// All synapses of the first projection, source by source.
struct Synapses {
    std::vector<std::uint32_t> source, target;
    std::vector<double> weight, delay_s;
};
Synapses synapses_of(const Network& net, std::size_t projection = 0) {
    Synapses all;
    const DrawnSynapses drawn(net, net.event_projections[projection]);
    SynapseRow row;
    for (std::uint32_t s = 0; s < drawn.sources(); ++s) {
        drawn.row(s, row);
        all.source.insert(all.source.end(), row.targets.size(), s);
        all.target.insert(all.target.end(), row.targets.begin(), row.targets.end());
        all.weight.insert(all.weight.end(), row.weight.begin(), row.weight.end());
        all.delay_s.insert(all.delay_s.end(), row.delay_s.begin(), row.delay_s.end());
    }
    return all;
}

// Of observed and expected counts; the sum has so many degrees of freedom as there are counts, less one.
void expect_chi_square(const std::vector<double>& observed, const std::vector<double>& expected) {
    double sum = 0.0;
    for (std::size_t k = 0; k < observed.size(); ++k) {
        ASSERT_GT(expected[k], 5.0);
        sum += (observed[k] - expected[k]) * (observed[k] - expected[k]) / expected[k];
    }
    const auto freedom = static_cast<double>(observed.size() - 1);
    EXPECT_NEAR(sum, freedom, deviations * std::sqrt(2.0 * freedom));
}

double normal_below(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
    const auto n = static_cast<double>(x.size());
    const double mx = std::accumulate(x.begin(), x.end(), 0.0) / n,
                 my = std::accumulate(y.begin(), y.end(), 0.0) / n;
    double xy = 0.0, xx = 0.0, yy = 0.0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        xy += (x[k] - mx) * (y[k] - my);
        xx += (x[k] - mx) * (x[k] - mx);
        yy += (y[k] - my) * (y[k] - my);
    }
    return xy / std::sqrt(xx * yy);
}

// The definition in choices.hpp, one choice at a time, on every instruction set that this machine has.
TEST(Choices, AreTheirDefinitionOnEveryInstructionSet) {
    using Ars = math::Ars<math::PortableAes>;
    constexpr std::uint32_t all = engine::weight_levels - 1;
    ChoiceTable table{};
    for (std::uint32_t kind = 0; kind < ChoiceTable::kinds; ++kind) {
        table.choices[kind] = kind == 7 ? 1U << 19 : 1 + 37 * kind * kind;
        table.skipped[kind] = 5 * kind;
        table.keeps[kind] = kind % 2 == 0 ? 0 : ~0U;
        table.first[kind] = kind * 3 - 50;
        table.wanted[kind] = 30 + 200 * kind;
        table.slot[kind] = 500 * kind;
        table.levels[kind] = kind == 3 ? 0 : all;
        table.level[kind] = 1 + engine::weight_levels * kind;
    }
    const ChoiceDraws draws{0xfedcba9876543210u, 0x00040103u, 70};
    std::vector<std::uint8_t> kinds(1000 + choice_step);
    for (std::size_t k = 0; k < kinds.size(); ++k) kinds[k] = static_cast<std::uint8_t>(k * k % 11 % 8);
    std::vector<ChoiceRun> runs;
    for (std::uint32_t k = 0; k < 20; ++k) runs.push_back({kinds.data() + k, 1 + 41 * k, k * k, k << 16});
    std::vector<float> values(1 + engine::weight_levels * ChoiceTable::kinds);
    for (std::size_t k = 1; k < values.size(); ++k) values[k] = static_cast<float>(k % 64);

    const auto definition = [&](const ChoiceRun& run, std::uint32_t k, std::uint32_t& slot,
                                std::uint32_t& level) {
        Ars::Block words[] = {{run.place + k / 4, run.row, draws.purpose, draws.stream}};
        Ars({static_cast<std::uint32_t>(draws.seed), static_cast<std::uint32_t>(draws.seed >> 32), 0, 0})
            .draw(words);
        const std::uint32_t kind = run.kind[k];
        const std::uint32_t self = (run.row - table.skipped[kind]) | table.keeps[kind];
        std::uint64_t choices = table.choices[kind];
        if (!table.plain && self < choices) --choices;
        const std::uint64_t product = words[0][k % 4] * choices;
        auto choice = static_cast<std::uint32_t>(product >> 32);
        if (!table.plain && choice >= self) ++choice;
        const bool wanted = table.plain || choice + table.first[kind] < table.wanted[kind];
        const std::uint32_t mask = table.all_levels ? all : table.levels[kind];
        slot = wanted ? choice + table.slot[kind] : 0;
        level = wanted ? table.level[kind] +
                             (static_cast<std::uint32_t>(product) >> (32 - choice_level_bits) & mask)
                       : 0;
        return wanted;
    };
    for (const auto& [plain, all_levels] : {std::pair(false, false), {true, false}, {true, true}}) {
        table.plain = plain;
        table.all_levels = all_levels;
        std::vector<std::vector<std::uint32_t>> want_slot, want_level;
        std::vector<double> want_sum(1U << 20);
        std::size_t wanted = 0, seen = 0;
        for (const ChoiceRun& run : runs) {
            std::vector<std::uint32_t>&slot = want_slot.emplace_back(run.count),
            &level = want_level.emplace_back(run.count);
            for (std::uint32_t k = 0; k < run.count; ++k, ++seen) {
                wanted += definition(run, k, slot[k], level[k]);
                want_sum[slot[k]] += values[level[k]];
            }
        }
        for (const auto set : {math::InstructionSet::baseline, math::InstructionSet::x86_64_v3,
                               math::InstructionSet::x86_64_v4}) {
            if (!math::supported(set)) continue;
            const math::ChoiceLoops& loops = math::host_loops(set).choices;
            for (std::size_t r = 0; r < runs.size(); ++r) {
                std::vector<std::uint32_t> slot(runs[r].count + choice_step), level(slot.size());
                loops.draw(table, draws, runs[r], slot.data(), level.data());
                slot.resize(runs[r].count);
                level.resize(runs[r].count);
                ASSERT_EQ(slot, want_slot[r]);
                ASSERT_EQ(level, want_level[r]);
            }
            std::vector<double> sum(want_sum.size());
            loops.add_double(table, draws, runs, values.data(), sum.data());
            EXPECT_EQ(sum, want_sum);
            std::vector<float> single(sum.size());
            loops.add_single(table, draws, runs, values.data(), single.data());
            EXPECT_EQ(std::vector<double>(single.begin(), single.end()), want_sum);
        }
        EXPECT_EQ(wanted == seen, plain);
        EXPECT_GT(wanted, seen / 4);
    }
}

TEST(Choices, TotalNumberGivesMultinomialDegrees) {
    constexpr std::size_t sources = 500, targets = 1100, total = 400000;
    const Synapses all = synapses_of(joined(ConnectionRule::Kind::fixed_total, total, sources, targets));
    ASSERT_EQ(all.target.size(), total);
    std::vector<double> in(targets), out(sources);
    for (std::size_t k = 0; k < total; ++k) {
        ++in[all.target[k]];
        ++out[all.source[k]];
    }
    expect_chi_square(in, std::vector<double>(targets, double{total} / targets));
    expect_chi_square(out, std::vector<double>(sources, double{total} / sources));
    // Multapses: so many of the pairs have no synapse at all.
    std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (std::size_t k = 0; k < total; ++k) pairs.emplace(all.source[k], all.target[k]);
    const double n = double{sources} * targets, load = total / n, mean = n * (1.0 - std::exp(-load));
    const double variance = n * std::exp(-load) * (1.0 - (1.0 + load) * std::exp(-load));
    EXPECT_NEAR(static_cast<double>(pairs.size()), mean, deviations * std::sqrt(variance));
}

// Everyone else is equally likely, across the slices' borders, too.
TEST(Choices, LeaveOutTheSourceItself) {
    constexpr std::size_t nodes = 300, degree = 900;
    Network net = joined(ConnectionRule::Kind::fixed_out_degree, degree, nodes, 0);
    net.event_projections[0].rule.autapses = false;
    const Synapses all = synapses_of(net);
    ASSERT_EQ(all.target.size(), nodes * degree);
    std::vector<double> in(nodes), apart(nodes);
    for (std::size_t k = 0; k < all.target.size(); ++k) {
        ASSERT_NE(all.target[k], all.source[k]);
        ++in[all.target[k]];
        ++apart[(all.target[k] + nodes - all.source[k]) % nodes];
    }
    expect_chi_square(in, std::vector<double>(nodes, degree));
    apart.erase(apart.begin());
    expect_chi_square(apart, std::vector<double>(nodes - 1, double{nodes} * degree / (nodes - 1)));
}

// Rounding a normal delay that is cut off at 0.1 ms to steps gives these probabilities.
TEST(Choices, DelaysAndWeightsFollowTheirDistributions) {
    constexpr std::size_t sources = 400, targets = 700, total = 400000;
    constexpr double mean = 1.5e-3, sd = 0.75e-3, least = 0.1e-3;
    Network net = joined(ConnectionRule::Kind::fixed_total, total, sources, targets);
    net.event_projections[0].delay = drawn(SynapseValue::Kind::normal, mean, sd, least);
    net.event_projections[0].weight = drawn(SynapseValue::Kind::normal, 2.0, 1.0, 0.5);
    const Synapses all = synapses_of(net);
    ASSERT_EQ(all.target.size(), total);

    std::vector<double> observed(40), expected(40);
    for (const double delay_s : all.delay_s)
        ++observed[std::min<std::size_t>(static_cast<std::size_t>(std::lround(delay_s / dt)), 40) - 1];
    const double within = 1.0 - normal_below((least - mean) / sd);
    for (std::size_t k = 0; k < 40; ++k) {
        const double low = std::max(least, (static_cast<double>(k) + 0.5) * dt);
        const double high = k == 39 ? 1.0 : (static_cast<double>(k) + 1.5) * dt;
        expected[k] = total * (normal_below((high - mean) / sd) - normal_below((low - mean) / sd)) / within;
    }
    expect_chi_square(observed, expected);

    std::vector<double> weight = all.weight;
    std::ranges::sort(weight);
    double distance = 0.0;  // Kolmogorov's; 4096 levels add half of one
    for (std::size_t k = 0; k < total; ++k) {
        const double below =
            (normal_below(weight[k] - 2.0) - normal_below(-1.5)) / (1.0 - normal_below(-1.5));
        distance = std::max(distance, std::abs(below - (static_cast<double>(k) + 0.5) / total));
    }
    EXPECT_LT(distance, 0.5 / engine::weight_levels + 2.2 / std::sqrt(double{total}));  // 1 in 8000
    // Nothing depends on anything else, nor on the synapse before.
    std::vector<double> target(all.target.begin(), all.target.end());
    const double bound = deviations / std::sqrt(double{total});
    EXPECT_NEAR(correlation(target, all.weight), 0.0, bound);
    EXPECT_NEAR(correlation(target, all.delay_s), 0.0, bound);
    EXPECT_NEAR(correlation(all.weight, all.delay_s), 0.0, bound);
    const auto shifted = [](std::vector<double> x) {
        std::rotate(x.begin(), x.begin() + 1, x.end());
        return x;
    };
    EXPECT_NEAR(correlation(all.weight, shifted(all.weight)), 0.0, bound);
}

// Moments of levels; mean and sd of a distribution are those of the value itself.
TEST(Choices, WeightLevelsHaveTheMomentsOfTheirDistribution) {
    const auto expect = [](const SynapseValue& weight, double mean, double sd, double within) {
        const std::vector<float> levels = engine::levels_of(weight);
        ASSERT_EQ(levels.size(), engine::weight_levels);
        EXPECT_TRUE(std::ranges::is_sorted(levels));
        double sum = 0.0, squares = 0.0;
        for (const float x : levels) sum += x;
        const double average = sum / static_cast<double>(levels.size());
        for (const float x : levels) squares += (x - average) * (x - average);
        EXPECT_NEAR(average, mean, within * mean);
        EXPECT_NEAR(std::sqrt(squares / static_cast<double>(levels.size())), sd, within * sd);
    };
    expect(drawn(SynapseValue::Kind::normal, 87.8e-12, 8.78e-12), 87.8e-12, 8.78e-12, 1e-3);
    expect(drawn(SynapseValue::Kind::uniform, 1.0, 4.0), 2.5, 3.0 / std::sqrt(12.0), 1e-4);
    expect(drawn(SynapseValue::Kind::uniform, 0.0, 4.0, 1.0), 2.5, 3.0 / std::sqrt(12.0), 1e-4);
    expect(drawn(SynapseValue::Kind::exponential, 0.3, 0.0), 0.3, 0.3, 2e-3);
    expect(drawn(SynapseValue::Kind::lognormal, 2.0, 1.0), 2.0, 1.0, 3e-3);
    // Half a normal distribution: mean sqrt(2/pi), sd sqrt(1 - 2/pi).
    expect(drawn(SynapseValue::Kind::normal, 0.0, 1.0, 0.0), std::sqrt(2.0 / std::numbers::pi),
           std::sqrt(1.0 - 2.0 / std::numbers::pi), 1e-3);
}

// Excitatory and inhibitory neurons; rules, weights and delays of several kinds.
Network spiking_network() {
    Network net;
    net.dt_s = dt;
    net.method = "exact";
    net.seeds = {11};
    const auto lif =
        language::load_model(std::string(NEURODYN_SOURCE_DIR) + "/library/neurons/lif_exp.model");
    net.populations = {population("e", lif, 3001), population("i", lif, 777)};
    using Kind = ConnectionRule::Kind;
    net.event_projections = {carry("ee", "e", "e", "I_ex", Kind::fixed_total, 90000),
                             carry("ei", "e", "i", "I_ex", Kind::fixed_out_degree, 11),
                             carry("ie", "i", "e", "I_in", Kind::fixed_total, 31000),
                             carry("ii", "i", "i", "I_in", Kind::fixed_out_degree, 12)};
    for (EventProjection& p : net.event_projections) {
        p.weight = drawn(SynapseValue::Kind::normal, 60e-12, 10e-12, 0.0);
        p.delay = drawn(SynapseValue::Kind::normal, 1.5e-3, 0.8e-3, dt);
        if (p.from == "i") p.weight = drawn(SynapseValue::Kind::uniform, -500e-12, -100e-12);
    }
    net.event_projections[0].rule.autapses = false;
    net.event_projections[1].dendritic_delay_s = 3 * dt;
    net.event_projections[3].weight = constant(-300e-12);
    for (const std::string to : {"e", "i"}) {
        network::PoissonInput input;
        input.name = "drive_" + to;
        input.population = to;
        input.target = "I_ex";
        input.rate_hz = Values(8.0);
        input.sources = Values(1500.0);
        input.weight = Values(90e-12);
        net.poisson_inputs.push_back(input);
        net.event_monitors.push_back({"spikes_" + to, to, "spike"});
    }
    net.monitors = {monitor("e", "v", 10 * dt)};
    return net;
}

// The same synapses as a list that is kept.
Network listed(Network net) {
    const Network procedural = net;
    for (std::size_t i = 0; i < net.event_projections.size(); ++i) {
        EventProjection& p = net.event_projections[i];
        Synapses all = synapses_of(procedural, i);
        auto edges = std::make_shared<network::EdgeList>();
        edges->source = std::move(all.source);
        edges->target = std::move(all.target);
        p.rule = {};
        p.rule.kind = ConnectionRule::Kind::edge_list;
        p.rule.edges = std::move(edges);
        p.weight = {};
        p.weight.kind = p.delay.kind = SynapseValue::Kind::list;
        p.weight.list = std::move(all.weight);
        p.delay = p.weight;
        p.delay.list = std::move(all.delay_s);
        p.storage = EventProjection::Storage::single;
    }
    return net;
}

// What is listed is what runs, bit for bit, whatever the number of threads.
TEST(Choices, AddWhatIsListedOnAnyNumberOfThreads) {
    const Network net = spiking_network();
    const Recorded kept = run_all(listed(net), 0.06);
    ASSERT_GT(kept.events[0].members[0].node.size(), 500u);
    ASSERT_GT(kept.events[1].members[0].node.size(), 100u);
    for (const int threads : {1, 2, 3, 4, 7}) {
        engine::RunOptions options;
        options.threads = threads;
        EXPECT_TRUE(same(kept, run_all(net, 0.06, options))) << threads << " threads";
    }
}
TEST(Choices, AddWhatIsListedInSinglePrecision) {
    Network net = spiking_network();
    engine::RunOptions options;
    options.kernel.precision = compile::Precision::single;
    const Recorded kept = run_all(listed(net), 0.04, options);
    options.threads = 2;
    EXPECT_TRUE(same(kept, run_all(net, 0.04, options)));
}

// Another seed is another network.
TEST(Choices, DependOnTheSeed) {
    Network net = joined(ConnectionRule::Kind::fixed_total, 20000, 100, 200);
    const Synapses one = synapses_of(net);
    net.seeds = {4};
    EXPECT_NE(one.target, synapses_of(net).target);
}

// A row of more synapses than 16 bits count, and more projections than a table has kinds.
TEST(Choices, HaveRoomForLargeNumbers) {
    constexpr std::size_t targets = 70;
    Network net = joined(ConnectionRule::Kind::fixed_out_degree, 60000, 2, targets);
    for (int k = 0; k < 12; ++k)
        net.event_projections.push_back(
            carry("more" + std::to_string(k), "a", "b", "x", ConnectionRule::Kind::fixed_total, 100));
    net.populations[0].parameters["at"] = Values({2.2 * dt, 4.2 * dt}, 2, 1);
    net.monitors = {monitor("b", "x", dt)};
    std::vector<double> expected(targets);
    for (std::size_t i = 0; i < net.event_projections.size(); ++i)
        for (const std::uint32_t target : synapses_of(net, i).target) ++expected[target];
    engine::RunOptions options;
    options.threads = 2;
    const Recorded r = run_all(net, 10 * dt, options);
    const std::vector<double>& x = r.series[0].values;
    EXPECT_EQ(std::vector<double>(x.end() - targets, x.end()), expected);
    EXPECT_EQ(std::accumulate(expected.begin(), expected.end(), 0.0), 2 * 60000.0 + 12 * 100.0);
}

// What depends on pairs keeps the row that is otherwise kept.
TEST(Choices, ServeIndependentSynapsesOnly) {
    const auto serves = [](const Network& net) {
        const EventProjection& p = net.event_projections[0];
        return engine::told_by_place(net, p, engine::make_connector(net, 0), p.weight).has_value();
    };
    Network net = joined(ConnectionRule::Kind::fixed_total, 1000, 100, 200);
    EXPECT_TRUE(serves(net));
    Network other = net;
    other.event_projections[0].storage = EventProjection::Storage::single;
    EXPECT_FALSE(serves(other));
    other = net;
    other.event_projections[0].rule.multapses = false;
    EXPECT_FALSE(serves(other));
    other = net;
    other.event_projections[0].rule.kind = ConnectionRule::Kind::fixed_in_degree;
    other.event_projections[0].rule.count = 10;
    EXPECT_FALSE(serves(other));
    other = net;
    other.event_projections[0].weight = drawn(SynapseValue::Kind::gamma, 1.0, 0.5);
    EXPECT_FALSE(serves(other));
}

TEST(Choices, NameTheProjectionWhoseDelaysCannotBeUsed) {
    Network net = joined(ConnectionRule::Kind::fixed_total, 1000, 100, 200);
    net.event_projections[0].delay = drawn(SynapseValue::Kind::normal, 1e-3, 1e-3);
    EXPECT_THAT(refusal(net), testing::HasSubstr("projection 'p': a delay of"));
}

}  // namespace
}  // namespace neurodyn
