// SPDX-License-Identifier: BSD-3-Clause
// The density by collocation, panel by panel.
#include "density/profile.hpp"

namespace neurodyn::density {

constexpr std::size_t stages = Radau::stages;

SmallSolver<double, stages>::Matrix panel_matrix(const Panels& panels, std::size_t k, bool with_slope) {
    const Radau& rule = Radau::rule();
    SmallSolver<double, stages>::Matrix m;
    for (std::size_t i = 0; i < stages; ++i) {
        const std::size_t at = k * stages + i;
        const double factor = (panels.drift[at] - (with_slope ? panels.slope[at] : 0.0)) * panels.width[k];
        for (std::size_t j = 0; j < stages; ++j) m[i][j] = factor * rule.matrix[i][j];
        m[i][i] += panels.diffusion[at];
    }
    return m;
}

void add_up(const Panels& panels, std::size_t k, double before, const Radau::Row& slopes,
            Radau::Row& values) {
    const Radau& rule = Radau::rule();
    for (std::size_t i = 0; i < stages; ++i) {
        double sum = 0.0;
        for (std::size_t j = 0; j < stages; ++j) sum += rule.matrix[i][j] * slopes[j];
        values[i] = before + panels.width[k] * sum;
    }
}

double integral(const Panels& panels, std::size_t k, const Radau::Row& values) {
    double sum = 0.0;
    for (std::size_t j = 0; j < stages; ++j) sum += Radau::rule().matrix[stages - 1][j] * values[j];
    return panels.width[k] * sum;
}

Profile::Profile(const Membrane& membrane) : panels(membrane, Panels::Direction::down) {
    double value = 0.0;
    for (std::size_t k = 0; k < panels.size(); ++k) {
        const double current = k < panels.reset ? 1.0 : 0.0;
        // Downwards, with s = -v: D dP/ds + (a - D') P = J.
        Radau::Row down, here, moments;
        for (std::size_t i = 0; i < stages; ++i) {
            const std::size_t at = k * stages + i;
            down[i] = current - (panels.drift[at] - panels.slope[at]) * value;
        }
        SmallSolver<double, stages>(panel_matrix(panels, k, true)).solve(down);
        add_up(panels, k, value, down, here);
        value = here.back();
        mass += integral(panels, k, here);
        for (std::size_t i = 0; i < stages; ++i) moments[i] = here[i] * panels.v[k * stages + i];
        first_moment += integral(panels, k, moments);
        values.insert(values.end(), here.begin(), here.end());
        for (const double slope : down) slopes.push_back(-slope);
    }
}

}  // namespace neurodyn::density
