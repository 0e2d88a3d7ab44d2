// SPDX-License-Identifier: BSD-3-Clause
// Draws of surrogates, and p-values.
#include "analysis/surrogates.hpp"

#include <cmath>
#include <complex>

#include "analysis/phases.hpp"
#include "analysis/transform.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::uint16_t shift_stream = 1, phase_stream = 2;

void turn(Series& series, std::size_t channel, double draw) {
    const std::size_t n = series.samples,
                      by = 1 + static_cast<std::size_t>(draw * static_cast<double>(n - 1));
    const std::vector<double> old = channel_values(series, channel);
    for (std::size_t t = 0; t < n; ++t) series.values[t * series.channels + channel] = old[(t + by) % n];
}

// Amplitudes kept, phases drawn; mean and, of an even length, the highest frequency as they are.
void scramble(Series& series, std::size_t channel, std::uint64_t seed, std::size_t number) {
    const std::size_t n = series.samples;
    RealTransform transform(n);
    for (std::size_t t = 0; t < n; ++t) transform.real()[t] = series.at(t, channel);
    transform.forward();
    for (std::size_t k = 1; 2 * k < n; ++k) {
        const double turns = uniform_at(seed, phase_stream, number, channel * n + k);
        transform.complex()[k] = std::polar(std::abs(transform.complex()[k]), two_pi * turns);
    }
    transform.backward();
    for (std::size_t t = 0; t < n; ++t)
        series.values[t * series.channels + channel] = transform.real()[t] / static_cast<double>(n);
}

}  // namespace

Series make_surrogate(const SeriesView& view, SurrogateKind kind, std::uint64_t seed, std::size_t number) {
    Series series;
    series.values.assign(view.values.begin(), view.values.end());
    series.samples = view.samples;
    series.channels = view.channels;
    series.interval_s = view.interval_s;
    series.start_s = view.start_s;
    series.name = view.name;
    series.dimension = view.dimension;
    for (std::size_t c = 0; c < series.channels; ++c) {
        if (kind == SurrogateKind::shift)
            turn(series, c, uniform_at(seed, shift_stream, number, c));
        else
            scramble(series, c, seed, number);
    }
    return series;
}

void SurrogateTest::add(const std::vector<double>& values) {
    for (std::size_t k = 0; k < values.size(); ++k)
        if (values[k] >= found_[k]) ++hits_[k];
    ++count_;
}

std::vector<double> SurrogateTest::p_values() const {
    std::vector<double> p;
    for (const std::size_t hits : hits_)
        p.push_back(static_cast<double>(1 + hits) / static_cast<double>(1 + count_));
    return p;
}

std::vector<OptionSpec> surrogate_option_specs() {
    return {
        {"surrogates",
         "",
         std::string(),
         "test against series without synchrony: shift (each channel by its own draw) or phases (drawn anew)",
         {"", "shift", "phases"}},
        {"surrogate_count", "", 199.0, "how many", {}, {1, 1e6}},
        {"seed", "", 1.0, "of their draws", {}, {0, 9e15}}};
}

SurrogateOptions read_surrogate_options(const Arguments& a) {
    const std::string& kind = a.word("surrogates");
    return {!kind.empty(), kind == "phases" ? SurrogateKind::phases : SurrogateKind::shift,
            static_cast<std::size_t>(a.number("surrogate_count")),
            static_cast<std::uint64_t>(a.number("seed"))};
}

}  // namespace neurodyn::analysis
