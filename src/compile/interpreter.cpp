// SPDX-License-Identifier: BSD-3-Clause
// The interpreter: nodes become calls of base/math's loops on tiles that stay in the first-level cache.
#include "compile/interpreter.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <unordered_map>

#include "base/aligned.hpp"
#include "base/math/table.hpp"
#include "compile/rewrite.hpp"
#include "symbolic/operations.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;

namespace {

constexpr std::size_t tile_elements = 128;

/// The name of an operation's row in base/math's table.
std::string_view row_name(Op op) {
    switch (op) {
        case Op::add:
            return "add";
        case Op::sub:
            return "sub";
        case Op::mul:
            return "mul";
        case Op::div:
            return "div";
        case Op::neg:
            return "neg";
        case Op::pow:
            return "pow";
        case Op::mod:
            return "mod";
        case Op::lt:
            return "lt";
        case Op::le:
            return "le";
        case Op::gt:
            return "gt";
        case Op::ge:
            return "ge";
        case Op::eq:
            return "eq";
        case Op::ne:
            return "ne";
        case Op::logical_and:
            return "logical_and";
        case Op::logical_or:
            return "logical_or";
        case Op::logical_not:
            return "logical_not";
        case Op::select:
            return "select";
        default:
            return symbolic::info(op).name;
    }
}

template <class T>
math::Loop<T> loop_of(Op op) {
    const auto* row = math::find_function(row_name(op));
    if (!row) throw std::logic_error("no math function '" + std::string(row_name(op)) + "'");
    if constexpr (std::is_same_v<T, double>)
        return row->f64;
    else
        return row->f32;
}

/// Where an operand lies: an array of the kernel, or a slot of the scratch memory (a broadcast value or a
/// register).
struct Place {
    bool in_array = false;
    std::uint32_t index = 0;
};

template <class T>
struct Instruction {
    math::Loop<T> loop = nullptr;  ///< null: copy, or a lookup
    symbolic::TablePtr table;      ///< of a lookup
    std::uint32_t out = 0;         ///< slot
    int arity = 1;
    std::array<Place, 3> args{};
};

/// The program as instructions; slots are first the broadcast values (constants, uniforms), then registers.
template <class T>
struct Code {
    std::vector<T> constants;             ///< slots [0, constants)
    std::vector<std::uint32_t> uniforms;  ///< then one slot for each
    std::vector<Instruction<T>> instructions;
    struct Output {
        std::uint32_t index;  ///< array or event list
        Place value;
    };
    std::vector<Output> stores, events;
    std::uint32_t slots = 0;
};

/// Puts nodes into instructions and gives registers, each free again after its last use.
template <class T>
class Assembler {
  public:
    explicit Assembler(const Program& program)
        : program_(program), uses_(use_counts(program)), places_(program.graph.size()) {}

    Code<T> run() {
        const auto order = symbolic::reachable(program_.graph, roots(program_));
        for (NodeId id : order) place_leaf(id);
        code_.slots = static_cast<std::uint32_t>(code_.constants.size() + code_.uniforms.size());
        for (auto leaf : uniform_leaves_)
            places_[leaf].index += static_cast<std::uint32_t>(code_.constants.size());
        for (NodeId id : order)
            if (symbolic::info(program_.graph[id].op).arity > 0) emit(id);
        for (const auto& store : program_.stores)
            code_.stores.push_back({store.array, stored_value(store.value)});
        for (const auto& event : program_.events)
            code_.events.push_back({event.list, places_[event.condition.index]});
        return std::move(code_);
    }

  private:
    void place_leaf(NodeId id) {
        const auto& node = program_.graph[id];
        if (node.op == Op::constant) {
            places_[id.index] = {false, static_cast<std::uint32_t>(code_.constants.size())};
            code_.constants.push_back(static_cast<T>(node.value));
        } else if (node.op == Op::symbol) {
            const auto& name = program_.graph.name(id);
            const auto array = std::ranges::find(program_.arrays, name);
            if (array != program_.arrays.end()) {
                places_[id.index] = {true, static_cast<std::uint32_t>(array - program_.arrays.begin())};
            } else {
                places_[id.index] = {false, static_cast<std::uint32_t>(code_.uniforms.size())};
                uniform_leaves_.push_back(id.index);
                code_.uniforms.push_back(program_.uniform_index(name));
            }
        }
    }

    std::uint32_t take_register() {
        if (free_.empty()) return code_.slots++;
        const auto slot = free_.back();
        free_.pop_back();
        return slot;
    }

    void emit(NodeId id) {
        const auto& node = program_.graph[id];
        Instruction<T> made;
        if (node.op == Op::lookup)
            made.table = program_.graph.tables()[node.symbol];
        else
            made.loop = loop_of<T>(node.op);
        made.arity = symbolic::info(node.op).arity;
        for (std::size_t k = 0; k < static_cast<std::size_t>(made.arity); ++k)
            made.args[k] = places_[node.args[k].index];
        for (std::size_t k = 0; k < static_cast<std::size_t>(made.arity); ++k) release(node.args[k]);
        made.out = take_register();
        places_[id.index] = {false, made.out};
        code_.instructions.push_back(made);
    }

    /// One use less; roots have a use that never ends.
    void release(NodeId id) {
        if (--uses_[id.index] == 0 && symbolic::info(program_.graph[id].op).arity > 0)
            free_.push_back(places_[id.index].index);
    }

    /// A value that is an array is copied first, since that array may be stored before.
    Place stored_value(NodeId id) {
        const Place place = places_[id.index];
        if (!place.in_array) return place;
        Instruction<T> copy;
        copy.args[0] = place;
        copy.out = take_register();
        code_.instructions.push_back(copy);
        return {false, copy.out};
    }

    const Program& program_;
    std::vector<std::uint32_t> uses_;
    std::vector<Place> places_;
    std::vector<std::uint32_t> uniform_leaves_;
    std::vector<std::uint32_t> free_;
    Code<T> code_;
};

template <class T>
class Interpreter final : public Kernel {
  public:
    explicit Interpreter(const Program& program) : code_(Assembler<T>(program).run()) {
        history_.hash = program.hash();
        history_.backend = "interpreter";
    }

    void run(const KernelArgs& args, std::int64_t begin, std::int64_t end) const override {
        if (end <= begin) return;
        const auto count = std::min(tile_elements, static_cast<std::size_t>(end - begin));
        AlignedVector<T> scratch(code_.slots * tile_elements_for(count));
        const std::size_t stride = tile_elements_for(count);
        broadcast(static_cast<const T*>(args.uniforms), scratch.data(), stride, count);
        for (std::int64_t first = begin; first < end; first += static_cast<std::int64_t>(count)) {
            const auto n = std::min(count, static_cast<std::size_t>(end - first));
            run_tile(args, first, n, scratch.data(), stride);
        }
    }

  private:
    static std::size_t tile_elements_for(std::size_t count) { return padded(count); }

    void broadcast(const T* uniforms, T* scratch, std::size_t stride, std::size_t count) const {
        for (T value : code_.constants) {
            std::fill_n(scratch, count, value);
            scratch += stride;
        }
        for (auto index : code_.uniforms) {
            std::fill_n(scratch, count, uniforms[index]);
            scratch += stride;
        }
    }

    void run_tile(const KernelArgs& args, std::int64_t first, std::size_t n, T* scratch,
                  std::size_t stride) const {
        const auto at = [&](const Place& place) -> T* {
            return place.in_array ? static_cast<T*>(args.arrays[place.index]) + first
                                  : scratch + place.index * stride;
        };
        for (const auto& instruction : code_.instructions) {
            std::array<const T*, 3> operands{};
            for (std::size_t k = 0; k < static_cast<std::size_t>(instruction.arity); ++k)
                operands[k] = at(instruction.args[k]);
            T* const out = scratch + instruction.out * stride;
            if (instruction.loop)
                instruction.loop(operands.data(), out, n);
            else if (instruction.table)
                for (std::size_t i = 0; i < n; ++i)
                    out[i] = static_cast<T>(symbolic::look_up(instruction.table->values, operands[0][i]));
            else
                std::memcpy(out, operands[0], n * sizeof(T));
        }
        for (const auto& event : code_.events) append_events(args, event.index, at(event.value), first, n);
        for (const auto& store : code_.stores)
            std::memcpy(static_cast<T*>(args.arrays[store.index]) + first, at(store.value), n * sizeof(T));
    }

    static void append_events(const KernelArgs& args, std::uint32_t list, const T* condition,
                              std::int64_t first, std::size_t n) {
        std::uint64_t& count = args.event_counts[list];
        for (std::size_t i = 0; i < n; ++i)
            if (condition[i] != T(0))
                args.event_lists[list][count++] =
                    static_cast<std::uint32_t>(static_cast<std::size_t>(first) + i);
    }

    Code<T> code_;
};

}  // namespace

std::unique_ptr<Kernel> make_interpreter(const Program& program, Precision precision) {
    if (precision == Precision::double_) return std::make_unique<Interpreter<double>>(program);
    return std::make_unique<Interpreter<float>>(program);
}

}  // namespace neurodyn::compile
