// SPDX-License-Identifier: BSD-3-Clause
// Networks of a connectivity against connectivities of the same spatial autocorrelation.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "analysis/coding.hpp"
#include "analysis/errors.hpp"
#include "analysis/moran.hpp"
#include "analysis/network_strength.hpp"
#include "analysis/parallel.hpp"

namespace neurodyn::analysis {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// What a covariance is when every channel has unit variance.
Matrix correlation_of(const Eigen::MatrixXd& c, const Matrix& like) {
    Matrix r = like;
    for (std::size_t i = 0; i < r.rows; ++i)
        for (std::size_t j = 0; j < r.rows; ++j) {
            const auto a = static_cast<Eigen::Index>(i), b = static_cast<Eigen::Index>(j);
            r(i, j) = c(a, b) / std::sqrt(c(a, a) * c(b, b));
        }
    return r;
}

Eigen::MatrixXd covariance_of(const Matrix& m) {
    require_square(m);
    require_finite(m);
    for (std::size_t i = 0; i < m.rows; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            if (i == j && !(m(i, i) > 0))
                throw DataError(
                    fmt::format("matrix '{}': the variance of row {} is {}; spatial surrogates are "
                                "of correlations or covariances",
                                m.name, i, m(i, i)),
                    m.name);
            if (std::abs(m(i, j) - m(j, i)) > 1e-9 * std::sqrt(m(i, i) * m(j, j)))
                throw DataError(fmt::format("matrix '{}' is not symmetric: row {}, column {}", m.name, i, j),
                                m.name);
        }
    return Eigen::Map<const RowMajor>(m.values.data(), static_cast<Eigen::Index>(m.rows),
                                      static_cast<Eigen::Index>(m.rows));
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const Matrix& matrix = a.matrix("matrix");
    require_square_shape(matrix);
    require_square_shape(a.matrix("distances"));
    require_same_shape(matrix, a.matrix("distances"));
    whole(a, "surrogates"), whole(a, "seed");
    const std::vector<std::string> networks = network_names(matrix, a.labels("labels"));
    return {{"network", networks.size(), {}, {}, networks},
            {"other_network", networks.size(), {}, {}, networks}};
}

Result run_row(const Arguments& a) {
    const std::vector<Dimension> dimensions = plan_row(a);
    const Matrix& matrix = a.matrix("matrix");
    const std::vector<std::string>& labels = a.labels("labels");
    const std::size_t count = whole(a, "surrogates"), seed = whole(a, "seed");
    const Eigen::MatrixXd covariance = covariance_of(matrix);
    const MoranBasis basis(a.matrix("distances"));
    const std::vector<double> found =
        network_strength(correlation_of(covariance, matrix), labels).mean.values;
    std::vector<std::vector<double>> others(found.size(), std::vector<double>(count));
    parallel_for(count, [&](std::size_t k) {
        const Eigen::MatrixXd surrogate = basis.surrogate(covariance, basis.signs(seed, k));
        const Matrix strength = network_strength(correlation_of(surrogate, matrix), labels).mean;
        for (std::size_t e = 0; e < found.size(); ++e) others[e][k] = strength.values[e];
    });
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> p, z, mean;
    for (std::size_t e = 0; e < found.size(); ++e) {
        const bool known = !std::isnan(found[e]);
        const Standing s = known ? standing(found[e], others[e]) : Standing{nan, nan};
        p.push_back(s.p), z.push_back(s.z);
        double sum = 0;
        for (const double v : others[e]) sum += v / static_cast<double>(count);
        mean.push_back(sum);
    }
    Result result;
    result.add({"z", "strength in standard deviations of the surrogates", "", dimensions, z});
    result.add({"p", "of a strength as far to one side in surrogates", "", dimensions, p});
    result.add({"strength", "mean correlation within and between networks", "", dimensions, found});
    result.add({"by_distance", "mean strength of the surrogates", "", dimensions, mean});
    return result;
}

}  // namespace

Analysis rows::spatial_significance() {
    return {
        "spatial_significance",
        "Strength within and between networks against correlations of the same spatial autocorrelation",
        {{"matrix", {InputKind::matrix}, true, "a correlation or covariance matrix of regions"},
         {"labels", {InputKind::labels}, true, "the network of every region"},
         {"distances", {InputKind::matrix}, true, "between regions; 0: no neighbours, e.g. without a tract"}},
        {{"surrogates", "", 999.0, "random signs of Moran's eigenvectors", {}, {2}},
         {"seed", "", 0.0, "of the signs", {}, not_negative}},
        {{"z", "distance from the surrogates' mean", {"network", "other_network"}},
         {"p", "two-sided, the data counted in", {"network", "other_network"}},
         {"strength", "mean correlation; NaN within a network of one region", {"network", "other_network"}},
         {"by_distance", "mean of the surrogates", {"network", "other_network"}}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
