// SPDX-License-Identifier: BSD-3-Clause
// Resolves NAME_pre, NAME_post and, in statements, NAME against the joined models.
#include "language/externals.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "language/ast.hpp"
#include "language/builtin.hpp"

namespace neurodyn::language {
namespace {

constexpr std::string_view pre_suffix = "_pre", post_suffix = "_post";

std::string_view suffix(Side side) { return side == Side::pre ? pre_suffix : post_suffix; }
std::string_view neuron(Side side) { return side == Side::pre ? "presynaptic" : "postsynaptic"; }

std::string called(const Model& model) {
    return model.name.empty() ? "which has no variables" : fmt::format("model '{}'", model.name);
}

}  // namespace

SidedName split_side(std::string_view name) {
    for (const Side side : {Side::pre, Side::post}) {
        const std::string_view end = suffix(side);
        if (name.size() > end.size() && name.ends_with(end))
            return {name.substr(0, name.size() - end.size()), side};
    }
    return {name, std::nullopt};
}

// `target` means the variable that the projection names, unless the neuron has one of that name.
SidedName Externals::resolve(std::string_view written) const {
    SidedName name = split_side(written);
    if (!name.side) name.side = Side::post;
    if (joined_ && name.side == Side::post && name.name == target_unit && !joined_->target.empty() &&
        !joined_->post.find(target_unit))
        name.name = joined_->target;
    return name;
}

const Quantity* Externals::find(const SidedName& name) const {
    return joined_ ? model(*name.side).find(name.name) : nullptr;
}

External& Externals::entry(const SidedName& name, SourceSpan span) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const External& e) {
        return e.side == *name.side && e.name == name.name;
    });
    if (found != all.end()) return *found;
    External e;
    e.name = std::string(name.name);
    e.side = *name.side;
    e.symbol = graph_.symbol(fmt::format("{}{}", name.name, suffix(e.side)));
    e.span = span;
    return all.emplace_back(std::move(e));
}

Value Externals::value_of(const External& e) {
    Value value;
    value.node = e.symbol;
    if (const Quantity* q = find({e.name, e.side}))
        value.dimension = q->unit.dimension;
    else
        value.wild = Wild::any;
    return value;
}

bool Externals::refuse(const SidedName& name, SourceSpan span, std::string message, std::string hint) {
    problems_.add(
        span, fmt::format("{} of the {} neuron ({})", message, neuron(*name.side), called(model(*name.side))),
        std::move(hint));
    return false;
}

bool Externals::is_known(std::string_view written, const SidedName& name, SourceSpan span,
                         std::string_view verb) {
    if (!joined_ || find(name)) return true;
    const bool is_target = split_side(written).name == target_unit;
    std::vector<std::string> near;
    for (const std::string& other : model(*name.side).names())
        near.push_back(split_side(written).side ? other + std::string(suffix(*name.side)) : other);
    std::string hint = problems_.suggestion(written, near);
    if (hint.empty()) hint = unsupported_name(name.name);
    if (is_target && joined_->target.empty())
        hint = "the projection says which variable that is, such as 'to: population.g'";
    return refuse(name, span, fmt::format("the synapse {} an unknown variable '{}'", verb, written), hint);
}

std::size_t Externals::index_of(NodeId symbol) const {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const External& e) { return e.symbol == symbol; });
    return static_cast<std::size_t>(found - all.begin());
}

// A unit or constant in a statement whose name is a variable of the neuron, too.
bool Externals::means_two_things(std::string_view written, SourceSpan span) {
    if (!joined_ || !in_statements_ || claimed_.contains(written) || !joined_->post.find(written) ||
        !(find_unit(written) || find_constant(written)))
        return false;
    return !refuse({written, Side::post}, span,
                   fmt::format("'{}' is a unit or constant, but also a variable", written),
                   fmt::format("write {}_post for the variable, or another unit", written));
}

std::optional<Value> Externals::read(std::string_view written, SourceSpan span, bool bare) {
    const bool sided = split_side(written).side.has_value();
    if (!sided && !bare && means_two_things(written, span)) return bad_value();
    const bool mine = sided || (in_statements_ && (claimed_.contains(written) || bare));
    if (!mine || written.find('.') != std::string_view::npos) return std::nullopt;
    const SidedName name = resolve(written);
    if (!is_known(written, name, span, "reads")) return bad_value();
    External& e = entry(name, span);
    e.read = true;
    Value value = value_of(e);
    if (type_of(written) == ValueType::boolean)
        value.node = graph_.make(symbolic::Op::ne, value.node, graph_.constant(0.0));
    return value;
}

Value Externals::write(std::string_view written, SourceSpan span) {
    const SidedName name = resolve(written);
    if (!is_known(written, name, span, "writes")) return bad_value();
    if (joined_ && !model(*name.side).find_state(name.name)) {
        const Model& m = model(*name.side);
        std::string hint = "a statement changes state variables";
        if (m.find_parameter(name.name))
            hint = fmt::format("a variable that only events change is written 'd{}/dt = 0/second : unit'",
                               name.name);
        if (m.find_input(name.name))
            hint =
                "an input is filled anew in each step: write a state variable, such as 'dg/dt = -g/tau', or "
                "fill it "
                "by 'NAME_post = expression : unit (summed)'";
        const std::string_view kind = m.find_parameter(name.name) ? "a parameter"
                                      : m.find_input(name.name)   ? "an input"
                                                                  : "a definition";
        refuse(name, span, fmt::format("the synapse cannot write '{}': it is {}", written, kind), hint);
        return bad_value();
    }
    External& e = entry(name, span);
    e.written = true;
    return value_of(e);
}

Value Externals::sum_into(std::string_view written, SourceSpan span) {
    const SidedName name = resolve(written);
    if (!is_known(written, name, span, "fills")) return bad_value();
    if (joined_) {
        const Model& m = model(*name.side);
        if (!m.find_input(name.name) && !(m.from_strings && m.find_parameter(name.name))) {
            refuse(name, span, fmt::format("a sum cannot fill '{}': it is no input", written),
                   fmt::format("declare '{} : unit' under inputs", name.name));
            return bad_value();
        }
    }
    External& e = entry(name, span);
    e.summed = true;
    return value_of(e);
}

bool Externals::is_missing(std::string_view written) const { return joined_ && !find(resolve(written)); }

ValueType Externals::type_of(std::string_view written) const {
    const Quantity* q = find(resolve(written));
    return q ? q->type : ValueType::real;
}

}  // namespace neurodyn::language
