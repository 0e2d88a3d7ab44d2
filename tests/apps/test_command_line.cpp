// SPDX-License-Identifier: BSD-3-Clause
// The program from outside: exit codes, what it prints, what it leaves behind.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "apps/command_line.hpp"
#include "record/reader.hpp"

namespace neurodyn {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string small =
    "name: small\ntime: {dt: 0.1 ms, duration: 50 ms, method: rk4}\npopulations: {E: {model: wilson_cowan}}\n"
    "monitors: {E: {of: E.E, every: 1 ms}}\nanalyses: {s: {summary_statistics: E}}\n";

TEST_F(CommandLine, HelpTeachesAndUnknownVerbsAreRefused) {
    const Ran help = run("--help");
    EXPECT_EQ(help.code, 0);
    for (const char* word : {"run", "check", "connections", "levels", "rates", "bifurcate", "phase",
                             "analyse", "list", "inspect", "report", "completion", "Exit codes", "--set"})
        EXPECT_THAT(help.out, HasSubstr(word));
    EXPECT_EQ(run("--version").code, 0);
    const Ran slip = run("rum x.yaml");
    EXPECT_EQ(slip.code, 2);
    EXPECT_THAT(slip.err, HasSubstr("did you mean 'run'?"));
    EXPECT_EQ(run("run").code, 2);
    EXPECT_EQ(run("run x.yaml --threads many").code, 2);
}

const std::string joined =
    "time: {duration: 10 ms}\n"
    "populations: {a: {model: lif_exp, size: 3}, b: {model: lif_exp, size: 4}}\n"
    "projections:\n"
    "  forth: {from: a.spike, to: b.I_ex, connect: all_to_all, weights: 1 pA*(i + 10*j), delays: 1.5 ms}\n"
    "  back: {from: b.spike, to: a.I_in, connect: {rule: fixed_indegree, indegree: 2}, weights: -3 pA}\n";

TEST_F(CommandLine, ConnectionsAreToldListedAndWritten) {
    write("x.yaml", joined);
    const Ran told = run("connections x.yaml");
    EXPECT_EQ(told.code, 0);
    EXPECT_THAT(told.out, HasSubstr("forth: a.spike (3 neurons) to b.I_ex (4 neurons), all_to_all\n"
                                    "  12 synapses, 0 autapses, 0 multapses\n"));
    EXPECT_THAT(told.out, HasSubstr("weight [pA]  16 "));
    EXPECT_THAT(told.out, HasSubstr("in-degree    2 "));
    const Ran listed = run("connections x.yaml forth --from 1");
    EXPECT_EQ(listed.out,
              "source,target,weight [pA],delay [ms]\n1,0,1,1.5\n1,1,11,1.5\n1,2,21,1.5\n1,3,31,1.5\n");
    EXPECT_EQ(run("connections x.yaml forth --from 2 --to 3").out,
              "source,target,weight [pA],delay [ms]\n2,3,32,1.5\n");
    const Ran written = run("connections x.yaml forth --out e.csv");
    EXPECT_THAT(written.out, EndsWith("12 synapses of 1 projection written\ne.csv\n"));
    EXPECT_THAT(slurp(folder_ / "e.csv"), HasSubstr("source,target,weight [pA],delay [ms]\n0,0,0,1.5\n"));
    EXPECT_EQ(run("connections x.yaml --out e.h5").code, 0);
    std::string text = joined;
    const std::string rule = "connect: all_to_all, weights: 1 pA*(i + 10*j), delays: 1.5 ms";
    text.replace(text.find(rule), rule.size(), "connect: {rule: file, path: e.h5, population: forth}");
    write("y.yaml", text);
    EXPECT_EQ(run("connections y.yaml forth --from 1").out, listed.out);
}

TEST_F(CommandLine, ConnectionsThatCannotBeShownAreRefused) {
    write("x.yaml", joined);
    const auto error = [&](const std::string& arguments) {
        const Ran ran = run("connections " + arguments);
        EXPECT_EQ(ran.code, 2) << arguments;
        return ran.err;
    };
    EXPECT_THAT(error("x.yaml fort"), HasSubstr("there is no projection 'fort'; did you mean 'forth'?"));
    EXPECT_THAT(error("x.yaml --from 1"), HasSubstr("name one of forth, back"));
    EXPECT_THAT(error("x.yaml forth --from 3"), HasSubstr("--from 3: the neurons there are 0 to 2"));
    EXPECT_THAT(error("x.yaml --out e.csv"), HasSubstr("name one of forth, back, or write a .h5 file"));
    EXPECT_THAT(error("x.yaml --out e.txt"), HasSubstr("text (.csv) or as SONATA edges (.h5)"));
    EXPECT_THAT(error("x.yaml --from -1"), HasSubstr("--from"));
    std::string text = joined;
    text.replace(text.find("1 pA*(i + 10*j)"), 15, "1 pA/(i - 2 + 0*j)");
    write("bad.yaml", text);
    EXPECT_THAT(error("bad.yaml"), HasSubstr("bad.yaml:4:68: error: 'weights' of projection 'forth': "
                                             "'1 pA/(i - 2 + 0*j)' is inf for target 0 and source 2"));
}

const std::string levelled =
    "name: x\nseed: 3\ntime: {dt: 0.05 ms, discard: 50 ms, duration: 100 ms, method: heun}\n"
    "populations: {cells: {model: lif_noisy, size: 4000}, unit: {model: linear}}\n"
    "monitors: {s: {of: cells.spike}}\nanalyses: {r: {spike_statistics: s}}\n";

// Reference values as in tests/dynamics.
TEST_F(CommandLine, BifurcationsAreFoundAndShown) {
    const Ran told = run("bifurcate jansen_rit --over p=0..400 --output points.csv --report page.html");
    EXPECT_EQ(told.code, 0) << told.err;
    EXPECT_THAT(told.out, HasSubstr("113.586"));
    EXPECT_THAT(told.out, HasSubstr("supercritical, 10.37"));
    EXPECT_EQ(fs::exists(folder_ / "page.html"), told.out.find("page.html") != std::string::npos);
    EXPECT_THAT(slurp(folder_ / "points.csv"),
                HasSubstr("branch,kind,unstable,p [Hz],period [s],lowest y0 [mV]"));
    EXPECT_THAT(slurp(folder_ / "points.csv"), HasSubstr(",cycle,0,"));
    EXPECT_THAT(run("bifurcate jansen_rit --over q=0..1").err, HasSubstr("no parameter or input 'q'"));
    EXPECT_THAT(run("bifurcate jansen_rit --over p=1mV..2mV").err, HasSubstr("measured in Hz"));
    EXPECT_THAT(run("bifurcate jansen_rit --over p=4..1").err, HasSubstr("is empty"));
    EXPECT_THAT(run("bifurcate jansen_rit --over p=4").err, HasSubstr("LOW..HIGH"));
    EXPECT_THAT(run("bifurcate jansen_rit --over p=0..9 --box y9=0..1").err, HasSubstr("did you mean 'y0'"));
    const Ran reset = run("bifurcate lif --over I=0..1");
    EXPECT_EQ(reset.code, 2);
    EXPECT_THAT(reset.err, HasSubstr("resets variables"));
}

TEST_F(CommandLine, PlanesShowFixedPoints) {
    const Ran told = run("phase montbrio_pazo_roxin --box r=0..2 --box v=-5..5 --no-report");
    EXPECT_EQ(told.code, 0) << told.err;
    for (const char* part : {"0.0811344", "0.472980", "1.030596", "saddle", "stable focus", "-30.88"})
        EXPECT_THAT(told.out, HasSubstr(part));
    EXPECT_THAT(run("phase kuramoto").err, HasSubstr("a plane needs two"));
    EXPECT_THAT(run("phase fitzhugh_nagumo --plane v,v").err, HasSubstr("both axes"));
}

TEST_F(CommandLine, LevelsAreComparedAndShown) {
    write("x.yaml", levelled);
    const Ran told = run("levels x.yaml");
    EXPECT_EQ(told.code, 0) << told.err;
    EXPECT_THAT(told.out, HasSubstr("population  spiking [Hz]"));
    EXPECT_THAT(told.out, HasSubstr("9.4608"));  // Siegert's rate, which the rate has at once
    const fs::path page = folder_ / "x_levels.html";
    EXPECT_EQ(fs::exists(page), told.out.find("x_levels.html") != std::string::npos);
    const Ran some = run("levels x.yaml --levels rate --bin 10ms --report y.html");
    EXPECT_EQ(some.code, 0) << some.err;
    EXPECT_THAT(some.out, Not(HasSubstr("spiking")));
    EXPECT_EQ(run("levels x.yaml --levels rates").code, 2);
    EXPECT_THAT(run("levels x.yaml --bin 1mV").err, HasSubstr("time"));
    EXPECT_THAT(run("levels x.yaml --bin 1s").err, HasSubstr("do not fit"));
    write("small.yaml", small);
    EXPECT_THAT(run("levels small.yaml").err, HasSubstr("has no population of neurons"));
}

TEST_F(CommandLine, RatesOfRestAreFound) {
    const std::string brunel = std::string(NEURODYN_SOURCE_DIR) + "/experiments/brunel.yaml";
    const Ran told = run("rates " + brunel + " --starts 8 --response 1");
    EXPECT_EQ(told.code, 0) << told.err;
    EXPECT_THAT(told.out, HasSubstr("stable"));
    EXPECT_THAT(told.out, HasSubstr("37.949697"));  // Brunel's theory
    EXPECT_THAT(told.out, HasSubstr("Hz/(mV/ms)"));
    write("small.yaml", small);
    EXPECT_EQ(run("rates small.yaml").code, 2);
}

TEST_F(CommandLine, OptionsWithoutMeaningAreRefused) {
    EXPECT_THAT(run("inspect wilson_cowan --method rk4").err, HasSubstr("--method has no meaning"));
    EXPECT_THAT(run("inspect wilson_cowan --stage ast --precision single").err,
                HasSubstr("--precision has no"));
    EXPECT_EQ(run("inspect wilson_cowan --stage asm --width 3").code, 2);
    EXPECT_THAT(run("list models wilson_cowan").err, HasSubstr("takes no name"));
    EXPECT_THAT(run("inspect wilson_cowan --stage ast").out, HasSubstr("8 ms"));
}

TEST_F(CommandLine, OutputsThatCannotBeWrittenAreFoundBeforehand) {
    write("small.yaml", small + "report: nowhere/x.html\n");
    for (const char* verb : {"check", "run"}) {
        const Ran ran = run(std::string(verb) + " small.yaml");
        EXPECT_EQ(ran.code, 2);
        EXPECT_THAT(ran.err, HasSubstr("small.yaml:6:9: error: report 'nowhere/x.html'"));
    }
    EXPECT_THAT(run("run small.yaml --report .").err, HasSubstr("error: report '.': is a folder"));
}

TEST_F(CommandLine, CheckTellsOfProjections) {
    write("spikes.yaml",
          "time: {dt: 0.1 ms, duration: 50 ms}\npopulations: {a: {model: lif_exp, size: 100}}\n"
          "projections: {all: {from: a.spike, to: a.I_ex, connect: {rule: pairwise_bernoulli, probability: "
          "0.1}, "
          "weights: 1 pA, delays: 1.5 ms}}\n");
    const Ran ran = run("check spikes.yaml");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("1000         15"));
    EXPECT_THAT(ran.out, HasSubstr("6.1 kB"));
    // Found when synapses are drawn, by the engine, which knows no lines.
    for (const char* verb : {"check", "run"})
        EXPECT_THAT(run(std::string(verb) +
                        " spikes.yaml --set 'projections.all.weights=normal(1 pA, 0.1 pA, min = 5 pA)'")
                        .err,
                    HasSubstr("spikes.yaml:3:15: error: projection 'all': no value of normal"));
}

TEST_F(CommandLine, RunsAndPrintsThePathLast) {
    write("small.yaml", small);
    const Ran ran = run("run small.yaml");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, EndsWith((fs::weakly_canonical(folder_) / "small.h5").string() + "\n"));
    EXPECT_EQ(ran.err, "");  // no progress where there is no terminal
    const record::Reader reader((folder_ / "small.h5").string());
    EXPECT_EQ(reader.values("E").size(), 50u);
    EXPECT_EQ(reader.groups("analyses"), std::vector<std::string>{"s"});
}

const std::string still =
    "name: still\ntime: {dt: 1 ms, duration: 50 ms}\n"
    "populations: {E: {equations: 'dx/dt = -x/(1*second) : 1', size: 3}}\nmonitors: {E: {of: E.x}}\n"
    "analyses:\n  fc: {functional_connectivity: E}\n  cells: {compare_matrices: fc, compare: fc}\n"
    "  s: {summary_statistics: E}\n";

TEST_F(CommandLine, AFailedAnalysisLeavesTheOthers) {
    write("still.yaml",
          still + "expect: [{that: s.overall_mean, below: 1}, {that: cells.cosine, above: 0}]\n");
    const Ran ran = run("run still.yaml");
    EXPECT_EQ(ran.code, 3);
    EXPECT_THAT(ran.err, HasSubstr("error: analysis 'fc' (functional_connectivity): "));
    EXPECT_THAT(ran.err, HasSubstr("it needs 'fc' of analysis 'fc', which failed"));
    EXPECT_THAT(ran.err, HasSubstr("1 other analysis"));
    EXPECT_THAT(ran.out, HasSubstr("no result"));
    const record::Reader reader((folder_ / "still.h5").string());
    EXPECT_EQ(reader.groups("analyses"), std::vector<std::string>{"s"});
    EXPECT_THAT(std::get<std::string>(reader.attributes().at("status")),
                HasSubstr("complete, but for analysis 'fc'"));
    EXPECT_THAT(reader.text("report/document"), HasSubstr("which failed"));
}

TEST_F(CommandLine, ASweepWithoutResultsGivesCodeThree) {
    write("still.yaml",
          still + "sweep: {over: {populations.E.size: [3, 4]}, choose: {maximise: cells.cosine}}\n");
    const Ran ran = run("run still.yaml");
    EXPECT_EQ(ran.code, 3);
    EXPECT_THAT(ran.err, HasSubstr("every point of the sweep failed; the first: populations.E.size = "));
    EXPECT_TRUE(fs::exists(folder_ / "still.h5"));
}

TEST_F(CommandLine, TheFileTellsHowItWasMade) {
    write("small.yaml", small);
    EXPECT_EQ(run("run small.yaml --threads 1 --set time.duration='20 ms'").code, 0);
    const auto attributes = record::Reader((folder_ / "small.h5").string()).attributes();
    EXPECT_EQ("neurodyn " + std::get<std::string>(attributes.at("version")) + "\n", run("--version").out);
    EXPECT_EQ(std::get<std::string>(attributes.at("command")),
              "neurodyn run small.yaml --set 'time.duration=20 ms' --threads 1");
    EXPECT_EQ(std::get<std::int64_t>(attributes.at("threads")), 1);
}

TEST_F(CommandLine, SetSeedAndOutputChangeTheRun) {
    write("small.yaml", small);
    const Ran ran =
        run("run small.yaml --quiet --set time.duration='20 ms' --set populations.E.size=3 --seed 5 --output "
            "other.h5");
    EXPECT_EQ(ran.code, 0) << ran.err;
    const record::Reader reader((folder_ / "other.h5").string());
    EXPECT_EQ(reader.values("E").size(), 60u);
    EXPECT_EQ(std::get<std::string>(reader.attributes().at("seed")), "5");
    const Ran wrong = run("run small.yaml --set time.duraton='20 ms'");
    EXPECT_EQ(wrong.code, 2);
    EXPECT_THAT(wrong.err, HasSubstr("did you mean 'duration'?"));
    EXPECT_EQ(run("run small.yaml --set nothing").code, 2);
}

TEST_F(CommandLine, FailedExpectationsGiveCodeOne) {
    write(
        "small.yaml",
        small +
            "expect: [{that: s.overall_mean, above: 5, from: nowhere}, {that: s.overall_mean, below: 5}]\n");
    const Ran ran = run("run small.yaml");
    EXPECT_EQ(ran.code, 1);
    EXPECT_THAT(ran.out, HasSubstr("FAILED"));
    EXPECT_THAT(ran.out, HasSubstr("above 5"));
    EXPECT_TRUE(fs::exists(folder_ / "small.h5"));
}

TEST_F(CommandLine, NonFiniteValuesGiveCodeThreeAndKeepTheRecord) {
    write("burst.yaml",
          "time: {dt: 1 ms, duration: 20 s, method: euler}\n"
          "populations: {x: {equations: 'dx/dt = x**2/second : 1', initial: {x: 1}}}\nmonitors: {x: {of: "
          "x.x, every: 10 ms}}\n");
    const Ran ran = run("run burst.yaml");
    EXPECT_EQ(ran.code, 3) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("population 'x', node 0, variable 'x'"));
    const record::Reader reader((folder_ / "burst.h5").string());
    EXPECT_GT(reader.values("x").size(), 50u);
    EXPECT_THAT(std::get<std::string>(reader.attributes().at("status")), HasSubstr("non-finite"));
}

TEST_F(CommandLine, InterruptKeepsTheRecord) {
    write("long.yaml",
          "time: {dt: 0.1 ms, duration: 100000 s}\npopulations: {E: {model: wilson_cowan}}\nmonitors: {E: "
          "{of: E.E, every: 1 s}}\n");
    const fs::path old = fs::current_path();
    const pid_t child = fork();
    if (child == 0) {
        fs::current_path(folder_);
        execl(NEURODYN_BINARY, NEURODYN_BINARY, "run", "long.yaml", "--quiet", "--threads", "1",
              static_cast<char*>(nullptr));
        _exit(99);
    }
    for (int i = 0; i < 600 && !fs::exists(folder_ / "long.h5"); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    kill(child, SIGINT);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 130);
    const record::Reader reader((folder_ / "long.h5").string());
    EXPECT_EQ(std::get<std::string>(reader.attributes().at("status")), "stopped");
}

TEST_F(CommandLine, WrongInputGivesCodeTwoAndNamesThePlace) {
    EXPECT_EQ(run("run missing.yaml").code, 2);
    write("empty.yaml", "");
    EXPECT_THAT(run("run empty.yaml").err, HasSubstr("empty"));
    write("binary.yaml", std::string("\x89HDF\r\n\x1a\n\0\0", 10));
    EXPECT_THAT(run("check binary.yaml").err, HasSubstr("binary"));
    write("wrong.yaml", "time: {dt: 1 mV, duration: 1 s}\npopulations: {E: {model: wilson_cowen}}\n");
    const Ran wrong = run("check wrong.yaml");
    EXPECT_EQ(wrong.code, 2);
    EXPECT_THAT(wrong.err, HasSubstr("wrong.yaml:1:12"));
    fs::resize_file(write("huge.yaml", "a: 1"), 100u << 20);
    EXPECT_THAT(run("run huge.yaml").err, HasSubstr("4 MiB"));
}

TEST_F(CommandLine, CheckTellsCostsWithoutRunning) {
    write("small.yaml", small);
    const Ran check = run("check small.yaml");
    EXPECT_EQ(check.code, 0) << check.err;
    for (const char* word : {"wilson_cowan", "rk4", "memory", "file", "run"})
        EXPECT_THAT(check.out, HasSubstr(word));
    EXPECT_FALSE(fs::exists(folder_ / "small.h5"));
}

TEST_F(CommandLine, OutputsReplaceNeitherExperimentNorResult) {
    write("small.yaml", small);
    for (const char* option : {"--output small.yaml", "--report ./small.yaml"}) {
        const Ran ran = run(std::string("run small.yaml ") + option);
        EXPECT_EQ(ran.code, 2) << option;
        EXPECT_THAT(ran.err, HasSubstr("is the experiment itself"));
        EXPECT_EQ(slurp(folder_ / "small.yaml"), small);
    }
    EXPECT_EQ(run("run small.yaml").code, 0);
    EXPECT_EQ(run("report small.h5 --output small.h5").code, 2);
    EXPECT_EQ(run("run small.yaml --seed -1").code, 2);
}

// What a run of spiking neurons leaves behind: the spikes file of SONATA, and rates from its events.
TEST_F(CommandLine, SpikesAreRecordedAndCounted) {
    write("spikes.yaml",
          "time: {dt: 0.1 ms, duration: 1 s, method: exact}\n"
          "populations: {a: {model: lif_exp, size: 2, set: {I_e: [500 pA, 0 pA]}}}\n"
          "monitors: {s: {of: a.spike}}\nanalyses: {r: {spike_statistics: s}}\n"
          "expect: [{that: \"r.rate[0]\", equals: 63 Hz, within: 0.001, from: NEST 3.9}]\n");
    const Ran ran = run("run spikes.yaml");
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_TRUE(fs::exists(folder_ / "spikes.h5"));
}

// Analyses of one kind share a section: distributions with a series for each, matrices of pairs, one table.
TEST_F(CommandLine, ReportsPutPopulationsBesideEachOther) {
    write("spikes.yaml",
          "time: {dt: 0.1 ms, duration: 1 s, method: exact}\n"
          "populations: {a: {model: poisson, size: 4, set: {rate: 50 Hz}}, b: {model: poisson, size: 3, set: "
          "{rate: 90 Hz}}}\n"
          "monitors: {s: {of: [a.spike, b.spike]}}\n"
          "analyses: {first: {spike_statistics: s.a}, second: {spike_statistics: s.b}, "
          "pairs: {spike_train_correlation: s.a}}\n");
    const Ran ran = run("run spikes.yaml");
    ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
    const std::string document = record::Reader((folder_ / "spikes.h5").string()).text("report/document");
    EXPECT_THAT(document, HasSubstr(R"({"heading":"Spike statistics")"));
    EXPECT_THAT(document, HasSubstr(R"({"kind":"histogram","title":"ISI CV")"));
    EXPECT_THAT(document, HasSubstr(R"("series":[{"name":"first","values":")"));
    EXPECT_THAT(document, HasSubstr(R"({"name":"second","values":")"));
    EXPECT_THAT(document, HasSubstr(R"({"kind":"table","title":"Means and indices")"));
    EXPECT_THAT(document, ::testing::Not(HasSubstr(R"("heading":"first")")));
    EXPECT_THAT(document, HasSubstr(R"({"heading":"pairs")"));
    EXPECT_THAT(document, HasSubstr(R"({"kind":"matrix","title":"Correlations of pairs")"));
    EXPECT_THAT(document, HasSubstr(R"("panels":[{"title":"pairs","values":{"rows":4,"columns":4)"));
}

TEST_F(CommandLine, SweepsChooseTheBest) {
    write("small.yaml",
          small +
              "values: {P: 1}\nsweep: {over: {P: [0.5, 1, 1.5]}, choose: {maximise: s.overall_mean}}\n"
              "expect: [{that: sweep.best.P, equals: 1.5, within: 0}]\n");
    const Ran ran = run("run small.yaml --set populations.E.P=P");
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("sweep: 3 points in 1 run"));
    const record::Reader reader((folder_ / "small.h5").string());
    std::vector<std::string> names;
    for (const record::Array& array : reader.arrays("sweep")) names.push_back(array.name);
    EXPECT_THAT(names, ::testing::IsSupersetOf({"P", "repeat", "s_overall_mean"}));
}

TEST_F(CommandLine, SweepsMayPrecedeTheExperimentAsItIsWritten) {
    write("small.yaml", small +
                            "values: {P: 1}\nsweep: {over: {P: [0.5, 1.5]}, choose: as_written}\n"
                            "compare: [{that: s.overall_mean, with: [sweep.s.overall_mean.minimum, "
                            "sweep.s.overall_mean.maximum]}]\n");
    const Ran ran = run("run small.yaml --set populations.E.P=P");
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("sweep: 2 points in 1 run, in "));
    EXPECT_THAT(ran.out, HasSubstr("is above sweep.s.overall_mean.minimum"));
    EXPECT_THAT(ran.out, HasSubstr("is below sweep.s.overall_mean.maximum"));
    EXPECT_THAT(ran.out, HasSubstr("ran in "));
}

TEST_F(CommandLine, TuningIsToldCountedAndKept) {
    write("small.yaml",
          small +
              "tune: {adjust: {E.tau_E: {mean: E.E, target: 0.06, within: 1 %}}, duration: 40 ms, "
              "trials: 2}\n");
    EXPECT_THAT(run("check small.yaml").out, HasSubstr("tuning       at most 2 trials"));
    const Ran failed = run("run small.yaml");
    EXPECT_EQ(failed.code, 3);
    EXPECT_THAT(failed.err, HasSubstr("error: tuning failed: E.E of node 0 is "));
    const Ran warned = run("run small.yaml --set tune.otherwise=warn");
    EXPECT_EQ(warned.code, 0) << warned.err;
    EXPECT_THAT(warned.err, HasSubstr("warning: the tuning did not reach its target"));
    write("near.yaml",
          small + "tune: {adjust: {E.tau_E: {mean: E.E, target: 0.06, within: 1}}, duration: 40 ms}\n");
    const Ran near = run("run near.yaml --output near.h5");
    EXPECT_EQ(near.code, 0) << near.err;
    EXPECT_THAT(near.out, HasSubstr("tuning: the worst of all nodes: E.E of node 0 is"));
    EXPECT_EQ(record::Reader((folder_ / "near.h5").string()).arrays("tuning/E_tau_E").size(), 4u);
}

TEST_F(CommandLine, ListsAndInspects) {
    for (const char* what :
         {"models", "couplings", "synapses", "experiments", "analyses", "methods", "units", "data"})
        EXPECT_EQ(run(std::string("list ") + what).code, 0) << what;
    EXPECT_THAT(run("list models").out, HasSubstr("wilson_cowan"));
    EXPECT_THAT(run("list models").out, Not(HasSubstr("stdp_pair")));
    EXPECT_THAT(run("list synapses").out, HasSubstr("stdp_pair"));
    EXPECT_THAT(run("list units").out, HasSubstr("mV"));
    for (const char* stage : {"ast", "graph", "step --method heun"}) {
        const Ran ran = run(std::string("inspect wilson_cowan --stage ") + stage);
        EXPECT_EQ(ran.code, 0) << ran.err;
        EXPECT_THAT(ran.out, Not(::testing::IsEmpty()));
    }
    EXPECT_EQ(run("inspect no_such_model").code, 2);
    const Ran synapse = run("inspect stdp_pair --stage ast");
    EXPECT_EQ(synapse.code, 0) << synapse.err;
    EXPECT_THAT(synapse.out, HasSubstr("on post"));
    EXPECT_THAT(synapse.out, HasSubstr("a*exp("));
    EXPECT_THAT(run("inspect stdp_pair --stage graph").err, HasSubstr("is a synapse"));
}

TEST_F(CommandLine, CompletionKnowsEveryVerb) {
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const Ran ran = run(std::string("completion ") + shell);
        EXPECT_EQ(ran.code, 0);
        for (const char* word : {"run", "check", "list", "inspect", "report", "threads"})
            EXPECT_THAT(ran.out, HasSubstr(word));
    }
    EXPECT_EQ(run("completion bash > complete.sh && bash -n complete.sh").code, 0);
}

}  // namespace
}  // namespace neurodyn
