// SPDX-License-Identifier: BSD-3-Clause
// Comparison of connectivity matrices and of distributions.
#include "analysis/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/errors.hpp"

namespace neurodyn::analysis {
namespace {

double mean_of(std::span<const double> values) {
    double sum = 0;  // about the first value, so that the mean of a constant is that constant
    for (const double v : values) sum += v - values.front();
    return values.front() + sum / static_cast<double>(values.size());
}

double product_about(std::span<const double> a, double a_mean, std::span<const double> b, double b_mean) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - a_mean) * (b[i] - b_mean);
    return sum;
}

double squares_about_mean(std::span<const double> a, double mean, const std::string& name) {
    const double squares = product_about(a, mean, a, mean);
    const double rounding = 8 * std::numeric_limits<double>::epsilon() * std::abs(mean);
    if (squares <= static_cast<double>(a.size()) * rounding * rounding)
        throw DataError(fmt::format("all values of '{}' are {}; a constant has no correlation", name, mean),
                        name);
    return squares;
}

}  // namespace

double pearson(std::span<const double> a, std::span<const double> b, const std::string& a_name,
               const std::string& b_name) {
    if (a.size() != b.size())
        throw ShapeError(fmt::format("'{}' has {} values and '{}' has {}; they must have as many", a_name,
                                     a.size(), b_name, b.size()),
                         a_name, b_name);
    if (a.size() < 3)
        throw DataError(fmt::format("'{}' has {} values; a correlation needs at least 3", a_name, a.size()),
                        a_name);
    const double a_mean = mean_of(a), b_mean = mean_of(b);
    const double a_squares = squares_about_mean(a, a_mean, a_name),
                 b_squares = squares_about_mean(b, b_mean, b_name);
    return std::clamp(product_about(a, a_mean, b, b_mean) / std::sqrt(a_squares) / std::sqrt(b_squares), -1.0,
                      1.0);
}

double ks_distance(std::vector<double> a, std::vector<double> b) {
    for (auto* values : {&a, &b}) {
        if (values->empty())
            throw DataError("a Kolmogorov-Smirnov distance needs two distributions, one is empty", "");
        for (const double v : *values)
            if (!std::isfinite(v))
                throw DataError(
                    fmt::format("a Kolmogorov-Smirnov distance needs finite values, one is {}", v), "");
        std::sort(values->begin(), values->end());
    }
    double largest = 0;
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        const double x = std::min(a[i], b[j]);
        while (i < a.size() && a[i] == x) ++i;
        while (j < b.size() && b[j] == x) ++j;
        largest = std::max(largest, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                             static_cast<double>(j) / static_cast<double>(b.size())));
    }
    return largest;
}

Comparison compare(const Matrix& a, const Matrix& b) {
    require_square(a);
    require_square(b);
    require_same_shape(a, b);
    require_finite(a);
    require_finite(b);
    const std::vector<double> x = upper_triangle(a), y = upper_triangle(b);
    Comparison c;
    c.similarity = pearson(x, y, a.name, b.name);
    c.cosine = product_about(x, 0, y, 0) / std::sqrt(product_about(x, 0, x, 0)) /
               std::sqrt(product_about(y, 0, y, 0));
    for (std::size_t i = 0; i < x.size(); ++i) {
        c.mean_absolute_difference += std::abs(x[i] - y[i]) / static_cast<double>(x.size());
        c.mean_squared_difference += (x[i] - y[i]) * (x[i] - y[i]) / static_cast<double>(x.size());
    }
    c.ks_distance = ks_distance(x, y);
    return c;
}

void add_comparison(Result& result, const Matrix& found, const Matrix& measured) {
    const Comparison c = compare(found, measured);
    result.add_scalar("similarity", "Pearson correlation of the upper triangles", c.similarity);
    result.add_scalar("cosine", "cosine between the upper triangles", c.cosine);
    result.add_scalar("mean_absolute_difference", "mean absolute difference", c.mean_absolute_difference,
                      found.unit);
    result.add_scalar("mean_squared_difference", "mean squared difference", c.mean_squared_difference,
                      found.unit.empty() ? "" : "(" + found.unit + ")^2");
    result.add_scalar("ks_distance", "Kolmogorov-Smirnov distance between the values", c.ks_distance);
}

std::vector<ResultSpec> with_comparison(std::vector<ResultSpec> others, const std::string& unit) {
    const std::string squared = unit.empty() ? "" : unit + "^2";
    for (const ResultSpec& spec : std::initializer_list<ResultSpec>{
             {"similarity", "Pearson correlation of the upper triangle with that of `compare`"},
             {"cosine", "cosine between the two upper triangles"},
             {"mean_absolute_difference", "mean over the upper triangle", {}, unit},
             {"mean_squared_difference", "mean over the upper triangle", {}, squared},
             {"ks_distance", "Kolmogorov-Smirnov distance between the two distributions of values"}}) {
        others.push_back(spec);
        others.back().needs = {"compare"};
    }
    return others;
}

void plan_comparison(const Matrix& found, const Matrix& measured) {
    require_square_shape(found);
    require_square_shape(measured);
    require_same_shape(found, measured);
    if (found.rows < 3)
        throw DataError(fmt::format("'{}' is {} x {}; to compare matrices takes at least 3 rows", found.name,
                                    found.rows, found.columns),
                        found.name);
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_comparison(a.matrix("matrix"), a.matrix("compare"));
    return {};
}

Result run_row(const Arguments& a) {
    Result result;
    add_comparison(result, a.matrix("matrix"), a.matrix("compare"));
    return result;
}

}  // namespace

Analysis rows::compare_matrices() {
    return {"compare_matrices",
            "How alike two connectivity matrices are, by their upper triangles",
            {{"matrix",
              {InputKind::matrix},
              true,
              "a connectivity matrix, or an analysis whose main result is one"},
             {"compare", {InputKind::matrix}, true, "the matrix to compare with"}},
            {},
            with_comparison({}, "@"),
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
