// SPDX-License-Identifier: BSD-3-Clause
// Predictive-coding networks: layers that predict each other by dense projections, inference by descent of
// the free energy, local Hebbian learning (Rao & Ballard 1999; Whittington & Bogacz 2017,
// doi:10.1162/NECO_a_00949).
//
// mu_l = b_l + sum over projections into l of W f(x), eps_l = x_l - mu_l (observation minus prediction; texts
// with the other sign have -eps), F = sum over layers of (eps_l' S_l^-1 eps_l + ln|S_l|) / 2, the mean over
// samples. Layers that are clamped and predicted by none have no part in it.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/aligned.hpp"
#include "base/error.hpp"
#include "inference/predictive_product.hpp"

namespace neurodyn::inference {

enum class Activation : std::uint8_t { linear, tanh, sigmoid, relu };

/// The covariance S of a layer's errors: one variance that stays, or learned, for each unit or as a matrix.
enum class Covariance : std::uint8_t { fixed, diagonal, full };

struct PredictiveLayer {
    std::string name;
    std::size_t size = 0;
    Activation activation = Activation::tanh;  ///< of what it sends on
    double variance = 1.0;                     ///< of its errors, at the start when it is learned; above 0
    Covariance covariance = Covariance::fixed;
};

/// Layer `from` predicts layer `to`, both by index.
struct PredictiveProjection {
    std::size_t from = 0, to = 0;
};

/// moving: predictions follow the states. fixed: predictions and slopes stay those of the feedforward sweep;
/// learning then is exactly backpropagation once inference has converged (Millidge et al. 2022,
/// doi:10.1162/neco_a_01497).
enum class Predictions : std::uint8_t { moving, fixed };

/// Values of a layer that do not change in inference: [sample][unit].
template <class T>
struct Clamp {
    std::size_t layer;
    std::span<const T> values;
};

struct Optimiser {
    enum class Kind : std::uint8_t { sgd, adam } kind = Kind::sgd;
    double rate = 0.01;
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  ///< of adam (Kingma & Ba 2015)
};

/// A graph, a clamp or an option that no network can take.
class PredictiveError : public Error {
  public:
    PredictiveError(const std::string& text, std::string of) : Error(text), name(std::move(of)) {}
    std::string name;
};

/// T is float or double. Results do not depend on the number of threads nor the instruction set.
template <class T>
class PredictiveNetwork {
  public:
    /// Weights are uniform in +-sqrt(6 / (fan in + fan out)) (Glorot & Bengio 2010), biases 0. Throws
    /// PredictiveError for a graph with a cycle, an unknown layer, a projection given twice, an empty layer.
    PredictiveNetwork(std::vector<PredictiveLayer> layers, std::vector<PredictiveProjection> projections,
                      std::uint64_t seed = 0, int threads = 0);

    /// Starts a mini-batch: clamped layers take their values, all others their feedforward prediction. Throws
    /// PredictiveError when sizes do not fit, a value is not finite or a layer is clamped twice.
    void begin(std::size_t samples, std::span<const Clamp<T>> clamps);
    /// Steps of size `rate` down the free energy's gradient for all states that are not clamped.
    void infer(std::size_t steps, double rate, Predictions predictions = Predictions::moving);
    /// -dF/dW and -dF/db, the mean over samples, from the states as they are.
    void compute_gradients(Predictions predictions = Predictions::moving);
    void update(const Optimiser& optimiser);
    /// S += rate (mean of eps eps' - S) for layers whose covariance is learned: the natural gradient of F,
    /// with the maximum-likelihood covariance as its fixed point (Bogacz 2017, eq. 23,
    /// doi:10.1016/j.jmp.2015.11.003). No variance falls below `least`. `rate` in (0, 1], `least` above 0.
    void learn_covariances(double rate, double least);
    /// Backpropagation's gradients of the clamped layers' F, after begin and instead of inference.
    void backpropagate();

    /// Per sample, from the states as they are.
    double free_energy();
    /// Row `unit of to` by column `unit of from`.
    T& weight(std::size_t projection, std::size_t to, std::size_t from);
    T weight_gradient(std::size_t projection, std::size_t to, std::size_t from) const;
    /// S of a layer, [unit][unit].
    const Eigen::MatrixXd& covariance(std::size_t layer) const { return layers_[layer].covariance; }
    /// Throws PredictiveError unless it is symmetric and positive definite (and diagonal, where the layer's
    /// is).
    void set_covariance(std::size_t layer, const Eigen::MatrixXd& covariance);
    std::span<T> bias(std::size_t layer) { return layers_[layer].bias; }
    std::span<const T> bias_gradient(std::size_t layer) const { return layers_[layer].bias_gradient; }
    T& state(std::size_t layer, std::size_t sample, std::size_t unit);
    std::size_t find_layer(const std::string& name) const;

  private:
    using Values = AlignedVector<T>;
    struct Layer {
        PredictiveLayer spec;
        bool clamped = false, still = false;  ///< still: its prediction cannot change while states do
        std::vector<std::size_t> in, out;     ///< projections
        // Panels [panel][unit][member]. sent: f(x); slope: f'(x); weighted: S^-1 eps.
        Values state, prediction, weighted, sent, slope, feedback;
        Eigen::MatrixXd covariance;
        std::vector<T> precision;      ///< S^-1: of each unit, or [unit][unit] where it is full
        double log_determinant = 0.0;  ///< ln|S|
        std::vector<T> bias, bias_gradient, bias_first, bias_second;
    };
    struct Weights {
        PredictiveProjection spec;
        std::size_t stride = 0;  ///< of a row
        Values value, gradient, first, second;
    };

    void allocate_batch(std::size_t samples);
    void load(Layer& layer, std::span<const T> values);
    void activate(Layer& layer, std::size_t panel);
    void predict(Layer& layer, std::size_t panel);
    void error(Layer& layer, std::size_t panel);
    void sweep(std::size_t panel);
    void refresh(std::size_t panel, bool all);
    /// Whether threads should share `parts` of work that multiplies all weights by a mini-batch `times`
    /// times.
    bool worth(std::size_t parts, std::size_t times = 1) const;
    void feed_back(Layer& layer, std::size_t panel);
    void step(std::size_t panel, T rate, Predictions predictions);
    void take_covariance(Layer& layer);
    bool explained(const Layer& layer) const { return !(layer.clamped && layer.in.empty()); }
    void weight_rows(Weights& weights, const Values& transposed, std::size_t first, std::size_t last);
    T* panel_of(Values& values, const Layer& layer, std::size_t panel) {
        return values.data() + panel * layer.spec.size * panel_members;
    }

    std::vector<Layer> layers_;
    std::vector<Weights> weights_;
    std::vector<std::size_t> order_;  ///< of layers, predictors first
    std::size_t samples_ = 0, panels_ = 0;
    std::uint64_t updates_ = 0;
    int threads_;
    ProductKernel<T> product_;
};

}  // namespace neurodyn::inference
