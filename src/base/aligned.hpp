// SPDX-License-Identifier: BSD-3-Clause
// Arrays aligned and padded for vector kernels: 64-byte start, length a multiple of the widest vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace neurodyn {

inline constexpr std::size_t alignment_bytes = 64;
/// Element counts are padded to a multiple of this, so that no kernel has a tail loop.
inline constexpr std::size_t padding_elements = 16;

constexpr std::size_t padded(std::size_t count) {
    return (count + padding_elements - 1) / padding_elements * padding_elements;
}

template <class T>
struct AlignedAllocator {
    using value_type = T;
    AlignedAllocator() = default;
    template <class U>
    AlignedAllocator(const AlignedAllocator<U>&) {}
    T* allocate(std::size_t n) {
        return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t{alignment_bytes}));
    }
    void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t{alignment_bytes}); }
    template <class U>
    bool operator==(const AlignedAllocator<U>&) const {
        return true;
    }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace neurodyn
