// SPDX-License-Identifier: BSD-3-Clause
// What is derived from generative models, against published values, closed forms and finite differences.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "language/generative.hpp"
#include "language/model.hpp"
#include "numeric.hpp"

namespace neurodyn::language {
namespace {

/// A model with numbers for every symbol.
struct Values {
    explicit Values(ModelPtr m) : model(std::move(m)) {
        for (const Parameter& p : model->parameters) at[p.name] = value_of_parameters(*model, p.symbol);
        for (const Input& i : model->inputs) at[i.name] = 0.0;
        for (const State& s : model->states) at[s.name] = value(s.initial);
    }
    double value(NodeId node) const {
        return symbolic::evaluate(model->graph, node, [&](const std::string& name) { return at.at(name); });
    }
    double operator()(const std::string& definition) const {
        return value(model->find_definition(definition)->value);
    }
    void euler(double dt, int steps) {
        for (int k = 0; k < steps; ++k) {
            std::map<std::string, double> next = at;
            for (const State& s : model->states) next[s.name] += dt * value(s.drift);
            at = next;
        }
    }
    ModelPtr model;
    std::map<std::string, double> at;
};

Values library(const std::string& name) {
    return Values(load_model(NEURODYN_SOURCE_DIR "/library/generative/" + name + ".model"));
}

// Bogacz (2017), doi:10.1016/j.jmp.2015.11.003, exercises 2 and 3: g = v^2, v_p = 3, u = 2, variances of 1.
// The mode is the root of 2 phi (2 - phi^2) - (phi - 3).
TEST(Generative, FollowsTheGradientToTheMode) {
    Values food = library("food_size");
    food.at["u"] = 2.0;
    EXPECT_EQ(food.at["phi"], 3.0) << "beliefs start at the prior mean";
    food.euler(0.01, 10);
    EXPECT_NEAR(food.at["phi"], 1.755353, 5e-7);
    food.euler(0.01, 40);
    EXPECT_NEAR(food.at["phi"], 1.568550, 5e-7);
    food.euler(0.01, 1000);
    EXPECT_NEAR(food.at["phi"], 1.5674683749, 1e-10);
    EXPECT_NEAR(food("gradient_phi"), 0.0, 1e-9);
}

TEST(Generative, GivesErrorsTheirOwnDynamics) {
    Numeric food("generative/food_size_neurons");
    food["u"] = 2.0;
    std::vector<double> x = food.start();  // phi, and the errors of phi and of u
    const auto expect = [&](double phi, double prior, double light) {
        EXPECT_NEAR(x[0], phi, 1e-6);
        EXPECT_NEAR(x[1], prior, 1e-6);
        EXPECT_NEAR(x[2], light, 1e-6);
    };
    for (int k = 0; k < 100; ++k) food.step(x, 0.01);
    expect(0.973890, -1.012391, -0.225369);
    for (int k = 0; k < 400; ++k) food.step(x, 0.01);
    expect(1.554542, -1.428472, -0.445852);
}

// x = 1, w1 = 0.5, w2 = 0.8, target 1: (h - w1 x) = w2 (y - w2 h).
TEST(Generative, SettlesALinearChain) {
    Values chain = library("linear_chain");
    chain.at["y"] = 1.0;
    chain.euler(0.01, 5000);
    EXPECT_NEAR(chain.at["h"], 0.7926829, 1e-7);
    EXPECT_NEAR(chain("F"), 0.10975610, 1e-8);
}

// Prior N(0, 1), y = 1 (precision 4), y = 3 (precision 1): mean 7/6, precision 6.
TEST(Generative, WeighsCuesByPrecision) {
    Values cues = library("cue_combination");
    cues.at["vision"] = 1.0;
    cues.at["touch"] = 3.0;
    cues.euler(0.01, 2000);
    EXPECT_NEAR(cues.at["x"], 7.0 / 6.0, 1e-12);
    EXPECT_NEAR(cues("curvature_x_x"), 6.0, 1e-12);
}

// Friston et al. 2008, appendix: the inverse of the covariance of a smooth process in motion, n = 3.
TEST(Generative, KnowsThePrecisionOfMotion) {
    for (const auto& [s, expected] : std::map<double, std::vector<double>>{
             {0.5, {1.5, 0, .25, 0, .5, 0, .25, 0, .125}}, {1.0, {1.5, 0, 1, 0, 2, 0, 1, 0, 2}}}) {
        Values filter = library("linear_filter");
        filter.at["smoothness"] = s;
        filter.at["pi_z"] = 1.0;
        for (int j = 0; j < 3; ++j) {
            for (int i = 0; i < 3; ++i) filter.at[motion_name("y", i)] = i == j ? 1.0 : 0.0;
            for (int i = 0; i < 3; ++i)
                EXPECT_NEAR(filter("weighted_error_" + motion_name("y", i)), expected[3 * i + j], 1e-12);
        }
    }
}

// x' = -x, y = sin t, n = 3, s = 0.5, pi_z = 4, pi_w = 1, by another program: motion at t = 20.
TEST(Generative, FiltersASineInMotion) {
    Numeric filter("generative/linear_filter");
    std::vector<double> x = filter.start();
    const double dt = 1e-3;
    // Runge and Kutta's steps hold the input; its value in the middle keeps the second order.
    for (int k = 0; k < 20000; ++k) {
        const double t = (k + 0.5) * dt;
        filter["y"] = std::sin(t);
        filter["y_1"] = std::cos(t);
        filter["y_2"] = -std::sin(t);
        filter.step(x, dt);
    }
    EXPECT_NEAR(x[0], 0.58717358, 1e-6);
    EXPECT_NEAR(x[1], 0.11509961, 1e-6);
    EXPECT_NEAR(x[2], -0.24113035, 1e-6);
}

// Eight steps of a scalar Kalman filter, a = 0.9, q = 0.5, r = 1, N(0, 10) before the first step, as one
// static model: the mode is the smoother's, its last value the filter's (Rauch, Tung & Striebel 1965,
// doi:10.2514/3.3166).
TEST(Generative, EqualsTheKalmanFilterAndSmoother) {
    const std::vector<double> y = {1.2, .8, 1.5, 2.1, 1.9, 2.4, 2, 1.7};
    const double a = 0.9, q = 0.5, r = 1.0;
    std::string prediction = "    x1 = 0 : 1\n", observations, precisions = "    x1 = 1/8.6\n";
    for (std::size_t k = 1; k <= y.size(); ++k) {
        if (k > 1) prediction += fmt::format("    x{} = 0.9*x{} : 1\n", k, k - 1);
        if (k > 1) precisions += fmt::format("    x{} = 1/0.5\n", k);
        observations += fmt::format("    y{0} = x{0} : 1\n", k);
        precisions += fmt::format("    y{} = 1\n", k);
    }
    Values chain(parse_model("model chain : generative\nprediction\n" + prediction + "observations\n" +
                                 observations + "precisions\n" + precisions + "inference\n    rate = 1/s\n",
                             "chain.model"));
    for (std::size_t k = 1; k <= y.size(); ++k) chain.at[fmt::format("y{}", k)] = y[k - 1];
    chain.euler(0.1, 2000);

    std::vector<double> m(y.size()), p(y.size()), mp(y.size()), pp(y.size());
    for (std::size_t k = 0; k < y.size(); ++k) {
        mp[k] = k == 0 ? 0.0 : a * m[k - 1];
        pp[k] = a * a * (k == 0 ? 10.0 : p[k - 1]) + q;
        const double gain = pp[k] / (pp[k] + r);
        m[k] = mp[k] + gain * (y[k] - mp[k]);
        p[k] = (1 - gain) * pp[k];
    }
    EXPECT_NEAR(m.back(), 1.67927060, 1e-8);
    std::vector<double> smooth = m;
    for (std::size_t k = y.size() - 1; k-- > 0;)
        smooth[k] = m[k] + p[k] * a / pp[k + 1] * (smooth[k + 1] - mp[k + 1]);
    for (std::size_t k = 0; k < y.size(); ++k)
        EXPECT_NEAR(chain.at[fmt::format("x{}", k + 1)], smooth[k], 1e-10) << k;
    // The variance of the last: one over what is left of its curvature when those before are eliminated.
    double left = chain("curvature_x1_x1");
    for (std::size_t k = 2; k <= y.size(); ++k) {
        const double off = chain(fmt::format("curvature_x{}_x{}", k - 1, k));
        left = chain(fmt::format("curvature_x{0}_x{0}", k)) - off * off / left;
    }
    EXPECT_NEAR(1.0 / left, 0.46778404, 1e-8);
}

// A text with random numbers in it: two levels, states, a constant, precisions that depend on states, units
// that are not SI.
std::string random_text(std::mt19937& random, int orders) {
    std::uniform_real_distribution<double> in(0.2, 1.8);
    const auto n = [&] { return std::to_string(in(random)); };
    std::string text = fmt::format(
        R"(model random : generative
parameters
    g = {}
flow
    dx/dt = ({}*tanh(z/mV)*mV - g*x + v*mV)/ms : mV
    dz/dt = (x - {}*z)/(3*ms) : mV
prediction
    w = {} : 1
    v = {}*w^2 : 1
priors
    a = {}*mV : mV
    h = {} : 1
observations
    y = a*sin(x/mV) + v*mV : mV
    u = w*x/(2*mV) : 1
)",
        n(), n(), n(), n(), n(), n(), n());
    text += fmt::format(
        R"(precisions
    x = {}*ms^2/mV^2
    z = exp({}*tanh(v))*ms^2/mV^2
    w = {}
    v = exp({}*h)
    a = {}/mV^2
    h = 1
    y = exp(h + {}*tanh(x/mV))/mV^2
    u = {}
inference
    rate = 1/ms
)",
        n(), n(), n(), n(), n(), n(), n());
    if (orders > 1) text += fmt::format("    orders = {}\n    smoothness = {}*ms\n", orders, n());
    return text;
}

TEST(Generative, DerivesWhatFiniteDifferencesShow) {
    std::mt19937 random(1);
    std::uniform_real_distribution<double> unit(-1.0, 1.0);
    for (int k = 0; k < 12; ++k) {
        Values m(parse_model(random_text(random, 1 + k % 4), "random.model"));
        std::vector<const State*> beliefs;
        const auto scale = [&](const std::string& name) { return m.model->find(name)->unit.scale; };
        for (const State& s : m.model->states)
            beliefs.push_back(&s), m.at[s.name] = unit(random) * scale(s.name);
        for (const Input& i : m.model->inputs) m.at[i.name] = unit(random) * scale(i.name);
        for (std::size_t a = 0; a < beliefs.size(); ++a) {
            const std::string name = beliefs[a]->name;
            const double step = 1e-5 * scale(name), start = m.at[name];
            const auto around = [&](const std::string& what) {
                m.at[name] = start + step;
                const double up = m(what);
                m.at[name] = start - step;
                const double down = m(what);
                m.at[name] = start;
                return (up - down) / (2e-5);
            };
            const double expected = m("gradient_" + name) * scale(name);
            EXPECT_NEAR(around("F"), expected, 2e-7 * (1 + std::abs(m("F")))) << name << " " << k;
            for (std::size_t b = 0; b <= a; ++b) {
                const std::string other = beliefs[b]->name;
                const Definition* d = m.model->find_definition("curvature_" + other + "_" + name);
                if (!d) d = m.model->find_definition("curvature_" + name + "_" + other);
                const double curvature = m.value(d->value) * scale(name) * scale(other);
                EXPECT_NEAR(around("gradient_" + other) * scale(other), curvature,
                            1e-6 * (1 + std::abs(m("F"))))
                    << name << " " << other << " " << k;
            }
        }
    }
}

TEST(Generative, NeverRaisesTheFreeEnergy) {
    std::mt19937 random(2);
    for (int k = 0; k < 5; ++k) {
        Values m(parse_model(random_text(random, 1), "random.model"));
        for (const Input& i : m.model->inputs) m.at[i.name] = i.unit.scale;
        for (int step = 0; step < 500; ++step) {
            const double before = m("F");
            m.euler(1e-3 * 1e-3, 1);  // ms
            ASSERT_LE(m("F"), before + 1e-12) << k << " " << step;
        }
    }
}

TEST(Generative, ActsToFulfilPredictions) {
    Values m(parse_model(
        "model reflex : generative\nprediction\n    x = 1 : 1\nobservations\n    y = x : 1\nactions\n"
        "    a : 1\n    y = 2*a\nprecisions\n    x = 3\n    y = 5\ninference\n    rate = 1/s\n"
        "    action_rate = 0.5/s\n",
        "reflex.model"));
    m.at["y"] = 0.25;
    // a' = -rate dy/da pi_y (y - x)
    EXPECT_NEAR(m.value(m.model->find_state("a")->drift), -0.5 * 2 * 5 * (0.25 - 1.0), 1e-12);
}

TEST(Generative, SaysWhatIsNotIdentifiable) {
    const auto text = [](double precision) {
        return fmt::format(R"(model m : generative
prediction
    x = 0 : 1
    z = 0 : 1
observations
    y = x + z : 1
precisions
    x = {0}
    z = {0}
    y = 1
inference
    rate = 1/s
)",
                           precision);
    };
    EXPECT_TRUE(not_identifiable(*parse_model(text(1.0), "m.model")).empty());
    const auto problems = not_identifiable(*parse_model(text(1e-15), "m.model"));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_NE(problems[0].find("'z'"), std::string::npos) << problems[0];
    EXPECT_NE(problems[0].find("together"), std::string::npos) << problems[0];
}

}  // namespace
}  // namespace neurodyn::language
