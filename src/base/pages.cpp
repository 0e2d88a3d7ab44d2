// SPDX-License-Identifier: BSD-3-Clause
// Memory by mmap, and how much of it there is.
#include "base/pages.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <new>
#include <string>

namespace neurodyn {

// Pages that hold copies of files are given up when others need them, so they count as free.
std::size_t free_memory() {
    std::ifstream in("/proc/meminfo");
    for (std::string name; in >> name; in.ignore(256, '\n'))
        if (std::size_t kib = 0; name == "MemAvailable:" && in >> kib) return kib << 10;
    return static_cast<std::size_t>(sysconf(_SC_AVPHYS_PAGES)) *
           static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

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
