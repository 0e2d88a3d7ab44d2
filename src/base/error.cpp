// SPDX-License-Identifier: BSD-3-Clause
// How errors print, and the search for a near name.
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace neurodyn {
namespace {

constexpr std::size_t longest_shown_line = 160;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Tabs are kept in the padding so that the caret stays under its text.
std::string caret_line(const Diagnostic& d) {
    std::string pad;
    for (std::size_t i = 0; i + 1 < d.column && i < d.source_line.size(); ++i)
        pad += d.source_line[i] == '\t' ? '\t' : ' ';
    const std::size_t left = d.source_line.size() - std::min(d.source_line.size(), pad.size());
    return pad + '^' + std::string(std::max<std::size_t>(std::min(d.length, left), 1) - 1, '~');
}

std::string join(const std::vector<Diagnostic>& diagnostics) {
    std::string text;
    for (const Diagnostic& d : diagnostics) text += (text.empty() ? "" : "\n") + to_string(d);
    return text;
}

}  // namespace

std::string to_string(const Diagnostic& d) {
    std::string text;
    if (!d.file.empty()) text += d.file + ":";
    if (d.line > 0) text += fmt::format("{}:{}:", d.line, d.column);
    text += (text.empty() ? "error: " : " error: ") + d.message;
    if (d.line > 0 && d.source_line.size() <= longest_shown_line)
        text += fmt::format("\n  {}\n  {}", d.source_line, caret_line(d));
    if (!d.hint.empty()) text += "\n  hint: " + d.hint;
    return text;
}

Diagnostic make_diagnostic(std::string file, std::string_view text, SourceSpan span, std::string message,
                           std::string hint) {
    Diagnostic d;
    d.file = std::move(file);
    d.message = std::move(message);
    d.hint = std::move(hint);
    const std::size_t begin = std::min<std::size_t>(span.begin, text.size());
    const std::size_t line_begin = begin == 0 ? 0 : text.rfind('\n', begin - 1) + 1;
    const std::size_t line_end = std::min(text.find('\n', begin), text.size());
    d.line = static_cast<std::size_t>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n')) +
             1;
    d.column = begin - line_begin + 1;
    d.length = std::max<std::size_t>(std::max(span.end, span.begin) - span.begin, 1);
    d.source_line = std::string(text.substr(line_begin, line_end - line_begin));
    return d;
}

InputError::InputError(std::vector<Diagnostic> diagnostics)
    : Error(join(diagnostics)), diagnostics_(std::move(diagnostics)) {}

FileError::FileError(std::string path, const std::string& problem)
    : Error(fmt::format("{}: {}", path, problem)), path_(std::move(path)) {}

SubjectError::SubjectError(std::string subject, const std::string& problem)
    : Error(problem.starts_with(subject) ? problem : fmt::format("{}: {}", subject, problem)),
      subject_(std::move(subject)) {}

NonFiniteError::NonFiniteError(std::string population_, std::size_t node_, std::size_t member_,
                               std::string variable_, double time_s_)
    : Error(fmt::format("population '{}', node {}, variable '{}' became non-finite at t = {} s (member {}); "
                        "a smaller dt, another method or other parameters may help",
                        population_, node_, variable_, time_s_, member_)),
      population(std::move(population_)),
      variable(std::move(variable_)),
      node(node_),
      member(member_),
      time_s(time_s_) {}

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
    const auto distance = [](std::string_view a, std::string_view b) {
        std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
        for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
        for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
        for (std::size_t i = 1; i <= a.size(); ++i) {
            for (std::size_t j = 1; j <= b.size(); ++j) {
                d[i][j] =
                    std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
        return d[a.size()][b.size()];
    };
    constexpr std::size_t longest_name = 64;
    if (name.size() > longest_name) return {};
    std::size_t best = std::max<std::size_t>(name.size() / 3, 1) + 1;
    std::string nearest;
    for (const std::string& candidate : candidates) {
        if (candidate.size() > longest_name || candidate == name) continue;
        // Of a short name, one letter is much: the first one is seldom the wrong one.
        if (name.size() <= 3 && !name.empty() && !candidate.empty() && lower(name[0]) != lower(candidate[0]))
            continue;
        const std::size_t d = distance(name, candidate);
        if (d < best) best = d, nearest = candidate;
    }
    return nearest;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
    const std::string near = nearest_name(name, candidates);
    return near.empty() ? std::string{} : fmt::format("did you mean '{}'?", near);
}

std::string read_file(const std::string& path, std::size_t limit_bytes) {
    std::error_code code;
    const auto status = std::filesystem::status(path, code);
    if (!std::filesystem::exists(status)) throw FileError(path, "no such file");
    if (std::filesystem::is_directory(status)) throw FileError(path, "is a directory, a file was expected");
    const std::uintmax_t size = std::filesystem::file_size(path, code);
    if (!code && size > limit_bytes)
        throw FileError(path, fmt::format("is {} bytes long; at most {} are read here", size, limit_bytes));
    std::ifstream in(path, std::ios::binary);
    if (!in) throw FileError(path, "cannot be opened; check its permissions");
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace neurodyn
