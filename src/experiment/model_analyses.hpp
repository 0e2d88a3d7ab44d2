// SPDX-License-Identifier: BSD-3-Clause
// Analyses that read a population's equations instead of what was recorded: bifurcations, phase
// planes, Lyapunov exponents.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "analysis/table.hpp"
#include "experiment/build.hpp"

namespace neurodyn::experiment {

struct ModelPicture;

/// Their rows: the first input is a population, the function is empty.
std::span<const analysis::Analysis> model_analyses();
bool reads_model(std::string_view analysis);
/// A row of this table or of analysis::table(). Throws OptionError, with the nearest name.
const analysis::Analysis& find_row(std::string_view name);
/// The rows of both tables, by name.
std::vector<const analysis::Analysis*> all_rows();

struct ModelResult {
    analysis::Result result;
    std::shared_ptr<const ModelPicture> picture;  ///< what is to be drawn
};
/// Names, units and dimensions of what it will give, all sizes unknown. Throws Error where names, ranges or
/// the model do not fit.
analysis::Result outline_model(const std::string& analysis, const network::Network& network,
                               const network::Population& population, const analysis::Options& options);
/// Parameters have their values in one member of an ensemble.
ModelResult run_model(const std::string& analysis, const network::Network& network,
                      const network::Population& population, const analysis::Options& options,
                      std::size_t member);

}  // namespace neurodyn::experiment
