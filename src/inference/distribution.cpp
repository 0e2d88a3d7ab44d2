// SPDX-License-Identifier: BSD-3-Clause
#include "inference/distribution.hpp"

#include <algorithm>
#include <limits>

#include "base/math/table.hpp"

namespace neurodyn::inference {

void take_log(const double* from, double* to, std::size_t n) {
    static const math::FunctionRow& row = *math::find_function("log");
    const double* args[] = {from};
    row.f64(args, to, n);
}

void logs(const std::vector<double>& p, std::vector<double>& to) {
    for (std::size_t i = 0; i < p.size(); ++i) to[i] = std::max(p[i], std::numeric_limits<double>::min());
    take_log(to.data(), to.data(), to.size());
}

double normalise_exponentials(std::vector<double>& x) {
    static const math::FunctionRow& row = *math::find_function("exp");
    const double highest = *std::max_element(x.begin(), x.end());
    for (double& v : x) v -= highest;
    const double* args[] = {x.data()};
    row.f64(args, x.data(), x.size());
    double sum = 0.0, log_sum = 0.0;
    for (const double v : x) sum += v;
    for (double& v : x) v /= sum;
    take_log(&sum, &log_sum, 1);
    return highest + log_sum;
}

void to_probabilities(const std::vector<double>& counts, std::size_t rows, std::vector<double>& table) {
    const std::size_t columns = counts.size() / rows;
    for (std::size_t c = 0; c < columns; ++c) {
        double sum = 0.0;
        for (std::size_t r = 0; r < rows; ++r) sum += counts[r * columns + c];
        for (std::size_t r = 0; r < rows; ++r) table[r * columns + c] = counts[r * columns + c] / sum;
    }
}

}  // namespace neurodyn::inference
