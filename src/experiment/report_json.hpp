// SPDX-License-Identifier: BSD-3-Clause
// Helpers of the report's document: numbers as the page reads them, and figures made of results. Included by
// report*.cpp alone.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "experiment/report.hpp"

namespace neurodyn::experiment {

using Json = nlohmann::ordered_json;

/// "f32:" and base64 of little-endian float32.
std::string pack(std::span<const double> values);
/// A matrix of the document.
Json pack_matrix(std::size_t rows, std::size_t columns, std::span<const double> values);
/// A number, or null when it is not finite.
Json finite(double value);
Json axis(const std::string& label, const std::string& unit = {});

/// Figures of one analysis: matrices beside what they are compared with, spectra, distributions, values on
/// the brain.
Json analysis_figures(const AnalysisResult& done, const ReportInput& input);
/// Of avalanches: distributions with the power laws fitted to them, and mean sizes, on logarithmic axes.
Json avalanche_figures(const AnalysisResult& done, const ReportInput& input);
/// Figures of an analysis of equations: diagrams, curves, planes.
Json picture_figures(const ModelPicture& picture);
/// Analyses of one kind that give numbers and distributions alone belong together; all others are alone.
std::vector<std::vector<const AnalysisResult*>> analysis_groups(const AnalysisResults& results);
/// Figures of a group of several: distributions on common bins, matrices of pairs, one table.
Json group_figures(const std::vector<const AnalysisResult*>& group);
/// A panel for each analysis that has a result of that name for pairs of at most 150 neurons; null without
/// any.
Json pair_matrix(const std::vector<const AnalysisResult*>& group, const std::string& name);
/// "mean_rate" -> "mean rate"
std::string in_words(std::string name);
std::string capital(std::string text);
/// With a capital and a full stop.
std::string sentence(const std::string& text);
/// One value for each node: on the brain where the nodes are regions with coordinates, else bars or a
/// histogram.
Json vector_figure(const std::string& title, const analysis::ResultArray& array, const ReportInput& input);
/// What trials adjusted, and the means that they reached.
Json tuning_figures(const ReportInput& input);
/// A raster and the populations' rates for each monitor of events.
Json event_figures(const ReportInput& input);
/// Lines of what was recorded.
Json series_figures(const ReportInput& input);
/// A field on a line over time, or pictures of one in a plane.
Json field_figure(const Preview& preview);
/// A curve (one axis) or heat map (two axes) for each result of the sweep.
Json sweep_figures(const ReportInput& input);
/// Regions in space with their strongest connections, for each connectome with coordinates.
Json connectome_figures(const ReportInput& input);
/// Regions as points, for a brain figure; null when the connectome has no coordinates.
Json brain_regions(const ConnectomeData& connectome);
/// Adds "groups" and "group_of" when the regions' networks are known.
void add_groups(Json& figure, const ConnectomeData& connectome);

}  // namespace neurodyn::experiment
