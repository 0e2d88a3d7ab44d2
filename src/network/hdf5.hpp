// SPDX-License-Identifier: BSD-3-Clause
// What the readers of HDF5 files need: identifiers that close themselves, silence, lists with every check.
// Only src/network/*.cpp include this.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace neurodyn::network {

/// An HDF5 identifier that closes itself.
class Hdf5Handle {
  public:
    Hdf5Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    Hdf5Handle(Hdf5Handle&& other) noexcept
        : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
    Hdf5Handle(const Hdf5Handle&) = delete;
    ~Hdf5Handle() {
        if (id_ >= 0) close_(id_);
    }
    operator hid_t() const { return id_; }
    bool is_open() const { return id_ >= 0; }

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

/// HDF5 prints its errors; while this lives it does not.
class QuietHdf5 {
  public:
    QuietHdf5() {
        H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    ~QuietHdf5() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }
    QuietHdf5(const QuietHdf5&) = delete;

  private:
    H5E_auto2_t function_ = nullptr;
    void* data_ = nullptr;
};

/// Names of everything in a group.
std::vector<std::string> link_names(hid_t group);

/// A group of a file, for reading; every message names file and path.
class Hdf5Group {
  public:
    /// Throws FileError when the file has no such group; `hint` says what was expected.
    Hdf5Group(hid_t file, std::string file_path, std::string group_path, const std::string& hint);

    bool has(const std::string& name) const;
    std::vector<std::string> names() const { return link_names(group_); }
    /// A list of numbers. Throws FileError when it is missing, no list, no numbers or not finite.
    std::vector<double> numbers(const std::string& name) const;
    /// A list of whole numbers from 0 to 2^32 - 1.
    std::vector<std::uint32_t> indices(const std::string& name) const;
    /// A text attribute of a dataset, or an empty string.
    std::string attribute(const std::string& dataset, const char* name) const;
    /// The unit that a dataset states in `unit` or `units`, or an empty string.
    std::string unit(const std::string& dataset) const;

    [[noreturn]] void fail(const std::string& name, const std::string& problem) const;

  private:
    Hdf5Handle open(const std::string& name) const;
    std::size_t length(const std::string& name, hid_t dataset, bool whole_numbers) const;

    std::string file_path_, path_;
    Hdf5Handle group_;
};

/// The file, or FileError.
Hdf5Handle open_hdf5(const std::string& path);
/// Throws FileError when two lists of one file differ in length.
void check_length(const Hdf5Group& group, const std::string& name, std::size_t length, std::size_t expected,
                  const std::string& other);

}  // namespace neurodyn::network
