// SPDX-License-Identifier: BSD-3-Clause
// The coupling sums against the same sums written as plain loops: equal to the bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
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
    const std::size_t sources = 7, length = 50, margin = 32, row = length + margin;
    const std::vector<std::uint64_t> row_begin{0, 0, 25, 25, 40};  // the first and third targets have none
    const std::size_t targets = row_begin.size() - 1;
    std::vector<Edge<TypeParam>> edges;
    std::vector<std::uint32_t> source, delay;
    for (std::size_t e = 0; e < row_begin.back(); ++e) {
        source.push_back(static_cast<std::uint32_t>(random() % sources));
        delay.push_back(static_cast<std::uint32_t>(20 + random() % 20));
    }
    const std::size_t shortest = 20, longest = 39;
    std::sort(delay.begin(), delay.begin() + 25, std::greater<>());
    std::sort(delay.begin() + 25, delay.end(), std::greater<>());
    for (std::size_t e = 0; e < delay.size(); ++e)
        edges.push_back(
            {static_cast<std::int64_t>(source[e] * row) - delay[e], static_cast<TypeParam>(normal(random))});
    for (const std::size_t members : {std::size_t{1}, std::size_t{3}}) {
        std::vector<TypeParam> history(sources * row * members);
        for (std::size_t s = 0; s < sources; ++s)
            for (std::size_t x = 0; x < row * members; ++x)
                history[s * row * members + x] = x < length * members
                                                     ? static_cast<TypeParam>(normal(random))
                                                     : history[(s * row - length) * members + x];
        const HistoryView<TypeParam> view{history.data(), length, members};
        const EdgeRows<TypeParam> rows{0,        targets, row_begin.data(), edges.data(), delay.data(),
                                       shortest, longest};
        const std::size_t sums_row = 32 * members + 1;
        for (std::size_t count = 1; count <= 32 * members; ++count) {
            for (const std::size_t position : {std::size_t{0}, std::size_t{27}, length - 1}) {
                std::vector<TypeParam> sums(targets * sums_row, TypeParam{0}), expected = sums;
                gather_edges(sums.data(), sums_row, count, rows, view, position);
                for (std::size_t i = 0; i < targets; ++i) {
                    for (std::size_t k = 0; k < count; ++k) {
                        for (std::uint64_t e = row_begin[i]; e < row_begin[i + 1]; ++e) {
                            const std::size_t time = (position + length - delay[e] + k / members) % length;
                            expected[i * sums_row + k] +=
                                edges[e].weight * history[(source[e] * row + time) * members + k % members];
                        }
                    }
                }
                ASSERT_EQ(sums, expected) << "count " << count << ", position " << position;
            }
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
            const std::size_t width = panel_width(targets, first);
            std::vector<TypeParam> panel(sources * width, TypeParam{0}), part(width, TypeParam{0});
            for (std::size_t s = 0; s < sources; ++s)
                for (std::size_t t = first; t < std::min(targets, first + panel_targets); ++t)
                    panel[s * width + t - first] = w[t * sources + s];
            multiply_panel(part.data(), panel.data(), width, x.data(), sources);
            for (std::size_t t = first; t < std::min(targets, first + panel_targets); ++t)
                ASSERT_EQ(part[t - first], expected[t]);
        }
    }
}

TYPED_TEST(Gather, TransposesBlocksOfMembers) {
    for (const std::size_t members : {std::size_t{1}, std::size_t{3}}) {
        for (const std::size_t rows : {std::size_t{1}, std::size_t{4}, std::size_t{7}, std::size_t{32}}) {
            const std::size_t columns = 9, from_row = columns * members + 2, to_row = rows * members + 5;
            std::vector<TypeParam> from(rows * from_row), to(columns * to_row, TypeParam{-1});
            for (std::size_t x = 0; x < from.size(); ++x) from[x] = static_cast<TypeParam>(x);
            auto expected = to;
            for (std::size_t c = 0; c < columns; ++c)
                for (std::size_t r = 0; r < rows; ++r)
                    for (std::size_t m = 0; m < members; ++m)
                        expected[c * to_row + r * members + m] = from[r * from_row + c * members + m];
            transpose(to.data(), to_row, from.data(), from_row, rows, columns, members);
            EXPECT_EQ(to, expected) << rows << " rows, " << members << " members";
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
    for (const std::size_t members : {std::size_t{1}, std::size_t{4}, std::size_t{64}}) {
        const auto plan = plan_edges<double>(projection, round_delays(projection, 1e-4), 20, 30,
                                             {.row_steps = 200, .widest_block = 32, .members = members});
        std::size_t edges = 0;
        for (const auto& k : plan.classes) {
            edges += k.edges.size();
            ASSERT_EQ(k.delays.size(), k.edges.size());
            for (const std::uint32_t delay : k.delays) {
                EXPECT_GE(delay, k.shortest);
                EXPECT_LE(delay, k.longest);
                EXPECT_GE(delay + 1, k.block);
                if (k.block < 32) {
                    EXPECT_LT(delay + 1, 2 * k.block);
                }
            }
        }
        EXPECT_EQ(edges, c.source.size());
        for (std::size_t i = 0; i < c.targets; ++i) {
            std::vector<std::pair<std::uint32_t, std::uint32_t>> order;
            for (const auto& k : plan.classes)
                for (auto e = k.row_begin[i]; e < k.row_begin[i + 1]; ++e)
                    order.push_back(
                        {~k.delays[e], static_cast<std::uint32_t>((k.edges[e].offset + k.delays[e]) / 200)});
            EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
            std::vector<std::uint32_t> sources;
            for (const auto& [delay, source] : order) sources.push_back(source);
            std::sort(sources.begin(), sources.end());
            EXPECT_TRUE(std::equal(sources.begin(), sources.end(),
                                   c.source.begin() + static_cast<std::ptrdiff_t>(c.row_begin[i])));
        }
    }
}

TEST(Edges, BadDelaysAndShapesAreNamed) {
    auto c = network::all_to_all(2, 3, 1.0);
    c.delay_s.assign(6, 1e-3);
    c.delay_s[4] = -1e-3;
    const auto message = [](const network::Connectivity& bad, std::size_t targets) {
        try {
            const auto projection = tests::project("a", "x", "b", "I", bad);
            plan_edges<double>(projection, round_delays(projection, 1e-4), targets, 3,
                               {.row_steps = 1, .longest_allowed = 1000});
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
