// SPDX-License-Identifier: BSD-3-Clause
// Series of draws for tests of statistics.
#pragma once

#include <cmath>
#include <cstdint>

#include "analysis/data.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {

/// Independent standard normal values.
inline Series white_noise(std::size_t samples, std::size_t channels, double interval_s, std::uint64_t seed) {
    Series s;
    s.samples = samples;
    s.channels = channels;
    s.interval_s = interval_s;
    s.name = "noise";
    s.values.resize(samples * channels);
    for (std::size_t k = 0; k < s.values.size(); ++k) s.values[k] = normal_at(seed, 7, 0, k);
    return s;
}

/// value(t in s, channel) of each sample.
template <class Value>
Series series_of(std::size_t samples, std::size_t channels, double interval_s, const Value& value) {
    Series s = white_noise(samples, channels, interval_s, 1);
    s.name = "signal";
    for (std::size_t t = 0; t < samples; ++t)
        for (std::size_t c = 0; c < channels; ++c)
            s.values[t * channels + c] = value(static_cast<double>(t) * interval_s, c);
    return s;
}

}  // namespace neurodyn::analysis
