// SPDX-License-Identifier: BSD-3-Clause
// What many networks of one experiment share: models, connectomes and connectivity, each read and built once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "experiment/scope.hpp"
#include "network/network.hpp"
#include "network/surface.hpp"

namespace neurodyn::experiment {

/// A connectome as the experiment sees it: matrices and vectors by name, regions and their networks.
struct ConnectomeData {
    std::string name;
    std::vector<std::string> regions, networks;  ///< networks: one per region, or empty
    std::map<std::string, ArrayPtr> arrays;      ///< weights, lengths, strength, fc, ...
    std::vector<double> positions_mm;            ///< x, y, z of each region, or empty
    std::size_t size() const { return regions.size(); }
};

/// Every connection that begins or ends in one of the regions, times `scale`; strengths follow.
std::shared_ptr<const ConnectomeData> lesioned(const ConnectomeData& intact,
                                               const std::vector<std::size_t>& regions, double scale);

/// All that the connections of a kernel on a surface follow from.
struct SurfaceKernelKey {
    const network::Surface* surface;
    std::string kernel, delays;  ///< expressions
    std::vector<double> values;  ///< of the names in them
    double dt_s;
    auto operator<=>(const SurfaceKernelKey&) const = default;
};

class Resources {
  public:
    explicit Resources(std::string directory) : directory_(std::move(directory)) {}

    /// A model of the library or a file. Throws Error, InputError or FileError.
    language::ModelPtr model(const std::string& name, bool coupling = false);
    /// Inline equations. Throws InputError.
    language::ModelPtr equations(const language::EquationStrings& strings);
    /// Inline synapses. Throws InputError.
    language::ModelPtr synapse(const language::SynapseStrings& strings);
    /// Reads, normalises and scales; `scope` holds the values that `scale` may use.
    std::shared_ptr<const ConnectomeData> connectome(const ConnectomeSection& section, double scale);
    /// The same object for the same content, so that members of a sweep are seen to share it.
    std::shared_ptr<const network::Connectivity> share(network::Connectivity connectivity);
    /// A CSV file of times and values, which the units in its header make SI; `target` is the unit that its
    /// values must be like. Throws InputError with the line of a cell that is not finite.
    std::shared_ptr<const network::Stimulus::Table> table(const std::string& name, bool interpolate,
                                                          std::size_t nodes, const Unit& target);
    /// Spikes from a file (network/spike_files.hpp).
    std::shared_ptr<const network::EventList> spikes(const std::string& name, const std::string& population);
    /// A CSV file with the columns x, y and z (or some of them), whose units its header states; others are
    /// left alone.
    std::shared_ptr<const network::Positions> positions(const std::string& name);
    /// The same object for the same sphere.
    std::shared_ptr<const network::Surface> sphere(double radius_m, std::size_t subdivisions);
    /// A surface from a file (network/surface_files.hpp), checked.
    std::shared_ptr<const network::Surface> surface(const std::string& name, bool may_be_open);
    /// The connections of a kernel on a surface, once they are made; null before.
    std::shared_ptr<const network::Connectivity>& surface_kernel(const SurfaceKernelKey& key) {
        return surface_kernels_[key];
    }
    /// A matrix or column of finite numbers from a CSV file.
    ArrayPtr csv(const std::string& name);
    const std::string& directory() const { return directory_; }

  private:
    language::ModelPtr with_rate_tables(language::ModelPtr model);

    std::string directory_;
    std::map<std::string, language::ModelPtr> models_;
    std::map<std::string, std::shared_ptr<const ConnectomeData>> connectomes_;
    std::multimap<std::size_t, std::shared_ptr<const network::Connectivity>> connectivities_;
    std::map<std::string, std::shared_ptr<const network::Stimulus::Table>> tables_;
    std::map<std::string, ArrayPtr> files_;
    std::map<std::string, std::shared_ptr<const network::EventList>> spikes_;
    std::map<std::string, std::shared_ptr<const network::Positions>> positions_;
    std::map<std::pair<double, std::size_t>, std::shared_ptr<const network::Surface>> spheres_;
    std::map<std::pair<std::string, bool>, std::shared_ptr<const network::Surface>> surfaces_;
    std::map<SurfaceKernelKey, std::shared_ptr<const network::Connectivity>> surface_kernels_;
};

}  // namespace neurodyn::experiment
