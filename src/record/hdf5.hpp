// SPDX-License-Identifier: BSD-3-Clause
// HDF5 with owned handles and errors as exceptions. Only src/record/*.cpp include this.
#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

#include "record/array.hpp"

namespace neurodyn::record::hdf5 {

/// Owns an HDF5 identifier of any kind.
class Handle {
  public:
    Handle() = default;
    explicit Handle(hid_t id) : id_(id) {}
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }
    ~Handle() { close(); }
    hid_t get() const { return id_; }
    explicit operator bool() const { return id_ >= 0; }
    void close() {
        if (id_ >= 0) H5Idec_ref(std::exchange(id_, -1));
    }

  private:
    hid_t id_ = -1;
};

/// Keeps HDF5 from printing while it lives.
class Quiet {
  public:
    Quiet();
    ~Quiet();
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

  private:
    H5E_auto2_t function_ = nullptr;
    void* data_ = nullptr;
};

/// Throws FileError "<path>: <what>: <HDF5's deepest reason>", with advice for a full disk, when `code` is
/// negative.
void check(herr_t code, const std::string& path, const std::string& what);
/// The same for an identifier, which it takes over.
Handle checked(hid_t id, const std::string& path, const std::string& what);

/// The type of texts: UTF-8 of any length.
Handle text_type();
/// The space of a simple array; a scalar when `sizes` is empty.
Handle space(const std::vector<hsize_t>& sizes);

void write_attribute(hid_t object, const std::string& name, const AttributeValue& value,
                     const std::string& path);
/// Attributes of an object, without those that HDF5's dimension scales and NetCDF use for themselves.
Attributes read_attributes(hid_t object, const std::string& path);

/// Throws FileError when the disk has no room for so many bytes more of `what`: HDF5, when it runs out of
/// room halfway, leaves a file that cannot be opened.
void require_room(const std::string& path, std::size_t bytes, const std::string& what);

/// A group, with those above it, tracked in the order of creation as NetCDF-4 does.
Handle create_group(hid_t file, const std::string& name, const std::string& path);

/// A new dataset of texts, written.
Handle write_texts(hid_t group, const std::string& name, const std::vector<std::string>& texts,
                   const std::vector<hsize_t>& sizes, const std::string& path);
std::vector<std::string> read_texts(hid_t dataset, const std::string& path);
/// A new dataset of doubles, written.
Handle write_numbers(hid_t group, const std::string& name, const std::vector<double>& values,
                     const std::vector<hsize_t>& sizes, const std::string& path);
/// A new dataset of whole numbers, written.
Handle write_counts(hid_t group, const std::string& name, const std::vector<std::int64_t>& values,
                    const std::string& path);
std::vector<double> read_numbers(hid_t dataset, const std::string& path);
std::vector<hsize_t> sizes_of(hid_t dataset, const std::string& path);

/// A dimension with its coordinates (numbers, names or none), as a NetCDF-4 dimension scale.
Handle write_dimension(hid_t group, const Dimension& dimension, const std::string& path);
/// Reads one back.
Dimension read_dimension(hid_t scale, const std::string& path);

/// Names of the links of a group, in alphabetical order.
std::vector<std::string> names_in(hid_t group, const std::string& path);
/// Whether every part of `name` exists.
bool exists(hid_t file, const std::string& name);

}  // namespace neurodyn::record::hdf5
