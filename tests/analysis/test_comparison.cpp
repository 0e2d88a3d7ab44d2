// SPDX-License-Identifier: BSD-3-Clause
// Comparison measures, networks and the exact FC of a linear network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/comparison.hpp"
#include "analysis/errors.hpp"
#include "analysis/functional_connectivity.hpp"
#include "analysis/linear_network_fc.hpp"
#include "analysis/network_strength.hpp"
#include "analysis/sample_series.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

Matrix from_rows(std::vector<double> values, std::size_t n) {
    Matrix m = square_matrix(n);
    m.values = std::move(values);
    m.name = std::string("given");
    return m;
}

TEST(Comparison, EqualsNumpyAndScipy) {
    FunctionalConnectivityOptions second_half;
    second_half.discard_s = 150;
    // u, v: upper triangles of numpy.corrcoef(x.T) and numpy.corrcoef(x[300:].T)
    const Comparison c = compare(functional_connectivity(sample_series()),
                                 functional_connectivity(sample_series(), second_half));
    EXPECT_NEAR(c.similarity, 0.8867915338287737, 1e-12);                  // numpy.corrcoef(u, v)[0, 1]
    EXPECT_NEAR(c.cosine, 0.9992600250981143, 1e-13);                      // u @ v / norm(u) / norm(v)
    EXPECT_NEAR(c.mean_absolute_difference, 0.006666826448418731, 1e-14);  // abs(u - v).mean()
    EXPECT_NEAR(c.mean_squared_difference, 6.313285551752299e-05, 1e-15);  // ((u - v)**2).mean()
    EXPECT_DOUBLE_EQ(c.ks_distance, 0.5);  // scipy.stats.ks_2samp(u, v).statistic
}

TEST(Comparison, AMatrixIsLikeItself) {
    const Matrix r = functional_connectivity(sample_series());
    const Comparison c = compare(r, r);
    EXPECT_DOUBLE_EQ(c.similarity, 1.0);
    EXPECT_DOUBLE_EQ(c.cosine, 1.0);
    EXPECT_EQ(c.mean_absolute_difference, 0.0);
    EXPECT_EQ(c.ks_distance, 0.0);
}

TEST(Comparison, DistancesOfDistributions) {
    std::vector<double> a, b;
    for (int k = 0; k < 50; ++k) a.push_back(std::sin(k));
    for (int k = 0; k < 70; ++k) b.push_back(std::cos(1.3 * k) + 0.2);
    EXPECT_DOUBLE_EQ(ks_distance(a, b),
                     0.22285714285714286);  // scipy.stats.ks_2samp(sin(k), cos(1.3 k) + .2)
    EXPECT_DOUBLE_EQ(ks_distance({1, 2}, {3, 4}), 1.0);
    EXPECT_DOUBLE_EQ(ks_distance({1, 1, 2}, {1, 2, 2}), 1.0 / 3);
    b.resize(50);
    EXPECT_NEAR(pearson(a, b), -0.11297156831029753, 1e-14);  // scipy.stats.pearsonr
    EXPECT_THROW(ks_distance({}, {1}), DataError);
    EXPECT_THROW(ks_distance({NAN}, {1}), DataError);
}

TEST(Comparison, RefusesMatricesThatDoNotFit) {
    const Matrix r = functional_connectivity(sample_series());
    Matrix small = functional_connectivity(sample_series(600, 4));
    small.name = "measured";
    EXPECT_THAT(error_of([&] { compare(r, small); }), HasSubstr("is 5 x 5 and matrix 'measured' is 4 x 4"));
    Matrix swapped = r;
    swapped.labels = {"region_0", "region_2", "region_1", "region_3", "region_4"};
    EXPECT_THAT(error_of([&] { compare(r, swapped); }),
                HasSubstr("row 1 of matrix 'functional connectivity of 'bold'' "
                          "is 'region_1', but row 1"));
    Matrix constant = r;
    std::fill(constant.values.begin(), constant.values.end(), 0.25);
    constant.name = "flat";
    EXPECT_THAT(error_of([&] { compare(r, constant); }), HasSubstr("all values of 'flat' are 0.25"));
    Matrix bad = r;
    bad.values[7] = NAN;
    EXPECT_THAT(error_of([&] { compare(r, bad); }), HasSubstr("is nan at row 1, column 2"));
    Matrix oblong = r;
    oblong.rows = 1;
    EXPECT_THAT(error_of([&] { compare(oblong, r); }), HasSubstr("is 1 x 5, a square matrix was expected"));
    EXPECT_THAT(error_of([] { pearson(std::vector<double>(4), std::vector<double>(5)); }),
                HasSubstr("'first' has 4 values and 'second' has 5"));
}

TEST(NetworkStrength, MeansOverPairsOfDifferentRegions) {
    const Matrix r = functional_connectivity(sample_series());
    const std::vector<std::string> labels{"a", "a", "b", "b", "b"};
    const NetworkStrength s = network_strength(r, labels);
    EXPECT_EQ(s.networks, (std::vector<std::string>{"a", "b"}));
    // numpy: means of corrcoef(x.T)[i, j] over i != j with labels aabbb
    EXPECT_NEAR(s.mean(0, 0), 0.2054856082045089, 1e-14);
    EXPECT_NEAR(s.mean(0, 1), 0.19615353730848098, 1e-14);
    EXPECT_NEAR(s.mean(1, 1), 0.1997835672221628, 1e-14);
    const OneNetworkStrength b = one_network_strength(r, labels, "b");
    EXPECT_NEAR(b.within, 0.1997835672221628, 1e-14);
    EXPECT_NEAR(b.to_others, 0.19615353730848098, 1e-14);
    EXPECT_TRUE(
        std::isnan(network_strength(r, std::vector<std::string>{"a", "b", "b", "b", "b"}).mean(0, 0)));
}

TEST(NetworkStrength, RefusesUnknownNetworksAndWrongLabels) {
    const Matrix r = functional_connectivity(sample_series());
    const std::vector<std::string> labels{"Default", "Default", "Vis", "Vis", "Limbic"};
    EXPECT_THAT(
        error_of([&] { one_network_strength(r, labels, "Defualt"); }),
        HasSubstr("no region belongs to network 'Defualt'; did you mean 'Default'? there are: Default, Vis, "
                  "Limbic"));
    EXPECT_THAT(error_of([&] { one_network_strength(r, labels, "Limbic"); }), HasSubstr("1 of 5 regions"));
    EXPECT_THAT(error_of([&] { network_strength(r, std::vector<std::string>(1, "a")); }),
                HasSubstr("there are 1 network labels, but matrix"));
}

TEST(LinearNetwork, ReproducesTheExactThreeNodeCorrelations) {
    const Matrix a = from_rows({-1, .5, 0, .2, -1, .3, 0, .4, -1}, 3);
    Matrix q = square_matrix(3);
    for (std::size_t i = 0; i < 3; ++i) q(i, i) = 0.02;
    const Matrix s = stationary_covariance(a, q);
    // scipy.linalg.solve_continuous_lyapunov(A, -Q), and by hand: 2 S11 = S12 + .02, ...
    EXPECT_NEAR(s(0, 0), 0.01229700854700854, 1e-16);
    EXPECT_NEAR(s(0, 2), 0.00202279202279202, 1e-16);
    const Matrix r = correlation_of(s);
    EXPECT_NEAR(r(0, 1), 0.374402, 5e-7);
    EXPECT_NEAR(r(0, 2), 0.168163, 5e-7);
    EXPECT_NEAR(r(1, 2), 0.367916, 5e-7);
}

TEST(LinearNetwork, EqualsScipyOnAnAsymmetricNetwork) {
    // W[i, j] = ((5 i + 3 j) % 7) / 7 off the diagonal; A = -1 + .8 W / max Re eig(W); Q = 1.
    Matrix w = square_matrix(8);
    for (std::size_t i = 0; i < 8; ++i)
        for (std::size_t j = 0; j < 8; ++j)
            if (i != j) w(i, j) = static_cast<double>((5 * i + 3 * j) % 7) / 7;
    const Matrix a = linear_network(w, 0.8);
    EXPECT_NEAR(a(0, 1), 0.8 * 3.0 / 7 / 3.0250832550108395, 1e-14);
    Matrix q = square_matrix(8);
    for (std::size_t i = 0; i < 8; ++i) q(i, i) = 1;
    const Matrix s = stationary_covariance(a, q), r = correlation_of(s);
    EXPECT_NEAR(s(0, 0), 0.717114214796037, 1e-13);
    EXPECT_NEAR(r(0, 1), 0.40987592252298777, 1e-13);
    EXPECT_NEAR(r(3, 6), 0.34523139073152875, 1e-13);
    for (std::size_t i = 0; i < 8; ++i)  // the equation itself: A S + S AT + Q = 0
        for (std::size_t j = 0; j < 8; ++j) {
            double left = q(i, j);
            for (std::size_t k = 0; k < 8; ++k) left += a(i, k) * s(k, j) + s(i, k) * a(j, k);
            EXPECT_NEAR(left, 0, 1e-13);
        }
}

TEST(LinearNetwork, OrnsteinUhlenbeckVariance) {
    // dx = -2x dt + sqrt(2 * 0.5) dW has the variance 0.25.
    EXPECT_NEAR(stationary_covariance(from_rows({-2}, 1), from_rows({1}, 1)).values[0], 0.25, 1e-16);
}

TEST(LinearNetwork, RefusesUnstableSystemsAndBadWeights) {
    EXPECT_THAT(error_of([] { stationary_covariance(from_rows({0.5, 0, 0, -1}, 2), square_matrix(2)); }),
                HasSubstr("is not stable: it has the eigenvalue 0.5 + 0i"));
    EXPECT_THAT(error_of([] { stationary_covariance(from_rows({-1}, 1), square_matrix(2)); }),
                HasSubstr("is 1 x 1 and its noise '' is 2 x 2"));
    EXPECT_THAT(error_of([] { linear_network(square_matrix(4), 0.8); }), HasSubstr("the largest eigenvalue"));
    EXPECT_THROW(linear_network(from_rows({0, 1, 1, 0}, 2), std::numeric_limits<double>::infinity()),
                 OptionError);
    EXPECT_THAT(error_of([] { correlation_of(square_matrix(2)); }), HasSubstr("has the variance 0 in row 0"));
}

}  // namespace
}  // namespace neurodyn::analysis
