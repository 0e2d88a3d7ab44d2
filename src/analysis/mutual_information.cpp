// SPDX-License-Identifier: BSD-3-Clause
// Mutual information by histograms and of normal variables.
#include "analysis/mutual_information.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <set>

#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"

namespace neurodyn::analysis {

using Eigen::MatrixXd;

double histogram_information(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b,
                             bool corrected) {
    if (a.size() != b.size())
        throw ShapeError(fmt::format("there are {} and {} classes of trials", a.size(), b.size()), "stimulus",
                         "responses");
    std::map<std::size_t, double> in_a, in_b;
    std::map<std::pair<std::size_t, std::size_t>, double> both;
    for (std::size_t k = 0; k < a.size(); ++k)
        in_a[a[k]] += 1.0, in_b[b[k]] += 1.0, both[{a[k], b[k]}] += 1.0;
    const double n = static_cast<double>(a.size());
    double sum = 0.0;
    for (const auto& [pair, count] : both)
        sum += count / n * std::log2(count * n / (in_a[pair.first] * in_b[pair.second]));
    if (!corrected) return sum;
    const auto m = [](const auto& classes) { return static_cast<double>(classes.size()); };
    return sum - (m(both) - m(in_a) - m(in_b) + 1.0) / (2.0 * n * std::numbers::ln2);
}

namespace {

// Columns along the axes of the covariance that have variance.
MatrixXd main_axes(const MatrixXd& stimuli) {
    const MatrixXd s = stimuli.rowwise() - stimuli.colwise().mean();
    const Eigen::SelfAdjointEigenSolver<MatrixXd> axes(s.transpose() * s);
    const Eigen::VectorXd& sizes = axes.eigenvalues();  // ascending
    Eigen::Index kept = 0;
    while (kept < sizes.size() && sizes[sizes.size() - 1 - kept] > 1e-12 * sizes[sizes.size() - 1]) ++kept;
    return s * axes.eigenvectors().rightCols(kept);
}

}  // namespace

double normal_information(const MatrixXd& stimuli, const MatrixXd& responses) {
    if (responses.rows() < responses.cols() + 3) return std::numeric_limits<double>::quiet_NaN();
    const MatrixXd s = main_axes(stimuli);
    const MatrixXd r = responses.rowwise() - responses.colwise().mean();
    if (s.cols() == 0 || !(r.squaredNorm() > 0.0)) return std::numeric_limits<double>::quiet_NaN();
    const MatrixXd rest = s - r * r.colPivHouseholderQr().solve(s);
    return -0.5 * std::log2((rest.transpose() * rest).determinant() / (s.transpose() * s).determinant());
}

namespace {

// A stimulus on a line as it is, a direction as the two coordinates of a point on the circle.
MatrixXd coordinates(const std::vector<double>& stimulus, double period) {
    const Eigen::Map<const Eigen::ArrayXd> values(stimulus.data(),
                                                  static_cast<Eigen::Index>(stimulus.size()));
    if (!(period > 0.0)) return values.matrix();
    const Eigen::ArrayXd angle = values * (2.0 * std::numbers::pi / period);
    MatrixXd point(values.size(), 2);
    point << angle.cos().matrix(), angle.sin().matrix();
    return point;
}

// Classes of values: every distinct value, or bins of equal width from the smallest to the largest, or around
// the circle.
std::vector<std::size_t> classes(const std::vector<double>& values, double bins, const std::string& option,
                                 double period = 0.0) {
    std::vector<std::size_t> out;
    if (bins > 0.0) {
        const auto [least, most] = std::minmax_element(values.begin(), values.end());
        const double low = period > 0.0 ? 0.0 : *least, width = (period > 0.0 ? period : *most - low) / bins;
        for (const double v : values) {
            const double bin = (v - low) / width;
            out.push_back(width > 0.0 ? static_cast<std::size_t>(std::min(bin, bins - 1.0)) : 0);
        }
        return out;
    }
    const std::set<double> distinct(values.begin(), values.end());
    if (distinct.size() * 2 > values.size() && distinct.size() > 2)
        throw OptionError(
            fmt::format(
                "there are {} different values in {} trials, too many to count how often each comes; give {}",
                distinct.size(), values.size(), option),
            option);
    std::map<double, std::size_t> number;
    for (const double v : distinct) number.emplace(v, number.size());
    for (const double v : values) out.push_back(number[v]);
    return out;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const Trials trials = plan_trials(a);
    plan_stimulus(a, "stimulus", trials);
    for (const char* option : {"stimulus_bins", "response_bins"}) whole(a, option);
    return {trials.neuron};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const Trials trials = read_trials(a);
    const double period = a.number("period");
    std::vector<double> stimulus = stimulus_of(a, "stimulus", trials, period);
    for (double& s : stimulus) s = wrapped(s, period);
    const MatrixXd points = coordinates(stimulus, period);
    const std::vector<std::size_t> stimulus_classes =
        classes(stimulus, a.number("stimulus_bins"), "stimulus_bins", period);
    const Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> all(
        trials.counts.data(), static_cast<Eigen::Index>(trials.count),
        static_cast<Eigen::Index>(trials.neurons));
    std::vector<double> information(trials.neurons), normal(trials.neurons);
    parallel_for(trials.neurons, [&](std::size_t i) {
        const Eigen::VectorXd own = all.col(static_cast<Eigen::Index>(i));
        information[i] = histogram_information(
            stimulus_classes, classes({own.begin(), own.end()}, a.number("response_bins"), "response_bins"),
            a.flag("corrected"));
        normal[i] = normal_information(points, own);
    });
    Result result;
    result.add_vector("information", "of each neuron, in bits, by histograms", trials.neuron, information);
    result.add_vector("normal", "the same if stimulus and response were jointly normal", trials.neuron,
                      normal);
    result.add_scalar("population", "of all neurons together, if all were jointly normal, in bits",
                      normal_information(points, all));
    return result;
}

}  // namespace

Analysis rows::mutual_information() {
    std::vector<OptionSpec> options = trial_options();
    options.push_back(period_option());
    options.push_back(
        {"stimulus_bins", "", 0.0, "classes of equal width; 0: every value is one", {}, {0.0, 1e6}});
    options.push_back(
        {"response_bins", "", 0.0, "classes of equal width; 0: every value is one", {}, {0.0, 1e6}});
    options.push_back({"corrected", "", true, "whether the bias of few trials is taken off"});
    return {"mutual_information",
            "Mutual information of a stimulus and the responses of neurons, in bits",
            {{"responses",
              {InputKind::matrix, InputKind::series, InputKind::events},
              true,
              "of the neurons, trial by trial"},
             {"stimulus", {InputKind::vector, InputKind::series}, true, "of each trial"}},
            options,
            {{"information", "of each neuron, in bits, by histograms", {"node"}},
             {"normal", "the same if stimulus and response were jointly normal", {"node"}},
             {"population", "of all neurons together, if all were jointly normal, in bits"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
