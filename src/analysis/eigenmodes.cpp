// SPDX-License-Identifier: BSD-3-Clause
// Eigenvectors of the Laplacian, and signals in terms of them.
#include "analysis/eigenmodes.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <cmath>

#include "analysis/coding.hpp"
#include "analysis/errors.hpp"

namespace neurodyn::analysis {

Eigenmodes eigenmodes(const Graph& g, bool normalised, std::size_t count) {
    const std::size_t n = g.nodes();
    const std::vector<double> strength = g.strengths();
    Eigen::MatrixXd laplacian =
        Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(n));
    for (std::size_t i = 0; i < n; ++i) {
        const auto row = static_cast<Eigen::Index>(i);
        laplacian(row, row) = normalised ? (strength[i] > 0 ? 1 : 0) : strength[i];
        for (const Graph::Edge& e : g.edges[i])
            laplacian(row, static_cast<Eigen::Index>(e.to)) =
                normalised ? -e.weight / std::sqrt(strength[i]) / std::sqrt(strength[e.to]) : -e.weight;
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(laplacian);
    if (solver.info() != Eigen::Success)
        throw DataError(fmt::format("the eigenvalues of the Laplacian of '{}' could not be found", g.name),
                        g.name);
    Eigenmodes out;
    for (std::size_t k = 0; k < (count == 0 ? n : count); ++k) {
        Eigen::VectorXd mode = solver.eigenvectors().col(static_cast<Eigen::Index>(k));
        Eigen::Index largest = 0;
        mode.cwiseAbs().maxCoeff(&largest);
        if (mode[largest] < 0) mode = -mode;
        out.eigenvalues.push_back(solver.eigenvalues()[static_cast<Eigen::Index>(k)]);
        out.modes.insert(out.modes.end(), mode.begin(), mode.end());
    }
    return out;
}

namespace {

// Mean over time of the square of a signal's part along each mode.
std::vector<double> energies(const Eigenmodes& modes, const SeriesView& series) {
    const std::size_t count = modes.eigenvalues.size(), n = series.channels;
    std::vector<double> energy(count);
    for (std::size_t t = 0; t < series.samples; ++t)
        for (std::size_t k = 0; k < count; ++k) {
            double along = 0;
            for (std::size_t i = 0; i < n; ++i) along += modes.modes[k * n + i] * series.at(t, i);
            energy[k] += along * along / static_cast<double>(series.samples);
        }
    return energy;
}

std::size_t mode_count(const Arguments& a) {
    const std::size_t n = a.matrix("matrix").rows, asked = whole(a, "count");
    if (asked > n)
        throw OptionError(
            fmt::format("count is {}, but matrix '{}' has {} modes", asked, a.matrix("matrix").name, n),
            "count");
    return asked == 0 ? n : asked;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_graph(a);
    if (a.has("series")) {
        const Series& s = a.series("series");
        require_samples(s, 1, "energies of modes");
        if (s.channels != a.matrix("matrix").rows)
            throw ShapeError(fmt::format("series '{}' has {} channels, but matrix '{}' has {} nodes", s.name,
                                         s.channels, a.matrix("matrix").name, a.matrix("matrix").rows),
                             "series", "matrix");
    }
    return {{"mode", mode_count(a)}};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const Matrix& m = a.matrix("matrix");
    const Eigenmodes modes = eigenmodes(graph_of(a), a.flag("normalised"), mode_count(a));
    const Dimension mode{"mode", modes.eigenvalues.size(), {}, {}, {}};
    Result result;
    result.add_vector("eigenvalues", "of the Laplacian", mode, modes.eigenvalues);
    result.add({"modes",
                "harmonics of the connectome",
                "",
                {mode, {m.dimension, m.rows, {}, {}, m.labels}},
                modes.modes});
    if (a.has("series")) {
        require_finite(a.series("series"));
        const std::string& unit = a.series("series").unit;
        result.add_vector("energy", "mean square of the signal along each mode", mode,
                          energies(modes, a.series("series")), "");
        result.arrays.back().doc += unit.empty() ? "" : fmt::format(", in ({})^2", unit);
    }
    return result;
}

}  // namespace

Analysis rows::eigenmodes() {
    return {"eigenmodes",
            "Harmonics of a connectome: eigenvectors of its Laplacian, and the energy of a signal in them",
            {{"matrix", {InputKind::matrix}, true, "weights; the diagonal is left out"},
             {"series", {InputKind::series}, false, "a signal of every node"}},
            graph_options({{"normalised", "", true, "of 1 - D^-1/2 W D^-1/2 instead of D - W"},
                           {"count", "", 0.0, "modes from the smoothest on; 0: all", {}, not_negative}}),
            {{"eigenvalues", "ascending", {"mode"}},
             {"modes", "of length 1, the largest entry positive", {"mode", "channel"}},
             {"energy", "in the square of the signal's unit", {"mode"}, "", {"series"}}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
