// SPDX-License-Identifier: BSD-3-Clause
// Where recorded values go while a network runs. The engine knows no file format; src/record implements this
// with HDF5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace neurodyn::engine {

/// One recorded series, told before its first samples.
struct SeriesInfo {
    std::string name;  ///< the monitor's
    std::string population, expression;
    std::string unit;                     ///< of the values as they are given ("mV"); "1" when dimensionless
    std::vector<std::string> node_names;  ///< of the recorded nodes
    std::size_t members = 1;
    std::size_t samples = 0;  ///< that the whole run will give
    double first_s = 0.0;     ///< time of the first sample
    double interval_s = 0.0;
    std::size_t samples_at_once = 0;  ///< pieces in which they usually come, from sample 0 on; 0: any
    std::size_t members_at_once = 1;
};

/// The events of one population, told before the first of them.
struct EventsInfo {
    std::string name;  ///< the monitor's
    std::string population, event;
    std::size_t nodes = 0;
    std::size_t members = 1;
    double first_s = 0.0, last_s = 0.0;  ///< events are recorded in (first_s, last_s]
    double dt_s = 0.0;
};

/// Running analyses (FC without raw traces) are sinks too: they see each block of samples once and keep only
/// their sums. Implementations need not be thread-safe: the engine calls from one thread at a time, but
/// members may arrive in any order.
class Sink {
  public:
    virtual ~Sink() = default;
    /// Returns the handle that append() is given.
    virtual std::size_t open_series(const SeriesInfo& info) = 0;
    /// `values` is [sample][node][member] for samples from `first_sample` and members [first_member,
    /// first_member + member_count). Samples of one member block arrive in order without gaps.
    virtual void append(std::size_t series, std::size_t first_sample, std::size_t first_member,
                        std::size_t member_count, std::span<const double> values) = 0;
    /// Returns the handle that append_events() is given.
    virtual std::size_t open_events(const EventsInfo& info) = 0;
    /// Events of one member, by ascending time, then node; those of one member arrive in order.
    virtual void append_events(std::size_t events, std::size_t member, std::span<const double> time_s,
                               std::span<const std::uint32_t> node) = 0;
    /// Makes everything given so far readable by another process.
    virtual void flush() = 0;
};

/// Keeps everything in memory: for tests, sweeps and small runs.
class MemorySink : public Sink {
  public:
    struct Series {
        SeriesInfo info;
        std::vector<double> values;  ///< [sample][node][member]
        std::size_t samples = 0;     ///< that have arrived for every member
        std::vector<std::size_t> samples_of_member;
    };
    struct Events {
        EventsInfo info;
        struct Train {
            std::vector<double> time_s;
            std::vector<std::uint32_t> node;
        };
        std::vector<Train> members;
    };
    std::size_t open_series(const SeriesInfo& info) override;
    void append(std::size_t series, std::size_t first_sample, std::size_t first_member,
                std::size_t member_count, std::span<const double> values) override;
    std::size_t open_events(const EventsInfo& info) override;
    void append_events(std::size_t events, std::size_t member, std::span<const double> time_s,
                       std::span<const std::uint32_t> node) override;
    void flush() override {}
    const Series* find(const std::string& name) const;
    const Events* find_events(const std::string& name) const;

    std::vector<Series> series;
    std::vector<Events> events;
};

}  // namespace neurodyn::engine
