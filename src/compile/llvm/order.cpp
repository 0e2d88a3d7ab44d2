// SPDX-License-Identifier: BSD-3-Clause
// When a loop body computes its nodes: list scheduling of its functions (Graham 1966) on a few lanes.
#include "compile/llvm/order.hpp"

#include <algorithm>
#include <limits>
#include <ranges>
#include <span>

#include "compile/code_size.hpp"
#include "symbolic/operations.hpp"

namespace neurodyn::compile {

namespace {

constexpr int rows = 2, in_step = 3;  // measured: fewer wait, more spill
constexpr double never = std::numeric_limits<double>::infinity();

class Planner {
  public:
    Planner(const Program& program, const std::vector<NodeId>& nodes)
        : graph_(program.graph), nodes_(nodes), height_(graph_.size()), member_(graph_.size()) {
        times_.start.assign(graph_.size(), never);
        times_.length.resize(graph_.size());
        for (const NodeId id : nodes_) {
            member_[id.index] = true;
            times_.length[id.index] = code_size(graph_[id].op);
        }
        for (const NodeId id : std::views::reverse(nodes_)) {
            height_[id.index] += times_.length[id.index];
            for (const NodeId arg : operands(id))
                height_[arg.index] = std::max(height_[arg.index], height_[id.index]);
        }
        for (int row = 0; row < rows; ++row) free_.insert(free_.end(), in_step, 0.5 * row);
    }

    Times run() {
        while (place_function()) {
        }
        place_as_soon();
        place_as_late();
        return std::move(times_);
    }

  private:
    std::span<const NodeId> operands(NodeId id) const {
        const auto& node = graph_[id];
        return std::span(node.args).first(static_cast<std::size_t>(symbolic::info(node.op).arity));
    }
    double start(NodeId id) const { return times_.start[id.index]; }
    double finish(NodeId id) const { return start(id) + times_.length[id.index]; }

    /// When the operands of each node are there, with what is placed: never, where a function is missing.
    std::vector<double> ready_times() const {
        std::vector<double> ready(graph_.size());
        for (const NodeId id : nodes_)
            for (const NodeId arg : operands(id)) {
                if (!member_[arg.index]) continue;
                const bool small = start(arg) == never && !is_large(graph_[arg].op);
                const double there = small ? ready[arg.index] + times_.length[arg.index] : finish(arg);
                ready[id.index] = std::max(ready[id.index], there);
            }
        return ready;
    }

    /// Gives the lane that is free first the function with most work after it, of those that can start.
    bool place_function() {
        const auto lane = std::ranges::min_element(free_);
        const auto ready = ready_times();
        const auto waits = [&](NodeId id) { return std::max(ready[id.index], *lane); };
        NodeId best;
        for (const NodeId id : nodes_) {
            if (!is_large(graph_[id].op) || start(id) != never || ready[id.index] == never) continue;
            if (!best || waits(id) < waits(best) ||
                (waits(id) == waits(best) && height_[id.index] > height_[best.index]))
                best = id;
        }
        if (!best) return false;
        times_.start[best.index] = waits(best);
        *lane = finish(best);
        return true;
    }

    void place_as_soon() {
        const auto ready = ready_times();
        end_ = std::ranges::max(free_);
        for (const NodeId id : nodes_) {
            const bool after_function = std::ranges::any_of(
                operands(id), [&](NodeId arg) { return member_[arg.index] && start(arg) != never; });
            if (start(id) == never && after_function) times_.start[id.index] = ready[id.index];
            if (start(id) != never) end_ = std::max(end_, finish(id));
        }
    }

    void place_as_late() {
        std::vector<double> needed(graph_.size(), end_);
        for (const NodeId id : std::views::reverse(nodes_)) {
            if (start(id) == never) times_.start[id.index] = needed[id.index] - times_.length[id.index];
            for (const NodeId arg : operands(id)) needed[arg.index] = std::min(needed[arg.index], start(id));
        }
    }

    const Graph& graph_;
    const std::vector<NodeId>& nodes_;
    std::vector<double> height_, free_;
    std::vector<bool> member_;
    Times times_;
    double end_ = 0;
};

}  // namespace

Times plan(const Program& program, const std::vector<NodeId>& nodes) { return Planner(program, nodes).run(); }

}  // namespace neurodyn::compile
