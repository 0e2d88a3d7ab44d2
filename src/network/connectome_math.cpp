// SPDX-License-Identifier: BSD-3-Clause
// Strengths, normalisation and delays of a connectome.
#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "network/connectome.hpp"

namespace neurodyn::network {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct NormalisationName {
    std::string_view name;
    Normalisation value;
};
constexpr std::array<NormalisationName, 5> normalisation_names{{
    {"none", Normalisation::none},
    {"max", Normalisation::maximum},
    {"spectral_radius", Normalisation::spectral_radius},
    {"row_sum", Normalisation::row_sum},
    {"mean", Normalisation::mean},
}};

void check_size(std::size_t n, const std::vector<double>& matrix) {
    if (matrix.size() != n * n)
        throw Error(
            fmt::format("a matrix of {} x {} needs {} values, {} were given", n, n, n * n, matrix.size()));
}

double largest_magnitude(const std::vector<double>& values) {
    double largest = 0.0;
    for (const double v : values) largest = std::max(largest, std::fabs(v));
    return largest;
}

double mean(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
}

void divide_rows(std::size_t n, std::vector<double>& matrix) {
    for (std::size_t i = 0; i < n; ++i) {
        double sum = 0.0;
        for (std::size_t j = 0; j < n; ++j) sum += std::fabs(matrix[i * n + j]);
        for (std::size_t j = 0; sum > 0.0 && j < n; ++j) matrix[i * n + j] /= sum;
    }
}

}  // namespace

std::vector<double> strengths(std::size_t n, const std::vector<double>& matrix) {
    check_size(n, matrix);
    std::vector<double> sums(n, 0.0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) sums[i] += matrix[i * n + j];
    return sums;
}

Normalisation parse_normalisation(std::string_view name) {
    std::vector<std::string> names;
    for (const NormalisationName& row : normalisation_names) {
        if (row.name == name) return row.value;
        names.emplace_back(row.name);
    }
    throw Error(
        fmt::format("'{}' is no way to normalise weights; it can be {}", name, fmt::join(names, ", ")));
}

double spectral_radius(std::size_t n, const std::vector<double>& matrix) {
    check_size(n, matrix);
    if (n == 0) return 0.0;
    const Eigen::Map<const Matrix> m(matrix.data(), static_cast<Eigen::Index>(n),
                                     static_cast<Eigen::Index>(n));
    if (!m.allFinite()) throw Error("the spectral radius of a matrix with non-finite values was asked for");
    if (m == m.transpose()) {
        const Eigen::SelfAdjointEigenSolver<Matrix> solver(m, Eigen::EigenvaluesOnly);
        return solver.eigenvalues().cwiseAbs().maxCoeff();
    }
    const Eigen::EigenSolver<Matrix> solver(m, false);
    if (solver.info() != Eigen::Success) throw Error("the eigenvalues of the weights could not be found");
    return solver.eigenvalues().cwiseAbs().maxCoeff();
}

std::vector<double> normalised(std::size_t n, std::vector<double> matrix, Normalisation by) {
    check_size(n, matrix);
    double divisor = 1.0;
    switch (by) {
        case Normalisation::none:
            return matrix;
        case Normalisation::row_sum:
            divide_rows(n, matrix);
            return matrix;
        case Normalisation::maximum:
            divisor = largest_magnitude(matrix);
            break;
        case Normalisation::spectral_radius:
            divisor = spectral_radius(n, matrix);
            break;
        case Normalisation::mean:
            divisor = mean(matrix);
            break;
    }
    if (!(std::fabs(divisor) > 0.0) || !std::isfinite(divisor))
        throw Error(fmt::format("the weights cannot be normalised: their {} is {}",
                                normalisation_names[static_cast<std::size_t>(by)].name, divisor));
    for (double& v : matrix) v /= divisor;
    return matrix;
}

std::vector<double> delays_s(const std::vector<double>& lengths_mm, double speed_m_per_s) {
    if (!(speed_m_per_s > 0.0))
        throw Error(
            fmt::format("a conduction speed of {} m/s was given; it must be positive", speed_m_per_s));
    std::vector<double> delays(lengths_mm.size());
    for (std::size_t i = 0; i < delays.size(); ++i) delays[i] = lengths_mm[i] * 1e-3 / speed_m_per_s;
    return delays;
}

std::vector<std::uint32_t> delay_steps(const std::vector<double>& delay_s, double dt_s) {
    if (!(dt_s > 0.0)) throw Error(fmt::format("a step of {} s was given; it must be positive", dt_s));
    std::vector<std::uint32_t> steps(delay_s.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const double count = std::nearbyint(delay_s[i] / dt_s);
        if (!(count >= 0.0) || count > static_cast<double>(std::numeric_limits<std::uint32_t>::max()))
            throw Error(
                fmt::format("a delay of {} s is {} steps of {} s; it must be at least 0 and below 2^32 steps",
                            delay_s[i], count, dt_s));
        steps[i] = static_cast<std::uint32_t>(count);
    }
    return steps;
}

}  // namespace neurodyn::network
