// SPDX-License-Identifier: BSD-3-Clause
// Reading models, connectomes and tables once, and finding connectivity that was built before.
#include "experiment/resources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <string_view>

#include "density/rate_table.hpp"
#include "experiment/library.hpp"
#include "language/synapse.hpp"
#include "network/connectome.hpp"
#include "network/connectome_tables.hpp"
#include "network/spike_files.hpp"
#include "network/surface_files.hpp"

namespace neurodyn::experiment {
namespace {

constexpr double mm = 1e-3;

ArrayPtr make_array(std::size_t rows, std::size_t columns, std::vector<double> data,
                    const Dimension& dimension = {}) {
    return std::make_shared<Array>(Array{rows, columns, std::move(data), dimension});
}

std::vector<double> scaled(std::vector<double> values, double factor) {
    for (double& x : values) x *= factor;
    return values;
}

std::size_t hash_of(const network::Connectivity& c) {
    const auto bytes = [](const auto& v) {
        return std::hash<std::string_view>{}(
            {reinterpret_cast<const char*>(v.data()), v.size() * sizeof(v[0])});
    };
    return c.targets * 31 + c.sources + bytes(c.source) * 3 + bytes(c.weight) * 5 + bytes(c.delay_s) * 7 +
           bytes(c.row_begin);
}

bool same(const network::Connectivity& a, const network::Connectivity& b) {
    return a.targets == b.targets && a.sources == b.sources && a.row_begin == b.row_begin &&
           a.source == b.source && a.weight == b.weight && a.delay_s == b.delay_s;
}

// Tract counts span four decades; their logarithm is the usual way to keep a few regions from ruling the
// network.
std::vector<double> transformed(std::vector<double> weights, const Text& transform) {
    if (transform.value != "log") return weights;
    for (double& w : weights) {
        if (w < 0.0) throw Error(fmt::format("transform: log needs weights of 0 or more, there is {}", w));
        w = std::log1p(w);
    }
    return weights;
}

std::shared_ptr<const ConnectomeData> convert(const network::Connectome& c, const ConnectomeSection& section,
                                              double scale) {
    auto data = std::make_shared<ConnectomeData>();
    const std::size_t n = c.size();
    const auto by = section.normalise.empty() ? network::Normalisation::none
                                              : network::parse_normalisation(section.normalise.value);
    const std::vector<double> weights =
        scaled(network::normalised(n, transformed(c.weights, section.transform), by), scale);
    data->name = section.name;
    data->regions = c.regions;
    data->networks = c.networks;
    data->positions_mm = c.centres_mm;
    for (const auto& [name, matrix] : c.matrices) data->arrays[name] = make_array(n, n, matrix);
    for (const auto& [name, values] : c.samples) data->arrays[name] = make_array(values.size(), 1, values);
    data->arrays["weights"] = make_array(n, n, weights);
    data->arrays["strength"] = make_array(n, 1, network::strengths(n, weights));
    data->arrays["size"] = make_array(1, 1, {static_cast<double>(n)});
    if (!c.lengths_mm.empty())
        data->arrays["lengths"] = make_array(n, n, scaled(c.lengths_mm, mm), dimensions::length);
    return data;
}

// Finite numbers.
network::Table read_table(const std::string& path) {
    const std::string text = read_file(path, network::largest_file);
    network::Table table = network::parse_text_table(path, path, text);
    for (std::size_t i = 0; i < table.values.size(); ++i) {
        if (std::isfinite(table.values[i])) continue;
        std::size_t begin = 0;
        for (std::size_t line = 1; line < table.lines[i / table.columns()]; ++line)
            begin = text.find('\n', begin) + 1;
        const auto at = static_cast<std::uint32_t>(begin);
        throw InputError(
            {make_diagnostic(path, text, {at, at + 1},
                             fmt::format("column {} holds {}, which is not a finite number",
                                         table.numeric_columns[i % table.columns()] + 1, table.values[i]),
                             "every cell must be a number")});
    }
    return table;
}

// What turns a column into SI; `example` is a header that states it.
Unit column_unit(const network::Table& table, std::size_t column, const Unit& wanted, bool may_be_unstated,
                 const std::string& example) {
    const std::size_t place = table.numeric_columns[column];
    const std::string title = place < table.titles.size() ? table.titles[place] : std::string();
    const std::string stated = network::unit_of_title(title);
    if (!stated.empty()) {
        const Unit unit = parse_unit(stated);
        if (unit.dimension == wanted.dimension) return unit;
        throw FileError(table.origin, fmt::format("column {} ('{}') is in {}, but {} is needed", place + 1,
                                                  title, stated, wanted.name));
    }
    if (may_be_unstated || wanted.dimension.is_dimensionless()) return {wanted.dimension, 1.0, "1"};
    throw FileError(table.origin, fmt::format("column {} states no unit, one like {} is needed; begin with a "
                                              "header such as: {}",
                                              place + 1, wanted.name, example));
}

}  // namespace

std::shared_ptr<const ConnectomeData> lesioned(const ConnectomeData& intact,
                                               const std::vector<std::size_t>& regions, double scale) {
    const std::size_t n = intact.size();
    std::vector<bool> hit(n);
    for (const std::size_t r : regions) hit[r] = true;
    std::vector<double> weights = intact.arrays.at("weights")->data;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (hit[i] || hit[j]) weights[i * n + j] *= scale;
    auto data = std::make_shared<ConnectomeData>(intact);
    data->arrays["weights"] = make_array(n, n, weights);
    data->arrays["strength"] = make_array(n, 1, network::strengths(n, weights));
    return data;
}

language::ModelPtr Resources::with_rate_tables(language::ModelPtr model) {
    if (model->rate_tables.empty()) return model;
    auto filled = std::make_shared<language::Model>(*model);
    for (const language::RateTable& rates : model->rate_tables) {
        try {
            filled->graph.fill(rates.table, density::make_rate_table(rates, *this->model(rates.neuron)));
        } catch (const InputError&) {
            throw;  // of the neurons' own text
        } catch (const Error& error) {
            throw InputError({make_diagnostic(
                model->source_file, model->source_text, rates.span,
                fmt::format("the stationary rate of '{}' is not known: {}", rates.neuron, error.what()),
                {})});
        }
    }
    return filled;
}

language::ModelPtr Resources::model(const std::string& name, bool coupling) {
    language::ModelPtr& model = models_[(coupling ? "coupling " : "") + name];
    if (model == nullptr)
        model = with_rate_tables(language::load_model(find_model(name, directory_, coupling)));
    return model;
}

language::ModelPtr Resources::equations(const language::EquationStrings& strings) {
    std::string key = "\n" + strings.name;  // no library name begins with a new line
    for (const std::string* part :
         {&strings.equations, &strings.threshold, &strings.reset, &strings.refractory, &strings.method})
        key += '\1' + *part;
    for (const auto& [name, value] : strings.values) key += '\1' + name + '=' + value;
    language::ModelPtr& model = models_[key];
    if (model == nullptr) model = with_rate_tables(language::parse_equations(strings));
    return model;
}

language::ModelPtr Resources::synapse(const language::SynapseStrings& strings) {
    std::string key = "\n\n" + strings.name;
    for (const std::string* part : {&strings.model, &strings.on_pre, &strings.on_post, &strings.method})
        key += '\1' + *part;
    for (const auto& [name, value] : strings.values) key += '\1' + name + '=' + value;
    language::ModelPtr& model = models_[key];
    if (model == nullptr) model = language::parse_synapse_strings(strings);
    return model;
}

std::shared_ptr<const ConnectomeData> Resources::connectome(const ConnectomeSection& section, double scale) {
    const std::string key = fmt::format("{}\1{}\1{}\1{}\1{}", section.name, section.path.value,
                                        section.transform.value, section.normalise.value, scale);
    auto& data = connectomes_[key];
    if (data == nullptr)
        data = convert(network::read_connectome(find_data(section.path.value, directory_)), section, scale);
    return data;
}

std::shared_ptr<const network::Connectivity> Resources::share(network::Connectivity connectivity) {
    const std::size_t hash = hash_of(connectivity);
    const auto [begin, end] = connectivities_.equal_range(hash);
    for (auto it = begin; it != end; ++it)
        if (same(*it->second, connectivity)) return it->second;
    return connectivities_.emplace(hash, std::make_shared<network::Connectivity>(std::move(connectivity)))
        ->second;
}

std::shared_ptr<const network::Stimulus::Table> Resources::table(const std::string& name, bool interpolate,
                                                                 std::size_t nodes, const Unit& target) {
    auto& table = tables_[fmt::format("{}\1{}\1{}\1{}", name, interpolate, nodes, target.name)];
    if (table != nullptr) return table;
    const network::Table text = read_table(find_data(name, directory_));
    const std::size_t columns = text.columns();
    if (text.rows == 0 || !text.text.empty() || (columns != 2 && columns != nodes + 1))
        throw FileError(
            name,
            fmt::format("a stimulus table has the time and then one column for all nodes, or one for each of "
                        "the {} nodes; this one has {} rows of {} columns with numbers",
                        nodes, text.rows, columns));
    const std::string header = fmt::format("time [s], value [{}]", target.name);
    std::vector<Unit> units = {column_unit(text, 0, {dimensions::time, 1.0, "s"}, true, header)};
    for (std::size_t c = 1; c < columns; ++c) units.push_back(column_unit(text, c, target, false, header));
    auto read = std::make_shared<network::Stimulus::Table>();
    read->interpolate = interpolate;
    read->nodes = columns - 1;
    for (std::size_t row = 0; row < text.rows; ++row) {
        const double time = to_si(text.values[row * columns], units[0]);
        if (!read->time_s.empty() && !(time > read->time_s.back()))
            throw FileError(name, fmt::format("line {}: times must ascend, {} s does not follow {} s",
                                              text.lines[row], time, read->time_s.back()));
        read->time_s.push_back(time);
        for (std::size_t c = 1; c < columns; ++c)
            read->values.push_back(to_si(text.values[row * columns + c], units[c]));
    }
    table = std::move(read);
    return table;
}

std::shared_ptr<const network::EventList> Resources::spikes(const std::string& name,
                                                            const std::string& population) {
    auto& list = spikes_[name + "\n" + population];
    if (list == nullptr) list = network::read_spikes(find_data(name, directory_), population);
    return list;
}

std::shared_ptr<const network::Positions> Resources::positions(const std::string& name) {
    auto& known = positions_[name];
    if (known != nullptr) return known;
    const network::Table text = read_table(find_data(name, directory_));
    auto read = std::make_shared<network::Positions>();
    for (std::size_t c = 0; c < text.columns(); ++c) {
        const std::size_t place = text.numeric_columns[c];
        const std::string title = place < text.titles.size() ? network::lower(text.titles[place]) : "";
        const std::string axis = title.substr(0, title.find_first_of(" [(_"));
        if (axis != "x" && axis != "y" && axis != "z") continue;
        const Unit unit =
            column_unit(text, c, {dimensions::length, 1.0, "m"}, false, "x [um], y [um], z [um]");
        std::vector<double>& values = read->axes[static_cast<std::size_t>(axis[0] - 'x')];
        if (!values.empty())
            throw FileError(text.origin, fmt::format("has two columns '{}', one is needed", axis));
        for (std::size_t row = 0; row < text.rows; ++row)
            values.push_back(to_si(text.values[row * text.columns() + c], unit));
    }
    if (read->empty())
        throw FileError(text.origin,
                        "has no columns x, y or z; begin with a header such as: x [um], y [um], z [um]");
    known = std::move(read);
    return known;
}

std::shared_ptr<const network::Surface> Resources::sphere(double radius_m, std::size_t subdivisions) {
    auto& known = spheres_[{radius_m, subdivisions}];
    if (known == nullptr) {
        network::Surface made =
            network::make_surface("sphere", network::icosphere(radius_m, subdivisions), false);
        made.radius_m = radius_m;
        known = std::make_shared<const network::Surface>(std::move(made));
    }
    return known;
}

std::shared_ptr<const network::Surface> Resources::surface(const std::string& name, bool may_be_open) {
    auto& known = surfaces_[{name, may_be_open}];
    if (known == nullptr) {
        const std::string path = find_data(name, directory_);
        known = std::make_shared<const network::Surface>(
            network::make_surface(path, network::read_mesh(path), may_be_open));
    }
    return known;
}

ArrayPtr Resources::csv(const std::string& name) {
    ArrayPtr& array = files_[name];
    if (array == nullptr) {
        network::Table text = read_table(find_data(name, directory_));
        array = make_array(text.rows, text.columns(), std::move(text.values));
    }
    return array;
}

}  // namespace neurodyn::experiment
