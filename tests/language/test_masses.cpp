// SPDX-License-Identifier: BSD-3-Clause
// The neural masses against closed forms and against other programs (tests/reference/masses.json, made by
// bench/rivals/masses.py).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <string>

#include "numeric.hpp"

namespace neurodyn::language {
namespace {

using nlohmann::json;

json reference(const std::string& name) {
    std::ifstream in(NEURODYN_SOURCE_DIR "/tests/reference/masses.json");
    return json::parse(in).at(name);
}

/// Right-hand sides at the recorded states. `scale` is what one unit of each state is in SI, per ms.
void expect_drifts(const std::string& name, Numeric model, const Vector& scale, double unit_time_s) {
    const json expected = reference(name);
    for (std::size_t k = 0; k < expected["states"].size(); ++k) {
        Vector x;
        for (std::size_t i = 0; i < scale.size(); ++i)
            x.push_back(expected["states"][k][i].get<double>() * scale[i]);
        const Vector f = model.drift(x);
        ASSERT_EQ(f.size(), scale.size());
        for (std::size_t i = 0; i < scale.size(); ++i) {
            const double wanted = expected["drifts"][k][i].get<double>();
            EXPECT_NEAR(f[i] * unit_time_s / scale[i], wanted, 1e-12 * std::max(std::abs(wanted), 1e-2))
                << name << ", state " << i << " at " << k;
        }
    }
}

// The Virtual Brain's rates are in kHz, currents in pA, time in ms.
TEST(Masses, ZerlautIsThatOfTheVirtualBrain) {
    expect_drifts("zerlaut", Numeric("masses/zerlaut", {{"nu_ext", 0.4}}), {1e3, 1e3, 1e-12, 1e-12}, 1e-3);
}

// Its time unit is the membrane time constant.
TEST(Masses, ExactMeanFieldsAreThoseOfTheVirtualBrain) {
    const Vector pure(4, 1.0);
    expect_drifts("gast_adaptation", Numeric("masses/gast_adaptation"), pure, 10e-3);
    expect_drifts("coombes_byrne", Numeric("masses/coombes_byrne"), pure, 10e-3);
}

// At rest A = alpha r: adaptation is a coupling weaker by alpha, so with J = 15 + alpha its fixed points are
// those of Montbrio et al. 2015 at J = 15.
TEST(Masses, AdaptationAtRestWeakensTheCoupling) {
    Numeric adapted("masses/gast_adaptation", {{"Delta", 1.0}, {"eta", -5.0}, {"J", 17.0}, {"alpha", 2.0}});
    for (const double r : {0.0811344, 0.4729803, 1.0305968})
        EXPECT_NEAR(adapted.fixed_point({r, -1 / (2 * std::numbers::pi * r), 2 * r, 0})[0], r, 1e-7);
}

// Without a synapse it is the mean field of uncoupled neurons: for Delta -> 0 they fire at sqrt(eta)/pi,
// asynchronously; all at rest they are in synchrony.
TEST(Masses, CoombesByrneWithoutSynapse) {
    Numeric free("masses/coombes_byrne", {{"k", 0.0}, {"Delta", 1e-9}});
    const Vector x = free.fixed_point({std::sqrt(20.0) / std::numbers::pi, 0, 0, 0});
    EXPECT_NEAR(x[0], std::sqrt(20.0) / std::numbers::pi, 1e-9);
    EXPECT_NEAR(free.definition("sync", {0, 3, 0, 0}), 1.0, 1e-15);
    EXPECT_NEAR(free.definition("sync", {1 / std::numbers::pi, 0, 0, 0}), 0.0, 1e-15);
}

// Two routes: the equations of Dafilis et al. 2009 written out in Python and solved by SciPy.
TEST(Masses, LileyFollowsScipy) {
    const json expected = reference("liley");
    Numeric liley("masses/liley");
    Vector rest;
    for (std::size_t i = 0; i < 10; ++i)
        rest.push_back(expected["fixed_point"][i].get<double>() * (i < 6 ? 1e-3 : 1.0));
    const Vector found = liley.fixed_point(rest);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(found[i], rest[i], 1e-13) << i;
    Vector x = liley.start();
    const double dt = 1e-5;
    int done = 0;
    for (std::size_t k = 0; k < 3; ++k) {
        for (; done < std::lround(expected["t_ms"][k].get<double>() * 1e-3 / dt); ++done) liley.step(x, dt);
        EXPECT_NEAR(x[0] * 1e3, expected["h_e"][k].get<double>(), 1e-7);
        EXPECT_NEAR(x[1] * 1e3, expected["h_i"][k].get<double>(), 1e-7);
    }
}

// The steady state that NFTsim's eyes-closed configuration states: 6.9858430745, 15.3466300572
// and 5.6382566040 per s. Its strengths have 8 digits.
TEST(Masses, RobinsonRestsWhereNFTsimDoes) {
    Numeric model("masses/robinson_corticothalamic");
    model["phi_e_late"] = 6.9858430745, model["phi_s_late"] = 5.6382566040;
    const Vector x = model.fixed_point(model.start());
    EXPECT_NEAR(model.definition("Q_e", x), 6.9858430745, 5e-6);
    EXPECT_NEAR(model.definition("Q_r", x), 15.3466300572, 5e-6);
    EXPECT_NEAR(model.definition("Q_s", x), 5.6382566040, 5e-6);
    EXPECT_NEAR(x[0], 6.9858430745, 5e-6);
}

// Closed forms. An impulse leaves the slope H/tau: V = H t/tau exp(-t/tau), whose peak is H/e at tau. A
// lasting rate p holds H tau p.
TEST(Masses, SecondOrderSynapseComesBackToRest) {
    Numeric synapse("masses/neural_mass");
    const double tau = 10e-3, H = 3.25e-3, dt = 1e-5;
    Vector x = {0, H / tau};
    for (int i = 1; i <= 20000; ++i) {
        synapse.step(x, dt);
        const double s = i * dt / tau;
        ASSERT_NEAR(x[0], H * s * std::exp(-s), 1e-12);
        if (i == 1000) {
            EXPECT_NEAR(x[0], H / std::numbers::e, 1e-12);
        }
    }
    EXPECT_LT(std::abs(x[0]), 1e-7 * H);
    Numeric driven("masses/neural_mass", {{"p", 220.0}});
    EXPECT_NEAR(driven.fixed_point({0, 0})[0], H * tau * 220, 1e-15);
}

// The form without the potential: its slope decays at k = 2/tau + T/tau^2 and the potential stays at V_0 +
// I_0/k; a lasting rate lets it grow for ever.
TEST(Masses, SurveyFormNeverReturns) {
    Numeric synapse("masses/neural_mass_survey"), driven("masses/neural_mass_survey", {{"p", 220.0}});
    const double tau = 10e-3, H = 3.25e-3, dt = 1e-5, k = 2 / tau + 1e-3 / (tau * tau);
    Vector x = {0, H / tau}, y = {0, 0};
    for (int i = 0; i < 100000; ++i) synapse.step(x, dt), driven.step(y, dt);
    EXPECT_NEAR(x[0], H / tau / k, 1e-14);
    EXPECT_NEAR(y[1], H / tau * 220 / k, 1e-12);
    EXPECT_NEAR(y[0], H / tau * 220 / k * (1 - 1 / k), 1e-9);
}

// Jansen & Rit 1995 is made of these synapses: an excitatory and an inhibitory one, driven as in its fixed
// point, hold its potentials.
TEST(Masses, JansenRitIsMadeOfSecondOrderSynapses) {
    Numeric column("masses/jansen_rit", {{"p", 89.830}});
    const Vector rest = column.fixed_point({0.1e-3, 0.020, 0.0135, 0, 0, 0});
    const auto rate = [&](double v) { return 5.0 / (1 + std::exp(560.0 * (6e-3 - v))); };
    Numeric excitatory("masses/neural_mass", {{"p", 89.830 + 108 * rate(135 * rest[0])}});
    Numeric inhibitory("masses/neural_mass",
                       {{"H", 22e-3}, {"tau", 20e-3}, {"p", 33.75 * rate(33.75 * rest[0])}});
    EXPECT_NEAR(excitatory.fixed_point({0, 0})[0], rest[1], 1e-12);
    EXPECT_NEAR(inhibitory.fixed_point({0, 0})[0], rest[2], 1e-12);
    EXPECT_NEAR(rest[1], 20.16496896e-3, 1e-9);  // by scipy's fsolve
}

// The folds of Wilson & Cowan's set with hysteresis (their figure 4), by scipy: just inside there are two
// states at rest, just outside one.
TEST(Masses, WilsonCowanHysteresis) {
    for (const auto& [p, low] : {std::pair{0.304753, true}, std::pair{-0.39961, false}})
        for (const double side : {-1e-3, 1e-3}) {
            Numeric wc("masses/wilson_cowan", {{"c_EE", 12},
                                               {"c_EI", 4},
                                               {"c_IE", 13},
                                               {"c_II", 11},
                                               {"a_E", 1.2},
                                               {"a_I", 1},
                                               {"theta_E", 2.8},
                                               {"theta_I", 4},
                                               {"P", p + side}});
            Vector x = low ? Vector{0, 0} : Vector{0.45, 0.23};
            for (int i = 0; i < 40000; ++i) wc.step(x, 4e-4);
            const bool stays = low == (side < 0);
            EXPECT_EQ(stays, low ? x[0] < 0.1 : x[0] > 0.3) << p + side << ", E = " << x[0];
        }
}

}  // namespace
}  // namespace neurodyn::language
