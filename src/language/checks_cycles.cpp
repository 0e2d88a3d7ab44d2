// SPDX-License-Identifier: BSD-3-Clause
// Orders names by what they use, and finds the circles in which none can be first.
#include <fmt/format.h>

#include <algorithm>

#include "language/checks.hpp"

namespace neurodyn::language {
namespace {

// Depth-first search with its own stack: a chain of definitions may be long.
class Search {
  public:
    Search(const std::vector<Dependency>& items, const std::string& what, Problems& problems)
        : items_(items), what_(what), problems_(problems), state_(items.size(), fresh) {
        for (std::size_t i = 0; i < items.size(); ++i) index_.emplace(items[i].name, i);
    }

    Order run() {
        for (std::size_t i = 0; i < items_.size(); ++i)
            if (state_[i] == fresh) from(i);
        return std::move(result_);
    }

  private:
    enum State { fresh, open, done };
    struct Frame {
        std::size_t item, next_use;
    };

    void from(std::size_t start) {
        stack_.push_back({start, 0});
        state_[start] = open;
        while (!stack_.empty()) {
            Frame& top = stack_.back();
            const std::vector<std::string>& uses = items_[top.item].uses;
            if (top.next_use == uses.size()) {
                state_[top.item] = done;
                result_.order.push_back(top.item);
                stack_.pop_back();
                continue;
            }
            const auto used = index_.find(uses[top.next_use++]);
            if (used == index_.end()) continue;
            if (state_[used->second] == open) report(used->second);
            if (state_[used->second] == fresh) {
                state_[used->second] = open;
                stack_.push_back({used->second, 0});
            }
        }
    }

    void report(std::size_t first) {
        const auto begin =
            std::find_if(stack_.begin(), stack_.end(), [&](const Frame& f) { return f.item == first; });
        std::string circle;
        for (auto frame = begin; frame != stack_.end(); ++frame) {
            circle += items_[frame->item].name + " -> ";
            result_.circular.insert(items_[frame->item].name);
        }
        problems_.add(items_[first].span, fmt::format("{}: {}{}", what_, circle, items_[first].name));
    }

    const std::vector<Dependency>& items_;
    const std::string& what_;
    Problems& problems_;
    std::vector<State> state_;
    std::map<std::string, std::size_t> index_;
    std::vector<Frame> stack_;
    Order result_;
};

}  // namespace

Order order_of(const std::vector<Dependency>& items, const std::string& what, Problems& problems) {
    return Search(items, what, problems).run();
}

Order definition_order(const Ast& ast, Problems& problems) {
    std::vector<Dependency> items;
    for (const EquationDecl& e : ast.equations)
        items.push_back({e.differential ? "" : e.name, e.name_span,
                         e.differential ? std::vector<std::string>{} : names_in(ast, e.value)});
    for (const FunctionDecl& f : ast.functions)
        items.push_back({f.name, f.name_span, names_in(ast, f.body, f.parameters)});
    Order order = order_of(items, "definitions go in a circle", problems);
    std::erase_if(order.order, [&](std::size_t i) { return i >= ast.equations.size(); });
    return order;
}

}  // namespace neurodyn::language
