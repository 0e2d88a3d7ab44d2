// SPDX-License-Identifier: BSD-3-Clause
// Connectivity within and between networks.
#include "analysis/network_strength.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "analysis/errors.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

void check_shape(const Matrix& matrix, std::span<const std::string> labels) {
    require_square_shape(matrix);
    if (labels.size() != matrix.rows)
        throw ShapeError(fmt::format("there are {} network labels, but matrix '{}' is {} x {}", labels.size(),
                                     matrix.name, matrix.rows, matrix.columns),
                         "labels", matrix.name);
}

void check(const Matrix& matrix, std::span<const std::string> labels) {
    check_shape(matrix, labels);
    require_square(matrix);
    require_finite(matrix);
}

std::vector<std::string> distinct(std::span<const std::string> labels) {
    std::vector<std::string> networks;
    for (const std::string& label : labels)
        if (std::find(networks.begin(), networks.end(), label) == networks.end()) networks.push_back(label);
    return networks;
}

// The number of regions in it, when there are others inside and outside.
std::size_t count_members(const Matrix& matrix, std::span<const std::string> labels,
                          const std::string& network) {
    const auto members = static_cast<std::size_t>(std::count(labels.begin(), labels.end(), network));
    if (members == 0) {
        const std::vector<std::string> known = distinct(labels);
        const std::string near = did_you_mean(network, known);
        throw OptionError(fmt::format("no region belongs to network '{}'; {}there are: {}", network,
                                      near.empty() ? "" : near + " ", fmt::join(known, ", ")),
                          "network");
    }
    if (members == 1 || members == labels.size())
        throw DataError(
            fmt::format("{} of {} regions belong to network '{}'; its own connectivity needs two regions, "
                        "that with others needs one outside",
                        members, labels.size(), network),
            matrix.name, network);
    return members;
}

}  // namespace

std::vector<std::string> network_names(const Matrix& matrix, std::span<const std::string> labels) {
    check_shape(matrix, labels);
    return distinct(labels);
}

NetworkStrength network_strength(const Matrix& matrix, std::span<const std::string> labels) {
    check(matrix, labels);
    NetworkStrength result;
    result.networks = distinct(labels);
    const std::size_t count = result.networks.size();
    std::vector<std::size_t> network(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i)
        network[i] = static_cast<std::size_t>(
            std::find(result.networks.begin(), result.networks.end(), labels[i]) - result.networks.begin());
    result.mean = square_matrix(count);
    Matrix pairs = square_matrix(count);
    for (std::size_t i = 0; i < labels.size(); ++i)
        for (std::size_t j = 0; j < labels.size(); ++j) {
            if (i == j) continue;
            result.mean(network[i], network[j]) += matrix(i, j);
            pairs(network[i], network[j]) += 1;
        }
    for (std::size_t k = 0; k < pairs.values.size(); ++k)
        result.mean.values[k] = pairs.values[k] > 0 ? result.mean.values[k] / pairs.values[k]
                                                    : std::numeric_limits<double>::quiet_NaN();
    result.mean.labels = result.networks;
    result.mean.dimension = "network";
    result.mean.unit = matrix.unit;
    return result;
}

OneNetworkStrength one_network_strength(const Matrix& matrix, std::span<const std::string> labels,
                                        const std::string& network) {
    check(matrix, labels);
    const std::size_t members = count_members(matrix, labels, network);
    OneNetworkStrength result;
    for (std::size_t i = 0; i < labels.size(); ++i)
        for (std::size_t j = 0; j < labels.size(); ++j) {
            if (i == j || labels[i] != network) continue;
            (labels[j] == network ? result.within : result.to_others) += matrix(i, j);
        }
    const double m = static_cast<double>(members), others = static_cast<double>(labels.size()) - m;
    result.within /= m * (m - 1);
    result.to_others /= m * others;
    return result;
}

namespace {

void add_one(Result& result, const Arguments& a, const std::string& input, const std::string& prefix,
             const std::string& doc) {
    const Matrix& matrix = a.matrix(input);
    const OneNetworkStrength s = one_network_strength(matrix, a.labels("labels"), a.word("network"));
    result.add_scalar(prefix + "within", "mean " + doc + " within the network", s.within, matrix.unit);
    result.add_scalar(prefix + "to_others", "mean " + doc + " of the network with all others", s.to_others,
                      matrix.unit);
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const Matrix& matrix = a.matrix("matrix");
    const std::vector<std::string>& labels = a.labels("labels");
    const std::vector<std::string> networks = network_names(matrix, labels);
    if (a.has_word("network")) count_members(matrix, labels, a.word("network"));
    if (a.has("compare")) {
        require_square_shape(a.matrix("compare"));
        require_same_shape(matrix, a.matrix("compare"));
    }
    return {{"network", networks.size(), {}, {}, networks},
            {"other_network", networks.size(), {}, {}, networks}};
}

Result run_row(const Arguments& a) {
    Result result;
    const bool one = !a.word("network").empty();
    result.add_matrix("strength", "mean connectivity within and between networks",
                      network_strength(a.matrix("matrix"), a.labels("labels")).mean);
    if (one) add_one(result, a, "matrix", "", "connectivity");
    if (!a.has("compare")) return result;
    require_same_shape(a.matrix("matrix"), a.matrix("compare"));
    result.add_matrix("measured_strength", "the same of the matrix compared with",
                      network_strength(a.matrix("compare"), a.labels("labels")).mean);
    if (one) add_one(result, a, "compare", "measured_", "compared connectivity");
    return result;
}

}  // namespace

Analysis rows::network_strength() {
    return {"network_strength",
            "Mean connectivity within and between labelled networks",
            {{"matrix",
              {InputKind::matrix},
              true,
              "a connectivity matrix, or an analysis whose main result is one"},
             {"labels", {InputKind::labels}, true, "the network of every region"},
             {"compare", {InputKind::matrix}, false, "a measured matrix to show beside it"}},
            {{"network", "", std::string(), "a network of interest, e.g. the default mode; empty: none"}},
            {{"strength", "NaN within a network of one region", {"network", "other_network"}, "@"},
             {"within", "of the network of interest", {}, "@", {"network"}},
             {"to_others", "of the network of interest with all others", {}, "@", {"network"}},
             {"measured_strength", "of `compare`", {"network", "other_network"}, "@", {"compare"}},
             {"measured_within", "of the network of interest, in `compare`", {}, "@", {"compare", "network"}},
             {"measured_to_others",
              "of the network of interest with all others, in `compare`",
              {},
              "@",
              {"compare", "network"}}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
