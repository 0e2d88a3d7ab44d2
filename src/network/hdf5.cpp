// SPDX-License-Identifier: BSD-3-Clause
// Lists in HDF5 groups, read part by part.
#include "network/hdf5.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"

namespace neurodyn::network {
namespace {

constexpr hsize_t chunk = hsize_t{1} << 20;

/// Reads a list part by part; `take(first, part)` gets each.
template <class T, class Take>
bool read_parts(hid_t dataset, hid_t memory_type, std::size_t length, Take take) {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    std::vector<T> part;
    for (hsize_t first = 0; first < length; first += chunk) {
        const hsize_t count = std::min<hsize_t>(chunk, length - first);
        part.resize(count);
        const Hdf5Handle memory(H5Screate_simple(1, &count, nullptr), H5Sclose);
        if (H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, nullptr, &count, nullptr) < 0 ||
            H5Dread(dataset, memory_type, memory, space, H5P_DEFAULT, part.data()) < 0)
            return false;
        take(static_cast<std::size_t>(first), part);
    }
    return true;
}

}  // namespace

std::vector<std::string> link_names(hid_t group) {
    std::vector<std::string> names;
    const auto visit = [](hid_t, const char* name, const H5L_info_t*, void* data) -> herr_t {
        static_cast<std::vector<std::string>*>(data)->emplace_back(name);
        return 0;
    };
    H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &names);
    return names;
}

Hdf5Handle open_hdf5(const std::string& path) {
    Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (!file.is_open()) throw FileError(path, "cannot be read as an HDF5 file");
    return file;
}

Hdf5Group::Hdf5Group(hid_t file, std::string file_path, std::string group_path, const std::string& hint)
    : file_path_(std::move(file_path)),
      path_(std::move(group_path)),
      group_(H5Gopen2(file, path_.c_str(), H5P_DEFAULT), H5Gclose) {
    if (!group_.is_open()) throw FileError(file_path_, fmt::format("has no group '{}'; {}", path_, hint));
    if (!path_.ends_with('/')) path_ += '/';
}

void Hdf5Group::fail(const std::string& name, const std::string& problem) const {
    throw FileError(file_path_, fmt::format("'{}{}' {}", path_, name, problem));
}

bool Hdf5Group::has(const std::string& name) const {
    return Hdf5Handle(H5Dopen2(group_, name.c_str(), H5P_DEFAULT), H5Dclose).is_open();
}

Hdf5Handle Hdf5Group::open(const std::string& name) const {
    Hdf5Handle dataset(H5Dopen2(group_, name.c_str(), H5P_DEFAULT), H5Dclose);
    if (!dataset.is_open())
        fail(name, fmt::format("is missing; this group has: {}", fmt::join(names(), ", ")));
    return dataset;
}

std::size_t Hdf5Group::length(const std::string& name, hid_t dataset, bool whole_numbers) const {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    const H5T_class_t kind = H5Tget_class(type);
    if (H5Sget_simple_extent_ndims(space) != 1) fail(name, "must have one dimension");
    if (kind != H5T_INTEGER && (whole_numbers || kind != H5T_FLOAT))
        fail(name, whole_numbers ? "must hold whole numbers" : "must hold numbers");
    hsize_t length = 0;
    H5Sget_simple_extent_dims(space, &length, nullptr);
    return length;
}

std::vector<double> Hdf5Group::numbers(const std::string& name) const {
    const Hdf5Handle dataset = open(name);
    std::vector<double> values(length(name, dataset, false));
    const bool read =
        read_parts<double>(dataset, H5T_NATIVE_DOUBLE, values.size(), [&](auto first, auto& part) {
            std::copy(part.begin(), part.end(), values.begin() + static_cast<std::ptrdiff_t>(first));
        });
    if (!read) fail(name, "cannot be read; is the file whole?");
    for (std::size_t k = 0; k < values.size(); ++k)
        if (!std::isfinite(values[k])) fail(name, fmt::format("has the value {} in row {}", values[k], k));
    return values;
}

std::vector<std::uint32_t> Hdf5Group::indices(const std::string& name) const {
    const Hdf5Handle dataset = open(name);
    std::vector<std::uint32_t> values(length(name, dataset, true));
    const auto take = [&](std::size_t first, const std::vector<std::int64_t>& part) {
        for (std::size_t k = 0; k < part.size(); ++k) {
            if (part[k] < 0 || part[k] > std::numeric_limits<std::uint32_t>::max())
                fail(name, fmt::format("has {} in row {}; 0 to 2^32 - 1 is possible", part[k], first + k));
            values[first + k] = static_cast<std::uint32_t>(part[k]);
        }
    };
    if (!read_parts<std::int64_t>(dataset, H5T_NATIVE_INT64, values.size(), take))
        fail(name, "cannot be read; is the file whole?");
    return values;
}

std::string Hdf5Group::attribute(const std::string& dataset, const char* name) const {
    const Hdf5Handle object(H5Dopen2(group_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
    const Hdf5Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
    if (!attribute.is_open()) return {};
    const Hdf5Handle type(H5Aget_type(attribute), H5Tclose);
    if (H5Tget_class(type) != H5T_STRING) return {};
    if (H5Tis_variable_str(type) > 0) {
        char* text = nullptr;
        if (H5Aread(attribute, type, &text) < 0 || text == nullptr) return {};
        std::string copy(text);
        H5free_memory(text);
        return copy;
    }
    std::string text(H5Tget_size(type), '\0');
    if (H5Aread(attribute, type, text.data()) < 0) return {};
    text.resize(std::min(text.size(), text.find('\0')));
    return text;
}

std::string Hdf5Group::unit(const std::string& dataset) const {
    const std::string unit = attribute(dataset, "unit");
    return unit.empty() ? attribute(dataset, "units") : unit;
}

void check_length(const Hdf5Group& group, const std::string& name, std::size_t length, std::size_t expected,
                  const std::string& other) {
    if (length != expected)
        group.fail(name, fmt::format("has {} rows, but '{}' has {}", length, other, expected));
}

}  // namespace neurodyn::network
