// SPDX-License-Identifier: BSD-3-Clause
// The reader of result files.
#include "record/reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/error.hpp"
#include "record/hdf5.hpp"

namespace neurodyn::record {
namespace {

std::string text_of(const Attributes& attributes, const std::string& name) {
    const auto it = attributes.find(name);
    const auto* text = it == attributes.end() ? nullptr : std::get_if<std::string>(&it->second);
    return text == nullptr ? "" : *text;
}

double number_of(const Attributes& attributes, const std::string& name) {
    const auto it = attributes.find(name);
    const auto* number = it == attributes.end() ? nullptr : std::get_if<double>(&it->second);
    return number == nullptr ? 0.0 : *number;
}

// HDF5's own message for a missing file names its source lines; say which of the usual mistakes it is.
void require_hdf5(const std::string& path) {
    std::error_code code;
    const auto status = std::filesystem::status(path, code);
    if (!std::filesystem::exists(status)) throw FileError(path, "no such file");
    if (std::filesystem::is_directory(status))
        throw FileError(path, "is a directory, a result file was expected");
    if (std::FILE* file = std::fopen(path.c_str(), "rb"))
        std::fclose(file);
    else
        throw FileError(path, "cannot be opened; check its permissions");
    if (H5Fis_hdf5(path.c_str()) <= 0)
        throw FileError(path, "is not an HDF5 file, so not a result of neurodyn");
}

herr_t collect_scale(hid_t, unsigned, hid_t scale, void* data) {
    auto& [path, dimensions] = *static_cast<std::pair<const std::string*, std::vector<Dimension>*>*>(data);
    dimensions->push_back(hdf5::read_dimension(scale, *path));
    return 1;  // one scale per axis
}

}  // namespace

struct Reader::Impl {
    std::string path;
    hdf5::Handle file;

    hdf5::Handle open(const std::string& name) const {
        if (name != "/" && !hdf5::exists(file.get(), name))
            throw Error(fmt::format("{}: there is no '{}'", path, name));
        return hdf5::checked(H5Oopen(file.get(), name.c_str(), H5P_DEFAULT), path,
                             fmt::format("'{}' cannot be read", name));
    }
    std::vector<std::string> names(const std::string& group) const {
        if (group != "/" && !hdf5::exists(file.get(), group)) return {};
        const hdf5::Handle g = open(group);
        std::vector<std::string> groups;
        for (const std::string& name : hdf5::names_in(g.get(), path)) {
            const hdf5::Handle child =
                hdf5::checked(H5Oopen(g.get(), name.c_str(), H5P_DEFAULT), path, "cannot be read");
            if (H5Iget_type(child.get()) == H5I_GROUP) groups.push_back(name);
        }
        return groups;
    }
    RecordedSeries series(const std::string& name) const;
    Array array(hid_t dataset, const std::string& name) const;
};

Reader::Reader(const std::string& path) : impl_(std::make_unique<Impl>()) {
    const hdf5::Quiet quiet;
    require_hdf5(path);
    const hdf5::Handle access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_file_locking(access.get(), false, true);  // a run may still be writing
    H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
    impl_->path = path;
    impl_->file = hdf5::checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), path,
                                "cannot be read as HDF5; it may be damaged");
    const std::string format = text_of(hdf5::read_attributes(impl_->file.get(), path), "format");
    if (!format.starts_with("neurodyn result"))
        throw FileError(path,
                        "is HDF5, but not a result of neurodyn (it has no attribute 'format' that says so)");
}

Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;

Attributes Reader::attributes(const std::string& path) const {
    const hdf5::Quiet quiet;
    const hdf5::Handle object = impl_->open(path);
    return hdf5::read_attributes(object.get(), impl_->path);
}

RecordedSeries Reader::Impl::series(const std::string& name) const {
    const std::string group = "series/" + name + "/";
    const hdf5::Handle values = open(group + name), time = open(group + "time"), node = open(group + "node"),
                       recorded = open(group + "recorded");
    RecordedSeries s;
    const Attributes about = hdf5::read_attributes(values.get(), path),
                     times = hdf5::read_attributes(time.get(), path);
    const std::vector<hsize_t> sizes = hdf5::sizes_of(values.get(), path);
    if (sizes.size() < 2 || sizes.size() > 3)
        throw FileError(
            path, fmt::format("series '{}' has {} dimensions; time, node and perhaps member were expected",
                              name, sizes.size()));
    s.info.name = name;
    s.info.population = text_of(about, "population");
    s.info.expression = text_of(about, "long_name");
    s.info.unit = text_of(about, "units");
    s.info.node_names = hdf5::read_texts(node.get(), path);
    s.info.samples = static_cast<std::size_t>(sizes[0]);
    s.info.members = sizes.size() > 2 ? static_cast<std::size_t>(sizes[2]) : 1;
    s.info.first_s = number_of(times, "first_s");
    s.info.interval_s = number_of(times, "interval_s");
    for (const double count : hdf5::read_numbers(recorded.get(), path))
        s.samples_of_member.push_back(static_cast<std::size_t>(count));
    if (s.samples_of_member.size() != s.info.members || s.info.node_names.size() != sizes[1])
        throw FileError(
            path, fmt::format(
                      "series '{}' has {} nodes and {} members, but {} names and {} counts of samples", name,
                      sizes[1], s.info.members, s.info.node_names.size(), s.samples_of_member.size()));
    return s;
}

std::vector<RecordedSeries> Reader::series() const {
    const hdf5::Quiet quiet;
    std::vector<RecordedSeries> all;
    for (const std::string& name : impl_->names("series")) all.push_back(impl_->series(name));
    return all;
}

RecordedSeries Reader::series(const std::string& name) const {
    const hdf5::Quiet quiet;
    const std::vector<std::string> names = impl_->names("series");
    if (std::find(names.begin(), names.end(), name) != names.end()) return impl_->series(name);
    const std::string near = did_you_mean(name, names);
    throw Error(
        fmt::format("{}: there is no series '{}'{}{}", impl_->path, name, near.empty() ? "" : "; ", near));
}

std::vector<double> Reader::values(const std::string& name, std::size_t member, std::size_t first,
                                   std::size_t count) const {
    const RecordedSeries s = series(name);
    if (member >= s.info.members)
        throw Error(fmt::format("{}: series '{}' has {} members; there is no member {}", impl_->path, name,
                                s.info.members, member));
    if (first + count > s.samples_of_member[member])
        throw Error(fmt::format("{}: series '{}' has {} samples of member {}; there are no samples up to {}",
                                impl_->path, name, s.samples_of_member[member], member, first + count));
    std::vector<double> values(count * s.info.node_names.size());
    if (values.empty()) return values;
    const hdf5::Quiet quiet;
    const hdf5::Handle dataset = impl_->open("series/" + name + "/" + name);
    std::vector<hsize_t> start{first, 0, member}, size{count, s.info.node_names.size(), 1};
    if (s.info.members == 1) start.resize(2), size.resize(2);
    const std::string what = fmt::format("series '{}' cannot be read", name);
    const hdf5::Handle source = hdf5::checked(H5Dget_space(dataset.get()), impl_->path, what),
                       target = hdf5::space(size);
    hdf5::check(
        H5Sselect_hyperslab(source.get(), H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr),
        impl_->path, what);
    hdf5::check(
        H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, target.get(), source.get(), H5P_DEFAULT, values.data()),
        impl_->path, what);
    return values;
}

std::vector<double> Reader::values(const std::string& name, std::size_t member) const {
    const RecordedSeries s = series(name);
    return values(name, member, 0, member < s.samples_of_member.size() ? s.samples_of_member[member] : 0);
}

RecordedEvents Reader::events(const std::string& name, std::size_t member) const {
    const hdf5::Quiet quiet;
    const std::vector<std::string> names = impl_->names("spikes");
    if (std::find(names.begin(), names.end(), name) == names.end())
        throw Error(fmt::format("{}: there are no events '{}'; there are: {}", impl_->path, name,
                                fmt::join(names, ", ")));
    const std::string group = "spikes/" + name;
    const Attributes about = hdf5::read_attributes(impl_->open(group).get(), impl_->path);
    const auto numbers = [&](const char* part) {
        return hdf5::read_numbers(impl_->open(group + "/" + part).get(), impl_->path);
    };
    const double members = number_of(about, "members");
    if (!(static_cast<double>(member) < members))
        throw Error(fmt::format("{}: events '{}' have {} members; there is no member {}", impl_->path, name,
                                members, member));
    const std::vector<double> time_ms = numbers("timestamps"), node = numbers("node_ids"),
                              recorded = numbers("recorded");
    const std::vector<double> of = members > 1.0 ? numbers("member") : std::vector<double>();
    RecordedEvents events{{},
                          {},
                          static_cast<std::size_t>(number_of(about, "nodes")),
                          number_of(about, "first_s"),
                          number_of(about, "last_s")};
    const std::size_t count = std::min({time_ms.size(), node.size(), static_cast<std::size_t>(recorded.at(0)),
                                        of.empty() ? SIZE_MAX : of.size()});
    for (std::size_t k = 0; k < count; ++k) {
        if (!of.empty() && of[k] != static_cast<double>(member)) continue;
        events.time_s.push_back(time_ms[k] / 1e3);
        events.node.push_back(static_cast<std::uint32_t>(node[k]));
    }
    return events;
}

std::vector<std::string> Reader::groups(const std::string& path) const {
    const hdf5::Quiet quiet;
    return impl_->names(path);
}

Array Reader::Impl::array(hid_t dataset, const std::string& name) const {
    Array array;
    array.name = name;
    const Attributes about = hdf5::read_attributes(dataset, path);
    array.doc = text_of(about, "long_name");
    array.unit = text_of(about, "units");
    if (array.unit == "1") array.unit.clear();
    const std::size_t axes = hdf5::sizes_of(dataset, path).size();
    for (unsigned k = 0; k < axes; ++k) {
        std::pair<const std::string*, std::vector<Dimension>*> found{&path, &array.dimensions};
        hdf5::check(H5DSiterate_scales(dataset, k, nullptr, collect_scale, &found), path,
                    "a dimension cannot be read");
    }
    const hdf5::Handle type = hdf5::checked(H5Dget_type(dataset), path, "an array cannot be read");
    if (H5Tget_class(type.get()) == H5T_STRING)
        array.texts = hdf5::read_texts(dataset, path);
    else
        array.values = hdf5::read_numbers(dataset, path);
    return array;
}

std::vector<Array> Reader::arrays(const std::string& group) const {
    const hdf5::Quiet quiet;
    const hdf5::Handle g = impl_->open(group);
    std::vector<Array> arrays;
    for (const std::string& name : hdf5::names_in(g.get(), impl_->path)) {
        const hdf5::Handle child =
            hdf5::checked(H5Oopen(g.get(), name.c_str(), H5P_DEFAULT), impl_->path, "cannot be read");
        if (H5Iget_type(child.get()) == H5I_DATASET && H5DSis_scale(child.get()) == 0)
            arrays.push_back(impl_->array(child.get(), name));
    }
    return arrays;
}

bool Reader::has(const std::string& path) const {
    const hdf5::Quiet quiet;
    return hdf5::exists(impl_->file.get(), path);
}

std::string Reader::text(const std::string& path) const {
    const hdf5::Quiet quiet;
    const hdf5::Handle dataset = impl_->open(path);
    const std::vector<std::string> texts = H5Iget_type(dataset.get()) == H5I_DATASET
                                               ? hdf5::read_texts(dataset.get(), impl_->path)
                                               : std::vector<std::string>{};
    if (texts.size() != 1) throw Error(fmt::format("{}: '{}' is not a text", impl_->path, path));
    return texts.front();
}

}  // namespace neurodyn::record
