// SPDX-License-Identifier: BSD-3-Clause
// Memory by mmap.
#include "base/pages.hpp"

#include <sys/mman.h>

#include <new>

namespace neurodyn {

PagedMemory::PagedMemory(std::size_t bytes) : bytes_(bytes) {
    if (bytes == 0) return;
    data_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data_ == MAP_FAILED) {
        data_ = nullptr;
        throw std::bad_alloc();
    }
    madvise(data_, bytes,
            MADV_HUGEPAGE);  // a wish: without it, everything works and rows are slower to reach
}

PagedMemory::~PagedMemory() {
    if (data_ != nullptr) munmap(data_, bytes_);
}

}  // namespace neurodyn
