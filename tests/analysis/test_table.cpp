// SPDX-License-Identifier: BSD-3-Clause
// The table of analyses: every row keeps its word, and what it is given is checked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "analysis/errors.hpp"
#include "analysis/functional_connectivity.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

// What analyses of population codes read: two neurons, 5 stimuli, 600 trials.
std::optional<Input> coding_example(const InputSpec& spec) {
    if (spec.name == "tuning")
        return Matrix{{1, 5, 2, 4, 4, 4, 4, 2, 5, 1}, 5, 2, "tuning", "Hz", {}, "stimulus"};
    if (spec.name == "stimuli") return Vector{{-2, -1, 0, 1, 2}, "stimuli", ""};
    if (spec.name == "preferred") return Vector{{-2, 2}, "preferred", ""};
    Series trials = sample_series(600, spec.name == "responses" ? 2 : 1);
    for (std::size_t k = 0; k < trials.values.size(); ++k)
        trials.values[k] =
            spec.name == "responses" ? std::round(2 + trials.values[k]) : static_cast<double>(k % 20);
    if (spec.name == "responses" && spec.kinds.front() == InputKind::matrix)
        return Matrix{trials.values, 600, 2, "responses", "", {}, "trial"};
    if (spec.name == "stimulus" && spec.kinds.front() == InputKind::vector)
        return Vector{trials.values, "stimulus", ""};
    if (spec.name == "truth") return Vector{trials.values, "truth", ""};
    if (spec.name == "responses" || spec.name == "stimulus") return trials;
    return std::nullopt;
}

// Sizes and durations of avalanches: size 2^k, duration k + 1, each 64 >> k times; events with silence
// around.
std::optional<Input> avalanche_example(const InputSpec& spec) {
    if (spec.name == "subject") {
        Events spikes{{}, {}, 2, 0.0, 40.0, "spikes"};
        for (std::uint32_t k = 0; k < 400; ++k) {
            spikes.time_s.push_back(0.5 + 0.0973 * k + 0.01 * (k * k % 7));
            spikes.node.push_back(k % 2);
        }
        std::sort(spikes.time_s.begin(), spikes.time_s.end());
        return spikes;
    }
    if (spec.name == "intensities" || spec.name == "response") return Vector{{1, 2, 4, 8}, spec.name, ""};
    if (spec.name != "values" && spec.name != "sizes" && spec.name != "durations") return std::nullopt;
    Vector v{{}, spec.name, ""};
    for (int k = 0; k < 6; ++k)
        v.values.insert(v.values.end(), 64 >> k, spec.name == "durations" ? k + 1.0 : std::exp2(k));
    return v;
}

Input example(const InputSpec& spec) {
    if (auto known = coding_example(spec)) return *known;
    if (auto known = avalanche_example(spec)) return *known;
    switch (spec.kinds.front()) {
        case InputKind::series: {
            Series s = sample_series();
            if (spec.name == "field") s.grid = {{s.channels}, {1e-3}, {0.0}, true};
            return s;
        }
        case InputKind::matrix: {
            Matrix m = functional_connectivity(sample_series());
            m.name = spec.name;
            if (spec.name == "matrix" || spec.name == "distances")
                for (double& w : m.values) w = std::abs(w);  // of a graph
            return m;
        }
        case InputKind::vector:
            return Vector{{0.1, 0.2, 0.7, 0.3, 0.5}, spec.name, ""};
        default:
            return Labels{{"a", "a", "b", "b", "b"}, spec.name};
        case InputKind::events:
            return Events{{0.1, 0.2, 0.4, 0.7}, {0, 1, 0, 0}, 2, 0.0, 1.0, spec.name};
    }
}

// What an analysis needs to work on the example, and to give all its results.
Options example_options(const Analysis& a) {
    const std::string tested = "shift";
    if (a.name == "network_strength") return {{"network", std::string("b")}};
    if (a.name == "band_power") return {{"bands", std::string("slow 0.01-0.1, fast 0.1-0.5")}};
    if (a.name == "spectral_peaks")
        return {{"low", 0.02}, {"high", 0.9}, {"narrowest", 0.02}, {"widest", 0.5}};
    if (a.name == "bursts") return {{"low", 0.1}, {"high", 0.3}};
    if (a.name == "phase_locking") return {{"surrogates", tested}, {"surrogate_count", 3.0}};
    if (a.name == "cross_correlation") return {{"surrogates", tested}, {"surrogate_count", 3.0}};
    if (a.name == "phase_amplitude_coupling")
        return {{"phase_low", 0.03}, {"phase_high", 0.08}, {"amplitude_low", 0.2}, {"amplitude_high", 0.8}};
    return {};
}

// The least of them: without these it refuses the example.
Options required_options(const Analysis& a) {
    Options options = example_options(a);
    for (const char* name : {"network", "surrogates", "surrogate_count"}) options.erase(name);
    return options;
}

TEST(Table, IsInAlphabeticalOrderWithDistinctDocumentedNames) {
    const auto by_name = [](const Analysis& a, const Analysis& b) { return a.name < b.name; };
    EXPECT_TRUE(std::is_sorted(table().begin(), table().end(), by_name));
    for (const Analysis& a : table()) {
        SCOPED_TRACE(a.name);
        EXPECT_FALSE(a.doc.empty());
        EXPECT_EQ(a.doc.find('\n'), std::string::npos);
        ASSERT_FALSE(a.inputs.empty());
        EXPECT_TRUE(a.inputs.front().required);
        ASSERT_FALSE(a.results.empty());
        std::set<std::string> names;
        for (const InputSpec& i : a.inputs)
            EXPECT_TRUE(names.insert(i.name).second && !i.doc.empty()) << i.name;
        for (const OptionSpec& o : a.options)
            EXPECT_TRUE(names.insert(o.name).second && !o.doc.empty()) << o.name;
        std::set<std::string> results;
        for (const ResultSpec& r : a.results)
            EXPECT_TRUE(results.insert(r.name).second && !r.doc.empty()) << r.name;
    }
}

TEST(Table, EveryAnalysisGivesAllTheResultsThatItLists) {
    for (const Analysis& a : table()) {
        SCOPED_TRACE(a.name);
        Inputs inputs;
        for (const InputSpec& spec : a.inputs) inputs.emplace(spec.name, example(spec));
        const Result result = run(a, inputs, example_options(a));
        std::vector<std::string> found, listed;
        for (const ResultArray& array : result.arrays) {
            found.push_back(array.name);
            std::size_t size = 1;
            for (const Dimension& d : array.dimensions) {
                size *= d.size;
                EXPECT_TRUE(d.values.empty() || d.values.size() == d.size) << array.name << " " << d.name;
                EXPECT_TRUE(d.labels.empty() || d.labels.size() == d.size) << array.name << " " << d.name;
            }
            EXPECT_EQ(array.values.size(), size) << array.name;
            EXPECT_FALSE(array.doc.empty()) << array.name;
        }
        for (const ResultSpec& spec : a.results) listed.push_back(spec.name);
        EXPECT_EQ(found, listed);
    }
}

// Shapes alone: what is known before anything ran.
Inputs without_values(Inputs inputs) {
    for (auto& [name, input] : inputs) {
        if (Series* series = std::get_if<Series>(&input)) series->values.clear();
        if (Matrix* matrix = std::get_if<Matrix>(&input)) matrix->values.clear();
        if (Events* events = std::get_if<Events>(&input)) events->time_s.clear(), events->node.clear();
    }
    return inputs;
}

void expect_same_outline(const Result& found, const Result& outlined) {
    ASSERT_EQ(found.arrays.size(), outlined.arrays.size());
    for (std::size_t i = 0; i < found.arrays.size(); ++i) {
        const ResultArray &f = found.arrays[i], &o = outlined.arrays[i];
        SCOPED_TRACE(f.name);
        EXPECT_EQ(f.name, o.name);
        EXPECT_EQ(f.unit, o.unit);
        ASSERT_EQ(f.dimensions.size(), o.dimensions.size());
        for (std::size_t d = 0; d < f.dimensions.size(); ++d) {
            EXPECT_EQ(f.dimensions[d].name, o.dimensions[d].name);
            if (o.dimensions[d].size != unknown_size) {
                EXPECT_EQ(f.dimensions[d].size, o.dimensions[d].size);
            }
            EXPECT_EQ(f.dimensions[d].labels, o.dimensions[d].labels);
        }
    }
}

TEST(Table, OutlinesTellWhatRunsGive) {
    for (const Analysis& a : table()) {
        SCOPED_TRACE(a.name);
        Inputs required, all;
        for (const InputSpec& spec : a.inputs) {
            all.emplace(spec.name, example(spec));
            if (spec.required) required.emplace(spec.name, example(spec));
        }
        for (const Inputs& inputs : {required, all})
            for (const Options& options : {required_options(a), example_options(a)})
                expect_same_outline(run(a, inputs, options), outline(a, without_values(inputs), options));
    }
}

TEST(Table, OutlinesRefuseWhatRunsWouldRefuse) {
    Inputs series;
    series.emplace("series", sample_series());
    series = without_values(series);
    const auto refused = [&](const char* analysis, const Options& options) {
        return error_of([&] { outline(find_analysis(analysis), series, options); });
    };
    EXPECT_THAT(refused("summary_statistics", {{"discard", 1e4}}), HasSubstr("discard is 10000 s, but"));
    EXPECT_THAT(refused("power_spectrum", {{"segment", 1e4}}), HasSubstr("segment is 10000 s"));
    EXPECT_THAT(refused("power_spectrum", {{"overlap", 1.0}}), HasSubstr("it must be 0 or more and below 1"));
    EXPECT_THAT(refused("power_spectrum", {{"low", 5.0}}), HasSubstr("no frequency lies between 5 Hz"));
    EXPECT_THAT(refused("autocorrelation", {{"max_lag", 1e4}}), HasSubstr("max_lag is 10000 s"));
    EXPECT_THAT(refused("sliding_functional_connectivity", {{"step", 0.0}}), HasSubstr("it must be above 0"));
    EXPECT_THAT(refused("sliding_functional_connectivity", {{"window", 1e4}}),
                HasSubstr("window is 10000 s"));
    EXPECT_THAT(refused("functional_connectivity_dynamics", {{"discard", -1.0}}), HasSubstr("0 or more"));
    series.insert_or_assign("compare", square_matrix(3));
    EXPECT_THAT(refused("functional_connectivity", {}), HasSubstr("they must have the same shape"));
    Inputs events;
    events.emplace("events", Events{{}, {}, 2, 0.0, 1.0, "spikes"});
    for (const char* name : {"spike_statistics", "spike_train_correlation"})
        EXPECT_THROW(outline(find_analysis(name), events, {{"bin", 2.0}}), OptionError) << name;
    EXPECT_THROW(outline(find_analysis("spike_statistics"), events, {{"bin", 0.0}}), OptionError);
    EXPECT_THROW(outline(find_analysis("summary_statistics"), {{"series", events.at("events")}}),
                 OptionError);
    const Inputs networks = {{"matrix", square_matrix(5)},
                             {"labels", Labels{{"a", "a", "b", "b", "b"}, "l"}}};
    EXPECT_THAT(error_of([&] {
                    outline(find_analysis("network_strength"), networks, {{"network", std::string("c")}});
                }),
                HasSubstr("no region belongs to network 'c'"));
}

TEST(Table, RunsWithRequiredInputsAlone) {
    for (const Analysis& a : table()) {
        SCOPED_TRACE(a.name);
        Inputs inputs;
        for (const InputSpec& spec : a.inputs)
            if (spec.required) inputs.emplace(spec.name, example(spec));
        EXPECT_EQ(run(a, inputs, required_options(a)).arrays.front().name, a.results.front().name);
    }
}

TEST(Table, PassesOptionsOn) {
    Inputs inputs;
    inputs.emplace("series", sample_series());
    const Result r = run(find_analysis("functional_connectivity"), inputs, {{"discard", 10.0}});
    EXPECT_NEAR(r.matrix()(0, 1), 0.20041147749788704, 1e-14);  // numpy.corrcoef(x[20:].T)[0, 1]
    EXPECT_EQ(r.matrix("covariance").unit, "(mV)^2");
    const Result p =
        run(find_analysis("power_spectrum"), inputs, {{"segment", 64.0}, {"window", std::string("hann")}});
    EXPECT_DOUBLE_EQ(p.scalar("peak_frequency"), 0.03125);  // scipy.signal.welch(x.T, fs=2, nperseg=128)
    EXPECT_EQ(p.find("power")->unit, "(mV)^2/Hz");
    const Result z = run(find_analysis("functional_connectivity"), inputs, {{"fisher_z", true}});
    EXPECT_EQ(z.matrix("fc")(1, 1), 0.0);
}

TEST(Table, AMeasuredMatrixOrDistributionServesForFcd) {
    Inputs inputs;
    inputs.emplace("series", sample_series());
    const Analysis& fcd = find_analysis("functional_connectivity_dynamics");
    const Result own = run(fcd, inputs, {{"window", 30.0}, {"step", 3.5}});
    inputs.emplace("compare", own.matrix("fcd"));
    EXPECT_EQ(run(fcd, inputs, {{"window", 30.0}, {"step", 3.5}}).scalar("ks_distance"), 0.0);
    inputs.insert_or_assign("compare", Vector{{5, 6, 7}, "far", ""});
    EXPECT_EQ(run(fcd, inputs, {{"window", 30.0}, {"step", 3.5}}).scalar("ks_distance"), 1.0);
}

TEST(Table, ExplainsUnknownNamesAndWrongKinds) {
    EXPECT_THAT(error_of([] { find_analysis("power_spectra"); }),
                HasSubstr("analysis 'power_spectra' is not known; did you mean 'power_spectrum'?"));
    const Analysis& fc = find_analysis("functional_connectivity");
    Inputs inputs;
    EXPECT_THAT(error_of([&] { run(fc, inputs); }), HasSubstr("functional_connectivity needs 'series'"));
    inputs.emplace("series", functional_connectivity(sample_series()));
    EXPECT_THAT(error_of([&] { run(fc, inputs); }),
                HasSubstr("input 'series' of functional_connectivity must be a series, not a matrix"));
    inputs.clear();
    inputs.emplace("serie", sample_series());
    EXPECT_THAT(error_of([&] { run(fc, inputs); }), HasSubstr("did you mean 'series'?"));
    EXPECT_THAT(error_of([&] { check_options(fc, {{"discrad", 1.0}}); }),
                HasSubstr("did you mean 'discard'?"));
    EXPECT_THAT(error_of([&] { check_options(fc, {{"discard", true}}); }),
                HasSubstr("option 'discard' of functional_connectivity must be a number in s"));
    EXPECT_THAT(error_of([&] {
                    check_options(find_analysis("power_spectrum"), {{"window", std::string("hanning")}});
                }),
                HasSubstr("must be one of: hann, hamming, boxcar"));
    Result result;
    result.add_scalar("similarity", "", 0.5);
    EXPECT_THAT(error_of([&] { result.scalar("similarty"); }), HasSubstr("did you mean 'similarity'?"));
    EXPECT_THROW(result.matrix("similarity"), ShapeError);
}

}  // namespace
}  // namespace neurodyn::analysis
