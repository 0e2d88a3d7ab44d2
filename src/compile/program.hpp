// SPDX-License-Identifier: BSD-3-Clause
// What the compiler works on: a system of equations ready to be stepped, and the straight-line program that
// steps it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "language/model.hpp"
#include "symbolic/graph.hpp"

namespace neurodyn::compile {

using symbolic::Graph;
using symbolic::NodeId;

enum class Precision : std::uint8_t { double_, single };

/// Equations of one population after couplings and stimuli were put in: the compiler's input.
/// Symbols of the graph are states, parameters, inputs, `t`, `dt`, and nothing else.
struct System {
    struct State {
        std::string name;
        NodeId symbol, drift;
        struct Noise {
            std::string name;  ///< terms of the same name share one draw
            NodeId coefficient;
        };
        std::vector<Noise> noise;
        bool held_when_refractory = false;
    };
    struct Signal {
        std::string name;
        NodeId value;  ///< of states after the step, parameters, and the step's inputs
    };
    /// Added to a state before the step begins: what arrived with events.
    struct Jump {
        std::string state;
        NodeId value;  ///< of inputs and parameters
    };
    Graph graph;
    std::vector<State> states;
    std::vector<Jump> jumps;
    std::vector<std::string>
        inputs;  ///< arrays that the engine fills before each step (coupling sums, tables)
    std::vector<std::string> parameters;
    std::vector<Signal> signals;          ///< what projections carry away, computed at the end of the step
    std::vector<language::Event> events;  ///< conditions and resets over this graph
};

/// A System of a model alone: no projections; inputs that nobody drives are their fallback or zero when
/// `close_inputs`. A parameter that a reset assigns to becomes a state of drift zero, whose initial value is
/// the parameter's.
System make_system(const language::Model& model, bool close_inputs = false);

/// Per-element array or one value for all elements.
enum class Storage : std::uint8_t { element, uniform };

/// Straight-line code over per-element arrays and uniform values, run for each element by itself.
/// Loads: every symbol in `graph` that a store reaches names an array or a uniform. All loads happen before
/// all stores (a program reads the old state and writes the new one in place).
struct Program {
    struct Store {
        std::uint32_t array;  ///< index into `arrays`
        NodeId value;
    };
    /// When the condition holds for an element, its index is appended (ascending) to event list `list`.
    struct EventOutput {
        NodeId condition;
        std::uint32_t list;
    };
    std::string name;
    Graph graph;
    std::vector<std::string> arrays;    ///< per-element arrays, by symbol name
    std::vector<std::string> uniforms;  ///< uniform values, by symbol name
    std::vector<Store> stores;
    std::vector<EventOutput> events;

    std::uint32_t array_index(std::string_view name) const;  ///< throws std::out_of_range
    std::uint32_t uniform_index(std::string_view name) const;
    /// A 128-bit hash of everything that decides the code (structure, names' order, constants' bits), as 32
    /// hex digits.
    std::string hash() const;
};

/// Throws std::logic_error when the program breaks a rule above: types, operand order, unknown or doubled
/// names, two stores to one array. Run after every pass.
void verify(const Program& program);

/// What symbols cannot say: the propagator of n coupled linear equations x' = A x + b + B noise over one
/// step, computed by dense algebra between setup_uniform and setup_element. All lists are names of uniforms,
/// matrices row-major.
struct LinearPropagator {
    std::uint32_t size = 0;
    std::vector<std::string> matrix;       ///< in: A dt, n*n, made by setup_uniform
    std::vector<std::string> diffusion;    ///< in: B B^T dt, n*n, made by setup_uniform; empty without noise
    std::vector<std::string> exponential;  ///< out: exp(A dt), n*n
    std::vector<std::string> integral;     ///< out: integral of exp(A s) ds over one step, divided by dt, n*n
    std::vector<std::string>
        deviation;  ///< out: lower triangular L with L L^T the covariance that noise adds in one step, n*n
};

/// What a pass did, for `inspect` and the log.
struct PassRecord {
    std::string name;
    double milliseconds = 0.0;
    std::size_t nodes_before = 0, nodes_after = 0;
};

/// A step in three programs by how often their values change:
///   setup: run when parameters change; from uniform parameters (and dt) to uniforms, from per-element ones
///   to arrays. In double. clock: run once per step for one element; from t and the uniforms to uniforms. In
///   double. step:  run for each element at each step; all that is left.
/// Values that setup or clock computes appear in `step` as uniforms (or arrays) named "setup.K", "clock.K".
/// Arrays of `step` are named: a state or input by itself, a per-element parameter by itself, "noise.K",
/// "signal.NAME" (written only), "setup.K" (made by setup_element) and the hidden states. Event list i
/// belongs to System::events[i]. Arrays that no program needs are not listed. setup.hpp runs setup and clock.
struct StepProgram {
    Program setup_uniform;  ///< arrays: none; stores go to `uniforms` of step and clock: array i is named as
                            ///< the uniform it makes
    Program setup_element;  ///< per-element parameters to derived arrays
    Program clock;
    Program step;
    std::vector<std::string> noise;  ///< step arrays "noise.K" with a standard normal draw for each, in order
    std::string method;
    std::vector<std::string>
        hidden_states;  ///< extra arrays that must start at zero ("refractory.EVENT": steps left)
    std::vector<LinearPropagator> propagators;  ///< run after setup_uniform
    std::vector<std::string> events;            ///< names, one per event list
    std::vector<PassRecord> passes;             ///< in the order in which they ran
};

/// Which parameters are per element; all others are uniform.
struct StepOptions {
    std::string method;  ///< a row of the method table; empty: chosen (see choose_method)
    std::vector<std::string> element_parameters;
    bool allow_stage_programs = true;          ///< false: everything in `step` (for tests and `inspect`)
    std::vector<std::string> disabled_passes;  ///< by name (passes.hpp); an unknown name is an Error
};

/// One row per integration method: name, what noise it treats, order, description.
enum class NoiseClass : std::uint8_t { none, additive, diagonal, general };
enum class Calculus : std::uint8_t { ito, stratonovich };
struct MethodInfo {
    std::string_view name;
    std::string_view description;
    NoiseClass treats;  ///< the widest class of noise that it treats
    Calculus calculus;
    int order;      ///< deterministic order; 0: exact
    bool adaptive;  ///< cvode
};
const std::vector<MethodInfo>& methods();
const MethodInfo* find_method(
    std::string_view name);  ///< also Brian2's names and aliases ("exponential_euler", "rk4", "heun",
                             ///< "milstein", "exact", "linear")

/// The method when the user gives none: exact for linear drift with additive or no noise, Heun for additive
/// noise, milstein for diagonal, heun (Stratonovich: refused) otherwise; rk4 without noise.
std::string choose_method(const System& system);

/// Throws Error when the method cannot treat the system, naming the method, the variable, the noise and a
/// method that can.
StepProgram make_step(const System& system, const StepOptions& options);

/// Evaluates expressions of the system's states, parameters, inputs, t on demand (monitors, initial values):
/// one array store each.
Program make_observer(const System& system, const std::vector<System::Signal>& expressions,
                      const std::vector<std::string>& element_parameters);

/// Stages as text, readable as equations; values used more than once are named _1, _2, ...
std::string print(const System& system);  ///< stage "graph"
std::string print(const Program& program);
std::string print(const StepProgram& program);  ///< stage "step"

}  // namespace neurodyn::compile
