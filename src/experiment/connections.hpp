// SPDX-License-Identifier: BSD-3-Clause
// The connections of an experiment, looked at without running it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/connections.hpp"
#include "experiment/run.hpp"

namespace neurodyn::experiment {

/// One projection: of events, or a coupling's matrix.
struct ConnectionsOf {
    std::string name;
    std::string from, to;  ///< "exc.spike", "inh.ge"
    std::string rule;      ///< "pairwise_bernoulli"; "matrix" of a coupling
    std::string source_population, target_population;
    engine::DrawnSynapses synapses;
};

/// An experiment read, checked and built.
class Connections {
  public:
    /// Only the projection of this name; empty: all. Throws InputError, or Error for a name that is none.
    Connections(const std::string& path, const RunSettings& settings, const std::string& only = {});
    ~Connections();

    const std::vector<ConnectionsOf>& projections() const { return projections_; }
    engine::ConnectionStatistics statistics(const ConnectionsOf& projection) const;
    /// Calls `take` for the synapses of each source in turn, or of one.
    using TakeRow = std::function<void(std::size_t source, const engine::SynapseRow& row)>;
    void for_rows(const ConnectionsOf& projection, std::optional<std::size_t> source,
                  const TakeRow& take) const;
    /// All projections into a .h5 file, or the only one into a .csv file. Returns the number of synapses.
    std::uint64_t write(const std::string& path) const;

  private:
    void add(const std::string& only);

    int threads_ = 0;
    std::unique_ptr<Loaded> loaded_;
    std::unique_ptr<Built> built_;
    std::vector<ConnectionsOf> projections_;
};

}  // namespace neurodyn::experiment
