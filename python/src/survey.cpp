// SPDX-License-Identifier: BSD-3-Clause
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <neurodyn/neurodyn.hpp>
#include <string>
#include <vector>

#include "bindings.hpp"
#include "dynamics/flow.hpp"
#include "dynamics/vector_field.hpp"
#include "experiment/library.hpp"

namespace nb = nanobind;

namespace neurodyn::python {
namespace {

using Values = std::map<std::string, double>;

// A model as a vector field of its states; `values` count in the units that the model's text gives.
class Field {
  public:
    Field(const std::string& model, const Values& values)
        : field_(dynamics::make_vector_field(*language::load_model(experiment::find_model(model, ".")),
                                             names(values), {})),
          equations_(field_.equations()),
          parameters_(static_cast<Eigen::Index>(values.size())) {
        Eigen::Index i = 0;
        for (const auto& [name, value] : values) parameters_[i++] = value;
    }

    const Eigen::VectorXd& parameters() const { return parameters_; }
    Eigen::Index dimension() const { return field_.dimension(); }

    // dx/dt per second.
    Eigen::VectorXd slope(const Eigen::VectorXd& x) {
        Eigen::VectorXd u(x.size() + parameters_.size());
        u << x, parameters_;
        return equations_.value(u);
    }

    // States at each of the times, [time][state]; `scale`: seconds in a unit of time.
    std::vector<double> trajectory(Eigen::VectorXd x, const std::vector<double>& times, double scale) {
        std::vector<double> all(x.data(), x.data() + x.size());
        dynamics::FlowSettings settings;
        settings.relative = 1e-10;
        settings.absolute = 1e-12;
        for (std::size_t i = 1; i < times.size(); ++i) {
            settings.until_s = std::abs(times[i] - times[i - 1]) * scale;
            const double sign = times[i] < times[i - 1] ? -1.0 : 1.0;
            x = dynamics::integrate(
                [&](const Eigen::VectorXd& at) -> Eigen::VectorXd { return sign * slope(at); }, std::move(x),
                settings);
            all.insert(all.end(), x.data(), x.data() + x.size());
        }
        return all;
    }

  private:
    static std::vector<std::string> names(const Values& values) {
        std::vector<std::string> all;
        for (const auto& [name, value] : values) all.push_back(name);
        return all;
    }

    dynamics::VectorField field_;
    dynamics::Equations equations_;
    Eigen::VectorXd parameters_;
};

Eigen::VectorXd to_vector(const std::vector<double>& x) {
    return Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size()));
}

}  // namespace

void bind_survey(nb::module_& m) {
    m.def(
        "slope",
        [](const std::string& model, const Values& values, const std::vector<double>& state) {
            Field field(model, values);
            const Eigen::VectorXd slope = field.slope(to_vector(state));
            return std::vector<double>(slope.data(), slope.data() + slope.size());
        },
        nb::arg("model"), nb::arg("values"), nb::arg("state"),
        "dx/dt of a model of the library, per second, with inputs that nothing drives.");
    m.def(
        "trajectory",
        [](const std::string& model, const Values& values, const std::vector<double>& state,
           const std::vector<double>& times, double scale) {
            const nb::gil_scoped_release unlocked;
            return Field(model, values).trajectory(to_vector(state), times, scale);
        },
        nb::arg("model"), nb::arg("values"), nb::arg("state"), nb::arg("times"), nb::arg("scale"),
        "States at times that count in `scale` seconds, one time's after another's: Dormand & Prince's pair, "
        "1e-10 relative.");
}

}  // namespace neurodyn::python
