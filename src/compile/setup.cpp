// SPDX-License-Identifier: BSD-3-Clause
// Runs setup and clock of a step program.
#include "compile/setup.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

#include "base/aligned.hpp"
#include "base/error.hpp"
#include "compile/interpreter.hpp"
#include "compile/propagator.hpp"

namespace neurodyn::compile {

namespace {

/// A program of one element: uniform values in, uniform values out.
class UniformProgram {
  public:
    explicit UniformProgram(const Program& program)
        : inputs_(program.uniforms),
          outputs_(program.arrays),
          kernel_(make_interpreter(program, Precision::double_)) {
        values_.resize(inputs_.size());
        results_.resize(outputs_.size() * padding_elements);
        for (std::size_t i = 0; i < outputs_.size(); ++i) arrays_.push_back(&results_[i * padding_elements]);
    }

    bool empty() const { return outputs_.empty(); }

    void run(std::map<std::string, double, std::less<>>& values) {
        if (empty()) return;
        for (std::size_t i = 0; i < inputs_.size(); ++i) values_[i] = values.at(inputs_[i]);
        KernelArgs args;
        args.arrays = arrays_.data();
        args.uniforms = values_.data();
        kernel_->run(args, 0, 1);
        for (std::size_t i = 0; i < outputs_.size(); ++i)
            values[outputs_[i]] = results_[i * padding_elements];
    }

  private:
    std::vector<std::string> inputs_, outputs_;
    std::unique_ptr<Kernel> kernel_;
    std::vector<double> values_;
    AlignedVector<double> results_;
    std::vector<void*> arrays_;
};

}  // namespace

struct StepSetup::Impl {
    explicit Impl(const StepProgram& program)
        : setup(program.setup_uniform),
          clock(program.clock),
          propagators(program.propagators),
          element_arrays(program.setup_element.arrays),
          element_uniforms(program.setup_element.uniforms),
          step_uniforms(program.step.uniforms),
          results(program.step.uniforms.size()) {
        if (!program.setup_element.stores.empty())
            elements = make_interpreter(program.setup_element, Precision::double_);
        element_is_output.resize(element_arrays.size());
        for (const auto& store : program.setup_element.stores) element_is_output[store.array] = true;
        needed.insert(program.setup_uniform.uniforms.begin(), program.setup_uniform.uniforms.end());
        for (const Program* part : {&program.setup_element, &program.clock, &program.step})
            needed.insert(part->uniforms.begin(), part->uniforms.end());
    }

    void refresh() {
        for (std::size_t i = 0; i < step_uniforms.size(); ++i)
            if (const auto found = values.find(step_uniforms[i]); found != values.end())
                results[i] = found->second;
    }

    UniformProgram setup, clock;
    std::vector<LinearPropagator> propagators;
    std::vector<std::string> element_arrays, element_uniforms, step_uniforms;
    std::vector<bool> element_is_output;
    std::unique_ptr<Kernel> elements;
    std::set<std::string, std::less<>> needed;
    std::map<std::string, double, std::less<>> values;
    std::vector<double> results;
};

StepSetup::StepSetup(const StepProgram& program) : impl_(std::make_unique<Impl>(program)) {}
StepSetup::~StepSetup() = default;
StepSetup::StepSetup(StepSetup&&) noexcept = default;
StepSetup& StepSetup::operator=(StepSetup&&) noexcept = default;

void StepSetup::set(std::string_view name, double value) {
    if (impl_->needed.contains(name)) impl_->values.insert_or_assign(std::string(name), value);
}

void StepSetup::setup() {
    for (const auto& name : impl_->needed)
        if (!impl_->values.contains(name) && name != "t" && name.find('.') == std::string::npos)
            throw std::logic_error("internal error: no value was given for the uniform '" + name + "'");
    impl_->setup.run(impl_->values);
    for (const auto& propagator : impl_->propagators) run_propagator(propagator, impl_->values);
    impl_->refresh();
}

void StepSetup::setup_elements(std::size_t count,
                               const std::function<const double*(const std::string&)>& input,
                               const std::function<double*(const std::string&)>& output) const {
    if (!impl_->elements) return;
    std::vector<void*> arrays;
    for (std::size_t i = 0; i < impl_->element_arrays.size(); ++i) {
        const auto& name = impl_->element_arrays[i];
        // The kernel's arrays are not const, but it only reads those that it has no store for.
        arrays.push_back(impl_->element_is_output[i] ? output(name) : const_cast<double*>(input(name)));
    }
    std::vector<double> uniforms;
    for (const auto& name : impl_->element_uniforms) uniforms.push_back(impl_->values.at(name));
    KernelArgs args;
    args.arrays = arrays.data();
    args.uniforms = uniforms.data();
    impl_->elements->run(args, 0, static_cast<std::int64_t>(count));
}

void StepSetup::clock(double t) {
    impl_->values.insert_or_assign("t", t);
    impl_->clock.run(impl_->values);
    impl_->refresh();
}

const std::vector<double>& StepSetup::uniforms() const { return impl_->results; }

double StepSetup::uniform(std::string_view name) const {
    const auto found = impl_->values.find(name);
    if (found == impl_->values.end()) throw std::out_of_range("no uniform '" + std::string(name) + "'");
    return found->second;
}

bool StepSetup::time_independent() const { return !impl_->needed.contains("t"); }

}  // namespace neurodyn::compile
