// SPDX-License-Identifier: BSD-3-Clause
// Populations on surfaces of triangles, and kernels of the distance along them as weighted connections.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/pages.hpp"
#include "experiment/builder.hpp"
#include "network/geodesic.hpp"

namespace neurodyn::experiment {
namespace {

using network::Surface;

constexpr double most_subdivisions = 8;
// A weight below this part of the kernel's largest is none.
constexpr double negligible = 1e-6;
constexpr std::size_t looked_at = 4096;             // distances at which a kernel's reach is found
constexpr std::size_t evaluated_at_once = 1 << 18;  // pairs
constexpr double bytes_of_pair = 160.0;  // both directions, while the network and its plan are made

// Two vertices, the weight per area between them, and the delay. The first is not behind the second.
struct Pair {
    std::uint32_t low, high;
    double weight, delay_s;
};

// A delay between two steps is shared among both, linearly.
struct Share {
    double delay_s, part;
};

std::vector<Share> shares_of(double delay_s, double dt_s) {
    const double steps = delay_s / dt_s, nearest = std::nearbyint(steps);
    if (std::abs(steps - nearest) < 1e-9 * (1.0 + steps)) return {{nearest * dt_s, 1.0}};
    const double whole = std::floor(steps);
    return {{whole * dt_s, 1.0 - (steps - whole)}, {(whole + 1.0) * dt_s, steps - whole}};
}

// Rows by target, sources ascending: the pairs are sorted by their first, then their second.
network::Connectivity both_ways(const Surface& surface, const std::vector<Pair>& pairs, bool delayed,
                                double dt_s) {
    network::Connectivity c;
    c.targets = c.sources = surface.size();
    c.row_begin.assign(surface.size() + 1, 0);
    const auto each = [&](const auto& edge) {
        for (const Pair& p : pairs)
            for (const Share& share : delayed ? shares_of(p.delay_s, dt_s) : std::vector<Share>{{0.0, 1.0}}) {
                edge(p.low, p.high, p.weight * share.part, share.delay_s);
                if (p.low != p.high) edge(p.high, p.low, p.weight * share.part, share.delay_s);
            }
    };
    each([&](std::uint32_t target, std::uint32_t, double, double) { ++c.row_begin[target + 1]; });
    for (std::size_t i = 0; i < surface.size(); ++i) c.row_begin[i + 1] += c.row_begin[i];
    c.source.resize(c.row_begin.back());
    c.weight.resize(c.row_begin.back());
    if (delayed) c.delay_s.resize(c.row_begin.back());
    std::vector<std::uint64_t> next(c.row_begin.begin(), c.row_begin.end() - 1);
    each([&](std::uint32_t target, std::uint32_t source, double weight, double delay_s) {
        const std::uint64_t at = next[target]++;
        c.source[at] = source;
        c.weight[at] = weight * surface.area[source];
        if (delayed) c.delay_s[at] = delay_s;
    });
    return c;
}

// Expressions of the distance `r`. Nothing after a problem.
class OfDistance {
  public:
    OfDistance(const Scope& scope, Problems& problems, const Text& text, Wanted wanted)
        : scope_(scope), problems_(problems), text_(text), wanted_(std::move(wanted)) {}
    std::optional<Array> at(const std::vector<double>& distances) {
        Scope own = scope_;
        own.add("r", std::make_shared<Array>(Array{distances.size(), 1, distances, dimensions::length}));
        wanted_.rows = distances.size();
        return own.evaluate(text_, wanted_, problems_);
    }

  private:
    const Scope& scope_;
    Problems& problems_;
    const Text& text_;
    Wanted wanted_;
};

// How far a kernel reaches, and its largest weight.
struct Reach {
    double distance_m = 0.0, largest = 0.0;
};

std::optional<Reach> reach_of(OfDistance& kernel, double longest_m) {
    std::vector<double> distances(looked_at + 1);
    for (std::size_t k = 0; k <= looked_at; ++k)
        distances[k] = longest_m * static_cast<double>(k) / static_cast<double>(looked_at);
    const std::optional<Array> weights = kernel.at(distances);
    if (!weights) return std::nullopt;
    Reach reach;
    for (std::size_t k = 0; k <= looked_at; ++k)
        reach.largest = std::max(reach.largest, std::abs(weights->at(k, 0)));
    for (std::size_t k = 0; k <= looked_at; ++k)
        if (std::abs(weights->at(k, 0)) > negligible * reach.largest)
            reach.distance_m = distances[std::min(k + 1, looked_at)];
    return reach;
}

// Pairs of vertices that a kernel joins, with their weights and delays.
class Pairs {
  public:
    Pairs(OfDistance& kernel, OfDistance* delay, const Reach& reach)
        : kernel_(kernel), delay_(delay), least_(negligible * reach.largest) {}
    /// False after a problem.
    bool add(std::uint32_t source, const std::vector<network::Geodesics::Reached>& reached) {
        for (const auto& [vertex, distance] : reached)
            if (vertex >= source) {
                all_.push_back({source, vertex, 0.0, 0.0});
                distances_.push_back(distance);
            }
        return distances_.size() < evaluated_at_once || evaluate();
    }
    /// Those that were added last; pairs without weight go.
    bool evaluate() {
        if (distances_.empty()) return true;
        const std::optional<Array> weights = kernel_.at(distances_);
        const std::optional<Array> delays = delay_ != nullptr ? delay_->at(distances_) : Array{};
        if (!weights || !delays) return false;
        const std::size_t first = all_.size() - distances_.size();
        std::size_t kept = first;
        for (std::size_t k = 0; k < distances_.size(); ++k) {
            const Pair& pair = all_[first + k];
            shortest_delay_s_ = std::min(shortest_delay_s_, delays->at(k, 0));
            if (std::abs(weights->at(k, 0)) > least_)
                all_[kept++] = {pair.low, pair.high, weights->at(k, 0), delays->at(k, 0)};
        }
        all_.resize(kept);
        distances_.clear();
        return true;
    }
    const std::vector<Pair>& all() const { return all_; }
    double shortest_delay_s() const { return shortest_delay_s_; }

  private:
    OfDistance& kernel_;
    OfDistance* delay_;
    double least_, shortest_delay_s_ = 0.0;
    std::vector<Pair> all_;
    std::vector<double> distances_;
};

}  // namespace

std::shared_ptr<const Surface> Builder::make_sphere(const PopulationSection& section,
                                                    const std::string& what) {
    const GridSection& given = section.grid;
    const Setting *radius = find_setting(given.settings, "radius"),
                  *subdivisions = find_setting(given.settings, "subdivisions");
    if (radius == nullptr || subdivisions == nullptr) {
        problems_.add(given.place, fmt::format("{}: a sphere needs 'radius' and 'subdivisions'", what),
                      "for example {surface: sphere, radius: 80 mm, subdivisions: 5}");
        return nullptr;
    }
    const std::vector<double> radii = read_lengths(*radius, what),
                              times = read_axes(*subdivisions, {}, "1", what);
    if (radii.empty() || times.empty()) return nullptr;
    if (radii.size() > 1 || times.size() > 1) {
        problems_.add(given.place, fmt::format("{}: 'radius' and 'subdivisions' are one value each", what));
        return nullptr;
    }
    if (!(times[0] >= 0.0) || times[0] != std::floor(times[0]) || times[0] > most_subdivisions) {
        problems_.add(
            subdivisions->place,
            fmt::format("'subdivisions' of {} is {}; it is a whole number from 0 to {}", what, times[0],
                        most_subdivisions),
            "a sphere has 10*4^subdivisions + 2 vertices: 4 makes 2562, 5 makes 10242, 6 makes 40962");
        return nullptr;
    }
    if (!given.edges.empty()) {
        problems_.add(given.edges.place, fmt::format("{}: a sphere has no edges", what), "leave 'edges' out");
        return nullptr;
    }
    return resources_.sphere(radii[0], static_cast<std::size_t>(times[0]));
}

bool Builder::read_surface(const PopulationSection& section, network::Population& population) {
    const GridSection& given = section.grid;
    const std::string what = fmt::format("'grid' of population '{}'", section.name);
    const bool sphere = given.surface.value == "sphere";
    const std::string hint = did_you_mean(given.surface.value, {"sphere"});
    if (!sphere && !hint.empty() && given.surface.value.find('.') == std::string::npos) {
        problems_.add(given.surface.place,
                      fmt::format("{}: there is no surface '{}'", what, given.surface.value), hint);
        return false;
    }
    for (const Setting& setting : given.settings)
        if (!sphere || (setting.name != "radius" && setting.name != "subdivisions"))
            problems_.add(
                setting.place, fmt::format("{} has no '{}'", what, setting.name),
                sphere ? "a sphere knows: radius, subdivisions" : "a surface from a file knows: edges");
    if (!given.edges.empty() && given.edges.value != "reflecting") {
        problems_.add(given.edges.place,
                      fmt::format("'edges' of {} cannot be '{}' on a surface", what, given.edges.value),
                      "edges: reflecting (nothing flows across a boundary), or none for a closed surface");
        return false;
    }
    try {
        population.surface = sphere
                                 ? make_sphere(section, what)
                                 : resources_.surface(given.surface.value, given.edges.value == "reflecting");
    } catch (const Error& error) {
        failed(given.surface, error);
    }
    if (population.surface == nullptr) return false;
    population.size = population.surface->size();
    if (!check_size(section, population.size, fmt::format("a surface of {} vertices", population.size)))
        return false;
    for (const network::Point& vertex : population.surface->mesh.vertices)
        for (std::size_t axis = 0; axis < 3; ++axis) population.positions.axes[axis].push_back(vertex[axis]);
    return true;
}

bool Builder::check_surface_kernel(const ProjectionSection& section, const std::string& what) {
    const std::size_t before = problems_.size();
    if (section.kernel.empty() || section.kernel.is_list) {
        problems_.add(section.kernel.empty() ? section.kernel_file.place : section.kernel.text().place,
                      fmt::format("{}: a list or file gives weights of displacements on a grid", what),
                      "on a surface a kernel is an expression of the distance r, such as exp(-r/l)/l^2");
        return false;
    }
    for (const Text* text : {&section.kernel.text(), &section.delays})
        for (const std::string& name : names_in(text->value)) {
            if (name == "r" && scope_.find(name) != nullptr)
                problems_.add(
                    text->place,
                    fmt::format("{}: '{}' is a distance here, and a name of 'values', too", what, name),
                    "give the value another name");
            if ((name == "x" || name == "y") && scope_.find(name) == nullptr)
                problems_.add(text->place,
                              fmt::format("{}: there is no displacement '{}' on a surface", what, name),
                              "r is the distance along the surface");
        }
    if (!section.weights.empty() || !section.pattern.empty())
        problems_.add(
            section.weights.empty() ? section.pattern.place : section.weights.text().place,
            fmt::format("projection '{}' has a kernel, which says what its weights are", section.name),
            "leave 'weights' and 'pattern' out");
    return problems_.size() == before;
}

SurfaceKernelKey Builder::surface_kernel_key(const ProjectionSection& section, const Surface& surface) const {
    SurfaceKernelKey key{
        &surface, section.kernel.text().value, section.delays.value, {}, experiment_.time.dt_s};
    for (const std::string* text : {&key.kernel, &key.delays})
        for (const std::string& name : names_in(*text))
            if (const Array* array = scope_.find(name))
                key.values.insert(key.values.end(), array->data.begin(), array->data.end());
    return key;
}

// Each pair of vertices in reach becomes a connection: kernel times the source's area. Null after a problem.
std::shared_ptr<const network::Connectivity> Builder::make_surface_kernel(const ProjectionSection& section,
                                                                          const Surface& surface,
                                                                          const std::string& what) {
    const std::string of_delays = fmt::format("'delays' of projection '{}'", section.name);
    const bool delayed = !section.delays.empty();
    OfDistance kernel(scope_, problems_, section.kernel.text(),
                      {.what = what, .dimension = parse_unit("1/m^2").dimension, .unit = "1/m^2"});
    OfDistance delay(scope_, problems_, section.delays,
                     {.what = of_delays, .dimension = dimensions::time, .unit = "s"});
    network::Geodesics geodesics(surface);
    const std::optional<Reach> reach = reach_of(kernel, geodesics.longest());
    if (!reach) return nullptr;
    const double free = static_cast<double>(free_memory());
    Pairs pairs(kernel, delayed ? &delay : nullptr, *reach);
    for (std::uint32_t source = 0; source < surface.size(); ++source) {
        if (!pairs.add(source, geodesics.from(source, reach->distance_m))) return nullptr;
        if (static_cast<double>(pairs.all().size()) * bytes_of_pair <= free) continue;
        problems_.add(section.kernel.text().place,
                      fmt::format("{}: it reaches {:.4g} m far, and joins more pairs of vertices than {:.1f} "
                                  "GB of memory hold",
                                  what, reach->distance_m, free * 1e-9),
                      "use a narrower kernel, such as where(r < 20 mm, ..., 0/m^2), or fewer vertices");
        return nullptr;
    }
    if (!pairs.evaluate()) return nullptr;
    if (pairs.shortest_delay_s() < 0.0) {
        problems_.add(section.delays.place,
                      fmt::format("{}: '{}' gives a negative delay", of_delays, section.delays.value));
        return nullptr;
    }
    return resources_.share(both_ways(surface, pairs.all(), delayed, experiment_.time.dt_s));
}

void Builder::connect_on_surface(const ProjectionSection& section, network::Projection& projection) {
    const std::string what = fmt::format("'kernel' of projection '{}'", section.name);
    const network::Population &from = *population(projection.from), &to = *population(projection.to);
    if (from.surface != to.surface)
        return problems_.add(
            section.place, fmt::format("{}: '{}' and '{}' are not on one surface", what, from.name, to.name),
            "a kernel joins populations on one surface");
    if (!check_surface_kernel(section, what)) return;
    auto& known = resources_.surface_kernel(surface_kernel_key(section, *from.surface));
    if (known == nullptr) known = make_surface_kernel(section, *from.surface, what);
    projection.connectivity = known;
}

}  // namespace neurodyn::experiment
