// SPDX-License-Identifier: BSD-3-Clause
// The strings of one model in Brian2's notation, behind each other, each with its own name in messages.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "language/ast.hpp"
#include "language/source.hpp"

namespace neurodyn::language {

/// True when the string holds more than blanks.
bool is_given(std::string_view text);

class StringTexts {
  public:
    using Values = std::vector<std::pair<std::string, std::string>>;

    /// Throws InputError when all of it together is too long for a model. `parts` are pairs of name and text.
    StringTexts(const std::string& name, const std::vector<std::pair<std::string, std::string_view>>& parts,
                const Values& values);

    const Sources& sources() const { return sources_; }
    SourceSpan part(std::size_t i) const { return spans_[i]; }

    /// Throws InputError when a part that is given is no text; the first must be given when `first_needed`.
    void check(bool first_needed, Problems& problems) const;
    /// The values as parameters of `ast`.
    void parse_values(Ast& ast, Problems& problems) const;

  private:
    Sources sources_;
    std::vector<std::string_view> texts_;
    std::vector<SourceSpan> spans_, value_spans_;
    const Values& values_;
};

/// Reports values for names that nothing in the strings mentions: most likely they are misspelt.
void check_values_are_used(const Ast& ast, Problems& problems);

}  // namespace neurodyn::language
