// SPDX-License-Identifier: BSD-3-Clause
// Places in texts, the list of problems, and the check that a text is text.
#include "language/source.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace neurodyn::language {
namespace {

constexpr std::size_t most_problems = 100;
constexpr std::size_t longest_kept_line = 400;
constexpr std::size_t most_candidates = 1000;

// The length of the valid UTF-8 sequence at the start of `text`, or 0 (RFC 3629: no overlong forms, no
// surrogates).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!follows(1) || !follows(2) || (first == 0xE0 && byte(1) < 0xA0) ||
            (first == 0xED && byte(1) > 0x9F))
            return 0;
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!follows(1) || !follows(2) || !follows(3) || (first == 0xF0 && byte(1) < 0x90) ||
            (first == 0xF4 && byte(1) > 0x8F))
            return 0;
        return 4;
    }
    return 0;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

SourceSpan Sources::add(std::string file, std::string_view text) {
    const auto begin = static_cast<std::uint32_t>(buffer_.size());
    buffer_ += text;
    const auto end = static_cast<std::uint32_t>(buffer_.size());
    buffer_ += '\n';
    parts_.push_back({std::move(file), begin, end});
    return {begin, end};
}

std::string_view Sources::text(SourceSpan span) const {
    return std::string_view(buffer_).substr(span.begin, span.end - span.begin);
}

const Sources::Part& Sources::part(std::uint32_t offset) const {
    for (const Part& part : parts_)
        if (offset <= part.end) return part;
    return parts_.back();
}

Diagnostic Sources::diagnostic(SourceSpan span, std::string message, std::string hint) const {
    const Part& p = part(span.begin);
    Diagnostic d = make_diagnostic(p.file, text({p.begin, p.end}), {span.begin - p.begin, span.end - p.begin},
                                   std::move(message), std::move(hint));
    while (!d.source_line.empty() && d.source_line.back() == '\r') d.source_line.pop_back();
    if (d.source_line.size() > longest_kept_line) d.source_line.resize(longest_kept_line);
    return d;
}

std::size_t Sources::line(SourceSpan span) const {
    const Part& p = part(span.begin);
    const std::string_view before = text({p.begin, span.begin});
    return static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
}

void Problems::add(SourceSpan span, std::string message, std::string hint) {
    for (const auto& [place, known] : diagnostics_)
        if (place.begin == span.begin && place.end == span.end && known.message == message) return;
    if (diagnostics_.size() >= most_problems) {
        ++left_out_;
        return;
    }
    if (!context_.empty()) hint += (hint.empty() ? "" : "; ") + context_;
    diagnostics_.emplace_back(span, sources_.diagnostic(span, std::move(message), std::move(hint)));
}

bool Problems::full() const { return diagnostics_.size() >= most_problems; }

std::string Problems::suggestion(std::string_view name, const std::vector<std::string>& candidates) const {
    if (full() || name.size() < 2) return {};
    const auto difference = [&](const std::string& other) {
        return std::max(other.size(), name.size()) - std::min(other.size(), name.size());
    };
    std::vector<std::string> like;
    for (std::size_t longer = 0; longer <= std::max<std::size_t>(name.size() / 3, 1); ++longer)
        for (const std::string& candidate : candidates)
            if (difference(candidate) == longer && like.size() < most_candidates) like.push_back(candidate);
    return did_you_mean(name, like);
}

void Problems::add(SourceSpan span, const InputError& error) {
    for (const Diagnostic& d : error.diagnostics()) {
        SourceSpan place = span;
        if (d.line == 1) {
            place.begin =
                std::min<std::uint32_t>(span.begin + static_cast<std::uint32_t>(d.column) - 1, span.end);
            place.end = std::min<std::uint32_t>(place.begin + static_cast<std::uint32_t>(d.length), span.end);
        }
        add(place, d.message, d.hint);
    }
}

void Problems::throw_if_any() {
    if (diagnostics_.empty()) return;
    std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                     [](const auto& a, const auto& b) { return a.first.begin < b.first.begin; });
    std::vector<Diagnostic> all;
    for (auto& [span, diagnostic] : diagnostics_) all.push_back(std::move(diagnostic));
    if (left_out_ > 0) {
        Diagnostic more;
        more.file = all.front().file;
        more.message = fmt::format("{} more problems were found", left_out_);
        more.hint = "mend the first ones and check again";
        all.push_back(std::move(more));
    }
    throw InputError(std::move(all));
}

bool check_is_text(std::string_view text, SourceSpan span, Problems& problems, std::string hint_when_empty) {
    const auto at = [&](std::size_t i) {
        const auto begin = span.begin + static_cast<std::uint32_t>(i);
        return SourceSpan{begin, begin + 1};
    };
    if (std::all_of(text.begin(), text.end(), is_blank)) {
        problems.add(at(0), "the text is empty", std::move(hint_when_empty));
        return false;
    }
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte < 0x20 && !is_blank(text[i])) || byte == 0x7F) {
            problems.add(at(i), fmt::format("this is not a text: it holds the control byte 0x{:02x}", byte),
                         "is it a binary file, or saved as UTF-16? Models are UTF-8 text");
            return false;
        }
        const std::size_t length = utf8_length(text.substr(i, 4));
        if (length == 0) {
            problems.add(at(i), fmt::format("this is not UTF-8 text: invalid byte 0x{:02x}", byte),
                         "save the file as UTF-8");
            return false;
        }
        i += length;
    }
    return true;
}

}  // namespace neurodyn::language
