// SPDX-License-Identifier: BSD-3-Clause
// The texts that one model is read from, and the list of all problems found in them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace neurodyn::language {

/// No model text is longer: the largest published models have some ten kilobytes.
inline constexpr std::size_t longest_text = std::size_t{1} << 20;

/// Several named texts behind each other in one buffer, so that a SourceSpan alone says text and place.
class Sources {
  public:
    struct Part {
        std::string file;
        std::uint32_t begin = 0, end = 0;
    };
    /// Adds a text and returns its range in the buffer. Views into the buffer are valid once nothing is added
    /// any more.
    SourceSpan add(std::string file, std::string_view text);
    std::string_view text(SourceSpan span) const;
    const std::string& buffer() const { return buffer_; }
    Diagnostic diagnostic(SourceSpan span, std::string message, std::string hint) const;
    /// 1-based line of a place inside its own text.
    std::size_t line(SourceSpan span) const;

  private:
    const Part& part(std::uint32_t offset) const;
    std::string buffer_;
    std::vector<Part> parts_;
};

/// Collects problems, each place and message once; after a hundred it keeps silent and says so.
class Problems {
  public:
    explicit Problems(const Sources& sources) : sources_(sources) {}
    void add(SourceSpan span, std::string message, std::string hint = {});
    /// Takes over what parse_unit says of the text at `span`.
    void add(SourceSpan span, const InputError& error);
    /// Words that go behind the hint of everything added from now on: "in the call of S in line 3".
    void set_context(std::string context) { context_ = std::move(context); }
    /// True when more problems would be counted only: no need to look for hints.
    bool full() const;
    /// "did you mean 'x'?", the candidates of like length first; empty for names of one letter and when full.
    std::string suggestion(std::string_view name, const std::vector<std::string>& candidates) const;
    bool empty() const { return diagnostics_.empty(); }
    std::size_t size() const { return diagnostics_.size(); }
    /// Throws InputError with everything that was added, in order of place, if there is anything.
    void throw_if_any();
    const Sources& sources() const { return sources_; }

  private:
    const Sources& sources_;
    std::vector<std::pair<SourceSpan, Diagnostic>> diagnostics_;
    std::size_t left_out_ = 0;
    std::string context_;
};

/// Reports what makes a text no text at all: empty, too long, NUL or control bytes, invalid UTF-8. False when
/// there is such a problem.
bool check_is_text(std::string_view text, SourceSpan span, Problems& problems,
                   std::string hint_when_empty = {});

}  // namespace neurodyn::language
