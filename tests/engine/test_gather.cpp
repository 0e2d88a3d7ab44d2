// SPDX-License-Identifier: BSD-3-Clause
// The coupling sums against the same sums written as plain loops: equal to the bit.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "engine/edges.hpp"
#include "engine/gather.hpp"
#include "networks.hpp"

namespace neurodyn::engine {
namespace {

template <class Real>
class Gather : public testing::Test {};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(Gather, Reals);

TYPED_TEST(Gather, EqualsPlainLoopsForEveryLength) {
    std::mt19937 random(1);
    std::normal_distribution<double> normal;
    const std::size_t sources = 7, length = 50, members = 3, margin = 32;
    const std::size_t row = (length + margin) * members;
    std::vector<TypeParam> history(sources * row);
    for (std::size_t s = 0; s < sources; ++s)
        for (std::size_t x = 0; x < length * members; ++x) {
            history[s * row + x] = static_cast<TypeParam>(normal(random));
            if (x < margin * members) history[s * row + length * members + x] = history[s * row + x];
        }
    std::vector<Edge<TypeParam>> edges;
    for (int e = 0; e < 40; ++e)
        edges.push_back({static_cast<std::uint32_t>(random() % sources),
                         static_cast<std::uint32_t>(random() % 40), static_cast<TypeParam>(normal(random))});
    const HistoryView<TypeParam> view{history.data(), row, length, members};
    for (std::size_t count = 1; count <= 32 * members; ++count) {
        for (const std::size_t position : {std::size_t{0}, std::size_t{17}, length - 1}) {
            std::vector<TypeParam> sums(count, TypeParam{0}), expected(count, TypeParam{0});
            gather_edges(sums.data(), count, edges.data(), edges.size(), view, position);
            for (std::size_t k = 0; k < count; ++k) {
                for (const auto& e : edges) {
                    const std::size_t time = (position + length - e.delay + k / members) % length;
                    expected[k] += e.weight * history[e.source * row + time * members + k % members];
                }
            }
            ASSERT_EQ(sums, expected) << "count " << count << ", position " << position;
        }
    }
}

TYPED_TEST(Gather, MatrixFormsEqualPlainLoops) {
    std::mt19937 random(2);
    std::normal_distribution<double> normal;
    for (const std::size_t members :
         {std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{8}, std::size_t{16}, std::size_t{35}}) {
        const std::size_t targets = 37, sources = 19;
        std::vector<TypeParam> w(targets * sources), x(sources * members);
        for (auto& v : w) v = static_cast<TypeParam>(normal(random));
        for (auto& v : x) v = static_cast<TypeParam>(normal(random));
        std::vector<TypeParam> expected(targets * members, TypeParam{0}), sums = expected;
        for (std::size_t t = 0; t < targets; ++t)
            for (std::size_t m = 0; m < members; ++m)
                for (std::size_t s = 0; s < sources; ++s)
                    expected[t * members + m] += w[t * sources + s] * x[s * members + m];
        multiply_members(sums.data(), members, w.data(), sources, x.data(), members, targets, sources,
                         members);
        ASSERT_EQ(sums, expected) << members << " members";
        if (members != 1) continue;
        for (std::size_t first = 0; first < targets; first += panel_targets) {
            std::vector<TypeParam> panel(sources * panel_targets, TypeParam{0}),
                part(panel_targets, TypeParam{0});
            for (std::size_t s = 0; s < sources; ++s)
                for (std::size_t t = first; t < std::min(targets, first + panel_targets); ++t)
                    panel[s * panel_targets + t - first] = w[t * sources + s];
            multiply_panel(part.data(), panel.data(), x.data(), sources);
            for (std::size_t t = first; t < std::min(targets, first + panel_targets); ++t)
                ASSERT_EQ(part[t - first], expected[t]);
        }
    }
}

TEST(Edges, ClassesHoldEveryEdgeOnceInOrder) {
    std::mt19937 random(3);
    network::Connectivity c{20, 30, {0}, {}, {}, {}};
    for (std::size_t i = 0; i < c.targets; ++i) {
        for (std::uint32_t j = 0; j < c.sources; ++j) {
            if (random() % 3 == 0) continue;
            c.source.push_back(j);
            c.weight.push_back(1.0 + j);
            c.delay_s.push_back(1e-4 * static_cast<double>(random() % 90));
        }
        c.row_begin.push_back(c.source.size());
    }
    const auto projection = tests::project("a", "x", "b", "I", c);
    const auto plan = plan_edges<double>(projection, 20, 30, 1e-4, 32, 1000);
    std::size_t edges = 0;
    for (const auto& k : plan.classes) {
        edges += k.edges.size();
        for (const auto& e : k.edges) {
            EXPECT_GE(e.delay + 1, k.block);
            if (k.block < 32) {
                EXPECT_LT(e.delay + 1, 2 * k.block);
            }
        }
    }
    EXPECT_EQ(edges, c.source.size());
    for (std::size_t i = 0; i < c.targets; ++i) {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> order;
        for (const auto& k : plan.classes)
            for (auto e = k.row_begin[i]; e < k.row_begin[i + 1]; ++e)
                order.push_back({~k.edges[e].delay, k.edges[e].source});
        EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
    }
}

TEST(Edges, BadDelaysAndShapesAreNamed) {
    auto c = network::all_to_all(2, 3, 1.0);
    c.delay_s.assign(6, 1e-3);
    c.delay_s[4] = -1e-3;
    const auto message = [](const network::Connectivity& bad, std::size_t targets) {
        try {
            plan_edges<double>(tests::project("a", "x", "b", "I", bad), targets, 3, 1e-4, 32, 1000);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    EXPECT_THAT(message(c, 2), testing::HasSubstr("delay -0.001 s of its edge 4"));
    c.delay_s[4] = 1.0;
    EXPECT_THAT(message(c, 2), testing::HasSubstr("longest delay is 10000 steps"));
    EXPECT_THAT(message(c, 5), testing::HasSubstr("2 targets x 3 sources, but population 'b' has 5 nodes"));
    c.weight[0] = NAN;
    EXPECT_THAT(message(c, 2), testing::HasSubstr("weight of its edge 0"));
}

}  // namespace
}  // namespace neurodyn::engine
