// SPDX-License-Identifier: BSD-3-Clause
// Each inference against its own answer; tables and observations that no chain has, named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "inference/discrete_chain.hpp"

using namespace neurodyn;
using namespace neurodyn::inference;
using testing::HasSubstr;

namespace {

Eigen::MatrixXd table(double a, double b, double c, double d) {
    Eigen::MatrixXd result(2, 2);
    result << a, b, c, d;
    return result;
}

DiscreteChain two_states() {
    return {table(.92, .12, .08, .88),
            {table(.85, .2, .15, .8), table(.3, .65, .7, .35)},
            Eigen::Vector2d(.55, .45),
            {0, 1, 1}};
}

void expect_first_state(const ChainBeliefs& beliefs, std::array<double, 3> expected) {
    for (Eigen::Index t = 0; t < 3; ++t) {
        EXPECT_NEAR(beliefs.states(0, t), expected[t], 1e-6) << "time " << t;
        EXPECT_NEAR(beliefs.states.col(t).sum(), 1.0, 1e-14);
    }
}

template <class Thrown>
std::string message(const DiscreteChain& chain) {
    try {
        check_chain(chain);
    } catch (const Thrown& error) {
        return error.what();
    }
    return "nothing was thrown";
}

}  // namespace

// The three differ, each by its own definition: a sum over all eight paths, mean-field coordinate ascent and
// the fixed point of Parr et al. 2019, computed with NumPy outside of this program.
TEST(DiscreteChain, ExactInferenceIsTheSumOverPaths) {
    const ChainBeliefs beliefs = infer_exact(two_states());
    EXPECT_NEAR(beliefs.free_energy, 2.80834092, 1e-8);
    expect_first_state(beliefs, {.763888, .374332, .104412});
}

TEST(DiscreteChain, MeanFieldHasItsOwnAnswer) {
    const ChainBeliefs beliefs = infer_mean_field(two_states());
    EXPECT_TRUE(beliefs.converged);
    EXPECT_NEAR(beliefs.free_energy, 2.954900, 1e-6);
    expect_first_state(beliefs, {.841702, .354824, .091194});
}

TEST(DiscreteChain, MarginalMessagePassingHasItsOwnAnswer) {
    const ChainBeliefs beliefs = infer_marginal(two_states());
    EXPECT_TRUE(beliefs.converged);
    expect_first_state(beliefs, {.836343, .166831, .116369});
}

TEST(DiscreteChain, FreeEnergyBoundsTheEvidence) {
    EXPECT_GT(infer_mean_field(two_states()).free_energy, infer_exact(two_states()).free_energy);
    EXPECT_GT(infer_marginal(two_states()).free_energy, infer_mean_field(two_states()).free_energy);
}

TEST(DiscreteChain, TooFewSweepsAreSaid) {
    const ChainBeliefs beliefs = infer_mean_field(two_states(), {.tolerance = 1e-12, .sweeps = 2});
    EXPECT_FALSE(beliefs.converged);
    EXPECT_EQ(beliefs.sweeps, 2u);
}

TEST(DiscreteChain, TablesThatAreNoDistributionsAreNamed) {
    DiscreteChain chain = two_states();
    chain.likelihood(1, 1) = .8;
    EXPECT_THAT(message<DistributionError>(chain), HasSubstr("column 1 of table A sums to 0.92"));
    chain = two_states();
    chain.transitions[1](0, 0) = -.3;
    EXPECT_THAT(message<DistributionError>(chain), HasSubstr("table B[1] has -0.3 in row 0, column 0"));
    chain = two_states();
    chain.initial[1] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(message<DistributionError>(chain), HasSubstr("table D has nan in row 1, column 0"));
}

TEST(DiscreteChain, ShapesThatDisagreeAreBothNamed) {
    DiscreteChain chain = two_states();
    chain.transitions[0] = Eigen::MatrixXd::Identity(3, 3);
    EXPECT_THAT(message<TableShapeError>(chain), HasSubstr("table B[0] is 3 x 3, but table D is 2 x 1"));
    chain = two_states();
    chain.transitions.pop_back();
    EXPECT_THAT(message<TableShapeError>(chain),
                HasSubstr("3 observations need 2 transitions between them, not 1"));
}

TEST(DiscreteChain, ImpossibleObservationsAreNamedWithTheirTime) {
    DiscreteChain chain = two_states();
    chain.observations[2] = 2;
    EXPECT_THAT(message<ObservationError>(chain), HasSubstr("observation 2 at time 2"));
    chain = two_states();
    chain.likelihood = table(1, 1, 0, 0);
    EXPECT_THAT(message<ObservationError>(chain), HasSubstr("observation 1 at time 1 is impossible"));
    chain = two_states();
    chain.likelihood = Eigen::MatrixXd::Identity(2, 2);
    chain.transitions[0] = Eigen::MatrixXd::Identity(2, 2);
    EXPECT_THROW(infer_exact(chain), ObservationError);  // 0, then 1, where no state is ever left
}
