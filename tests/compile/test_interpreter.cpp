// SPDX-License-Identifier: BSD-3-Clause
// Random programs: the interpreter equals the scalar evaluator of expressions, bit for bit, for any split of
// the elements.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>
#include <memory>
#include <random>

#include "base/math/table.hpp"
#include "compile/interpreter.hpp"
#include "support.hpp"
#include "symbolic/operations.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile::testing {
namespace {

class RandomProgram {
  public:
    explicit RandomProgram(std::uint64_t seed) : generator_(seed) {
        program_.name = "random";
        program_.arrays = {"x", "y", "z"};
        program_.uniforms = {"a", "b"};
        for (const char* name : {"x", "y", "z", "a", "b"}) real_.push_back(program_.graph.symbol(name));
        for (double value : {0.0, -0.0, 1.0, -2.5, 0.1}) real_.push_back(program_.graph.constant(value));
        truth_.push_back(program_.graph.boolean(true));
        const int size = std::uniform_int_distribution<int>(1, 40)(generator_);
        program_.graph.add_table(std::make_shared<const symbolic::Table>(
            symbolic::Table{"table", {0.5, -2.0, 3.25, 1e-3, -0.75}}));
        for (int i = 0; i < size; ++i) grow();
        for (std::uint32_t array = 0; array < 3; ++array) program_.stores.push_back({array, any(real_)});
        program_.events.push_back({any(truth_), 0});
        verify(program_);
    }
    const Program& program() const { return program_; }

  private:
    NodeId any(const std::vector<NodeId>& from) {
        return from[std::uniform_int_distribution<std::size_t>(from.size() / 2, from.size() - 1)(generator_)];
    }

    void grow() {
        const auto first = static_cast<int>(Op::add), last = static_cast<int>(Op::count_) - 1;
        const auto op = static_cast<Op>(std::uniform_int_distribution<int>(first, last)(generator_));
        const bool logic = op == Op::logical_and || op == Op::logical_or || op == Op::logical_not;
        std::array<NodeId, 3> args{};
        const int arity = symbolic::info(op).arity;
        for (int k = 0; k < arity; ++k)
            args[static_cast<std::size_t>(k)] = any(logic || (op == Op::select && k == 0) ? truth_ : real_);
        auto& g = program_.graph;
        const NodeId made = op == Op::lookup ? g.lookup(0, args[0])
                            : arity == 1     ? g.make(op, args[0])
                            : arity == 2     ? g.make(op, args[0], args[1])
                                             : g.make(op, args[0], args[1], args[2]);
        (g[made].type == symbolic::Type::boolean ? truth_ : real_).push_back(made);
    }

    std::mt19937_64 generator_;
    Program program_;
    std::vector<NodeId> real_, truth_;
};

bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
           (std::isnan(a) && std::isnan(b));
}

TEST(Interpreter, EqualsTheScalarEvaluatorOnRandomPrograms) {
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        const RandomProgram random(seed);
        const Program& program = random.program();
        std::mt19937_64 generator(seed + 7);
        std::normal_distribution<double> normal(0.0, 3.0);
        constexpr std::size_t count = 150;  // more than a tile, and no multiple of a vector
        std::vector<AlignedVector<double>> arrays(3, AlignedVector<double>(padded(count)));
        for (auto& array : arrays)
            for (double& x : array) x = normal(generator);
        const std::vector<double> uniforms{normal(generator), normal(generator)};
        const auto before = arrays;
        std::vector<void*> pointers;
        for (auto& array : arrays) pointers.push_back(array.data());
        std::vector<std::uint32_t> fired(count);
        std::uint32_t* list = fired.data();
        std::uint64_t fired_count = 0;
        const KernelArgs args{pointers.data(), uniforms.data(), &list, &fired_count};
        const auto kernel = make_interpreter(program, Precision::double_);
        kernel->run(args, 0, 16);
        kernel->run(args, 16, count);

        std::vector<std::uint32_t> expected_events;
        for (std::size_t i = 0; i < count; ++i) {
            const std::map<std::string, double> values{{"x", before[0][i]},
                                                       {"y", before[1][i]},
                                                       {"z", before[2][i]},
                                                       {"a", uniforms[0]},
                                                       {"b", uniforms[1]}};
            const auto value = [&](const std::string& name) { return values.at(name); };
            for (std::size_t k = 0; k < 3; ++k) {
                const double expected = symbolic::evaluate(program.graph, program.stores[k].value, value);
                ASSERT_TRUE(same_bits(arrays[k][i], expected))
                    << "seed " << seed << " element " << i << "\n"
                    << print(program) << arrays[k][i] << " " << expected;
            }
            if (symbolic::evaluate(program.graph, program.events[0].condition, value) != 0.0)
                expected_events.push_back(static_cast<std::uint32_t>(i));
        }
        fired.resize(fired_count);
        ASSERT_EQ(fired, expected_events) << "seed " << seed;
    }
}

TEST(Interpreter, ReadsAllOldValuesBeforeItWrites) {
    const System system = SystemText().state("x", "y - x").state("y", "x - y").build();
    Runner runner(make_step(system, {"euler", {}, true, {}}), 200, 1.0);
    for (std::size_t i = 0; i < 200; ++i) {
        runner.array("x")[i] = static_cast<double>(i);
        runner.array("y")[i] = -1.0;
    }
    runner.start();
    runner.step(0.0);
    for (std::size_t i = 0; i < 200; ++i) {
        EXPECT_EQ(runner.array("x")[i], -1.0);
        EXPECT_EQ(runner.array("y")[i], static_cast<double>(i));
    }
}

TEST(Interpreter, SingleRoundsConstantsAndUniformsOnce) {
    Program program;
    program.name = "single";
    auto& g = program.graph;
    program.arrays = {"x"};
    program.stores = {{0, g.make(Op::fma, g.symbol("x"), g.constant(0.1), g.constant(0.2))}};
    AlignedVector<float> x(16, 3.0F);
    void* array = x.data();
    const KernelArgs args{&array, nullptr, nullptr, nullptr};
    make_interpreter(program, Precision::single)->run(args, 0, 16);
    for (float value : x) EXPECT_EQ(value, std::fma(3.0F, 0.1F, 0.2F));
}

}  // namespace
}  // namespace neurodyn::compile::testing
