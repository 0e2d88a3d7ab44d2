// SPDX-License-Identifier: BSD-3-Clause
// From an experiment to a network that the engine can run: models loaded, expressions evaluated, units
// checked.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "analysis/data.hpp"
#include "experiment/resources.hpp"
#include "network/network.hpp"

namespace neurodyn::experiment {

/// What becomes of one recorded series.
struct SeriesRole {
    std::string monitor;  ///< section of the experiment
    bool keep = true, covariance = false;
    std::string source;               ///< population whose nodes these are
    analysis::ChannelGrid grid = {};  ///< of a population on a grid that is recorded whole
    std::shared_ptr<const network::Surface> surface = {};  ///< likewise
};

/// What becomes of one population's recorded events.
struct EventRole {
    std::string monitor;  ///< section of the experiment
    bool keep = true;
};

/// One parameter to be adjusted for each node until the mean of an expression is within `tolerance` of
/// `target`.
struct TuningGoal {
    std::string path;  ///< "cortex.J_i"
    std::string population, parameter, expression;
    Unit unit, observed_unit;               ///< in which values and means are shown
    std::vector<double> target, tolerance;  ///< for each node, SI
    double step = 0.0;                      ///< the first change, SI; 0: a part of the start value
};

/// Short runs that come before the recorded one.
struct TuningPlan {
    double discard_s = 0.0, duration_s = 0.0;
    std::size_t trials = 0;  ///< at most
    bool required = true;
    std::vector<TuningGoal> goals;
    bool active() const { return !goals.empty(); }
};

struct Built {
    network::Network network;
    std::map<std::string, SeriesRole> series;  ///< by the name of the network's monitor
    std::map<std::string, EventRole> events;   ///< by the name of the network's event monitor
    std::map<std::string, std::shared_ptr<const ConnectomeData>> connectomes;
    std::map<std::string, std::string> connectome_of;  ///< population -> connectome that gave its size
    double duration_s = 0.0, discard_s = 0.0;
    TuningPlan tuning;
    std::set<std::string> observers;     ///< populations that stand between a signal and its record
    std::map<std::string, Text> places;  ///< of what SubjectErrors name ("projection 'exc'")
};

struct BuildOptions {
    /// Only these monitors; empty: all.
    std::set<std::string> monitors;
};

/// Throws InputError with every problem found.
Built build(const Experiment& experiment, Resources& resources, const BuildOptions& options = {});

/// What `work` returns; a SubjectError gets the place where the document speaks of its subject.
template <class Work>
auto located(const Document& document, const Built& built, Work work) {
    try {
        return work();
    } catch (const SubjectError& error) {
        const auto place = built.places.find(error.subject());
        if (place == built.places.end()) throw;
        throw InputError({document.problem(place->second.place, error.what())});
    }
}

/// "cortex.S_E - cortex.S_I" -> population "cortex", expression "S_E - S_I".
struct Reference {
    std::string population, expression;
    std::size_t offset = 0;  ///< of the expression's first byte in the text
    /// Where a byte of the expression stands in the text.
    std::size_t place_in(const std::string& text, std::size_t place) const;
};
Reference split_reference(const std::string& text);

}  // namespace neurodyn::experiment
