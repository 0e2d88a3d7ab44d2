// SPDX-License-Identifier: BSD-3-Clause
// The public API on top of the experiment layer.
#include <neurodyn/neurodyn.hpp>

#include "experiment/library.hpp"
#include "experiment/run.hpp"
#include "record/reader.hpp"

namespace neurodyn {
namespace {

using Names = std::vector<std::pair<std::string, std::string>>;

template <class Quantities>
Names names_and_units(const Quantities& quantities) {
    Names names;
    for (const auto& quantity : quantities) names.emplace_back(quantity.name, quantity.unit.name);
    return names;
}

Data to_data(const record::Array& array) {
    Data data{array.name, array.unit, {}, array.values};
    for (const record::Dimension& dimension : array.dimensions)
        data.shape.emplace_back(dimension.name, dimension.size);
    return data;
}

}  // namespace

std::string version() { return "0.1.0"; }

struct Experiment::Impl {
    std::string path;
    experiment::RunSettings settings;
};

Experiment::Experiment() : impl_(std::make_unique<Impl>()) {}
Experiment::~Experiment() = default;
Experiment::Experiment(Experiment&&) noexcept = default;
Experiment& Experiment::operator=(Experiment&&) noexcept = default;

Experiment Experiment::load(const std::string& path) {
    Experiment experiment;
    experiment.impl_->path = path;
    experiment::load_experiment(path,
                                experiment.impl_->settings);  // wrong files are reported here, not at run()
    return experiment;
}

Experiment& Experiment::set(const std::string& path, const std::string& value) {
    impl_->settings.set.emplace_back(path, value);
    return *this;
}

Experiment& Experiment::threads(int count) {
    impl_->settings.threads = count;
    return *this;
}

Experiment& Experiment::output(const std::string& path) {
    impl_->settings.output = path;
    return *this;
}

Experiment& Experiment::report(const std::string& path) {
    impl_->settings.report = path;
    return *this;
}

Experiment& Experiment::seed(std::uint64_t value) {
    impl_->settings.seed = value;
    return *this;
}

Cost Experiment::check() const {
    const experiment::Check check = experiment::check_experiment(impl_->path, impl_->settings);
    return {check.estimate.memory_bytes, check.estimate.record_bytes, check.estimate.elements,
            check.estimate.edges, check.estimate.seconds + check.sweep_seconds};
}

RunSummary Experiment::run(const std::function<bool(const std::string&, double)>& on_progress) const {
    experiment::RunSettings settings = impl_->settings;
    bool stop = false;
    if (on_progress)
        settings.on_progress = [&](const std::string& stage, double done, double) {
            stop = stop || !on_progress(stage, done);
        };
    settings.should_stop = [&] { return stop; };
    const experiment::Outcome outcome = experiment::run_experiment(impl_->path, settings);
    RunSummary summary{outcome.output,  outcome.report,  {},           {}, outcome.passed(),
                       outcome.stopped, outcome.failure, outcome.run_s};
    for (const auto& [name, scalar] : experiment::scalars(outcome.results))
        summary.results.emplace_back(name, scalar.value);
    for (const std::string& failed : outcome.failed_analyses)
        summary.failure += (summary.failure.empty() ? "" : "; ") + failed;
    for (const experiment::ExpectationOutcome& e : outcome.expectations)
        summary.expectations.push_back({e.that, e.found, e.bound, e.from, e.passed});
    return summary;
}

struct Model::Impl {
    language::ModelPtr model;
};

Model::Model() : impl_(std::make_unique<Impl>()) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;

Model Model::load(const std::string& name_or_path) {
    Model model;
    model.impl_->model = language::load_model(experiment::find_model(name_or_path, "."));
    return model;
}

std::string Model::name() const { return impl_->model->name; }
std::string Model::reference() const { return impl_->model->reference; }
Names Model::parameters() const { return names_and_units(impl_->model->parameters); }
Names Model::inputs() const { return names_and_units(impl_->model->inputs); }
Names Model::states() const { return names_and_units(impl_->model->states); }

std::vector<std::string> library_model_names() {
    std::vector<std::string> names;
    for (const experiment::LibraryModel& model : experiment::library_models()) names.push_back(model.name);
    return names;
}

struct Results::Impl {
    explicit Impl(const std::string& path) : reader(path) {}
    record::Reader reader;
};

Results::Results(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
Results::~Results() = default;
Results::Results(Results&&) noexcept = default;

std::vector<std::string> Results::series_names() const {
    std::vector<std::string> names;
    for (const record::RecordedSeries& series : impl_->reader.series()) names.push_back(series.info.name);
    return names;
}

Data Results::series(const std::string& name, std::size_t member) const {
    const record::RecordedSeries series = impl_->reader.series(name);
    Data data{name, series.info.unit, {}, impl_->reader.values(name, member)};
    const std::size_t nodes = series.info.node_names.size();
    data.shape = {{"time", nodes == 0 ? 0 : data.values.size() / nodes}, {"node", nodes}};
    return data;
}

std::vector<double> Results::times(const std::string& name) const {
    const record::RecordedSeries series = impl_->reader.series(name);
    std::vector<double> times(series.samples_of_member.empty() ? 0 : series.samples_of_member.front());
    for (std::size_t i = 0; i < times.size(); ++i)
        times[i] = series.info.first_s + static_cast<double>(i) * series.info.interval_s;
    return times;
}

std::vector<std::string> Results::analysis_names() const { return impl_->reader.groups("analyses"); }

std::vector<Data> Results::analysis(const std::string& name) const {
    std::vector<Data> all;
    for (const record::Array& array : impl_->reader.arrays("analyses/" + name)) all.push_back(to_data(array));
    return all;
}

}  // namespace neurodyn
