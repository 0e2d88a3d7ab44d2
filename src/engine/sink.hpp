// SPDX-License-Identifier: BSD-3-Clause
// Where recorded values go while a network runs. The engine knows no file format; src/record implements this
// with HDF5.
#pragma once

#include <cstddef>
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
    std::size_t open_series(const SeriesInfo& info) override;
    void append(std::size_t series, std::size_t first_sample, std::size_t first_member,
                std::size_t member_count, std::span<const double> values) override;
    void flush() override {}
    const Series* find(const std::string& name) const;

    std::vector<Series> series;
};

}  // namespace neurodyn::engine
