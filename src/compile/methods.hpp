// SPDX-License-Identifier: BSD-3-Clause
// The methods behind the method table: each turns a system into the states after one step.
#pragma once

#include "compile/step_builder.hpp"

namespace neurodyn::compile {

/// New states from old ones. Noise has been checked against the method's row by then.
using Transform = StateNodes (*)(StepBuilder& builder);

/// x + f dt, and + g dW: Euler-Maruyama (Maruyama 1955), Itô.
StateNodes euler_step(StepBuilder& builder);
/// Predictor by Euler, then the mean slope: order 2; with noise Stratonovich (Rümelin 1982).
StateNodes heun_step(StepBuilder& builder);
/// The classical method of Kutta 1901.
StateNodes rk4_step(StepBuilder& builder);
/// Each equation linear in its own variable is solved exactly with all others held (Rush & Larsen 1978;
/// MacGregor 1987).
StateNodes exponential_euler_step(StepBuilder& builder);
/// The propagator of a linear system with constant coefficients (Rotter & Diesmann 1999).
StateNodes exact_step(StepBuilder& builder);
/// Milstein 1974 for diagonal noise, Itô.
StateNodes milstein_step(StepBuilder& builder);

/// What a system's noise is at its worst; none without noise.
NoiseClass noise_class(const System& system);
std::string_view to_string(NoiseClass noise);
/// Throws Error where the method cannot treat the noise.
void check_noise(const System& system, const MethodInfo& method);
/// True when every drift is affine in the states with coefficients of parameters, and noise is additive, so
/// that exact_step succeeds.
bool exact_applies(const System& system, const StepOptions& options);
Transform find_transform(const MethodInfo& method);  ///< null for cvode

}  // namespace neurodyn::compile
