// SPDX-License-Identifier: BSD-3-Clause
// The functions and constants that every expression knows.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "language/unit_rules.hpp"

namespace neurodyn::language {

/// A function as the language knows it: one operation, a short form of several, or one that is refused with
/// its reason.
struct Builtin {
    using Expand = Value (*)(const Builtin&, std::span<const Operand>, SourceSpan, Graph&, Problems&);
    std::string_view name;
    int least_arguments = 1, most_arguments = 1;
    Expand expand = nullptr;
    symbolic::Op op = symbolic::Op::count_;
    std::string_view refusal, hint;
    bool is_distribution = false;  ///< its name may be declared by a model: a parameter may be called gamma
};

const Builtin* find_builtin(std::string_view name);
/// Of all functions that are not refused.
std::vector<std::string> builtin_names();
/// pi, e.
std::optional<double> find_constant(std::string_view name);
/// xi or xi_name.
bool is_noise_name(std::string_view name);
/// What to do instead of a name that other programs know and this one does not; empty for all other names.
std::string unsupported_name(std::string_view name);

}  // namespace neurodyn::language
