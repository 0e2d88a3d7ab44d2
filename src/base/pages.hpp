// SPDX-License-Identifier: BSD-3-Clause
// Very large arrays on huge pages, untouched until they are written.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace neurodyn {

/// What can be had without swapping.
std::size_t free_memory();

/// Memory of zeros straight from the system; huge pages where it has them. Throws std::bad_alloc.
class PagedMemory {
  public:
    PagedMemory() = default;
    explicit PagedMemory(std::size_t bytes);
    ~PagedMemory();
    PagedMemory(PagedMemory&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    PagedMemory& operator=(PagedMemory&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    void* data() const { return data_; }

  private:
    void* data_ = nullptr;
    std::size_t bytes_ = 0;
};

/// An array of plain values in such memory, all zero at first.
template <class T>
class PagedArray {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    PagedArray() = default;
    explicit PagedArray(std::size_t size) : memory_(size * sizeof(T)), size_(size) {}
    std::size_t size() const { return size_; }
    T* data() const { return static_cast<T*>(memory_.data()); }
    T& operator[](std::size_t i) const { return data()[i]; }

  private:
    PagedMemory memory_;
    std::size_t size_ = 0;
};

}  // namespace neurodyn
