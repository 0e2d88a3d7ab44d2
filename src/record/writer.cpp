// SPDX-License-Identifier: BSD-3-Clause
// The writer of a result file: series in place, flushed so that a kill leaves them readable.
#include "record/writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <limits>
#include <numeric>
#include <set>

#include "base/error.hpp"
#include "record/events.hpp"
#include "record/hdf5.hpp"

namespace neurodyn::record {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double fill = std::numeric_limits<double>::quiet_NaN();
constexpr hsize_t chunk_doubles = 1 << 17;  // 1 MiB: large enough to stream, small enough to read a part
constexpr hsize_t member_chunk = 16;
constexpr hsize_t node_chunk = 4096;
constexpr std::size_t cache_bytes = 16 << 20;
constexpr auto flush_interval = std::chrono::seconds(1);

struct OpenSeries {
    engine::SeriesInfo info;
    hdf5::Handle values, time, recorded;
    std::vector<hsize_t> chunk;
    std::vector<std::int64_t> arrived;  // samples of every member
    bool changed = false;
};

// HDF5 says only that it failed; the system says why.
void require_writable(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder))
        throw FileError(path, fmt::format("cannot be written: there is no folder '{}'", folder.string()));
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) throw FileError(path, fmt::format("cannot be written: {}", std::strerror(errno)));
    ::close(file);
}

// Without evictions, metadata reach the disk in flush() only, and between two flushes the file stays as it
// was.
void keep_metadata_in_memory(hid_t file, const std::string& path) {
    H5AC_cache_config_t config{};
    config.version = H5AC__CURR_CACHE_CONFIG_VERSION;
    hdf5::check(H5Fget_mdc_config(file, &config), path, "the cache cannot be set up");
    config.evictions_enabled = false;
    config.incr_mode = H5C_incr__off;
    config.flash_incr_mode = H5C_flash_incr__off;
    config.decr_mode = H5C_decr__off;
    hdf5::check(H5Fset_mdc_config(file, &config), path, "the cache cannot be set up");
}

// As the samples come, where that is known: whole chunks need no cache.
std::vector<hsize_t> chunk_sizes(const engine::SeriesInfo& info, const std::vector<hsize_t>& sizes) {
    const bool known = info.samples_at_once > 0;
    const hsize_t members = std::min<hsize_t>(info.members, known ? info.members_at_once : member_chunk);
    const hsize_t nodes = std::min<hsize_t>(sizes[1], node_chunk);
    const hsize_t samples = known ? info.samples_at_once : chunk_doubles / (nodes * members);
    std::vector<hsize_t> chunk{std::clamp<hsize_t>(samples, 1, sizes[0]), nodes, members};
    chunk.resize(sizes.size());
    return chunk;
}

// Whole chunks are taken, of values and of times.
std::size_t series_bytes(const engine::SeriesInfo& info, const std::vector<hsize_t>& sizes) {
    const std::vector<hsize_t> chunk = chunk_sizes(info, sizes);
    std::size_t values = 8;
    for (std::size_t k = 0; k < sizes.size(); ++k) values *= (sizes[k] + chunk[k] - 1) / chunk[k] * chunk[k];
    const std::size_t time_chunk = std::min<std::size_t>(info.samples, chunk_doubles);
    return values + 8 * ((info.samples + time_chunk - 1) / time_chunk * time_chunk);
}

// Everything is allocated and filled with NaN at once, so that later writes change numbers in place only.
hdf5::Handle series_layout(const engine::SeriesInfo& info, const std::vector<hsize_t>& sizes,
                           const std::string& path) {
    const std::vector<hsize_t> chunk = chunk_sizes(info, sizes);
    hdf5::Handle layout(H5Pcreate(H5P_DATASET_CREATE));
    hdf5::check(H5Pset_chunk(layout.get(), static_cast<int>(chunk.size()), chunk.data()), path,
                "chunks cannot be set");
    H5Pset_fill_value(layout.get(), H5T_NATIVE_DOUBLE, &fill);
    H5Pset_alloc_time(layout.get(), H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(layout.get(), H5D_FILL_TIME_ALLOC);
    return layout;
}

void write_fill_attribute(hid_t dataset, const std::string& path) {
    const hdf5::Handle one = hdf5::space({1});
    const hdf5::Handle a = hdf5::checked(
        H5Acreate2(dataset, "_FillValue", H5T_NATIVE_DOUBLE, one.get(), H5P_DEFAULT, H5P_DEFAULT), path,
        "_FillValue");
    hdf5::check(H5Awrite(a.get(), H5T_NATIVE_DOUBLE, &fill), path, "_FillValue");
}

std::size_t product(const std::vector<Dimension>& dimensions) {
    std::size_t size = 1;
    for (const Dimension& d : dimensions) size *= d.size;
    return size;
}

void require_name(const std::string& name, const std::string& what) {
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
        name.find('\0') != std::string::npos)
        throw Error(fmt::format("'{}' cannot be the name of {} in a result file", name, what));
}

bool same(const Dimension& a, const Dimension& b) {
    return a.size == b.size && a.unit == b.unit && a.values == b.values && a.labels == b.labels;
}

// The dimensions of a group by name. Throws Error when one name means two things.
std::vector<Dimension> collect_dimensions(const std::vector<Array>& arrays) {
    std::vector<Dimension> all;
    std::set<std::string> names;
    for (const Array& array : arrays) {
        require_name(array.name, "an array");
        if (!names.insert(array.name).second)
            throw Error(fmt::format("two arrays of one group are called '{}'", array.name));
        const std::size_t size = array.texts.empty() ? array.values.size() : array.texts.size();
        if (size != product(array.dimensions))
            throw Error(fmt::format("array '{}' has {} values, but its dimensions ask for {}", array.name,
                                    size, product(array.dimensions)));
        for (const Dimension& d : array.dimensions) {
            require_name(d.name, "a dimension");
            if ((!d.values.empty() && d.values.size() != d.size) ||
                (!d.labels.empty() && d.labels.size() != d.size))
                throw Error(fmt::format("dimension '{}' has size {}, but {} coordinates", d.name, d.size,
                                        std::max(d.values.size(), d.labels.size())));
            const auto known =
                std::find_if(all.begin(), all.end(), [&](const Dimension& k) { return k.name == d.name; });
            if (known == all.end())
                all.push_back(d);
            else if (!same(*known, d))
                throw Error(fmt::format("dimension '{}' of array '{}' differs from that of another array",
                                        d.name, array.name));
        }
    }
    for (const Dimension& d : all)
        if (names.count(d.name) > 0)
            throw Error(fmt::format("'{}' is the name of an array and of a dimension", d.name));
    return all;
}

// Texts lie in HDF5's heaps, with some room around each.
std::size_t bytes_of(const std::vector<Array>& arrays, const std::vector<Dimension>& dimensions) {
    std::size_t bytes = 0;
    const auto add = [&](const std::vector<double>& values, const std::vector<std::string>& texts) {
        bytes += 8 * values.size();
        for (const std::string& text : texts) bytes += text.size() + 48;
    };
    for (const Array& array : arrays) add(array.values, array.texts);
    for (const Dimension& d : dimensions) add(d.values, d.labels);
    return bytes + 4096 * (arrays.size() + dimensions.size());
}

}  // namespace

struct Writer::Impl {
    std::string path;
    hdf5::Handle file;
    std::vector<OpenSeries> series;
    std::vector<EventsTable> events;
    Clock::time_point flushed = Clock::now();

    void write_block(OpenSeries& s, std::size_t first_sample, std::size_t rows, std::size_t first_member,
                     std::size_t member_count, std::span<const double> values) const;
    void flush_to_disk();
    void cut(OpenSeries& s) const;
    void require_open() const {
        if (!file) throw Error(path + ": is closed, nothing more can be written");
    }
};

Writer::Writer(const std::string& path) : impl_(std::make_unique<Impl>()) {
    const hdf5::Quiet quiet;
    impl_->path = path;
    require_writable(path);
    const hdf5::Handle access(H5Pcreate(H5P_FILE_ACCESS)), creation(H5Pcreate(H5P_FILE_CREATE));
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18,
                         H5F_LIBVER_V18);            // no marks of an open file: a kill leaves none
    H5Pset_file_locking(access.get(), false, true);  // others may read while the run goes on
    H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
    H5Pset_link_creation_order(creation.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    impl_->file = hdf5::checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), path,
                                "cannot be created");
    keep_metadata_in_memory(impl_->file.get(), path);
    hdf5::write_attribute(impl_->file.get(), "Conventions", "CF-1.10", path);
    hdf5::write_attribute(impl_->file.get(), "format", "neurodyn result 1", path);
    hdf5::create_group(impl_->file.get(), "series", path);
    impl_->flush_to_disk();
}

Writer::~Writer() {
    if (!impl_ || !impl_->file) return;
    try {
        close();
    } catch (...) {  // close() is there to be called by those who want to know
        const hdf5::Quiet quiet;
        impl_->series.clear();
        impl_->events.clear();
        impl_->file.close();
    }
}

Writer::Writer(Writer&&) noexcept = default;

std::size_t Writer::open_series(const engine::SeriesInfo& info) {
    const hdf5::Quiet quiet;
    impl_->require_open();
    const std::string& path = impl_->path;
    require_name(info.name, "a series");
    if (info.name == "time" || info.name == "node" || info.name == "member" || info.name == "recorded")
        throw Error(
            fmt::format("a series cannot be called '{}': that is a variable of every series", info.name));
    if (info.samples == 0 || info.node_names.empty() || info.members == 0)
        throw Error(
            fmt::format("series '{}' has {} samples of {} nodes and {} members; nothing would be recorded",
                        info.name, info.samples, info.node_names.size(), info.members));
    const std::string name = "series/" + info.name;
    if (hdf5::exists(impl_->file.get(), name))
        throw Error(fmt::format("two series are called '{}'", info.name));
    const hdf5::Handle group = hdf5::create_group(impl_->file.get(), name, path);
    std::vector<hsize_t> sizes{info.samples, info.node_names.size()};
    if (info.members > 1) sizes.push_back(info.members);

    const std::string what = fmt::format("series '{}' cannot be written", info.name);
    hdf5::require_room(path, series_bytes(info, sizes), fmt::format("series '{}'", info.name));
    const hdf5::Handle layout = series_layout(info, sizes, path), shape = hdf5::space(sizes);
    const hdf5::Handle access(H5Pcreate(H5P_DATASET_ACCESS));
    H5Pset_chunk_cache(access.get(), 1009, cache_bytes, 1.0);
    OpenSeries s;
    s.info = info;
    s.chunk = chunk_sizes(info, sizes);
    s.arrived.resize(info.members);
    s.values = hdf5::checked(H5Dcreate2(group.get(), info.name.c_str(), H5T_NATIVE_DOUBLE, shape.get(),
                                        H5P_DEFAULT, layout.get(), access.get()),
                             path, what);
    hdf5::write_attribute(s.values.get(), "units", info.unit.empty() ? "1" : info.unit, path);
    hdf5::write_attribute(s.values.get(), "long_name", info.expression.empty() ? info.name : info.expression,
                          path);
    hdf5::write_attribute(s.values.get(), "population", info.population, path);
    write_fill_attribute(s.values.get(), path);

    // Time is chunked as the values are, so that both can be cut when a run stops early.
    const hdf5::Handle times = hdf5::space({info.samples}), time_layout(H5Pcreate(H5P_DATASET_CREATE));
    const hsize_t time_chunk = std::min<hsize_t>(info.samples, chunk_doubles);
    H5Pset_chunk(time_layout.get(), 1, &time_chunk);
    s.time = hdf5::checked(H5Dcreate2(group.get(), "time", H5T_NATIVE_DOUBLE, times.get(), H5P_DEFAULT,
                                      time_layout.get(), H5P_DEFAULT),
                           path, what);
    std::vector<double> time_s(info.samples);
    for (std::size_t t = 0; t < info.samples; ++t)
        time_s[t] = info.first_s + static_cast<double>(t) * info.interval_s;
    hdf5::check(H5Dwrite(s.time.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, time_s.data()), path,
                what);
    hdf5::write_attribute(s.time.get(), "units", "s", path);
    hdf5::write_attribute(s.time.get(), "first_s", info.first_s, path);
    hdf5::write_attribute(s.time.get(), "interval_s", info.interval_s, path);
    hdf5::check(H5DSset_scale(s.time.get(), "time"), path, what);

    const hdf5::Handle node =
        hdf5::write_dimension(group.get(), {"node", info.node_names.size(), {}, {}, info.node_names}, path);
    std::vector<std::int64_t> numbers(info.members);
    std::iota(numbers.begin(), numbers.end(), 0);
    const hdf5::Handle member = hdf5::write_counts(group.get(), "member", numbers, path);
    hdf5::check(H5DSset_scale(member.get(), "member"), path, what);
    s.recorded = hdf5::write_counts(group.get(), "recorded", s.arrived, path);
    hdf5::write_attribute(s.recorded.get(), "long_name", "samples of every member that have arrived", path);
    hdf5::check(H5DSattach_scale(s.values.get(), s.time.get(), 0), path, what);
    hdf5::check(H5DSattach_scale(s.values.get(), node.get(), 1), path, what);
    if (info.members > 1) hdf5::check(H5DSattach_scale(s.values.get(), member.get(), 2), path, what);
    hdf5::check(H5DSattach_scale(s.recorded.get(), member.get(), 0), path, what);
    impl_->series.push_back(std::move(s));
    impl_->flush_to_disk();
    return impl_->series.size() - 1;
}

void Writer::Impl::write_block(OpenSeries& s, std::size_t first_sample, std::size_t rows,
                               std::size_t first_member, std::size_t member_count,
                               std::span<const double> values) const {
    const bool members = s.info.members > 1;
    std::vector<hsize_t> start{first_sample, 0}, count{rows, s.info.node_names.size()};
    if (members) start.push_back(first_member), count.push_back(member_count);
    const std::string what = fmt::format("samples {} to {} of series '{}' cannot be written", first_sample,
                                         first_sample + rows - 1, s.info.name);
    if (start.back() % s.chunk.back() == 0 && start[0] % s.chunk[0] == 0 && count == s.chunk) {
        hdf5::check(
            H5Dwrite_chunk(s.values.get(), H5P_DEFAULT, 0, start.data(), values.size_bytes(), values.data()),
            path, what);
        return;
    }
    const hdf5::Handle target = hdf5::checked(H5Dget_space(s.values.get()), path, what);
    const hdf5::Handle source = hdf5::space(count);
    hdf5::check(
        H5Sselect_hyperslab(target.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), path,
        what);
    hdf5::check(
        H5Dwrite(s.values.get(), H5T_NATIVE_DOUBLE, source.get(), target.get(), H5P_DEFAULT, values.data()),
        path, what);
}

void Writer::append(std::size_t index, std::size_t first_sample, std::size_t first_member,
                    std::size_t member_count, std::span<const double> values) {
    impl_->require_open();
    OpenSeries& s = impl_->series.at(index);
    const std::size_t width = s.info.node_names.size() * member_count;
    if (values.empty()) return;
    if (member_count == 0 || values.size() % width != 0)
        throw Error(fmt::format("series '{}': {} values are not whole samples of {} nodes and {} members",
                                s.info.name, values.size(), s.info.node_names.size(), member_count));
    const std::size_t rows = values.size() / width;
    if (first_sample + rows > s.info.samples || first_member + member_count > s.info.members)
        throw Error(fmt::format(
            "series '{}' was announced with {} samples and {} members; samples {} to {} of members "
            "{} to {} do not fit",
            s.info.name, s.info.samples, s.info.members, first_sample, first_sample + rows - 1, first_member,
            first_member + member_count - 1));
    const hdf5::Quiet quiet;
    impl_->write_block(s, first_sample, rows, first_member, member_count, values);
    for (std::size_t m = first_member; m < first_member + member_count; ++m)
        s.arrived[m] = static_cast<std::int64_t>(first_sample + rows);
    s.changed = true;
    if (Clock::now() - impl_->flushed >= flush_interval) impl_->flush_to_disk();
}

std::size_t Writer::open_events(const engine::EventsInfo& info) {
    const hdf5::Quiet quiet;
    impl_->require_open();
    const std::string name = info.event == "spike" ? info.population : info.population + "." + info.event;
    require_name(name, "recorded events");
    impl_->events.emplace_back(impl_->file.get(), name, info, impl_->path);
    impl_->flush_to_disk();
    return impl_->events.size() - 1;
}

void Writer::append_events(std::size_t events, std::size_t member, std::span<const double> time_s,
                           std::span<const std::uint32_t> node) {
    const hdf5::Quiet quiet;
    impl_->require_open();
    impl_->events.at(events).append(member, time_s, node);
    if (Clock::now() - impl_->flushed >= flush_interval) impl_->flush_to_disk();
}

// The values go first and the counts of samples after them: a count never promises what is not on the disk.
void Writer::Impl::flush_to_disk() {
    const std::string what = "cannot be written";
    hdf5::check(H5Fflush(file.get(), H5F_SCOPE_LOCAL), path, what);
    bool again = false;
    for (OpenSeries& s : series) {
        if (!s.changed) continue;
        hdf5::check(
            H5Dwrite(s.recorded.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, s.arrived.data()),
            path, what);
        s.changed = false;
        again = true;
    }
    for (EventsTable& e : events) again = e.write_count() || again;
    if (again) hdf5::check(H5Fflush(file.get(), H5F_SCOPE_LOCAL), path, what);
    flushed = Clock::now();
}

void Writer::flush() {
    const hdf5::Quiet quiet;
    impl_->require_open();
    impl_->flush_to_disk();
}

void Writer::set_attribute(const std::string& name, const AttributeValue& value) {
    const hdf5::Quiet quiet;
    impl_->require_open();
    hdf5::write_attribute(impl_->file.get(), name, value, impl_->path);
}

void Writer::write_group(const std::string& path, const std::vector<Array>& arrays,
                         const Attributes& attributes) {
    const hdf5::Quiet quiet;
    impl_->require_open();
    const std::vector<Dimension> dimensions = collect_dimensions(arrays);
    if (hdf5::exists(impl_->file.get(), path))
        throw Error(fmt::format("{}: group '{}' exists already", impl_->path, path));
    hdf5::require_room(impl_->path, bytes_of(arrays, dimensions), fmt::format("'{}'", path));
    const hdf5::Handle group = hdf5::create_group(impl_->file.get(), path, impl_->path);
    for (const auto& [name, value] : attributes) hdf5::write_attribute(group.get(), name, value, impl_->path);
    std::map<std::string, hdf5::Handle> scales;
    for (const Dimension& d : dimensions)
        scales.emplace(d.name, hdf5::write_dimension(group.get(), d, impl_->path));
    for (const Array& array : arrays) {
        std::vector<hsize_t> sizes;
        for (const Dimension& d : array.dimensions) sizes.push_back(d.size);
        const hdf5::Handle dataset =
            array.texts.empty()
                ? hdf5::write_numbers(group.get(), array.name, array.values, sizes, impl_->path)
                : hdf5::write_texts(group.get(), array.name, array.texts, sizes, impl_->path);
        if (array.texts.empty()) {
            hdf5::write_attribute(dataset.get(), "units", array.unit.empty() ? "1" : array.unit, impl_->path);
            write_fill_attribute(dataset.get(), impl_->path);
        }
        hdf5::write_attribute(dataset.get(), "long_name", array.doc.empty() ? array.name : array.doc,
                              impl_->path);
        for (unsigned k = 0; k < array.dimensions.size(); ++k)
            hdf5::check(H5DSattach_scale(dataset.get(), scales.at(array.dimensions[k].name).get(), k),
                        impl_->path, fmt::format("'{}' cannot be written", array.name));
    }
    impl_->flush_to_disk();
}

void Writer::write_text(const std::string& path, const std::string& text) {
    const hdf5::Quiet quiet;
    impl_->require_open();
    const std::size_t cut = path.rfind('/');
    require_name(path.substr(cut == std::string::npos ? 0 : cut + 1), "a text");
    if (hdf5::exists(impl_->file.get(), path))
        throw Error(fmt::format("{}: '{}' exists already", impl_->path, path));
    hdf5::require_room(impl_->path, text.size(), fmt::format("'{}'", path));
    if (cut != std::string::npos) hdf5::create_group(impl_->file.get(), path.substr(0, cut), impl_->path);
    hdf5::write_texts(impl_->file.get(), path, {text}, {}, impl_->path);
    impl_->flush_to_disk();
}

void Writer::Impl::cut(OpenSeries& s) const {
    const auto arrived = static_cast<hsize_t>(*std::max_element(s.arrived.begin(), s.arrived.end()));
    if (arrived == s.info.samples) return;
    std::vector<hsize_t> sizes = hdf5::sizes_of(s.values.get(), path);
    sizes[0] = arrived;
    hdf5::check(H5Dset_extent(s.values.get(), sizes.data()), path, "a series cannot be cut");
    hdf5::check(H5Dset_extent(s.time.get(), &arrived), path, "a series cannot be cut");
}

void Writer::close() {
    const hdf5::Quiet quiet;
    impl_->require_open();
    impl_->flush_to_disk();
    for (OpenSeries& s : impl_->series) impl_->cut(s);
    impl_->series.clear();
    for (EventsTable& e : impl_->events) e.cut();
    impl_->events.clear();
    impl_->flush_to_disk();
    impl_->file.close();
}

}  // namespace neurodyn::record
