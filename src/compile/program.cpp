// SPDX-License-Identifier: BSD-3-Clause
// Programs as values: looking up names, hashing for the cache, and checking their rules.
#include "compile/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include "compile/rewrite.hpp"
#include "symbolic/operations.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

using symbolic::Op;
using symbolic::Type;

namespace {

std::uint32_t index_of(const std::vector<std::string>& names, std::string_view name, const char* what) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) throw std::out_of_range(fmt::format("the program has no {} '{}'", what, name));
    return static_cast<std::uint32_t>(found - names.begin());
}

/// Two 64-bit streams with different multipliers and a final avalanche (Stafford's variant 13 of
/// MurmurHash3's finaliser). Keys of a cache need few collisions, not resistance to attack.
class Hasher {
  public:
    void add(std::uint64_t word) {
        low_ = mix(low_ ^ word) * 0x9e3779b97f4a7c15ULL + 1;
        high_ = (std::rotl(high_, 29) + mix(word + 0x632be59bd9b4e019ULL)) * 0xd1342543de82ef95ULL + 3;
    }
    std::string hex() const { return fmt::format("{:016x}{:016x}", mix(high_ ^ low_), mix(low_)); }

  private:
    static std::uint64_t mix(std::uint64_t x) {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
        return x ^ (x >> 31);
    }
    std::uint64_t low_ = 0x243f6a8885a308d3ULL, high_ = 0x13198a2e03707344ULL;
};

[[noreturn]] void broken(const Program& program, const std::string& what) {
    throw std::logic_error(
        fmt::format("internal error: program '{}' is not well formed: {}", program.name, what));
}

Type operand_type(Op op, int k) {
    switch (op) {
        case Op::logical_and:
        case Op::logical_or:
        case Op::logical_not:
            return Type::boolean;
        case Op::select:
            return k == 0 ? Type::boolean : Type::real;
        default:
            return Type::real;
    }
}

void verify_node(const Program& program, NodeId id, const std::set<std::string>& known) {
    const auto& node = program.graph[id];
    if (node.op >= Op::count_) broken(program, fmt::format("node {} has no operation", id.index));
    if (node.op == Op::constant) return;
    if (node.op == Op::symbol) {
        const auto& name = program.graph.name(id);
        if (node.type != Type::real) broken(program, fmt::format("symbol '{}' is not a number", name));
        if (!known.contains(name))
            broken(program, fmt::format("symbol '{}' is neither array nor uniform", name));
        return;
    }
    const auto& row = symbolic::info(node.op);
    if (node.type != row.result)
        broken(program, fmt::format("node {} ({}) has the wrong type", id.index, row.name));
    for (int k = 0; k < row.arity; ++k) {
        const NodeId arg = node.args[k];
        if (!arg || arg.index >= id.index)
            broken(program,
                   fmt::format("operand {} of node {} ({}) does not come before it", k, id.index, row.name));
        if (program.graph[arg].type != operand_type(node.op, k))
            broken(program,
                   fmt::format("operand {} of node {} ({}) has the wrong type", k, id.index, row.name));
    }
}

}  // namespace

std::uint32_t Program::array_index(std::string_view wanted) const {
    return index_of(arrays, wanted, "array");
}
std::uint32_t Program::uniform_index(std::string_view wanted) const {
    return index_of(uniforms, wanted, "uniform");
}

std::string Program::hash() const {
    std::unordered_map<std::string, std::uint64_t> place;
    for (std::size_t i = 0; i < arrays.size(); ++i) place[arrays[i]] = 2 * i;
    for (std::size_t i = 0; i < uniforms.size(); ++i) place[uniforms[i]] = 2 * i + 1;
    Hasher hasher;
    std::unordered_map<const std::vector<double>*, std::size_t> table_number;
    std::vector<std::uint32_t> number(graph.size());
    std::uint32_t next = 0;
    for (NodeId id : symbolic::reachable(graph, roots(*this))) {
        const auto& node = graph[id];
        number[id.index] = next++;
        hasher.add(static_cast<std::uint64_t>(node.op) << 8 | static_cast<std::uint64_t>(node.type));
        if (node.op == Op::constant) hasher.add(std::bit_cast<std::uint64_t>(node.value));
        if (node.op == Op::symbol) hasher.add(place.at(graph.name(id)));
        if (node.op == Op::lookup) {
            const std::vector<double>& values = graph.table(id).values;
            const auto [known, is_new] = table_number.try_emplace(&values, table_number.size());
            hasher.add(known->second);
            if (is_new) hasher.add(values.size());
            for (std::size_t i = 0; is_new && i < values.size(); ++i)
                hasher.add(std::bit_cast<std::uint64_t>(values[i]));
        }
        for (int k = 0; k < symbolic::info(node.op).arity; ++k) hasher.add(number[node.args[k].index]);
    }
    hasher.add(stores.size());
    for (const auto& store : stores) {
        hasher.add(store.array);
        hasher.add(number[store.value.index]);
    }
    hasher.add(events.size());
    for (const auto& event : events) {
        hasher.add(event.list);
        hasher.add(number[event.condition.index]);
    }
    return hasher.hex();
}

void verify(const Program& program) {
    std::set<std::string> known;
    for (const auto* names : {&program.arrays, &program.uniforms})
        for (const auto& name : *names)
            if (!known.insert(name).second)
                broken(program, fmt::format("the name '{}' is there twice", name));
    for (NodeId root : roots(program))
        if (!root || root.index >= program.graph.size()) broken(program, "a store or an event has no value");
    for (NodeId id : symbolic::reachable(program.graph, roots(program))) verify_node(program, id, known);
    std::vector<bool> stored(program.arrays.size());
    for (const auto& store : program.stores) {
        if (store.array >= stored.size()) broken(program, "a store has no array");
        if (stored[store.array])
            broken(program, fmt::format("array '{}' is stored twice", program.arrays[store.array]));
        stored[store.array] = true;
        if (program.graph[store.value].type != Type::real)
            broken(program, fmt::format("a truth value is stored into '{}'", program.arrays[store.array]));
    }
    for (const auto& event : program.events)
        if (program.graph[event.condition].type != Type::boolean)
            broken(program, "the condition of an event is a number");
}

}  // namespace neurodyn::compile
