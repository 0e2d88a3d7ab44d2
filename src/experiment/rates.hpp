// SPDX-License-Identifier: BSD-3-Clause
// The rates at which an experiment's network can rest, by its neurons' stationary rates.
#pragma once

#include <complex>
#include <string>
#include <vector>

#include "engine/self_consistent.hpp"
#include "experiment/run.hpp"

namespace neurodyn::experiment {

struct NetworkRates {
    std::vector<std::string> populations;
    std::vector<Unit> potential_units;  ///< in which the text gives the potential
    std::vector<engine::RestState> states;
    /// Of the first stable state, Hz per unit of the potential's drift: [population][frequency].
    std::vector<std::vector<std::complex<double>>> response;
};

/// Throws InputError, FileError or Error; see engine::RateNetwork. The response is found where frequencies
/// are given.
NetworkRates find_rates(const std::string& path, const RunSettings& settings,
                        const engine::RestOptions& options, const std::vector<double>& frequency_hz);

}  // namespace neurodyn::experiment
