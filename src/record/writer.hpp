// SPDX-License-Identifier: BSD-3-Clause
// One HDF5 file per run, laid out as NetCDF-4: what the engine records, results, texts and attributes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/sink.hpp"
#include "record/array.hpp"

namespace neurodyn::record {

/// The file:
///
///     /                    attributes: the experiment's text, versions, seed, machine, status
///     /series/NAME/        time, node (names), member when there are several; the variable NAME [time, node,
///     member]
///                          recorded: how many samples of every member have arrived
///     /spikes/POPULATION/  timestamps, node_ids: what an event monitor recorded, as a SONATA spikes file has
///     it /analyses/NAME/      a group of arrays with their dimensions (write_group; any other path will do)
///
/// Read it with xarray.open_dataset(path, engine="h5netcdf", group="series/bold"), netCDF4 or h5py. What was
/// not recorded (yet) is NaN, the _FillValue.
///
/// A kill (SIGKILL) at any time of a run leaves a readable file with everything up to the last flush, which
/// is never more than a second back: the space of a series is taken, and its description written, when it is
/// opened; from then on only numbers in place change on the disk. A full disk is therefore found before the
/// run starts.
class Writer : public engine::Sink {
  public:
    /// Creates the file; an old one is replaced. Throws FileError: no such folder, not writable, a directory.
    explicit Writer(const std::string& path);
    /// Closes, without a word when that fails: call close() to hear of it.
    ~Writer() override;
    Writer(Writer&&) noexcept;

    /// Throws FileError when the disk is full and Error when the name is taken or not usable.
    std::size_t open_series(const engine::SeriesInfo& info) override;
    /// Throws FileError, and Error for samples or members that were not announced.
    void append(std::size_t series, std::size_t first_sample, std::size_t first_member,
                std::size_t member_count, std::span<const double> values) override;
    /// Throws FileError, and Error when the events are recorded already.
    std::size_t open_events(const engine::EventsInfo& info) override;
    void append_events(std::size_t events, std::size_t member, std::span<const double> time_s,
                       std::span<const std::uint32_t> node) override;
    void flush() override;

    /// Sets an attribute of the file, or replaces it.
    void set_attribute(const std::string& name, const AttributeValue& value);
    /// Writes arrays into a new group such as "analyses/fc". Dimensions of one name are shared by the group's
    /// arrays. Throws Error when the group exists, a size does not fit, or one name means two things.
    void write_group(const std::string& path, const std::vector<Array>& arrays,
                     const Attributes& attributes = {});
    /// Writes a text of any length as a new dataset such as "report/document".
    void write_text(const std::string& path, const std::string& text);

    /// Cuts every series to the samples that arrived, and closes the file. Nothing may be written after.
    /// Throws FileError.
    void close();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The processor, its number of threads, the operating system: for the record of a run.
std::string machine_description();

}  // namespace neurodyn::record
