// SPDX-License-Identifier: BSD-3-Clause
// Phase locking value, phase lag index and its weighted form, with tests by surrogates.
#include "analysis/phase_locking.hpp"

#include <cmath>
#include <limits>

#include "analysis/errors.hpp"
#include "analysis/parallel.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using Complex = std::complex<double>;

// Phases as unit vectors, beside the amplitudes.
struct UnitSignal {
    std::vector<double> re, im, size;  // [channel][sample]
    std::size_t channels, samples;
    explicit UnitSignal(const AnalyticSignal& signal) : channels(signal.channels), samples(signal.samples) {
        for (const Complex& z : signal.values) {
            const double r = std::abs(z);
            size.push_back(r);
            re.push_back(r > 0.0 ? z.real() / r : 0.0);
            im.push_back(r > 0.0 ? z.imag() / r : 0.0);
        }
    }
};

struct PairSums {
    double re = 0.0, im = 0.0, sign = 0.0, lag = 0.0, lag_size = 0.0;
};

PairSums sums_of(const UnitSignal& u, std::size_t i, std::size_t j) {
    PairSums s;
    const std::size_t n = u.samples, a = i * n, b = j * n;
    for (std::size_t t = 0; t < n; ++t) {
        const double re = u.re[a + t] * u.re[b + t] + u.im[a + t] * u.im[b + t];
        const double im = u.im[a + t] * u.re[b + t] - u.re[a + t] * u.im[b + t];
        const double lag = im * u.size[a + t] * u.size[b + t];
        s.re += re;
        s.im += im;
        s.sign += im > 0.0 ? 1.0 : im < 0.0 ? -1.0 : 0.0;
        s.lag += lag;
        s.lag_size += std::abs(lag);
    }
    return s;
}

PhaseLocking measure(const AnalyticSignal& signal) {
    const UnitSignal u(signal);
    const std::size_t n = u.channels, pairs = n * (n - 1) / 2;
    PhaseLocking result;
    for (auto* values : {&result.plv, &result.difference, &result.pli, &result.wpli}) values->resize(pairs);
    parallel_for(n, [&](std::size_t i) {
        std::size_t k = i * (2 * n - i - 1) / 2;
        for (std::size_t j = i + 1; j < n; ++j, ++k) {
            const PairSums s = sums_of(u, i, j);
            const auto samples = static_cast<double>(u.samples);
            result.plv[k] = std::hypot(s.re, s.im) / samples;
            result.difference[k] = std::atan2(s.im, s.re);
            result.pli[k] = std::abs(s.sign) / samples;
            result.wpli[k] = s.lag_size > 0.0 ? std::abs(s.lag) / s.lag_size : 0.0;
        }
    });
    return result;
}

void test(PhaseLocking& found, const SeriesView& whole, PhaseOptions options,
          const SurrogateOptions& surrogates) {
    if (options.method == PhaseMethod::given && surrogates.kind == SurrogateKind::phases)
        throw OptionError("surrogates: phases makes new oscillations, and the series is phases; take shift",
                          "surrogates");
    const SeriesView series = without_start(whole, options.discard_s);
    options.discard_s = 0.0;
    SurrogateTest plv(found.plv), pli(found.pli), wpli(found.wpli);
    parallel_for(surrogates.count, [&](std::size_t s) {
        const Series surrogate = make_surrogate(series, surrogates.kind, surrogates.seed, s);
        const PhaseLocking by_chance = measure(analytic_signal(surrogate, options));
#pragma omp critical(neurodyn_phase_locking)
        {
            plv.add(by_chance.plv);
            pli.add(by_chance.pli);
            wpli.add(by_chance.wpli);
        }
    });
    found.p_plv = plv.p_values();
    found.p_pli = pli.p_values();
    found.p_wpli = wpli.p_values();
}

double mean_of(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
}

std::vector<Dimension> plan_row(const Arguments& a) {
    require_channels(a.series("series"), 2, "phase locking");
    analytic_samples(a.series("series"), read_phase_options(a));
    if (a.word("phases") == "given" && a.word("surrogates") == "phases")
        throw OptionError("surrogates: phases makes new oscillations, and the series is phases; take shift",
                          "surrogates");
    return {};
}

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const PhaseLocking p = phase_locking(series, read_phase_options(a), read_surrogate_options(a));
    const double none = std::numeric_limits<double>::quiet_NaN();
    Result result;
    result.add(pair_matrix("plv", "phase locking value", p.plv, 1.0, series));
    result.add(pair_matrix("difference", "mean difference of phase", p.difference, 0.0, series, -1.0, "rad"));
    result.add(pair_matrix("pli", "phase lag index", p.pli, 0.0, series));
    result.add(pair_matrix("wpli", "weighted phase lag index", p.wpli, 0.0, series));
    result.add_scalar("mean_plv", "over pairs", mean_of(p.plv));
    result.add_scalar("mean_pli", "over pairs", mean_of(p.pli));
    result.add_scalar("mean_wpli", "over pairs", mean_of(p.wpli));
    if (p.p_plv.empty()) return result;
    result.add(pair_matrix("p_plv", "part of the surrogates with as large a value", p.p_plv, none, series));
    result.add(pair_matrix("p_pli", "part of the surrogates with as large a value", p.p_pli, none, series));
    result.add(pair_matrix("p_wpli", "part of the surrogates with as large a value", p.p_wpli, none, series));
    return result;
}

std::vector<OptionSpec> options() {
    std::vector<OptionSpec> all = phase_option_specs(true);
    for (OptionSpec& option : surrogate_option_specs()) all.push_back(std::move(option));
    return all;
}

}  // namespace

PhaseLocking phase_locking(const SeriesView& series, const PhaseOptions& options,
                           const SurrogateOptions& surrogates) {
    require_channels(series, 2, "phase locking");
    PhaseLocking found = measure(analytic_signal(series, options));
    if (surrogates.wanted) test(found, series, options, surrogates);
    return found;
}

Analysis rows::phase_locking() {
    const std::vector<std::string> pair{"channel", "other_channel"};
    return {"phase_locking",
            "Phase locking value, phase lag index and weighted phase lag index of pairs of channels",
            {{"series", {InputKind::series}, true, "oscillations, or phases with phases: given"}},
            options(),
            {{"plv", "|<exp(i difference)>|", pair},
             {"difference", "arg <exp(i difference)>: positive where the row is ahead of the column", pair,
              "rad"},
             {"pli", "|<sign sin(difference)>|", pair},
             {"wpli", "|<Im s>|/<|Im s|> of the product s of one signal and the other's conjugate", pair},
             {"mean_plv", "over pairs"},
             {"mean_pli", "over pairs"},
             {"mean_wpli", "over pairs"},
             {"p_plv", "(1 + surrogates with as large a value)/(1 + surrogates)", pair, "", {"surrogates"}},
             {"p_pli", "the same of the phase lag index", pair, "", {"surrogates"}},
             {"p_wpli", "the same of the weighted one", pair, "", {"surrogates"}}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
