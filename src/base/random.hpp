// SPDX-License-Identifier: BSD-3-Clause
// Random numbers by counter: a draw is a pure function of seed, stream, step and node (math/philox.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace neurodyn {

/// Which draws: those of one stream (one noise source of one population) at one step.
struct DrawSource {
    /// One seed for each member, or one for all: then every member gets the same draws.
    std::span<const std::uint64_t> seeds;
    std::uint16_t stream = 0;
    std::uint64_t step = 0;        ///< below 2^48
    std::uint64_t first_node = 0;  ///< the node of the first row; below 2^34
    std::uint32_t member = 0;      ///< sets draws of one seed apart
};

/// Standard normals, laid out [node][member]: out.size() is a multiple of `members`. The draw of a node
/// depends on neither first_node nor members, nor on the machine. Fastest where first_node is a multiple
/// of 64. None exceeds 6.77 in size.
void fill_normal(std::span<double> out, std::size_t members, const DrawSource& source);
void fill_normal(std::span<float> out, std::size_t members, const DrawSource& source);

/// The same for `steps` steps from source.step: that of step s begins at out[s * apart].
void fill_normal_steps(std::span<double> out, std::size_t steps, std::size_t apart, std::size_t members,
                       const DrawSource& source);
void fill_normal_steps(std::span<float> out, std::size_t steps, std::size_t apart, std::size_t members,
                       const DrawSource& source);

/// Uniform draws in (0, 1), never 0 nor 1; 32 random bits each (23 in single precision).
void fill_uniform(std::span<double> out, std::size_t members, const DrawSource& source);
void fill_uniform(std::span<float> out, std::size_t members, const DrawSource& source);

/// The 32 random bits that each uniform draw in double precision is made of; for one seed.
void fill_words(std::span<std::uint32_t> out, const DrawSource& source);

/// One draw, the same as in the arrays.
double normal_at(std::uint64_t seed, std::uint16_t stream, std::uint64_t step, std::uint64_t node,
                 std::uint32_t member = 0);
double uniform_at(std::uint64_t seed, std::uint16_t stream, std::uint64_t step, std::uint64_t node,
                  std::uint32_t member = 0);

/// A draw from the Poisson distribution of the given mean, by inversion of a 64-bit uniform number: exact
/// for small and large means alike, in time of the order of sqrt(mean). 0 for a mean of 0; NaN for a
/// negative or non-finite one. It does not share its random bits with other draws of the stream.
double poisson_at(double mean, std::uint64_t seed, std::uint16_t stream, std::uint64_t step,
                  std::uint64_t node, std::uint32_t member = 0);

}  // namespace neurodyn
