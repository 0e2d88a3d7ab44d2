// SPDX-License-Identifier: BSD-3-Clause
// The coupling sums, written once over a vector width and compiled for three instruction sets; the processor
// decides at the first call. Lanes are time steps, members or targets, never terms of one sum.
#include "engine/gather.hpp"

#include <algorithm>
#include <cstring>

namespace neurodyn::engine {
namespace {

// Loads and stores go through an element-aligned, aliasing-safe vector type.
template <class Real, int Bytes>
struct Lanes {
    typedef Real Vector __attribute__((vector_size(Bytes)));
    typedef Real Loose __attribute__((vector_size(Bytes), aligned(sizeof(Real)), may_alias));
    static constexpr std::size_t width = Bytes / sizeof(Real);
};

#define NEURODYN_INLINE static inline __attribute__((always_inline))

// Where the edges' windows begin: all at one place, but for time having wrapped.
template <class Real>
NEURODYN_INLINE const Real* window(const Real* now, const Edge<Real>& edge, std::size_t members) {
    return now + edge.offset * static_cast<std::int64_t>(members);
}

// `Count` vectors of sums stay in registers while the edges go by.
template <class Real, int Bytes, int Count>
NEURODYN_INLINE void gather_block(Real* sums, const Edge<Real>* edge, const Edge<Real>* end, const Real* now,
                                  std::size_t members) {
    using L = Lanes<Real, Bytes>;
    typename L::Vector sum[Count];
    for (int k = 0; k < Count; ++k)
        sum[k] = *reinterpret_cast<const typename L::Loose*>(sums + static_cast<std::size_t>(k) * L::width);
    for (; edge != end; ++edge) {
        const Real* from = window(now, *edge, members);
        const Real w = edge->weight;
        for (int k = 0; k < Count; ++k) {
            const typename L::Vector x =
                *reinterpret_cast<const typename L::Loose*>(from + static_cast<std::size_t>(k) * L::width);
            sum[k] += w * x;
        }
    }
    for (int k = 0; k < Count; ++k)
        *reinterpret_cast<typename L::Loose*>(sums + static_cast<std::size_t>(k) * L::width) = sum[k];
}

template <class Real, int Bytes>
NEURODYN_INLINE void gather_target(Real* sums, std::size_t count, const Edge<Real>* edges,
                                   const Edge<Real>* end, const Real* now, std::size_t members) {
    constexpr std::size_t width = Lanes<Real, Bytes>::width;
    std::size_t k = 0;
    for (; k + 8 * width <= count; k += 8 * width)
        gather_block<Real, Bytes, 8>(sums + k, edges, end, now + k, members);
    for (; k + 4 * width <= count; k += 4 * width)
        gather_block<Real, Bytes, 4>(sums + k, edges, end, now + k, members);
    for (; k + 2 * width <= count; k += 2 * width)
        gather_block<Real, Bytes, 2>(sums + k, edges, end, now + k, members);
    for (; k + width <= count; k += width)
        gather_block<Real, Bytes, 1>(sums + k, edges, end, now + k, members);
    if constexpr (Bytes > 16) {
        if (k < count) gather_target<Real, Bytes / 2>(sums + k, count - k, edges, end, now + k, members);
    } else {
        for (; k < count; ++k)
            for (const Edge<Real>* edge = edges; edge != end; ++edge)
                sums[k] += edge->weight * window(now, *edge, members)[k];
    }
}

// Delays fall along a row, so the edges whose windows begin before time wrapped come first.
template <class Real, int Bytes>
NEURODYN_INLINE void gather_rows(Real* sums, std::size_t sums_row, std::size_t count,
                                 const EdgeRows<Real>& rows, const HistoryView<Real>& h, std::size_t position,
                                 std::size_t members) {
    const Real* now = h.values + position * members;
    const Real* wrapped = now + h.length * members;
    for (std::size_t i = rows.first; i < rows.last; ++i) {
        const std::uint64_t begin = rows.row_begin[i], end = rows.row_begin[i + 1];
        if (begin == end) continue;
        std::uint64_t split = rows.shortest > position ? end : begin;
        if (rows.shortest <= position && rows.longest > position)
            while (split < end && rows.delays[split] > position) ++split;
        Real* to = sums + i * sums_row;
        if (begin < split)
            gather_target<Real, Bytes>(to, count, rows.edges + begin, rows.edges + split, wrapped, members);
        if (split < end)
            gather_target<Real, Bytes>(to, count, rows.edges + split, rows.edges + end, now, members);
    }
}

// One step's sums.
template <class Real>
NEURODYN_INLINE void gather_step(Real* sums, std::size_t sums_row, const EdgeRows<Real>& rows,
                                 const Real* now) {
    std::uint64_t e = rows.row_begin[rows.first];
    for (std::size_t i = rows.first; i < rows.last; ++i) {
        const std::uint64_t end = rows.row_begin[i + 1];
        if (e == end) continue;
        Real sum = sums[i * sums_row];
        for (; e < end; ++e) sum += rows.edges[e].weight * now[rows.edges[e].offset];
        sums[i * sums_row] = sum;
    }
}

// One block of sums for each target, when all windows begin from one place.
template <class Real, int Bytes, int Count>
NEURODYN_INLINE void gather_each(Real* sums, std::size_t sums_row, const EdgeRows<Real>& rows,
                                 const Real* now) {
    const Edge<Real>* edges = rows.edges;
    std::uint64_t begin = rows.row_begin[rows.first];
    for (std::size_t i = rows.first; i < rows.last; ++i) {
        const std::uint64_t end = rows.row_begin[i + 1];
        if (begin != end)
            gather_block<Real, Bytes, Count>(sums + i * sums_row, edges + begin, edges + end, now, 1);
        begin = end;
    }
}

// One member, whose steps are so many vectors; false where they are not or some windows have wrapped.
template <class Real, int Bytes>
NEURODYN_INLINE bool gather_single(Real* sums, std::size_t sums_row, std::size_t count,
                                   const EdgeRows<Real>& rows, const HistoryView<Real>& h,
                                   std::size_t position) {
    constexpr std::size_t width = Lanes<Real, Bytes>::width;
    const bool all_wrapped = rows.shortest > position;
    if (!all_wrapped && rows.longest > position) return false;
    const Real* now = h.values + position + (all_wrapped ? h.length : 0);
    if (count == 8 * width)
        gather_each<Real, Bytes, 8>(sums, sums_row, rows, now);
    else if (count == 4 * width)
        gather_each<Real, Bytes, 4>(sums, sums_row, rows, now);
    else if (count == 2 * width)
        gather_each<Real, Bytes, 2>(sums, sums_row, rows, now);
    else if (count == width)
        gather_each<Real, Bytes, 1>(sums, sums_row, rows, now);
    else if (count == 1)
        gather_step(sums, sums_row, rows, now);
    else if constexpr (Bytes > 16)
        return gather_single<Real, Bytes / 2>(sums, sums_row, count, rows, h, position);
    else
        return false;
    return true;
}

template <class Real, int Bytes>
NEURODYN_INLINE void gather_all(Real* sums, std::size_t sums_row, std::size_t count,
                                const EdgeRows<Real>& rows, const HistoryView<Real>& h,
                                std::size_t position) {
    if (h.members == 1 && gather_single<Real, Bytes>(sums, sums_row, count, rows, h, position)) return;
    if (h.members == 1)  // a constant that the loops are built for
        gather_rows<Real, Bytes>(sums, sums_row, count, rows, h, position, 1);
    else
        gather_rows<Real, Bytes>(sums, sums_row, count, rows, h, position, h.members);
}

template <class Real, int Bytes, int Count>
NEURODYN_INLINE void panel_block(Real* sums, const Real* panel, std::size_t width, const Real* signals,
                                 std::size_t sources) {
    using L = Lanes<Real, Bytes>;
    typename L::Vector sum[Count];
    for (int k = 0; k < Count; ++k)
        sum[k] = *reinterpret_cast<const typename L::Loose*>(sums + static_cast<std::size_t>(k) * L::width);
    for (std::size_t s = 0; s < sources; ++s) {
        const Real x = signals[s];
        const Real* w = panel + s * width;
        for (int k = 0; k < Count; ++k)
            sum[k] +=
                x * *reinterpret_cast<const typename L::Loose*>(w + static_cast<std::size_t>(k) * L::width);
    }
    for (int k = 0; k < Count; ++k)
        *reinterpret_cast<typename L::Loose*>(sums + static_cast<std::size_t>(k) * L::width) = sum[k];
}

template <class Real, int Bytes>
NEURODYN_INLINE void panel_all(Real* sums, const Real* panel, std::size_t width, const Real* signals,
                               std::size_t sources) {
    constexpr std::size_t lanes = Lanes<Real, Bytes>::width;
    std::size_t t = 0;
    for (; t + 8 * lanes <= width; t += 8 * lanes)
        panel_block<Real, Bytes, 8>(sums + t, panel + t, width, signals, sources);
    for (; t + 4 * lanes <= width; t += 4 * lanes)
        panel_block<Real, Bytes, 4>(sums + t, panel + t, width, signals, sources);
    for (; t + 2 * lanes <= width; t += 2 * lanes)
        panel_block<Real, Bytes, 2>(sums + t, panel + t, width, signals, sources);
    for (; t + lanes <= width; t += lanes)
        panel_block<Real, Bytes, 1>(sums + t, panel + t, width, signals, sources);
    if constexpr (Bytes > 16) {
        if (t < width) panel_block<Real, Bytes / 2, 1>(sums + t, panel + t, width, signals, sources);
    }
}

// A tile of `Targets` rows by `Count` vectors of members.
template <class Real, int Bytes, int Targets, int Count>
NEURODYN_INLINE void member_tile(Real* sums, std::size_t sums_row, const Real* weights,
                                 std::size_t weights_row, const Real* signals, std::size_t signals_row,
                                 std::size_t sources) {
    using L = Lanes<Real, Bytes>;
    typename L::Vector sum[Targets][Count];
    for (int t = 0; t < Targets; ++t)
        for (int k = 0; k < Count; ++k)
            sum[t][k] = *reinterpret_cast<const typename L::Loose*>(
                sums + static_cast<std::size_t>(t) * sums_row + static_cast<std::size_t>(k) * L::width);
    for (std::size_t s = 0; s < sources; ++s) {
        typename L::Vector x[Count];
        for (int k = 0; k < Count; ++k)
            x[k] = *reinterpret_cast<const typename L::Loose*>(signals + s * signals_row +
                                                               static_cast<std::size_t>(k) * L::width);
        for (int t = 0; t < Targets; ++t) {
            const Real w = weights[static_cast<std::size_t>(t) * weights_row + s];
            for (int k = 0; k < Count; ++k) sum[t][k] += w * x[k];
        }
    }
    for (int t = 0; t < Targets; ++t)
        for (int k = 0; k < Count; ++k)
            *reinterpret_cast<typename L::Loose*>(sums + static_cast<std::size_t>(t) * sums_row +
                                                  static_cast<std::size_t>(k) * L::width) = sum[t][k];
}

template <class Real, int Bytes, int Targets>
NEURODYN_INLINE void member_rows(Real* sums, std::size_t sums_row, const Real* weights,
                                 std::size_t weights_row, const Real* signals, std::size_t signals_row,
                                 std::size_t sources, std::size_t members) {
    constexpr std::size_t width = Lanes<Real, Bytes>::width;
    std::size_t m = 0;
    for (; m + 2 * width <= members; m += 2 * width)
        member_tile<Real, Bytes, Targets, 2>(sums + m, sums_row, weights, weights_row, signals + m,
                                             signals_row, sources);
    for (; m + width <= members; m += width)
        member_tile<Real, Bytes, Targets, 1>(sums + m, sums_row, weights, weights_row, signals + m,
                                             signals_row, sources);
    for (; m < members; ++m)
        for (std::size_t t = 0; t < Targets; ++t) {
            Real sum = sums[t * sums_row + m];
            for (std::size_t s = 0; s < sources; ++s)
                sum += weights[t * weights_row + s] * signals[s * signals_row + m];
            sums[t * sums_row + m] = sum;
        }
}

template <class Real, int Bytes>
NEURODYN_INLINE void members_all(Real* sums, std::size_t sums_row, const Real* weights,
                                 std::size_t weights_row, const Real* signals, std::size_t signals_row,
                                 std::size_t targets, std::size_t sources, std::size_t members) {
    std::size_t t = 0;
    for (; t + 4 <= targets; t += 4)
        member_rows<Real, Bytes, 4>(sums + t * sums_row, sums_row, weights + t * weights_row, weights_row,
                                    signals, signals_row, sources, members);
    for (; t < targets; ++t)
        member_rows<Real, Bytes, 1>(sums + t * sums_row, sums_row, weights + t * weights_row, weights_row,
                                    signals, signals_row, sources, members);
}

// Two rows by two columns at a time, where two reals are a vector of any machine.
template <class Real>
void transpose_single(Real* to, std::size_t to_row, const Real* from, std::size_t from_row, std::size_t rows,
                      std::size_t columns) {
    std::size_t c = 0;
    if constexpr (sizeof(Real) == 8) {
        using L = Lanes<Real, 16>;
        for (; rows > 1 && c + 2 <= columns; c += 2) {
            std::size_t r = 0;
            for (; r + 2 <= rows; r += 2) {
                const typename L::Vector a =
                    *reinterpret_cast<const typename L::Loose*>(from + r * from_row + c);
                const typename L::Vector b =
                    *reinterpret_cast<const typename L::Loose*>(from + (r + 1) * from_row + c);
                *reinterpret_cast<typename L::Loose*>(to + c * to_row + r) =
                    __builtin_shufflevector(a, b, 0, 2);
                *reinterpret_cast<typename L::Loose*>(to + (c + 1) * to_row + r) =
                    __builtin_shufflevector(a, b, 1, 3);
            }
            for (; r < rows; ++r) {
                to[c * to_row + r] = from[r * from_row + c];
                to[(c + 1) * to_row + r] = from[r * from_row + c + 1];
            }
        }
    }
    for (; c < columns; ++c)
        for (std::size_t r = 0; r < rows; ++r) to[c * to_row + r] = from[r * from_row + c];
}

// One set of entry points per instruction set.
#define NEURODYN_VARIANT(NAME, TARGET, BYTES)                                                       \
    template <class Real>                                                                           \
    TARGET void gather_##NAME(Real* a, std::size_t b, std::size_t c, const EdgeRows<Real>& d,       \
                              const HistoryView<Real>& e, std::size_t f) {                          \
        gather_all<Real, BYTES>(a, b, c, d, e, f);                                                  \
    }                                                                                               \
    template <class Real>                                                                           \
    TARGET void panel_##NAME(Real* a, const Real* b, std::size_t c, const Real* d, std::size_t e) { \
        panel_all<Real, BYTES>(a, b, c, d, e);                                                      \
    }                                                                                               \
    template <class Real>                                                                           \
    TARGET void members_##NAME(Real* a, std::size_t b, const Real* c, std::size_t d, const Real* e, \
                               std::size_t f, std::size_t g, std::size_t h, std::size_t i) {        \
        members_all<Real, BYTES>(a, b, c, d, e, f, g, h, i);                                        \
    }

NEURODYN_VARIANT(base, , 16)
#ifdef __x86_64__
NEURODYN_VARIANT(avx2, __attribute__((target("avx2"))), 32)
NEURODYN_VARIANT(avx512, __attribute__((target("avx512f,prefer-vector-width=512"))), 64)

enum class Isa { base, avx2, avx512 };
Isa host_isa() {
    static const Isa isa = __builtin_cpu_supports("avx512f") ? Isa::avx512
                           : __builtin_cpu_supports("avx2")  ? Isa::avx2
                                                             : Isa::base;
    return isa;
}
#define NEURODYN_DISPATCH(FUNCTION, ...)                 \
    switch (host_isa()) {                                \
        case Isa::avx512:                                \
            return FUNCTION##_avx512<Real>(__VA_ARGS__); \
        case Isa::avx2:                                  \
            return FUNCTION##_avx2<Real>(__VA_ARGS__);   \
        case Isa::base:                                  \
            return FUNCTION##_base<Real>(__VA_ARGS__);   \
    }
#else
#define NEURODYN_DISPATCH(FUNCTION, ...) return FUNCTION##_base<Real>(__VA_ARGS__)
#endif

}  // namespace

template <class Real>
void gather_edges(Real* sums, std::size_t sums_row, std::size_t count, const EdgeRows<Real>& rows,
                  const HistoryView<Real>& history, std::size_t position) {
    NEURODYN_DISPATCH(gather, sums, sums_row, count, rows, history, position);
}

template <class Real>
void transpose(Real* to, std::size_t to_row, const Real* from, std::size_t from_row, std::size_t rows,
               std::size_t columns, std::size_t members) {
    if (members == 1) return transpose_single(to, to_row, from, from_row, rows, columns);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c)
            std::copy_n(from + r * from_row + c * members, members, to + c * to_row + r * members);
}

template <class Real>
void multiply_panel(Real* sums, const Real* panel, std::size_t width, const Real* signals,
                    std::size_t sources) {
    NEURODYN_DISPATCH(panel, sums, panel, width, signals, sources);
}

template <class Real>
void multiply_members(Real* sums, std::size_t sums_row, const Real* weights, std::size_t weights_row,
                      const Real* signals, std::size_t signals_row, std::size_t targets, std::size_t sources,
                      std::size_t members) {
    NEURODYN_DISPATCH(members, sums, sums_row, weights, weights_row, signals, signals_row, targets, sources,
                      members);
}

template void gather_edges(float*, std::size_t, std::size_t, const EdgeRows<float>&,
                           const HistoryView<float>&, std::size_t);
template void gather_edges(double*, std::size_t, std::size_t, const EdgeRows<double>&,
                           const HistoryView<double>&, std::size_t);
template void transpose(float*, std::size_t, const float*, std::size_t, std::size_t, std::size_t,
                        std::size_t);
template void transpose(double*, std::size_t, const double*, std::size_t, std::size_t, std::size_t,
                        std::size_t);
template void multiply_panel(float*, const float*, std::size_t, const float*, std::size_t);
template void multiply_panel(double*, const double*, std::size_t, const double*, std::size_t);
template void multiply_members(float*, std::size_t, const float*, std::size_t, const float*, std::size_t,
                               std::size_t, std::size_t, std::size_t);
template void multiply_members(double*, std::size_t, const double*, std::size_t, const double*, std::size_t,
                               std::size_t, std::size_t, std::size_t);

}  // namespace neurodyn::engine
