// SPDX-License-Identifier: BSD-3-Clause
// Broyden's method with the inverse kept as a diagonal and one product of vectors for each observation.
#include "experiment/root_search.hpp"

#include <algorithm>
#include <cmath>

namespace neurodyn::experiment {
namespace {

using Vector = std::vector<double>;

constexpr double largest_change = 0.3;  // of the unknown
constexpr double least_scale = 10.0;    // in steps: where the unknown is near 0
constexpr double far_worse = 4.0;       // norm against the best norm
constexpr double least_slope = 0.1;     // of the median slope
constexpr double least_correction = 0.01;

double dot(const Vector& a, const Vector& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

Vector difference(const Vector& a, const Vector& b) {
    Vector d(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) d[i] = a[i] - b[i];
    return d;
}

double median(Vector v) {
    const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
    std::nth_element(v.begin(), middle, v.end());
    return *middle;
}

}  // namespace

RootSearch::RootSearch(Vector start, Vector step, std::vector<std::size_t> groups)
    : groups_(std::move(groups)), step_(std::move(step)), at_(std::move(start)) {
    if (groups_.empty()) groups_ = {at_.size()};
    for (std::size_t i = 0; i < at_.size(); ++i) at_[i] /= step_[i];
}

Vector RootSearch::point() const {
    Vector x(at_.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = at_[i] * step_[i];
    return x;
}

// An unknown that hardly answers, or the other way than most of its kind, takes their median slope.
void RootSearch::set_slopes(const Vector& change, const Vector& response) {
    Vector slope(change.size());
    for (std::size_t i = 0; i < slope.size(); ++i) slope[i] = response[i] / change[i];
    diagonal_.resize(slope.size());
    auto begin = slope.begin();
    for (const std::size_t size : groups_) {
        const auto end = begin + static_cast<std::ptrdiff_t>(size);
        const double middle = median({begin, end});
        for (auto it = begin; it != end; ++it)
            if (middle != 0.0 && !(*it / middle > least_slope)) *it = middle;
        begin = end;
    }
    for (std::size_t i = 0; i < slope.size(); ++i) diagonal_[i] = slope[i] == 0.0 ? 0.0 : 1.0 / slope[i];
}

Vector RootSearch::inverse(const Vector& v) const {
    Vector result(v.size());
    for (std::size_t i = 0; i < v.size(); ++i) result[i] = diagonal_[i] * v[i];
    for (const auto& [left, right] : corrections_) {
        const double factor = dot(right, v);
        for (std::size_t i = 0; i < v.size(); ++i) result[i] += factor * left[i];
    }
    return result;
}

Vector RootSearch::inverse_transposed(const Vector& v) const {
    Vector result(v.size());
    for (std::size_t i = 0; i < v.size(); ++i) result[i] = diagonal_[i] * v[i];
    for (const auto& [left, right] : corrections_) {
        const double factor = dot(left, v);
        for (std::size_t i = 0; i < v.size(); ++i) result[i] += factor * right[i];
    }
    return result;
}

// The least change of the inverse after which it maps the response to the change.
void RootSearch::correct(const Vector& change, const Vector& response) {
    const Vector mapped = inverse(response);
    const double product = dot(change, mapped);
    if (!(std::abs(product) > least_correction * dot(change, change))) return;
    Vector left = difference(change, mapped);
    for (double& x : left) x /= product;
    corrections_.emplace_back(std::move(left), inverse_transposed(change));
}

void RootSearch::move(const Vector& deviation) {
    last_ = at_;
    last_deviation_ = deviation;
    if (observed_ == 1) {
        for (double& x : at_) x += 1.0;
        return;
    }
    if (std::sqrt(dot(deviation, deviation)) > far_worse * best_norm_) {
        for (std::size_t i = 0; i < at_.size(); ++i) at_[i] = 0.5 * (at_[i] + best_[i]);
        return;
    }
    const Vector change = inverse(deviation);
    for (std::size_t i = 0; i < at_.size(); ++i) {
        const double most = largest_change * std::max(std::abs(at_[i]), least_scale);
        at_[i] -= std::clamp(change[i], -most, most);
    }
}

void RootSearch::observe(const Vector& deviation) {
    ++observed_;
    const double norm = std::sqrt(dot(deviation, deviation));
    if (observed_ == 1 || norm < best_norm_) {
        best_norm_ = norm;
        best_ = at_;
    }
    if (observed_ > 1) {
        const Vector change = difference(at_, last_), response = difference(deviation, last_deviation_);
        if (observed_ == 2)
            set_slopes(change, response);
        else
            correct(change, response);
    }
    move(deviation);
}

}  // namespace neurodyn::experiment
