// SPDX-License-Identifier: BSD-3-Clause
// One analysis of files: its arguments read as those of an experiment, its results written.
#include "experiment/analyse_file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "experiment/reader_sections.hpp"
#include "experiment/report.hpp"
#include "experiment/store.hpp"
#include "record/writer.hpp"

namespace neurodyn::experiment {
namespace {

using Json = nlohmann::ordered_json;

// What an experiment's `analyses:` would say: the text that errors point into, and its tree.
Document as_document(const FileAnalysis& asked) {
    Document document;
    document.file = "<command line>";
    document.root.kind = Node::Kind::map;
    const auto add = [&](const std::string& key, const std::string& value) {
        const std::size_t line = document.root.keys.size() + 1;
        Node node;
        node.kind = Node::Kind::scalar;
        node.text = value;
        node.place = {line, key.size() + 3, value.size()};
        document.text += fmt::format("{}: {}\n", key, value);
        document.root.keys.push_back(key);
        document.root.key_places.push_back({line, 1, key.size()});
        document.root.items.push_back(std::move(node));
    };
    add(asked.analysis, asked.file);
    for (const auto& [name, value] : asked.arguments) add(name, value);
    return document;
}

// Values in nested lists, one for each axis.
Json nested(const analysis::ResultArray& array) {
    std::size_t next = 0;
    const std::function<Json(std::size_t)> level = [&](std::size_t axis) -> Json {
        if (axis == array.dimensions.size()) {
            const double value = array.values[next++];
            return std::isfinite(value) ? Json(value) : Json();
        }
        Json list = Json::array();
        for (std::size_t i = 0; i < array.dimensions[axis].size; ++i) list.push_back(level(axis + 1));
        return list;
    };
    return level(0);
}

std::string as_json(const AnalysisResult& done, const FileAnalysis& asked) {
    Json options = Json::object();
    for (const auto& [name, value] : asked.arguments) options[name] = value;
    Json results = Json::array();
    for (const analysis::ResultArray& array : done.result.arrays) {
        Json dimensions = Json::array();
        for (const analysis::Dimension& d : array.dimensions) {
            Json dimension{{"name", d.name}, {"size", d.size}};
            if (!d.unit.empty()) dimension["unit"] = d.unit;
            if (!d.values.empty()) dimension["values"] = d.values;
            if (!d.labels.empty()) dimension["labels"] = d.labels;
            dimensions.push_back(std::move(dimension));
        }
        results.push_back({{"name", array.name},
                           {"what", array.doc},
                           {"unit", array.unit.empty() ? "1" : array.unit},
                           {"dimensions", dimensions},
                           {"values", nested(array)}});
    }
    return Json{{"analysis", done.analysis},
                {"data", asked.file},
                {"arguments", options},
                {"results", results}}
               .dump(1, ' ', false, Json::error_handler_t::replace) +
           "\n";
}

std::string coordinate(const analysis::Dimension& d, std::size_t index) {
    if (!d.labels.empty()) return fmt::format("\"{}\"", d.labels[index]);
    if (!d.values.empty()) return fmt::format("{}", d.values[index]);
    return fmt::format("{}", index);
}

// result,unit,index 1,index 2,index 3,value
std::string as_csv(const AnalysisResult& done) {
    std::size_t axes = 0;
    for (const auto& array : done.result.arrays) axes = std::max(axes, array.dimensions.size());
    std::string text = "result,unit";
    for (std::size_t k = 1; k <= axes; ++k) text += fmt::format(",index_{}", k);
    text += ",value\n";
    for (const analysis::ResultArray& array : done.result.arrays)
        for (std::size_t v = 0; v < array.values.size(); ++v) {
            text += fmt::format("{},{}", array.name, array.unit.empty() ? "1" : array.unit);
            std::size_t below = array.values.size();
            for (std::size_t k = 0; k < axes; ++k) {
                text += ',';
                if (k >= array.dimensions.size()) continue;
                const analysis::Dimension& d = array.dimensions[k];
                below /= d.size;
                text += coordinate(d, v / below % d.size);
            }
            text += fmt::format(",{}\n", array.values[v]);
        }
    return text;
}

void write_hdf5(const AnalysisResult& done, const FileAnalysis& asked, const std::string& path) {
    record::Writer writer(path);
    writer.set_attribute("name", done.name);
    writer.set_attribute("data", asked.file);
    writer.write_text("experiment", as_document(asked).text);
    write_results(writer, {done});
    writer.set_attribute("status", std::string("complete"));
    writer.close();
}

}  // namespace

AnalysisResult analyse_file(const FileAnalysis& asked) {
    const analysis::Analysis& row = analysis::find_analysis(asked.analysis);
    const Document document = as_document(asked);
    Problems problems(document);
    const AnalysisSection section = read_analysis(row.name, {}, document.root, problems);
    const analysis::Options options = read_options(section, problems);
    problems.raise();
    analysis::Inputs inputs;
    for (const auto& [name, text] : section.inputs)
        for (const analysis::InputSpec& spec : row.inputs)
            if (spec.name == name)
                inputs.emplace(name, read_data_file(text.value, spec.kinds, asked.settings));
    return {row.name, row.name, analysis::run(row, inputs, options)};
}

void write_analysis(const AnalysisResult& done, const FileAnalysis& asked, const std::string& path) {
    if (path.ends_with(".h5")) return write_hdf5(done, asked, path);
    const bool json = path.ends_with(".json");
    if (!json && !path.ends_with(".csv"))
        throw Error(fmt::format("--output '{}' must end in .h5, .json or .csv", path));
    std::ofstream out(path, std::ios::binary);
    out << (json ? as_json(done, asked) : as_csv(done));
    out.close();
    if (!out) throw FileError(path, "cannot be written; is there such a folder, and is there space?");
}

void write_analysis_report(const AnalysisResult& done, const FileAnalysis& asked, const std::string& path) {
    const RunSettings settings;
    const Built built;
    Experiment experiment;
    experiment.name = asked.file;
    experiment.title = fmt::format("{} of {}", done.analysis, asked.file);
    experiment.text = as_document(asked).text;
    Outcome outcome;
    outcome.name = experiment.name;
    outcome.output = asked.file;
    outcome.results = {done};
    write_report(report_document({experiment, built, outcome, settings, nullptr, 0.0}), path);
}

}  // namespace neurodyn::experiment
