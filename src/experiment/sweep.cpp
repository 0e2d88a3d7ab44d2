// SPDX-License-Identifier: BSD-3-Clause
// Batches run in turn; each member's analyses become a row of the sweep's table.
#include "experiment/sweep.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

#include "experiment/model_analyses.hpp"
#include "experiment/outline.hpp"

namespace neurodyn::experiment {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

class SweepRun {
  public:
    SweepRun(const Loaded& loaded, Resources& resources, const RunSettings& settings, Outcome& outcome)
        : loaded_(loaded),
          resources_(resources),
          settings_(settings),
          outcome_(outcome),
          sweep_(outcome.sweep) {
        const Built built = build(loaded.experiment, resources);
        analyses_ = sweep_analyses(loaded.experiment, built);
        options_.monitors = needed_monitors(analyses_, loaded.experiment, built);
        sweep_.points = sweep_points(loaded.experiment.sweep);
    }

    std::vector<Batch> plan() const {
        std::vector<std::size_t> all(sweep_.points.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        return plan(all);
    }

    std::vector<Batch> plan(const std::vector<std::size_t>& which) const {
        std::vector<Batch> batches =
            plan_sweep(loaded_.document, loaded_.experiment, resources_, options_, sweep_.points, which);
        // Points may run for another time, or record other nodes, than the experiment itself.
        Problems problems(loaded_.document);
        for (const Batch& batch : batches) {
            check_intervals(loaded_.experiment, batch.built, problems);
            outline_analyses(analyses_, loaded_.experiment, batch.built, problems);
            problems.raise();
        }
        return batches;
    }

    void run() {
        std::vector<Batch> waiting = plan();
        const std::size_t total = waiting.size();
        while (!waiting.empty() && !outcome_.stopped) {
            Batch batch = std::move(waiting.back());
            waiting.pop_back();
            ++sweep_.runs;
            const std::string stage = name_of(batch, total - waiting.size(), total);
            if (batch.built.tuning.active() && !tune_batch(batch, stage)) {
                if (outcome_.stopped) break;
                --sweep_.runs;  // without the points that could not be tuned it is another run
                for (Batch& rest : plan(tuned_points(batch))) waiting.push_back(std::move(rest));
                continue;
            }
            if (const auto failed = run_batch(batch, stage)) {
                batch.points.erase(batch.points.begin() + static_cast<std::ptrdiff_t>(*failed));
                if (batch.points.empty()) continue;
                for (Batch& rest : plan(batch.points)) waiting.push_back(std::move(rest));
            }
        }
        if (!outcome_.stopped) choose();
    }

  private:
    // What is running, with the values that all of its points have.
    std::string name_of(const Batch& batch, std::size_t number, std::size_t total) const {
        if (total == 1 && batch.points.size() > 1)
            return fmt::format("sweep of {} points", batch.points.size());
        std::vector<std::string> parts;
        for (std::size_t a = 0; a < loaded_.experiment.sweep.axes.size(); ++a) {
            const auto value = [&](std::size_t p) { return sweep_.points[p].index[a]; };
            const std::size_t first = value(batch.points.front());
            if (std::all_of(batch.points.begin(), batch.points.end(),
                            [&](std::size_t p) { return value(p) == first; }))
                parts.push_back(describe(a, first));
        }
        const std::string run = fmt::format("sweep, run {} of {}", number, total);
        return parts.empty() ? run : fmt::format("{} ({})", run, fmt::join(parts, ", "));
    }

    std::string describe(std::size_t axis, std::size_t index) const {
        const SweepAxis& a = loaded_.experiment.sweep.axes[axis];
        return fmt::format("{} = {}", a.path, a.values[index].text);
    }

    // Tunes what is not tuned yet and puts the values into the batch. False when it was stopped, or when a
    // point has failed.
    bool tune_batch(Batch& batch, const std::string& stage) {
        std::vector<std::size_t> waiting;
        for (std::size_t m = 0; m < batch.points.size(); ++m)
            if (sweep_.tuned.count(batch.points[m]) == 0) waiting.push_back(m);
        if (!waiting.empty()) {
            Built part = batch.built;
            part.network = select_members(batch.built.network, waiting);
            std::vector<TuningPlan> plans;
            for (const std::size_t m : waiting) plans.push_back(batch.tunings[m]);
            std::vector<Tuned> tuned = run_tuning(loaded_.experiment, part, std::move(plans), settings_,
                                                  stage + ": tuning", outcome_);
            if (outcome_.stopped) return false;
            for (std::size_t i = 0; i < waiting.size(); ++i)
                keep(batch.points[waiting[i]], std::move(tuned[i]), batch.tunings[waiting[i]], part);
        }
        if (tuned_points(batch).size() != batch.points.size()) return false;
        std::vector<Tuned> members;
        for (const std::size_t p : batch.points) members.push_back(sweep_.tuned.at(p));
        apply_tuning(batch.built.tuning, members, batch.built.network);
        return true;
    }

    void keep(std::size_t point, Tuned tuned, const TuningPlan& plan, const Built& built) {
        column("tune.trials")[point] = static_cast<double>(tuned.trials);
        column("tune.deviation")[point] = tuned.failure.empty() ? tuned.deviation : nan;
        if (!tuned.reached()) {
            const std::string sentence =
                fmt::format("{}: {}", describe(point), experiment::describe(tuned, plan, built.network));
            if (plan.required || !tuned.failure.empty())
                sweep_.failures.push_back(sentence);
            else
                outcome_.notes.push_back("the tuning did not reach its target: " + sentence);
        }
        sweep_.tuned.emplace(point, std::move(tuned));
    }

    std::vector<std::size_t> tuned_points(const Batch& batch) const {
        std::vector<std::size_t> points;
        for (const std::size_t p : batch.points) {
            const Tuned& tuned = sweep_.tuned.at(p);
            if (tuned.reached() || (tuned.failure.empty() && !batch.built.tuning.required))
                points.push_back(p);
        }
        return points;
    }

    // The member that failed, if one did.
    std::optional<std::size_t> run_batch(const Batch& batch, const std::string& stage) {
        Collector::Options keep;
        keep.in_memory = needed_series(analyses_, loaded_.experiment, batch.built);
        Collector collector(batch.built, std::move(keep));
        engine::Simulation simulation(batch.built.network,
                                      run_options(loaded_.experiment, batch.built, settings_));
        try {
            const engine::RunReport report = simulation.run(collector, [&](const engine::Progress& progress) {
                if (settings_.on_progress) settings_.on_progress(stage, progress.done, progress.left_s);
                return !(settings_.should_stop && settings_.should_stop());
            });
            outcome_.stopped = report.stopped;
        } catch (const NonFiniteError& error) {
            sweep_.failures.push_back(
                fmt::format("{}: {}", describe(batch.points[error.member]), error.what()));
            return error.member;
        }
        if (!outcome_.stopped) analyse(batch, collector);
        return std::nullopt;
    }

    void analyse(const Batch& batch, const Collector& collector) {
        for (std::size_t member = 0; member < batch.points.size(); ++member) {
            std::vector<std::string> failures;
            const AnalysisResults results =
                run_analyses(analyses_, loaded_.experiment, batch.built, collector, member, failures);
            for (const auto& [name, value] : scalars(results))
                column(name, value.unit)[batch.points[member]] = value.value;
            for (const std::string& failure : failures)
                sweep_.failures.push_back(fmt::format("{}: {}", describe(batch.points[member]), failure));
        }
    }

    std::vector<double>& column(const std::string& name, const std::string& unit = {}) {
        const auto found = std::find(sweep_.names.begin(), sweep_.names.end(), name);
        if (found != sweep_.names.end())
            return sweep_.columns[static_cast<std::size_t>(found - sweep_.names.begin())];
        sweep_.names.push_back(name);
        sweep_.units.push_back(unit);
        sweep_.columns.emplace_back(sweep_.points.size(), nan);
        return sweep_.columns.back();
    }

    std::string describe(std::size_t point) const {
        std::vector<std::string> parts;
        for (std::size_t a = 0; a < loaded_.experiment.sweep.axes.size(); ++a)
            parts.push_back(describe(a, sweep_.points[point].index[a]));
        return fmt::format("{}", fmt::join(parts, ", "));
    }

    // The best mean over the repeats of a point; the first of equals.
    void choose() {
        const bool any = std::any_of(sweep_.columns.begin(), sweep_.columns.end(), [](const auto& values) {
            return std::any_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
        });
        if (!any && !sweep_.failures.empty()) {
            outcome_.failure = "every point of the sweep failed; the first: " + sweep_.failures.front();
            return;
        }
        const SweepSection& section = loaded_.experiment.sweep;
        if (!section.choose) return;
        const std::vector<double>& values = column(section.choose->value);
        for (std::size_t p = 0; p < values.size(); p += section.repeats) {
            double sum = 0.0;
            for (std::size_t r = 0; r < section.repeats; ++r) sum += values[p + r];
            const double mean = sum / static_cast<double>(section.repeats);
            if (!std::isfinite(mean)) continue;
            const bool better = section.maximise ? mean > sweep_.best_value : mean < sweep_.best_value;
            if (sweep_.best && !better) continue;
            sweep_.best = p;
            sweep_.best_value = mean;
        }
        if (sweep_.best) return;
        outcome_.failure = fmt::format("no point of the sweep has a finite '{}'", section.choose->value);
        if (!sweep_.failures.empty()) outcome_.failure += "; the first failure: " + sweep_.failures.front();
    }

    const Loaded& loaded_;
    Resources& resources_;
    const RunSettings& settings_;
    Outcome& outcome_;
    SweepOutcome& sweep_;
    std::vector<const AnalysisSection*> analyses_;
    BuildOptions options_;
};

// "fc.similarity" or "stats.mean[3]": the analysis exists and its row of the table has such a result.
void check_result(const Text& text, const Experiment& experiment, Problems& problems) {
    const std::string path = text.value.substr(0, text.value.find('['));
    const std::size_t dot = path.find('.');
    const AnalysisSection* section = experiment.find_analysis(path.substr(0, dot));
    if (experiment.find_inference(path.substr(0, dot)) != nullptr) return;  // its outline knows
    std::vector<std::string> known;
    for (const AnalysisSection& other : experiment.analyses)
        for (const analysis::ResultSpec& result : find_row(other.analysis.value).results)
            known.push_back(other.name + "." + result.name);
    if (section != nullptr && dot != std::string::npos &&
        std::find(known.begin(), known.end(), path) != known.end())
        return;
    const std::string near = did_you_mean(path, known);
    problems.add(text.place, fmt::format("no analysis gives '{}'", text.value),
                 near.empty()
                     ? fmt::format("the analyses give: {}",
                                   known.empty() ? "nothing" : fmt::format("{}", fmt::join(known, ", ")))
                     : near);
}

// "sweep.fc.similarity.maximum": what of the points can be asked for.
void check_sweep_result(const Text& text, const Experiment& experiment, Problems& problems) {
    const SweepSection& sweep = experiment.sweep;
    const std::string path = text.value.substr(std::string("sweep.").size());
    if (!sweep.active()) return problems.add(text.place, fmt::format("'{}': there is no sweep", text.value));
    if (!path.starts_with("best.")) return;
    if (!sweep.choose)
        return problems.add(text.place, fmt::format("'{}': the sweep chooses no point", text.value),
                            "for example choose: {maximise: fc.similarity}");
    std::vector<std::string> known = {"best.value"};
    for (const SweepAxis& axis : sweep.axes) {
        known.push_back("best." + axis.path);
        known.push_back("best." + axis.path.substr(axis.path.rfind('.') + 1));
    }
    if (std::find(known.begin(), known.end(), path) == known.end())
        problems.add(text.place, fmt::format("the sweep has no '{}'", text.value),
                     fmt::format("it has: sweep.{}", fmt::join(known, ", sweep.")));
}

}  // namespace

void run_sweep(const Loaded& loaded, Resources& resources, const RunSettings& settings, Outcome& outcome) {
    const auto start = std::chrono::steady_clock::now();
    SweepRun(loaded, resources, settings, outcome).run();
    outcome.sweep.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void estimate_sweep(const Loaded& loaded, Resources& resources, const RunSettings& settings, Check& check) {
    Outcome outcome;
    const std::vector<Batch> batches = SweepRun(loaded, resources, settings, outcome).plan();
    check.sweep_points = outcome.sweep.points.size();
    check.sweep_runs = batches.size();
    // Runs of one sweep cost about the same; the first stands for all.
    const Batch& first = batches.front();
    const engine::Simulation simulation(first.built.network,
                                        run_options(loaded.experiment, first.built, settings));
    const engine::Estimate estimate = simulation.estimate(true);
    check.sweep_seconds = estimate.seconds * static_cast<double>(batches.size());
    if (first.built.tuning.active())
        check.tuning_seconds = estimate_tuning(loaded.experiment, first.built, first.tunings, settings) *
                               static_cast<double>(batches.size());
    check.estimate.memory_bytes = std::max(check.estimate.memory_bytes, estimate.memory_bytes);
}

void check_results_exist(const Experiment& experiment) {
    Problems problems(*experiment.document);
    if (experiment.sweep.choose) check_result(*experiment.sweep.choose, experiment, problems);
    for (const Text& text : experiment.sweep.analyses)
        if (experiment.find_analysis(text.value) == nullptr)
            problems.add(text.place, fmt::format("there is no analysis '{}'", text.value));
    const auto check = [&](const Text& that) {
        if (that.value.starts_with("sweep.")) return check_sweep_result(that, experiment, problems);
        if (experiment.sweep.active() && !experiment.sweep.followed_by_run())
            return problems.add(
                that.place,
                fmt::format("'{}': without 'choose' the sweep is followed by no run that gives it",
                            that.value),
                fmt::format("for example sweep.{}.maximum", that.value));
        check_result(that, experiment, problems);
    };
    for (const Expectation& expectation : experiment.expectations) check(expectation.that);
    for (const Comparison& comparison : experiment.comparisons) {
        check(comparison.that);
        for (const Text& with : comparison.with) check(with);
    }
    problems.raise();
}

}  // namespace neurodyn::experiment
