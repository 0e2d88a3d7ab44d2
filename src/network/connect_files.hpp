// SPDX-License-Identifier: BSD-3-Clause
// Lists of synapses read from files: CSV with a header, plain HDF5, and SONATA edges.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "network/connect.hpp"

namespace neurodyn::network {

/// What is to be read.
struct SynapseFile {
    std::string path;  ///< .csv, .tsv, .txt, .dat: text; else HDF5, with a group `edges` SONATA
    /// The group of a plain HDF5 file, or the edge population of a SONATA file; empty: the root, or the
    /// only one.
    std::string population;
    std::string edge_types_path;       ///< CSV of a SONATA file's edge types; may be empty
    std::vector<std::string> columns;  ///< values wanted besides source and target: "weight", "delay", ...
    std::string source = "source", target = "target";  ///< how text and plain HDF5 call them
};

struct SynapseColumn {
    std::string name;  ///< as asked for
    std::string unit;  ///< as the file states it; empty when it does not
    std::vector<double> values;
};

/// Entries of a file in its order.
struct SynapseTable {
    std::string path;
    EdgeList edges;
    std::vector<SynapseColumn> columns;                ///< in the order asked for
    std::string source_population, target_population;  ///< of a SONATA file; empty when it names none
    std::vector<std::string> notes;                    ///< what a user should be told

    /// A column's values in SI. Throws Error when it was not asked for, when its unit is of another
    /// dimension, or when neither the file states a unit nor `unit_if_unstated` and the dimension needs one.
    std::vector<double> values_si(std::string_view name, const Dimension& dimension,
                                  std::string_view unit_if_unstated = {}) const;
};

/// Text: a header with `source` and `target` (indices from 0) and the wanted columns; a unit stands in
/// brackets
/// ("delay [ms]") or behind the name ("delay_ms"); comma, semicolon or tab between cells; lines that begin
/// with # are comments.
/// HDF5: datasets `source`, `target` and the wanted columns, all of one length; an attribute `unit` or
/// `units` states a unit.
/// SONATA: /edges/POPULATION/source_node_id, target_node_id, edge_type_id, edge_group_id, edge_group_index
/// and the edge groups "0", "1", ...; what a group does not hold is taken from the edge types. "weight" reads
/// syn_weight (times nsyns where there is one, as BMTK's PointNet does), "delay" is in ms.
/// Throws FileError or InputError naming file and group, dataset, column or line.
SynapseTable read_synapses(const SynapseFile& file);

}  // namespace neurodyn::network
