// SPDX-License-Identifier: BSD-3-Clause
// Discrete Fourier transforms of real data, on FFTW.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

namespace neurodyn::analysis {

/// Transforms of one length. The plan is FFTW's estimate, never a measurement, so that the same build gives
/// the same bits in every run. One object belongs to one thread.
class RealTransform {
  public:
    explicit RealTransform(std::size_t length);
    ~RealTransform();
    RealTransform(RealTransform&&) noexcept;
    RealTransform& operator=(RealTransform&&) noexcept;

    /// `length` real values: input of forward, output of backward.
    std::span<double> real();
    /// length / 2 + 1 values: output of forward, input of backward (which destroys it).
    std::span<std::complex<double>> complex();
    /// X[k] = sum over t of x[t] exp(-2 pi i k t / length).
    void forward();
    /// x[t] = sum over k of X[k] exp(2 pi i k t / length); forward and backward multiply by length.
    void backward();

  private:
    struct Plans;
    std::unique_ptr<Plans> plans_;
};

}  // namespace neurodyn::analysis
