// SPDX-License-Identifier: BSD-3-Clause
// Seed-based correlation with errors that autocorrelation makes larger.
#include "analysis/seed_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "analysis/errors.hpp"
#include "analysis/information_flow.hpp"
#include "analysis/lagged_products.hpp"
#include "analysis/parallel.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

constexpr std::size_t least_samples = 20;

std::vector<double> autocorrelations(const Eigen::VectorXd& x) {
    const auto n = static_cast<std::size_t>(x.size());
    std::vector<double> r = lagged_products({x.data(), n}, n / 4);
    const double variance = r[0];
    for (double& v : r) v /= variance;
    return r;
}

double effective(const std::vector<double>& a, const std::vector<double>& b, double samples) {
    double sum = 1;
    for (std::size_t k = 1; k < a.size(); ++k)
        sum += 2 * (1 - static_cast<double>(k) / samples) * a[k] * b[k];
    return sum > 0 ? std::clamp(samples / sum, 4.0, samples) : samples;
}

}  // namespace

SeedMap seed_map(const SeriesView& series, const std::vector<std::size_t>& seeds) {
    require_samples(series, least_samples, "a seed map");
    const Eigen::MatrixXd x = centred_channels(series);
    Eigen::VectorXd seed = Eigen::VectorXd::Zero(x.rows());
    for (const std::size_t s : seeds) seed += x.col(static_cast<Eigen::Index>(s));
    seed /= static_cast<double>(seeds.size());
    if (!(seed.squaredNorm() > 1e-24 * x.squaredNorm()))
        throw DataError(fmt::format("series '{}': the mean of the seeds is constant", series.name),
                        series.name);
    const double n = static_cast<double>(series.samples);
    const std::vector<double> own = autocorrelations(seed);
    SeedMap map;
    for (std::vector<double>* v : {&map.r, &map.z, &map.effective_samples, &map.p})
        v->resize(series.channels);
    parallel_for(series.channels, [&](std::size_t c) {
        const auto column = x.col(static_cast<Eigen::Index>(c));
        const bool alone = seeds.size() == 1 && seeds[0] == c;
        map.r[c] = alone ? 1
                         : std::clamp(column.dot(seed) / std::sqrt(column.squaredNorm() * seed.squaredNorm()),
                                      -1.0, 1.0);
        map.z[c] = alone ? 0 : std::atanh(map.r[c]);
        map.effective_samples[c] = effective(own, autocorrelations(column), n);
        map.p[c] = alone ? std::numeric_limits<double>::quiet_NaN()
                         : std::erfc(std::abs(map.z[c]) * std::sqrt((map.effective_samples[c] - 3) / 2));
    });
    return map;
}

namespace {

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
    return first == std::string::npos ? std::string() : text.substr(first, last - first + 1);
}

// Channels of that number, name or network.
std::vector<std::size_t> channels_of(const std::string& word, const SeriesView& series,
                                     const std::vector<std::string>& networks) {
    std::vector<std::size_t> found;
    std::size_t index = 0;
    const char* end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, index);
    const bool number = error == std::errc{} && stop == end;
    for (std::size_t c = 0; c < series.channels; ++c)
        if ((number && c == index) || series.label(c) == word || (c < networks.size() && networks[c] == word))
            found.push_back(c);
    if (!found.empty()) return found;
    std::vector<std::string> known(series.labels.begin(), series.labels.end());
    known.insert(known.end(), networks.begin(), networks.end());
    const std::string near = did_you_mean(word, known);
    throw OptionError(
        fmt::format("series '{}' has no {} '{}'; {}", series.name, series.dimension, word,
                    near.empty()
                        ? fmt::format("seeds are names, numbers from 0 to {}, or with `labels` networks",
                                      series.channels - 1)
                        : near),
        "seed");
}

std::vector<std::size_t> plan_seeds(const Arguments& a) {
    const SeriesView series = without_start(a.series("series"), a.number("discard"));
    require_samples(series, least_samples, "a seed map");
    static const std::vector<std::string> none;
    const std::vector<std::string>& networks = a.has("labels") ? a.labels("labels") : none;
    if (a.has("labels") && networks.size() != series.channels)
        throw ShapeError(fmt::format("there are {} labels, but series '{}' has {} channels", networks.size(),
                                     series.name, series.channels),
                         "labels", series.name);
    std::vector<std::size_t> seeds;
    const std::string& words = a.word("seed");
    for (std::size_t at = 0; at <= words.size();) {
        const std::size_t comma = std::min(words.find(',', at), words.size());
        for (const std::size_t c : channels_of(trimmed(words.substr(at, comma - at)), series, networks))
            seeds.push_back(c);
        at = comma + 1;
    }
    std::sort(seeds.begin(), seeds.end());
    seeds.erase(std::unique(seeds.begin(), seeds.end()), seeds.end());
    return seeds;
}

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_seeds(a);
    return {};
}

Result run_row(const Arguments& a) {
    const SeriesView series = without_start(a.series("series"), a.number("discard"));
    const SeedMap map = seed_map(series, plan_seeds(a));
    const Dimension channel = channel_dimension(a.series("series"));
    Result result;
    result.add_vector("z", "Fisher's z", channel, map.z);
    result.add_vector("r", "correlation with the seed", channel, map.r);
    result.add_vector("p", "of as far from 0 without connection", channel, map.p);
    result.add_vector("effective_samples", "independent samples of the same precision", channel,
                      map.effective_samples);
    return result;
}

}  // namespace

Analysis rows::seed_map() {
    return {"seed_map",
            "Correlation of every channel with a seed: one channel, or the mean of several",
            {{"series", {InputKind::series}, true, "what was recorded, e.g. a BOLD signal"},
             {"labels", {InputKind::labels}, false, "the network of every channel: seeds may be networks"}},
            {{"discard", "s", 0.0, "time left out at the start", {}, not_negative},
             {"seed", "", std::string("0"),
              "names, numbers or networks, with commas between them: their mean is the seed"}},
            {{"z", "atanh r; 0 for a seed of one channel", {"channel"}},
             {"r", "Pearson correlation with the seed", {"channel"}},
             {"p", "two-sided, for the effective samples; NaN for a seed of one channel", {"channel"}},
             {"effective_samples", "fewer than there are, where both remember", {"channel"}}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
