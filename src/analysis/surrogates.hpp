// SPDX-License-Identifier: BSD-3-Clause
// Surrogates: series that keep what each channel is by itself and lose what channels have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/data.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {

enum class SurrogateKind {
    shift,  ///< every channel turned in time by its own draw: keeps everything but the alignment
    phases  ///< every channel with random phases (Theiler et al. 1992, doi:10.1016/0167-2789(92)90102-S)
};

/// Surrogate `number` of `seed`: a function of both alone.
Series make_surrogate(const SeriesView& series, SurrogateKind kind, std::uint64_t seed, std::size_t number);

/// How often `count` surrogates reached what was found, for each of several values: (1 + hits)/(1 + count)
/// (Phipson & Smyth 2010, doi:10.2202/1544-6115.1585). `statistic` gives the values of one surrogate.
class SurrogateTest {
  public:
    explicit SurrogateTest(std::vector<double> found) : found_(std::move(found)), hits_(found_.size()) {}
    void add(const std::vector<double>& values);
    std::vector<double> p_values() const;

  private:
    std::vector<double> found_;
    std::vector<std::size_t> hits_;
    std::size_t count_ = 0;
};

/// Options "surrogates" (a word, empty: none), "surrogate_count" and "seed".
std::vector<OptionSpec> surrogate_option_specs();

struct SurrogateOptions {
    bool wanted = false;
    SurrogateKind kind = SurrogateKind::shift;
    std::size_t count = 0;
    std::uint64_t seed = 0;
};
SurrogateOptions read_surrogate_options(const Arguments& arguments);

}  // namespace neurodyn::analysis
