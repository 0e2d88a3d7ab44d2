// SPDX-License-Identifier: BSD-3-Clause
// One synapse stepped from event to event by the scalar reference evaluator: what its text says, and nothing
// of an engine.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "language/synapse.hpp"
#include "symbolic/transform.hpp"

namespace neurodyn::language {

class SynapseEvaluator {
  public:
    using Values = std::map<std::string, double>;

    /// `settings` are parameters, initial values and variables of the neurons (NAME_post).
    explicit SynapseEvaluator(ModelPtr synapse, const Values& settings = {}) : model_(std::move(synapse)) {
        values_["t"] = 0.0;
        for (const External& e : model_->synapse->externals) values_[name_of(e.symbol)] = 0.0;
        for (const Parameter& p : model_->parameters)
            values_[p.name] = settings.contains(p.name) ? settings.at(p.name) : of(p.value);
        for (const State& s : model_->states) values_[s.name] = of(s.initial);
        for (const auto& [name, value] : settings) values_.at(name) = value;  // a name that is unknown throws
    }

    double& operator[](const std::string& name) { return values_.at(name); }
    double of(NodeId node) const {
        return symbolic::evaluate(model_->graph, node,
                                  [&](const std::string& name) { return values_.at(name); });
    }
    const Model& model() const { return *model_; }

    void pre() { run(model_->synapse->on_pre); }
    void post() { run(model_->synapse->on_post); }

    /// Time goes on: event-driven variables by their solution, clock-driven ones by the classical Runge-Kutta
    /// method in steps of at most `dt`.
    void advance(double interval, double dt = 1e-4) {
        Values next = values_;
        values_["since"] = interval;
        for (std::size_t i = 0; i < model_->states.size(); ++i)
            if (model_->synapse->variables[i].advance == SynapseVariable::Advance::event)
                next[model_->states[i].name] = of(model_->synapse->variables[i].after);
        const int steps = static_cast<int>(interval / dt) + 1;
        for (int k = 0; k < steps; ++k) step(interval / steps);
        for (std::size_t i = 0; i < model_->states.size(); ++i)
            if (model_->synapse->variables[i].advance == SynapseVariable::Advance::event)
                values_[model_->states[i].name] = next[model_->states[i].name];
        values_["t"] += interval;
    }

  private:
    const std::string& name_of(NodeId symbol) const { return model_->graph.name(symbol); }

    void run(const std::vector<SynapseStatement>& statements) {
        for (const SynapseStatement& s : statements) values_[name_of(s.symbol)] = of(s.value);
    }

    std::vector<double> slopes(const Values& start, const std::vector<double>& k, double h) {
        std::vector<double> result;
        values_ = start;
        for (std::size_t i = 0; i < k.size(); ++i) values_[clock(i)->name] += h * k[i];
        for (std::size_t i = 0; i < k.size(); ++i) result.push_back(of(clock(i)->drift));
        return result;
    }

    const State* clock(std::size_t n) const {
        for (std::size_t i = 0; i < model_->states.size(); ++i)
            if (model_->synapse->variables[i].advance == SynapseVariable::Advance::clock && n-- == 0)
                return &model_->states[i];
        return nullptr;
    }

    void step(double h) {
        std::size_t count = 0;
        while (clock(count)) ++count;
        if (count == 0) return;
        const Values start = values_;
        const std::vector<double> k1 = slopes(start, std::vector<double>(count), 0);
        const std::vector<double> k2 = slopes(start, k1, h / 2), k3 = slopes(start, k2, h / 2);
        const std::vector<double> k4 = slopes(start, k3, h);
        values_ = start;
        for (std::size_t i = 0; i < count; ++i)
            values_[clock(i)->name] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    }

    ModelPtr model_;
    Values values_;
};

}  // namespace neurodyn::language
