// SPDX-License-Identifier: BSD-3-Clause
// The grammar of model files and of Brian2's strings: tokens to declarations.
#pragma once

#include <span>
#include <vector>

#include "language/ast.hpp"
#include "language/lexer.hpp"

namespace neurodyn::language {

/// A whole model file. `target` is what the unit `target` of a synapse means, where it is known.
Ast parse_file(SourceSpan text, Problems& problems, std::optional<Unit> target = {});

/// Equations of an equation string, appended to `ast`.
void parse_equation_string(SourceSpan text, Ast& ast, Problems& problems);
/// Statements separated by ';' or line ends.
std::vector<StatementDecl> parse_statement_string(SourceSpan text, Ast& ast, Problems& problems);
/// `text` as the value of the parameter `name`.
Declaration parse_value_string(std::string name, SourceSpan text, Ast& ast, Problems& problems);
/// One expression.
ExprId parse_expression_string(SourceSpan text, Ast& ast, Problems& problems);

/// The kind of that name ("mass"), or nothing.
std::optional<Kind> find_kind(std::string_view name);

}  // namespace neurodyn::language
