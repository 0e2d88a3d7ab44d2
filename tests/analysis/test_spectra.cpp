// SPDX-License-Identifier: BSD-3-Clause
// Multitapers, spectrograms, bands and spectral peaks against scipy, specparam and spectra that are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "analysis/band_power.hpp"
#include "analysis/draws.hpp"
#include "analysis/errors.hpp"
#include "analysis/power_spectrum.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/spectral_peaks.hpp"
#include "analysis/spectrogram.hpp"
#include "analysis/statistics.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

// scipy.signal.windows.dpss(16, 2.5, 4) and dpss(600, 4, 7) (scipy 1.17.1)
TEST(Tapers, ProlateSequencesEqualScipy) {
    const auto small = dpss(16, 2.5, 4);
    const double expected[4][3] = {{0.00708272572601105, 0.13398202265528233, 0.3855714243047406},
                                   {0.03432151752287821, 0.3036170967692536, -0.2707721531280766},
                                   {0.11087345837822496, 0.3707406300557184, -0.13084462965621746},
                                   {0.2629268865961064, 0.19109917256382175, 0.24718533814719687}};
    for (std::size_t k = 0; k < 4; ++k)
        for (std::size_t i = 0; i < 3; ++i)
            EXPECT_NEAR(small[k][i == 0 ? 0u : i == 1 ? 3u : 9u], expected[k][i], 1e-12) << k;
    const auto large = dpss(600, 4.0, 7);
    EXPECT_NEAR(large[0][100], 4.1887386236243787e-03, 1e-12);
    EXPECT_NEAR(large[3][299], -7.4953170606909848e-04, 1e-12);
    EXPECT_NEAR(large[6][450], -3.9575407597700910e-02, 1e-12);
}

// scipy.stats.chi2.ppf
TEST(Statistics, QuantilesOfChiSquaredEqualScipy) {
    EXPECT_NEAR(chi_squared_quantile(0.025, 3.7), 0.39457687534151664, 1e-9);
    EXPECT_NEAR(chi_squared_quantile(0.975, 14), 26.11894804503737, 1e-10);
    EXPECT_NEAR(chi_squared_quantile(0.5, 200.5), 199.83372884624566, 1e-9);
}

// The mean over tapers of |rfft(taper (x - mean))|^2/fs, with scipy's tapers.
TEST(PowerSpectrum, OfMultitapersEqualsScipysTapers) {
    PowerSpectrumOptions options{0, 300};
    options.window = TaperWindow::dpss;
    const PowerSpectrum whole = power_spectrum(sample_series(), options);
    EXPECT_NEAR(whole.power[0], 0.0023292664041851844, 1e-12);
    EXPECT_NEAR(whole.power[35], 20.291050969395236, 1e-9);
    EXPECT_NEAR(whole.power[300], 1.467362388045861e-05, 1e-13);
    EXPECT_NEAR(peak_frequency(whole.frequency_hz, whole.channel(0)), 0.11666666666666667, 1e-12);
    options.segment_s = 64;
    options.half_bandwidth = 3.0;
    const PowerSpectrum parts = power_spectrum(sample_series(), options);
    EXPECT_NEAR(parts.channel(3)[0], 1.432407635407062, 1e-10);
    EXPECT_NEAR(parts.channel(3)[7], 0.008468838759217747, 1e-12);
    EXPECT_NEAR(parts.channel(3)[64], 7.008881630019485e-05, 1e-13);
}

// White noise of variance 1 has the density 2 dt; its estimates are a chi-squared variable.
TEST(PowerSpectrum, ConfidenceIntervalsCoverWhatTheySay) {
    const Series noise = white_noise(2048, 40, 0.01, 11);
    for (const auto& [window, overlap] : {std::pair{TaperWindow::hann, 0.5},
                                          {TaperWindow::hann, 0.75},
                                          {TaperWindow::boxcar, 0.0},
                                          {TaperWindow::dpss, 0.5}}) {
        PowerSpectrumOptions options{0, 2.56, overlap, window};
        const PowerSpectrum s = power_spectrum(noise, options);
        const double low = s.freedom / chi_squared_quantile(0.975, s.freedom),
                     high = s.freedom / chi_squared_quantile(0.025, s.freedom);
        double within = 0, all = 0;
        for (std::size_t c = 0; c < 40; ++c)
            for (std::size_t k = 6; k + 6 < s.frequency_hz.size(); ++k) {
                const double p = s.channel(c)[k];
                all += 1;
                within += p * low <= 0.02 && 0.02 <= p * high ? 1 : 0;
            }
        EXPECT_NEAR(within / all, 0.95, 0.015) << overlap;
    }
}

// scipy.signal.spectrogram(x, fs=2, window='hann', nperseg=100, noverlap=50, detrend='constant')
TEST(Spectrogram, OfSegmentsEqualsScipy) {
    const Spectrogram s = segment_spectrogram(sample_series(), 0, {0, 50});
    ASSERT_EQ(s.time_s.size(), 11u);
    EXPECT_DOUBLE_EQ(s.time_s[0], 25.0);
    EXPECT_DOUBLE_EQ(s.time_s[1], 50.0);
    EXPECT_NEAR(s.power[7 * 11], 2.920145808437407, 1e-10);
    EXPECT_NEAR(s.power[7 * 11 + 5], 2.919295056368821, 1e-10);
}

TEST(Spectrogram, WaveletsGiveTheDensityOfWhiteNoiseAndFollowAChirp) {
    const Spectrogram s = morlet_spectrogram(white_noise(200000, 1, 0.01, 6), 0, {5.0, 20.0}, 7.0, 3, 0.0);
    const std::size_t columns = s.time_s.size();
    for (std::size_t f = 0; f < 2; ++f) {
        double mean = 0;
        for (std::size_t t = 0; t < columns; ++t)
            mean += s.power[f * columns + t] / static_cast<double>(columns);
        EXPECT_NEAR(mean, 0.02, 0.001);
    }
    Inputs inputs;  // from 5 Hz to 45 Hz in 10 s
    inputs.emplace("series", series_of(10000, 1, 1e-3, [](double t, std::size_t) {
                       return std::sin(2 * std::numbers::pi * (5 * t + 2 * t * t));
                   }));
    const Result r = run(find_analysis("spectrogram"), inputs,
                         {{"method", std::string("morlet")}, {"low", 2.0}, {"high", 60.0}, {"count", 120.0}});
    const ResultArray& ridge = *r.find("ridge");
    for (std::size_t k = 50; k + 50 < ridge.values.size(); k += 20)
        EXPECT_NEAR(ridge.values[k], 5 + 4 * ridge.dimensions[0].values[k], 1.5);
}

// numpy: sums of scipy.signal.welch's density times its step
TEST(BandPower, EqualsNumpyAndSumsToTheVariance) {
    Inputs inputs;
    inputs.emplace("series", sample_series());
    const Result r =
        run(find_analysis("band_power"), inputs, {{"bands", std::string("slow 0.05-0.1, fast 0.1-0.3")}});
    EXPECT_NEAR(r.arrays[0].values[0], 5.684155398398684e-05, 1e-14);
    EXPECT_NEAR(r.arrays[0].values[1], 0.5006481837104528, 1e-12);
    inputs.clear();
    inputs.emplace("series", white_noise(100000, 1, 0.005, 3));
    const Result whole = run(find_analysis("band_power"), inputs, {{"bands", std::string("all 0-100")}});
    EXPECT_NEAR(whole.arrays[0].values[0], 1.0, 0.02);
}

TEST(BandPower, BandsThatAreNoneAreTold) {
    EXPECT_THAT(error_of([] { read_bands("alpha 13-8"); }), HasSubstr("'alpha 13-8' is no band"));
    EXPECT_THAT(error_of([] { read_bands("8-13"); }), HasSubstr("is no band"));
    EXPECT_THAT(error_of([] { read_bands("a 1-2, a 2-3"); }), HasSubstr("a name of its own"));
    Inputs inputs;
    inputs.emplace("series", sample_series());
    EXPECT_THAT(error_of([&] { run(find_analysis("band_power"), inputs); }),
                HasSubstr("does not cover 'delta', 1 to 4 Hz"));
}

// The spectra of docs: background and peaks in log10 of power, with a little deterministic roughness. In
// numpy: f = arange(2, 81)*.5; .06*(((7*k)%11)/11 - .45)
std::vector<double> test_frequencies() {
    std::vector<double> f;
    for (int k = 2; k < 81; ++k) f.push_back(0.5 * k);
    return f;
}
std::vector<double> test_spectrum(bool knee) {
    std::vector<double> power;
    const std::vector<double> f = test_frequencies();
    for (std::size_t k = 0; k < f.size(); ++k) {
        double p = knee ? 2.0 - std::log10(60 + std::pow(f[k], 2.2)) : 1.2 - 1.4 * std::log10(f[k]);
        const auto add = [&](double c, double h, double s) {
            p += h * std::exp(-(f[k] - c) * (f[k] - c) / (2 * s * s));
        };
        if (!knee) add(6.3, 0.5, 0.9);
        add(10.2, 0.9, 1.4);
        add(22.0, 0.4, 2.5);
        power.push_back(std::pow(10.0, p + 0.06 * (static_cast<double>((7 * k) % 11) / 11 - 0.45)));
    }
    return power;
}

// specparam 2.0.0rc7: SpectralModel(aperiodic_mode, max_n_peaks=6), curve_fit tolerances 1e-12
TEST(SpectralPeaks, EqualsSpecparam) {
    const SpectralPeaks s = spectral_peaks(test_frequencies(), test_spectrum(false), {});
    EXPECT_NEAR(s.offset, 1.22459419, 2e-6);
    EXPECT_NEAR(s.exponent, 1.40730335, 2e-6);
    ASSERT_EQ(s.peaks.size(), 3u);
    const double expected[3][3] = {{6.33213323, 0.46474761, 0.86792716},
                                   {10.17585514, 0.87197856, 1.36163292},
                                   {22.0032339, 0.37805114, 2.30470089}};
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_NEAR(s.peaks[k].frequency_hz, expected[k][0], 2e-6);
        EXPECT_NEAR(s.peaks[k].height, expected[k][1], 2e-6);
        EXPECT_NEAR(s.peaks[k].width_hz, 2 * expected[k][2], 2e-6);
    }
    EXPECT_NEAR(s.r_squared, 0.9986735384573246, 1e-7);
    EXPECT_NEAR(s.error, 0.017979358259339245, 1e-6);
}

TEST(SpectralPeaks, WithAKneeEqualsSpecparam) {
    SpectralPeaksOptions options;
    options.knee = true;
    const SpectralPeaks s = spectral_peaks(test_frequencies(), test_spectrum(true), options);
    EXPECT_NEAR(s.offset, 2.30610922, 1e-4);
    EXPECT_NEAR(s.knee, 131.09419576, 0.05);
    EXPECT_NEAR(s.exponent, 2.39510917, 1e-4);
    ASSERT_EQ(s.peaks.size(), 2u);
    EXPECT_NEAR(s.peaks[0].frequency_hz, 10.16806856, 1e-5);
    EXPECT_NEAR(s.peaks[0].height, 0.82650909, 1e-5);
    EXPECT_NEAR(s.peaks[1].width_hz, 2 * 2.13235559, 1e-4);
    EXPECT_NEAR(s.r_squared, 0.9979891590167609, 1e-6);
}

// Noise of density f^-1.5 with a rhythm of 10 Hz and the mains at 50 Hz, thirty times as strong.
Series coloured_noise(double mains) {
    Series s = white_noise(60000, 8, 0.004, 21);
    RealTransform transform(s.samples);
    for (std::size_t c = 0; c < s.channels; ++c) {
        for (std::size_t t = 0; t < s.samples; ++t) transform.real()[t] = s.at(t, c);
        transform.forward();
        for (std::size_t k = 0; k < transform.complex().size(); ++k) {
            const double f = static_cast<double>(k) / (static_cast<double>(s.samples) * s.interval_s);
            const double peak = 0.8 * std::exp(-0.5 * (f - 10) * (f - 10) / 2.25);
            transform.complex()[k] *= k == 0 ? 0.0 : std::pow(10.0, 0.5 * peak) * std::pow(f, -0.75);
        }
        transform.backward();
        for (std::size_t t = 0; t < s.samples; ++t)
            s.values[t * s.channels + c] =
                transform.real()[t] / static_cast<double>(s.samples) +
                mains * std::sin(2 * std::numbers::pi * 50 * s.interval_s * static_cast<double>(t));
    }
    return s;
}

TEST(SpectralPeaks, FindExponentAndRhythmOfNoiseInSpiteOfTheMains) {
    const auto found = [](double mains, const char* line) {
        Inputs inputs;
        inputs.emplace("series", coloured_noise(mains));
        return run(find_analysis("spectral_peaks"), inputs,
                   {{"segment", 2.0}, {"low", 2.0}, {"high", 90.0}, {"line", std::string(line)}});
    };
    const Result clean = found(0.0, "automatic"), noisy = found(2.0, "automatic"), naive = found(2.0, "none");
    for (std::size_t c = 0; c < 8; ++c) {
        EXPECT_EQ(clean.find("line")->values[c], 0.0);
        EXPECT_EQ(noisy.find("line")->values[c], 50.0);
        for (const Result* r : {&clean, &noisy}) {
            EXPECT_NEAR(r->find("exponent")->values[c], 1.5, 0.05);
            EXPECT_NEAR(r->find("strongest")->values[c], 10.0, 0.2);
        }
        EXPECT_NEAR(naive.find("strongest")->values[c], 50.0, 0.5);
    }
}

TEST(SpectralPeaks, WhatCannotBeFittedIsTold) {
    EXPECT_THAT(
        error_of([] { spectral_peaks(std::vector<double>{1, 2, 3}, std::vector<double>{1, 1, 1}, {}); }),
        HasSubstr("3 frequencies are left, too few"));
    Inputs inputs;
    inputs.emplace("series", sample_series());
    EXPECT_THAT(error_of([&] { run(find_analysis("spectral_peaks"), inputs); }),
                HasSubstr("low to high, 1 to 40 Hz, has"));
    inputs.clear();
    inputs.emplace("series", series_of(4000, 2, 1e-3, [](double t, std::size_t c) {
                       return c == 0 ? std::sin(40 * t) : 1.0;
                   }));
    EXPECT_THAT(error_of([&] { run(find_analysis("spectral_peaks"), inputs, {{"segment", 1.0}}); }),
                HasSubstr("series 'signal', channel '1': the power at 1 Hz is 0"));
}

}  // namespace
}  // namespace neurodyn::analysis
