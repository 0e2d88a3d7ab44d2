// SPDX-License-Identifier: BSD-3-Clause
// Names with numbers behind them (connectome matrices, values, parameters) and the evaluation of the
// document's expressions in them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "experiment/section.hpp"

namespace neurodyn::experiment {

/// A scalar (1 x 1), a vector (n x 1, one value per node) or a matrix (row = target, column = source), in SI.
struct Array {
    std::size_t rows = 1, columns = 1;
    std::vector<double> data{0.0};
    Dimension dimension;

    double at(std::size_t row, std::size_t column) const {
        return data[(rows == 1 ? 0 : row) * columns + (columns == 1 ? 0 : column)];
    }
    bool is_scalar() const { return rows == 1 && columns == 1; }
    bool is_matrix() const { return columns > 1; }
};

using ArrayPtr = std::shared_ptr<const Array>;

/// What a text must become.
struct Wanted {
    std::string what = {};  ///< "parameter 'tau' of population 'E'", for messages
    std::optional<Dimension> dimension = {};
    std::string unit = {};    ///< as declared, for messages
    std::size_t rows = 1;     ///< nodes that a vector must have
    std::size_t columns = 1;  ///< more than 1 where a matrix is wanted
    std::uint64_t seed = 0;   ///< of draws from distributions
    std::uint32_t stream = 0;
    /// `i` is the node's number, from 0, and `N` their number, unless they are known; rand() and randn()
    /// draw a number for each node.
    bool indexed = false;
};

/// "normal(20 ms, 2 ms)": the distribution's name and the texts of its arguments. Nothing when the text is no
/// such call.
struct DistributionCall {
    std::string name;  ///< normal, uniform, lognormal, exponential, gamma
    std::vector<Text> arguments;
};
std::optional<DistributionCall> distribution_call(const Text& text);

/// The names in an expression: runs of letters, digits, underscores and inner dots that begin with a letter.
std::vector<std::string> names_in(const std::string& text);

class Scope {
  public:
    void add(const std::string& name, ArrayPtr array);
    void add(const std::string& name, double value, const Dimension& dimension);
    const Array* find(const std::string& name) const;
    std::vector<std::string> names() const;

    /// Evaluates an expression, or draws from normal(mean, sd), uniform(low, high), lognormal(mean, sd),
    /// exponential(mean) or gamma(mean, sd) for each of `wanted.rows` nodes, or each pair of row and column.
    /// Problems (unknown names, units,
    /// shapes, values that are not finite) are collected and nothing is returned.
    std::optional<Array> evaluate(const Text& text, const Wanted& wanted, Problems& problems) const;
    /// The same for a list of texts, one for each node.
    std::optional<Array> evaluate(const Value& value, const Wanted& wanted, Problems& problems) const;

  private:
    std::optional<Array> expression(const Text& text, const Wanted& wanted, Problems& problems) const;
    std::optional<Array> draw(const Text& text, const Wanted& wanted, Problems& problems) const;
    bool fits(const Text& text, const Array& array, const Wanted& wanted, Problems& problems) const;
    std::vector<std::pair<std::string, ArrayPtr>> entries_;
};

}  // namespace neurodyn::experiment
