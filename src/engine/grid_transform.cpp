// SPDX-License-Identifier: BSD-3-Clause
// FFTW behind rows and columns.
#include "engine/grid_transform.hpp"

#include <fftw3.h>

#include "base/aligned.hpp"
#include "base/fftw_planner.hpp"

namespace neurodyn::engine {
namespace {

fftw_complex* raw(Complex* values) { return reinterpret_cast<fftw_complex*>(values); }

}  // namespace

struct GridTransform::Plans {
    Plans(std::size_t width, std::size_t height) {
        AlignedVector<double> row(width);
        AlignedVector<Complex> line(width / 2 + 1), columns(column_batch * height);
        const int n = static_cast<int>(width), m = static_cast<int>(height), batch = column_batch;
        const std::lock_guard lock(fftw_planner());
        forward_row = fftw_plan_dft_r2c_1d(n, row.data(), raw(line.data()), FFTW_ESTIMATE);
        backward_row = fftw_plan_dft_c2r_1d(n, raw(line.data()), row.data(), FFTW_ESTIMATE);
        const auto plan_columns = [&](int sign) {
            return fftw_plan_many_dft(1, &m, batch, raw(columns.data()), nullptr, 1, m, raw(columns.data()),
                                      nullptr, 1, m, sign, FFTW_ESTIMATE);
        };
        forward_columns = plan_columns(FFTW_FORWARD);
        backward_columns = plan_columns(FFTW_BACKWARD);
    }
    ~Plans() {
        const std::lock_guard lock(fftw_planner());
        for (const fftw_plan plan : {forward_row, backward_row, forward_columns, backward_columns})
            fftw_destroy_plan(plan);
    }
    Plans(const Plans&) = delete;
    Plans& operator=(const Plans&) = delete;

    fftw_plan forward_row = nullptr, backward_row = nullptr;
    fftw_plan forward_columns = nullptr, backward_columns = nullptr;
};

GridTransform::GridTransform(std::size_t width, std::size_t height)
    : width_(width),
      height_(height),
      columns_((width / 2 + column_batch) / column_batch * column_batch),
      plans_(std::make_unique<Plans>(width, height)) {}
GridTransform::~GridTransform() = default;

void GridTransform::forward_row(double* from, Complex* to) const {
    fftw_execute_dft_r2c(plans_->forward_row, from, raw(to));
}
void GridTransform::backward_row(Complex* from, double* to) const {
    fftw_execute_dft_c2r(plans_->backward_row, raw(from), to);
}
void GridTransform::forward_columns(Complex* columns) const {
    if (height_ > 1) fftw_execute_dft(plans_->forward_columns, raw(columns), raw(columns));
}
void GridTransform::backward_columns(Complex* columns) const {
    if (height_ > 1) fftw_execute_dft(plans_->backward_columns, raw(columns), raw(columns));
}

}  // namespace neurodyn::engine
