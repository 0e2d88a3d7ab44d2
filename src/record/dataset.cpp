// SPDX-License-Identifier: BSD-3-Clause
// Single datasets of any HDF5 file.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "record/arrays.hpp"
#include "record/hdf5.hpp"

namespace neurodyn::record {
namespace {

constexpr std::size_t most_listed = 20;

herr_t add_dataset(hid_t, const char* name, const H5O_info_t* info, void* data) {
    auto& names = *static_cast<std::vector<std::string>*>(data);
    if (info->type == H5O_TYPE_DATASET && names.size() < most_listed)
        names.push_back(std::string("/") + name);
    return 0;
}

hdf5::Handle open_file(const std::string& path) {
    if (H5Fis_hdf5(path.c_str()) <= 0) {
        read_file(path, SIZE_MAX);  // says what is wrong with the path itself
        throw FileError(path, "is not an HDF5 file");
    }
    const hdf5::Handle access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_file_locking(access.get(), false, true);  // a run may still be writing
    H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
    return hdf5::checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), path,
                         "cannot be read as HDF5; it may be damaged");
}

std::string unit_of(const Attributes& attributes) {
    for (const char* name : {"units", "unit"})
        if (const auto found = attributes.find(name); found != attributes.end())
            if (const auto* text = std::get_if<std::string>(&found->second)) return *text == "1" ? "" : *text;
    return {};
}

}  // namespace

NumberArray read_dataset(const std::string& path, const std::string& name) {
    const hdf5::Quiet quiet;
    const hdf5::Handle file = open_file(path);
    hdf5::Handle dataset;
    if (hdf5::exists(file.get(), name))
        dataset = hdf5::Handle(H5Oopen(file.get(), name.c_str(), H5P_DEFAULT));
    if (!dataset || H5Iget_type(dataset.get()) != H5I_DATASET) {
        std::vector<std::string> names;
        H5Ovisit2(file.get(), H5_INDEX_NAME, H5_ITER_INC, add_dataset, &names, H5O_INFO_BASIC);
        throw FileError(path,
                        fmt::format("there is no dataset '{}'; there are: {}{}", name, fmt::join(names, ", "),
                                    names.size() == most_listed ? ", ..." : ""));
    }
    const hdf5::Handle type = hdf5::checked(H5Dget_type(dataset.get()), path, "a dataset cannot be read");
    const H5T_class_t kind = H5Tget_class(type.get());
    if (kind != H5T_FLOAT && kind != H5T_INTEGER && kind != H5T_ENUM)
        throw FileError(path, fmt::format("dataset '{}' does not hold plain numbers", name));
    NumberArray array;
    for (const hsize_t n : hdf5::sizes_of(dataset.get(), path)) array.shape.push_back(n);
    array.values = hdf5::read_numbers(dataset.get(), path);
    array.unit = unit_of(hdf5::read_attributes(dataset.get(), path));
    return array;
}

bool is_result(const std::string& path) {
    const hdf5::Quiet quiet;
    if (H5Fis_hdf5(path.c_str()) <= 0) return false;
    const hdf5::Handle file = open_file(path);
    const Attributes attributes = hdf5::read_attributes(file.get(), path);
    const auto format = attributes.find("format");
    const auto* text = format == attributes.end() ? nullptr : std::get_if<std::string>(&format->second);
    return text != nullptr && text->starts_with("neurodyn result");
}

}  // namespace neurodyn::record
