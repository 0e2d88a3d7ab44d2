// SPDX-License-Identifier: BSD-3-Clause
// All fixed points in a box, with proof: boxes in which a slope cannot be zero are left out, boxes that hold
// exactly one fixed point are found by Krawczyk's operator (Krawczyk 1969, doi:10.1007/BF02234767; Neumaier
// 1990, Interval Methods for Systems of Equations), others are cut in two.
#pragma once

#include <vector>

#include "dynamics/fixed_points.hpp"

namespace neurodyn::dynamics {

struct EnclosureSettings {
    std::size_t most_boxes = 20'000;  ///< that are looked at
};

struct Enclosure {
    std::vector<Eigen::VectorXd> points;  ///< in the states' units; each is the only one near
    std::vector<Box>
        open;  ///< boxes that may hold others: a double zero, a jump, or no boxes left to look at
    std::size_t boxes = 0;  ///< that were looked at
    bool is_complete() const { return open.empty(); }
};

/// Of dx/dt with the free parameters at `parameters` (in their units), in a box in the states' units.
Enclosure enclose_fixed_points(const VectorField& field, const Eigen::VectorXd& parameters, const Box& box,
                               const EnclosureSettings& settings = {});

}  // namespace neurodyn::dynamics
