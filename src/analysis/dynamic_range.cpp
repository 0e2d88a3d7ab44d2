// SPDX-License-Identifier: BSD-3-Clause
// The range of stimuli that a response can tell apart.
#include "analysis/dynamic_range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/errors.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

void check(std::span<const double> responses, std::span<const double> stimuli) {
    if (responses.size() != stimuli.size())
        throw ShapeError(
            fmt::format("there are {} responses and {} stimuli", responses.size(), stimuli.size()),
            "response", "intensities");
    if (responses.size() < 3)
        throw DataError(
            fmt::format("there are {} responses; a dynamic range needs 3 or more", responses.size()),
            "response");
}

void check_values(std::span<const double> responses, std::span<const double> stimuli) {
    for (std::size_t k = 0; k < stimuli.size(); ++k) {
        if (!std::isfinite(responses[k]))
            throw DataError(fmt::format("response {} is {}; finite numbers were expected", k, responses[k]),
                            "response", {}, k);
        if (!(stimuli[k] > 0) || !std::isfinite(stimuli[k]) || (k > 0 && !(stimuli[k] > stimuli[k - 1])))
            throw DataError(
                fmt::format("stimulus {} is {}; stimuli above 0 that ascend were expected", k, stimuli[k]),
                "intensities", {}, k);
    }
}

// Where the response first reaches `height`, on a line over ln(stimulus).
double stimulus_at(std::span<const double> responses, std::span<const double> stimuli, double height) {
    for (std::size_t k = 1; k < responses.size(); ++k) {
        if (responses[k - 1] > height || responses[k] < height) continue;
        const double part = responses[k] > responses[k - 1]
                                ? (height - responses[k - 1]) / (responses[k] - responses[k - 1])
                                : 0;
        return stimuli[k - 1] * std::pow(stimuli[k] / stimuli[k - 1], part);
    }
    throw DataError(
        fmt::format("the responses do not rise through {}; a dynamic range needs responses that grow with "
                    "the stimulus",
                    height),
        "response");
}

}  // namespace

DynamicRange dynamic_range(std::span<const double> responses, std::span<const double> stimuli, double level) {
    check(responses, stimuli);
    check_values(responses, stimuli);
    const auto [least, most] = std::minmax_element(responses.begin(), responses.end());
    if (!(*most > *least))
        throw DataError(fmt::format("all responses are {}; they have no dynamic range", *most), "response");
    DynamicRange range;
    range.low = stimulus_at(responses, stimuli, *least + level * (*most - *least));
    range.high = stimulus_at(responses, stimuli, *most - level * (*most - *least));
    range.decibels = 10 * std::log10(range.high / range.low);
    return range;
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    check(a.vector("response").values, a.vector("intensities").values);
    return {};
}

Result run_row(const Arguments& a) {
    const DynamicRange r =
        dynamic_range(a.vector("response").values, a.vector("intensities").values, a.number("level"));
    const std::string& unit = a.vector("intensities").unit;
    Result result;
    result.add_scalar("dynamic_range", "in decibels", r.decibels);
    result.add_scalar("low", "stimulus at the lower level", r.low, unit);
    result.add_scalar("high", "stimulus at the upper level", r.high, unit);
    return result;
}

}  // namespace

Analysis rows::dynamic_range() {
    return {
        "dynamic_range",
        "Decibels between the stimuli that lead to 10 % and 90 % of the response",
        {{"intensities", {InputKind::vector}, true, "of the stimuli, ascending, above 0"},
         {"response", {InputKind::vector}, true, "to each of them"}},
        {{"level", "", 0.1, "part of the response's span left out at each end", {}, {0, 0.5, false, false}}},
        {{"dynamic_range", "10 log10(high/low)"},
         {"low", "stimulus whose response is at the lower level", {}, "@"},
         {"high", "at the upper level", {}, "@"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
