// SPDX-License-Identifier: BSD-3-Clause
// The series that the analysis tests share with numpy and scipy.
#pragma once

#include <cmath>
#include <string>

#include "analysis/data.hpp"

namespace neurodyn::analysis {

/// In numpy: t = arange(600)[:, None]; c = arange(5)[None, :];
/// x = sin(.37*t*(c+1)) + .3*((t*7 + c*13) % 11)/11 + .5*cos(.11*t); one sample per 0.5 s.
/// Every number in these tests that is said to be numpy's or scipy's was computed from this x with
/// numpy 2.4.6 and scipy 1.17.1.
inline Series sample_series(std::size_t samples = 600, std::size_t channels = 5) {
    Series s;
    s.samples = samples;
    s.channels = channels;
    s.interval_s = 0.5;
    s.name = "bold";
    s.unit = "mV";
    s.dimension = "region";
    for (std::size_t c = 0; c < channels; ++c) s.labels.push_back("region_" + std::to_string(c));
    for (std::size_t t = 0; t < samples; ++t)
        for (std::size_t c = 0; c < channels; ++c)
            s.values.push_back(std::sin(0.37 * static_cast<double>(t * (c + 1))) +
                               0.3 * static_cast<double>((t * 7 + c * 13) % 11) / 11 +
                               0.5 * std::cos(0.11 * static_cast<double>(t)));
    return s;
}

/// The text of the exception that `body` throws; empty when it throws none.
template <class Body>
std::string error_of(const Body& body) {
    try {
        body();
    } catch (const std::exception& e) {
        return e.what();
    }
    return {};
}

}  // namespace neurodyn::analysis
