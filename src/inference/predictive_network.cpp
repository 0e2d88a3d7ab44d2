// SPDX-License-Identifier: BSD-3-Clause
// Panels of members are independent in inference, rows of weights in learning: threads share those.
#include "inference/predictive_network.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "base/math/table.hpp"
#include "base/random.hpp"

namespace neurodyn::inference {
namespace {

// Below this many multiplications a parallel region costs more than it saves.
constexpr std::size_t worth_threads = 1'000'000;

template <class T>
void call(const char* name, const T* from, T* to, std::size_t n) {
    const math::FunctionRow& row = *math::find_function(name);
    const T* args[] = {from};
    if constexpr (sizeof(T) == sizeof(float))
        row.f32(args, to, n);
    else
        row.f64(args, to, n);
}

// Values of the function and its slope.
template <class T>
void activation(Activation kind, const T* x, T* value, T* slope, std::size_t n) {
    switch (kind) {
        case Activation::linear:
            std::copy_n(x, n, value);
            std::fill_n(slope, n, T{1});
            break;
        case Activation::tanh:
            call("tanh", x, value, n);
            for (std::size_t i = 0; i < n; ++i) slope[i] = T{1} - value[i] * value[i];
            break;
        case Activation::sigmoid:
            call("sigmoid", x, value, n);
            for (std::size_t i = 0; i < n; ++i) slope[i] = value[i] * (T{1} - value[i]);
            break;
        case Activation::relu:
            for (std::size_t i = 0; i < n; ++i) {
                value[i] = x[i] > T{} ? x[i] : T{};
                slope[i] = x[i] > T{} ? T{1} : T{};
            }
    }
}

void check(const std::vector<PredictiveLayer>& layers, const std::vector<PredictiveProjection>& projections) {
    for (const PredictiveLayer& layer : layers) {
        if (layer.size == 0)
            throw PredictiveError(fmt::format("layer '{}' has no units", layer.name), layer.name);
        if (!(layer.variance > 0.0) || !std::isfinite(layer.variance))
            throw PredictiveError(fmt::format("the variance of layer '{}' is {}: it must be above 0",
                                              layer.name, layer.variance),
                                  layer.name);
    }
    for (std::size_t p = 0; p < projections.size(); ++p) {
        const auto [from, to] = projections[p];
        if (from >= layers.size() || to >= layers.size())
            throw PredictiveError(fmt::format("projection {} joins layers {} and {}, but there are {} layers",
                                              p, from, to, layers.size()),
                                  "projections");
        for (std::size_t q = 0; q < p; ++q)
            if (projections[q].from == from && projections[q].to == to)
                throw PredictiveError(
                    fmt::format("layer '{}' projects to '{}' twice", layers[from].name, layers[to].name),
                    layers[from].name);
    }
}

// Predictors before what they predict.
std::vector<std::size_t> order_of(const std::vector<PredictiveLayer>& layers,
                                  const std::vector<PredictiveProjection>& projections) {
    std::vector<std::size_t> order, waiting(layers.size(), 0);
    for (const auto& p : projections) ++waiting[p.to];
    for (std::size_t l = 0; l < layers.size(); ++l)
        if (waiting[l] == 0) order.push_back(l);
    for (std::size_t i = 0; i < order.size(); ++i)
        for (const auto& p : projections)
            if (p.from == order[i] && --waiting[p.to] == 0) order.push_back(p.to);
    if (order.size() == layers.size()) return order;
    const auto stuck = std::find_if(waiting.begin(), waiting.end(), [](std::size_t n) { return n > 0; });
    const std::string& name = layers[static_cast<std::size_t>(stuck - waiting.begin())].name;
    throw PredictiveError(
        fmt::format("layer '{}' predicts itself through other layers: a graph of predictions has no cycle",
                    name),
        name);
}

}  // namespace

template <class T>
PredictiveNetwork<T>::PredictiveNetwork(std::vector<PredictiveLayer> layers,
                                        std::vector<PredictiveProjection> projections, std::uint64_t seed,
                                        int threads)
    : threads_(threads > 0 ? threads : omp_get_max_threads()), product_(product_kernel<T>()) {
    check(layers, projections);
    order_ = order_of(layers, projections);
    for (const PredictiveLayer& spec : layers) {
        Layer& layer = layers_.emplace_back();
        layer.spec = spec;
        const auto size = static_cast<Eigen::Index>(spec.size);
        layer.covariance = Eigen::MatrixXd::Identity(size, size) * spec.variance;
        take_covariance(layer);
        for (auto* values : {&layer.bias, &layer.bias_gradient, &layer.bias_first, &layer.bias_second})
            values->assign(spec.size, T{});
    }
    for (std::size_t p = 0; p < projections.size(); ++p) {
        const auto [from, to] = projections[p];
        layers_[from].out.push_back(p);
        layers_[to].in.push_back(p);
        Weights& w = weights_.emplace_back();
        w.spec = projections[p];
        const std::size_t columns = layers[from].size, rows = layers[to].size;
        w.stride = (columns + panel_members - 1) / panel_members * panel_members;
        for (Values* values : {&w.value, &w.gradient, &w.first, &w.second})
            values->assign(rows * w.stride, T{});
        std::vector<double> draws(rows * columns);
        const std::uint64_t seeds[] = {seed};
        fill_uniform(draws, 1, {seeds, static_cast<std::uint16_t>(p), 0, 0, 0});
        const double width = std::sqrt(6.0 / static_cast<double>(rows + columns));
        for (std::size_t i = 0; i < draws.size(); ++i)
            w.value[i / columns * w.stride + i % columns] = static_cast<T>(width * (2.0 * draws[i] - 1.0));
    }
}

template <class T>
bool PredictiveNetwork<T>::worth(std::size_t parts, std::size_t times) const {
    std::size_t products = 0;
    for (const Weights& w : weights_) products += w.value.size();
    return parts > 1 && products * panels_ * panel_members * times > worth_threads;
}

template <class T>
std::size_t PredictiveNetwork<T>::find_layer(const std::string& name) const {
    for (std::size_t l = 0; l < layers_.size(); ++l)
        if (layers_[l].spec.name == name) return l;
    throw PredictiveError(fmt::format("there is no layer '{}'", name), name);
}

template <class T>
T& PredictiveNetwork<T>::weight(std::size_t projection, std::size_t to, std::size_t from) {
    return weights_[projection].value[to * weights_[projection].stride + from];
}

template <class T>
T PredictiveNetwork<T>::weight_gradient(std::size_t projection, std::size_t to, std::size_t from) const {
    return weights_[projection].gradient[to * weights_[projection].stride + from];
}

template <class T>
T& PredictiveNetwork<T>::state(std::size_t layer, std::size_t sample, std::size_t unit) {
    return panel_of(layers_[layer].state, layers_[layer],
                    sample / panel_members)[unit * panel_members + sample % panel_members];
}

template <class T>
void PredictiveNetwork<T>::allocate_batch(std::size_t samples) {
    samples_ = samples;
    panels_ = (samples + panel_members - 1) / panel_members;
    for (Layer& layer : layers_)
        for (Values* values :
             {&layer.state, &layer.prediction, &layer.weighted, &layer.sent, &layer.slope, &layer.feedback})
            values->resize(panels_ * panel_members * layer.spec.size);
}

// Members beyond the last sample are zero.
template <class T>
void PredictiveNetwork<T>::load(Layer& layer, std::span<const T> values) {
    const std::size_t size = layer.spec.size;
    if (values.size() != samples_ * size)
        throw PredictiveError(
            fmt::format("layer '{}' is clamped to {} values, but {} samples of {} units are {}",
                        layer.spec.name, values.size(), samples_, size, samples_ * size),
            layer.spec.name);
    if (layer.clamped)
        throw PredictiveError(fmt::format("layer '{}' is clamped twice", layer.spec.name), layer.spec.name);
    const auto bad = std::find_if(values.begin(), values.end(), [](T x) { return !std::isfinite(x); });
    if (bad != values.end()) {
        const auto at = static_cast<std::size_t>(bad - values.begin());
        throw PredictiveError(fmt::format("layer '{}' is clamped to {} in sample {}, unit {}",
                                          layer.spec.name, *bad, at / size, at % size),
                              layer.spec.name);
    }
    layer.clamped = true;
    for (std::size_t m = 0; m < panels_ * panel_members; ++m) {
        T* to = panel_of(layer.state, layer, m / panel_members) + m % panel_members;
        for (std::size_t u = 0; u < size; ++u)
            to[u * panel_members] = m < samples_ ? values[m * size + u] : T{};
    }
}

template <class T>
void PredictiveNetwork<T>::begin(std::size_t samples, std::span<const Clamp<T>> clamps) {
    if (samples == 0) throw PredictiveError("a mini-batch needs at least one sample", "samples");
    allocate_batch(samples);
    for (Layer& layer : layers_) layer.clamped = false;
    for (const Clamp<T>& clamp : clamps) {
        if (clamp.layer >= layers_.size())
            throw PredictiveError(
                fmt::format("there is no layer {} to clamp: there are {}", clamp.layer, layers_.size()),
                "clamps");
        load(layers_[clamp.layer], clamp.values);
    }
    for (Layer& layer : layers_)
        layer.still = std::all_of(layer.in.begin(), layer.in.end(),
                                  [&](std::size_t p) { return layers_[weights_[p].spec.from].clamped; });
#pragma omp parallel for schedule(static) num_threads(threads_) if (worth(panels_))
    for (std::size_t panel = 0; panel < panels_; ++panel) sweep(panel);
}

// The feedforward sweep.
template <class T>
void PredictiveNetwork<T>::sweep(std::size_t panel) {
    for (const std::size_t l : order_) {
        Layer& layer = layers_[l];
        predict(layer, panel);
        if (!layer.clamped)
            std::copy_n(panel_of(layer.prediction, layer, panel), layer.spec.size * panel_members,
                        panel_of(layer.state, layer, panel));
        error(layer, panel);
        activate(layer, panel);
    }
}

template <class T>
void PredictiveNetwork<T>::activate(Layer& layer, std::size_t panel) {
    activation(layer.spec.activation, panel_of(layer.state, layer, panel), panel_of(layer.sent, layer, panel),
               panel_of(layer.slope, layer, panel), layer.spec.size * panel_members);
}

template <class T>
void PredictiveNetwork<T>::predict(Layer& layer, std::size_t panel) {
    T* prediction = panel_of(layer.prediction, layer, panel);
    for (std::size_t u = 0; u < layer.spec.size; ++u)
        std::fill_n(prediction + u * panel_members, panel_members, layer.bias[u]);
    for (const std::size_t p : layer.in) {
        const Weights& w = weights_[p];
        Layer& from = layers_[w.spec.from];
        product_({w.value.data(), w.stride, 1, layer.spec.size, from.spec.size,
                  panel_of(from.sent, from, panel), panel_members, prediction, panel_members});
    }
}

template <class T>
void PredictiveNetwork<T>::error(Layer& layer, std::size_t panel) {
    const T* x = panel_of(layer.state, layer, panel);
    const T* mu = panel_of(layer.prediction, layer, panel);
    T* e = panel_of(layer.weighted, layer, panel);
    const std::size_t size = layer.spec.size;
    if (layer.spec.covariance == Covariance::full) {
        T* plain = panel_of(layer.feedback, layer, panel);  // free until the next step fills it
        for (std::size_t i = 0; i < size * panel_members; ++i) plain[i] = x[i] - mu[i];
        std::fill_n(e, size * panel_members, T{});
        product_({layer.precision.data(), size, 1, size, size, plain, panel_members, e, panel_members});
        return;
    }
    for (std::size_t u = 0; u < size; ++u)
        for (std::size_t i = u * panel_members; i < (u + 1) * panel_members; ++i)
            e[i] = (x[i] - mu[i]) * layer.precision[u];
}

// Predictions and errors of the states as they are; without `all` only those that states can have changed.
template <class T>
void PredictiveNetwork<T>::refresh(std::size_t panel, bool all) {
    for (Layer& layer : layers_)
        if (all || !layer.clamped) activate(layer, panel);
    for (Layer& layer : layers_) {
        if (all || !layer.still) predict(layer, panel);
        error(layer, panel);
    }
}

// What errors of predicted layers send back: sum over projections of W' S^-1 eps.
template <class T>
void PredictiveNetwork<T>::feed_back(Layer& layer, std::size_t panel) {
    T* feedback = panel_of(layer.feedback, layer, panel);
    std::fill_n(feedback, layer.spec.size * panel_members, T{});
    for (const std::size_t p : layer.out) {
        const Weights& w = weights_[p];
        Layer& to = layers_[w.spec.to];
        product_({w.value.data(), 1, w.stride, layer.spec.size, to.spec.size,
                  panel_of(to.weighted, to, panel), panel_members, feedback, panel_members});
    }
}

// dx/dt = -dF/dx = -S^-1 eps + f'(x) * feedback.
template <class T>
void PredictiveNetwork<T>::step(std::size_t panel, T rate, Predictions predictions) {
    for (Layer& layer : layers_)
        if (!layer.clamped) feed_back(layer, panel);
    for (Layer& layer : layers_) {
        if (layer.clamped) continue;
        T* x = panel_of(layer.state, layer, panel);
        const T* e = panel_of(layer.weighted, layer, panel);
        const T* slope = panel_of(layer.slope, layer, panel);
        const T* feedback = panel_of(layer.feedback, layer, panel);
        for (std::size_t i = 0; i < layer.spec.size * panel_members; ++i)
            x[i] += rate * (slope[i] * feedback[i] - e[i]);
    }
    if (predictions == Predictions::moving)
        refresh(panel, false);
    else
        for (Layer& layer : layers_) error(layer, panel);
}

template <class T>
void PredictiveNetwork<T>::infer(std::size_t steps, double rate, Predictions predictions) {
#pragma omp parallel for schedule(static) num_threads(threads_) if (worth(panels_, steps))
    for (std::size_t panel = 0; panel < panels_; ++panel)
        for (std::size_t s = 0; s < steps; ++s) step(panel, static_cast<T>(rate), predictions);
}

// With predictions fixed, what inference converges to: eps of a hidden layer is its feedback times its slope.
template <class T>
void PredictiveNetwork<T>::backpropagate() {
#pragma omp parallel for schedule(static) num_threads(threads_) if (worth(panels_))
    for (std::size_t panel = 0; panel < panels_; ++panel)
        for (auto l = order_.rbegin(); l != order_.rend(); ++l) {
            Layer& layer = layers_[*l];
            if (layer.clamped) continue;
            feed_back(layer, panel);
            const T* slope = panel_of(layer.slope, layer, panel);
            const T* feedback = panel_of(layer.feedback, layer, panel);
            T* e = panel_of(layer.weighted, layer, panel);
            for (std::size_t i = 0; i < layer.spec.size * panel_members; ++i) e[i] = slope[i] * feedback[i];
        }
    compute_gradients(Predictions::fixed);
}

// Sums over samples run in order: panel after panel, member after member.
template <class T>
void PredictiveNetwork<T>::weight_rows(Weights& w, const Values& transposed, std::size_t first,
                                       std::size_t last) {
    Layer& to = layers_[w.spec.to];
    std::fill(w.gradient.begin() + static_cast<std::ptrdiff_t>(first * w.stride),
              w.gradient.begin() + static_cast<std::ptrdiff_t>(last * w.stride), T{});
    for (std::size_t panel = 0; panel < panels_; ++panel)
        for (std::size_t c = 0; c < w.stride; c += panel_members)
            product_({panel_of(to.weighted, to, panel) + first * panel_members, panel_members, 1,
                      last - first, panel_members, transposed.data() + panel * panel_members * w.stride + c,
                      w.stride, w.gradient.data() + first * w.stride + c, w.stride});
    const T scale = T{1} / static_cast<T>(samples_);
    for (std::size_t i = first * w.stride; i < last * w.stride; ++i) w.gradient[i] *= scale;
}

template <class T>
void PredictiveNetwork<T>::compute_gradients(Predictions predictions) {
    if (predictions == Predictions::moving) {
#pragma omp parallel for schedule(static) num_threads(threads_) if (worth(panels_))
        for (std::size_t panel = 0; panel < panels_; ++panel) refresh(panel, false);
    }
    Values transposed;
    for (Weights& w : weights_) {
        Layer& from = layers_[w.spec.from];
        const std::size_t rows = layers_[w.spec.to].spec.size;
        transposed.assign(panels_ * panel_members * w.stride, T{});
        for (std::size_t m = 0; m < samples_; ++m) {
            const T* sent = panel_of(from.sent, from, m / panel_members) + m % panel_members;
            for (std::size_t u = 0; u < from.spec.size; ++u)
                transposed[m * w.stride + u] = sent[u * panel_members];
        }
        constexpr std::size_t rows_together = 32;
#pragma omp parallel for schedule(static) num_threads(threads_) if (worth(rows / rows_together))
        for (std::size_t first = 0; first < rows; first += rows_together)
            weight_rows(w, transposed, first, std::min(rows, first + rows_together));
    }
    for (Layer& layer : layers_)
        for (std::size_t u = 0; u < layer.spec.size; ++u) {
            T sum{};
            for (std::size_t m = 0; m < samples_; ++m)
                sum +=
                    panel_of(layer.weighted, layer, m / panel_members)[u * panel_members + m % panel_members];
            layer.bias_gradient[u] = sum / static_cast<T>(samples_);
        }
}

template <class T>
void PredictiveNetwork<T>::update(const Optimiser& optimiser) {
    ++updates_;
    const auto n = static_cast<double>(updates_);
    const T b1 = static_cast<T>(optimiser.beta1), b2 = static_cast<T>(optimiser.beta2);
    const T first_scale = static_cast<T>(1.0 / (1.0 - std::pow(optimiser.beta1, n)));
    const T second_scale = static_cast<T>(1.0 / (1.0 - std::pow(optimiser.beta2, n)));
    const T rate = static_cast<T>(optimiser.rate), small = static_cast<T>(optimiser.epsilon);
    const auto apply = [&](T* value, const T* gradient, T* first, T* second, std::size_t count) {
        if (optimiser.kind == Optimiser::Kind::sgd) {
            for (std::size_t i = 0; i < count; ++i) value[i] += rate * gradient[i];
            return;
        }
        for (std::size_t i = 0; i < count; ++i) {
            first[i] = b1 * first[i] + (T{1} - b1) * gradient[i];
            second[i] = b2 * second[i] + (T{1} - b2) * (gradient[i] * gradient[i]);
            value[i] += rate * (first[i] * first_scale) / (std::sqrt(second[i] * second_scale) + small);
        }
    };
    for (Weights& w : weights_)
        apply(w.value.data(), w.gradient.data(), w.first.data(), w.second.data(), w.value.size());
    for (Layer& layer : layers_)
        apply(layer.bias.data(), layer.bias_gradient.data(), layer.bias_first.data(),
              layer.bias_second.data(), layer.bias.size());
}

template <class T>
double PredictiveNetwork<T>::free_energy() {
#pragma omp parallel for schedule(static) num_threads(threads_) if (worth(panels_))
    for (std::size_t panel = 0; panel < panels_; ++panel) refresh(panel, true);
    double sum = 0.0;
    for (Layer& layer : layers_) {
        if (!explained(layer)) continue;
        for (std::size_t m = 0; m < samples_; ++m) {
            const std::size_t panel = m / panel_members, member = m % panel_members;
            const T* x = panel_of(layer.state, layer, panel) + member;
            const T* mu = panel_of(layer.prediction, layer, panel) + member;
            const T* weighted = panel_of(layer.weighted, layer, panel) + member;
            for (std::size_t i = 0; i < layer.spec.size * panel_members; i += panel_members)
                sum += 0.5 * (static_cast<double>(x[i]) - static_cast<double>(mu[i])) *
                       static_cast<double>(weighted[i]);
            sum += 0.5 * layer.log_determinant;
        }
    }
    return sum / static_cast<double>(samples_);
}

template <class T>
void PredictiveNetwork<T>::take_covariance(Layer& layer) {
    const auto& s = layer.covariance;
    if (layer.spec.covariance != Covariance::full) {
        layer.log_determinant = s.diagonal().array().log().sum();
        layer.precision.resize(layer.spec.size);
        for (std::size_t u = 0; u < layer.spec.size; ++u)
            layer.precision[u] = static_cast<T>(1.0 / s.diagonal()[static_cast<Eigen::Index>(u)]);
        return;
    }
    const Eigen::LLT<Eigen::MatrixXd> root(s);
    layer.log_determinant = 2.0 * root.matrixLLT().diagonal().array().log().sum();
    const Eigen::MatrixXd inverse = root.solve(Eigen::MatrixXd::Identity(s.rows(), s.cols()));
    layer.precision.resize(layer.spec.size * layer.spec.size);
    for (std::size_t i = 0; i < layer.precision.size(); ++i)
        layer.precision[i] = static_cast<T>(inverse.data()[i]);  // symmetric
}

template <class T>
void PredictiveNetwork<T>::set_covariance(std::size_t index, const Eigen::MatrixXd& covariance) {
    Layer& layer = layers_[index];
    const auto size = static_cast<Eigen::Index>(layer.spec.size);
    const auto refuse = [&](const char* why) {
        throw PredictiveError(fmt::format("the covariance of layer '{}' {}", layer.spec.name, why),
                              layer.spec.name);
    };
    if (covariance.rows() != size || covariance.cols() != size) refuse("has another size than the layer");
    if (!covariance.isApprox(covariance.transpose(), 1e-9)) refuse("is not symmetric");
    if (Eigen::LLT<Eigen::MatrixXd>(covariance).info() != Eigen::Success || !covariance.allFinite())
        refuse("is not positive definite");
    if (layer.spec.covariance != Covariance::full && !covariance.isDiagonal()) refuse("is not diagonal");
    layer.covariance = covariance;
    take_covariance(layer);
}

template <class T>
void PredictiveNetwork<T>::learn_covariances(double rate, double least) {
    for (Layer& layer : layers_) {
        if (layer.spec.covariance == Covariance::fixed || !explained(layer)) continue;
        const auto size = static_cast<Eigen::Index>(layer.spec.size);
        Eigen::MatrixXd errors(size, static_cast<Eigen::Index>(samples_));
        for (std::size_t m = 0; m < samples_; ++m) {
            const std::size_t panel = m / panel_members, member = m % panel_members;
            const T* x = panel_of(layer.state, layer, panel) + member;
            const T* mu = panel_of(layer.prediction, layer, panel) + member;
            for (std::size_t u = 0; u < layer.spec.size; ++u)
                errors(static_cast<Eigen::Index>(u), static_cast<Eigen::Index>(m)) =
                    static_cast<double>(x[u * panel_members]) - static_cast<double>(mu[u * panel_members]);
        }
        errors /= std::sqrt(static_cast<double>(samples_));
        if (layer.spec.covariance == Covariance::diagonal) {
            layer.covariance.diagonal() +=
                rate * (errors.rowwise().squaredNorm() - layer.covariance.diagonal());
            layer.covariance.diagonal() = layer.covariance.diagonal().cwiseMax(least);
        } else {
            Eigen::MatrixXd& s = layer.covariance;
            s *= 1.0 - rate;
            s.selfadjointView<Eigen::Lower>().rankUpdate(errors, rate);
            s = s.selfadjointView<Eigen::Lower>().toDenseMatrix();
            const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> axes(layer.covariance);
            if (axes.eigenvalues()[0] < least)
                layer.covariance = axes.eigenvectors() * axes.eigenvalues().cwiseMax(least).asDiagonal() *
                                   axes.eigenvectors().transpose();
        }
        take_covariance(layer);
    }
}

template class PredictiveNetwork<float>;
template class PredictiveNetwork<double>;

}  // namespace neurodyn::inference
