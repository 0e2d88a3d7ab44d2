// SPDX-License-Identifier: BSD-3-Clause
// yaml-cpp's events made into a tree, with limits on size, depth and aliases: the only file that sees
// yaml-cpp.
#include "experiment/document.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <istream>
#include <sstream>
#include <unordered_map>

namespace neurodyn::experiment {
namespace {

Place to_place(const YAML::Mark& mark, std::size_t length = 1) {
    if (mark.is_null()) return {};
    return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1, length};
}

std::string line_of(std::string_view text, std::size_t line) {
    for (std::size_t begin = 0; begin <= text.size(); --line) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        if (line == 1) return std::string(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return {};
}

std::size_t offset_of(std::string_view text, const Place& place) {
    std::size_t begin = 0;
    for (std::size_t line = 1; line < place.line && begin < text.size(); ++line)
        begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
    return std::min(begin + place.column - 1, text.size());
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Builds the tree from events. A container that is open lies on stack_; a map's key waits in it until its
// value comes.
class TreeBuilder : public YAML::EventHandler {
  public:
    TreeBuilder(Document& document, const DocumentLimits& limits) : document_(document), limits_(limits) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node node;
        node.place = to_place(mark);
        finish(std::move(node), anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end())
            fail(to_place(mark), "an alias may not stand inside the value that it names");
        Node copy = found->second.node;
        copy.place = to_place(mark);
        nodes_ += found->second.size;
        if (stack_.size() + found->second.depth > limits_.depth) too_deep(copy.place);
        check_nodes(copy.place);
        finish(std::move(copy), 0, found->second.depth);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node;
        node.kind = Node::Kind::scalar;
        node.quoted = tag == "!";
        node.text = value;
        node.place = to_place(mark, std::max<std::size_t>(value.size(), 1));
        if (node.quoted && is_quote(node.place)) ++node.place.column;  // of what stands in the quotes
        if (!node.quoted && (value == "~" || value == "null")) node.kind = Node::Kind::null;
        finish(std::move(node), anchor);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::Kind::list, mark, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::Kind::map, mark, anchor);
    }
    void OnMapEnd() override { close(); }

  private:
    struct Open {
        Node node;
        YAML::anchor_t anchor;
        std::size_t first_node;
        bool key_waits = false;
        std::size_t depth = 1;
    };
    struct Anchored {
        Node node;
        std::size_t size, depth;
    };

    [[noreturn]] void fail(const Place& place, std::string message, std::string hint = {}) const {
        throw InputError({document_.problem(place, std::move(message), std::move(hint))});
    }
    [[noreturn]] void too_deep(const Place& place) const {
        fail(place, fmt::format("nested more than {} levels deep", limits_.depth),
             "an experiment needs no more than a few levels");
    }
    bool is_quote(const Place& place) const {
        const std::size_t at = offset_of(document_.text, place);
        return at < document_.text.size() && (document_.text[at] == '"' || document_.text[at] == '\'');
    }
    void check_nodes(const Place& place) const {
        if (nodes_ > limits_.nodes)
            fail(place, fmt::format("the document has more than {} values", limits_.nodes),
                 "put long lists of numbers in files of their own (CSV or HDF5)");
    }

    void open(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (stack_.size() >= limits_.depth) too_deep(to_place(mark));
        Open open;
        open.node.kind = kind;
        open.node.place = to_place(mark);
        open.anchor = anchor;
        open.first_node = nodes_;
        stack_.push_back(std::move(open));
    }

    void close() {
        Open done = std::move(stack_.back());
        stack_.pop_back();
        merge(done.node);
        if (done.anchor != 0) anchors_[done.anchor] = {done.node, nodes_ - done.first_node + 1, done.depth};
        finish(std::move(done.node), 0, done.depth);
    }

    // "<<: *other" gives a map the keys of another that it does not have itself.
    void merge(Node& map) const {
        const auto at = std::find(map.keys.begin(), map.keys.end(), "<<") - map.keys.begin();
        if (at == static_cast<std::ptrdiff_t>(map.keys.size())) return;
        const Node value = map.items[static_cast<std::size_t>(at)];
        map.keys.erase(map.keys.begin() + at);
        map.key_places.erase(map.key_places.begin() + at);
        map.items.erase(map.items.begin() + at);
        const std::vector<Node> others = value.kind == Node::Kind::list ? value.items : std::vector{value};
        for (const Node& other : others) {
            if (other.kind != Node::Kind::map)
                fail(value.place, fmt::format("'<<' takes the keys of a map, not of {}", other.kind_name()),
                     "for example inh: {<<: *exc, size: 800} where exc: &exc {...}");
            for (std::size_t i = 0; i < other.keys.size(); ++i) {
                if (map.find(other.keys[i]) != nullptr) continue;
                map.keys.push_back(other.keys[i]);
                map.key_places.push_back(other.key_places[i]);
                map.items.push_back(other.items[i]);
            }
        }
    }

    void finish(Node node, YAML::anchor_t anchor, std::size_t depth = 0) {
        ++nodes_;
        check_nodes(node.place);
        if (anchor != 0) anchors_[anchor] = {node, 1, depth};
        if (stack_.empty()) {
            document_.root = std::move(node);
            return;
        }
        Open& parent = stack_.back();
        parent.depth = std::max(parent.depth, depth + 1);
        if (parent.node.kind == Node::Kind::map && !parent.key_waits)
            add_key(parent, node);
        else {
            parent.node.items.push_back(std::move(node));
            parent.key_waits = false;
        }
    }

    void add_key(Open& parent, const Node& key) {
        if (key.kind != Node::Kind::scalar) fail(key.place, "a key must be a plain name");
        const Node* earlier = parent.node.find(key.text);
        if (earlier != nullptr)
            fail(key.place,
                 fmt::format("key '{}' is given twice (first on line {})", key.text, earlier->place.line));
        parent.node.keys.push_back(key.text);
        parent.node.key_places.push_back(key.place);
        parent.key_waits = true;
    }

    Document& document_;
    DocumentLimits limits_;
    std::vector<Open> stack_;
    std::unordered_map<YAML::anchor_t, Anchored> anchors_;
    std::size_t nodes_ = 0;
};

void check_text(const Document& document, const DocumentLimits& limits) {
    const std::string& text = document.text;
    if (text.size() > limits.bytes)
        throw FileError(document.file,
                        fmt::format("{} bytes are more than an experiment may have ({} MiB); put tables and "
                                    "matrices in files of their own (CSV or HDF5)",
                                    text.size(), limits.bytes >> 20));
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 32 && c != '\n' && c != '\r' && c != '\t';
    };
    const auto control = std::find_if(text.begin(), text.end(), is_control);
    if (control != text.end() || text.starts_with("\x89HDF"))
        throw FileError(document.file,
                        fmt::format("this is a binary file (byte {}), not the YAML text of an experiment",
                                    control - text.begin()));
    if (text.find_first_not_of(" \t\r\n") == std::string::npos)
        throw FileError(document.file, "the file is empty; an experiment has at least time and populations");
}

}  // namespace

const Node* Node::find(std::string_view key) const {
    for (std::size_t i = 0; i < keys.size() && i < items.size(); ++i)
        if (keys[i] == key) return &items[i];
    return nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

std::string_view Node::kind_name() const {
    constexpr std::string_view names[] = {"nothing", "a text", "a list", "a map"};
    return names[static_cast<std::size_t>(kind)];
}

Diagnostic Document::problem(const Place& place, std::string message, std::string hint) const {
    Diagnostic d;
    d.message = std::move(message);
    d.hint = std::move(hint);
    d.file = file;
    if (place.line > 0) {
        d.line = place.line;
        d.column = place.column;
        d.length = place.length;
        d.source_line = line_of(text, place.line);
    }
    return d;
}

Place Document::within(const Place& place, std::string_view value, std::size_t offset,
                       std::size_t length) const {
    if (place.line == 0 || offset > value.size()) return place;
    std::size_t at = offset_of(text, place);
    if (at < text.size() && (text[at] == '|' || text[at] == '>'))
        at = std::min(text.find('\n', at), text.size());
    const auto skip_blanks = [&] {
        while (at < text.size() && is_blank(text[at])) ++at;
    };
    for (std::size_t i = 0; i < offset; ++i) {
        if (is_blank(value[i])) continue;
        skip_blanks();
        if (at >= text.size() || text[at] != value[i]) return place;
        ++at;
    }
    if (offset < value.size()) skip_blanks();
    if (offset < value.size() && (at >= text.size() || text[at] != value[offset])) return place;
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size()));
    Place found;
    found.line = static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1;
    const std::size_t line_begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    found.column = at - line_begin + 1;
    found.length = length;
    return found;
}

Document parse_document(std::string text, std::string file, const DocumentLimits& limits) {
    Document document;
    document.file = std::move(file);
    document.text = std::move(text);
    check_text(document, limits);
    std::istringstream stream(document.text);
    try {
        YAML::Parser parser(stream);
        TreeBuilder builder(document, limits);
        parser.HandleNextDocument(builder);
        Document rest;
        TreeBuilder second(rest, limits);
        if (parser.HandleNextDocument(second) && rest.root.kind != Node::Kind::null)
            throw InputError({document.problem(rest.root.place, "a second YAML document begins here",
                                               "an experiment is one document; remove the '---' line")});
    } catch (const YAML::Exception& error) {
        throw InputError({document.problem(to_place(error.mark), "not valid YAML: " + error.msg)});
    }
    return document;
}

Document load_document(const std::string& path, const DocumentLimits& limits) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(path, ignored);
    if (!ignored && size > limits.bytes)
        throw FileError(
            path,
            fmt::format("{} bytes are more than an experiment may have ({} MiB); put tables and matrices in "
                        "files of their own (CSV or HDF5)",
                        size, limits.bytes >> 20));
    return parse_document(read_file(path, limits.bytes), path, limits);
}

}  // namespace neurodyn::experiment
