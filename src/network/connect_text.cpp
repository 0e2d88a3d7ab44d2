// SPDX-License-Identifier: BSD-3-Clause
// Synapses as text: a header and a line for each.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <fstream>

#include "base/error.hpp"
#include "network/connect_readers.hpp"

namespace neurodyn::network {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Where a wanted column stands, and the unit its title states.
struct Place {
    std::size_t index = 0;
    std::string unit;
};

class Reader {
  public:
    explicit Reader(const SynapseFile& file) : file_(file), in_(file.path, std::ios::binary) {
        if (!in_) throw FileError(file.path, "cannot be opened; check its permissions");
    }

    SynapseTable read() {
        if (!next_line()) throw FileError(file_.path, "is empty; a header like 'source,target' was expected");
        read_header();
        while (next_line()) read_row();
        return std::move(table_);
    }

  private:
    [[noreturn]] void fail(std::string_view cell, std::string message, std::string hint) const {
        const auto begin =
            cell.data() >= line_.data() ? static_cast<std::uint32_t>(cell.data() - line_.data()) : 0;
        const SourceSpan span{begin, begin + static_cast<std::uint32_t>(cell.size())};
        Diagnostic d = make_diagnostic(file_.path, line_, span, std::move(message), std::move(hint));
        d.line = number_;
        throw InputError({std::move(d)});
    }

    /// The next line that is neither empty nor a comment.
    bool next_line() {
        while (std::getline(in_, line_)) {
            ++number_;
            if (number_ == 1 && line_.starts_with("\xEF\xBB\xBF")) line_.erase(0, 3);
            const std::string_view text = trimmed(line_);
            if (!text.empty() && text.front() != '#') return true;
        }
        return false;
    }

    void read_header() {
        separator_ = ',';
        for (const char c : {';', '\t'})
            if (line_.find(c) != line_.npos) separator_ = c;
        titles_.clear();
        for (const std::string_view cell : split_cells(line_, separator_)) titles_.emplace_back(cell);
        source_ = find(file_.source).index;
        target_ = find(file_.target).index;
        for (const std::string& name : file_.columns) {
            const Place place = find(name);
            places_.push_back(place.index);
            table_.columns.push_back({name, place.unit, {}});
        }
    }

    /// "delay", "delay [ms]" or "delay_ms".
    Place find(const std::string& name) const {
        for (std::size_t k = 0; k < titles_.size(); ++k)
            if (titles_[k] == name) return {k, {}};
        for (std::size_t k = 0; k < titles_.size(); ++k) {
            const std::string_view title = titles_[k];
            if (!title.starts_with(name)) continue;
            const std::string_view rest = trimmed(title.substr(name.size()));
            if (rest.size() > 2 && rest.front() == '[' && rest.back() == ']')
                return {k, std::string(trimmed(rest.substr(1, rest.size() - 2)))};
            if (rest.starts_with('_') && find_unit(rest.substr(1))) return {k, std::string(rest.substr(1))};
        }
        fail(line_, fmt::format("the header has no column '{}'; it has: {}", name, fmt::join(titles_, ", ")),
             fmt::format("the first line names the columns, for example {},{} [ms]",
                         file_.source == file_.target ? file_.source : "source,target,weight [pA]",
                         file_.columns.empty() ? "delay" : file_.columns.back()));
    }

    void read_row() {
        cells_ = split_cells(line_, separator_);
        if (cells_.size() != titles_.size())
            fail(line_,
                 fmt::format("this line has {} cells, the header has {}", cells_.size(), titles_.size()),
                 "every line needs the same number of cells");
        table_.edges.source.push_back(index(cells_[source_]));
        table_.edges.target.push_back(index(cells_[target_]));
        for (std::size_t k = 0; k < places_.size(); ++k) {
            const auto value = cell_number(cells_[places_[k]]);
            if (!value)
                fail(cells_[places_[k]],
                     fmt::format("'{}' in column '{}' is not a finite number", cells_[places_[k]],
                                 titles_[places_[k]]),
                     "decimals are written with a point");
            table_.columns[k].values.push_back(*value);
        }
    }

    std::uint32_t index(std::string_view cell) const {
        std::uint32_t value = 0;
        const auto result = std::from_chars(cell.data(), cell.data() + cell.size(), value);
        if (result.ec != std::errc{} || result.ptr != cell.data() + cell.size())
            fail(cell, fmt::format("'{}' is not the index of a neuron", cell),
                 "neurons are numbered 0, 1, 2, ...");
        return value;
    }

    const SynapseFile& file_;
    std::ifstream in_;
    std::string line_;
    std::size_t number_ = 0;
    char separator_ = ',';
    std::vector<std::string> titles_;
    std::vector<std::string_view> cells_;
    std::size_t source_ = 0, target_ = 0;
    std::vector<std::size_t> places_;
    SynapseTable table_;
};

}  // namespace

std::vector<std::string_view> split_cells(std::string_view line, char separator) {
    std::vector<std::string_view> cells;
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t at = 0; at <= line.size(); ++at) {
        if (at < line.size() && line[at] == '"') quoted = !quoted;
        if (at < line.size() && (quoted || line[at] != separator)) continue;
        std::string_view cell = trimmed(line.substr(begin, at - begin));
        begin = at + 1;
        if (separator == ' ' && cell.empty()) continue;
        if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"')
            cell = cell.substr(1, cell.size() - 2);
        cells.push_back(cell);
    }
    return cells;
}

std::optional<double> cell_number(std::string_view cell) {
    if (cell.starts_with('+')) cell.remove_prefix(1);
    double value = 0.0;
    const auto result = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (result.ec != std::errc{} || result.ptr != cell.data() + cell.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

SynapseTable read_text_synapses(const SynapseFile& file) { return Reader(file).read(); }

}  // namespace neurodyn::network
