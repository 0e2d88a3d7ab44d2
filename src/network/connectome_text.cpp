// SPDX-License-Identifier: BSD-3-Clause
// Text tables: rows of numbers and words in any of the usual separators.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "base/units.hpp"
#include "network/connectome_tables.hpp"

namespace neurodyn::network {
namespace {

struct Cell {
    std::string_view text;
    std::size_t begin;  ///< in the whole text
};

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    if (text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\''))
        text = text.substr(1, text.size() - 2);
    return text;
}

std::optional<double> number(std::string_view text) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double value = 0.0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || end != text.data() + text.size()) return std::nullopt;
    // Below the smallest double is zero for us; above the largest stays an error of the value.
    if (code == std::errc::result_out_of_range)
        return text.find("e-") != text.npos || text.find("E-") != text.npos
                   ? 0.0
                   : std::numeric_limits<double>::infinity();
    return code == std::errc() ? std::optional(value) : std::nullopt;
}

/// One text, read line by line into a table.
class Reader {
  public:
    Reader(std::string name, std::string origin, std::string_view text, std::string advice)
        : text_(text), advice_(std::move(advice)) {
        table_.name = std::move(name);
        table_.origin = std::move(origin);
    }

    Table read() {
        check_text();
        separator_ = find_separator();
        if (separator_ == ' ' && is_list_of_names()) separator_ = '\n';
        while (at_ < text_.size()) {
            const std::string_view line = next_line();
            if (line.empty()) continue;
            split(line);
            if (width_ == 0) {
                first_row();
                continue;
            }
            settle_first_row();
            add_row();
        }
        if (!pending_.empty()) {
            cells_ = pending_;
            add_row();
        }
        if (table_.rows == 0) throw FileError(table_.origin, "has no rows; a table of numbers was expected");
        return std::move(table_);
    }

  private:
    [[noreturn]] void fail(std::size_t begin, std::size_t length, std::string message,
                           std::string hint) const {
        const SourceSpan span{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(begin + length)};
        throw InputError({make_diagnostic(table_.origin, text_, span, std::move(message), std::move(hint))});
    }

    void check_text() {
        if (text_.find('\0') != text_.npos)
            throw FileError(
                table_.origin,
                "is not text but binary (or UTF-16); a table of numbers in plain text was expected");
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    }

    /// The line without its comment and end; empty when nothing is left.
    std::string_view next_line() {
        std::size_t end = text_.find('\n', at_);
        if (end == text_.npos) end = text_.size();
        std::string_view line = text_.substr(at_, end - at_);
        at_ = end + 1;
        ++line_;
        if (!line.empty() && (line.front() == '#' || line.front() == '%')) return {};
        return trimmed(line).empty() ? std::string_view{} : line;
    }

    /// The separator of the first line that has one; a blank when none has.
    char find_separator() {
        const std::size_t begin = at_;
        char found = ' ';
        for (std::string_view line; at_ < text_.size();) {
            line = next_line();
            if (line.empty()) continue;
            for (const char c : {';', '\t', ','})
                if (line.find(c) != line.npos) {
                    found = c;
                    break;
                }
            break;
        }
        at_ = begin;
        line_ = 0;
        return found;
    }

    // Names may have blanks in them: a file of labels without numbers in its first two lines has one name per
    // line.
    bool is_list_of_names() {
        if (table_.name != "labels" && table_.name != "names" && table_.name != "regions" &&
            table_.name != "region_labels" && table_.name != "region_names")
            return false;
        const std::size_t begin = at_;
        bool numbers = false;
        for (int seen = 0; seen < 2 && at_ < text_.size();) {
            const std::string_view line = next_line();
            if (line.empty()) continue;
            split(line);
            numbers = numbers || std::any_of(cells_.begin(), cells_.end(), is_number);
            ++seen;
        }
        at_ = begin;
        line_ = 0;
        return !numbers;
    }

    void split(std::string_view line) {
        cells_.clear();
        const std::size_t offset = static_cast<std::size_t>(line.data() - text_.data());
        std::size_t begin = 0;
        while (begin <= line.size()) {
            std::size_t end = cell_end(line, begin);
            const std::string_view cell = line.substr(begin, end - begin);
            if (separator_ != ' ' || !trimmed(cell).empty())
                cells_.push_back({trimmed(cell), offset + begin});
            begin = end + 1;
        }
        // A separator at the end of the line is a habit of some programs, not a cell.
        if (cells_.size() > 1 && cells_.back().text.empty()) cells_.pop_back();
    }

    std::size_t cell_end(std::string_view line, std::size_t begin) const {
        bool quoted = false;
        for (std::size_t i = begin; i < line.size(); ++i) {
            if (line[i] == '"') quoted = !quoted;
            if (quoted) continue;
            if (line[i] == separator_ || (separator_ == ' ' && (line[i] == '\t' || line[i] == '\r')))
                return i;
        }
        return line.size();
    }

    // A first row of words is a header when it has a usual title or when numbers stand below it; else it is
    // data.
    void first_row() {
        width_ = cells_.size();
        if (std::any_of(cells_.begin(), cells_.end(), is_number)) return add_row();
        if (std::any_of(cells_.begin(), cells_.end(), is_title)) return take_header();
        pending_ = cells_;
    }

    void settle_first_row() {
        if (pending_.empty()) return;
        std::swap(cells_, pending_);
        if (std::any_of(pending_.begin(), pending_.end(), is_number))
            take_header();
        else
            add_row();
        std::swap(cells_, pending_);
        pending_.clear();
    }

    void take_header() {
        for (const Cell& c : cells_) {
            table_.header.push_back(lower(c.text));
            table_.titles.emplace_back(c.text);
        }
    }

    static bool is_number(const Cell& cell) { return number(cell.text).has_value(); }

    static bool is_title(const Cell& cell) {
        constexpr std::array<std::string_view, 11> titles{"name",       "names",       "label",   "labels",
                                                          "region",     "regions",     "network", "networks",
                                                          "hemisphere", "hemispheres", "roi name"};
        return std::find(titles.begin(), titles.end(), lower(cell.text)) != titles.end();
    }

    void set_types() {
        for (std::size_t i = 0; i < width_; ++i) {
            const bool numeric = number(cells_[i].text).has_value();
            is_text_.push_back(!numeric);
            if (numeric)
                table_.numeric_columns.push_back(i);
            else
                table_.text.push_back({i, {}});
        }
    }

    void add_row() {
        if (cells_.size() != width_)
            fail(cells_[0].begin, 1,
                 fmt::format("this line has {} cells, the first one has {}", cells_.size(), width_),
                 "every row of a table needs the same number of cells");
        if (is_text_.empty()) set_types();
        std::size_t text_column = 0;
        for (std::size_t i = 0; i < width_; ++i) {
            if (is_text_[i]) {
                table_.text[text_column++].cells.emplace_back(cells_[i].text);
                continue;
            }
            const std::optional<double> value = number(cells_[i].text);
            if (!value) fail_cell(i);
            table_.values.push_back(*value);
        }
        table_.lines.push_back(line_);
        ++table_.rows;
        if (table_.rows * width_ > largest_table)
            throw FileError(
                table_.origin,
                fmt::format(
                    "has more than {} cells; save so large a table as an array of numbers (.npy, .h5)",
                    largest_table));
    }

    [[noreturn]] void fail_cell(std::size_t i) const {
        const Cell& cell = cells_[i];
        const bool comma = separator_ == ';' && cell.text.find(',') != cell.text.npos;
        fail(
            cell.begin, cell.text.size(),
            cell.text.empty()
                ? fmt::format("row {}, column {} is empty", table_.rows + 1, i + 1)
                : fmt::format("row {}, column {}: '{}' is not a number", table_.rows + 1, i + 1, cell.text),
            comma ? "write decimals with a point" : "every cell of this column must be a number; " + advice_);
    }

    std::string_view text_;
    std::string advice_;
    Table table_;
    std::vector<Cell> cells_;
    std::vector<Cell> pending_;  ///< a first row of words, before it is known whether it is a header
    std::vector<bool> is_text_;
    std::size_t at_ = 0, line_ = 0, width_ = 0;
    char separator_ = ' ';
};

}  // namespace

std::string unit_of_title(std::string_view title) {
    title = trimmed(title);
    const std::size_t open = title.find_first_of("[(");
    if (open != title.npos && title.size() > open + 2 && (title.back() == ']' || title.back() == ')'))
        return std::string(trimmed(title.substr(open + 1, title.size() - open - 2)));
    const std::size_t stroke = title.rfind('_');
    if (stroke == title.npos || stroke == 0 || !find_unit(title.substr(stroke + 1))) return {};
    return std::string(title.substr(stroke + 1));
}

Table parse_text_table(std::string name, std::string origin, std::string_view text, std::string advice) {
    return Reader(std::move(name), std::move(origin), text, std::move(advice)).read();
}

}  // namespace neurodyn::network
