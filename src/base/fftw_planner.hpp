// SPDX-License-Identifier: BSD-3-Clause
// The lock under which transforms are planned and given up: FFTW has one planner for the whole process, and
// only execution is thread-safe.
#pragma once

#include <mutex>

namespace neurodyn {

inline std::mutex& fftw_planner() {
    static std::mutex mutex;
    return mutex;
}

}  // namespace neurodyn
