// SPDX-License-Identifier: BSD-3-Clause
// Lists in HDF5 groups, with every check: shared by plain and SONATA files.
#pragma once

#include <string>
#include <vector>

#include "network/hdf5_handle.hpp"

namespace neurodyn::network {

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
