// SPDX-License-Identifier: BSD-3-Clause
// What an experiment's analysis of equations leaves to be drawn.
#pragma once

#include <variant>

#include "experiment/dynamics.hpp"
#include "experiment/network_dynamics.hpp"

namespace neurodyn::experiment {

struct ModelPicture {
    std::variant<Diagram, Curves, Plane, Exponents, NetworkDiagram> of;
};

}  // namespace neurodyn::experiment
