// SPDX-License-Identifier: BSD-3-Clause
// neurodyn._core: the engine's experiment layer for Python. Computes nothing; the package neurodyn makes it
// pleasant.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <neurodyn/neurodyn.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings.hpp"
#include "experiment/run.hpp"
#include "record/reader.hpp"

namespace nb = nanobind;

namespace neurodyn::python {
namespace {

// What a run's callbacks met in Python: it is thrown again once the engine has closed its files.
struct Interruption {
    std::exception_ptr error;
    bool by_user = false;

    // Both are called on the engine's side, without the lock of the interpreter.
    void check_signals() {
        const nb::gil_scoped_acquire lock;
        if (error || by_user || PyErr_CheckSignals() == 0) return;
        by_user = PyErr_ExceptionMatches(PyExc_KeyboardInterrupt) != 0;
        const nb::python_error raised;
        if (!by_user) error = std::make_exception_ptr(raised);
    }
    void tell(const nb::object& progress, const std::string& stage, double done) {
        const nb::gil_scoped_acquire lock;
        if (error) return;
        try {
            progress(stage, done);
        } catch (nb::python_error& raised) {
            by_user = raised.matches(PyExc_KeyboardInterrupt);
            if (!by_user) error = std::current_exception();
        }
    }
};

nb::dict to_dict(const experiment::Outcome& outcome, bool stopped) {
    nb::dict found, scalars;
    for (const auto& [name, scalar] : experiment::scalars(outcome.results))
        scalars[name.c_str()] = nb::make_tuple(scalar.value, scalar.unit);
    nb::list expectations;
    for (const experiment::ExpectationOutcome& e : outcome.expectations) {
        nb::dict row;
        row["that"] = e.that;
        row["expected"] = e.bound;
        row["found"] = e.found;
        row["source"] = e.from;
        row["passed"] = e.passed;
        expectations.append(row);
    }
    found["name"] = outcome.name;
    found["output"] = outcome.output;
    found["report"] = outcome.report;
    found["scalars"] = scalars;
    found["expectations"] = expectations;
    found["passed"] = outcome.passed();
    found["stopped"] = outcome.stopped || stopped;
    found["failure"] = outcome.failure;
    found["failed_analyses"] = nb::cast(outcome.failed_analyses);
    found["notes"] = nb::cast(outcome.notes);
    found["run_s"] = outcome.run_s;
    return found;
}

// Runs without the lock of the interpreter. Ctrl-C ends the run at its next step, which is no error here.
nb::dict run(const std::string& path, experiment::RunSettings settings, const nb::object& progress) {
    Interruption interruption;
    settings.should_stop = [&] {
        interruption.check_signals();
        return interruption.by_user || interruption.error != nullptr;
    };
    if (!progress.is_none())
        settings.on_progress = [&](const std::string& stage, double done, double) {
            interruption.tell(progress, stage, done);
        };
    const experiment::Outcome outcome = [&] {
        const nb::gil_scoped_release unlocked;
        return experiment::run_experiment(path, settings);
    }();
    if (interruption.error) std::rethrow_exception(interruption.error);
    return to_dict(outcome, interruption.by_user);
}

// One member's samples after another's, as far as all members have them.
nb::dict series(const record::Reader& reader, const std::string& name) {
    const record::RecordedSeries recorded = reader.series(name);
    const std::vector<std::size_t>& of_member = recorded.samples_of_member;
    const std::size_t samples = of_member.empty() ? 0 : *std::min_element(of_member.begin(), of_member.end());
    const std::size_t nodes = recorded.info.node_names.size();
    std::vector<double> all;
    for (std::size_t m = 0; m < of_member.size(); ++m) {
        std::vector<double> values = reader.values(name, m, 0, samples);
        if (m == 0)
            all = std::move(values);
        else
            all.insert(all.end(), values.begin(), values.end());
    }
    nb::dict found;
    found["values"] = to_numpy<Numpy>(std::move(all), {of_member.size(), samples, nodes});
    found["unit"] = recorded.info.unit;
    found["nodes"] = nb::cast(recorded.info.node_names);
    found["population"] = recorded.info.population;
    found["expression"] = recorded.info.expression;
    found["first_s"] = recorded.info.first_s;
    found["interval_s"] = recorded.info.interval_s;
    return found;
}

nb::dict events(const record::Reader& reader, const std::string& name, std::size_t member) {
    record::RecordedEvents recorded = reader.events(name, member);
    const std::size_t count = recorded.time_s.size();
    nb::dict found;
    found["time_s"] = to_numpy<Numpy>(std::move(recorded.time_s), {count});
    found["node"] = to_numpy<Numpy32>(std::move(recorded.node), {count});
    found["nodes"] = recorded.nodes;
    found["first_s"] = recorded.first_s;
    found["last_s"] = recorded.last_s;
    return found;
}

nb::list arrays(const record::Reader& reader, const std::string& group) {
    nb::list found;
    for (record::Array& array : reader.arrays(group)) {
        std::vector<std::size_t> shape;
        nb::list dimensions;
        for (const record::Dimension& d : array.dimensions) {
            shape.push_back(d.size);
            dimensions.append(nb::make_tuple(d.name, d.unit, nb::cast(d.values), nb::cast(d.labels)));
        }
        nb::dict one;
        one["name"] = array.name;
        one["doc"] = array.doc;
        one["unit"] = array.unit;
        one["dimensions"] = dimensions;
        one["texts"] = nb::cast(array.texts);
        if (array.texts.empty()) one["values"] = to_numpy<Numpy>(std::move(array.values), shape);
        found.append(one);
    }
    return found;
}

std::vector<std::string> series_names(const record::Reader& reader) {
    std::vector<std::string> names;
    for (const record::RecordedSeries& recorded : reader.series()) names.push_back(recorded.info.name);
    return names;
}

experiment::RunSettings make_settings(std::optional<std::string> text,
                                      std::vector<std::pair<std::string, std::string>> set,
                                      std::optional<std::uint64_t> seed, std::optional<std::string> output,
                                      std::optional<std::string> report, int threads) {
    experiment::RunSettings settings;
    settings.text = std::move(text);
    settings.set = std::move(set);
    settings.seed = seed;
    settings.output = std::move(output);
    settings.report = std::move(report);
    settings.command = "neurodyn.run in Python";
    settings.threads = threads;
    return settings;
}

void bind_errors(nb::module_& m) {
    // Later ones are tried first.
    const nb::exception<Error> base(m, "NeurodynError");
    nb::exception<InputError>(m, "InputError", base.ptr());
    nb::exception<FileError>(m, "FileError", base.ptr());
    nb::exception<SubjectError>(m, "SubjectError", base.ptr());
    nb::exception<NonFiniteError>(m, "NonFiniteError", base.ptr());
}

void bind_models(nb::module_& m) {
    nb::class_<Model>(m, "Model", "The equations of a model of the library or of a file.")
        .def_static(
            "load", &Model::load, nb::arg("name_or_path"),
            "A model by name (\"wilson_cowan\") or path. Raises NeurodynError, InputError or FileError.")
        .def_prop_ro("name", &Model::name)
        .def_prop_ro("reference", &Model::reference, "The paper, with its doi.")
        .def_prop_ro("parameters", &Model::parameters, "Names and units.")
        .def_prop_ro("inputs", &Model::inputs, "Names and units.")
        .def_prop_ro("states", &Model::states, "Names and units.")
        .def("__repr__", [](const Model& model) { return "<neurodyn.Model " + model.name() + ">"; });
    m.def("models", &library_model_names, "Names of the models that come with the package.");
}

}  // namespace
}  // namespace neurodyn::python

NB_MODULE(_core, m) {
    using namespace neurodyn::python;
    m.doc() = "The engine of neurodyn.";
    m.attr("__version__") = neurodyn::version();
    bind_errors(m);
    bind_models(m);
    bind_analysis(m);
    bind_survey(m);
    m.def(
        "check_text",
        [](const std::string& text, const std::string& file) {
            neurodyn::experiment::RunSettings settings;
            settings.text = text;
            return neurodyn::experiment::load_experiment(file, settings)->experiment.name;
        },
        nb::arg("text"), nb::arg("file"), "Reads an experiment and returns its name; raises InputError.");
    m.def(
        "run",
        [](const std::string& path, std::optional<std::string> text,
           std::vector<std::pair<std::string, std::string>> set, std::optional<std::uint64_t> seed,
           std::optional<std::string> output, std::optional<std::string> report, int threads,
           const nb::object& progress) {
            return run(path,
                       make_settings(std::move(text), std::move(set), seed, std::move(output),
                                     std::move(report), threads),
                       progress);
        },
        nb::arg("path"), nb::arg("text").none(), nb::arg("set"), nb::arg("seed").none(),
        nb::arg("output").none(), nb::arg("report").none(), nb::arg("threads"), nb::arg("progress").none());
    nb::class_<neurodyn::record::Reader>(m, "Reader", "A result file.")
        .def(nb::init<const std::string&>(), nb::arg("path"))
        .def("series_names", &series_names)
        .def("series", &series, nb::arg("name"))
        .def("groups", &neurodyn::record::Reader::groups, nb::arg("path"))
        .def("events", &events, nb::arg("name"), nb::arg("member") = 0)
        .def("arrays", &arrays, nb::arg("group"));
}
