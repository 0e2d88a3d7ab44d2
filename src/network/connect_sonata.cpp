// SPDX-License-Identifier: BSD-3-Clause
// SONATA edges: an HDF5 file of edges in groups, and a table of their types.
//
// K. Dai et al., "The SONATA data format for efficient description of large-scale network models", PLoS
// Comput. Biol. 16 (2020), doi:10.1371/journal.pcbi.1007696.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <map>
#include <unordered_map>

#include "base/error.hpp"
#include "network/connect_readers.hpp"
#include "network/hdf5.hpp"

namespace neurodyn::network {
namespace {

/// Edge groups are called "0", "1", ...
bool is_group_name(const std::string& name) {
    constexpr std::size_t most_digits = 9;
    return !name.empty() && name.size() <= most_digits &&
           std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

/// The table of edge types: text in columns separated by blanks, one row for each type.
class EdgeTypes {
  public:
    EdgeTypes() = default;
    explicit EdgeTypes(const std::string& path) : path_(path) {
        std::ifstream in(path);
        if (!in) throw FileError(path, "no such file of edge types");
        std::string line;
        std::size_t id_column = 0;
        for (std::size_t number = 1; std::getline(in, line); ++number) {
            const auto cells = split_cells(line, ' ');
            if (cells.empty()) continue;
            if (titles_.empty()) {
                titles_.assign(cells.begin(), cells.end());
                id_column = column_of("edge_type_id");
                if (id_column == titles_.size())
                    throw FileError(path, fmt::format("has no column edge_type_id; it has: {}",
                                                      fmt::join(titles_, ", ")));
                continue;
            }
            if (cells.size() != titles_.size())
                throw FileError(path, fmt::format("line {} has {} cells, the header has {}", number,
                                                  cells.size(), titles_.size()));
            const auto id = cell_number(cells[id_column]);
            if (!id || *id < 0.0 || *id > std::numeric_limits<std::uint32_t>::max())
                throw FileError(path,
                                fmt::format("line {}: '{}' is no edge_type_id", number, cells[id_column]));
            rows_[static_cast<std::uint32_t>(*id)].assign(cells.begin(), cells.end());
        }
    }

    /// Empty when no table was given.
    const std::string& path() const { return path_; }

    /// The words of a column by type, without the types that say NULL or nothing.
    std::map<std::uint32_t, std::string> words(std::string_view column) const {
        std::map<std::uint32_t, std::string> found;
        const std::size_t at = column_of(column);
        if (at == titles_.size()) return found;
        for (const auto& [id, cells] : rows_)
            if (!cells[at].empty() && cells[at] != "NULL" && cells[at] != "None") found[id] = cells[at];
        return found;
    }

    std::unordered_map<std::uint32_t, double> numbers(std::string_view column) const {
        std::unordered_map<std::uint32_t, double> found;
        for (const auto& [id, word] : words(column)) {
            const auto number = cell_number(word);
            if (!number)
                throw FileError(path_, fmt::format("edge type {}: '{}' in column {} is not a finite number",
                                                   id, word, column));
            found[id] = *number;
        }
        return found;
    }

  private:
    std::size_t column_of(std::string_view title) const {
        return static_cast<std::size_t>(std::find(titles_.begin(), titles_.end(), title) - titles_.begin());
    }

    std::string path_;
    std::vector<std::string> titles_;
    std::map<std::uint32_t, std::vector<std::string>> rows_;
};

class Reader {
  public:
    explicit Reader(const SynapseFile& file)
        : file_(file),
          handle_(open_hdf5(file.path)),
          path_("/edges/" + population_name()),
          population_(handle_, file.path, path_, "one edge population was expected there") {
        if (!file.edge_types_path.empty()) types_ = EdgeTypes(file.edge_types_path);
    }

    SynapseTable read() {
        table_.edges.source = population_.indices("source_node_id");
        table_.edges.target = population_.indices("target_node_id");
        count_ = table_.edges.source.size();
        check_length(population_, "target_node_id", table_.edges.target.size(), count_, "source_node_id");
        table_.source_population = population_.attribute("source_node_id", "node_population");
        table_.target_population = population_.attribute("target_node_id", "node_population");
        type_ = population_.indices("edge_type_id");
        check_length(population_, "edge_type_id", type_.size(), count_, "source_node_id");
        if (!file_.columns.empty()) read_groups();
        for (const std::string& name : file_.columns) read_column(name);
        return std::move(table_);
    }

  private:
    struct Group {
        std::uint32_t number = 0;
        Hdf5Group data;
    };

    std::string population_name() const {
        const Hdf5Group edges(handle_, file_.path, "/edges", "a SONATA file of edges was expected");
        const std::vector<std::string> names = edges.names();
        const std::string& wanted = file_.population;
        if (wanted.empty() ? names.size() == 1 : std::ranges::count(names, wanted) == 1)
            return wanted.empty() ? names.front() : wanted;
        throw FileError(file_.path, wanted.empty()
                                        ? fmt::format("has {} edge populations, say which one is meant: {}",
                                                      names.size(), fmt::join(names, ", "))
                                        : fmt::format("has no edge population '{}'; it has: {}", wanted,
                                                      fmt::join(names, ", ")));
    }

    /// Group and row of each edge. A file with the one group 0 may leave both lists out.
    void read_groups() {
        for (const std::string& name : population_.names())
            if (is_group_name(name))
                groups_.push_back(
                    {static_cast<std::uint32_t>(std::stoul(name)),
                     Hdf5Group(handle_, file_.path, path_ + '/' + name, "a group was expected")});
        if (population_.has("edge_group_id")) {
            group_id_ = population_.indices("edge_group_id");
            group_row_ = population_.indices("edge_group_index");
            check_length(population_, "edge_group_id", group_id_.size(), count_, "source_node_id");
            check_length(population_, "edge_group_index", group_row_.size(), count_, "source_node_id");
        } else if (groups_.size() > 1) {
            population_.fail("edge_group_id", "is missing, but there are several edge groups");
        }
        for (std::size_t edge = 0; edge < group_id_.size(); ++edge)
            if (!find_group(group_id_[edge]))
                population_.fail(
                    "edge_group_id",
                    fmt::format("names the group {} in row {}, which is missing", group_id_[edge], edge));
    }

    const Group* find_group(std::uint32_t number) const {
        for (const Group& g : groups_)
            if (g.number == number) return &g;
        return nullptr;
    }

    /// One attribute of all edges: from the edge's group, else from its type. Edges that have none get
    /// `missing`, or an error where that is null.
    std::vector<double> attribute(const std::string& name, const double* missing) const {
        std::map<std::uint32_t, std::vector<double>> by_group;
        for (const Group& g : groups_)
            if (g.data.has(name)) by_group[g.number] = g.data.numbers(name);
        const auto by_type = types_.numbers(name);
        std::vector<double> values(count_);
        for (std::size_t edge = 0; edge < count_; ++edge) {
            const std::uint32_t group = group_id_.empty() ? 0 : group_id_[edge];
            const std::size_t row = group_row_.empty() ? edge : group_row_[edge];
            if (const auto found = by_group.find(group); found != by_group.end()) {
                if (row >= found->second.size())
                    find_group(group)->data.fail(name, fmt::format("has {} rows, but edge {} is in row {}",
                                                                   found->second.size(), edge, row));
                values[edge] = found->second[row];
            } else if (const auto type = by_type.find(type_[edge]); type != by_type.end()) {
                values[edge] = type->second;
            } else if (missing) {
                values[edge] = *missing;
            } else {
                fail_missing(name, edge, group);
            }
        }
        return values;
    }

    [[noreturn]] void fail_missing(const std::string& name, std::size_t edge, std::uint32_t group) const {
        const std::string types =
            !types_.path().empty() ? fmt::format("{} has none for edge type {}", types_.path(), type_[edge])
                                   : "no file of edge types was given";
        throw FileError(file_.path, fmt::format("edge {} has no {}: its group {} has no such dataset, and {}",
                                                edge, name, group, types));
    }

    void read_column(const std::string& asked) {
        const std::string name = asked == "weight" ? "syn_weight" : asked;
        SynapseColumn column{asked, unit_of(name), attribute(name, nullptr)};
        if (asked == "weight") {
            const double one = 1.0;
            const std::vector<double> parallel = attribute("nsyns", &one);
            for (std::size_t edge = 0; edge < count_; ++edge) column.values[edge] *= parallel[edge];
            for (const auto& [type, function] : types_.words("weight_function"))
                table_.notes.push_back(
                    fmt::format("{}: the weight_function '{}' of edge type {} is program code and not "
                                "applied; weights are "
                                "syn_weight times nsyns",
                                types_.path(), function, type));
        }
        table_.columns.push_back(std::move(column));
    }

    std::string unit_of(const std::string& name) const {
        for (const Group& g : groups_)
            if (g.data.has(name))
                if (std::string unit = g.data.unit(name); !unit.empty()) return unit;
        return name == "delay" ? "ms" : "";
    }

    const SynapseFile& file_;
    Hdf5Handle handle_;
    std::string path_;  ///< of the population in the file
    Hdf5Group population_;
    EdgeTypes types_;
    SynapseTable table_;
    std::size_t count_ = 0;
    std::vector<std::uint32_t> type_, group_id_, group_row_;
    std::vector<Group> groups_;
};

}  // namespace

SynapseTable read_sonata_synapses(const SynapseFile& file) {
    const QuietHdf5 quiet;
    return Reader(file).read();
}

}  // namespace neurodyn::network
