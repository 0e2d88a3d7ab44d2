// SPDX-License-Identifier: BSD-3-Clause
// The shipped models against published numbers: fixed points, Hopf points, periods, the BOLD response. Only
// the text and its symbolic form are used here; time is stepped by a plain Runge-Kutta method.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include "language/numeric.hpp"

namespace neurodyn::language {
namespace {

TEST(Library, EveryFileIsAModelWithReferenceAndDescriptions) {
    int count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(NEURODYN_SOURCE_DIR "/library")) {
        if (entry.path().extension() != ".model") continue;
        ++count;
        ModelPtr model;
        ASSERT_NO_THROW(model = load_model(entry.path().string())) << entry.path();
        EXPECT_EQ(model->name, entry.path().stem().string());
        EXPECT_FALSE(model->reference.empty()) << entry.path();
        for (const State& s : model->states)
            EXPECT_FALSE(s.description.empty()) << entry.path() << ": " << s.name;
        for (const Input& i : model->inputs)
            EXPECT_FALSE(i.description.empty()) << entry.path() << ": " << i.name;
    }
    EXPECT_GE(count, 65);
}

// Hopf points of the squid axon at 6.3 C, computed with a continuation program.
TEST(Library, HodgkinHuxleyHopfPoints) {
    for (const auto& [current, omega] : {std::pair{9.775438, 0.586234}, std::pair{154.522434, 0.0}}) {
        Numeric hh("neurons/hodgkin_huxley", {{"I", current * 0.01}});
        // The second point's frequency is not published here: it is searched for in steps of 1e-3 per ms.
        double nearest = 1.0;
        if (omega > 0) {
            nearest = hh.distance_to_eigenvalue(hh.start(), {0, omega * 1e3}, omega * 1e3);
        } else {
            const auto j = hh.jacobian(hh.fixed_point({-0.045, 0.4, 0.1, 0.6}));
            for (double w = 0.8; w < 1.3; w += 1e-3)
                nearest = std::min(nearest, Numeric::distance(j, {0, w * 1e3}, w * 1e3));
        }
        EXPECT_LT(nearest, omega > 0 ? 1e-4 : 1e-2) << current;
    }
}

// Closed form: trace J = 0 where v*^2 = 1 - epsilon b.
TEST(Library, FitzHughNagumoHopfPoints) {
    for (const double current : {0.3312813, 1.4187187}) {
        Numeric fhn("masses/fitzhugh_nagumo", {{"I", current}});
        const double guess = current < 1 ? -1.0 : 1.0;
        EXPECT_LT(fhn.distance_to_eigenvalue({guess, 0.0}, {0, 275.5068}, 275.5068), 1e-5) << current;
    }
    Numeric rest("masses/fitzhugh_nagumo");
    for (const double f : rest.drift(rest.start())) EXPECT_NEAR(f, 0.0, 1e-9);
}

// Rinzel & Ermentrout 1989: the Hopf regime loses stability at 93.86 and regains it at 212.0 uA/cm^2; trace J
// changes its sign there.
TEST(Library, MorrisLecarHopfPoints) {
    for (const double current : {93.8576, 212.0188}) {
        const auto trace = [&](double uA) {
            Numeric ml("neurons/morris_lecar", {{"I", uA * 0.01}});
            const auto j = ml.jacobian(ml.fixed_point({uA < 150 ? -0.026 : 0.007, uA < 150 ? 0.13 : 0.55}));
            return j[0][0] + j[1][1];
        };
        EXPECT_LT(std::abs(trace(current)), 1e-3 * std::abs(trace(current + 5) - trace(current - 5)))
            << current;
    }
}

// Jansen-Rit, C = 135: Hopf points at p = 89.830 and 315.696 /s with 10.38 and 11.16 Hz (Grimbert & Faugeras
// 2006, doi:10.1162/neco.2006.18.12.3052).
TEST(Library, JansenRitHopfPoints) {
    for (const auto& [p, f] : {std::pair{89.830, 10.38}, std::pair{315.696, 11.16}}) {
        Numeric jr("masses/jansen_rit", {{"p", p}});
        const Vector guess =
            p < 200 ? Vector{0.1e-3, 0.020, 0.0135, 0, 0, 0} : Vector{0.12e-3, 0.028, 0.0197, 0, 0, 0};
        const double omega = 2 * std::numbers::pi * f;
        EXPECT_LT(jr.distance_to_eigenvalue(guess, {0, omega}, omega), 0.01) << p;
    }
}

// Wilson-Cowan 1972, limit-cycle parameters: period 4.9958943 tau, E between 0.1025593 and 0.2696595.
TEST(Library, WilsonCowanLimitCycle) {
    Numeric wc("masses/wilson_cowan");
    const double tau = 8e-3, dt = 0.005 * tau;
    Vector x = wc.start();
    for (int i = 0; i < 12000; ++i) wc.step(x, dt);
    double low = 1, high = 0, last_up = -1, period = 0;
    for (int i = 0; i < 3000; ++i) {
        const double before = x[0];
        wc.step(x, dt);
        low = std::min(low, x[0]), high = std::max(high, x[0]);
        if (before < 0.18 && x[0] >= 0.18) {
            const double now = (i + (0.18 - before) / (x[0] - before)) * dt / tau;
            if (last_up >= 0) period = now - last_up;
            last_up = now;
        }
    }
    EXPECT_NEAR(period, 4.9958943, 2e-5);
    EXPECT_NEAR(low, 0.1025593, 1e-5);
    EXPECT_NEAR(high, 0.2696595, 1e-5);
}

// The folds of the same parameters: a zero eigenvalue at P = 0.90869 and 1.08733 for some fixed point.
TEST(Library, WilsonCowanFolds) {
    for (const double p : {0.90869, 1.08733}) {
        Numeric wc("masses/wilson_cowan", {{"P", p}});
        double smallest = 1;
        for (double e = 0.0; e < 0.5; e += 0.02) {
            for (double i = 0.0; i < 0.5; i += 0.05) {
                const Vector x = wc.fixed_point({e, i});
                if (!(x[0] > -0.1 && x[0] < 0.6 && std::abs(wc.drift(x)[0]) < 1e-3)) continue;
                const auto j = wc.jacobian(x);
                smallest = std::min(smallest, std::abs(j[0][0] * j[1][1] - j[0][1] * j[1][0]) * 64e-6);
            }
        }
        EXPECT_LT(smallest, 0.02) << p;
    }
}

// Montbrio et al. 2015 at Delta = 1, J = 15, eta = -5: rates of the three fixed points; the focus'
// eigenvalues (in units of 1/tau).
TEST(Library, MontbrioPazoRoxinFixedPoints) {
    Numeric mpr("masses/montbrio_pazo_roxin");
    for (const double r : {0.0811344, 0.4729803, 1.0305968}) {
        const double v = -1 / (2 * std::numbers::pi * r);
        EXPECT_NEAR(mpr.fixed_point({r, v})[0], r, 1e-7);
    }
    const Vector focus = {1.0305968, -1 / (2 * std::numbers::pi * 1.0305968)};
    EXPECT_LT(mpr.distance_to_eigenvalue(focus, {-30.88598, 331.86290}, 332.0), 1e-5);
}

// Rates at the preferred stimulus and away from it, closed forms.
TEST(Library, TunedNeurons) {
    Numeric bell("neurons/gaussian_tuning"), ring("neurons/von_mises_tuning"),
        cosine("neurons/cosine_tuning");
    EXPECT_EQ(bell.definition("rate", {}), 20.0);
    EXPECT_EQ(ring.definition("rate", {}), 22.0);
    EXPECT_EQ(cosine.definition("rate", {}), 18.0);
    bell["s"] = 10, ring["s"] = std::numbers::pi, cosine["s"] = -std::numbers::pi / 3;
    EXPECT_NEAR(bell.definition("rate", {}), 20 * std::exp(-0.5), 1e-13);
    EXPECT_NEAR(ring.definition("rate", {}), 2 + 20 * std::exp(-4), 1e-13);
    EXPECT_NEAR(cosine.definition("rate", {}), 14.0, 1e-13);
}

// Deco et al. 2014: an isolated region with J = 1 fires at 3.077 Hz (excitatory) and 3.922 Hz (inhibitory),
// S_E = 0.164757.
TEST(Library, ReducedWongWangIsolatedRegion) {
    Numeric rww("masses/reduced_wong_wang_ei");
    const Vector x = rww.fixed_point({0.16, 0.04});
    EXPECT_NEAR(x[0], 0.164757, 1e-6);
    EXPECT_NEAR(rww.definition("r_E", x), 3.077, 5e-4);
    EXPECT_NEAR(rww.definition("r_I", x), 3.922, 5e-4);
}

// Deco et al. 2013, doi:10.1523/JNEUROSCI.1091-13.2013: without coupling the region rests in one state of low
// activity.
TEST(Library, ReducedWongWangRestsLow) {
    Numeric rww("masses/reduced_wong_wang");
    const Vector x = rww.fixed_point({0.05});
    EXPECT_GT(x[0], 0.0);
    EXPECT_LT(x[0], 0.2);
    EXPECT_LT(rww.jacobian(x)[0][0], 0.0);
    // The rate at that point from the paper's formula.
    const double current = 0.9 * 0.2609 * x[0] + 0.3, drive = 270 * current - 108;
    EXPECT_NEAR(rww.definition("rate", x), drive / (1 - std::exp(-0.154 * drive)), 1e-9);
}

void expect_drift(const std::string& path, const Vector& state, const Vector& per_ms) {
    Numeric model(path);
    const Vector f = model.drift(state);
    ASSERT_EQ(f.size(), per_ms.size());
    for (std::size_t i = 0; i < f.size(); ++i)
        EXPECT_NEAR(f[i] / 1e3, per_ms[i], 1e-13) << path << ", state " << i;
}

// Right-hand sides of The Virtual Brain 2.10 at chosen states, with its default parameters and no coupling.
TEST(Library, DriftsOfTheVirtualBrain) {
    expect_drift("masses/epileptor", {-1.2, -7, 3.3, -0.9, 0.2, -0.1},
                 {-1.152000000000002, 0.8000000000000007, -0.000595, -0.061, -0.02, -0.0002});
    expect_drift("masses/epileptor", {0.4, -2, -0.5, 0.3, 0.6, 0.05},
                 {6.34, 2.2, 0.0029752734375, 1.423, 0.27, -1e-4});
    expect_drift("masses/larter_breakspear", {0.1, 0.3, -0.2},
                 {0.7831099376268412, 0.252529458136072, 0.02352643759814905});
    expect_drift("masses/generic_2d_oscillator", {0.7, -1.3}, {-0.00346, -0.154});
}

// The survey form from (0.1, 0.05), by scipy's odeint at a relative tolerance of 1e-12: E and I at 10, 20, 50
// ms and at rest.
TEST(Library, WilsonCowanSurveyForm) {
    Numeric wc("masses/wilson_cowan_survey");
    Vector x = wc.start();
    const std::map<int, std::pair<double, double>> expected = {
        {100, {0.06506946721973249, 0.040221560742088096}},
        {200, {0.045294051530896606, 0.025733835197690506}},
        {500, {0.03109734650309169, 0.011631971689877596}},
        {20000, {0.030479482358943186, 0.010370427222141303}}};
    for (int i = 1; i <= 20000; ++i) {
        wc.step(x, 1e-4);
        if (!expected.contains(i)) continue;
        EXPECT_NEAR(x[0], expected.at(i).first, 1e-9) << i;
        EXPECT_NEAR(x[1], expected.at(i).second, 1e-9) << i;
    }
}

// Without fast inhibition and with its gains, the column of Wendling et al. is that of Jansen & Rit: same
// fixed point.
TEST(Library, WendlingHoldsJansenRit) {
    Numeric jr("masses/jansen_rit", {{"p", 89.830}});
    Numeric wendling("masses/wendling", {{"p", 89.830}, {"A", 3.25e-3}, {"G", 0.0}});
    const Vector a = jr.fixed_point({0.1e-3, 0.020, 0.0135, 0, 0, 0});
    const Vector b = wendling.fixed_point({0.1e-3, 0.020, 0.0135, 0, 0, 0, 0, 0, 0, 0});
    for (const std::size_t i : {0u, 1u, 2u}) EXPECT_NEAR(a[i], b[i], 1e-12);
    EXPECT_NEAR(a[1], 20.16496896e-3, 1e-9);  // by scipy's fsolve
    EXPECT_NEAR(b[3], 0.0, 1e-15);
}

// 500 pA into the defaults: the threshold is reached after 10 ms * ln 4 = 13.8629 ms (exact), as NEST's
// iaf_psc_exp fires.
TEST(Library, IntegrateAndFireReachesThreshold) {
    Numeric lif("neurons/lif", {{"I", 0.5e-9}});
    Vector x = lif.start();
    double t = 0, before = x[0];
    const double dt = 1e-5;
    while (x[0] < -0.055 && t < 0.1) before = x[0], lif.step(x, dt), t += dt;
    EXPECT_NEAR(t - dt * (x[0] + 0.055) / (x[0] - before), 0.01 * std::log(4.0),
                2e-9);  // interpolation: dt^2/(8 tau)
}

// The normal form: radius sqrt(a), angular frequency omega.
TEST(Library, StuartLandauCircle) {
    Numeric sl("masses/stuart_landau", {{"a", 0.25}, {"omega", 2.0}});
    Vector x = sl.start();
    for (int i = 0; i < 6000; ++i) sl.step(x, 0.01);
    EXPECT_NEAR(std::hypot(x[0], x[1]), 0.5, 1e-6);
    const double before = std::atan2(x[1], x[0]);
    sl.step(x, 0.01);
    EXPECT_NEAR(std::remainder(std::atan2(x[1], x[0]) - before, 2 * std::numbers::pi), 0.02, 1e-9);
}

// The signal's response to 1 s of activity 1, by an independent integration: peak .02523 at 3.38 s,
// undershoot -.00562 at 9.58 s.
TEST(Library, BalloonWindkesselPulse) {
    Numeric bold("monitors/balloon_windkessel");
    Vector x = bold.start();
    const double dt = 2e-3;
    double high = 0, high_at = 0, low = 0, low_at = 0;
    for (int i = 0; i < 6000; ++i) {
        bold["z"] = i * dt < 1 - dt / 2 ? 1.0 : 0.0;
        bold.step(x, dt);
        const double y = bold.definition("BOLD", x), t = (i + 1) * dt;
        if (y > high) high = y, high_at = t;
        if (y < low) low = y, low_at = t;
    }
    EXPECT_NEAR(high, 0.02523, 1e-5);
    EXPECT_NEAR(high_at, 3.38, 0.01);
    EXPECT_NEAR(low, -0.00562, 1e-5);
    EXPECT_NEAR(low_at, 9.58, 0.01);
}

}  // namespace
}  // namespace neurodyn::language
