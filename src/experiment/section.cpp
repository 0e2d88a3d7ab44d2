// SPDX-License-Identifier: BSD-3-Clause
// Typed reading of a map's values, with messages that name the key, what it is and what it must be.
#include "experiment/section.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

namespace neurodyn::experiment {

void Problems::add(const Place& place, std::string message, std::string hint) {
    add(document_.problem(place, std::move(message), std::move(hint)));
}

void Problems::add(const Text& text, const InputError& error) {
    for (const Diagnostic& inner : error.diagnostics()) {
        Place place = text.place;
        if (inner.line > 0) {
            std::size_t begin = 0;
            for (std::size_t line = 1; line < inner.line && begin < text.value.size(); ++line)
                begin = std::min(text.value.find('\n', begin), text.value.size() - 1) + 1;
            place = document_.within(place, text.value, begin + std::max<std::size_t>(inner.column, 1) - 1,
                                     inner.length);
        }
        std::string message = inner.message;
        if (message.find(text.value) == std::string::npos && text.value.find('\n') == std::string::npos)
            message = fmt::format("'{}': {}", text.value, message);
        add(place, std::move(message), inner.hint);
    }
}

void Problems::add(Diagnostic diagnostic) {
    const auto same = [&](const Diagnostic& d) {
        return d.message == diagnostic.message && d.file == diagnostic.file && d.line == diagnostic.line &&
               d.column == diagnostic.column;
    };
    if (std::none_of(found_.begin(), found_.end(), same)) found_.push_back(std::move(diagnostic));
}

void Problems::raise() const {
    if (found_.empty()) return;
    std::vector<Diagnostic> ordered = found_;
    std::stable_sort(ordered.begin(), ordered.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::tuple(a.line, a.column) < std::tuple(b.line, b.column);
    });
    throw InputError(std::move(ordered));
}

std::string show_time(double seconds) {
    const double size = std::abs(seconds);
    if (size == 0.0 || size >= 1.0) return fmt::format("{:.10g} s", seconds);
    return size >= 1e-6 ? fmt::format("{:.10g} ms", seconds * 1e3) : fmt::format("{:.10g} us", seconds * 1e6);
}

double read_quantity(const Text& text, const Dimension& expected, Problems& problems) {
    try {
        return parse_quantity(text.value, expected);
    } catch (const InputError& error) {
        problems.add(text, error);
    }
    return 0.0;
}

void check_steps(const Text& text, const std::string& what, double time_s, double dt_s, Problems& problems) {
    if (is_multiple(time_s, dt_s)) return;
    const double steps = std::max(std::nearbyint(time_s / dt_s), 1.0);
    problems.add(text.place,
                 fmt::format("{} must be a whole number of steps of {}, '{}' is not", what, show_time(dt_s),
                             text.value),
                 fmt::format("the nearest is {}", show_time(steps * dt_s)));
}

Text to_text(const Node& node) { return {node.text, node.place}; }

bool is_multiple(double value, double of) {
    const double steps = std::nearbyint(value / of);
    return steps >= 1.0 && std::abs(steps * of - value) <= 1e-6 * of + 1e-9 * value;
}

std::optional<double> to_number(const std::string& text) {
    double value = 0.0;
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

Value to_value(const Node& node, Problems& problems, const std::string& what) {
    Value value;
    if (node.kind == Node::Kind::scalar) {
        value.items.push_back(to_text(node));
    } else if (node.kind == Node::Kind::list) {
        value.is_list = true;
        for (const Node& item : node.items) {
            if (item.kind == Node::Kind::scalar)
                value.items.push_back(to_text(item));
            else
                problems.add(item.place,
                             fmt::format("{}: an item of the list is {}, it must be a number or a text", what,
                                         item.kind_name()),
                             item.kind == Node::Kind::list ? "a matrix stands in a CSV file of its own" : "");
        }
        if (node.items.empty()) problems.add(node.place, fmt::format("{}: the list is empty", what));
    } else {
        problems.add(node.place, fmt::format("{} is {}, it must be a number, an expression or a list of them",
                                             what, node.kind_name()));
    }
    return value;
}

const Setting* find_setting(const Settings& settings, std::string_view name) {
    const auto it =
        std::find_if(settings.begin(), settings.end(), [&](const Setting& s) { return s.name == name; });
    return it == settings.end() ? nullptr : &*it;
}

Settings to_settings(const Node& node, Problems& problems, const std::string& what) {
    Settings settings;
    if (node.kind == Node::Kind::null) return settings;
    if (node.kind != Node::Kind::map) {
        problems.add(node.place,
                     fmt::format("{} is {}, it must be a map of names and values", what, node.kind_name()));
        return settings;
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        Value value = to_value(node.items[i], problems, fmt::format("'{}' in {}", node.keys[i], what));
        if (!value.empty()) settings.push_back({node.keys[i], node.key_places[i], std::move(value)});
    }
    return settings;
}

Section::Section(const Node& node, Problems& problems, std::string what)
    : node_(node), problems_(problems), what_(std::move(what)) {
    if (!is_map() && node.kind != Node::Kind::null)
        problems_.add(node.place, fmt::format("{} is {}, it must be a map", what_, node.kind_name()));
}

const Node* Section::get(const std::string& key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
    const Node* found = is_map() ? node_.find(key) : nullptr;
    if (found == nullptr || found->kind != Node::Kind::null) return found;
    if (std::find(empty_.begin(), empty_.end(), key) == empty_.end()) {
        empty_.push_back(key);
        problems_.add(found->place, fmt::format("'{}' of {} has nothing behind it", key, what_),
                      "give a value or leave the key out");
    }
    return nullptr;
}

bool Section::has(const std::string& key) const { return is_map() && node_.find(key) != nullptr; }

std::optional<Text> Section::text(const std::string& key) {
    const Node* node = get(key);
    if (node == nullptr) return std::nullopt;
    if (node->kind == Node::Kind::scalar) return to_text(*node);
    problems_.add(node->place,
                  fmt::format("'{}' of {} is {}, it must be one value", key, what_, node->kind_name()),
                  node->kind == Node::Kind::list ? "give each of them an entry of its own" : "");
    return std::nullopt;
}

Text Section::text_or(const std::string& key, const std::string& fallback) {
    return text(key).value_or(Text{fallback, node_.place});
}

Text Section::required_text(const std::string& key, const std::string& why) {
    if (get(key) == nullptr && (is_map() || node_.kind == Node::Kind::null))
        problems_.add(node_.place, fmt::format("{} has no '{}'", what_, key), why);
    return text_or(key);
}

std::optional<double> Section::number(const std::string& key) {
    const std::optional<Text> found = text(key);
    if (!found) return std::nullopt;
    const std::optional<double> value = to_number(found->value);
    if (!value)
        problems_.add(found->place,
                      fmt::format("'{}' of {} must be a number, not '{}'", key, what_, found->value));
    return value;
}

bool Section::boolean(const std::string& key, bool fallback) {
    const std::optional<Text> found = text(key);
    if (!found) return fallback;
    if (found->value == "true" || found->value == "yes") return true;
    if (found->value == "false" || found->value == "no") return false;
    problems_.add(found->place,
                  fmt::format("'{}' of {} must be true or false, not '{}'", key, what_, found->value));
    return fallback;
}

std::optional<std::uint64_t> Section::integer(const std::string& key, std::uint64_t low, std::uint64_t high) {
    const std::optional<Text> found = text(key);
    if (!found) return std::nullopt;
    std::uint64_t value = 0;
    const char* end = found->value.data() + found->value.size();
    const auto [stop, error] = std::from_chars(found->value.data(), end, value);
    if (error == std::errc{} && stop == end && value >= low && value <= high) return value;
    problems_.add(found->place, fmt::format("'{}' of {} must be a whole number from {} to {}, not '{}'", key,
                                            what_, low, high, found->value));
    return std::nullopt;
}

std::optional<double> Section::quantity(const std::string& key, const Dimension& expected) {
    const std::optional<Text> found = text(key);
    if (!found) return std::nullopt;
    return read_quantity(*found, expected, problems_);
}

Value Section::value(const std::string& key) {
    const Node* node = get(key);
    return node == nullptr ? Value{} : to_value(*node, problems_, fmt::format("'{}' of {}", key, what_));
}

std::vector<Text> Section::texts(const std::string& key) { return value(key).items; }

Settings Section::settings(const std::string& key) {
    const Node* node = get(key);
    return node == nullptr ? Settings{}
                           : to_settings(*node, problems_, fmt::format("'{}' of {}", key, what_));
}

void Section::finish(const std::string& hint) {
    if (!is_map()) return;
    for (std::size_t i = 0; i < node_.keys.size(); ++i) {
        const std::string& key = node_.keys[i];
        if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
        std::string advice = did_you_mean(key, known_);
        if (advice.empty())
            advice = hint.empty() ? fmt::format("it knows: {}", fmt::join(known_, ", ")) : hint;
        problems_.add(node_.key_places[i], fmt::format("{} has no key '{}'", what_, key), advice);
    }
}

}  // namespace neurodyn::experiment
