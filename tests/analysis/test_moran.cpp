// SPDX-License-Identifier: BSD-3-Clause
// Spatial surrogates against numpy and BrainSpace 0.3.0, and p-values under their null hypothesis.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "analysis/errors.hpp"
#include "analysis/moran.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/table.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

// In numpy: th = arange(n); P = c_[cos(.9*th)*(1 + .1*th), sin(1.7*th), .3*th]; distances of P's rows
Matrix distances(std::size_t n) {
    const auto point = [](std::size_t i) {
        const double th = static_cast<double>(i);
        return Eigen::Vector3d(std::cos(0.9 * th) * (1 + 0.1 * th), std::sin(1.7 * th), 0.3 * th);
    };
    Matrix d = square_matrix(n);
    d.name = "lengths";
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) d(i, j) = (point(i) - point(j)).norm();
    return d;
}

Eigen::VectorXd map_of(std::size_t n) {
    Eigen::VectorXd y(static_cast<Eigen::Index>(n));
    for (Eigen::Index i = 0; i < y.size(); ++i)
        y[i] = std::sin(0.8 * static_cast<double>(i)) + 0.2 * static_cast<double>(i);
    return y;
}

// A map whose patterns have normal amplitudes, smooth ones larger: its distribution does not change with the
// patterns' signs, so that p-values are uniform.
Eigen::VectorXd smooth_draw(const MoranBasis& basis, std::uint64_t seed) {
    const auto n = static_cast<Eigen::Index>(basis.size());
    Eigen::VectorXd y = Eigen::VectorXd::Zero(n);
    const double top = basis.eigenvalues()[0];
    for (Eigen::Index k = 0; k + 1 < n; ++k) {
        Eigen::VectorXd pattern = Eigen::VectorXd::Zero(n - 1);
        pattern[k] =
            std::exp(2 * basis.eigenvalues()[k] / top) * normal_at(seed, 9, 0, static_cast<std::uint64_t>(k));
        y += basis.map_of(pattern);
    }
    return y;
}

Labels two_networks(std::size_t n) {
    Labels labels{{}, "networks"};
    for (std::size_t i = 0; i < n; ++i) labels.values.push_back(i < n / 2 ? "front" : "back");
    return labels;
}

TEST(Moran, EqualsNumpyAndBrainSpace) {
    // H = eye(12) - 1/12; eigvalsh(H @ W @ H) without the 0 of the constant; brainspace compute_mem to 1e-7
    const MoranBasis basis(distances(12));
    EXPECT_NEAR(basis.eigenvalues()[0], 0.8656494202317258, 1e-13);
    EXPECT_NEAR(basis.eigenvalues()[2], 0.033723225174703234, 1e-13);
    EXPECT_NEAR(basis.eigenvalues()[10], -1.342087665506322, 1e-13);
    // n*y@W@y/(W.sum()*y@y) of y = sin(.8*th) + .2*th about its mean
    EXPECT_NEAR(basis.index(map_of(12)), 0.0715253747635809, 1e-13);
}

TEST(Moran, SurrogatesKeepMeanVarianceAndIndex) {
    const MoranBasis basis(distances(30));
    const Eigen::VectorXd y = map_of(30);
    const auto variance = [](const Eigen::VectorXd& v) { return (v.array() - v.mean()).square().mean(); };
    double overlap = 0;
    for (std::uint64_t k = 0; k < 200; ++k) {
        const Eigen::VectorXd s = basis.surrogate(y, basis.signs(4, k));
        EXPECT_NEAR(s.mean(), y.mean(), 1e-12);
        EXPECT_NEAR(variance(s), variance(y), 1e-12);
        EXPECT_NEAR(basis.index(s), basis.index(y), 1e-12);
        overlap +=
            (s.array() - s.mean()).matrix().dot((y.array() - y.mean()).matrix()) / (30 * variance(y) * 200);
    }
    EXPECT_NEAR(overlap, 0, 0.1);
    EXPECT_NEAR((basis.surrogate(y, Eigen::VectorXd::Ones(29)) - y).norm(), 0, 1e-12);
}

// Smooth maps that have nothing to do with each other: p is uniform, though plain tests see correlations.
TEST(MapSignificance, PIsUniformWhereThereIsNothing) {
    const Matrix d = distances(40);
    const MoranBasis basis(d);
    std::vector<double> p, means;
    for (std::uint64_t k = 0; k < 300; ++k) {
        const Eigen::VectorXd a = smooth_draw(basis, 2 * k), b = smooth_draw(basis, 2 * k + 1);
        const Result r = run(find_analysis("map_significance"),
                             {{"map", Vector{{a.begin(), a.end()}, "a", ""}},
                              {"compare", Vector{{b.begin(), b.end()}, "b", ""}},
                              {"labels", two_networks(40)},
                              {"distances", d}},
                             {{"surrogates", 99.0}, {"seed", static_cast<double>(k)}});
        p.push_back(r.scalar("p"));
        means.push_back(r.find("means_p")->values[0]);
    }
    for (const auto& values : {p, means})
        for (const double level : {0.1, 0.3, 0.5, 0.8}) {  // within three standard errors
            const auto below =
                std::count_if(values.begin(), values.end(), [&](double v) { return v <= level; });
            EXPECT_NEAR(static_cast<double>(below) / 300, level, 3 * std::sqrt(level * (1 - level) / 300))
                << level;
        }
}

// Covariances of 25 such maps: p of networks' strengths is uniform, of correlations nearly.
TEST(SpatialSignificance, PIsUniformWhereThereIsSpaceAlone) {
    constexpr std::size_t n = 24;
    const Matrix d = distances(n);
    const MoranBasis basis(d);
    int small = 0, half = 0;
    for (std::uint64_t k = 0; k < 300; ++k) {
        Matrix c = square_matrix(n);
        for (std::uint64_t t = 0; t < 25; ++t) {
            const Eigen::VectorXd y = smooth_draw(basis, 1000 + 25 * k + t);
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j)
                    c(i, j) += y[static_cast<Eigen::Index>(i)] * y[static_cast<Eigen::Index>(j)];
        }
        const double p = run(find_analysis("spatial_significance"),
                             {{"matrix", c}, {"labels", two_networks(n)}, {"distances", d}},
                             {{"surrogates", 99.0}, {"seed", static_cast<double>(k)}})
                             .matrix("p")(0, 0);
        small += p <= 0.1, half += p <= 0.5;
    }
    EXPECT_NEAR(small, 30, 16);
    EXPECT_NEAR(half, 150, 26);
}

// A network that space does not make: scattered regions with a signal in common.
TEST(SpatialSignificance, FindsANetworkThatIsNotNear) {
    constexpr std::size_t n = 40;
    Matrix c = square_matrix(n);
    Labels labels{{}, "networks"};
    for (std::size_t i = 0; i < n; ++i) {
        labels.values.push_back(i % 4 == 0 ? "scattered" : "rest");
        for (std::size_t j = 0; j < n; ++j) c(i, j) = i == j ? 1 : (i % 4 == 0 && j % 4 == 0 ? 0.5 : 0.1);
    }
    const Inputs inputs{{"matrix", c}, {"labels", labels}, {"distances", distances(n)}};
    const Result r = run(find_analysis("spatial_significance"), inputs, {{"surrogates", 199.0}});
    EXPECT_GT(r.matrix("z")(0, 0), 3);
    EXPECT_DOUBLE_EQ(r.matrix("p")(0, 0), 0.01);  // twice (1 + 0)/200
    EXPECT_DOUBLE_EQ(r.matrix("strength")(0, 0), 0.5);
    const int before = omp_get_max_threads();
    omp_set_num_threads(3);
    EXPECT_EQ(run(find_analysis("spatial_significance"), inputs, {{"surrogates", 199.0}}).find("z")->values,
              r.find("z")->values);
    omp_set_num_threads(before);
}

TEST(SpatialSignificance, RefusesBadInput) {
    const auto error = [](Matrix m, const Matrix& d) {
        m.name = "fc";
        return error_of([&] {
            run(find_analysis("spatial_significance"),
                {{"matrix", m}, {"labels", two_networks(8)}, {"distances", d}});
        });
    };
    Matrix unit = square_matrix(8);
    for (std::size_t i = 0; i < 8; ++i) unit(i, i) = 1;
    Matrix d = distances(8), c = unit;
    c(2, 2) = 0;
    EXPECT_THAT(error(c, d), HasSubstr("the variance of row 2 is 0"));
    c = unit, c(3, 1) = 0.5;
    EXPECT_THAT(error(c, d), HasSubstr("matrix 'fc' is not symmetric: row 3, column 1"));
    c(1, 3) = NAN;
    EXPECT_THAT(error(c, d), HasSubstr("fc"));
    EXPECT_THAT(error(unit, distances(9)), HasSubstr("9 x 9"));
    d(4, 2) = -1;
    EXPECT_THAT(error(unit, d), HasSubstr("distances are symmetric and not negative"));
    d = distances(8);
    for (std::size_t j = 0; j < 8; ++j) d(5, j) = d(j, 5) = 0;
    EXPECT_THAT(error(unit, d), HasSubstr("region 5 has no distance to any other above 0"));
}

TEST(MapSignificance, RefusesBadInput) {
    const auto error = [](const std::vector<double>& values, Inputs more) {
        more["map"] = Vector{values, "thickness", ""};
        more["distances"] = distances(8);
        return error_of([&] { run(find_analysis("map_significance"), more); });
    };
    const Inputs labels{{"labels", two_networks(8)}};
    EXPECT_THAT(error({1, 2, 3}, labels),
                HasSubstr("the map has 3 values, but distances 'lengths' are of 8"));
    EXPECT_THAT(error({1, 2, 3, NAN, 5, 6, 7, 9}, labels),
                HasSubstr("'thickness': the value of region 3 is nan"));
    EXPECT_THAT(error({2, 2, 2, 2, 2, 2, 2, 2}, labels), HasSubstr("map 'thickness' is constant (2)"));
}

}  // namespace
}  // namespace neurodyn::analysis
