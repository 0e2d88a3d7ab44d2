// SPDX-License-Identifier: BSD-3-Clause
// Exact binomial and hypergeometric counts, each made from one uniform number.
#pragma once

#include <cstdint>

namespace neurodyn::network {

/// A uniform number in (0, 1) of 53 bits from two of 32 (as fill_uniform makes them).
double combine_uniforms(double high, double low);

/// How many of `trials` succeed, each with `probability`: the distribution inverted at `uniform` from its
/// mode outwards, in time of the order of its standard deviation.
std::uint64_t binomial_count(double uniform, std::uint64_t trials, double probability);

/// How many of `draws` without repetition from `total` things are among the `marked` ones of them.
std::uint64_t hypergeometric_count(double uniform, std::uint64_t total, std::uint64_t marked,
                                   std::uint64_t draws);

}  // namespace neurodyn::network
