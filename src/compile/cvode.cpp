// SPDX-License-Identifier: BSD-3-Clause
// CVODE behind a solver of many small systems.
#include "compile/cvode.hpp"

#include <cvode/cvode.h>
#include <fmt/format.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "base/aligned.hpp"
#include "base/error.hpp"
#include "compile/interpreter.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::compile {

namespace {

template <class T, void (*free_it)(T)>
struct Handle {
    explicit Handle(T value = nullptr) : value(value) {}
    ~Handle() {
        if (value) free_it(value);
    }
    Handle(Handle&& other) noexcept : value(std::exchange(other.value, nullptr)) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(value, other.value);
        return *this;
    }
    operator T() const { return value; }
    T value;
};

void free_context(SUNContext context) { SUNContext_Free(&context); }
void free_matrix(SUNMatrix matrix) { SUNMatDestroy(matrix); }
void free_solver(SUNLinearSolver solver) { SUNLinSolFree(solver); }
void free_memory(void* memory) { CVodeFree(&memory); }

/// CVODE's message instead of its own printing.
void keep_message(int, const char*, const char*, char* message, void* text) {
    *static_cast<std::string*>(text) = message;
}

/// A program of one element whose results are read back: the slope or the Jacobian.
class SmallProgram {
  public:
    SmallProgram(const System& system, const std::vector<System::Signal>& outputs)
        : program_(make_observer(system, outputs, {})),
          kernel_(make_interpreter(program_, Precision::double_)) {
        memory_.assign(program_.arrays.size() * padding_elements, 0.0);
        for (std::size_t i = 0; i < program_.arrays.size(); ++i)
            pointers_.push_back(&memory_[i * padding_elements]);
        for (const auto& state : system.states) states_.push_back(find(state.name));
        for (const auto& output : outputs) outputs_.push_back(find("signal." + output.name));
    }

    const std::vector<std::string>& uniform_names() const { return program_.uniforms; }

    /// `uniforms` in order of uniform_names().
    void run(std::span<const double> uniforms, const double* state) {
        for (std::size_t i = 0; i < states_.size(); ++i)
            if (states_[i]) *states_[i] = state[i];
        KernelArgs args;
        args.arrays = pointers_.data();
        args.uniforms = uniforms.data();
        kernel_->run(args, 0, 1);
    }
    double output(std::size_t i) const { return *outputs_[i]; }

  private:
    double* find(const std::string& name) {
        const auto found = std::ranges::find(program_.arrays, name);
        return found == program_.arrays.end()
                   ? nullptr
                   : &memory_[static_cast<std::size_t>(found - program_.arrays.begin()) * padding_elements];
    }

    Program program_;
    std::unique_ptr<Kernel> kernel_;
    AlignedVector<double> memory_;
    std::vector<void*> pointers_;
    std::vector<double*> states_, outputs_;
};

std::vector<System::Signal> slopes(const System& system) {
    std::vector<System::Signal> result;
    for (const auto& state : system.states) result.push_back({"slope." + state.name, state.drift});
    return result;
}

/// Entries of the Jacobian that are not zero, and where they stand.
struct JacobianEntries {
    std::vector<System::Signal> values;
    std::vector<std::pair<std::size_t, std::size_t>> places;
};

JacobianEntries jacobian_entries(System& system) {
    std::vector<NodeId> drifts, symbols;
    for (const auto& state : system.states) {
        drifts.push_back(state.drift);
        symbols.push_back(state.symbol);
    }
    const auto jacobian = symbolic::jacobian(system.graph, drifts, symbols);
    JacobianEntries result;
    for (std::size_t i = 0; i < drifts.size(); ++i)
        for (std::size_t j = 0; j < symbols.size(); ++j) {
            if (system.graph.is_constant(jacobian[i][j], 0.0)) continue;
            result.values.push_back({fmt::format("jacobian.{}.{}", i, j), jacobian[i][j]});
            result.places.emplace_back(i, j);
        }
    return result;
}

void check(const System& system) {
    for (const auto& state : system.states)
        if (!state.noise.empty())
            throw Error(fmt::format(
                "method 'cvode' treats no noise, but d{}/dt has the noise '{}'; use heun or euler_maruyama",
                state.name, state.noise.front().name));
    if (!system.inputs.empty())
        throw Error(fmt::format(
            "method 'cvode' runs a population by itself, but its input '{}' is driven at every step; use rk4",
            system.inputs.front()));
    if (!system.events.empty())
        throw Error(fmt::format(
            "method 'cvode' treats no events, but the model has '{}'; use rk4 or exponential_euler",
            system.events.front().name));
}

}  // namespace

struct CvodeSolver::Impl {
    Impl(const System& given, std::size_t count, const ParameterValues& parameters,
         const CvodeTolerances& tolerance, double t_start)
        : system(given),
          entries(jacobian_entries(system)),
          slope(system, slopes(system)),
          jacobian(system, entries.values),
          tolerances(tolerance),
          size(system.states.size()),
          t(t_start) {
        SUNContext raw = nullptr;
        if (SUNContext_Create(nullptr, &raw) != 0) throw Error("method 'cvode': SUNDIALS cannot be started");
        context = Handle<SUNContext, free_context>(raw);
        if (tolerances.absolute.size() != 1 && tolerances.absolute.size() != size)
            throw Error(fmt::format(
                "method 'cvode' needs one absolute tolerance or one for each of {} states, not {}", size,
                tolerances.absolute.size()));
        for (std::size_t e = 0; e < count; ++e)
            elements.push_back(std::make_unique<Element>(*this, e, parameters));
    }

    struct Element {
        Element(Impl& owner, std::size_t index, const ParameterValues& parameters)
            : owner(owner),
              index(index),
              state(N_VNew_Serial(static_cast<sunindextype>(owner.size), owner.context)),
              absolute(N_VNew_Serial(static_cast<sunindextype>(owner.size), owner.context)),
              matrix(SUNDenseMatrix(static_cast<sunindextype>(owner.size),
                                    static_cast<sunindextype>(owner.size), owner.context)),
              solver(SUNLinSol_Dense(state, matrix, owner.context)) {
            slope_uniforms = values(owner.slope.uniform_names(), parameters);
            jacobian_uniforms = values(owner.jacobian.uniform_names(), parameters);
        }

        /// Parameters in the order in which a program wants them; the time is put in later.
        std::vector<double> values(const std::vector<std::string>& names,
                                   const ParameterValues& parameters) const {
            std::vector<double> result;
            for (const auto& name : names) {
                const auto found = parameters.find(name);
                if (name == "t") {
                    result.push_back(0.0);
                } else if (found == parameters.end() || found->second.empty() ||
                           (found->second.size() > 1 && found->second.size() <= index)) {
                    throw Error(fmt::format("method 'cvode': the parameter '{}' has no value for element {}",
                                            name, index));
                } else {
                    result.push_back(found->second[found->second.size() == 1 ? 0 : index]);
                }
            }
            return result;
        }

        Impl& owner;
        std::size_t index;
        Handle<N_Vector, N_VDestroy> state, absolute;
        Handle<SUNMatrix, free_matrix> matrix;
        Handle<SUNLinearSolver, free_solver> solver;
        Handle<void*, free_memory> memory;
        std::vector<double> slope_uniforms, jacobian_uniforms, last;
        std::string message;
    };

    static void put_time(std::vector<double>& uniforms, const std::vector<std::string>& names, double t) {
        for (std::size_t i = 0; i < names.size(); ++i)
            if (names[i] == "t") uniforms[i] = t;
    }

    static int slope_at(realtype t, N_Vector y, N_Vector result, void* data) {
        Element& element = *static_cast<Element*>(data);
        SmallProgram& program = element.owner.slope;
        put_time(element.slope_uniforms, program.uniform_names(), t);
        program.run(element.slope_uniforms, NV_DATA_S(y));
        bool finite = true;
        for (std::size_t i = 0; i < element.owner.size; ++i) {
            NV_DATA_S(result)[i] = program.output(i);
            finite = finite && std::isfinite(program.output(i));
        }
        return finite ? 0 : 1;  // 1: CVODE tries a shorter step
    }

    static int jacobian_at(realtype t, N_Vector y, N_Vector, SUNMatrix matrix, void* data, N_Vector, N_Vector,
                           N_Vector) {
        Element& element = *static_cast<Element*>(data);
        SmallProgram& program = element.owner.jacobian;
        put_time(element.jacobian_uniforms, program.uniform_names(), t);
        program.run(element.jacobian_uniforms, NV_DATA_S(y));
        SUNMatZero(matrix);
        const auto& places = element.owner.entries.places;
        for (std::size_t k = 0; k < places.size(); ++k)
            SM_ELEMENT_D(matrix, static_cast<sunindextype>(places[k].first),
                         static_cast<sunindextype>(places[k].second)) = program.output(k);
        return 0;
    }

    static void must(Element& element, int status) {
        if (status < 0)
            throw Error(
                fmt::format("method 'cvode' failed at element {}: {}", element.index, element.message));
    }

    void create(Element& element) {
        element.memory = Handle<void*, free_memory>(CVodeCreate(CV_BDF, context));
        must(element, CVodeSetErrHandlerFn(element.memory, keep_message, &element.message));
        must(element, CVodeInit(element.memory, slope_at, t, element.state));
        for (std::size_t i = 0; i < size; ++i) NV_DATA_S(element.absolute.value)
        [i] = tolerances.absolute[tolerances.absolute.size() == 1 ? 0 : i];
        must(element, CVodeSVtolerances(element.memory, tolerances.relative, element.absolute));
        must(element, CVodeSetUserData(element.memory, &element));
        must(element, CVodeSetMaxNumSteps(element.memory, static_cast<long>(tolerances.most_steps)));
        must(element, CVodeSetLinearSolver(element.memory, element.solver, element.matrix));
        must(element, CVodeSetJacFn(element.memory, jacobian_at));
    }

    void advance(Element& element, double t_to, std::span<double> values) {
        const std::size_t count = elements.size();
        std::vector<double> begin(size);
        for (std::size_t i = 0; i < size; ++i) {
            begin[i] = values[i * count + element.index];
            if (!std::isfinite(begin[i]))
                throw NonFiniteError("cvode", element.index, 0, system.states[i].name, t);
        }
        if (!element.memory || begin != element.last) {
            std::ranges::copy(begin, NV_DATA_S(element.state.value));
            if (!element.memory)
                create(element);
            else
                must(element, CVodeReInit(element.memory, t, element.state));
        }
        realtype reached = t;
        must(element, CVode(element.memory, t_to, element.state, &reached, CV_NORMAL));
        element.last.assign(NV_DATA_S(element.state.value), NV_DATA_S(element.state.value) + size);
        for (std::size_t i = 0; i < size; ++i) values[i * count + element.index] = element.last[i];
    }

    System system;
    JacobianEntries entries;
    SmallProgram slope, jacobian;
    CvodeTolerances tolerances;
    std::size_t size;
    double t;
    Handle<SUNContext, free_context> context;
    std::vector<std::unique_ptr<Element>> elements;
};

CvodeSolver::CvodeSolver(const System& system, std::size_t elements, const ParameterValues& parameters,
                         const CvodeTolerances& tolerances, double t_start) {
    check(system);
    impl_ = std::make_unique<Impl>(system, elements, parameters, tolerances, t_start);
}
CvodeSolver::~CvodeSolver() = default;
CvodeSolver::CvodeSolver(CvodeSolver&&) noexcept = default;
CvodeSolver& CvodeSolver::operator=(CvodeSolver&&) noexcept = default;

void CvodeSolver::advance(double t_to, std::span<double> state) {
    if (state.size() != impl_->size * impl_->elements.size())
        throw std::logic_error("internal error: CvodeSolver::advance needs [variable][element]");
    if (t_to <= impl_->t) return;
    for (auto& element : impl_->elements) impl_->advance(*element, t_to, state);
    impl_->t = t_to;
}

double CvodeSolver::time() const { return impl_->t; }

CvodeSolver::Counts CvodeSolver::counts() const {
    Counts sum;
    for (const auto& element : impl_->elements) {
        if (!element->memory) continue;
        long steps = 0, slopes_run = 0, jacobians = 0;
        CVodeGetNumSteps(element->memory, &steps);
        CVodeGetNumRhsEvals(element->memory, &slopes_run);
        CVodeGetNumJacEvals(element->memory, &jacobians);
        sum.steps += steps;
        sum.slopes += slopes_run;
        sum.jacobians += jacobians;
    }
    return sum;
}

}  // namespace neurodyn::compile
