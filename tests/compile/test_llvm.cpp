// SPDX-License-Identifier: BSD-3-Clause
// Compiled kernels against the interpreter, bit for bit: random programs at every width and precision.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/aligned.hpp"
#include "base/error.hpp"
#include "compile/kernel.hpp"
#include "symbolic/operations.hpp"

namespace neurodyn::compile {
namespace {

using symbolic::Op;
using symbolic::Type;

/// A generator of well-formed programs from a seed.
class RandomProgram {
  public:
    explicit RandomProgram(unsigned seed, int operations) : random_(seed) {
        Graph& graph = program.graph;
        graph.add_table(std::make_shared<const symbolic::Table>(
            symbolic::Table{"table", {0.5, -2.0, 3.25, 1e-3, -0.75}}));
        for (int i = 0; i < 4; ++i) {
            program.arrays.push_back("a" + std::to_string(i));
            reals_.push_back(graph.symbol(program.arrays.back()));
        }
        for (int i = 0; i < 3; ++i) {
            program.uniforms.push_back("u" + std::to_string(i));
            reals_.push_back(graph.symbol(program.uniforms.back()));
        }
        for (const double value : {0.0, -1.5, 0.37, 1e-3}) reals_.push_back(graph.constant(value));
        booleans_.push_back(graph.make(Op::lt, reals_[0], reals_[1]));
        for (int i = 0; i < operations; ++i) grow();
        for (std::uint32_t array = 0; array < 3; ++array) program.stores.push_back({array, pick(reals_)});
        program.arrays.push_back("out");
        program.stores.push_back({4, reals_.back()});
        for (std::uint32_t list = 0; list < 2; ++list) program.events.push_back({pick(booleans_), list});
        program.name = "random";
    }

    Program program;

  private:
    NodeId pick(const std::vector<NodeId>& from) {
        // Mostly recent nodes, so that expressions become deep.
        const std::size_t reach = random_() % 3 ? std::min<std::size_t>(from.size(), 6) : from.size();
        return from[from.size() - 1 - random_() % reach];
    }

    void grow() {
        const auto first = static_cast<unsigned>(Op::add), count = static_cast<unsigned>(Op::count_) - first;
        const Op op = static_cast<Op>(first + random_() % count);
        const auto& row = symbolic::info(op);
        const bool logic = op == Op::logical_and || op == Op::logical_or || op == Op::logical_not;
        const auto operand = [&](int k) {
            return pick(logic || (op == Op::select && k == 0) ? booleans_ : reals_);
        };
        Graph& graph = program.graph;
        const NodeId x = operand(0);
        NodeId made;
        if (op == Op::lookup)
            made = graph.lookup(0, x);
        else if (row.arity == 1)
            made = graph.make(op, x);
        if (row.arity == 2) made = graph.make(op, x, operand(1));
        if (row.arity == 3) {
            const NodeId y = operand(1);
            made = graph.make(op, x, y, operand(2));
        }
        (graph[made].type == Type::boolean ? booleans_ : reals_).push_back(made);
    }

    std::mt19937 random_;
    std::vector<NodeId> reals_, booleans_;
};

/// Arrays, uniforms and event lists of one run.
template <class T>
struct State {
    std::vector<AlignedVector<T>> arrays;
    std::vector<T> uniforms;
    std::vector<std::vector<std::uint32_t>> lists;
    std::vector<std::uint64_t> counts;

    State(const Program& program, std::size_t elements, unsigned seed) {
        std::mt19937 random(seed);
        const auto draw = [&] {
            const double u = random() / 4294967296.0 - 0.5;
            switch (random() % 8) {
                case 0:
                    return u * 1e3;
                case 1:
                    return u * 1e-4;
                case 2:
                    return std::floor(u * 8);
                default:
                    return u * 4;
            }
        };
        for (std::size_t i = 0; i < program.arrays.size(); ++i) {
            arrays.emplace_back(padded(elements));
            for (T& x : arrays.back()) x = static_cast<T>(draw());
        }
        for (std::size_t i = 0; i < program.uniforms.size(); ++i) uniforms.push_back(static_cast<T>(draw()));
        lists.assign(program.events.size(), std::vector<std::uint32_t>(padded(elements)));
        counts.assign(program.events.size(), 0);
    }

    void run(const Kernel& kernel, std::int64_t begin, std::int64_t end) {
        std::vector<void*> bases;
        for (auto& array : arrays) bases.push_back(array.data());
        std::vector<std::uint32_t*> events;
        for (auto& list : lists) events.push_back(list.data());
        const KernelArgs args{bases.data(), uniforms.data(), events.data(), counts.data()};
        kernel.run(args, begin, end);
    }
};

/// The same number to the bit; any NaN equals any NaN.
template <class T>
bool same(T a, T b) {
    using Word = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
    return std::bit_cast<Word>(a) == std::bit_cast<Word>(b) || (std::isnan(a) && std::isnan(b));
}

template <class T>
void expect_same(const State<T>& got, const State<T>& want, std::size_t elements, const std::string& what) {
    for (std::size_t a = 0; a < want.arrays.size(); ++a)
        for (std::size_t i = 0; i < elements; ++i)
            ASSERT_TRUE(same(got.arrays[a][i], want.arrays[a][i]))
                << what << ": array " << a << " element " << i << ": " << got.arrays[a][i] << " and "
                << want.arrays[a][i];
    ASSERT_EQ(got.counts, want.counts) << what;
    for (std::size_t e = 0; e < want.lists.size(); ++e)
        for (std::uint64_t i = 0; i < want.counts[e]; ++i)
            ASSERT_EQ(got.lists[e][i], want.lists[e][i]) << what;
}

template <class T>
void compare(const Program& program, const std::vector<int>& widths, std::size_t elements, unsigned seed) {
    KernelOptions options{.precision = sizeof(T) == 8 ? Precision::double_ : Precision::single,
                          .backend = Backend::interpreter,
                          .use_cache = false};
    State<T> want(program, elements, seed);
    want.run(*make_kernel(program, options), 0, static_cast<std::int64_t>(elements));
    options.backend = Backend::llvm;
    for (const int width : widths) {
        options.width = width;
        const auto kernel = make_kernel(program, options);
        EXPECT_EQ(kernel->history().backend, "llvm");
        State<T> whole(program, elements, seed), pieces(program, elements, seed);
        whole.run(*kernel, 0, static_cast<std::int64_t>(elements));
        const std::string what =
            (sizeof(T) == 8 ? "f64" : "f32") + std::string(" width ") + std::to_string(width);
        expect_same(whole, want, elements, what);
        for (std::int64_t at = 0; at < static_cast<std::int64_t>(elements); at += 48)
            pieces.run(*kernel, at, std::min<std::int64_t>(at + 48, static_cast<std::int64_t>(elements)));
        expect_same(pieces, want, elements, what + " in pieces");
    }
}

class Compiled : public testing::Test {
  protected:
    void SetUp() override {
        if (!llvm_available()) GTEST_SKIP() << "built without LLVM";
    }
};

TEST_F(Compiled, RandomProgramsHaveTheInterpretersBits) {
    for (unsigned seed = 0; seed < 40; ++seed) {
        const RandomProgram made(seed, 5 + seed % 30);
        const int width = 1 << seed % 5;
        compare<double>(made.program, {width}, 101, seed);
        compare<float>(made.program, {width}, 101, seed);
        if (HasFatalFailure()) FAIL() << "seed " << seed;
    }
}

TEST_F(Compiled, EveryWidthHasTheSameBits) {
    for (unsigned seed = 1000; seed < 1004; ++seed) {
        const RandomProgram made(seed, 40);
        compare<double>(made.program, {1, 2, 4, 8, 16}, 75, seed);
        compare<float>(made.program, {1, 2, 4, 8, 16}, 75, seed);
        if (HasFatalFailure()) FAIL() << "seed " << seed;
    }
}

// Each operation by itself, on all pairs of edge values.
TEST_F(Compiled, EveryOperationAtItsEdges) {
    const double inf = INFINITY;
    const std::vector<double> values = {
        0.0,  -0.0, 1,    -1,  0.5, -0.5, 2,    -2,     3.7,   -3.7, 1e-30, -1e-30,  1e30,    -1e30, 700,
        -740, inf,  -inf, NAN, 710, 1e5,  -1e5, 1e-310, 0.999, 88.9, -104,  1.5e308, 4194305, 1e-45, -88};
    for (auto op = static_cast<int>(Op::add); op < static_cast<int>(Op::count_); ++op) {
        const auto& row = symbolic::info(static_cast<Op>(op));
        if (row.result == Type::boolean || static_cast<Op>(op) == Op::select) continue;
        Program program;
        program.name = std::string(row.name);
        program.arrays = {"x", "y", "out"};
        Graph& graph = program.graph;
        const NodeId x = graph.symbol("x"), y = graph.symbol("y");
        graph.add_table(std::make_shared<const symbolic::Table>(symbolic::Table{"table", {0.5, -2.0, 3.25}}));
        const NodeId value = static_cast<Op>(op) == Op::lookup ? graph.lookup(0, x)
                             : row.arity == 1                  ? graph.make(static_cast<Op>(op), x)
                             : row.arity == 2                  ? graph.make(static_cast<Op>(op), x, y)
                                                               : graph.make(static_cast<Op>(op), x, y, x);
        program.stores.push_back({2, value});
        const auto check = [&]<class T>(T) {
            const std::size_t n = values.size() * values.size();
            State<T> want(program, n, 1), got(program, n, 1);
            for (auto* state : {&want, &got})
                for (std::size_t i = 0; i < n; ++i) {
                    state->arrays[0][i] = static_cast<T>(values[i % values.size()]);
                    state->arrays[1][i] = static_cast<T>(values[i / values.size()]);
                }
            KernelOptions options{.precision = sizeof(T) == 8 ? Precision::double_ : Precision::single,
                                  .backend = Backend::interpreter,
                                  .use_cache = false};
            want.run(*make_kernel(program, options), 0, static_cast<std::int64_t>(n));
            options.backend = Backend::llvm;
            got.run(*make_kernel(program, options), 0, static_cast<std::int64_t>(n));
            for (std::size_t i = 0; i < n; ++i)
                ASSERT_TRUE(same(got.arrays[2][i], want.arrays[2][i]))
                    << row.name << " of " << want.arrays[0][i] << ", " << want.arrays[1][i] << ": "
                    << got.arrays[2][i] << " and " << want.arrays[2][i];
        };
        check(1.0);
        check(1.0f);
    }
}

// Long programs are cut into several loop bodies, with values and truth values across the cuts.
TEST_F(Compiled, LargeProgramsAreCutWithoutAChange) {
    for (unsigned seed = 2000; seed < 2002; ++seed) {
        RandomProgram made(seed, 60);
        Graph& graph = made.program.graph;
        NodeId sum = graph.symbol("a3");
        const NodeId drive = graph.symbol("a0"), first = graph.make(Op::sin, drive);
        const NodeId high = graph.make(Op::gt, first, graph.symbol("u0"));
        for (int i = 0; i < 150; ++i) {
            const NodeId term = graph.make(Op::exp, graph.mul(graph.constant(-0.01 * i), drive));
            sum = graph.add(sum, graph.select(high, term, graph.mul(term, first)));
        }
        made.program.stores.back().value = sum;
        made.program.events[0].condition = high;
        compare<double>(made.program, {seed % 2 ? 4 : 8}, 101, seed);
        if (seed % 2) compare<float>(made.program, {8}, 101, seed);
        if (HasFatalFailure()) FAIL() << "seed " << seed;
    }
}

/// y' = f(x) + f(2 x) + ..., with so many functions.
Program with_functions(int count) {
    Program program;
    program.name = "functions";
    program.arrays = {"x", "y"};
    Graph& graph = program.graph;
    const NodeId x = graph.symbol("x");
    NodeId sum = x;
    for (int i = 1; i <= count; ++i)
        sum = graph.add(sum, graph.make(Op::exp, graph.mul(graph.constant(i), x)));
    program.stores.push_back({1, sum});
    return program;
}

// See docs/decisions.md: two registers of nodes pay only for a few functions.
TEST_F(Compiled, TakesTwoRegistersForAFewFunctions) {
    const auto width = [](int functions) {
        return make_kernel(with_functions(functions), {.backend = Backend::llvm})->history().width;
    };
    EXPECT_EQ(width(1), 2 * width(0));
    EXPECT_EQ(width(3), 2 * width(0));
    EXPECT_EQ(width(6), width(0));
}

// Constants have copies for each group of functions as long as there is room for them: 100 groups need more.
TEST_F(Compiled, ConstantsThatHaveNoCopyKeepTheirBits) {
    const Program program = with_functions(100);
    compare<double>(program, {1, 4, 8}, 50, 3);
    compare<float>(program, {1, 4, 16}, 50, 3);
}

TEST_F(Compiled, PrintsItsStages) {
    const RandomProgram made(3, 10);
    EXPECT_NE(print_stage(made.program, {}, "llvm").find("define"), std::string::npos);
    EXPECT_NE(print_stage(made.program, {}, "asm").find("neurodyn_kernel"), std::string::npos);
    EXPECT_THROW(print_stage(made.program, {}, "tokens"), Error);
}

class CompiledSlow : public Compiled {};

TEST_F(CompiledSlow, ThousandsOfRandomPrograms) {
    for (unsigned seed = 10000; seed < 12000; ++seed) {
        const RandomProgram made(seed, 3 + seed % 25);
        const int width = 1 << seed % 5;
        if (seed % 2)
            compare<double>(made.program, {width}, 50, seed);
        else
            compare<float>(made.program, {width}, 50, seed);
        if (HasFatalFailure()) FAIL() << "seed " << seed;
    }
}

}  // namespace
}  // namespace neurodyn::compile
