// SPDX-License-Identifier: BSD-3-Clause
// What the parts of neurodyn._core have in common.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <memory>
#include <utility>
#include <vector>

namespace neurodyn::python {

using Numpy = nanobind::ndarray<nanobind::numpy, double>;
using Numpy32 = nanobind::ndarray<nanobind::numpy, std::uint32_t>;

/// An array that owns the vector's memory: no number is copied.
template <class Array, class T>
Array to_numpy(std::vector<T> values, const std::vector<std::size_t>& shape) {
    auto owned = std::make_unique<std::vector<T>>(std::move(values));
    T* const data = owned->data();
    nanobind::capsule owner(owned.get(), [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
    owned.release();
    return Array(data, shape.size(), shape.data(), owner);
}

/// Every analysis of the engine's table on arrays.
void bind_analysis(nanobind::module_& m);
/// Models as plain differential equations: what neurodyn.NeuralDynamics stands on.
void bind_survey(nanobind::module_& m);

}  // namespace neurodyn::python
