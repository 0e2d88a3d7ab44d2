// SPDX-License-Identifier: BSD-3-Clause
// A YAML text as a plain tree in which every value knows its line and column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace neurodyn::experiment {

/// Where something stands in a document: 1-based, in bytes; line 0 when it stands nowhere (a command line).
struct Place {
    std::size_t line = 0, column = 0, length = 0;
};

/// One value: nothing, a scalar with its text, a list of items, or a map (keys[i] belongs to items[i]).
struct Node {
    enum class Kind { null, scalar, list, map };
    Kind kind = Kind::null;
    bool quoted = false;
    std::string text;
    Place place;
    std::vector<Node> items;
    std::vector<std::string> keys;
    std::vector<Place> key_places;

    const Node* find(std::string_view key) const;
    Node* find(std::string_view key);
    /// "a text", "a list", "a map", "nothing".
    std::string_view kind_name() const;
};

struct Document {
    std::string file, text;
    Node root;

    Diagnostic problem(const Place& place, std::string message, std::string hint = {}) const;
    /// The place of `length` bytes from `offset` on in a value that stands at `place`, on one line or folded
    /// over several. `place` itself where the value stands there in another form (an alias, an escape).
    Place within(const Place& place, std::string_view value, std::size_t offset, std::size_t length) const;
};

/// What a document may hold at most. Aliases count each time that they are used.
struct DocumentLimits {
    std::size_t bytes = std::size_t{4} << 20;
    std::size_t depth = 24;
    std::size_t nodes = 100000;
};

/// Reads YAML text. Throws InputError with the place: syntax, a key given twice, an empty or binary text,
/// nesting too deep, too large, more than one document.
Document parse_document(std::string text, std::string file, const DocumentLimits& limits = {});
/// The same from a file. Throws FileError too.
Document load_document(const std::string& path, const DocumentLimits& limits = {});

/// Sets the value at a dotted path ("time.duration", "expect.0.above"): the last key may be new, and so may a
/// whole section ("stimuli") or an entry's `set`; the others must exist. In a population, projection or
/// stimulus, `set.` may be left out before a parameter's name; a single name means `values.NAME` when that
/// exists. Throws Error with the names that exist.
void set_value(Document& document, const std::string& path, const Node& value);
/// The value is read as YAML; `origin` names it in errors ("--set").
void set_value(Document& document, const std::string& path, const std::string& yaml,
               const std::string& origin);

}  // namespace neurodyn::experiment
