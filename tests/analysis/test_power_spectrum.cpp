// SPDX-License-Identifier: BSD-3-Clause
// Spectra, autocorrelation and summary statistics against scipy, numpy and closed forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "analysis/autocorrelation.hpp"
#include "analysis/errors.hpp"
#include "analysis/power_spectrum.hpp"
#include "analysis/sample_series.hpp"
#include "analysis/summary_statistics.hpp"

namespace neurodyn::analysis {
namespace {

using testing::HasSubstr;

struct WelchCase {
    PowerSpectrumOptions options;
    std::size_t bins;
    double frequency_1, power_0_0, power_0_7, power_4_last, peak_0, peak_mean;
};

// scipy.signal.welch(x.T, fs=2.0, ...)
TEST(PowerSpectrum, EqualsScipyWelch) {
    const WelchCase cases[] = {
        // nperseg=128
        {{0, 64},
         65,
         0.015625,
         0.1123497960472424,
         14.585790940142306,
         1.0632026069433076e-08,
         0.125,
         0.03125},
        // nperseg=100, noverlap=75, window='hamming', detrend='linear'
        {{0, 50, 0.75, TaperWindow::hamming, Detrend::linear},
         51,
         0.02,
         0.1226820864589265,
         2.144301491377359,
         0.00012702741496356323,
         0.12,
         0.04},
        // nperseg=101, noverlap=0, window='boxcar', detrend=False
        {{0, 50.5, 0, TaperWindow::boxcar, Detrend::none},
         51,
         0.019801980198019802,
         1.0261093176468186,
         0.08676834609845181,
         0.004423138950871571,
         0.1188118811881188,
         0.039603960396039604},
        // scipy's defaults: nperseg=256
        {{},
         129,
         0.0078125,
         0.043058795983628696,
         0.00597794169839526,
         1.1881027112210707e-09,
         0.1171875,
         0.1171875},
    };
    for (const WelchCase& c : cases) {
        SCOPED_TRACE(c.bins);
        const PowerSpectrum s = power_spectrum(sample_series(), c.options);
        ASSERT_EQ(s.frequency_hz.size(), c.bins);
        EXPECT_DOUBLE_EQ(s.frequency_hz[1], c.frequency_1);
        EXPECT_NEAR(s.channel(0)[0], c.power_0_0, 1e-12);
        EXPECT_NEAR(s.channel(0)[7], c.power_0_7, 1e-12);
        EXPECT_NEAR(s.channel(4).back(), c.power_4_last, 1e-12);
        EXPECT_DOUBLE_EQ(peak_frequency(s.frequency_hz, s.channel(0)), c.peak_0);
        EXPECT_DOUBLE_EQ(peak_frequency(s.frequency_hz, s.mean()), c.peak_mean);
    }
}

TEST(PowerSpectrum, IntegratesToTheMeanSquare) {
    // Parseval: one boxcar segment without detrending.
    const Series s = sample_series(512, 2);
    for (const std::size_t samples : {std::size_t{512}, std::size_t{511}}) {
        PowerSpectrumOptions options;
        options.segment_s = 0.5 * static_cast<double>(samples);
        options.window = TaperWindow::boxcar;
        options.detrend = Detrend::none;
        Series part = s;
        part.samples = samples;
        part.values.resize(samples * 2);
        const PowerSpectrum spectrum = power_spectrum(part, options);
        for (std::size_t c = 0; c < 2; ++c) {
            double squares = 0;
            for (std::size_t t = 0; t < samples; ++t)
                squares += part.values[2 * t + c] * part.values[2 * t + c];
            const std::span<const double> p = spectrum.channel(c);
            EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0) * spectrum.frequency_hz[1],
                        squares / static_cast<double>(samples), 1e-12);
        }
    }
}

TEST(PowerSpectrum, FindsTheFrequencyOfASine) {
    Series s = sample_series(4096, 1);
    s.interval_s = 1e-3;
    for (std::size_t t = 0; t < s.samples; ++t)
        s.values[t] = 5 + std::sin(2 * std::numbers::pi * 62.5 * 1e-3 * static_cast<double>(t));
    const PowerSpectrum p = power_spectrum(s);
    EXPECT_DOUBLE_EQ(peak_frequency(p.frequency_hz, p.channel(0)), 62.5);  // 16 steps of 1000/256 Hz
    // A sine of amplitude 1 has the power 1/2, all in the peak and its two neighbours.
    EXPECT_NEAR((p.power[15] + p.power[16] + p.power[17]) * p.frequency_hz[1], 0.5, 1e-10);
    EXPECT_LE(peak_frequency(p.frequency_hz, p.channel(0), 0, 30), 30.0);
    EXPECT_THAT(error_of([&] { peak_frequency(p.frequency_hz, p.channel(0), 600, 700); }),
                HasSubstr("no frequency lies between 600 Hz and 700 Hz"));
}

TEST(PowerSpectrum, RefusesBadOptions) {
    const Series s = sample_series();
    PowerSpectrumOptions options;
    options.segment_s = 301;
    EXPECT_THAT(error_of([&] { power_spectrum(s, options); }),
                HasSubstr("segment is 301 s, but series 'bold' is only 300 s long"));
    options.segment_s = 1;
    EXPECT_THAT(error_of([&] { power_spectrum(s, options); }), HasSubstr("at least 4 samples are needed"));
    options = {};
    options.overlap = 1;
    EXPECT_THAT(error_of([&] { power_spectrum(s, options); }), HasSubstr("overlap is 1"));
    EXPECT_THAT(error_of([] { power_spectrum(sample_series(3)); }),
                HasSubstr("too short for a power spectrum"));
    Series no_interval = s;
    no_interval.interval_s = 0;
    EXPECT_THAT(error_of([&] { power_spectrum(no_interval); }), HasSubstr("sample interval of 0 s"));
}

TEST(Autocorrelation, EqualsNumpyCorrelate) {
    const Autocorrelation r = autocorrelation(sample_series());
    ASSERT_EQ(r.lag_s.size(), 151u);  // a quarter of 600
    EXPECT_DOUBLE_EQ(r.lag_s[150], 75.0);
    EXPECT_EQ(r.values[0], 1.0);
    // y = x[:, 0] - x[:, 0].mean(); a = numpy.correlate(y, y, 'full')[599:]; a /= a[0]
    EXPECT_NEAR(r.values[1], 0.9288199445798757, 1e-13);
    EXPECT_NEAR(r.values[5], -0.04404583715621578, 1e-13);
    EXPECT_NEAR(r.values[150], 0.18456945099942834, 1e-13);
}

TEST(Autocorrelation, TimescaleOfAnExponentialDecay) {
    // The autocorrelation of the long AR(1) filter response x[t] = a^t, padded with zeros, is close to a^k:
    // its timescale is -interval / ln a, up to the straight line between samples.
    Series s = sample_series(20000, 1);
    const double a = std::exp(-0.5 / 10.0);  // 10 s at 0.5 s per sample
    for (std::size_t t = 0; t < s.samples; ++t) s.values[t] = std::pow(a, static_cast<double>(t));
    const Autocorrelation r = autocorrelation(s, 100);
    EXPECT_NEAR(r.timescale_s[0], 10.0, 0.03);
    EXPECT_TRUE(std::isnan(autocorrelation(s, 5).timescale_s[0]));
}

TEST(Autocorrelation, RefusesBadInput) {
    Series s = sample_series();
    EXPECT_THAT(error_of([&] { autocorrelation(s, 300); }), HasSubstr("max_lag is 300 s"));
    for (std::size_t t = 0; t < s.samples; ++t) s.values[t * 5 + 1] = -0.7;
    EXPECT_THAT(error_of([&] { autocorrelation(s); }), HasSubstr("region 'region_1' is constant (-0.7)"));
}

TEST(SummaryStatistics, EqualsNumpy) {
    const SummaryStatistics s = summary_statistics(sample_series());
    EXPECT_NEAR(s.mean[2], 0.13701079110378014, 1e-14);              // x[:, 2].mean()
    EXPECT_NEAR(s.standard_deviation[2], 0.796814542842798, 1e-14);  // x[:, 2].std(ddof=1)
    EXPECT_NEAR(s.minimum[2], -1.4525784714723327, 1e-14);
    EXPECT_NEAR(s.maximum[2], 1.7088749463717021, 1e-14);
    EXPECT_EQ(summary_statistics(sample_series(1)).standard_deviation[0], 0.0);
    EXPECT_THROW(summary_statistics(sample_series(0)), DataError);
}

}  // namespace
}  // namespace neurodyn::analysis
