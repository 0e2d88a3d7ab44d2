// SPDX-License-Identifier: BSD-3-Clause
// Power in frequency bands.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace neurodyn::analysis {

struct Band {
    std::string name;
    double low_hz = 0.0, high_hz = 0.0;
};

/// "delta 1-4, theta 4-8": names and ends in Hz. Throws OptionError "bands".
std::vector<Band> read_bands(const std::string& text);

/// Sum of density times step over the frequencies of each band, its lower end included.
std::vector<double> band_power(std::span<const double> frequency_hz, std::span<const double> power,
                               const std::vector<Band>& bands);

}  // namespace neurodyn::analysis
