// SPDX-License-Identifier: BSD-3-Clause
// Clusters of windows' connectivity or of leading eigenvectors.
#include "analysis/connectivity_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/coding.hpp"
#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"
#include "analysis/sliding_functional_connectivity.hpp"
#include "analysis/transform.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

// One run of k-means.
class Means {
  public:
    Means(std::span<const double> rows, std::size_t features, std::size_t count, std::uint64_t seed,
          std::uint64_t run)
        : rows_(rows), features_(features), count_(count), n_(rows.size() / features) {
        start(seed, run);
        for (int round = 0; round < 300; ++round) {
            const double before = found.squares;
            assign();
            if (round > 0 && !(found.squares < before)) break;
            move_centres();
        }
    }
    Clusters found;

  private:
    double distance(std::size_t row, std::size_t centre) const {
        const double *a = rows_.data() + row * features_, *b = found.centres.data() + centre * features_;
        double sum = 0;
        for (std::size_t f = 0; f < features_; ++f) sum += (a[f] - b[f]) * (a[f] - b[f]);
        return sum;
    }
    void add_centre(std::size_t row) {
        const auto first = rows_.begin() + static_cast<std::ptrdiff_t>(row * features_);
        found.centres.insert(found.centres.end(), first, first + static_cast<std::ptrdiff_t>(features_));
    }
    // Each further centre is a row drawn with the square of its distance to the nearest centre.
    void start(std::uint64_t seed, std::uint64_t run) {
        add_centre(static_cast<std::size_t>(uniform_at(seed, 0, run, 0) * static_cast<double>(n_)));
        std::vector<double> nearest(n_, std::numeric_limits<double>::infinity());
        for (std::size_t c = 1; c < count_; ++c) {
            for (std::size_t r = 0; r < n_; ++r) nearest[r] = std::min(nearest[r], distance(r, c - 1));
            double left = uniform_at(seed, 0, run, c) * std::accumulate(nearest.begin(), nearest.end(), 0.0);
            std::size_t row = 0;
            while (row + 1 < n_ && (left -= nearest[row]) >= 0) ++row;
            add_centre(row);
        }
    }
    void assign() {
        found.of.assign(n_, 0);
        found.squares = 0;
        for (std::size_t r = 0; r < n_; ++r) {
            double least = distance(r, 0);
            for (std::size_t c = 1; c < count_; ++c)
                if (const double d = distance(r, c); d < least) least = d, found.of[r] = c;
            found.squares += least;
        }
    }
    // A centre without rows stays where it is.
    void move_centres() {
        std::vector<double> sum(count_ * features_), size(count_);
        for (std::size_t r = 0; r < n_; ++r) {
            size[found.of[r]] += 1;
            for (std::size_t f = 0; f < features_; ++f)
                sum[found.of[r] * features_ + f] += rows_[r * features_ + f];
        }
        for (std::size_t c = 0; c < count_; ++c)
            for (std::size_t f = 0; f < features_ && size[c] > 0; ++f)
                found.centres[c * features_ + f] = sum[c * features_ + f] / size[c];
    }

    std::span<const double> rows_;
    std::size_t features_, count_, n_;
};

// Numbers the clusters by falling size.
void sort_clusters(Clusters& c, std::size_t features, std::size_t count) {
    std::vector<std::size_t> size(count), order(count), number(count);
    for (const std::size_t k : c.of) ++size[k];
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return size[a] > size[b]; });
    std::vector<double> centres;
    for (std::size_t k = 0; k < count; ++k) {
        number[order[k]] = k;
        const auto first = c.centres.begin() + static_cast<std::ptrdiff_t>(order[k] * features);
        centres.insert(centres.end(), first, first + static_cast<std::ptrdiff_t>(features));
    }
    for (std::size_t& k : c.of) k = number[k];
    c.centres = std::move(centres);
}

}  // namespace

Clusters cluster_rows(std::span<const double> rows, std::size_t features, std::size_t count, std::size_t runs,
                      std::uint64_t seed) {
    std::vector<Clusters> found(runs);
    parallel_for(runs, [&](std::size_t run) { found[run] = Means(rows, features, count, seed, run).found; });
    std::size_t best = 0;
    for (std::size_t run = 1; run < runs; ++run)
        if (found[run].squares < found[best].squares * (1 - 1e-12)) best = run;
    sort_clusters(found[best], features, count);
    return found[best];
}

namespace {

// Cosine and sine of the analytic signal's phase, [sample][channel].
void unit_phases(const SeriesView& s, std::vector<double>& cosine, std::vector<double>& sine) {
    RealTransform signal(s.samples), quadrature(s.samples);
    for (std::size_t c = 0; c < s.channels; ++c) {
        for (std::size_t t = 0; t < s.samples; ++t) signal.real()[t] = s.at(t, c) - s.at(0, c);
        signal.forward();
        const auto from = signal.complex(), to = quadrature.complex();
        from[0] = 0;
        for (std::size_t k = 0; k < from.size(); ++k)
            to[k] = 2 * k == s.samples ? 0 : std::complex<double>(from[k].imag(), -from[k].real());
        signal.backward();
        quadrature.backward();
        for (std::size_t t = 0; t < s.samples; ++t) {
            const double x = signal.real()[t], y = quadrature.real()[t], size = std::hypot(x, y);
            cosine[t * s.channels + c] = size > 0 ? x / size : 1;
            sine[t * s.channels + c] = size > 0 ? y / size : 0;
        }
    }
}

}  // namespace

std::vector<double> leading_eigenvectors(const SeriesView& s) {
    require_samples(s, 20, "phases");
    require_finite(s);
    std::vector<double> cosine(s.samples * s.channels), sine(cosine.size()), vectors(cosine.size());
    unit_phases(s, cosine, sine);
    for (std::size_t t = 0; t < s.samples; ++t) {
        // cos(a - b) = cos a cos b + sin a sin b: a matrix of rank 2, whose eigenvectors are mixtures of both
        // parts.
        const double *c = cosine.data() + t * s.channels, *d = sine.data() + t * s.channels;
        double cc = 0, cd = 0, dd = 0;
        for (std::size_t i = 0; i < s.channels; ++i) cc += c[i] * c[i], cd += c[i] * d[i], dd += d[i] * d[i];
        const double turn = std::atan2(2 * cd, cc - dd) / 2, a = std::cos(turn), b = std::sin(turn);
        double squares = 0, sum = 0;
        double* v = vectors.data() + t * s.channels;
        for (std::size_t i = 0; i < s.channels; ++i) {
            v[i] = a * c[i] + b * d[i];
            squares += v[i] * v[i], sum += v[i];
        }
        for (std::size_t i = 0; i < s.channels; ++i) v[i] *= (sum > 0 ? -1 : 1) / std::sqrt(squares);
    }
    return vectors;
}

namespace {

struct StatePlan {
    bool phases = false;
    Windows windows;
    std::size_t states = 0, features = 0, times = 0;
    double step_s = 0;
    std::vector<double> time_s;
};

StatePlan plan_states(const Arguments& a) {
    const SeriesView s = without_start(a.series("series"), a.number("discard"));
    StatePlan plan;
    plan.phases = a.word("of") == "phases";
    plan.states = whole(a, "states");
    whole(a, "runs"), whole(a, "seed");
    if (plan.phases) {
        require_samples(s, 20, "phases");
        plan.features = s.channels, plan.times = s.samples, plan.step_s = s.interval_s;
        for (std::size_t t = 0; t < s.samples; ++t)
            plan.time_s.push_back(s.start_s + static_cast<double>(t) * s.interval_s);
    } else {
        plan.windows = make_windows(s, a.number("window"), a.number("step"));
        plan.features = s.channels * (s.channels - 1) / 2, plan.times = plan.windows.count;
        plan.step_s = static_cast<double>(plan.windows.step) * s.interval_s;
        plan.time_s = plan.windows.centre_s;
    }
    if (s.channels < 2)
        throw DataError(fmt::format("series '{}' has one channel; states of connectivity need two", s.name),
                        s.name);
    if (plan.times < 2 * plan.states)
        throw OptionError(fmt::format("series '{}' gives {} {}, too few for {} states", s.name, plan.times,
                                      plan.phases ? "samples" : "windows", plan.states),
                          "states");
    return plan;
}

std::vector<Dimension> dimensions_of(const StatePlan& plan) {
    return {{"state", plan.states},
            {"other_state", plan.states},
            {"feature", plan.features},
            {"time", plan.times, "s", plan.time_s, {}}};
}

std::vector<Dimension> plan_row(const Arguments& a) { return dimensions_of(plan_states(a)); }

void add_dynamics(Result& result, const Clusters& found, const StatePlan& plan) {
    const std::size_t k = plan.states, n = found.of.size();
    std::vector<double> occupancy(k), visits(k), dwell(k), moves(k * k), left(k);
    for (std::size_t t = 0; t < n; ++t) {
        occupancy[found.of[t]] += 1.0 / static_cast<double>(n);
        if (t == 0 || found.of[t] != found.of[t - 1]) visits[found.of[t]] += 1;
        if (t > 0) moves[found.of[t - 1] * k + found.of[t]] += 1, left[found.of[t - 1]] += 1;
    }
    for (std::size_t s = 0; s < k; ++s) {
        dwell[s] = visits[s] > 0 ? occupancy[s] * static_cast<double>(n) * plan.step_s / visits[s] : 0;
        for (std::size_t to = 0; to < k; ++to) moves[s * k + to] /= std::max(left[s], 1.0);
    }
    const std::vector<Dimension> d = dimensions_of(plan);
    result.add_vector("occupancy", "part of the time in each state", d[0], occupancy);
    result.add_vector("dwell_time", "mean duration of a visit", d[0], dwell, "s");
    result.add({"transitions", "probability from the row's state to the column's", "", {d[0], d[1]}, moves});
    result.add_vector("sequence", "state at each time", d[3], {found.of.begin(), found.of.end()});
}

Result run_row(const Arguments& a) {
    const StatePlan plan = plan_states(a);
    const SeriesView s = without_start(a.series("series"), a.number("discard"));
    const std::vector<double> rows =
        plan.phases ? leading_eigenvectors(s)
                    : sliding_functional_connectivity(s, a.number("window"), a.number("step")).values;
    const Clusters found = cluster_rows(rows, plan.features, plan.states, whole(a, "runs"), whole(a, "seed"));
    const std::vector<Dimension> d = dimensions_of(plan);
    Result result;
    result.add({"states", "centre of each cluster", "", {d[0], d[2]}, found.centres});
    add_dynamics(result, found, plan);
    result.add_scalar("squares", "sum of squared distances to the centres", found.squares);
    return result;
}

}  // namespace

Analysis rows::connectivity_states() {
    return {
        "connectivity_states",
        "States of connectivity: clusters of sliding windows, or of leading eigenvectors of phases (LEiDA)",
        {{"series", {InputKind::series}, true, "what was recorded, e.g. a BOLD signal"}},
        {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
         {"of",
          "",
          std::string("windows"),
          "correlations in windows, or phases at each sample",
          {"windows", "phases"}},
         {"window", "s", 60.0, "length of a window", {}, positive},
         {"step", "s", 3.0, "from one window to the next", {}, positive},
         {"states", "", 4.0, "number of clusters", {}, {2, 100}},
         {"runs", "", 20.0, "of k-means, of which the best counts", {}, {1}},
         {"seed", "", 0.0, "of the first centres", {}, not_negative}},
        {{"states",
          "edges in the order of the upper triangle, or channels; by falling size",
          {"state", "feature"}},
         {"occupancy", "part of the time", {"state"}},
         {"dwell_time", "mean duration of a visit", {"state"}, "s"},
         {"transitions", "from one window or sample to the next", {"state", "other_state"}},
         {"sequence", "state of each window or sample", {"time"}},
         {"squares", "sum of squared distances to the centres"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
