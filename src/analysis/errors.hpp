// SPDX-License-Identifier: BSD-3-Clause
// Errors of analyses: data that cannot be analysed, options out of range, shapes that do not match.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace neurodyn::analysis {

/// Data that an analysis cannot use: constant, too short, or not finite.
class DataError : public Error {
  public:
    DataError(const std::string& text, std::string data_name, std::string channel_name = {},
              std::optional<std::size_t> sample_index = {})
        : Error(text), data(std::move(data_name)), channel(std::move(channel_name)), sample(sample_index) {}
    std::string data;                   ///< name of the series, matrix or vector
    std::string channel;                ///< name of the channel; empty when the whole data is meant
    std::optional<std::size_t> sample;  ///< 0-based
};

/// Two arrays whose sizes do not fit together, or a matrix that should be square and is not.
class ShapeError : public Error {
  public:
    ShapeError(const std::string& text, std::string first_name, std::string second_name)
        : Error(text), first(std::move(first_name)), second(std::move(second_name)) {}
    std::string first, second;
};

/// An option with an unknown name, a wrong type or a value out of range.
class OptionError : public Error {
  public:
    OptionError(const std::string& text, std::string option_name)
        : Error(text), option(std::move(option_name)) {}
    std::string option;
};

}  // namespace neurodyn::analysis
