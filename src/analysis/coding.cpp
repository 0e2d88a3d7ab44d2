// SPDX-License-Identifier: BSD-3-Clause
// Trials, tuning curves and noise of population codes.
#include "analysis/coding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/errors.hpp"
#include "analysis/spike_trains.hpp"
#include "base/units.hpp"

namespace neurodyn::analysis {
namespace {

// What a value in this unit is in Hz; nothing where it is no rate.
std::optional<double> hertz(const std::string& unit) {
    if (unit.empty()) return std::nullopt;
    const Unit own = parse_unit(unit);
    return own.dimension == parse_unit("Hz").dimension ? std::optional(own.scale) : std::nullopt;
}

double counts_of(const std::string& unit, double window_s) {
    return hertz(unit).value_or(1.0 / window_s) * window_s;
}

bool same(double a, double b) { return std::abs(a - b) <= 1e-9 * std::abs(b); }

// Of a matrix of counts: the window that the option names has to be its own.
double window_of(const Matrix& m, double window_s) {
    const double own_s = m.counted.window_s;
    if (own_s > 0.0 && !same(own_s, window_s))
        throw OptionError(fmt::format("responses '{}' were counted in {} s, but window is {} s; give window: "
                                      "{} s",
                                      m.name, own_s, window_s, own_s),
                          "window");
    return own_s;
}

void require_one_channel(const Series& series, const std::string& input) {
    if (series.channels != 1)
        throw ShapeError(fmt::format("{} '{}' has {} channels; record one (nodes: [0])", input, series.name,
                                     series.channels),
                         series.name, "");
}

// Samples of a series in (after, until].
std::pair<std::size_t, std::size_t> samples_between(const Series& series, double after_s, double until_s) {
    const auto index = [&](double time_s) {
        const double k = std::floor((time_s - series.start_s) / series.interval_s + 1e-6) + 1.0;
        return static_cast<std::size_t>(std::clamp(k, 0.0, static_cast<double>(series.samples)));
    };
    return {index(after_s), index(until_s)};
}

double mean_stimulus(const Series& series, std::size_t first, std::size_t last, double period) {
    if (first == last)
        throw DataError(
            fmt::format("stimulus '{}' has no sample in a window; record it more often", series.name),
            series.name);
    double ways = 0.0;
    for (std::size_t k = first; k < last; ++k) ways += way(series.values[first], series.values[k], period);
    return wrapped(series.values[first] + ways / static_cast<double>(last - first), period);
}

}  // namespace

double way(double from, double to, double period) {
    const double d = to - from;
    return period > 0.0 ? d - period * std::round(d / period) : d;
}

double wrapped(double value, double period) {
    if (!(period > 0.0)) return value;
    const double rest = value - period * std::floor(value / period);
    return rest < period ? rest : 0.0;
}

std::size_t whole(const Arguments& a, const std::string& option) {
    const double value = a.number(option);
    if (value != std::floor(value))
        throw OptionError(fmt::format("{} is {}; a whole number was expected", option, value), option);
    return static_cast<std::size_t>(value);
}

OptionSpec window_option() {
    return {"window", "s",     1.0, "of one trial: events are counted in it, rates multiplied by it",
            {},       positive};
}

OptionSpec period_option() {
    return {"period", "",          0.0, "of stimuli on a circle, in their unit; 0: they are on a line",
            {},       not_negative};
}

std::vector<OptionSpec> trial_options() {
    return {window_option(),
            {"discard", "s", 0.0, "time left out at the start of a series or of events", {}, not_negative}};
}

Trials plan_trials(const Arguments& a) {
    const Input& input = a.input("responses");
    Trials trials;
    if (const Matrix* m = std::get_if<Matrix>(&input)) {
        trials.window_s = window_of(*m, a.number("window"));
        trials.count = m->rows;
        trials.neurons = m->columns;
        trials.dimension = {"trial", m->rows};
        trials.neuron = {"node", m->columns};
    } else if (const Series* s = std::get_if<Series>(&input)) {
        const SeriesView rest = without_start(*s, a.number("discard"));
        if (hertz(rest.unit)) trials.window_s = a.number("window");
        trials.count = rest.samples;
        trials.neurons = rest.channels;
        trials.neuron = channel_dimension(rest);
        trials.neuron.name = "node";
        trials.interval_s = rest.interval_s;
        trials.start_s = rest.start_s;
    } else {
        const Events& events = std::get<Events>(input);
        const EventBins bins = plan_bins(events, a.number("discard"), a.number("window"), "window");
        trials.window_s = bins.width_s;
        trials.count = bins.count;
        trials.neurons = events.nodes;
        trials.neuron = {"node", events.nodes};
        trials.interval_s = bins.width_s;
        trials.start_s = bins.start_s + bins.width_s;
    }
    if (trials.interval_s > 0.0) {
        trials.dimension = {"trial", trials.count, "s", {}, {}};
        for (std::size_t k = 0; k < trials.count; ++k)
            trials.dimension.values.push_back(trials.start_s + static_cast<double>(k) * trials.interval_s);
    }
    return trials;
}

Trials read_trials(const Arguments& a) {
    Trials trials = plan_trials(a);
    const Input& input = a.input("responses");
    if (const Matrix* m = std::get_if<Matrix>(&input)) {
        require_finite(*m);
        trials.counts = m->values;
    } else if (const Series* s = std::get_if<Series>(&input)) {
        const SeriesView rest = without_start(*s, a.number("discard"));
        require_finite(rest);
        const double scale = counts_of(rest.unit, a.number("window"));
        for (const double v : rest.values) trials.counts.push_back(v * scale);
    } else {
        const Events& events = std::get<Events>(input);
        const EventBins bins = plan_bins(events, a.number("discard"), a.number("window"), "window");
        trials.counts.assign(trials.count * trials.neurons, 0.0);
        for (std::size_t k = 0; k < events.time_s.size(); ++k) {
            if (events.time_s[k] <= bins.start_s) continue;
            const std::size_t bin = bins.of(events.time_s[k]);
            if (bin < bins.count) trials.counts[bin * trials.neurons + events.node[k]] += 1.0;
        }
    }
    return trials;
}

void plan_stimulus(const Arguments& a, const std::string& input, const Trials& trials) {
    if (const Vector* v = std::get_if<Vector>(&a.input(input))) {
        if (v->values.size() == trials.count) return;
        throw ShapeError(fmt::format("{} '{}' has {} values, but there are {} trials", input, v->name,
                                     v->values.size(), trials.count),
                         v->name, "");
    }
    const Series& s = a.series(input);
    require_one_channel(s, input);
    if (trials.interval_s > 0.0) return;
    throw ShapeError(
        fmt::format(
            "{} '{}' is a series, but the responses are rows of a matrix; give a value for each of them",
            input, s.name),
        s.name, "");
}

std::vector<double> stimulus_of(const Arguments& a, const std::string& input, const Trials& trials,
                                double period) {
    plan_stimulus(a, input, trials);
    if (const Vector* v = std::get_if<Vector>(&a.input(input))) {
        for (std::size_t k = 0; k < trials.count; ++k)
            if (!std::isfinite(v->values[k]))
                throw DataError(fmt::format("{} '{}' is {} in trial {}", input, v->name, v->values[k], k),
                                v->name);
        return v->values;
    }
    const Series& s = a.series(input);
    require_finite(SeriesView(s));
    std::vector<double> stimulus;
    for (std::size_t k = 0; k < trials.count; ++k) {
        const double until_s = trials.start_s + static_cast<double>(k) * trials.interval_s;
        const auto [first, last] = samples_between(s, until_s - trials.interval_s, until_s);
        stimulus.push_back(mean_stimulus(s, first, last, period));
    }
    return stimulus;
}

std::vector<InputSpec> with_tuning(std::vector<InputSpec> before) {
    before.push_back({"tuning",
                      {InputKind::matrix},
                      true,
                      "mean responses, a row for each stimulus: rates, or counts where they have no unit"});
    before.push_back({"stimuli", {InputKind::vector}, true, "of the rows of the tuning, ascending"});
    return before;
}

void plan_tuning(const Arguments& a) {
    const Matrix& m = a.matrix("tuning");
    const Vector& stimuli = std::get<Vector>(a.input("stimuli"));
    if (m.rows != stimuli.values.size())
        throw ShapeError(fmt::format("tuning '{}' has {} rows, but there are {} stimuli in '{}'", m.name,
                                     m.rows, stimuli.values.size(), stimuli.name),
                         m.name, stimuli.name);
    if (m.rows < 3 || m.columns == 0)
        throw DataError(fmt::format("tuning '{}' is {} x {}; at least 3 stimuli and 1 neuron are needed",
                                    m.name, m.rows, m.columns),
                        m.name);
    const double period = a.number("period"), own = m.counted.period.value_or(period);
    if (!same(period, own))
        throw OptionError(fmt::format("tuning '{}' was measured with period: {}, but period is {} here; give "
                                      "both the same",
                                      m.name, own, period),
                          "period");
    const auto [low, high] = std::minmax_element(stimuli.values.begin(), stimuli.values.end());
    if (period > 0.0 && *high - *low >= period)
        throw OptionError(fmt::format("period is {}, but the stimuli of tuning '{}' reach from {} to {}",
                                      period, m.name, *low, *high),
                          "period");
}

double tuning_window(const Arguments& a) {
    const Matrix& m = a.matrix("tuning");
    return m.counted.window_s > 0.0 || hertz(m.unit) ? a.number("window") : 0.0;
}

Tuning read_tuning(const Arguments& a) {
    plan_tuning(a);
    const Matrix& m = a.matrix("tuning");
    require_finite(m);
    Tuning tuning{std::get<Vector>(a.input("stimuli")).values,
                  m.columns,
                  a.number("period"),
                  m.values,
                  {"node", m.columns}};
    for (std::size_t k = 0; k < tuning.stimuli.size(); ++k) {
        const double before = k == 0 ? -std::numeric_limits<double>::infinity() : tuning.stimuli[k - 1];
        if (!(tuning.stimuli[k] > before))
            throw DataError(fmt::format("stimulus {} of tuning '{}' is {} after {}; they must ascend", k,
                                        m.name, tuning.stimuli[k], before),
                            m.name);
    }
    const double window_s = a.number("window"), own_s = m.counted.window_s;
    const double scale = own_s > 0.0 ? window_s / own_s : counts_of(m.unit, window_s);
    for (double& v : tuning.means) {
        if (v < 0.0)
            throw DataError(
                fmt::format("tuning '{}' has a mean response of {}; it must not be negative", m.name, v),
                m.name);
        v *= scale;
    }
    return tuning;
}

namespace {

constexpr std::size_t stencil = 5;

// Weights of a value and of its derivative at 0 from values at `x`.
std::array<std::array<double, stencil>, 2> weights(const std::array<double, stencil>& x, std::size_t n) {
    std::array<std::array<double, stencil>, 2> w{};
    w[0][0] = 1.0;
    double c1 = 1.0, c4 = x[0];
    for (std::size_t i = 1; i < n; ++i) {
        double c2 = 1.0;
        const double c5 = c4;
        c4 = x[i];
        for (std::size_t j = 0; j < i; ++j) {
            const double c3 = x[i] - x[j];
            c2 *= c3;
            if (j + 1 == i) {
                w[1][i] = c1 * (w[0][i - 1] - c5 * w[1][i - 1]) / c2;
                w[0][i] = -c1 * c5 * w[0][i - 1] / c2;
            }
            w[1][j] = (c4 * w[1][j] - w[0][j]) / c3;
            w[0][j] = c4 * w[0][j] / c3;
        }
        c1 = c2;
    }
    return w;
}

}  // namespace

TuningAt tuning_at(const Tuning& tuning, double stimulus) {
    std::vector<std::size_t> rows(tuning.stimuli.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    const std::size_t n = std::min(stencil, rows.size());
    const auto near = [&](std::size_t row) { return way(stimulus, tuning.stimuli[row], tuning.period); };
    std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(n), rows.end(),
                      [&](std::size_t r, std::size_t s) {
                          const double a = std::abs(near(r)), b = std::abs(near(s));
                          return a < b || (a == b && r < s);
                      });
    std::array<double, stencil> x{};
    for (std::size_t k = 0; k < n; ++k) x[k] = near(rows[k]);
    const auto w = weights(x, n);
    const auto cells = static_cast<Eigen::Index>(tuning.neurons);
    TuningAt at{Eigen::VectorXd::Zero(cells), Eigen::VectorXd::Zero(cells)};
    for (std::size_t k = 0; k < n; ++k) {
        const Eigen::Map<const Eigen::VectorXd> row(tuning.means.data() + rows[k] * tuning.neurons, cells);
        at.means += w[0][k] * row;
        at.slopes += w[1][k] * row;
    }
    return at;
}

double peak_near(const Tuning& t, std::size_t best, const std::function<double(std::size_t)>& value) {
    const std::size_t rows = t.stimuli.size();
    const double here = t.stimuli[best];
    if (t.period == 0.0 && (best == 0 || best + 1 == rows)) return here;
    const std::size_t before = (best + rows - 1) % rows, after = (best + 1) % rows;
    const double a = way(here, t.stimuli[before], t.period), b = way(here, t.stimuli[after], t.period);
    const double y = value(best), slope_a = (value(before) - y) / a, slope_b = (value(after) - y) / b;
    const double bend = (slope_b - slope_a) / (b - a);       // y + (slope_a - bend a) x + bend x^2
    if (!(bend < 0.0) || !std::isfinite(bend)) return here;  // a neighbour may be impossible
    return wrapped(here + std::clamp((bend * a - slope_a) / (2.0 * bend), a, b), t.period);
}

std::vector<double> preferred_stimuli(const Tuning& t) {
    const std::size_t rows = t.stimuli.size();
    std::vector<double> preferred;
    for (std::size_t cell = 0; cell < t.neurons; ++cell) {
        std::size_t best = 0;
        for (std::size_t k = 1; k < rows; ++k)
            if (t.at(k, cell) > t.at(best, cell)) best = k;
        const auto value = [&](std::size_t row) { return t.at(row, cell); };
        preferred.push_back(peak_near(t, best, value));
    }
    return preferred;
}

InputSpec truth_input() {
    return {"truth", {InputKind::vector, InputKind::series}, false, "the stimulus of each trial"};
}

std::vector<ResultSpec> with_errors(std::vector<ResultSpec> before) {
    before.push_back({"error", "estimate minus truth", {"trial"}, {}, {"truth"}});
    before.push_back({"bias", "mean error", {}, {}, {"truth"}});
    before.push_back({"variance", "of the errors, divisor trials - 1", {}, {}, {"truth"}});
    before.push_back({"rmse", "root of the mean squared error", {}, {}, {"truth"}});
    return before;
}

void add_errors(Result& result, const Trials& trials, const std::vector<double>& estimates,
                const std::vector<double>& truth, double period) {
    std::vector<double> errors;
    double sum = 0.0, squares = 0.0, n = 0.0;
    for (std::size_t k = 0; k < estimates.size(); ++k) {
        errors.push_back(way(truth[k], estimates[k], period));
        if (!std::isfinite(errors.back())) continue;
        sum += errors.back();
        squares += errors.back() * errors.back();
        n += 1.0;
    }
    const double mean = sum / n;
    double deviations = 0.0;
    for (const double e : errors)
        if (std::isfinite(e)) deviations += (e - mean) * (e - mean);
    result.add_vector("error", "estimate minus truth", trials.dimension, errors);
    result.add_scalar("bias", "mean error", mean);
    result.add_scalar("variance", "of the errors, divisor trials - 1", deviations / (n - 1.0));
    result.add_scalar("rmse", "root of the mean squared error", std::sqrt(squares / n));
}

}  // namespace neurodyn::analysis
