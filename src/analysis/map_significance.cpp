// SPDX-License-Identifier: BSD-3-Clause
// A map of regions against maps of the same spatial autocorrelation: another map, means of networks.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/coding.hpp"
#include "analysis/comparison.hpp"
#include "analysis/errors.hpp"
#include "analysis/moran.hpp"
#include "analysis/network_strength.hpp"
#include "analysis/parallel.hpp"

namespace neurodyn::analysis {
namespace {

std::vector<std::string> distinct(const std::vector<std::string>& labels) {
    std::vector<std::string> networks;
    for (const std::string& label : labels)
        if (std::find(networks.begin(), networks.end(), label) == networks.end()) networks.push_back(label);
    return networks;
}

void require_length(std::size_t found, std::size_t wanted, const std::string& what, const Matrix& distances) {
    if (found != wanted)
        throw ShapeError(fmt::format("{} has {} values, but distances '{}' are of {} regions", what, found,
                                     distances.name, wanted),
                         what, distances.name);
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const Matrix& distances = a.matrix("distances");
    require_square_shape(distances);
    require_length(a.vector("map").values.size(), distances.rows, "the map", distances);
    if (a.has("compare"))
        require_length(a.vector("compare").values.size(), distances.rows, "compare", distances);
    whole(a, "surrogates"), whole(a, "seed");
    if (!a.has("labels")) return {};
    require_length(a.labels("labels").size(), distances.rows, "labels", distances);
    const std::vector<std::string> networks = distinct(a.labels("labels"));
    return {{"network", networks.size(), {}, {}, networks}};
}

// The correlation with the other map and the mean of each network, as far as there are any.
std::vector<double> measures(const Arguments& a, const Eigen::VectorXd& map) {
    std::vector<double> found;
    const std::span<const double> values(map.data(), static_cast<std::size_t>(map.size()));
    if (a.has("compare")) found.push_back(pearson(values, a.vector("compare").values, "map", "compare"));
    if (!a.has("labels")) return found;
    const std::vector<std::string>& labels = a.labels("labels");
    for (const std::string& network : distinct(labels)) {
        double sum = 0, count = 0;
        for (std::size_t i = 0; i < labels.size(); ++i)
            if (labels[i] == network) sum += values[i], count += 1;
        found.push_back(sum / count);
    }
    return found;
}

Result run_row(const Arguments& a) {
    const std::vector<Dimension> dimensions = plan_row(a);
    const std::size_t count = whole(a, "surrogates"), seed = whole(a, "seed");
    const Vector& values = a.vector("map");
    const auto bad =
        std::find_if(values.values.begin(), values.values.end(), [](double v) { return !std::isfinite(v); });
    if (bad != values.values.end())
        throw DataError(fmt::format("map '{}': the value of region {} is {}", values.name,
                                    bad - values.values.begin(), *bad),
                        values.name);
    const Eigen::VectorXd map = Eigen::Map<const Eigen::VectorXd>(
        values.values.data(), static_cast<Eigen::Index>(values.values.size()));
    if (!((map.array() - map.mean()).matrix().norm() > 1e-12 * map.norm()))
        throw DataError(
            fmt::format("map '{}' is constant ({}), so it has no autocorrelation", values.name, map[0]),
            values.name);
    const MoranBasis basis(a.matrix("distances"));
    const std::vector<double> found = measures(a, map);
    std::vector<std::vector<double>> others(found.size(), std::vector<double>(count));
    parallel_for(count, [&](std::size_t k) {
        const std::vector<double> m = measures(a, basis.surrogate(map, basis.signs(seed, k)));
        for (std::size_t e = 0; e < m.size(); ++e) others[e][k] = m[e];
    });
    std::vector<double> p, z;
    for (std::size_t e = 0; e < found.size(); ++e) {
        const Standing s = standing(found[e], others[e]);
        p.push_back(s.p), z.push_back(s.z);
    }
    Result result;
    const auto first = static_cast<std::ptrdiff_t>(a.has("compare") ? 1 : 0);
    result.add_scalar("moran", "Moran's I", basis.index(map));
    if (first == 1) {
        result.add_scalar("correlation", "with the other map", found[0]);
        result.add_scalar("p", "of a correlation as far to one side", p[0]);
    }
    if (!a.has("labels")) return result;
    const auto add = [&](const char* name, const char* doc, const std::vector<double>& all,
                         const std::string& unit) {
        result.add({name, doc, unit, dimensions, {all.begin() + first, all.end()}});
    };
    add("means", "mean of each network", found, values.unit);
    add("means_z", "in standard deviations of the surrogates", z, "");
    add("means_p", "of a mean as far to one side", p, "");
    return result;
}

}  // namespace

Analysis rows::map_significance() {
    return {
        "map_significance",
        "A map of regions against maps of the same spatial autocorrelation: its correlation with another, "
        "its mean in networks",
        {{"map", {InputKind::vector}, true, "a value for each region"},
         {"distances", {InputKind::matrix}, true, "between regions; 0: no neighbours"},
         {"compare", {InputKind::vector}, false, "another map"},
         {"labels", {InputKind::labels}, false, "the network of every region"}},
        {{"surrogates", "", 999.0, "random signs of Moran's eigenvectors", {}, {2}},
         {"seed", "", 0.0, "of the signs", {}, not_negative}},
        {{"moran", "Moran's I with inverse distances as weights"},
         {"correlation", "Pearson correlation with `compare`", {}, "", {"compare"}},
         {"p", "two-sided, the data counted in", {}, "", {"compare"}},
         {"means", "mean of each network", {"network"}, "@", {"labels"}},
         {"means_z", "distance from the surrogates' mean", {"network"}, "", {"labels"}},
         {"means_p", "two-sided, the data counted in", {"network"}, "", {"labels"}}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
