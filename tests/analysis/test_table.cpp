// SPDX-License-Identifier: BSD-3-Clause
// The table of analyses: every row keeps its word, and what it is given is checked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "analysis/errors.hpp"
#include "analysis/functional_connectivity.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

Input example(const InputSpec& spec) {
    switch (spec.kinds.front()) {
        case InputKind::series:
            return sample_series();
        case InputKind::matrix: {
            Matrix m = functional_connectivity(sample_series());
            m.name = spec.name;
            return m;
        }
        case InputKind::vector:
            return Vector{{0.1, 0.2, 0.7}, spec.name, ""};
        default:
            return Labels{{"a", "a", "b", "b", "b"}, spec.name};
        case InputKind::events:
            return Events{{0.1, 0.2, 0.4, 0.7}, {0, 1, 0, 0}, 2, 0.0, 1.0, spec.name};
    }
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
        Options options;
        if (a.name == "network_strength") options.emplace("network", std::string("b"));
        const Result result = run(a, inputs, options);
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

TEST(Table, RunsWithRequiredInputsAlone) {
    for (const Analysis& a : table()) {
        SCOPED_TRACE(a.name);
        Inputs inputs;
        for (const InputSpec& spec : a.inputs)
            if (spec.required) inputs.emplace(spec.name, example(spec));
        EXPECT_EQ(run(a, inputs).arrays.front().name, a.results.front().name);
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
