// SPDX-License-Identifier: BSD-3-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "inference/gaussian_filter.hpp"

namespace neurodyn::inference {
namespace {

using testing::HasSubstr;
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

const std::vector<double> outcomes = {1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                      1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
const std::vector<double> values = {-0.501, -0.418, -0.207, -0.341, -0.664, -0.656, -0.672, -0.25,
                                    -0.026, 0.032,  0.366,  0.304,  0.026,  0.201,  0.376,  0.312,
                                    0.077,  0.146,  -0.602, -0.395, -0.248, -0.74,  -0.721, -1.01,
                                    -0.783, -1.394, -1.668, -1.455, -1.108, -1.756, -1.905, -1.807,
                                    -1.989, -1.512, -1.869, -1.763, -2.078, -1.656, -1.662, -1.774};

// The parameters that pyhgf was given: tonic volatility, coupling, mean and precision of levels 1 to 3.
GaussianFilter filter_of(FilterInput input, FilterUpdate update, std::size_t levels) {
    const FilterState level[] = {
        {{-2.0}, {0.9}, {0.0}, {2.0}}, {{-2.5}, {0.8}, {0.1}, {1.5}}, {{-4.0}, {1.0}, {0.5}, {1.2}}};
    GaussianFilter filter{input, update, {}, {50.0}};
    for (std::size_t l = input == FilterInput::binary ? 1 : 0; l < levels; ++l)
        filter.states.push_back(level[l]);
    return filter;
}

struct Reference {
    std::size_t state;
    double mean[3], precision[3], expected_precision[3];  // after trials 0, 19 and 39
};

void expect_trajectories(const GaussianFilter& filter, const std::vector<Reference>& references) {
    const bool binary = filter.input == FilterInput::binary;
    const FilterRun run = run_filter(filter, binary ? outcomes : values, true);
    const std::size_t trials[] = {0, 19, 39};
    for (const Reference& expected : references)
        for (std::size_t i = 0; i < 3; ++i) {
            const FilterTrajectory& found = run.states[expected.state];
            EXPECT_NEAR(found.mean[trials[i]], expected.mean[i], 1e-12);
            EXPECT_NEAR(found.precision[trials[i]], expected.precision[i], 1e-11);
            EXPECT_NEAR(found.expected_precision[trials[i]], expected.expected_precision[i], 1e-11);
        }
}

// pyhgf 0.2.12 (HGF(...).input_data), double precision.
TEST(GaussianFilter, BinaryAsPyhgf) {
    using enum FilterUpdate;
    const auto binary = [](FilterUpdate update, std::size_t levels) {
        return filter_of(FilterInput::binary, update, levels);
    };
    const Reference two = {0,
                           {0.39971046836612056, -1.314997341822342, -1.2183451262850533},
                           {1.584932335232227, 1.6917730031673837, 1.740419586373323},
                           {1.3355562950393352, 1.5115502813685928, 1.5504140816128278}};
    expect_trajectories(binary(standard, 2), {two});
    expect_trajectories(binary(enhanced, 2), {two});
    expect_trajectories(binary(standard, 3),
                        {{0,
                          {0.41321317622599174, -1.5656804521188648, -1.4197992254259677},
                          {1.5166054578058992, 1.3454788270596476, 1.4008051742942151},
                          {1.2672294176130072, 1.1888189587781282, 1.2288854236623676}},
                         {1,
                          {0.49789580100363995, 0.4657715624088504, 0.46668341476767206},
                          {1.1832722709504266, 0.9507983137865433, 0.8186339621316465},
                          {1.1741926927838173, 0.941337910728461, 0.8086223970933994}}});
    expect_trajectories(binary(enhanced, 3),
                        {{0,
                          {0.41321317622599174, -1.5654595464302226, -1.419251868259342},
                          {1.5166054578058992, 1.345835460624089, 1.4016702826147027},
                          {1.2672294176130072, 1.1891558097927313, 1.2297012331245885}},
                         {1,
                          {0.4978795300462554, 0.4650007265576897, 0.46507627369515303},
                          {1.1832722709504266, 0.9507604694894789, 0.8185072841012744},
                          {1.1741926927838173, 0.9413049581365391, 0.8085060933032469}}});
    EXPECT_NEAR(run_filter(binary(standard, 2), outcomes, false).total_surprise[0], 26.419183247800483,
                1e-11);
    EXPECT_NEAR(run_filter(binary(standard, 3), outcomes, false).total_surprise[0], 25.9043111980286, 1e-11);
    EXPECT_NEAR(run_filter(binary(enhanced, 3), outcomes, false).total_surprise[0], 25.905306324029983,
                1e-11);
}

TEST(GaussianFilter, ContinuousAsPyhgf) {
    using enum FilterUpdate;
    expect_trajectories(filter_of(FilterInput::continuous, standard, 2),
                        {{0,
                          {-0.4860018048710247, -0.3890509155775206, -1.7521461889166807},
                          {51.54301845987543, 63.38817288242198, 64.41426135573728},
                          {1.543018459875424, 13.388172882421983, 14.414261355737283}},
                         {1,
                          {0.05510960587586754, -1.0423952472648013, -1.1784355011433685},
                          {1.3871324038865533, 1.834704001724552, 1.6371704093992259},
                          {1.3355562950393352, 1.7284255071200159, 1.5137751453811314}}});
    expect_trajectories(filter_of(FilterInput::continuous, standard, 3),
                        {{1,
                          {0.05278384942777939, -1.0611999620190655, -1.231503961545103},
                          {1.3188055264602254, 1.5319000965457823, 1.4270535306545213},
                          {1.2672294176130072, 1.4240524162240606, 1.3030712520881182}},
                         {2,
                          {0.4980964493376026, 0.44714895113855163, 0.3053457809031505},
                          {1.1831411450369163, 0.9416832760241004, 0.8700135211715265},
                          {1.1741926927838173, 0.9319824110654176, 0.8623979713861993}}});
    expect_trajectories(filter_of(FilterInput::continuous, enhanced, 3),
                        {{1,
                          {0.05086215688544041, -0.6132695703904438, -1.127233710150314},
                          {1.3188055264602254, 1.4691927083722742, 1.3552026104894543},
                          {1.2672294176130072, 1.38010901334685, 1.233734457968939}},
                         {2,
                          {0.4980943466223, 0.5338821743074209, 0.41137623368523774},
                          {1.1831331094493605, 0.8946830898460145, 0.8424197846756751},
                          {1.1741926927838173, 0.8856890494438676, 0.8347796771644354}}});
}

// Without coupling the lowest state is a random walk seen through noise: the Kalman filter. Process variance
// e^-1, input variance 1/4, prior N(0, 1); by hand for one trial: K = (1 + e^-1) / (1 + e^-1 + 1/4).
TEST(GaussianFilter, WithoutCouplingItIsAKalmanFilter) {
    GaussianFilter filter{FilterInput::continuous, FilterUpdate::standard, {}, {4.0}};
    filter.states = {{{-1.0}, {0.0}, {0.0}, {1.0}}, {{-4.0}, {1.0}, {0.0}, {1.0}}};
    const double inputs[] = {2.0};
    const FilterRun run = run_filter(filter, inputs, true);
    const double predicted = 1.0 + std::exp(-1.0), seen = predicted + 0.25;
    EXPECT_NEAR(run.states[0].mean[0], 2.0 * predicted / seen, 1e-14);
    EXPECT_NEAR(run.states[0].precision[0], 1.0 / predicted + 4.0, 1e-14);
    EXPECT_NEAR(run.surprise[0], 0.5 * std::log(2 * std::acos(-1.0) * seen) + 0.5 * 4.0 / seen, 1e-14);
}

// A missing trial leaves means alone and widens beliefs by their volatility.
TEST(GaussianFilter, MissingTrial) {
    const GaussianFilter filter = filter_of(FilterInput::binary, FilterUpdate::standard, 3);
    const double inputs[] = {missing};
    const FilterRun run = run_filter(filter, inputs, true);
    EXPECT_EQ(run.states[0].mean[0], 0.1);
    EXPECT_NEAR(run.states[0].precision[0], 1.0 / (1.0 / 1.5 + std::exp(-2.5 + 0.8 * 0.5)), 1e-14);
    EXPECT_EQ(run.surprise[0], 0.0);
}

TEST(GaussianFilter, SetsAndThreadsDoNotMix) {
    GaussianFilter many = filter_of(FilterInput::binary, FilterUpdate::enhanced, 3);
    many.states[0].tonic_volatility.clear();
    for (int i = 0; i < 100; ++i) many.states[0].tonic_volatility.push_back(-4.0 + 0.03 * i);
    const FilterRun one = run_filter(many, outcomes, true, 1), four = run_filter(many, outcomes, true, 4);
    EXPECT_EQ(one.states[1].mean, four.states[1].mean);
    GaussianFilter single = many;
    single.states[0].tonic_volatility = {many.states[0].tonic_volatility[57]};
    const FilterRun own = run_filter(single, outcomes, true);
    EXPECT_EQ(own.total_surprise[0], one.total_surprise[57]);
    EXPECT_EQ(own.states[1].mean[39], one.states[1].mean[39 * 100 + 57]);
}

// With zeta 1 the response model chooses by the prediction itself.
TEST(GaussianFilter, ChoiceSurprise) {
    const FilterRun run =
        run_filter(filter_of(FilterInput::binary, FilterUpdate::standard, 3), outcomes, true);
    EXPECT_NEAR(choice_surprise(run, outcomes, std::vector{1.0})[0], run.total_surprise[0], 1e-12);
}

template <class Wrong>
std::string message_of(const Wrong& wrong) {
    try {
        wrong();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(GaussianFilter, BadInputIsNamed) {
    GaussianFilter filter = filter_of(FilterInput::binary, FilterUpdate::standard, 3);
    const double half[] = {1.0, 0.5};
    EXPECT_EQ(message_of([&] { run_filter(filter, half, false); }),
              "input of trial 1 is 0.5: a binary input is 0, 1 or NaN (missing)");
    filter.states[1].precision = {-1.0};
    EXPECT_EQ(message_of([&] { run_filter(filter, outcomes, false); }),
              "precision of level 3 is -1 in set 0: it must be above 0");
    filter.states[1].precision = {1.0, 2.0};
    filter.states[0].mean = {0.0, 0.1, 0.2};
    EXPECT_EQ(
        message_of([&] { run_filter(filter, outcomes, false); }),
        "precision of level 3 has 2 values; give one, or one for each of the 3 sets of mean of level 2");
    filter.states.push_back({});
    EXPECT_EQ(message_of([&] { run_filter(filter, outcomes, false); }),
              "a binary filter has two or three levels, which are 1 or 2 Gaussian states, not 3");
}

// One large error that volatility explains in part (w = 1/4) makes the standard update's precision negative:
// pi = 1 / (1 + e^-4) + w^2 / 2 + (w^2 - w / 2) Delta (Mathys et al. 2011, eq. 24).
TEST(GaussianFilter, NegativePrecisionIsNamed) {
    GaussianFilter filter{FilterInput::continuous, FilterUpdate::standard, {}, {1e4}};
    filter.states = {{{-std::log(3.0)}, {1.0}, {0.0}, {1.0}}, {{-4.0}, {1.0}, {0.0}, {1.0}}};
    const double jump[] = {10.0};
    const double mean = 1e5 / 10000.75, error = 0.75 / 10000.75 + 0.75 * mean * mean - 1.0;
    try {
        run_filter(filter, jump, false);
        FAIL() << "no error";
    } catch (const FilterPrecisionError& wrong) {
        EXPECT_EQ(wrong.level, 2U);
        EXPECT_EQ(wrong.trial, 0U);
        EXPECT_NEAR(wrong.precision, 1.0 / (1.0 + std::exp(-4.0)) + 1.0 / 32.0 - error / 16.0, 1e-12);
        EXPECT_THAT(wrong.what(), HasSubstr("lower tonic_volatility of level 2 (now -4)"));
    }
}

}  // namespace
}  // namespace neurodyn::inference
