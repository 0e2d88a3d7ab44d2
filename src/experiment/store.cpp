// SPDX-License-Identifier: BSD-3-Clause
// What an experiment writes into its result file beside the series.
#include "experiment/store.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/reader.hpp"
#include "record/writer.hpp"

namespace neurodyn::experiment {
namespace {

constexpr const char* report_path = "report/document";

record::Dimension to_record(const analysis::Dimension& d) {
    return {d.name, d.size, d.unit, d.values, d.labels};
}

record::Array to_record(const analysis::ResultArray& array) {
    record::Array result{array.name, array.doc, array.unit, {}, array.values};
    for (const analysis::Dimension& d : array.dimensions) result.dimensions.push_back(to_record(d));
    return result;
}

std::string plain_name(std::string path) {
    for (char& c : path)
        if (c == '.' || c == '/') c = '_';
    return path;
}

}  // namespace

struct Store::Impl {
    explicit Impl(const std::string& path) : writer(path) {}
    record::Writer writer;
};

Store::Store(const std::string& path, const Experiment& experiment, const Built& built)
    : impl_(std::make_unique<Impl>(path)) {
    record::Writer& writer = impl_->writer;
    writer.set_attribute("name", experiment.name);
    writer.set_attribute("title", experiment.title);
    writer.set_attribute("experiment_file", experiment.file);
    writer.set_attribute("seed", fmt::format("{}", experiment.seed));
    writer.set_attribute("precision", experiment.precision);
    writer.set_attribute("dt_s", built.network.dt_s);
    writer.set_attribute("discard_s", built.discard_s);
    writer.set_attribute("duration_s", built.duration_s);
    writer.set_attribute("machine", record::machine_description());
    writer.set_attribute("status", std::string("running"));
    writer.write_text("experiment", experiment.text);
}

Store::~Store() = default;

engine::Sink& Store::sink() { return impl_->writer; }

void Store::add_results(const AnalysisResults& results) {
    for (const AnalysisResult& done : results) {
        std::vector<record::Array> arrays;
        for (const analysis::ResultArray& array : done.result.arrays) arrays.push_back(to_record(array));
        impl_->writer.write_group("analyses/" + done.name, arrays, {{"analysis", done.analysis}});
    }
}

void Store::add_sweep(const Experiment& experiment, const SweepOutcome& sweep) {
    if (sweep.points.empty()) return;
    const record::Dimension point{"point", sweep.points.size()};
    std::vector<record::Array> arrays;
    for (std::size_t a = 0; a < experiment.sweep.axes.size(); ++a) {
        const SweepAxis& axis = experiment.sweep.axes[a];
        record::Array values{plain_name(axis.path), "value of " + axis.path, axis.unit, {point}, {}};
        for (const SweepPoint& p : sweep.points) values.values.push_back(axis.numbers[p.index[a]]);
        arrays.push_back(std::move(values));
    }
    record::Array repeat{"repeat", "which repeat; the seed is the experiment's plus this", "", {point}, {}};
    for (const SweepPoint& p : sweep.points) repeat.values.push_back(static_cast<double>(p.repeat));
    arrays.push_back(std::move(repeat));
    for (std::size_t c = 0; c < sweep.names.size(); ++c)
        arrays.push_back(
            {plain_name(sweep.names[c]), "result " + sweep.names[c], "", {point}, sweep.columns[c]});
    record::Attributes attributes;
    if (sweep.best) {
        attributes["best_point"] = static_cast<std::int64_t>(*sweep.best);
        attributes["best_value"] = sweep.best_value;
        attributes["chosen_by"] = experiment.sweep.choose->value;
    }
    impl_->writer.write_group("sweep", arrays, attributes);
}

void Store::add_expectations(const std::vector<ExpectationOutcome>& expectations) {
    if (expectations.empty()) return;
    const record::Dimension dimension{"expectation", expectations.size()};
    record::Array that{"that", "the result", "", {dimension}, {}},
        found{"found", "what was found", "", {dimension}, {}},
        bound{"expected", "what was expected", "", {dimension}, {}},
        from{"from", "where the expected value comes from", "", {dimension}, {}},
        passed{"passed", "1 when it was met", "", {dimension}, {}};
    for (const ExpectationOutcome& e : expectations) {
        that.texts.push_back(e.that);
        found.texts.push_back(e.found);
        bound.texts.push_back(e.bound);
        from.texts.push_back(e.from);
        passed.values.push_back(e.passed ? 1.0 : 0.0);
    }
    impl_->writer.write_group("expectations", {that, found, bound, from, passed});
}

void Store::add_report(const std::string& document) { impl_->writer.write_text(report_path, document); }

void Store::close(const std::string& status) {
    impl_->writer.set_attribute("status", status);
    impl_->writer.close();
}

std::string read_report_document(const std::string& path) {
    const record::Reader reader(path);
    if (!reader.has(report_path))
        throw Error(
            fmt::format("{} has no report in it; it was made by a run that did not come to its end", path));
    return reader.text(report_path);
}

}  // namespace neurodyn::experiment
