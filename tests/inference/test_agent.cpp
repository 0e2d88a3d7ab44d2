// SPDX-License-Identifier: BSD-3-Clause
// Discrete agents against pymdp, closed forms and the T-maze of Friston et al. (2017).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "inference/agent_trials.hpp"

namespace neurodyn::inference {
namespace {

using testing::HasSubstr;

// ((7 i + seed) mod 11) + 1, columns normalised: what the Python that made the numbers below does.
Table columns(std::size_t rows, std::size_t count, std::size_t seed) {
    Table table(rows * count);
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<double>((7 * i + seed) % 11 + 1);
    for (std::size_t c = 0; c < count; ++c) {
        double sum = 0.0;
        for (std::size_t r = 0; r < rows; ++r) sum += table[r * count + c];
        for (std::size_t r = 0; r < rows; ++r) table[r * count + c] /= sum;
    }
    return table;
}

AgentModel two_factors() {
    return {{2, 3},
            {2, 3},
            {3, 2},
            {columns(3, 6, 3), columns(2, 6, 5)},
            {columns(2, 4, 1), columns(3, 9, 2)},
            {{1.0, 0.0, -1.0}, {0.0, 0.5}},
            {{0.6, 0.4}, {0.2, 0.5, 0.3}}};
}

void expect_near(const Table& found, const Table& expected, double within) {
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], within) << i;
}

// Beliefs after outcomes (2, 0), and after action (0, 0) and outcomes (1, 1): the fixed point by 20,000
// sweeps in NumPy. From these beliefs inferactively-pymdp 0.0.7.1, Agent(policy_len=2, gamma=2), has the
// expected free energies (theirs is -G) and probabilities of policies 0, 7, 20 and 35 of 36; its own
// inference ends earlier.
TEST(Agent, AsPymdp) {
    const AgentModel model = two_factors();
    AgentSettings settings;
    settings.policies = all_policies(model, 2);
    settings.precision = 2.0;
    ASSERT_EQ(settings.policies.size(), 36u);
    Agent agent(model, settings);
    const std::size_t some[] = {0, 7, 20, 35};
    const auto expect_plans = [&](const Table& negative, const Table& posterior) {
        for (std::size_t i = 0; i < 4; ++i) {
            const ExpectedFreeEnergy& g = agent.expected()[some[i]];
            EXPECT_NEAR(g.pragmatic + g.state_information, negative[i],
                        3e-6);  // they add e^-16 in logarithms
            EXPECT_NEAR(agent.policy_posterior()[some[i]], posterior[i], 1e-9);
        }
    };
    agent.observe({2, 0});
    expect_near(agent.beliefs()[0], {0.60514994405269, 0.39485005594731004}, 1e-9);
    expect_near(agent.beliefs()[1], {0.6329882609697799, 0.12321390439838226, 0.24379783463183782}, 1e-9);
    EXPECT_EQ(agent.act(2, 0.0), (std::vector<std::size_t>{0, 0}));
    expect_plans({-3.4139005689930837, -3.976225181930029, -3.642141912006682, -3.8375195701673412},
                 {0.051128494651121445, 0.01660481545900712, 0.032390309256357046, 0.021913523654627357});
    agent.observe({1, 1});
    expect_near(agent.beliefs()[0], {0.23745887520986894, 0.7625411247901311}, 1e-9);
    expect_near(agent.beliefs()[1], {0.01664738193638189, 0.7332479668709155, 0.2501046511927027}, 1e-9);
    agent.act(2, 0.0);
    expect_plans({-3.408534593440418, -3.9909864217469853, -3.612820323949889, -3.8187162223053006},
                 {0.050915662115257956, 0.015883279041331102, 0.03383849699959696, 0.022416724777948073});
}

// All times under each policy, outcomes (2, 0) and (1, 1) of a trial of three: free energies, expected free
// energies and probabilities of four policies, precision after the first and the last of 16 steps, averaged
// beliefs at the three times, F. By NumPy: 3000 sweeps of the equations in Friston et al. 2017
// (doi:10.1162/NECO_a_00912) and Parr et al. 2019 (doi:10.1038/s41598-018-38246-3).
struct Retrospective {
    Table energy_1, expected, posterior_1, energy_2, posterior_2, course, belief_1, belief_2, belief_3;
    double free_energy;
};

void expect_retrospective(AgentInference inference, const Retrospective& by_numpy) {
    const AgentModel model = two_factors();
    AgentSettings settings;
    settings.policies = all_policies(model, 2);
    settings.precision = 2.0;
    settings.inference = inference;
    settings.precision_steps = 16;
    settings.tolerance = 1e-14;
    settings.sweeps = 3000;
    Agent agent(model, settings);
    const auto some = [](const Table& all) { return Table{all[0], all[7], all[20], all[35]}; };
    agent.observe({2, 0});
    expect_near(some(agent.policy_free_energy()), by_numpy.energy_1, 1e-11);
    expect_near(some(agent.policy_posterior()), by_numpy.posterior_1, 1e-11);
    Table expected;
    for (const ExpectedFreeEnergy& g : agent.expected())
        expected.push_back(-(g.pragmatic + g.state_information));
    expect_near(some(expected), by_numpy.expected, 1e-11);
    Table course{agent.precision_course()[0], agent.precision_course()[15]};
    agent.act(2, 0.0);
    agent.observe({1, 1});
    course.insert(course.end(), {agent.precision_course()[0], agent.precision_course()[15]});
    expect_near(some(agent.policy_free_energy()), by_numpy.energy_2, 1e-11);
    expect_near(some(agent.policy_posterior()), by_numpy.posterior_2, 1e-11);
    expect_near(course, by_numpy.course, 1e-11);
    expect_near(agent.beliefs_at(0)[0], by_numpy.belief_1, 1e-11);
    expect_near(agent.beliefs_at(1)[1], by_numpy.belief_2, 1e-11);
    expect_near(agent.beliefs_at(2)[1], by_numpy.belief_3, 1e-11);
    EXPECT_EQ(agent.beliefs()[1], agent.beliefs_at(1)[1]);
    EXPECT_NEAR(agent.free_energy(), by_numpy.free_energy, 1e-11);
}

TEST(Agent, MarginalMessagesOverTheWholeTrial) {
    expect_retrospective(
        AgentInference::marginal,
        {{1.9499244682576453, 1.9371950230009423, 1.9135879994525733, 1.9150284573603829},
         {3.4802441580531145, 3.9195644375030914, 3.6944052667978906, 3.8222925339316762},
         {0.044172541823348295, 0.018593099746898663, 0.02985669998901998, 0.02308927991303572},
         {3.647205624794797, 3.8335085118913304, 3.613001679482059, 3.858287522114935},
         {0.042659506642186144, 0.019585044091977487, 0.029320032744391412, 0.022371325993066266},
         {1.9993188377614362, 1.9986381829308837, 1.9992939600532196, 1.9999500241817918},
         {0.5517837217482413, 0.4482162782517587},
         {0.06742303798590503, 0.6097822357132302, 0.3227947263008647},
         {0.2563803087534418, 0.3565015115256848, 0.38711817972087315},
         3.7977435873065226});
}

TEST(Agent, MeanFieldOverTheWholeTrial) {
    expect_retrospective(
        AgentInference::variational,
        {{2.067408166314764, 2.061627661036333, 2.259789438092172, 2.453058747396053},
         {3.409024621381981, 3.9764063258293825, 3.641769010173266, 3.8232201580391596},
         {0.059493469149793525, 0.019211359382871326, 0.030797380201940318, 0.017651417373722413},
         {3.61842054886493, 4.0311967711087195, 3.8190849121756303, 4.494068739304723},
         {0.05821672609455825, 0.02139796276891407, 0.03162306293479349, 0.015831680584533058},
         {2.001216746727906, 2.002435577495975, 2.001272456954506, 2.0001115146329544},
         {0.619620579599946, 0.3803794204000539},
         {0.05916012827277687, 0.6069151389210056, 0.3339247328062176},
         {0.2547737732256215, 0.35739724091412844, 0.38782898586025005},
         4.093074123799651});
}

// One policy, one factor: the reference chain, whose beliefs differ by the kind of message.
TEST(Agent, OnePolicyIsAChain) {
    const AgentModel model{{2},
                           {2},
                           {2},
                           {{0.92, 0.12, 0.08, 0.88}},
                           {{0.85, 0.3, 0.2, 0.65, 0.15, 0.7, 0.8, 0.35}},
                           {{0.0, 0.0}},
                           {{0.55, 0.45}}};
    const auto believed = [&](AgentInference inference, double* energy) {
        AgentSettings settings;
        settings.policies = {{{0}, {1}}};
        settings.inference = inference;
        settings.sweeps = 1000;
        Agent agent(model, settings);
        for (const std::size_t o : {0, 1, 1}) agent.observe({o});
        EXPECT_THROW(agent.act(1, 0.0), Error);
        *energy = agent.free_energy();
        return Table{agent.beliefs_at(0)[0][0], agent.beliefs_at(1)[0][0], agent.beliefs_at(2)[0][0]};
    };
    double energy = 0.0;
    expect_near(believed(AgentInference::marginal, &energy), {.836343, .166831, .116369}, 1e-6);
    expect_near(believed(AgentInference::variational, &energy), {.841702, .354824, .091194}, 1e-6);
    EXPECT_NEAR(energy, 2.954900, 1e-6);
}

// Counts of preferences: 3 times even, then outcome 1 twice: ln(3/2 + 2)/(3 + 2). With times of their own,
// each time has its counts.
TEST(Agent, PreferencesAreLearnedByWhatIsSeen) {
    AgentModel model{{1}, {1}, {2}, {{0.5, 0.5}}, {{1.0}}, {{0.0, 0.0}}, {{1.0}}};
    AgentSettings settings;
    settings.policies = all_policies(model, 1);
    settings.learn_preference = 1.0;
    settings.counts = 3.0;
    Agent agent(model, settings);
    for (int i = 0; i < 2; ++i) {
        agent.observe({1});
        agent.act(1, 0.0);
    }
    EXPECT_NEAR(agent.log_preference(0)[1], std::log(3.5 / 5.0), 1e-14);
    EXPECT_NEAR(agent.expected()[0].pragmatic, 0.5 * (std::log(3.5 / 5.0) + std::log(1.5 / 5.0)), 1e-13);
    model.preference = {{0.0, std::log(3.0), 0.0, 0.0}};  // [outcome][time]: even, then 3 to 1
    settings.learn_preference = 0.0;
    Agent timed(model, settings);
    timed.observe({0});
    timed.act(1, 0.0);
    EXPECT_NEAR(timed.expected()[0].pragmatic, 0.5 * (std::log(0.75) + std::log(0.25)), 1e-14);
}

TEST(Agent, RefusesWhatAWholeTrialCannotBe) {
    const AgentModel model = two_factors();
    const auto message = [&](auto change) {
        AgentTrials trials{model, {}, model, 1, 1, 3};
        trials.settings.policies = all_policies(model, 2);
        trials.settings.inference = AgentInference::marginal;
        change(trials);
        try {
            check_trials(trials);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string("nothing was thrown");
    };
    EXPECT_EQ(message([](auto&) {}), "nothing was thrown");
    EXPECT_THAT(message([](auto& t) { t.times = 4; }), HasSubstr("2 actions, but a trial of 4 times has 3"));
    EXPECT_THAT(message([](auto& t) { t.settings.sophisticated = true; }), HasSubstr("filtered beliefs"));
    EXPECT_THAT(message([](auto& t) {
                    t.settings.inference = AgentInference::filtered;
                    t.settings.precision_steps = 16;
                }),
                HasSubstr("precision has dynamics where"));
    EXPECT_THAT(message([](auto& t) {
                    t.settings.inference = AgentInference::variational;
                    t.model.transition[0] = {1, 0.5, 0, 0.5, 0, 0.5, 1, 0.5};
                }),
                HasSubstr("certain transitions of B[0]"));
    EXPECT_THAT(message([](auto& t) { t.model.preference[1] = {0, 1, 2}; }),
                HasSubstr("C[1] has 3 values, but 2 outcomes"));
    EXPECT_THAT(message([](auto& t) { t.model.preference[1] = {0, 1, 2, 3}; }),
                HasSubstr("given for 2 times, but a trial has 3"));
}

// One factor: Bayes' rule, F = -ln p(o), and the information gain is the mutual information of state and
// outcome.
TEST(Agent, OneFactorIsExact) {
    const AgentModel model{{2},          {1},         {2}, {{0.9, 0.2, 0.1, 0.8}}, {{1.0, 0.0, 0.0, 1.0}},
                           {{0.0, 0.0}}, {{0.3, 0.7}}};
    AgentSettings settings;
    settings.policies = all_policies(model, 1);
    Agent agent(model, settings);
    agent.observe({0});
    const double p = 0.3 * 0.9 + 0.7 * 0.2, q = 0.27 / p;
    EXPECT_NEAR(agent.beliefs()[0][0], q, 1e-14);
    EXPECT_NEAR(agent.free_energy(), -std::log(p), 1e-13);
    agent.act(1, 0.0);
    const auto entropy = [](double x) { return -x * std::log(x) - (1 - x) * std::log(1 - x); };
    const double mixed = entropy(0.9 * q + 0.2 * (1 - q));
    EXPECT_NEAR(agent.expected()[0].state_information, mixed - q * entropy(0.9) - (1 - q) * entropy(0.2),
                1e-13);
    EXPECT_NEAR(agent.expected()[0].pragmatic, -std::log(2.0), 1e-13);
}

double digamma(double x) {  // for large x (Abramowitz & Stegun 6.3.18)
    return std::log(x) - 1 / (2 * x) - 1 / (12 * x * x) + 1 / (120 * x * x * x * x);
}

// Novelty is the expected KL divergence of Dirichlet counts after an outcome from those before, for large
// counts: KL = ln(a0/a) + digamma(a + 1) - digamma(a0 + 1).
TEST(Agent, NoveltyIsTheExpectedChangeOfCounts) {
    const AgentModel model{{1}, {1}, {3}, {{0.5, 0.3, 0.2}}, {{1.0}}, {{0.0, 0.0, 0.0}}, {{1.0}}};
    AgentSettings settings;
    settings.policies = all_policies(model, 1);
    settings.parameter_information = true;
    settings.counts = 1000.0;
    Agent agent(model, settings);
    agent.observe({0});
    agent.act(1, 0.0);
    double expected = 0.0;
    for (const double p : model.likelihood[0])
        expected += p * (std::log(1 / p) + digamma(1000 * p + 1) - digamma(1001));
    EXPECT_NEAR(agent.expected()[0].parameter_information / expected, 1.0, 5e-3);
}

// Counts c + rate q(s), normalised.
TEST(Agent, LearnsTables) {
    const AgentModel model{
        {2},          {2},         {2}, {{0.9, 0.2, 0.1, 0.8}}, {{0.7, 0.5, 0.4, 0.5, 0.3, 0.5, 0.6, 0.5}},
        {{0.0, 0.0}}, {{0.3, 0.7}}};
    AgentSettings settings;
    settings.policies = {{{0}}};
    settings.counts = 10.0;
    settings.learn_likelihood = settings.learn_initial = 0.5;
    settings.learn_transition = 2.0;
    Agent agent(model, settings);
    agent.observe({0});
    const double q = 0.27 / (0.27 + 0.14);
    EXPECT_NEAR(agent.initial(0)[0], (3.0 + 0.5 * q) / 10.5, 1e-14);
    EXPECT_NEAR(agent.likelihood(0)[0], (9.0 + 0.5 * q) / (10.0 + 0.5 * q), 1e-14);
    EXPECT_NEAR(agent.likelihood(0)[1], (2.0 + 0.5 * (1 - q)) / (10.0 + 0.5 * (1 - q)), 1e-14);
    agent.act(1, 0.0);
    agent.observe({1});
    const double r = agent.beliefs()[0][0];
    EXPECT_NEAR(agent.transition(0)[0], (7.0 + 2.0 * r * q) / (10.0 + 2.0 * q), 1e-13);
    EXPECT_NEAR(agent.transition(0)[1], 0.5, 1e-15);  // of the action that was not taken
    agent.begin_trial();
    agent.observe({1});
    EXPECT_GT(agent.initial(0)[1], 0.65);
}

// Locations centre, left, right and cue by where the reward is; a = .98, c = +-6 (Friston et al. 2017). The
// arms absorb; the cue tells. Outcomes: location; nothing, reward, loss; no cue, "left", "right".
AgentTrials t_maze() {
    AgentTrials t;
    AgentModel& m = t.model;
    m.states = {4, 2};
    m.actions = {4, 1};
    m.outcomes = {4, 3, 3};
    constexpr double a = 0.98;
    Table where(32, 0.0), reward(24, 0.0), cue(24, 0.0), move(64, 0.0);
    for (std::size_t l = 0; l < 4; ++l)
        for (std::size_t side = 0; side < 2; ++side) {
            const std::size_t s = 2 * l + side;
            where[l * 8 + s] = 1.0;
            const bool arm = l == 1 || l == 2;
            if (arm) {
                reward[8 + s] = l - 1 == side ? a : 1 - a;
                reward[16 + s] = l - 1 == side ? 1 - a : a;
            } else {
                reward[s] = 1.0;
            }
            cue[(l == 3 ? 1 + side : 0) * 8 + s] = 1.0;
        }
    for (std::size_t from = 0; from < 4; ++from)
        for (std::size_t u = 0; u < 4; ++u)
            move[((from == 1 || from == 2 ? from : u) * 4 + from) * 4 + u] = 1.0;
    m.likelihood = {where, reward, cue};
    m.transition = {move, {1.0, 0.0, 0.0, 1.0}};
    m.preference = {{0, 0, 0, 0}, {0, 6, -6}, {0, 0, 0}};
    m.initial = {{1, 0, 0, 0}, {0.5, 0.5}};
    t.world = m;
    t.agents = 200;
    t.trials = 5;
    t.times = 3;
    t.seed = 4;
    t.settings.sophisticated = true;
    t.settings.depth = 2;
    return t;
}

// E's counts grow by the posterior of policies (Friston et al. 2017, eq. 2.9).
TEST(Agent, LearnsHabits) {
    const AgentModel model{
        {2},          {2},         {2}, {{0.9, 0.2, 0.1, 0.8}}, {{1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0}},
        {{1.0, 0.0}}, {{0.3, 0.7}}};
    AgentSettings settings;
    settings.policies = all_policies(model, 1);
    settings.habit = {0.25, 0.75};
    settings.counts = 4.0;
    settings.learn_habit = 2.0;
    Agent agent(model, settings);
    agent.observe({0});
    agent.act(1, 0.0);
    const double p = agent.policy_posterior()[0];
    const auto& g = agent.expected();
    const double advantage =
        g[0].pragmatic + g[0].state_information - g[1].pragmatic - g[1].state_information;
    EXPECT_NEAR(p, 1 / (1 + 3 * std::exp(-advantage)), 1e-12);
    EXPECT_NEAR(agent.habit()[0], (1.0 + 2.0 * p) / 6.0, 1e-14);
}

TEST(Agent, TMazeGoesToTheCueThenToTheReward) {
    const AgentTrials t = t_maze();
    const AgentRecord r = run_agents(t, 2);
    std::size_t rewarded = 0;
    for (std::size_t i = 0; i < t.agents * t.trials; ++i) {
        EXPECT_EQ(r.actions[0][2 * i], 3u);
        EXPECT_EQ(r.actions[0][2 * i + 1], 1 + r.states[1][3 * i]);
        rewarded += r.outcomes[1][3 * i + 2] == 1;
        EXPECT_NEAR(r.beliefs[1][(3 * i + 1) * 2 + r.states[1][3 * i]], 1.0, 1e-12);
    }
    EXPECT_NEAR(static_cast<double>(rewarded) / 1000.0, 0.98, 3 * std::sqrt(0.98 * 0.02 / 1000));
    // Before anything is known an arm is worth half of each; the cue tells one bit, then the arm is worth its
    // a.
    const auto value = [&](std::size_t u) { return r.pragmatic[u]; };
    const double z = std::log(1 + std::exp(6.0) + std::exp(-6.0)),
                 nothing = -z - std::log(4.0) - std::log(3.0);
    const double other = -std::log(4.0) - std::log(3.0);
    EXPECT_NEAR(value(1), 2 * (-z + other), 1e-9);  // 0.5 (6 - 6) twice: the arm absorbs
    EXPECT_NEAR(value(3), nothing + (0.98 * 6 - 0.02 * 6 - z + other), 0.05);
    EXPECT_NEAR(r.state_information[3], std::log(2.0), 1e-6);
}

TEST(Agent, ThreadsGiveTheSame) {
    AgentTrials t = t_maze();
    t.settings.sophisticated = false;
    t.settings.policies = all_policies(t.model, 2);
    t.settings.sample = true;
    t.settings.learn_initial = 1.0;
    const AgentRecord one = run_agents(t, 1), four = run_agents(t, 4);
    EXPECT_EQ(one.actions, four.actions);
    EXPECT_EQ(one.posterior, four.posterior);
    EXPECT_EQ(one.initial, four.initial);
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

TEST(Agent, BadTablesAreNamed) {
    const auto with = [](auto&& change) {
        AgentModel m = two_factors();
        change(m);
        return message_of([&] { check_model(m); });
    };
    EXPECT_EQ(with([](AgentModel&) {}), "no error");
    EXPECT_THAT(with([](AgentModel& m) { m.likelihood[1][0] += 0.1; }),
                HasSubstr("column 0 of table A[1] sums to 1.1, not to 1"));
    EXPECT_THAT(with([](AgentModel& m) { m.initial[0] = {1.5, -0.5}; }),
                HasSubstr("table D[0] has -0.5 in row 1, column 0"));
    EXPECT_THAT(with([](AgentModel& m) { m.transition[0].resize(24); }),
                HasSubstr("join factors that move each other"));
    EXPECT_THAT(with([](AgentModel& m) { m.likelihood[0].pop_back(); }),
                HasSubstr("table A[0] has 17 values, but 3 x 6 = 18 are needed"));
    EXPECT_THAT(with([](AgentModel& m) { m.preference[0][1] = NAN; }), HasSubstr("table C[0] has nan"));
    EXPECT_THAT(with([](AgentModel& m) { m.initial.pop_back(); }),
                HasSubstr("there are 1 tables D, but 2 factors"));
    const auto settings = [](auto&& change) {
        AgentSettings s;
        s.policies = all_policies(two_factors(), 1);
        change(s);
        return message_of([&] { Agent(two_factors(), s); });
    };
    EXPECT_THAT(settings([](AgentSettings& s) { s.precision = 0.0; }),
                HasSubstr("'precision' of the agent is 0"));
    EXPECT_THAT(settings([](AgentSettings& s) { s.policies = {{{2, 0}}}; }),
                HasSubstr("a policy has the actions (2, 0)"));
    EXPECT_THAT(settings([](AgentSettings& s) { s.habit = {1.0}; }),
                HasSubstr("table E has 1 values, but there are 6 policies"));
    EXPECT_THAT(message_of([] { all_policies(two_factors(), 9); }), HasSubstr("more than 1000000 policies"));
    AgentTrials maze = t_maze();
    Agent agent(maze.model, maze.settings);
    EXPECT_THAT(message_of([&] { agent.observe({4, 0, 0}); }),
                HasSubstr("outcome 4 of modality 0 does not exist"));
    EXPECT_THAT(message_of([&] { agent.observe({1, 0, 0}); }),
                HasSubstr("impossible under what the agent believes"));
    maze.world.states = {4, 3};
    EXPECT_THAT(message_of([&] { run_agents(maze, 1); }),
                HasSubstr("agents have (4, 2) states, their world (4, 3)"));
}

}  // namespace
}  // namespace neurodyn::inference
