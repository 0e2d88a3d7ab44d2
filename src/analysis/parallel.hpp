// SPDX-License-Identifier: BSD-3-Clause
// A parallel loop whose failure does not depend on the number of threads.
#pragma once

#include <cstddef>
#include <exception>

namespace neurodyn::analysis {

/// Calls body(0) .. body(count - 1) on OpenMP threads. Rethrows the exception of the lowest index that
/// failed; all other indices still run.
template <class Body>
void parallel_for(std::size_t count, const Body& body) {
    std::exception_ptr failure;
    std::size_t failed = count;
#pragma omp parallel for schedule(dynamic)
    for (std::size_t i = 0; i < count; ++i) {
        try {
            body(i);
        } catch (...) {
#pragma omp critical(neurodyn_analysis_failure)
            if (i < failed) {
                failed = i;
                failure = std::current_exception();
            }
        }
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace neurodyn::analysis
