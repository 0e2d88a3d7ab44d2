// SPDX-License-Identifier: BSD-3-Clause
// HDF5 errors, attributes, texts and numbers.
#include "record/hdf5.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "base/error.hpp"

namespace neurodyn::record::hdf5 {
namespace {

// What NetCDF-4 calls a dimension without coordinates (netCDF-4 file format, "Dimensions without variables").
constexpr const char* bare_dimension = "This is a netCDF dimension but not a netCDF variable.";

// The deepest entry of the error stack is the reason; one with a system error tells most.
herr_t keep_reason(unsigned, const H5E_error2_t* error, void* data) {
    auto& reason = *static_cast<std::string*>(data);
    const std::string text = error->desc == nullptr ? "" : error->desc;
    if (reason.find("errno") == std::string::npos && !text.empty()) reason = text;
    return 0;
}

std::string reason() {
    std::string text;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_reason, &text);
    if (text.find("No space left") != std::string::npos) return "the disk is full (no space left on device)";
    if (text.find("File too large") != std::string::npos)
        return "the file would be larger than is allowed here";
    return text.empty() ? "no reason given" : text;
}

herr_t append_name(hid_t, const char* name, const H5L_info_t*, void* data) {
    static_cast<std::vector<std::string>*>(data)->push_back(name);
    return 0;
}

herr_t append_attribute_name(hid_t, const char* name, const H5A_info_t*, void* data) {
    static_cast<std::vector<std::string>*>(data)->push_back(name);
    return 0;
}

bool internal(const std::string& name) {
    static constexpr std::array names = {"CLASS",          "NAME",       "REFERENCE_LIST",
                                         "DIMENSION_LIST", "_FillValue", "_Netcdf4Dimid"};
    return std::any_of(names.begin(), names.end(), [&](const char* n) { return name == n; });
}

AttributeValue read_attribute(hid_t attribute, const std::string& path) {
    const Handle type = checked(H5Aget_type(attribute), path, "an attribute cannot be read");
    if (H5Tget_class(type.get()) == H5T_STRING && H5Tis_variable_str(type.get()) > 0) {
        char* raw = nullptr;
        const Handle memory = text_type();
        check(H5Aread(attribute, memory.get(), &raw), path, "an attribute cannot be read");
        const std::string text = raw == nullptr ? "" : raw;
        H5free_memory(raw);
        return text;
    }
    if (H5Tget_class(type.get()) == H5T_INTEGER) {
        std::int64_t value = 0;
        check(H5Aread(attribute, H5T_NATIVE_INT64, &value), path, "an attribute cannot be read");
        return value;
    }
    double value = 0;
    check(H5Aread(attribute, H5T_NATIVE_DOUBLE, &value), path, "an attribute cannot be read");
    return value;
}

}  // namespace

Quiet::Quiet() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Quiet::~Quiet() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

void check(herr_t code, const std::string& path, const std::string& what) {
    if (code < 0) throw FileError(path, what + ": " + reason());
}

Handle checked(hid_t id, const std::string& path, const std::string& what) {
    if (id < 0) throw FileError(path, what + ": " + reason());
    return Handle(id);
}

Handle text_type() {
    Handle type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    return type;
}

Handle space(const std::vector<hsize_t>& sizes) {
    if (sizes.empty()) return Handle(H5Screate(H5S_SCALAR));
    return Handle(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr));
}

void write_attribute(hid_t object, const std::string& name, const AttributeValue& value,
                     const std::string& path) {
    const std::string what = fmt::format("attribute '{}' cannot be written", name);
    if (H5Aexists(object, name.c_str()) > 0) check(H5Adelete(object, name.c_str()), path, what);
    const Handle scalar = space({}), text = text_type();
    const auto write = [&](hid_t type, const void* data) {
        const Handle a = checked(
            H5Acreate2(object, name.c_str(), type, scalar.get(), H5P_DEFAULT, H5P_DEFAULT), path, what);
        check(H5Awrite(a.get(), type, data), path, what);
    };
    if (const auto* s = std::get_if<std::string>(&value)) {
        const char* raw = s->c_str();
        write(text.get(), &raw);
    } else if (const auto* i = std::get_if<std::int64_t>(&value)) {
        write(H5T_NATIVE_INT64, i);
    } else {
        write(H5T_NATIVE_DOUBLE, std::get_if<double>(&value));
    }
}

Attributes read_attributes(hid_t object, const std::string& path) {
    std::vector<std::string> names;
    hsize_t index = 0;
    check(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &index, append_attribute_name, &names), path,
          "attributes cannot be read");
    Attributes attributes;
    for (const std::string& name : names) {
        if (internal(name)) continue;
        const Handle a =
            checked(H5Aopen(object, name.c_str(), H5P_DEFAULT), path, "an attribute cannot be read");
        const Handle shape = checked(H5Aget_space(a.get()), path, "an attribute cannot be read");
        if (H5Sget_simple_extent_npoints(shape.get()) == 1)  // lists are not ours
            attributes.emplace(name, read_attribute(a.get(), path));
    }
    return attributes;
}

Handle create_group(hid_t file, const std::string& name, const std::string& path) {
    const std::string what = fmt::format("group '{}' cannot be written", name);
    const Handle order(H5Pcreate(H5P_GROUP_CREATE));
    H5Pset_link_creation_order(order.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    Handle group;
    for (std::size_t end = 0; end != std::string::npos;) {
        end = name.find('/', end + 1);
        const std::string part = name.substr(0, end);
        group =
            exists(file, part)
                ? checked(H5Gopen2(file, part.c_str(), H5P_DEFAULT), path, what)
                : checked(H5Gcreate2(file, part.c_str(), H5P_DEFAULT, order.get(), H5P_DEFAULT), path, what);
    }
    return group;
}

namespace {

// HDF5 clears its conversion buffers, 1 MiB each unless told otherwise, for every list of texts: most of a
// short run.
Handle text_transfer() {
    constexpr std::size_t buffer_bytes = 64 * 1024;
    Handle transfer(H5Pcreate(H5P_DATASET_XFER));
    H5Pset_buffer(transfer.get(), buffer_bytes, nullptr, nullptr);
    return transfer;
}

}  // namespace

Handle write_texts(hid_t group, const std::string& name, const std::vector<std::string>& texts,
                   const std::vector<hsize_t>& sizes, const std::string& path) {
    const std::string what = fmt::format("'{}' cannot be written", name);
    const Handle type = text_type(), shape = space(sizes);
    Handle dataset = checked(
        H5Dcreate2(group, name.c_str(), type.get(), shape.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), path,
        what);
    std::vector<const char*> raw;
    for (const std::string& text : texts) raw.push_back(text.c_str());
    if (!raw.empty())
        check(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, text_transfer().get(), raw.data()), path,
              what);
    return dataset;
}

std::vector<std::string> read_texts(hid_t dataset, const std::string& path) {
    const Handle shape = checked(H5Dget_space(dataset), path, "texts cannot be read"), type = text_type();
    std::vector<char*> raw(static_cast<std::size_t>(H5Sget_simple_extent_npoints(shape.get())));
    if (raw.empty()) return {};
    check(H5Dread(dataset, type.get(), H5S_ALL, H5S_ALL, text_transfer().get(), raw.data()), path,
          "texts cannot be read");
    std::vector<std::string> texts;
    for (const char* text : raw) texts.emplace_back(text == nullptr ? "" : text);
    H5Dvlen_reclaim(type.get(), shape.get(), H5P_DEFAULT, raw.data());
    return texts;
}

Handle write_numbers(hid_t group, const std::string& name, const std::vector<double>& values,
                     const std::vector<hsize_t>& sizes, const std::string& path) {
    const std::string what = fmt::format("'{}' cannot be written", name);
    const Handle shape = space(sizes);
    const Handle layout(H5Pcreate(H5P_DATASET_CREATE));
    const double missing = std::nan("");  // what has no values is read as such
    H5Pset_fill_value(layout.get(), H5T_NATIVE_DOUBLE, &missing);
    Handle dataset = checked(H5Dcreate2(group, name.c_str(), H5T_NATIVE_DOUBLE, shape.get(), H5P_DEFAULT,
                                        layout.get(), H5P_DEFAULT),
                             path, what);
    if (!values.empty())
        check(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), path,
              what);
    return dataset;
}

Handle write_counts(hid_t group, const std::string& name, const std::vector<std::int64_t>& values,
                    const std::string& path) {
    const std::string what = fmt::format("'{}' cannot be written", name);
    const Handle shape = space({values.size()});
    Handle dataset = checked(
        H5Dcreate2(group, name.c_str(), H5T_NATIVE_INT64, shape.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        path, what);
    check(H5Dwrite(dataset.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), path,
          what);
    return dataset;
}

std::vector<double> read_numbers(hid_t dataset, const std::string& path) {
    const Handle shape = checked(H5Dget_space(dataset), path, "numbers cannot be read");
    std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(shape.get())));
    if (!values.empty())
        check(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), path,
              "numbers cannot be read");
    return values;
}

std::vector<hsize_t> sizes_of(hid_t dataset, const std::string& path) {
    const Handle shape = checked(H5Dget_space(dataset), path, "a shape cannot be read");
    std::vector<hsize_t> sizes(static_cast<std::size_t>(H5Sget_simple_extent_ndims(shape.get())));
    if (!sizes.empty()) H5Sget_simple_extent_dims(shape.get(), sizes.data(), nullptr);
    return sizes;
}

Handle write_dimension(hid_t group, const Dimension& d, const std::string& path) {
    const std::vector<hsize_t> sizes{d.size};
    Handle scale;
    std::string name = d.name;
    if (!d.labels.empty()) {
        scale = write_texts(group, d.name, d.labels, sizes, path);
    } else if (!d.values.empty()) {
        scale = write_numbers(group, d.name, d.values, sizes, path);
        write_attribute(scale.get(), "units", d.unit.empty() ? "1" : d.unit, path);
    } else {
        const Handle shape = space(sizes);  // never written: takes no room
        scale = checked(H5Dcreate2(group, d.name.c_str(), H5T_IEEE_F32BE, shape.get(), H5P_DEFAULT,
                                   H5P_DEFAULT, H5P_DEFAULT),
                        path, fmt::format("dimension '{}' cannot be written", d.name));
        name = fmt::format("{}{:10}", bare_dimension, d.size);
    }
    check(H5DSset_scale(scale.get(), name.c_str()), path,
          fmt::format("dimension '{}' cannot be written", d.name));
    return scale;
}

Dimension read_dimension(hid_t scale, const std::string& path) {
    Dimension d;
    std::array<char, 512> name{};
    H5Iget_name(scale, name.data(), name.size());
    d.name = name.data();
    d.name = d.name.substr(d.name.rfind('/') + 1);
    const std::vector<hsize_t> sizes = sizes_of(scale, path);
    if (sizes.size() != 1) throw FileError(path, "dimension '" + d.name + "' is not a list");
    d.size = static_cast<std::size_t>(sizes[0]);
    std::array<char, 512> title{};
    H5DSget_scale_name(scale, title.data(), title.size());
    if (std::strncmp(title.data(), bare_dimension, std::strlen(bare_dimension)) == 0) return d;
    const Handle type = checked(H5Dget_type(scale), path, "a dimension cannot be read");
    if (H5Tget_class(type.get()) == H5T_STRING) {
        d.labels = read_texts(scale, path);
        return d;
    }
    d.values = read_numbers(scale, path);
    const Attributes attributes = read_attributes(scale, path);
    if (const auto unit = attributes.find("units"); unit != attributes.end())
        d.unit = std::get<std::string>(unit->second);
    if (d.unit == "1") d.unit.clear();
    return d;
}

std::vector<std::string> names_in(hid_t group, const std::string& path) {
    std::vector<std::string> names;
    hsize_t index = 0;
    check(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &index, append_name, &names), path,
          "a group cannot be read");
    return names;
}

bool exists(hid_t file, const std::string& name) {
    for (std::size_t end = 0; end != std::string::npos;) {
        end = name.find('/', end + 1);
        if (H5Lexists(file, name.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    }
    return true;
}

// Takes the room and gives it back.
void require_room(const std::string& path, std::size_t bytes, const std::string& what) {
    constexpr std::size_t overhead = 256 << 10;  // of indices and descriptions
    const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    const off_t size = file < 0 ? -1 : ::lseek(file, 0, SEEK_END);
    int problem = size < 0 ? errno : 0;
    if (size >= 0) {
        if (::fallocate(file, 0, size, static_cast<off_t>(bytes + overhead)) != 0) problem = errno;
        if (::ftruncate(file, size) != 0) problem = errno;
    }
    if (file >= 0) ::close(file);
    if (problem == 0 || problem == EOPNOTSUPP) return;  // not every file system can tell
    throw FileError(path, fmt::format("there is no room for {}, {:.3g} MB: {}", what,
                                      1e-6 * static_cast<double>(bytes), std::strerror(problem)));
}

}  // namespace neurodyn::record::hdf5
