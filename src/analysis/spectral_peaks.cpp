// SPDX-License-Identifier: BSD-3-Clause
// Backgrounds and peaks fitted in turns, in the logarithm of power.
#include "analysis/spectral_peaks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/errors.hpp"
#include "analysis/least_squares.hpp"
#include "analysis/parallel.hpp"
#include "analysis/power_spectrum.hpp"
#include "analysis/table.hpp"

namespace neurodyn::analysis {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

constexpr double sd_of_half_width = 2.3548200450309493;  // 2 sqrt(2 ln 2): full width at half height
constexpr double centre_within = 3.0;                    // standard deviations that a fit may move a centre
constexpr double overlapping = 0.75;                     // of both standard deviations
constexpr std::size_t least_bins = 8;

// Frequencies and log10 powers, one fit at a time.
class Fitter {
  public:
    Fitter(VectorXd frequency, VectorXd power, const SpectralPeaksOptions& options)
        : f_(std::move(frequency)), p_(std::move(power)), options_(options) {}

    SpectralPeaks run() {
        SpectralPeaks result;
        set_background(result, robust_background());
        const VectorXd flat = p_ - background_of(result);
        result.peaks = fit_peaks(flat, without_edges_and_overlaps(search(flat)));
        VectorXd bare = p_;
        for (const SpectralPeak& peak : result.peaks) bare -= gaussian(peak);
        set_background(result, fit_background(f_, bare));
        rate(result);
        return result;
    }

  private:
    static void set_background(SpectralPeaks& result, const VectorXd& b) {
        result.offset = b[0];
        result.knee = b.size() > 2 ? b[1] : 0.0;
        result.exponent = b[b.size() - 1];
    }

    VectorXd background_of(const SpectralPeaks& result) const {
        return f_.unaryExpr([&](double f) { return result.aperiodic(f); });
    }

    VectorXd fit_background(const VectorXd& f, const VectorXd& p) const {
        const VectorXd x = f.array().log10();
        const double mean_x = x.mean(), mean_p = p.mean();
        const double slope =
            ((x.array() - mean_x) * (p.array() - mean_p)).sum() / (x.array() - mean_x).square().sum();
        if (!options_.knee) return Eigen::Vector2d(mean_p - slope * mean_x, -slope);
        const auto model = [&](const VectorXd& b, VectorXd& values, Eigen::MatrixXd& slopes) {
            for (Index k = 0; k < f.size(); ++k) {
                const double power = std::pow(f[k], b[2]), sum = b[1] + power;
                if (!(sum > 0.0)) return false;
                values[k] = b[0] - std::log10(sum);
                slopes(k, 0) = 1.0;
                slopes(k, 1) = -1.0 / (sum * std::log(10.0));
                slopes(k, 2) = -power * std::log(f[k]) / (sum * std::log(10.0));
            }
            return true;
        };
        const Eigen::Vector3d none = Eigen::Vector3d::Constant(std::numeric_limits<double>::infinity());
        // From a background that bends in the middle of the logarithm of frequency, too: the nearer one.
        const double middle = std::pow(10.0, mean_x);
        const double steep = std::max(1.0, -1.5 * slope), bend = std::pow(middle, steep);
        VectorXd best;
        for (const Eigen::Vector3d& start : {Eigen::Vector3d(mean_p - slope * mean_x, 0.0, -slope),
                                             Eigen::Vector3d(p.maxCoeff() + std::log10(bend), bend, steep)}) {
            const VectorXd b = fit_least_squares(p, model, start, -none, none);
            if (best.size() == 0 || squares_of(model, b, p) < squares_of(model, best, p)) best = b;
        }
        return best;
    }

    static double squares_of(const ModelFunction& model, const VectorXd& b, const VectorXd& p) {
        VectorXd values(p.size());
        Eigen::MatrixXd slopes(p.size(), b.size());
        return model(b, values, slopes) ? (p - values).squaredNorm()
                                        : std::numeric_limits<double>::infinity();
    }

    // Fitted to the points that do not lie above a first fit.
    VectorXd robust_background() const {
        SpectralPeaks first;
        set_background(first, fit_background(f_, p_));
        const VectorXd above = p_ - background_of(first);
        std::vector<double> f, p;
        for (Index k = 0; k < f_.size(); ++k)
            if (above[k] <= 0.0) f.push_back(f_[k]), p.push_back(p_[k]);
        if (f.size() < 4) return fit_background(f_, p_);
        return fit_background(Eigen::Map<VectorXd>(f.data(), static_cast<Index>(f.size())),
                              Eigen::Map<VectorXd>(p.data(), static_cast<Index>(p.size())));
    }

    VectorXd gaussian(const SpectralPeak& peak) const {
        const double sd = 0.5 * peak.width_hz;
        return peak.height * (-(f_.array() - peak.frequency_hz).square() / (2.0 * sd * sd)).exp();
    }

    // The largest remaining point, again and again, with the width of its narrower side.
    std::vector<SpectralPeak> search(VectorXd flat) const {
        std::vector<SpectralPeak> found;
        while (found.size() < options_.most_peaks) {
            Index at = 0;
            const double height = flat.maxCoeff(&at);
            const double deviation = std::sqrt((flat.array() - flat.mean()).square().mean());
            if (height <= options_.threshold * deviation || height <= options_.least_height) break;
            double half = std::numeric_limits<double>::infinity();
            for (Index k = at - 1; k > 0; --k)
                if (flat[k] <= 0.5 * height) {
                    half = f_[at] - f_[k];
                    break;
                }
            for (Index k = at + 1; k < flat.size(); ++k)
                if (flat[k] <= 0.5 * height) {
                    half = std::min(half, f_[k] - f_[at]);
                    break;
                }
            const double sd = std::isfinite(half) ? 2.0 * half / sd_of_half_width
                                                  : 0.5 * (options_.narrowest_hz + options_.widest_hz);
            found.push_back(
                {f_[at], height, std::clamp(2.0 * sd, options_.narrowest_hz, options_.widest_hz)});
            flat -= gaussian(found.back());
        }
        return found;
    }

    std::vector<SpectralPeak> without_edges_and_overlaps(std::vector<SpectralPeak> peaks) const {
        std::erase_if(peaks, [&](const SpectralPeak& p) {
            return p.frequency_hz - f_[0] <= 0.5 * p.width_hz ||
                   f_[f_.size() - 1] - p.frequency_hz <= 0.5 * p.width_hz;
        });
        std::sort(peaks.begin(), peaks.end(),
                  [](const auto& a, const auto& b) { return a.frequency_hz < b.frequency_hz; });
        std::vector<bool> dropped(peaks.size(), false);
        for (std::size_t k = 0; k + 1 < peaks.size(); ++k) {
            const SpectralPeak &a = peaks[k], &b = peaks[k + 1];
            const double reach = 0.5 * overlapping * (a.width_hz + b.width_hz);
            if (a.frequency_hz + reach > b.frequency_hz) dropped[a.height <= b.height ? k : k + 1] = true;
        }
        std::vector<SpectralPeak> kept;
        for (std::size_t k = 0; k < peaks.size(); ++k)
            if (!dropped[k]) kept.push_back(peaks[k]);
        return kept;
    }

    std::vector<SpectralPeak> fit_peaks(const VectorXd& flat,
                                        const std::vector<SpectralPeak>& guesses) const {
        if (guesses.empty()) return {};
        const auto n = static_cast<Index>(guesses.size());
        VectorXd start(3 * n), lower(3 * n), upper(3 * n);
        for (Index k = 0; k < n; ++k) {
            const SpectralPeak& g = guesses[static_cast<std::size_t>(k)];
            const double sd = 0.5 * g.width_hz, reach = centre_within * sd;
            start.segment(3 * k, 3) << g.frequency_hz, g.height, sd;
            lower.segment(3 * k, 3) << std::max(g.frequency_hz - reach, f_[0]), 0.0,
                0.5 * options_.narrowest_hz;
            upper.segment(3 * k, 3) << std::min(g.frequency_hz + reach, f_[f_.size() - 1]),
                std::numeric_limits<double>::infinity(), 0.5 * options_.widest_hz;
        }
        const auto model = [&](const VectorXd& b, VectorXd& values, Eigen::MatrixXd& slopes) {
            values.setZero();
            for (Index k = 0; k < n; ++k) {
                const double centre = b[3 * k], height = b[3 * k + 1], sd = b[3 * k + 2];
                const Eigen::ArrayXd away = f_.array() - centre;
                const Eigen::ArrayXd shape = (-away.square() / (2.0 * sd * sd)).exp();
                values.array() += height * shape;
                slopes.col(3 * k) = height * shape * away / (sd * sd);
                slopes.col(3 * k + 1) = shape;
                slopes.col(3 * k + 2) = height * shape * away.square() / (sd * sd * sd);
            }
            return true;
        };
        const VectorXd b = fit_least_squares(flat, model, start, lower, upper);
        std::vector<SpectralPeak> peaks;
        for (Index k = 0; k < n; ++k) peaks.push_back({b[3 * k], b[3 * k + 1], 2.0 * b[3 * k + 2]});
        std::sort(peaks.begin(), peaks.end(),
                  [](const auto& x, const auto& y) { return x.frequency_hz < y.frequency_hz; });
        return peaks;
    }

    void rate(SpectralPeaks& result) const {
        const VectorXd fit = f_.unaryExpr([&](double f) { return result.fit(f); });
        const Eigen::ArrayXd a = p_.array() - p_.mean(), b = fit.array() - fit.mean();
        const double both = (a * b).sum();
        result.r_squared = both * both / (a.square().sum() * b.square().sum());
        result.error = (p_ - fit).cwiseAbs().mean();
    }

    VectorXd f_, p_;
    const SpectralPeaksOptions& options_;
};

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

bool on_line(double f, const SpectralPeaksOptions& o) {
    if (o.line_hz <= 0.0) return false;
    const double multiple = std::max(1.0, std::nearbyint(f / o.line_hz));
    return std::abs(f - multiple * o.line_hz) <= o.line_width_hz;
}

}  // namespace

double SpectralPeaks::aperiodic(double f) const { return offset - std::log10(knee + std::pow(f, exponent)); }

double SpectralPeaks::fit(double f) const {
    double sum = aperiodic(f);
    for (const SpectralPeak& p : peaks) {
        const double away = 2.0 * (f - p.frequency_hz) / p.width_hz;
        sum += p.height * std::exp(-0.5 * away * away);
    }
    return sum;
}

SpectralPeaks spectral_peaks(std::span<const double> frequency_hz, std::span<const double> power,
                             const SpectralPeaksOptions& options) {
    std::vector<double> f, p;
    for (std::size_t k = 0; k < power.size(); ++k) {
        if (on_line(frequency_hz[k], options)) continue;
        if (!(power[k] > 0.0) || !std::isfinite(power[k]))
            throw DataError(
                fmt::format("the power at {} Hz is {}; a spectrum needs power everywhere in the range "
                            "(a constant channel has none)",
                            frequency_hz[k], power[k]),
                "");
        f.push_back(frequency_hz[k]);
        p.push_back(std::log10(power[k]));
    }
    if (f.size() < least_bins)
        throw DataError(
            fmt::format("{} frequencies are left, too few for a background and peaks: at least {} are "
                        "needed; widen low to high, or take longer segments",
                        f.size(), least_bins),
            "");
    const auto n = static_cast<Index>(f.size());
    return Fitter(Eigen::Map<VectorXd>(f.data(), n), Eigen::Map<VectorXd>(p.data(), n), options).run();
}

double find_line(std::span<const double> frequency_hz, std::span<const double> power) {
    double found = 0.0, largest = 0.0;
    for (const double line : {50.0, 60.0}) {
        std::vector<double> beside, away;
        double at = -std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k < power.size(); ++k) {
            const double far = std::abs(frequency_hz[k] - line), p = std::log10(power[k]);
            if (far <= 1.0) at = std::max(at, p);
            if (far >= 2.0 && far <= 6.0) beside.push_back(p);
        }
        if (beside.size() < 4) continue;
        const double usual = median(beside);
        for (const double p : beside) away.push_back(std::abs(p - usual));
        const double excess = at - usual;
        if (excess > std::max({0.3, 4.0 * 1.4826 * median(away), largest})) found = line, largest = excess;
    }
    return found;
}

namespace {

// The bins from low to high.
std::pair<std::size_t, std::size_t> range_of(const Arguments& a, const std::vector<double>& frequency_hz) {
    const double low = a.number("low"), high = a.number("high");
    std::size_t first = 1, last = frequency_hz.size();
    while (first < last && frequency_hz[first] < low) ++first;
    while (last > first && frequency_hz[last - 1] > high) --last;
    if (last >= first + least_bins) return {first, last};
    throw OptionError(
        fmt::format(
            "low to high, {} to {} Hz, has {} frequencies of the spectrum (steps of {} Hz to {} Hz); at "
            "least {} are needed: take longer segments, or another range",
            low, high, last - first, frequency_hz[1], frequency_hz.back(), least_bins),
        "low");
}

std::vector<Dimension> plan_row(const Arguments& a) {
    const std::vector<double> all = spectrum_frequencies(a.series("series"), read_spectrum_options(a));
    const auto [first, last] = range_of(a, all);
    const std::vector<double> kept(all.begin() + static_cast<std::ptrdiff_t>(first),
                                   all.begin() + static_cast<std::ptrdiff_t>(last));
    return {{"frequency", kept.size(), "Hz", kept, {}},
            {"peak", static_cast<std::size_t>(a.number("most_peaks"))}};
}

SpectralPeaksOptions read_options(const Arguments& a) {
    SpectralPeaksOptions o;
    o.knee = a.flag("knee");
    o.narrowest_hz = a.number("narrowest");
    o.widest_hz = std::max(a.number("widest"), o.narrowest_hz);
    o.most_peaks = static_cast<std::size_t>(a.number("most_peaks"));
    o.threshold = a.number("threshold");
    o.least_height = a.number("least_height");
    o.line_width_hz = a.number("line_width");
    const std::string& line = a.word("line");
    o.line_hz = line == "50" ? 50.0 : line == "60" ? 60.0 : 0.0;
    return o;
}

// Everything of one channel, as the results' rows.
struct Rows {
    std::vector<double> exponents, offsets, knees, r_squared, errors, counts, strongest, lines;
    std::vector<double> frequency, height, width, spectrum, background, fit;

    void add(const SpectralPeaks& s, std::span<const double> f, std::span<const double> power,
             const SpectralPeaksOptions& o) {
        const double none = std::numeric_limits<double>::quiet_NaN();
        exponents.push_back(s.exponent);
        offsets.push_back(s.offset);
        knees.push_back(s.knee);
        r_squared.push_back(s.r_squared);
        errors.push_back(s.error);
        counts.push_back(static_cast<double>(s.peaks.size()));
        lines.push_back(o.line_hz);
        const auto highest = std::max_element(
            s.peaks.begin(), s.peaks.end(), [](const auto& a, const auto& b) { return a.height < b.height; });
        strongest.push_back(highest == s.peaks.end() ? none : highest->frequency_hz);
        for (std::size_t k = 0; k < o.most_peaks; ++k) {
            const bool there = k < s.peaks.size();
            frequency.push_back(there ? s.peaks[k].frequency_hz : none);
            height.push_back(there ? s.peaks[k].height : none);
            width.push_back(there ? s.peaks[k].width_hz : none);
        }
        for (std::size_t k = 0; k < f.size(); ++k) {
            spectrum.push_back(power[k]);
            background.push_back(std::pow(10.0, s.aperiodic(f[k])));
            fit.push_back(std::pow(10.0, s.fit(f[k])));
        }
    }
};

Result run_row(const Arguments& a) {
    const Series& series = a.series("series");
    const PowerSpectrum whole = power_spectrum(series, read_spectrum_options(a));
    const auto [first, last] = range_of(a, whole.frequency_hz);
    const auto f = std::span<const double>(whole.frequency_hz).subspan(first, last - first);
    Rows rows;
    for (std::size_t c = 0; c < series.channels; ++c) {
        SpectralPeaksOptions options = read_options(a);
        const auto power = whole.channel(c).subspan(first, last - first);
        if (a.word("line") == "automatic") options.line_hz = find_line(f, power);
        try {
            rows.add(spectral_peaks(f, power, options), f, power, options);
        } catch (const DataError& error) {
            throw DataError(fmt::format("series '{}', {} '{}': {}", series.name, series.dimension,
                                        SeriesView(series).label(c), error.what()),
                            series.name, SeriesView(series).label(c));
        }
    }
    const Dimension channel = channel_dimension(series);
    const std::vector<Dimension> planned = plan_row(a);
    const std::string unit = series.unit.empty() ? "1/Hz" : "(" + series.unit + ")^2/Hz";
    const std::vector<Dimension> peaks{channel, planned[1]}, lines{channel, planned[0]};
    Result result;
    result.add_vector("exponent", "of the aperiodic background", channel, rows.exponents);
    result.add_vector("offset", "of the background, log10 of power", channel, rows.offsets);
    result.add_vector("knee", "of the background", channel, rows.knees);
    result.add_vector("strongest", "frequency of the highest peak", channel, rows.strongest, "Hz");
    result.add_vector("count", "peaks", channel, rows.counts);
    result.add({"frequencies", "of the peaks", "Hz", peaks, rows.frequency});
    result.add({"heights", "of the peaks, log10 of power above the background", "", peaks, rows.height});
    result.add({"widths", "of the peaks, two standard deviations", "Hz", peaks, rows.width});
    result.add_vector("r_squared", "of fit and spectrum", channel, rows.r_squared);
    result.add_vector("error", "mean difference of fit and spectrum, log10 of power", channel, rows.errors);
    result.add_vector("line", "mains frequency that was left out; 0: none", channel, rows.lines, "Hz");
    result.add({"spectrum", "power spectral density", unit, lines, rows.spectrum});
    result.add({"background", "power of the background alone", unit, lines, rows.background});
    result.add({"fit", "power of background and peaks", unit, lines, rows.fit});
    return result;
}

}  // namespace

Analysis rows::spectral_peaks() {
    const std::vector<std::string> peaks{"channel", "peak"}, lines{"channel", "frequency"};
    return {
        "spectral_peaks",
        "Peaks of a power spectrum on its aperiodic background: exponent, knee, and each peak's frequency",
        {{"series", {InputKind::series}, true, "what was recorded"}},
        with_spectrum_options(
            {{"low", "Hz", 1.0, "lower end of the range that is fitted", {}, positive},
             {"high", "Hz", 40.0, "upper end", {}, positive},
             {"knee", "", false, "the background bends: offset - log10(knee + f^exponent)"},
             {"most_peaks", "", 6.0, "at most so many", {}, {1, 50}},
             {"threshold",
              "",
              2.0,
              "standard deviations of the flattened spectrum that a peak exceeds",
              {},
              not_negative},
             {"least_height", "", 0.0, "of a peak, in log10 of power", {}, not_negative},
             {"narrowest", "Hz", 0.5, "width of a peak, two standard deviations", {}, positive},
             {"widest", "Hz", 12.0, "its upper bound", {}, positive},
             {"line",
              "",
              std::string("automatic"),
              "mains frequency left out with its multiples; automatic: 50 or 60 Hz where it stands out",
              {"automatic", "none", "50", "60"}},
             {"line_width", "Hz", 2.0, "left out to either side of it", {}, not_negative}}),
        {{"exponent", "of log10 P = offset - log10(knee + f^exponent)", {"channel"}},
         {"offset", "log10 of power, f in Hz", {"channel"}},
         {"knee", "0 without", {"channel"}},
         {"strongest", "frequency of the highest peak; NaN without peaks", {"channel"}, "Hz"},
         {"count", "peaks", {"channel"}},
         {"frequencies", "of the peaks, ascending; NaN beyond count", peaks, "Hz"},
         {"heights", "above the background, log10 of power", peaks},
         {"widths", "two standard deviations", peaks, "Hz"},
         {"r_squared", "squared correlation of fit and spectrum", {"channel"}},
         {"error", "mean |fit - spectrum|, log10 of power", {"channel"}},
         {"line", "mains frequency that was left out; 0: none", {"channel"}, "Hz"},
         {"spectrum", "power spectral density", lines, "@^2/Hz"},
         {"background", "of the fit alone", lines, "@^2/Hz"},
         {"fit", "background and peaks", lines, "@^2/Hz"}},
        run_row,
        plan_row};
}

}  // namespace neurodyn::analysis
