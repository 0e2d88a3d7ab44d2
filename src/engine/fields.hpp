// SPDX-License-Identifier: BSD-3-Clause
// Sums over a field: convolutions with kernels by Fourier transforms, and Laplacians by differences.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/aligned.hpp"
#include "engine/grid_transform.hpp"
#include "engine/team.hpp"
#include "network/field.hpp"
#include "network/network.hpp"

namespace neurodyn::engine {

/// A kernel's transform. With delays it is one for each step of delay that occurs; a delay between two steps
/// is shared among both, linearly.
struct KernelPlan {
    struct Part {
        std::size_t delay = 0;            ///< steps
        AlignedVector<Complex> spectrum;  ///< [column][row], divided by the number of displacements
    };
    network::Grid grid;
    std::shared_ptr<const GridTransform> transform;
    std::vector<Part> parts;  ///< by descending delay
    std::size_t longest_delay = 0;
    std::size_t height() const { return transform->height(); }
    /// Values of one transformed signal.
    std::size_t spectrum_size() const { return transform->columns() * transform->height(); }
    /// Of a step, in operations, about.
    std::size_t work() const;
    std::size_t bytes() const { return parts.size() * spectrum_size() * sizeof(Complex); }
};

/// Throws Error, naming the projection, for populations that are not on the kernel's grid, arrays of another
/// shape, delays that are negative, and transforms that need more than `most_bytes`.
KernelPlan plan_kernel_sum(const network::Projection& projection, const network::Population& from,
                           const network::Population& to, double dt_s, std::size_t most_bytes);

/// The Laplacian of a signal, by second differences along each axis, for targets [first, last): sums of
/// [node][member].
template <class Real>
void apply_laplacian(const network::Grid& grid, std::size_t first, std::size_t last, std::size_t members,
                     const Real* signal, Real* sums);

/// All convolutions of a block of members. Each signal is transformed once, whichever kernels it meets.
template <class Real>
class FieldSums {
  public:
    /// A signal of a source, and the input array that its convolution with a kernel fills.
    struct Term {
        std::size_t source, signal;  ///< population, and index of its signal
        const KernelPlan* kernel;
        std::size_t target, array;  ///< population, and array of its program
    };
    /// Terms of the same source, signal and grid share their transform.
    FieldSums(std::span<const Term> terms, std::size_t members, int threads);
    bool empty() const { return outputs_.empty(); }

    /// One step, by all threads of the team together; all must have sent their signals. `signal(source,
    /// signal)` and `input(target, array)` are arrays of [node][member]. At the first step signals have
    /// always been what they are.
    template <class Signal, class Input>
    void run(int thread, std::size_t step, Team& team, const Signal& signal, const Input& input) {
        std::vector<const Real*> from;
        for (const Source& s : sources_) from.push_back(signal(s.source, s.signal));
        std::vector<Real*> to;
        for (const Output& o : outputs_) to.push_back(input(o.target, o.array));
        transform_rows(thread, from);
        team.barrier();
        multiply(thread, step);
        team.barrier();
        sum_rows(thread, to);
        team.barrier();
    }
    /// That one term needs, at most.
    static std::size_t bytes(const KernelPlan& kernel, std::size_t members);

  private:
    struct Source {
        std::size_t source, signal;
        const KernelPlan* kernel;        ///< one of those it meets: its grid and transform
        std::size_t ring = 1;            ///< steps for which its transforms are kept
        AlignedVector<Complex> rows;     ///< [member][y][column]: of the grid's rows
        AlignedVector<Complex> spectra;  ///< [step modulo ring][member][column][row]
        std::vector<std::size_t> outputs;
    };
    struct Output {
        std::size_t target, array;
        const KernelPlan* kernel;
        AlignedVector<Complex> rows;  ///< [member][y][column]
    };
    struct Scratch {
        AlignedVector<double> row;
        AlignedVector<Complex> columns;
    };
    void transform_rows(int thread, const std::vector<const Real*>& from);
    void multiply(int thread, std::size_t step);
    void multiply_columns(Source& source, std::size_t member, std::size_t batch, std::size_t batches,
                          std::size_t step, Complex* sum);
    void sum_rows(int thread, const std::vector<Real*>& to);

    std::size_t members_, threads_;
    std::vector<Source> sources_;
    std::vector<Output> outputs_;
    std::vector<Scratch> scratch_;  ///< per thread
};

}  // namespace neurodyn::engine
