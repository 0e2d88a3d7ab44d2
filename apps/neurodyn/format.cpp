// SPDX-License-Identifier: BSD-3-Clause
// Tables, sizes and durations as people read them.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "commands.hpp"

namespace neurodyn::app {
namespace {

// Characters rather than bytes, so that "±" is one column wide.
std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

// Words in lines of at most `room` characters, the second and further ones indented.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t room) {
    std::string made, line, word;
    std::istringstream words(text);
    while (words >> word) {
        if (!line.empty() && width_of(line) + 1 + width_of(word) > room) {
            made += line + '\n' + std::string(indent, ' ');
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return made + line;
}

constexpr std::size_t least_room = 20;  // for the last column; beside longer ones lines stay whole

}  // namespace

std::size_t terminal_width() {
    winsize size{};
    return isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

std::string format_table(const std::vector<std::vector<std::string>>& rows, std::size_t width) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width_of(row[c]));
    }
    std::size_t indent = 0;
    for (std::size_t c = 0; c + 1 < widths.size(); ++c) indent += widths[c] + 2;
    const bool wraps = width >= indent + least_room;
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t c = 0; c < row.size(); ++c) {
            const bool last = c + 1 == widths.size();
            line += last && wraps ? wrapped(row[c], indent, width - indent) : row[c];
            if (c + 1 < row.size()) line += std::string(widths[c] - width_of(row[c]) + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

std::string format_bytes(double bytes) {
    const char* units[] = {"bytes", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    while (bytes >= 1000.0 && unit + 1 < std::size(units)) bytes /= 1000.0, ++unit;
    return unit == 0 ? fmt::format("{:.0f} {}", bytes, units[unit])
                     : fmt::format("{:.3g} {}", bytes, units[unit]);
}

std::string format_duration(double seconds) {
    if (!(seconds >= 0.0)) return "?";
    if (seconds < 10.0) return fmt::format("{:.2g} s", seconds);
    if (seconds < 100.0) return fmt::format("{:.0f} s", seconds);
    const long whole = std::lround(std::min(seconds, 1e12));
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

}  // namespace neurodyn::app
