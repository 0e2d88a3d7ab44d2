// SPDX-License-Identifier: BSD-3-Clause
// Rates at which a network of neurons can rest: each population fires as its stationary rate for the input
// that all of them give it.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "density/response.hpp"
#include "network/network.hpp"

namespace neurodyn::engine {

/// One state of rest.
struct RestState {
    std::vector<double> rate_hz, isi_cv, mean;  ///< by population; mean potential, SI
    /// Of small deviations of the rates, where each follows its stationary rate with one time constant:
    /// stable when all real parts are below 0 (in units of 1/time constant).
    std::vector<std::complex<double>> eigenvalues;
    bool is_stable() const;
    std::vector<double>
        unknowns;  ///< of the equations: for each population its rate, then its mean variables
};

struct RestOptions {
    std::size_t starts = 64;  ///< from which a state of rest is looked for
    double highest_hz = 500.0;
    std::uint64_t seed = 0;  ///< of the starts
};

/// A network's populations at level rate, made ready to be asked.
class RateNetwork {
  public:
    /// All populations run at level rate, whatever their own is; inputs are those of time 0. Throws Error
    /// where one of them cannot, or where a projection carries another signal than rates.
    explicit RateNetwork(const network::Network& network);
    ~RateNetwork();
    RateNetwork(RateNetwork&&) noexcept;

    const std::vector<std::string>& populations() const;
    /// All states of rest found from many starts (logarithmically even between 0.01 Hz and the highest rate)
    /// by Newton's method, ascending in the first population's rate.
    std::vector<RestState> rest_states(const RestOptions& options);
    /// Response of each population's rate to a modulation of its own drift or diffusion at a state of rest,
    /// [population][frequency].
    std::vector<std::vector<std::complex<double>>> response(const RestState& state,
                                                            density::Modulated modulated,
                                                            const std::vector<double>& frequency_hz);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace neurodyn::engine
