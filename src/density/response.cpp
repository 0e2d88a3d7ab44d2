// SPDX-License-Identifier: BSD-3-Clause
// The linearised Fokker-Planck equation by collocation.
#include "density/response.hpp"

#include <numbers>

#include "density/profile.hpp"

namespace neurodyn::density {
namespace {

using Complex = std::complex<double>;
constexpr std::size_t stages = Radau::stages;
using Rows = std::array<Complex, stages>;

// A squared, for the current, whose slope is the density's integral.
const std::array<Radau::Row, stages>& twice() {
    static const std::array<Radau::Row, stages> square = [] {
        const auto& a = Radau::rule().matrix;
        std::array<Radau::Row, stages> made{};
        for (std::size_t i = 0; i < stages; ++i)
            for (std::size_t j = 0; j < stages; ++j)
                for (std::size_t k = 0; k < stages; ++k) made[i][j] += a[i][k] * a[k][j];
        return made;
    }();
    return square;
}

// Current at the wall for a current at the threshold, or for a modulation, or both.
Complex current_at_wall(const Panels& panels, double omega, Complex threshold_current, Complex reset_current,
                        const std::vector<double>& modulation) {
    const auto& a = Radau::rule().matrix;
    const Complex i_omega(0.0, omega);
    Complex density = 0.0, current = threshold_current;
    for (std::size_t k = 0; k < panels.size(); ++k) {
        if (k == panels.reset) current -= reset_current;
        const double width = panels.width[k];
        SmallSolver<Complex, stages>::Matrix m;
        Rows slopes;
        for (std::size_t i = 0; i < stages; ++i) {
            const std::size_t at = k * stages + i;
            const double drift = panels.drift[at] - panels.slope[at];
            for (std::size_t j = 0; j < stages; ++j)
                m[i][j] = drift * width * a[i][j] - i_omega * (width * width * twice()[i][j]);
            m[i][i] += panels.diffusion[at];
            slopes[i] = current - drift * density + i_omega * (width * Radau::rule().node[i]) * density;
            if (!modulation.empty()) slopes[i] -= modulation[at];
        }
        SmallSolver<Complex, stages>(m).solve(slopes);
        Complex last = density, gained = 0.0;
        for (std::size_t i = 0; i < stages; ++i) {
            Complex sum = 0.0;
            for (std::size_t j = 0; j < stages; ++j) sum += a[i][j] * slopes[j];
            last = density + width * sum;
            gained += a[stages - 1][i] * last;
        }
        current += i_omega * width * gained;
        density = last;
    }
    return current;
}

}  // namespace

std::vector<Complex> linear_response(const Membrane& membrane, Modulated modulated,
                                     std::span<const double> frequency_hz) {
    check(membrane);
    const Profile rest(membrane);
    const Panels& panels = rest.panels;
    const double rate = 1.0 / (rest.mass + membrane.refractory_s);
    std::vector<double> modulation;
    for (std::size_t at = 0; at < rest.values.size(); ++at)
        modulation.push_back(rate * (modulated == Modulated::drift ? rest.values[at] : -rest.slopes[at]));
    std::vector<Complex> result;
    for (const double frequency : frequency_hz) {
        const double omega = 2.0 * std::numbers::pi * frequency;
        const Complex delayed = std::exp(Complex(0.0, -omega * membrane.refractory_s));
        const Complex own = current_at_wall(panels, omega, 1.0, delayed, {});
        const Complex driven = current_at_wall(panels, omega, 0.0, 0.0, modulation);
        result.push_back(-driven / own);
    }
    return result;
}

}  // namespace neurodyn::density
