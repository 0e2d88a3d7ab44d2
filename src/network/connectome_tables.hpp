// SPDX-License-Identifier: BSD-3-Clause
// Between a connectome's file formats and its checks: every reader makes named tables, one assembly makes the
// connectome.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "network/connectome.hpp"

namespace neurodyn::network {

/// At most so many numbers are read from one table, and so many bytes from one file: more is a mistake, not a
/// connectome.
inline constexpr std::size_t largest_table = std::size_t{1} << 26;
inline constexpr std::size_t largest_file = std::size_t{1} << 30;

/// A column of words in a table.
struct TextColumn {
    std::size_t index = 0;  ///< position among all columns, from 0
    std::vector<std::string> cells;
};

/// One matrix, list or table of a connectome's data.
struct Table {
    std::string name;                 ///< lower case: "weights", "fc_train"
    std::string origin;               ///< for messages: "folder/weights.csv", "file.zip: weights.txt"
    std::vector<std::string> header;  ///< lower case, one per column; empty when there is none
    std::vector<std::string> titles;  ///< the header as it is written
    std::vector<TextColumn> text;
    std::vector<std::size_t> numeric_columns;  ///< positions of the columns that hold numbers
    std::vector<double> values;                ///< rows x numeric_columns, row-major
    std::vector<std::size_t> lines;            ///< of each row in a text file; empty for binary formats
    std::size_t rows = 0;

    std::size_t columns() const { return numeric_columns.size(); }
};

/// A table of numbers without header.
Table numeric_table(std::string name, std::string origin, std::size_t rows, std::size_t columns,
                    std::vector<double> values);
/// A list of words.
Table word_table(std::string name, std::string origin, std::vector<std::string> words);

/// What was read, before any check.
struct Tables {
    std::vector<Table> tables;
    std::vector<std::string> notes;
};

/// True when the name is one that a connectome needs (weights, lengths, regions, ...), so that its file must
/// be readable.
bool is_known_table(std::string_view name);
/// True for ".csv", ".tsv", ".txt" and ".dat".
bool is_text_table(const std::filesystem::path& path);
/// The unit that a column's title states, "ms" of "delay [ms]", "delay (ms)" or "delay_ms"; empty: none.
std::string unit_of_title(std::string_view title);
/// Lower case of ASCII letters.
std::string lower(std::string_view text);

/// Rows of cells separated by commas, semicolons, tabs or blanks, with or without header. `advice` is for a
/// cell that is no number. Throws InputError or FileError.
Table parse_text_table(std::string name, std::string origin, std::string_view text,
                       std::string advice = "write 0 for no connection");

Tables read_folder(const std::filesystem::path& path);
Tables read_tvb_zip(const std::filesystem::path& path);
Tables read_mat(const std::filesystem::path& path);
Tables read_h5(const std::filesystem::path& path);

/// Finds each table's role, checks it and puts it in its place.
Connectome assemble(const std::filesystem::path& path, Tables tables);

}  // namespace neurodyn::network
