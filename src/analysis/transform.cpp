// SPDX-License-Identifier: BSD-3-Clause
// FFTW behind a value type.
#include "analysis/transform.hpp"

#include <fftw3.h>

#include <new>

#include "base/fftw_planner.hpp"

namespace neurodyn::analysis {

struct RealTransform::Plans {
    explicit Plans(std::size_t n)
        : length(n), real(fftw_alloc_real(n)), complex(fftw_alloc_complex(n / 2 + 1)) {
        if (real == nullptr || complex == nullptr) {
            fftw_free(real);
            fftw_free(complex);
            throw std::bad_alloc();
        }
        const std::lock_guard lock(fftw_planner());
        forward = fftw_plan_dft_r2c_1d(static_cast<int>(n), real, complex, FFTW_ESTIMATE);
        backward = fftw_plan_dft_c2r_1d(static_cast<int>(n), complex, real, FFTW_ESTIMATE);
    }
    ~Plans() {
        const std::lock_guard lock(fftw_planner());
        fftw_destroy_plan(forward);
        fftw_destroy_plan(backward);
        fftw_free(real);
        fftw_free(complex);
    }
    Plans(const Plans&) = delete;
    Plans& operator=(const Plans&) = delete;

    std::size_t length;
    double* real;
    fftw_complex* complex;
    fftw_plan forward = nullptr, backward = nullptr;
};

RealTransform::RealTransform(std::size_t length) : plans_(std::make_unique<Plans>(length)) {}
RealTransform::~RealTransform() = default;
RealTransform::RealTransform(RealTransform&&) noexcept = default;
RealTransform& RealTransform::operator=(RealTransform&&) noexcept = default;

std::span<double> RealTransform::real() { return {plans_->real, plans_->length}; }
std::span<std::complex<double>> RealTransform::complex() {
    return {reinterpret_cast<std::complex<double>*>(plans_->complex), plans_->length / 2 + 1};
}
void RealTransform::forward() { fftw_execute(plans_->forward); }
void RealTransform::backward() { fftw_execute(plans_->backward); }

}  // namespace neurodyn::analysis
