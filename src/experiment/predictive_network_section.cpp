// SPDX-License-Identifier: BSD-3-Clause
// Reading a predictive-coding network, training it in mini-batches, and what it learned as results.
#include "experiment/predictive_network_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.hpp"
#include "experiment/data_file.hpp"
#include "experiment/sample_table.hpp"
#include "inference/predictive_network.hpp"

namespace neurodyn::experiment {
namespace {

using analysis::Dimension;
using analysis::Result;
using namespace inference;

constexpr std::uint16_t shuffle_stream = 0xf12;
constexpr std::size_t test_batch = 512;
constexpr double none = std::numeric_limits<double>::quiet_NaN();

struct LayerSamples {
    std::size_t layer;
    SampleSource source;
};

struct NetworkSpec {
    std::string name;
    Place place;
    std::vector<PredictiveLayer> layers;
    std::vector<PredictiveProjection> projections;
    std::vector<LayerSamples> train, test;
    std::optional<std::size_t> target;  ///< a layer: predicted in tests and compared with their samples
    std::string start_from;             ///< "FILE:NETWORK", or empty
    Place start_place;
    bool check_gradient = false, single = true, shuffle = true, each_step = false;
    std::uint64_t seed = 0;
    std::size_t steps = 20, epochs = 0, batch = 32;
    double rate = 0.1, covariance_rate = 0.0, least_variance = 1e-3;
    Predictions predictions = Predictions::moving;
    Optimiser optimiser;

    std::string weights_name(std::size_t p) const {
        return fmt::format("weights_{}_{}", layers[projections[p].from].name, layers[projections[p].to].name);
    }
};

struct Clamped {
    std::size_t layer;
    Samples samples;
};

// What a run leaves, as double.
struct Trained {
    std::vector<double> free_energy, epoch_accuracy, prediction, confusion;
    double accuracy = none, error = none, backpropagation_error = none;
    std::vector<std::vector<double>> weights, biases;
    std::vector<Eigen::MatrixXd> covariances;
};

std::vector<Clamped> load(const NetworkSpec& spec, const std::vector<LayerSamples>& sources) {
    std::vector<Clamped> data;
    for (const auto& [layer, source] : sources) {
        const std::string& name = spec.layers[layer].name;
        try {
            data.push_back({layer, load_samples(source)});
        } catch (const std::exception& error) {
            throw Error(fmt::format("samples of layer '{}': {}", name, error.what()));
        }
        const Samples& own = data.back().samples;
        if (own.columns != spec.layers[layer].size)
            throw Error(fmt::format("layer '{}' has {} units, but its samples have {} values", name,
                                    spec.layers[layer].size, own.columns));
        if (own.rows != data.front().samples.rows)
            throw Error(fmt::format("layer '{}' has {} samples, layer '{}' {}", name, own.rows,
                                    spec.layers[data.front().layer].name, data.front().samples.rows));
        if (own.rows == 0) throw Error(fmt::format("layer '{}' has no samples", name));
    }
    return data;
}

// A mini-batch of rows of the data, in the network's precision.
template <class T>
class Batch {
  public:
    Batch(const std::vector<Clamped>& data, std::span<const std::size_t> rows,
          std::optional<std::size_t> without = {})
        : rows_(rows.size()) {
        for (const auto& [layer, samples] : data) {
            if (layer == without) continue;
            std::vector<T>& to = values_.emplace_back();
            to.reserve(rows.size() * samples.columns);
            for (const std::size_t r : rows)
                for (std::size_t c = 0; c < samples.columns; ++c)
                    to.push_back(static_cast<T>(samples.values[r * samples.columns + c]));
            layers_.push_back(layer);
        }
        for (std::size_t i = 0; i < layers_.size(); ++i) clamps_.push_back({layers_[i], values_[i]});
    }
    void begin(PredictiveNetwork<T>& network) const { network.begin(rows_, clamps_); }

  private:
    std::size_t rows_;
    std::vector<std::vector<T>> values_;
    std::vector<std::size_t> layers_;
    std::vector<Clamp<T>> clamps_;
};

std::size_t largest(const double* values, std::size_t n) {
    return static_cast<std::size_t>(std::max_element(values, values + n) - values);
}

template <class T>
class Training {
  public:
    Training(const NetworkSpec& spec, int threads)
        : spec_(spec), network_(spec.layers, spec.projections, spec.seed, threads) {
        if (!spec.start_from.empty()) start();
        for (const PredictiveLayer& layer : spec.layers)
            learns_covariance_ |= layer.covariance != Covariance::fixed;
    }

    Trained run(const std::vector<Clamped>& train, const std::vector<Clamped>& test,
                const InferenceRun& run) {
        Trained result;
        result.free_energy.assign(spec_.epochs, none);
        result.epoch_accuracy.assign(spec_.epochs, none);
        std::vector<std::size_t> order(train.empty() ? 0 : train.front().samples.rows);
        std::iota(order.begin(), order.end(), std::size_t{0});
        if (spec_.check_gradient) result.backpropagation_error = compare_gradients(train, order);
        for (std::size_t epoch = 0; epoch < spec_.epochs; ++epoch) {
            if (spec_.shuffle) shuffle(order, epoch);
            result.free_energy[epoch] = learn(train, order, epoch);
            if (!test.empty() && spec_.target) {
                evaluate(test, result);
                result.epoch_accuracy[epoch] = result.accuracy;
            }
            if (run.on_progress &&
                !run.on_progress(static_cast<double>(epoch + 1) / static_cast<double>(spec_.epochs)))
                break;
        }
        if (!test.empty() && spec_.target && spec_.epochs == 0) evaluate(test, result);
        keep(result);
        return result;
    }

  private:
    // Weights, biases and covariances of an earlier result.
    void start() {
        const auto read = [&](const std::string& name, analysis::InputKind kind) {
            return read_data_file(spec_.start_from + "." + name, {kind}, {});
        };
        for (std::size_t p = 0; p < spec_.projections.size(); ++p) {
            const std::string name = spec_.weights_name(p);
            const auto w = std::get<analysis::Matrix>(read(name, analysis::InputKind::matrix));
            const auto [from, to] = spec_.projections[p];
            if (w.rows != spec_.layers[to].size || w.columns != spec_.layers[from].size)
                throw Error(fmt::format("'{}' of {} is {} x {}, but the layers need {} x {}", name,
                                        spec_.start_from, w.rows, w.columns, spec_.layers[to].size,
                                        spec_.layers[from].size));
            for (std::size_t i = 0; i < w.rows; ++i)
                for (std::size_t j = 0; j < w.columns; ++j)
                    network_.weight(p, i, j) = static_cast<T>(w.values[i * w.columns + j]);
        }
        for (std::size_t l = 0; l < spec_.layers.size(); ++l) {
            const std::string& layer = spec_.layers[l].name;
            const auto b = std::get<analysis::Vector>(read("bias_" + layer, analysis::InputKind::vector));
            if (b.values.size() != spec_.layers[l].size)
                throw Error(fmt::format("'bias_{}' of {} has {} values, the layer {} units", layer,
                                        spec_.start_from, b.values.size(), spec_.layers[l].size));
            std::transform(b.values.begin(), b.values.end(), network_.bias(l).begin(),
                           [](double x) { return static_cast<T>(x); });
            if (spec_.layers[l].covariance == Covariance::fixed) continue;
            const auto s =
                std::get<analysis::Matrix>(read("covariance_" + layer, analysis::InputKind::matrix));
            network_.set_covariance(
                l, Eigen::Map<const Eigen::MatrixXd>(s.values.data(), static_cast<Eigen::Index>(s.columns),
                                                     static_cast<Eigen::Index>(s.rows)));
        }
    }

    // Fisher & Yates' shuffle from the identity, the same for any number of threads.
    void shuffle(std::vector<std::size_t>& order, std::size_t epoch) const {
        std::iota(order.begin(), order.end(), std::size_t{0});
        for (std::size_t i = order.size(); i > 1; --i) {
            const double u = uniform_at(spec_.seed, shuffle_stream, epoch, i);
            std::swap(order[i - 1], order[static_cast<std::size_t>(u * static_cast<double>(i))]);
        }
    }

    // One epoch; F per sample after inference.
    double learn(const std::vector<Clamped>& train, const std::vector<std::size_t>& order,
                 std::size_t epoch) {
        double sum = 0.0;
        for (std::size_t first = 0; first < order.size(); first += spec_.batch) {
            const std::size_t count = std::min(spec_.batch, order.size() - first);
            Batch<T>(train, std::span(order).subspan(first, count)).begin(network_);
            for (std::size_t s = 0; spec_.each_step && s < spec_.steps; ++s) {
                network_.infer(1, spec_.rate, spec_.predictions);
                network_.compute_gradients(spec_.predictions);
                network_.update(spec_.optimiser);
            }
            if (!spec_.each_step) {
                network_.infer(spec_.steps, spec_.rate, spec_.predictions);
                network_.compute_gradients(spec_.predictions);
            }
            const double energy = network_.free_energy();
            if (!std::isfinite(energy))
                throw Error(
                    fmt::format("the free energy is not finite in epoch {}, at sample {} of it: the rate "
                                "of inference ({}) or of learning ({}) is too high",
                                epoch, first, spec_.rate, spec_.optimiser.rate));
            sum += energy * static_cast<double>(count);
            if (learns_covariance_) network_.learn_covariances(spec_.covariance_rate, spec_.least_variance);
            if (!spec_.each_step) network_.update(spec_.optimiser);
        }
        return sum / static_cast<double>(order.size());
    }

    // Relative difference to backpropagation of all weights' gradients, on the first mini-batch.
    double compare_gradients(const std::vector<Clamped>& train, const std::vector<std::size_t>& order) {
        const Batch<T> batch(train, std::span(order).first(std::min(spec_.batch, order.size())));
        const auto gradients = [&] {
            std::vector<double> all;
            for (std::size_t p = 0; p < spec_.projections.size(); ++p)
                for (std::size_t i = 0; i < spec_.layers[spec_.projections[p].to].size; ++i)
                    for (std::size_t j = 0; j < spec_.layers[spec_.projections[p].from].size; ++j)
                        all.push_back(static_cast<double>(network_.weight_gradient(p, i, j)));
            return all;
        };
        batch.begin(network_);
        network_.backpropagate();
        const std::vector<double> exact = gradients();
        batch.begin(network_);
        network_.infer(spec_.steps, spec_.rate, spec_.predictions);
        network_.compute_gradients(spec_.predictions);
        const std::vector<double> local = gradients();
        double difference = 0.0, norm = 0.0;
        for (std::size_t i = 0; i < exact.size(); ++i) {
            difference += (local[i] - exact[i]) * (local[i] - exact[i]);
            norm += exact[i] * exact[i];
        }
        return std::sqrt(difference / norm);
    }

    // The target's states after inference with the other samples clamped. Without a clamped layer that is
    // predicted the feedforward sweep is the minimum of F.
    void evaluate(const std::vector<Clamped>& test, Trained& result) {
        const bool settled = std::none_of(test.begin(), test.end(), [&](const Clamped& c) {
            return c.layer != *spec_.target &&
                   std::any_of(spec_.projections.begin(), spec_.projections.end(),
                               [&](const PredictiveProjection& p) { return p.to == c.layer; });
        });
        const auto target = std::find_if(test.begin(), test.end(),
                                         [&](const Clamped& c) { return c.layer == *spec_.target; });
        const std::size_t units = target->samples.columns, samples = target->samples.rows;
        std::vector<std::size_t> rows(samples);
        std::iota(rows.begin(), rows.end(), std::size_t{0});
        result.prediction.resize(samples * units);
        for (std::size_t first = 0; first < samples; first += test_batch) {
            const std::size_t count = std::min(test_batch, samples - first);
            Batch<T>(test, std::span(rows).subspan(first, count), *spec_.target).begin(network_);
            if (!settled) network_.infer(spec_.steps, spec_.rate, spec_.predictions);
            for (std::size_t m = 0; m < count; ++m)
                for (std::size_t u = 0; u < units; ++u)
                    result.prediction[(first + m) * units + u] =
                        static_cast<double>(network_.state(*spec_.target, m, u));
        }
        result.confusion.assign(units * units, 0.0);
        double right = 0.0, squares = 0.0;
        for (std::size_t m = 0; m < samples; ++m) {
            const double* seen = &target->samples.values[m * units];
            const double* predicted = &result.prediction[m * units];
            const std::size_t is = largest(seen, units), said = largest(predicted, units);
            right += is == said ? 1.0 : 0.0;
            result.confusion[is * units + said] += 1.0;
            for (std::size_t u = 0; u < units; ++u)
                squares += (seen[u] - predicted[u]) * (seen[u] - predicted[u]);
        }
        result.accuracy = right / static_cast<double>(samples);
        result.error = squares / static_cast<double>(samples * units);
    }

    void keep(Trained& result) {
        for (std::size_t p = 0; p < spec_.projections.size(); ++p) {
            const auto [from, to] = spec_.projections[p];
            std::vector<double>& values = result.weights.emplace_back();
            for (std::size_t i = 0; i < spec_.layers[to].size; ++i)
                for (std::size_t j = 0; j < spec_.layers[from].size; ++j)
                    values.push_back(static_cast<double>(network_.weight(p, i, j)));
        }
        for (std::size_t l = 0; l < spec_.layers.size(); ++l) {
            const auto bias = network_.bias(l);
            result.biases.emplace_back(bias.begin(), bias.end());
            result.covariances.push_back(network_.covariance(l));
        }
    }

    const NetworkSpec& spec_;
    PredictiveNetwork<T> network_;
    bool learns_covariance_ = false;
};

class NetworkTask : public InferenceTask {
  public:
    explicit NetworkTask(NetworkSpec spec) : spec_(std::move(spec)) {}

    Result outline(Problems& problems) const override {
        Trained empty;
        std::size_t tested = 0;
        try {
            load_data();
            tested = test_.empty() ? 0 : test_.front().samples.rows;
        } catch (const Error& error) {
            problems.add(spec_.place, fmt::format("predictive network '{}': {}", spec_.name, error.what()));
        }
        try {
            Training<double>(spec_, 1);
        } catch (const Error& error) {
            problems.add(spec_.start_from.empty() ? spec_.place : spec_.start_place,
                         fmt::format("predictive network '{}': {}", spec_.name, error.what()));
        }
        return results(empty, tested, false);
    }

    Result run(const InferenceRun& run) const override {
        load_data();
        const Trained trained = spec_.single ? Training<float>(spec_, run.threads).run(train_, test_, run)
                                             : Training<double>(spec_, run.threads).run(train_, test_, run);
        const std::size_t tested = test_.empty() ? 0 : test_.front().samples.rows;
        Result result = results(trained, tested, true);
        train_ = test_ = {};
        return result;
    }

  private:
    // Read once for the check and the run.
    void load_data() const {
        if (train_.empty()) train_ = load(spec_, spec_.train);
        if (test_.empty()) test_ = load(spec_, spec_.test);
    }

    static Dimension units_of(const PredictiveLayer& layer) { return {layer.name + "_unit", layer.size}; }

    Result results(const Trained& t, std::size_t tested, bool filled) const {
        Result result;
        const auto scalar = [&](const char* name, const char* doc, double value) {
            result.add({name, doc, "", {}, filled ? std::vector<double>{value} : std::vector<double>{}});
        };
        if (spec_.check_gradient)
            scalar("backpropagation_error",
                   "relative difference between learning's gradients and backpropagation's, before learning",
                   t.backpropagation_error);
        if (spec_.epochs > 0) {
            Dimension epoch{"epoch", spec_.epochs, "", std::vector<double>(spec_.epochs)};
            std::iota(epoch.values.begin(), epoch.values.end(), 1.0);
            result.add({"free_energy",
                        "per sample after inference, mean over an epoch",
                        "",
                        {epoch},
                        t.free_energy});
            if (tested > 0 && spec_.target)
                result.add({"epoch_accuracy",
                            "share of test samples whose largest unit is right, after each epoch",
                            "",
                            {epoch},
                            t.epoch_accuracy});
        }
        if (tested > 0 && spec_.target) {
            const Dimension unit = units_of(spec_.layers[*spec_.target]);
            scalar("accuracy", "share of test samples whose largest unit is right", t.accuracy);
            scalar("error", "mean squared difference between predictions and test samples", t.error);
            result.add({"confusion",
                        "test samples of a class (row) by the largest predicted unit",
                        "",
                        {unit, {"predicted", unit.size}},
                        t.confusion});
            result.add({"prediction",
                        "states of the target layer in the test",
                        "",
                        {{"sample", tested}, unit},
                        t.prediction});
        }
        add_parameters(result, t, filled);
        return result;
    }

    void add_parameters(Result& result, const Trained& t, bool filled) const {
        for (std::size_t p = 0; p < spec_.projections.size(); ++p) {
            const PredictiveLayer &from = spec_.layers[spec_.projections[p].from],
                                  &to = spec_.layers[spec_.projections[p].to];
            result.add({spec_.weights_name(p),
                        fmt::format("weights from '{}' to '{}'", from.name, to.name),
                        "",
                        {units_of(to), units_of(from)},
                        filled ? t.weights[p] : std::vector<double>{}});
        }
        for (std::size_t l = 0; l < spec_.layers.size(); ++l) {
            const PredictiveLayer& layer = spec_.layers[l];
            const Dimension unit = units_of(layer);
            result.add({"bias_" + layer.name,
                        "of its prediction",
                        "",
                        {unit},
                        filled ? t.biases[l] : std::vector<double>{}});
            if (layer.covariance == Covariance::fixed) continue;
            std::vector<double> values;
            if (filled)
                values.assign(t.covariances[l].data(), t.covariances[l].data() + t.covariances[l].size());
            result.add({"covariance_" + layer.name,
                        "learned, of its errors",
                        "",
                        {unit, {"other_" + unit.name, unit.size}},
                        values});
        }
    }

    NetworkSpec spec_;
    mutable std::vector<Clamped> train_, test_;
};

class Reader {
  public:
    Reader(const InferenceContext& context, Problems& problems)
        : context_(context),
          problems_(problems),
          section_(context.node, problems, fmt::format("predictive network '{}'", context.name)) {}

    NetworkSpec read() {
        spec_.name = context_.name;
        spec_.place = context_.place;
        spec_.seed = section_.integer("seed", 0, UINT64_MAX).value_or(context_.seed);
        spec_.single = context_.precision == "single";
        read_layers();
        read_projections();
        read_data("train", spec_.train);
        read_data("test", spec_.test);
        if (const auto target = section_.text("target")) spec_.target = layer_of(*target);
        if (const auto from = section_.text("start_from")) {
            spec_.start_from = data_path(context_.directory, from->value);
            spec_.start_place = from->place;
        }
        spec_.check_gradient = section_.boolean("check_gradient", false);
        read_inference();
        read_learning();
        section_.finish();
        check();
        return std::move(spec_);
    }

  private:
    std::optional<std::size_t> layer_of(const Text& name) {
        std::vector<std::string> known;
        for (std::size_t l = 0; l < spec_.layers.size(); ++l) {
            if (spec_.layers[l].name == name.value) return l;
            known.push_back(spec_.layers[l].name);
        }
        problems_.add(name.place, fmt::format("{} has no layer '{}'", section_.what(), name.value),
                      did_you_mean(name.value, known));
        return {};
    }

    double positive(Section& section, const std::string& key, double fallback, bool zero = false) {
        const double value = section.number(key).value_or(fallback);
        if (!(value > 0.0 || (zero && value == 0.0)) || !std::isfinite(value))
            problems_.add(section.get(key) != nullptr ? section.get(key)->place : section.place(),
                          fmt::format("'{}' of {} is {}: it must be above 0", key, section.what(), value));
        return value;
    }

    void read_layers() {
        const Node* node = section_.get("layers");
        if (node == nullptr || node->kind != Node::Kind::map)
            return problems_.add(spec_.place, fmt::format("{} needs 'layers'", section_.what()),
                                 "for example layers: {pixels: {units: 64}, class: {units: 10}}");
        for (std::size_t i = 0; i < node->keys.size(); ++i) {
            Section layer(node->items[i], problems_, fmt::format("layer '{}'", node->keys[i]));
            PredictiveLayer own;
            own.name = node->keys[i];
            const auto units = layer.integer("units", 1, 1'000'000);
            if (!units) problems_.add(node->key_places[i], fmt::format("{} needs 'units'", layer.what()));
            own.size = static_cast<std::size_t>(units.value_or(1));
            own.activation = static_cast<Activation>(
                read_choice(layer, "activation", {"linear", "tanh", "sigmoid", "relu"}, problems_));
            own.variance = positive(layer, "variance", 1.0);
            own.covariance = static_cast<Covariance>(
                read_choice(layer, "learned_variance", {"none", "diagonal", "full"}, problems_));
            layer.finish();
            spec_.layers.push_back(std::move(own));
        }
    }

    // projections: [[pixels, hidden], [hidden, class]]; left out: each layer predicts the next one
    void read_projections() {
        const Node* node = section_.get("projections");
        if (node == nullptr) {
            for (std::size_t l = 1; l < spec_.layers.size(); ++l) spec_.projections.push_back({l - 1, l});
            return;
        }
        for (const Node& pair : node->items) {
            if (pair.kind != Node::Kind::list || pair.items.size() != 2) {
                problems_.add(pair.place,
                              fmt::format("a projection of {} must be [from, to]", section_.what()));
                continue;
            }
            const auto from = layer_of(to_text(pair.items[0])), to = layer_of(to_text(pair.items[1]));
            if (from && to) spec_.projections.push_back({*from, *to});
        }
    }

    void read_data(const std::string& key, std::vector<LayerSamples>& into) {
        const Node* node = section_.get(key);
        if (node == nullptr) return;
        if (node->kind != Node::Kind::map)
            return problems_.add(node->place,
                                 fmt::format("'{}' of {} must be a map of layers", key, section_.what()),
                                 "for example " + key + ": {pixels: {file: images.npy}}");
        for (std::size_t i = 0; i < node->keys.size(); ++i) {
            const auto layer = layer_of({node->keys[i], node->key_places[i]});
            SampleSource source =
                read_samples(node->items[i], fmt::format("'{}' of layer '{}'", key, node->keys[i]),
                             context_.directory, problems_);
            if (layer) into.push_back({*layer, std::move(source)});
        }
    }

    void read_inference() {
        const Node* node = section_.get("inference");
        if (node == nullptr) return;
        Section inference(*node, problems_, fmt::format("'inference' of {}", section_.what()));
        spec_.steps =
            static_cast<std::size_t>(inference.integer("steps", 1, 1'000'000'000).value_or(spec_.steps));
        spec_.rate = positive(inference, "rate", spec_.rate);
        spec_.predictions =
            static_cast<Predictions>(read_choice(inference, "predictions", {"moving", "fixed"}, problems_));
        inference.finish();
    }

    void read_learning() {
        const Node* node = section_.get("learning");
        if (node == nullptr) return;
        Section learning(*node, problems_, fmt::format("'learning' of {}", section_.what()));
        spec_.epochs = static_cast<std::size_t>(learning.integer("epochs", 1, 1'000'000).value_or(1));
        spec_.batch = static_cast<std::size_t>(learning.integer("batch", 1, 1'000'000).value_or(spec_.batch));
        spec_.optimiser.kind =
            static_cast<Optimiser::Kind>(read_choice(learning, "optimiser", {"sgd", "adam"}, problems_));
        spec_.optimiser.rate = positive(learning, "rate", spec_.optimiser.rate);
        spec_.each_step = read_choice(learning, "update", {"after_inference", "every_step"}, problems_) == 1;
        spec_.shuffle = learning.boolean("shuffle", true);
        spec_.covariance_rate = positive(learning, "variance_rate", 0.01);
        if (spec_.covariance_rate > 1.0)
            problems_.add(
                learning.get("variance_rate")->place,
                fmt::format("'variance_rate' is {}: it must not be above 1", spec_.covariance_rate));
        spec_.least_variance = positive(learning, "least_variance", spec_.least_variance);
        learning.finish();
    }

    void check() {
        const bool learns = spec_.epochs > 0 || spec_.check_gradient;
        if (learns && spec_.train.empty())
            problems_.add(spec_.place, fmt::format("{} learns, but has no 'train'", section_.what()),
                          "samples for its layers, for example train: {pixels: {file: images.npy}}");
        const auto has = [&](std::size_t layer) {
            return std::any_of(spec_.test.begin(), spec_.test.end(),
                               [&](const LayerSamples& s) { return s.layer == layer; });
        };
        if (spec_.test.empty() != !spec_.target || (spec_.target && !has(*spec_.target)))
            problems_.add(
                spec_.place,
                fmt::format("{} needs 'test' with samples of the layer that 'target' names", section_.what()),
                "the target is predicted from the other layers and compared with its samples");
    }

    const InferenceContext& context_;
    Problems& problems_;
    Section section_;
    NetworkSpec spec_;
};

}  // namespace

std::shared_ptr<const InferenceTask> read_predictive_network(const InferenceContext& context,
                                                             Problems& problems) {
    const std::size_t before = problems.size();
    NetworkSpec spec = Reader(context, problems).read();
    if (problems.size() > before) return nullptr;
    return std::make_shared<NetworkTask>(std::move(spec));
}

}  // namespace neurodyn::experiment
