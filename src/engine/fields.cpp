// SPDX-License-Identifier: BSD-3-Clause
// Kernels to transforms, and a step's sums of fields.
#include "engine/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.hpp"
#include "engine/edges.hpp"

namespace neurodyn::engine {
namespace {

using network::Edges;
using network::Grid;

std::size_t rows_of(const Grid& grid) { return grid.shape.size() > 1 ? grid.shape[1] : 1; }
std::size_t padded_height(const Grid& grid) { return grid.shape.size() > 1 ? grid.period(1) : 1; }

std::string shape_text(const network::Population& p) {
    if (!p.grid) return "no grid";
    return fmt::format("a grid of {} points {} m apart", fmt::join(p.grid->shape, " x "),
                       fmt::join(p.grid->spacing_m, ", "));
}

void check_grids(const network::Projection& projection, const network::Population& from,
                 const network::Population& to) {
    const network::FieldKernel& kernel = *projection.kernel;
    for (const network::Population* p : {&from, &to})
        if (!p->grid || !(*p->grid == kernel.grid) || p->size != kernel.grid.size())
            throw Error(fmt::format(
                "projection '{}': its kernel joins points of one grid of {} points, but population '{}' has "
                "{}; give both populations the same grid",
                projection.name, fmt::join(kernel.grid.shape, " x "), p->name, shape_text(*p)));
    const std::size_t needed = kernel.grid.displacements();
    for (const auto& [what, count] :
         {std::pair{"weights", kernel.weight.size()}, std::pair{"delays", kernel.delay_s.size()}})
        if (count != needed && !(count == 0 && what[0] == 'd'))
            throw Error(fmt::format("projection '{}': its kernel has {} {} for {} displacements",
                                    projection.name, count, what, needed));
    for (const double w : kernel.weight)
        if (!std::isfinite(w))
            throw Error(fmt::format("projection '{}': its kernel holds the weight {}", projection.name, w));
}

// Weights by steps of delay, descending; a delay between two steps is shared among both.
std::map<std::size_t, std::vector<double>, std::greater<>> by_delay(const network::Projection& projection,
                                                                    double dt_s) {
    const network::FieldKernel& kernel = *projection.kernel;
    std::map<std::size_t, std::vector<double>, std::greater<>> parts;
    const std::size_t count = kernel.weight.size();
    if (kernel.delay_s.empty()) {
        parts[0] = kernel.weight;
        return parts;
    }
    const auto add = [&](std::size_t delay, std::size_t at, double weight) {
        std::vector<double>& part = parts[delay];
        if (part.empty()) part.resize(count);
        part[at] = weight;
    };
    for (std::size_t k = 0; k < count; ++k) {
        const double steps = kernel.delay_s[k] / dt_s;
        if (!(steps >= 0.0) || !(steps < 0x1p31))
            throw Error(fmt::format(
                "projection '{}': its kernel has a delay of {} s; delays are not negative and below "
                "2^31 steps of {} s",
                projection.name, kernel.delay_s[k], dt_s));
        if (kernel.weight[k] == 0.0) continue;
        // What a rounding error puts beside a whole step belongs to it.
        const double nearest = std::nearbyint(steps);
        const double whole = std::abs(steps - nearest) < 1e-9 * (1.0 + steps) ? nearest : std::floor(steps);
        const double beyond =
            whole == nearest && std::abs(steps - nearest) < 1e-9 * (1.0 + steps) ? 0.0 : steps - whole;
        const auto delay = static_cast<std::size_t>(whole);
        add(delay, k, kernel.weight[k] * (1.0 - beyond));
        if (beyond > 0.0) add(delay + 1, k, kernel.weight[k] * beyond);
    }
    return parts;
}

AlignedVector<Complex> spectrum_of(const std::vector<double>& weights, const GridTransform& transform) {
    const std::size_t width = transform.width(), height = transform.height(), columns = transform.columns();
    AlignedVector<Complex> spectrum(columns * height), line(columns);
    AlignedVector<double> row(width);
    const double scale = 1.0 / static_cast<double>(width * height);
    for (std::size_t y = 0; y < height; ++y) {
        for (std::size_t x = 0; x < width; ++x) row[x] = weights[y * width + x] * scale;
        transform.forward_row(row.data(), line.data());
        for (std::size_t k = 0; k < columns; ++k) spectrum[k * height + y] = line[k];
    }
    for (std::size_t k = 0; k < columns; k += column_batch)
        transform.forward_columns(spectrum.data() + k * height);
    return spectrum;
}

// A row of the field, and what lies beyond its ends.
template <class Real>
void load_row(const Grid& grid, const Real* values, std::size_t members, double* row) {
    const std::size_t n = grid.shape[0];
    for (std::size_t x = 0; x < n; ++x) row[x] = static_cast<double>(values[x * members]);
    if (grid.edges == Edges::reflecting)
        for (std::size_t x = 0; x < n; ++x) row[2 * n - 1 - x] = row[x];
    if (grid.edges == Edges::zero) std::fill(row + n, row + 2 * n, 0.0);
}

// Columns of a field's transformed rows, and what lies beyond their ends.
void load_columns(const Grid& grid, const Complex* rows, std::size_t columns, Complex* to) {
    const std::size_t n = rows_of(grid), height = padded_height(grid);
    for (std::size_t y = 0; y < n; ++y)
        for (std::size_t k = 0; k < column_batch; ++k) to[k * height + y] = rows[y * columns + k];
    if (height == n) return;
    for (std::size_t k = 0; k < column_batch; ++k) {
        Complex* column = to + k * height;
        if (grid.edges == Edges::zero) std::fill(column + n, column + height, Complex{});
        if (grid.edges == Edges::reflecting)
            for (std::size_t y = 0; y < n; ++y) column[2 * n - 1 - y] = column[y];
    }
}

// sum += a * b, without the tests for infinities that std::complex makes.
void add_products(double* sum, const double* a, const double* b, std::size_t count) {
    for (std::size_t i = 0; i < 2 * count; i += 2) {
        sum[i] += a[i] * b[i] - a[i + 1] * b[i + 1];
        sum[i + 1] += a[i] * b[i + 1] + a[i + 1] * b[i];
    }
}

// Products with delayed transforms run through memory: some kilobytes of each at a time.
std::size_t batches_at_once(std::size_t height) {
    constexpr std::size_t values = 1024;
    return std::max<std::size_t>(1, values / (column_batch * height));
}

// [first, last) of `count` tasks.
std::pair<std::size_t, std::size_t> share(std::size_t count, std::size_t thread, std::size_t threads) {
    return {count * thread / threads, count * (thread + 1) / threads};
}

}  // namespace

std::size_t KernelPlan::work() const {
    const auto points = static_cast<double>(transform->width() * height());
    return static_cast<std::size_t>(
        points * (2.0 * std::log2(points + 1.0) + 2.0 * static_cast<double>(parts.size())));
}

KernelPlan plan_kernel_sum(const network::Projection& projection, const network::Population& from,
                           const network::Population& to, double dt_s, std::size_t most_bytes) {
    check_grids(projection, from, to);
    const Grid& grid = projection.kernel->grid;
    KernelPlan plan;
    plan.grid = grid;
    plan.transform = std::make_shared<const GridTransform>(grid.period(0), padded_height(grid));
    const auto parts = by_delay(projection, dt_s);
    plan.longest_delay = parts.empty() ? 0 : parts.begin()->first;
    const double bytes = static_cast<double>(parts.size() + plan.longest_delay) *
                         static_cast<double>(plan.spectrum_size() * sizeof(Complex));
    if (bytes > static_cast<double>(most_bytes))
        throw Error(fmt::format(
            "projection '{}': its kernel has delays of up to {} steps, whose transforms need {:.1f} GB of "
            "memory; use fewer points, a longer dt or a higher speed",
            projection.name, plan.longest_delay, bytes * 1e-9));
    for (const auto& [delay, weights] : parts)
        plan.parts.push_back({delay, spectrum_of(weights, *plan.transform)});
    return plan;
}

template <class Real>
void apply_laplacian(const Grid& grid, std::size_t first, std::size_t last, std::size_t members,
                     const Real* signal, Real* sums) {
    const std::size_t nx = grid.shape[0], ny = rows_of(grid);
    const auto over = [](double h) { return static_cast<Real>(1.0 / (h * h)); };
    const Real kx = over(grid.spacing_m[0]), ky = grid.shape.size() > 1 ? over(grid.spacing_m[1]) : Real{0};
    const std::vector<Real> nothing(members, Real{0});
    // The row of members at one place beside (x, y), or what stands for it beyond an edge.
    const auto beside = [&](std::size_t x, std::size_t y, int dx, int dy) -> const Real* {
        const auto step = [&](std::size_t at, int d, std::size_t n) -> std::size_t {
            if (d < 0 ? at > 0 : at + 1 < n) return d < 0 ? at - 1 : at + 1;
            return grid.edges == Edges::periodic ? (d < 0 ? n - 1 : 0) : grid.edges == Edges::zero ? n : at;
        };
        if (dx != 0) x = step(x, dx, nx);
        if (dy != 0) y = step(y, dy, ny);
        return x == nx || y == ny ? nothing.data() : signal + (y * nx + x) * members;
    };
    const auto at_point = [&](std::size_t i) {
        const std::size_t x = i % nx, y = i / nx;
        const Real *here = signal + i * members, *left = beside(x, y, -1, 0), *right = beside(x, y, 1, 0);
        Real* sum = sums + i * members;
        for (std::size_t m = 0; m < members; ++m) sum[m] = kx * ((left[m] + right[m]) - (here[m] + here[m]));
        if (grid.shape.size() == 1) return;
        const Real *down = beside(x, y, 0, -1), *up = beside(x, y, 0, 1);
        for (std::size_t m = 0; m < members; ++m) sum[m] += ky * ((down[m] + up[m]) - (here[m] + here[m]));
    };
    for (std::size_t i = first; i < last;) {
        const std::size_t x = i % nx, y = i / nx, row_end = (y + 1) * nx;
        const bool inner_row = grid.shape.size() == 1 || (y > 0 && y + 1 < ny);
        if (x == 0 || x + 1 == nx || !inner_row) {
            at_point(i++);
            continue;
        }
        // Points with all neighbours beside them: the same sums in the same order, for vectors.
        const std::size_t begin = i * members, end = std::min(last, row_end - 1) * members;
        const std::size_t row = nx * members;
        const Real* u = signal;
        if (grid.shape.size() == 1)
            for (std::size_t e = begin; e < end; ++e)
                sums[e] = kx * ((u[e - members] + u[e + members]) - (u[e] + u[e]));
        else
            for (std::size_t e = begin; e < end; ++e)
                sums[e] = kx * ((u[e - members] + u[e + members]) - (u[e] + u[e])) +
                          ky * ((u[e - row] + u[e + row]) - (u[e] + u[e]));
        i = end / members;
    }
}

template <class Real>
FieldSums<Real>::FieldSums(std::span<const Term> terms, std::size_t members, int threads)
    : members_(members), threads_(static_cast<std::size_t>(threads)), scratch_(threads_) {
    for (const Term& term : terms) {
        const std::size_t rows = rows_of(term.kernel->grid), columns = term.kernel->transform->columns();
        const auto same = [&](const Source& s) {
            return s.source == term.source && s.signal == term.signal && s.kernel->grid == term.kernel->grid;
        };
        auto source = std::find_if(sources_.begin(), sources_.end(), same);
        if (source == sources_.end()) {
            sources_.push_back({term.source, term.signal, term.kernel, 1, {}, {}, {}});
            source = sources_.end() - 1;
            source->rows.resize(members * rows * columns);
        }
        if (term.kernel->longest_delay > 0)  // a group of steps may be run again
            source->ring = std::max(source->ring, term.kernel->longest_delay + most_block_steps + 1);
        source->outputs.push_back(outputs_.size());
        outputs_.push_back({term.target, term.array, term.kernel, {}});
        outputs_.back().rows.resize(members * rows * columns);
        for (Scratch& scratch : scratch_) {
            scratch.row.resize(std::max(scratch.row.size(), term.kernel->transform->width()));
            const std::size_t height = term.kernel->height();
            scratch.columns.resize(
                std::max(scratch.columns.size(), batches_at_once(height) * column_batch * height));
        }
    }
    for (Source& source : sources_)
        source.spectra.resize(source.ring * members * source.kernel->spectrum_size());
}

template <class Real>
std::size_t FieldSums<Real>::bytes(const KernelPlan& kernel, std::size_t members) {
    const std::size_t ring = kernel.longest_delay > 0 ? kernel.longest_delay + most_block_steps + 1 : 1;
    return sizeof(Complex) * members *
           (ring * kernel.spectrum_size() + 2 * rows_of(kernel.grid) * kernel.transform->columns());
}

// The grid's rows, each a task.
template <class Real>
void FieldSums<Real>::transform_rows(int thread, const std::vector<const Real*>& from) {
    double* row = scratch_[static_cast<std::size_t>(thread)].row.data();
    for (std::size_t s = 0; s < sources_.size(); ++s) {
        Source& source = sources_[s];
        const Grid& grid = source.kernel->grid;
        const std::size_t rows = rows_of(grid), columns = source.kernel->transform->columns();
        const auto [first, last] = share(members_ * rows, static_cast<std::size_t>(thread), threads_);
        for (std::size_t task = first; task < last; ++task) {
            const std::size_t member = task / rows, y = task % rows;
            load_row(grid, from[s] + y * grid.shape[0] * members_ + member, members_, row);
            source.kernel->transform->forward_row(row, source.rows.data() + task * columns);
        }
    }
}

// Columns, some batches at a time: transformed, multiplied with every kernel, and transformed back.
template <class Real>
void FieldSums<Real>::multiply(int thread, std::size_t step) {
    Complex* sum = scratch_[static_cast<std::size_t>(thread)].columns.data();
    for (Source& source : sources_) {
        const std::size_t batches = source.kernel->transform->columns() / column_batch;
        const std::size_t at_once = batches_at_once(source.kernel->height());
        const std::size_t pieces = (batches + at_once - 1) / at_once;
        const auto [first, last] = share(members_ * pieces, static_cast<std::size_t>(thread), threads_);
        for (std::size_t task = first; task < last; ++task) {
            const std::size_t batch = task % pieces * at_once;
            multiply_columns(source, task / pieces, batch, std::min(at_once, batches - batch), step, sum);
        }
    }
}

template <class Real>
void FieldSums<Real>::multiply_columns(Source& source, std::size_t member, std::size_t batch,
                                       std::size_t batches, std::size_t step, Complex* sum) {
    const GridTransform& transform = *source.kernel->transform;
    const std::size_t height = transform.height(), columns = transform.columns();
    const std::size_t rows = rows_of(source.kernel->grid), size = source.kernel->spectrum_size();
    const std::size_t of_batch = column_batch * height, count = batches * of_batch;
    const auto at = [&](std::size_t when) {
        return source.spectra.data() + ((when % source.ring) * members_ + member) * size + batch * of_batch;
    };
    const std::size_t first_row = member * rows * columns + batch * column_batch;
    Complex* now = at(step);
    for (std::size_t b = 0; b < batches; ++b) {
        load_columns(source.kernel->grid, source.rows.data() + first_row + b * column_batch, columns,
                     now + b * of_batch);
        transform.forward_columns(now + b * of_batch);
    }
    if (step == 0)
        for (std::size_t past = 1; past < source.ring; ++past) std::copy_n(now, count, at(past));
    for (const std::size_t o : source.outputs) {
        Output& output = outputs_[o];
        std::fill_n(sum, count, Complex{});
        for (const KernelPlan::Part& part : output.kernel->parts)
            add_products(reinterpret_cast<double*>(sum),
                         reinterpret_cast<const double*>(part.spectrum.data() + batch * of_batch),
                         reinterpret_cast<const double*>(at(step + source.ring - part.delay)), count);
        for (std::size_t b = 0; b < batches; ++b) {
            Complex* columns_of = sum + b * of_batch;
            transform.backward_columns(columns_of);
            Complex* to = output.rows.data() + first_row + b * column_batch;
            for (std::size_t y = 0; y < rows; ++y)
                for (std::size_t k = 0; k < column_batch; ++k)
                    to[y * columns + k] = columns_of[k * height + y];
        }
    }
}

template <class Real>
void FieldSums<Real>::sum_rows(int thread, const std::vector<Real*>& to) {
    double* row = scratch_[static_cast<std::size_t>(thread)].row.data();
    for (std::size_t o = 0; o < outputs_.size(); ++o) {
        Output& output = outputs_[o];
        const GridTransform& transform = *output.kernel->transform;
        const std::size_t rows = rows_of(output.kernel->grid), points = output.kernel->grid.shape[0];
        const auto [first, last] = share(members_ * rows, static_cast<std::size_t>(thread), threads_);
        for (std::size_t task = first; task < last; ++task) {
            const std::size_t member = task / rows, y = task % rows;
            transform.backward_row(output.rows.data() + task * transform.columns(), row);
            Real* sums = to[o] + y * points * members_ + member;
            for (std::size_t x = 0; x < points; ++x) sums[x * members_] = static_cast<Real>(row[x]);
        }
    }
}

template void apply_laplacian(const Grid&, std::size_t, std::size_t, std::size_t, const float*, float*);
template void apply_laplacian(const Grid&, std::size_t, std::size_t, std::size_t, const double*, double*);
template class FieldSums<float>;
template class FieldSums<double>;

}  // namespace neurodyn::engine
