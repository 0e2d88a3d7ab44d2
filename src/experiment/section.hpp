// SPDX-License-Identifier: BSD-3-Clause
// Reading one map of a document: typed values by key, and what was never asked for is an unknown key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "experiment/experiment.hpp"

namespace neurodyn::experiment {

/// Problems of one document, collected until all of it is read, each once.
class Problems {
  public:
    explicit Problems(const Document& document) : document_(document) {}
    void add(const Place& place, std::string message, std::string hint = {});
    /// The problems of a text inside the document (an expression, a quantity), moved to the text's place.
    void add(const Text& text, const InputError& error);
    void add(Diagnostic diagnostic);
    std::size_t size() const { return found_.size(); }
    /// Throws InputError with all of them, when there are any.
    void raise() const;
    const Document& document() const { return document_; }

  private:
    const Document& document_;
    std::vector<Diagnostic> found_;
};

/// `text` as a quantity of `expected`; a problem is collected and 0 returned.
double read_quantity(const Text& text, const Dimension& expected, Problems& problems);

/// "0.1 ms", "2 s".
std::string show_time(double seconds);
/// A problem when a time is not a whole number of steps of `dt_s`, at least one.
void check_steps(const Text& text, const std::string& what, double time_s, double dt_s, Problems& problems);

/// One map being read. Each getter marks its key as known, and records a problem when the value has another
/// type.
class Section {
  public:
    /// `what` names the map in messages: "population 'E'".
    Section(const Node& node, Problems& problems, std::string what);

    /// The value of `key`, or null when it is missing or empty.
    const Node* get(const std::string& key);
    bool has(const std::string& key) const;
    std::optional<Text> text(const std::string& key);
    Text text_or(const std::string& key, const std::string& fallback = {});
    Text required_text(const std::string& key, const std::string& why);
    std::optional<double> number(const std::string& key);
    bool boolean(const std::string& key, bool fallback);
    /// An integer in [low, high].
    std::optional<std::uint64_t> integer(const std::string& key, std::uint64_t low, std::uint64_t high);
    std::optional<double> quantity(const std::string& key, const Dimension& expected);
    /// A text, or a list of texts.
    Value value(const std::string& key);
    std::vector<Text> texts(const std::string& key);
    Settings settings(const std::string& key);

    const Place& place() const { return node_.place; }
    const std::string& what() const { return what_; }
    /// Every key that no getter asked for is unknown.
    void finish(const std::string& hint = {});

  private:
    bool is_map() const { return node_.kind == Node::Kind::map; }
    const Node& node_;
    Problems& problems_;
    std::string what_;
    std::vector<std::string> known_, empty_;
};

Text to_text(const Node& node);
Value to_value(const Node& node, Problems& problems, const std::string& what);
/// Null when there is none of this name.
const Setting* find_setting(const Settings& settings, std::string_view name);
/// The entries of a map as settings.
Settings to_settings(const Node& node, Problems& problems, const std::string& what);
/// True when `value` is `of` a whole number of times, up to rounding, and at least once.
bool is_multiple(double value, double of);
/// A plain decimal number, or nothing.
std::optional<double> to_number(const std::string& text);

}  // namespace neurodyn::experiment
