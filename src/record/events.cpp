// SPDX-License-Identifier: BSD-3-Clause
// Arrays that grow by an eighth: their description on the disk changes rarely, so that a kill hardly ever
// meets it.
#include "record/events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "record/hdf5.hpp"

namespace neurodyn::record {
namespace {

constexpr hsize_t chunk = 1 << 16;

hdf5::Handle growing(hid_t group, const char* name, hid_t type, const std::string& path) {
    const hsize_t none = 0, unlimited = H5S_UNLIMITED;
    const hdf5::Handle shape(H5Screate_simple(1, &none, &unlimited)), layout(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_chunk(layout.get(), 1, &chunk);
    H5Pset_alloc_time(layout.get(), H5D_ALLOC_TIME_EARLY);
    // What has not arrived when a run is killed must not look like events.
    constexpr double no_time = std::numeric_limits<double>::quiet_NaN();
    if (H5Tget_class(type) == H5T_FLOAT) H5Pset_fill_value(layout.get(), H5T_NATIVE_DOUBLE, &no_time);
    return hdf5::checked(H5Dcreate2(group, name, type, shape.get(), H5P_DEFAULT, layout.get(), H5P_DEFAULT),
                         path, "spikes cannot be written");
}

// SONATA's attribute: an enumeration of how the spikes are sorted.
void write_sorting(hid_t group, bool by_time, const std::string& path) {
    const hdf5::Handle type(H5Tenum_create(H5T_NATIVE_UINT8)), one = hdf5::space({});
    const char* const names[] = {"none", "by_id", "by_time"};
    for (std::uint8_t k = 0; k < 3; ++k) H5Tenum_insert(type.get(), names[k], &k);
    const hdf5::Handle a = hdf5::checked(
        H5Acreate2(group, "sorting", type.get(), one.get(), H5P_DEFAULT, H5P_DEFAULT), path, "sorting");
    const std::uint8_t value = by_time ? 2 : 0;
    hdf5::check(H5Awrite(a.get(), type.get(), &value), path, "sorting");
}

}  // namespace

struct EventsTable::Impl {
    std::string name, path;
    hdf5::Handle timestamps, node_ids, member, recorded;
    hsize_t size = 0, room = 0;
    bool changed = false;

    void grow(hsize_t to) {
        constexpr std::size_t bytes_of_event = 2 * sizeof(double) + sizeof(std::uint32_t);
        if (to > room)
            hdf5::require_room(path, (to - room) * bytes_of_event, fmt::format("the spikes of '{}'", name));
        room = to;
        for (const hdf5::Handle* dataset : {&timestamps, &node_ids, &member})
            if (*dataset)
                hdf5::check(H5Dset_extent(dataset->get(), &room), path,
                            fmt::format("there is no room for the spikes of '{}'", name));
    }

    void write(const hdf5::Handle& dataset, hid_t type, const void* values, hsize_t count) const {
        const std::string what = fmt::format("spikes of '{}' cannot be written", name);
        const hdf5::Handle target = hdf5::checked(H5Dget_space(dataset.get()), path, what);
        const hdf5::Handle source = hdf5::space({count});
        hdf5::check(H5Sselect_hyperslab(target.get(), H5S_SELECT_SET, &size, nullptr, &count, nullptr), path,
                    what);
        hdf5::check(H5Dwrite(dataset.get(), type, source.get(), target.get(), H5P_DEFAULT, values), path,
                    what);
    }
};

EventsTable::EventsTable(std::int64_t file, const std::string& name, const engine::EventsInfo& info,
                         const std::string& path)
    : impl_(std::make_unique<Impl>()) {
    impl_->name = name;
    impl_->path = path;
    if (hdf5::exists(file, "spikes/" + name))
        throw Error(fmt::format("two monitors record the events '{}'", name));
    const hdf5::Handle group = hdf5::create_group(file, "spikes/" + name, path);
    write_sorting(group.get(), info.members == 1, path);
    impl_->timestamps = growing(group.get(), "timestamps", H5T_NATIVE_DOUBLE, path);
    hdf5::write_attribute(impl_->timestamps.get(), "units", "milliseconds", path);
    impl_->node_ids = growing(group.get(), "node_ids", H5T_NATIVE_UINT64, path);
    if (info.members > 1) impl_->member = growing(group.get(), "member", H5T_NATIVE_UINT32, path);
    impl_->recorded = hdf5::write_counts(group.get(), "recorded", {0}, path);
    hdf5::write_attribute(impl_->recorded.get(), "long_name", "events that have arrived", path);
    hdf5::write_attribute(group.get(), "monitor", info.name, path);
    hdf5::write_attribute(group.get(), "population", info.population, path);
    hdf5::write_attribute(group.get(), "event", info.event, path);
    hdf5::write_attribute(group.get(), "nodes", static_cast<double>(info.nodes), path);
    hdf5::write_attribute(group.get(), "members", static_cast<double>(info.members), path);
    hdf5::write_attribute(group.get(), "first_s", info.first_s, path);
    hdf5::write_attribute(group.get(), "last_s", info.last_s, path);
    hdf5::write_attribute(group.get(), "dt_s", info.dt_s, path);
}

EventsTable::~EventsTable() = default;
EventsTable::EventsTable(EventsTable&&) noexcept = default;

void EventsTable::append(std::size_t member, std::span<const double> time_s,
                         std::span<const std::uint32_t> node) {
    if (time_s.empty()) return;
    const hsize_t count = time_s.size();
    if (impl_->size + count > impl_->room)
        impl_->grow(std::max(impl_->room + impl_->room / 8 / chunk * chunk + chunk, impl_->size + count));
    std::vector<double> time_ms(time_s.size());
    std::transform(time_s.begin(), time_s.end(), time_ms.begin(), [](double t) { return t * 1e3; });
    impl_->write(impl_->timestamps, H5T_NATIVE_DOUBLE, time_ms.data(), count);
    impl_->write(impl_->node_ids, H5T_NATIVE_UINT32, node.data(), count);
    if (impl_->member) {
        const std::vector<std::uint32_t> members(count, static_cast<std::uint32_t>(member));
        impl_->write(impl_->member, H5T_NATIVE_UINT32, members.data(), count);
    }
    impl_->size += count;
    impl_->changed = true;
}

bool EventsTable::write_count() {
    if (!impl_->changed) return false;
    const auto count = static_cast<std::int64_t>(impl_->size);
    hdf5::check(H5Dwrite(impl_->recorded.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, &count),
                impl_->path, fmt::format("spikes of '{}' cannot be counted", impl_->name));
    impl_->changed = false;
    return true;
}

void EventsTable::cut() { impl_->grow(impl_->size); }

}  // namespace neurodyn::record
