// SPDX-License-Identifier: BSD-3-Clause
// Phases and synchrony against scipy, numpy and closed forms, and the false alarms of their tests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "analysis/autocorrelation.hpp"
#include "analysis/chi_synchrony.hpp"
#include "analysis/coherence.hpp"
#include "analysis/cross_correlation.hpp"
#include "analysis/draws.hpp"
#include "analysis/errors.hpp"
#include "analysis/kuramoto_order.hpp"
#include "analysis/phase_locking.hpp"
#include "analysis/sample_series.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;
constexpr double pi = std::numbers::pi;

PhaseOptions given() {
    PhaseOptions options;
    options.method = PhaseMethod::given;
    return options;
}

double part_below(const std::vector<double>& p, double level) {
    return static_cast<double>(std::count_if(p.begin(), p.end(), [&](double x) { return x <= level; })) /
           static_cast<double>(p.size());
}

// scipy.signal.hilbert(x - x.mean())
TEST(Phases, HilbertEqualsScipy) {
    const auto z = hilbert(channel_values(sample_series(), 0));
    EXPECT_NEAR(z[0].real(), 0.35716237460963823, 1e-12);
    EXPECT_NEAR(z[0].imag(), -0.7930046711755349, 1e-12);
    EXPECT_NEAR(z[17].imag(), -0.525320397918582, 1e-12);
    EXPECT_NEAR(z[599].imag(), -0.5104050418461502, 1e-12);
}

// scipy.signal.hilbert(sosfiltfilt(butter(3, [.1, .2], 'bandpass', fs=2, output='sos'), x, padtype='odd',
// padlen=400)), far from the ends, which both extend in ways of their own.
TEST(Phases, BandsAreThoseOfAButterworthFilterForthAndBack) {
    const auto z = band_hilbert(channel_values(sample_series(), 0), 0.5, 0.1, 0.2);
    EXPECT_NEAR(z[250].real(), -0.9808926832126431, 1e-6);
    EXPECT_NEAR(z[300].real(), -0.8221333082612755, 1e-6);
    EXPECT_NEAR(z[333].real(), -0.5973214562979504, 1e-6);
    EXPECT_NEAR(z[300].imag(), 0.47103015556525824, 1e-3);  // the transform is of other ends
}

TEST(Phases, WaveletsGiveAmplitudeAndPhaseOfACosine) {
    const Series s = series_of(
        4000, 1, 1e-3, [](double t, std::size_t) { return 3.0 + 2.0 * std::cos(2 * pi * 10 * t - 0.7); });
    const auto z = morlet(s.values, 1e-3, 10.0, 7.0);
    for (const std::size_t t : {1000u, 2000u, 2777u}) {
        EXPECT_NEAR(std::abs(z[t]), 2.0, 1e-9);
        EXPECT_NEAR(wrapped(std::arg(z[t]) - (2 * pi * 10 * static_cast<double>(t) * 1e-3 - 0.7)), 0.0, 1e-9);
    }
}

// elephant.signal_processing.wavelet_transform(x - mean, 0.1, n_cycles=6, sampling_frequency=2) of
// Elephant 1.2.1: its cycles are 3/pi of ours, and its amplitude sqrt(2 pi f) s fs/2 times ours, s = 10 s.
TEST(Phases, WaveletsAreThoseOfElephant) {
    const auto z = morlet(channel_values(sample_series(), 0), 0.5, 0.1, 2 * pi);
    EXPECT_NEAR(z[5].real(), 0.34772067698082393, 1e-6);
    EXPECT_NEAR(z[300].real(), -0.4633935129450924, 1e-6);
    EXPECT_NEAR(z[300].imag(), 0.26947912140718977, 1e-6);
    EXPECT_NEAR(z[577].imag(), -0.5663529868611773, 1e-6);
}

// numpy: of the analytic signals of all channels
TEST(PhaseLocking, EqualsNumpy) {
    const PhaseLocking p = phase_locking(sample_series(), {});
    EXPECT_NEAR(p.plv[0], 0.07918854293103111, 1e-12);
    EXPECT_NEAR(p.difference[0], 0.011778641144071301, 1e-10);
    EXPECT_NEAR(p.pli[0], 0.013333333333333334, 1e-12);
    EXPECT_NEAR(p.wpli[0], 0.009422407270029637, 1e-11);
    EXPECT_NEAR(p.plv[6], 0.06684194664922595, 1e-12);  // of channels 1 and 4
    EXPECT_NEAR(p.wpli[6], 0.00616281596405905, 1e-11);
}

// I1(2)/I0(2) = 0.6977747: the differences are the distribution's quantiles.
TEST(PhaseLocking, OfAVonMisesDifference) {
    constexpr std::size_t count = 4000, grid = 400000;
    std::vector<double> below(grid + 1, 0.0);
    const double step = 2 * pi / grid;
    for (std::size_t k = 0; k < grid; ++k)
        below[k + 1] = below[k] + std::exp(2 * std::cos(-pi + (static_cast<double>(k) + 0.5) * step));
    std::vector<double> quantiles;
    for (std::size_t k = 0; k < count; ++k) {
        const double want = (static_cast<double>(k) + 0.5) / count * below.back();
        const auto at = std::upper_bound(below.begin(), below.end(), want) - below.begin() - 1;
        const auto i = static_cast<std::size_t>(at);
        quantiles.push_back(-pi +
                            step * (static_cast<double>(i) + (want - below[i]) / (below[i + 1] - below[i])));
    }
    const Series s = series_of(count, 2, 1e-3, [&](double t, std::size_t c) {
        const auto k = static_cast<std::size_t>(std::lround(t / 1e-3));
        return 40 * t + (c == 0 ? 0.0 : quantiles[k]);
    });
    EXPECT_NEAR(phase_locking(s, given()).plv[0], 0.6977747, 1e-6);
}

TEST(PhaseLocking, ALagIsSeenByAllAndNoLagByPlvAlone) {
    const auto wave = [](double lag) {
        return phase_locking(series_of(5000, 2, 1e-3,
                                       [&](double t, std::size_t c) {
                                           return std::cos(2 * pi * 10 * t - (c == 1 ? lag : 0.0)) +
                                                  0.1 *
                                                      normal_at(3, 1, c, static_cast<std::uint64_t>(t * 1e4));
                                       }),
                             {});
    };
    const PhaseLocking late = wave(0.8), together = wave(0.0);
    EXPECT_GT(late.plv[0], 0.95);
    EXPECT_NEAR(late.difference[0], 0.8, 0.01);  // channel 0 is ahead
    EXPECT_GT(late.pli[0], 0.99);
    EXPECT_GT(late.wpli[0], 0.99);
    EXPECT_GT(together.plv[0], 0.95);
    EXPECT_LT(together.pli[0], 0.1);
    EXPECT_LT(together.wpli[0], 0.1);
}

TEST(PhaseLocking, DoesNotDependOnScaleOriginOfTimeAndOrderOfChannels) {
    const Series s = sample_series();
    Series other = s;
    other.start_s = 100.0;
    for (std::size_t t = 0; t < s.samples; ++t)
        for (std::size_t c = 0; c < s.channels; ++c)
            other.values[t * s.channels + c] = 7.0 + 3.0 * s.at(t, s.channels - 1 - c);
    const PhaseLocking a = phase_locking(s, {}), b = phase_locking(other, {});
    for (std::size_t k = 0; k < a.plv.size(); ++k) {  // the pairs in reverse order
        const std::size_t i[] = {9, 8, 6, 3, 7, 5, 2, 4, 1, 0};
        EXPECT_NEAR(a.plv[k], b.plv[i[k]], 1e-10);
        EXPECT_NEAR(a.difference[k], -b.difference[i[k]], 1e-7);
        EXPECT_NEAR(a.wpli[k], b.wpli[i[k]], 1e-10);
    }
}

// Of 45 pairs of independent noise in a band, about 5 in 100 may be found at the level of 5 %.
TEST(PhaseLocking, SurrogatesRaiseFewFalseAlarmsAndFindWhatIsThere) {
    PhaseOptions options;
    options.low_hz = 8.0;
    options.high_hz = 12.0;
    for (const SurrogateKind kind : {SurrogateKind::shift, SurrogateKind::phases}) {
        std::vector<double> p_plv, p_wpli;
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            const PhaseLocking p =
                phase_locking(white_noise(1000, 10, 0.01, seed), options, {true, kind, 99, seed});
            p_plv.insert(p_plv.end(), p.p_plv.begin(), p.p_plv.end());
            p_wpli.insert(p_wpli.end(), p.p_wpli.begin(), p.p_wpli.end());
        }
        ASSERT_EQ(p_plv.size(), 180u);
        EXPECT_NEAR(part_below(p_plv, 0.05), 0.05, 0.04);  // 2.5 standard deviations
        EXPECT_NEAR(part_below(p_wpli, 0.05), 0.05, 0.04);
        Series coupled = white_noise(1000, 2, 0.01, 9);
        for (std::size_t t = 0; t < 1000; ++t) coupled.values[2 * t + 1] += 2.0 * coupled.values[2 * t];
        EXPECT_DOUBLE_EQ(phase_locking(coupled, options, {true, kind, 99, 1}).p_plv[0], 0.01);
    }
}

TEST(PhaseLocking, HasTheSameBitsForAnyNumberOfThreads) {
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const PhaseLocking one = phase_locking(sample_series(), {}, {true, SurrogateKind::phases, 19, 3});
    omp_set_num_threads(3);
    const PhaseLocking three = phase_locking(sample_series(), {}, {true, SurrogateKind::phases, 19, 3});
    omp_set_num_threads(threads);
    EXPECT_EQ(one.plv, three.plv);
    EXPECT_EQ(one.p_plv, three.p_plv);
    EXPECT_EQ(one.p_wpli, three.p_wpli);
}

TEST(KuramotoOrder, EqualsNumpyAndItsLimits) {
    const KuramotoOrder k = kuramoto_order(sample_series(), {});
    EXPECT_NEAR(k.order[0], 0.9941325995799951, 1e-12);
    EXPECT_NEAR(k.order[300], 0.41777860408371764, 1e-12);
    EXPECT_NEAR(k.mean, 0.4334772197663523, 1e-12);
    EXPECT_NEAR(k.metastability, 0.2627307323299754, 1e-12);
    const auto phases = [](bool alike) {
        return series_of(400, 200, 1e-2, [&](double t, std::size_t c) {
            return 9 * t + (alike ? 0.0 : 2 * pi * uniform_at(5, 2, static_cast<std::uint64_t>(t * 1e3), c));
        });
    };
    EXPECT_NEAR(kuramoto_order(phases(true), given()).mean, 1.0, 1e-12);
    EXPECT_NEAR(kuramoto_order(phases(false), given()).mean, 0.5 * std::sqrt(pi / 200), 0.005);
}

// scipy.signal.coherence and csd, nperseg=128, fs=2
TEST(Coherence, EqualsScipy) {
    const Coherence c = coherence(sample_series(), {0, 64});
    EXPECT_NEAR(std::norm(c.coherency[7]), 0.006568301813768037, 1e-10);
    EXPECT_NEAR(std::norm(c.coherency[30]), 0.09410328443631047, 1e-10);
    EXPECT_NEAR(c.coherency[7].imag(), -0.06474910231843921, 1e-10);
    EXPECT_NEAR(c.coherency[30].imag(), -0.15767435635692004, 1e-10);
    Inputs inputs;
    inputs.emplace("series", sample_series());
    const Result r =
        run(find_analysis("coherence"), inputs, {{"segment", 64.0}, {"low", 0.1}, {"high", 0.5}});
    EXPECT_NEAR(r.matrix("coherence")(0, 1), 0.4771448903919806, 1e-10);
    EXPECT_NEAR(r.matrix("imaginary")(0, 1), 0.0641030958898511, 1e-10);
    EXPECT_NEAR(r.matrix("imaginary")(1, 0), -0.0641030958898511, 1e-10);
}

// Of independent noise 5 in 100 values exceed the threshold, by segments that overlap and by tapers.
TEST(Coherence, ItsThresholdIsExceededAsOftenAsItSays) {
    for (const TaperWindow window : {TaperWindow::hann, TaperWindow::dpss}) {
        PowerSpectrumOptions options{0, 2.56};
        options.window = window;
        const Coherence c = coherence(white_noise(4096, 12, 0.01, 3), options);
        const std::size_t bins = c.frequency_hz.size();
        double above = 0, all = 0;
        for (std::size_t k = 0; k < c.coherency.size(); ++k) {
            if (k % bins < 8 || k % bins + 8 >= bins) continue;  // the detrended and the doubled ends
            all += 1;
            above += std::norm(c.coherency[k]) > c.threshold() ? 1 : 0;
        }
        EXPECT_NEAR(above / all, 0.05, 0.012);
    }
}

TEST(Coherence, OfASingleSegmentIsRefused) {
    EXPECT_THAT(error_of([] { coherence(sample_series(), {0, 300}); }), HasSubstr("single segment"));
}

// numpy, 1/sqrt(N) of independent units, and 1 of equal ones
TEST(ChiSynchrony, EqualsNumpyAndItsLimits) {
    EXPECT_NEAR(chi_synchrony(sample_series()).chi, 0.598783103318513, 1e-12);
    EXPECT_NEAR(chi_synchrony(white_noise(20000, 100, 1e-3, 2)).chi, 0.1, 0.002);
    EXPECT_NEAR(
        chi_synchrony(series_of(100, 7, 1e-3, [](double t, std::size_t) { return std::sin(90 * t); })).chi,
        1.0, 1e-12);
    EXPECT_THAT(
        error_of([] { chi_synchrony(series_of(100, 7, 1e-3, [](double, std::size_t) { return 2.1; })); }),
        HasSubstr("all channels are constant"));
}

// scipy.signal.correlate(x2 - mean, x0 - mean)/(600 s0 s2)
TEST(CrossCorrelation, EqualsScipyAndFindsADelay) {
    const CrossCorrelation c = cross_correlation(sample_series(), 0.0, 30.0);
    const double* f = &c.function[121];  // of channels 0 and 2
    EXPECT_NEAR(f[60 - 13], 0.02751043266613352, 1e-12);
    EXPECT_NEAR(f[60], 0.19523898143514293, 1e-12);
    EXPECT_NEAR(f[65], 0.1682640910484456, 1e-12);
    EXPECT_NEAR(c.lag_of_peak_s[1], 0.5, 0.25);
    EXPECT_GE(c.peak[1], 0.20886319472006676);
    const auto wave = [](double t) { return std::exp(-0.5 * (t - 0.5) * (t - 0.5) / 0.0004); };
    const CrossCorrelation late = cross_correlation(
        series_of(1000, 2, 1e-3,
                  [&](double t, std::size_t c) { return c == 0 ? wave(t) : -wave(t - 0.0123); }),
        0.0, 0.1);
    EXPECT_NEAR(late.lag_of_peak_s[0], 0.0123, 1e-4);  // channel 1 follows
    EXPECT_NEAR(late.peak[0], -1.0, 2e-3);
}

TEST(CrossCorrelation, SurrogatesRaiseFewFalseAlarms) {
    Inputs inputs;
    inputs.emplace("series", white_noise(400, 14, 0.01, 8));
    const Result r = run(find_analysis("cross_correlation"), inputs,
                         {{"surrogates", std::string("shift")}, {"surrogate_count", 99.0}, {"max_lag", 0.1}});
    const std::vector<double> p = upper_triangle(r.matrix("p"));
    EXPECT_NEAR(part_below(p, 0.05), 0.05, 0.055);  // 2.5 standard deviations of 91 pairs
}

// exp(-2 lag) of dx = -2 x dt + sqrt(2 0.5) dW, in exact steps
TEST(Autocorrelation, OfAnOrnsteinUhlenbeckProcess) {
    const double interval_s = 0.05, keep = std::exp(-2 * interval_s);
    Series s = white_noise(400000, 1, interval_s, 4);
    for (std::size_t t = 1; t < s.samples; ++t)
        s.values[t] = keep * s.values[t - 1] + 0.5 * std::sqrt(1 - keep * keep) * s.values[t];
    Inputs inputs;
    inputs.emplace("series", s);
    const Result r = run(find_analysis("autocorrelation"), inputs, {{"max_lag", 1.0}});
    EXPECT_NEAR(r.arrays.front().values[5], 0.6065307, 0.01);
}

TEST(Phases, WhatCannotBeAnalysedIsTold) {
    Series s = sample_series();
    const auto error = [&](PhaseOptions o) { return error_of([&] { phase_locking(s, o); }); };
    PhaseOptions band;
    band.low_hz = 0.5;
    band.high_hz = 1.5;
    EXPECT_THAT(error(band), HasSubstr("0.5 to 1.5 Hz is no band of series 'bold'"));
    band.low_hz = 0.004;
    band.high_hz = 0.1;
    EXPECT_THAT(error(band), HasSubstr("record longer, or take a higher frequency"));
    PhaseOptions wavelet;
    wavelet.method = PhaseMethod::morlet;
    EXPECT_THAT(error(wavelet),
                HasSubstr("frequency is 10 Hz; series 'bold' has frequencies above 0 and below 1 Hz"));
    s.values[17 * 5 + 2] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(error({}), HasSubstr("region 'region_2' is nan at sample 17 (t = 8.5 s)"));
    for (std::size_t t = 0; t < s.samples; ++t) s.values[t * 5 + 2] = 4.0;
    EXPECT_THAT(error({}), HasSubstr("region 'region_2' is constant (4)"));
    EXPECT_THAT(error_of([] { phase_locking(sample_series(600, 1), {}); }),
                HasSubstr("phase locking needs at least 2"));
    EXPECT_THAT(error_of([] { kuramoto_order(sample_series(10, 3), {}); }),
                HasSubstr("too short for phases"));
    EXPECT_THAT(error_of([] { cross_correlation(sample_series(), 0, 400); }), HasSubstr("max_lag is 400 s"));
    EXPECT_THAT(
        error_of([] { phase_locking(sample_series(), given(), {true, SurrogateKind::phases, 9, 1}); }),
        HasSubstr("take shift"));
}

}  // namespace
}  // namespace neurodyn::analysis
