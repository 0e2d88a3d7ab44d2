// SPDX-License-Identifier: BSD-3-Clause
// Models as plain differential equations: what neurodyn.NeuralDynamics stands on.
#pragma once

#include <nanobind/nanobind.h>

namespace neurodyn::python {

void bind_survey(nanobind::module_& m);

}  // namespace neurodyn::python
