// SPDX-License-Identifier: BSD-3-Clause
// The checks that need no values: names declared once and free, and definitions without a circle.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "language/ast.hpp"
#include "language/source.hpp"

namespace neurodyn::language {

/// Reports names that are declared twice, reserved, or taken by a function.
void check_names(const Ast& ast, Problems& problems);

/// An order in which every name comes after the ones that it uses; names in a circle are reported ("a -> b ->
/// a") and listed.
struct Order {
    std::vector<std::size_t> order;  ///< indices of the items
    std::set<std::string> circular;
};
struct Dependency {
    std::string name;
    SourceSpan span;
    std::vector<std::string> uses;
};
Order order_of(const std::vector<Dependency>& items, const std::string& what, Problems& problems);

/// The names below an expression, each once, without `locals`.
std::vector<std::string> names_in(const Ast& ast, ExprId id, const std::vector<std::string>& locals = {});

/// Definitions and functions of a model in one order; the circles are reported.
Order definition_order(const Ast& ast, Problems& problems);

}  // namespace neurodyn::language
