// SPDX-License-Identifier: BSD-3-Clause
// Every math function of the language, over any backend.
#pragma once

#include "base/math/elementary.hpp"
#include "base/math/exponential.hpp"
#include "base/math/logarithm.hpp"
#include "base/math/trigonometry.hpp"
