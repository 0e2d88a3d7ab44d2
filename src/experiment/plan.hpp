// SPDX-License-Identifier: BSD-3-Clause
// A sweep as few runs of many members: points that differ in values alone share one network, others get their
// own.
#pragma once

#include <vector>

#include "experiment/build.hpp"

namespace neurodyn::experiment {

/// One point of a sweep: an index into each axis, and which repeat.
struct SweepPoint {
    std::vector<std::size_t> index;
    std::size_t repeat = 0;
};

/// Points in order: the last axis varies fastest, repeats fastest of all.
std::vector<SweepPoint> sweep_points(const SweepSection& sweep);

/// The document with the point's values set. Repeat r runs with seed + r; points share seeds, so that they
/// differ by their values and not by luck.
Document document_at(const Document& document, const Experiment& experiment, const SweepPoint& point,
                     bool sweep_times);

/// Members of one network and the points that they are.
struct Batch {
    Built built;
    std::vector<std::size_t> points;
    std::vector<TuningPlan> tunings;  ///< one for each point
};

/// Builds every point's network and joins those of the same structure (models, sizes, connectivity, delays,
/// dt, monitors) as members.
std::vector<Batch> plan_sweep(const Document& document, const Experiment& experiment, Resources& resources,
                              const BuildOptions& options, const std::vector<SweepPoint>& points,
                              const std::vector<std::size_t>& which);

/// True when the networks differ at most in values and seeds.
bool same_structure(const network::Network& a, const network::Network& b);
/// One network whose members are the given ones, which must have the same structure.
network::Network join_members(const std::vector<network::Network>& networks);
/// The network of these members alone.
network::Network select_members(const network::Network& network, const std::vector<std::size_t>& members);

}  // namespace neurodyn::experiment
