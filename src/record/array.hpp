// SPDX-License-Identifier: BSD-3-Clause
// What a result file holds beside series: named arrays with dimensions, and attributes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace neurodyn::record {

/// A number, a whole number or a text.
using AttributeValue = std::variant<double, std::int64_t, std::string>;
using Attributes = std::map<std::string, AttributeValue>;

/// An axis. `values` (with `unit`), `labels`, or neither may be given.
struct Dimension {
    std::string name;
    std::size_t size = 0;
    std::string unit = {};  ///< of `values`; empty for 1
    std::vector<double> values = {};
    std::vector<std::string> labels = {};
};

/// A variable: numbers, or texts when `texts` is not empty. The last dimension varies fastest; none: a
/// scalar.
struct Array {
    std::string name;
    std::string doc;   ///< becomes the attribute long_name
    std::string unit;  ///< becomes the attribute units; empty for 1
    std::vector<Dimension> dimensions;
    std::vector<double> values;
    std::vector<std::string> texts = {};
};

}  // namespace neurodyn::record
