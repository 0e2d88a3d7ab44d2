// SPDX-License-Identifier: BSD-3-Clause
// The Leiden algorithm for modularity.
#include "analysis/modularity.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <numeric>

#include "analysis/coding.hpp"
#include "analysis/parallel.hpp"
#include "base/random.hpp"

namespace neurodyn::analysis {
namespace {

using Partition = std::vector<std::size_t>;

// Nodes that may stand for several, with the weight among these as a loop.
struct Net {
    std::vector<std::vector<Graph::Edge>> edges;  // without loops
    std::vector<double> loop, strength;           // the loop counts twice in the strength
    double total = 0;                             // of all strengths
    std::size_t nodes() const { return edges.size(); }
};

Net net_of(const Graph& g) {
    Net net{g.edges, std::vector<double>(g.nodes()), g.strengths(), 0};
    net.total = std::accumulate(net.strength.begin(), net.strength.end(), 0.0);
    return net;
}

// Numbers without gaps, in the order of first appearance.
std::size_t renumber(Partition& p) {
    std::vector<std::size_t> number(p.size(), p.size());
    std::size_t count = 0;
    for (std::size_t& c : p) {
        if (number[c] == p.size()) number[c] = count++;
        c = number[c];
    }
    return count;
}

Net aggregate(const Net& net, const Partition& p, std::size_t count) {
    Net out{std::vector<std::vector<Graph::Edge>>(count), std::vector<double>(count),
            std::vector<double>(count), net.total};
    std::vector<std::map<std::size_t, double>> weights(count);
    for (std::size_t i = 0; i < net.nodes(); ++i) {
        out.loop[p[i]] += net.loop[i];
        out.strength[p[i]] += net.strength[i];
        for (const Graph::Edge& e : net.edges[i])
            if (p[e.to] == p[i])
                out.loop[p[i]] += e.weight / 2;
            else
                weights[p[i]][p[e.to]] += e.weight;
    }
    for (std::size_t c = 0; c < count; ++c)
        for (const auto& [to, weight] : weights[c]) out.edges[c].push_back({to, weight});
    return out;
}

class Leiden {
  public:
    Leiden(double resolution, std::uint64_t seed, std::uint64_t run)
        : resolution_(resolution), seed_(seed), run_(run) {}

    // Communities of the net's nodes, from those given.
    Partition improve(const Net& whole, Partition start) {
        Net net = whole;
        Partition of_node(whole.nodes()), now = std::move(start);
        std::iota(of_node.begin(), of_node.end(), std::size_t{0});
        for (;;) {
            move_nodes(net, now);
            if (renumber(now) == net.nodes()) break;
            Partition fine = refine(net, now);
            const std::size_t count = renumber(fine);
            if (count == net.nodes()) break;  // nothing left to join
            Partition above(count);
            for (std::size_t i = 0; i < net.nodes(); ++i) above[fine[i]] = now[i];
            for (std::size_t& i : of_node) i = fine[i];
            net = aggregate(net, fine, count);
            now = std::move(above);
        }
        for (std::size_t& i : of_node) i = now[i];
        return of_node;
    }

  private:
    double draw() { return uniform_at(seed_, 0, run_, draws_++); }

    std::vector<std::size_t> shuffled(std::size_t n) {
        std::vector<std::size_t> order(n);
        std::iota(order.begin(), order.end(), std::size_t{0});
        for (std::size_t k = n; k > 1; --k)
            std::swap(order[k - 1], order[static_cast<std::size_t>(draw() * static_cast<double>(k))]);
        return order;
    }

    // Weights from a node to the communities around it; `around_` lists them, its own first.
    void look_around(const Net& net, const Partition& p, std::size_t i) {
        for (const std::size_t c : around_) weight_[c] = 0;
        around_.assign(1, p[i]);
        seen_[p[i]] = true;
        for (const Graph::Edge& e : net.edges[i]) {
            if (!seen_[p[e.to]]) seen_[p[e.to]] = true, around_.push_back(p[e.to]);
            weight_[p[e.to]] += e.weight;
        }
        for (const std::size_t c : around_) seen_[c] = false;
    }

    void begin(const Net& net, const Partition& p) {
        weight_.assign(net.nodes(), 0.0);
        seen_.assign(net.nodes(), false);
        around_.clear();
        strength_.assign(net.nodes(), 0.0);
        size_.assign(net.nodes(), 0);
        for (std::size_t i = 0; i < net.nodes(); ++i) strength_[p[i]] += net.strength[i], ++size_[p[i]];
    }

    void move_nodes(const Net& net, Partition& p) {
        begin(net, p);
        std::vector<std::size_t> empty;
        for (std::size_t c = net.nodes(); c-- > 0;)
            if (size_[c] == 0) empty.push_back(c);
        std::deque<std::size_t> queue;
        for (const std::size_t i : shuffled(net.nodes())) queue.push_back(i);
        std::vector<bool> waits(net.nodes(), true);
        while (!queue.empty()) {
            const std::size_t i = queue.front();
            queue.pop_front();
            waits[i] = false;
            look_around(net, p, i);
            const std::size_t own = p[i];
            strength_[own] -= net.strength[i];
            if (--size_[own] == 0) empty.push_back(own);
            std::size_t best = own;
            double most = gain(net, i, own);
            for (const std::size_t c : around_)
                if (gain(net, i, c) > most + 1e-12 * net.total) most = gain(net, i, c), best = c;
            if (size_[own] > 0 && most < -1e-12 * net.total) best = empty.back();
            if (!empty.empty() && empty.back() == best) empty.pop_back();
            p[i] = best;
            strength_[best] += net.strength[i];
            ++size_[best];
            if (best == own) continue;
            for (const Graph::Edge& e : net.edges[i])
                if (p[e.to] != best && !waits[e.to]) waits[e.to] = true, queue.push_back(e.to);
        }
    }

    // Of joining community c, which does not hold the node, instead of being alone.
    double gain(const Net& net, std::size_t i, std::size_t c) const {
        return weight_[c] - resolution_ * net.strength[i] * strength_[c] / net.total;
    }

    // Single nodes join, within their community, parts that they and the community hold well; the better the
    // more likely.
    Partition refine(const Net& net, const Partition& whole) {
        Partition p(net.nodes());
        std::iota(p.begin(), p.end(), std::size_t{0});
        std::vector<double> within(net.nodes()), all(net.nodes()), cut(net.nodes());
        for (std::size_t i = 0; i < net.nodes(); ++i) {
            all[whole[i]] += net.strength[i];
            for (const Graph::Edge& e : net.edges[i])
                if (whole[e.to] == whole[i]) within[i] += e.weight;
        }
        begin(net, p);
        cut = within;  // weight from each part to the rest of its community
        const auto holds = [&](double weight, double strength, double total) {
            return weight >= resolution_ * strength * (total - strength) / net.total;
        };
        for (const std::size_t i : shuffled(net.nodes())) {
            if (size_[p[i]] != 1 || !holds(within[i], net.strength[i], all[whole[i]])) continue;
            look_around(net, p, i);
            strength_[p[i]] = 0;
            std::vector<std::pair<std::size_t, double>> choices{{p[i], 1.0}};
            double sum = 1;
            for (const std::size_t c : around_) {
                if (c == p[i] || whole[c] != whole[i] || !holds(cut[c], strength_[c], all[whole[i]]))
                    continue;
                const double better = gain(net, i, c) / net.total;
                if (better < 0) continue;
                choices.emplace_back(c, std::exp(std::min(better / randomness, 500.0)));
                sum += choices.back().second;
            }
            const std::size_t to = choose(choices, sum);
            if (to != p[i]) {
                cut[to] += within[i] - 2 * weight_[to];
                --size_[p[i]], ++size_[to];
                p[i] = to;
            }
            strength_[to] += net.strength[i];
        }
        return p;
    }

    std::size_t choose(const std::vector<std::pair<std::size_t, double>>& choices, double sum) {
        double left = draw() * sum;
        for (const auto& [c, weight] : choices)
            if ((left -= weight) < 0) return c;
        return choices.back().first;
    }

    static constexpr double randomness = 0.01;  // of the gain in modularity, as in the paper
    double resolution_;
    std::uint64_t seed_, run_, draws_ = 0;
    std::vector<double> weight_, strength_;
    std::vector<bool> seen_;
    std::vector<std::size_t> around_, size_;
};

}  // namespace

double modularity_of(const Graph& g, const std::vector<std::size_t>& community, double resolution) {
    const std::vector<double> strength = g.strengths();
    std::vector<double> within(g.nodes()), all(g.nodes());
    double total = 0;
    for (std::size_t i = 0; i < g.nodes(); ++i) {
        total += strength[i];
        all[community[i]] += strength[i];
        for (const Graph::Edge& e : g.edges[i])
            if (community[e.to] == community[i]) within[community[i]] += e.weight;
    }
    double q = 0;
    for (std::size_t c = 0; c < g.nodes(); ++c)
        q += within[c] / total - resolution * (all[c] / total) * (all[c] / total);
    return q;
}

Communities find_communities(const Graph& g, double resolution, std::size_t runs, std::uint64_t seed) {
    const Net net = net_of(g);
    std::vector<Communities> found(runs);
    parallel_for(runs, [&](std::size_t run) {
        Leiden leiden(resolution, seed, run);
        Partition p(g.nodes());
        std::iota(p.begin(), p.end(), std::size_t{0});
        double before = -1;
        for (double q = modularity_of(g, p, resolution); q > before + 1e-12;) {
            before = q;
            p = leiden.improve(net, p);
            renumber(p);
            q = modularity_of(g, p, resolution);
        }
        found[run].count = renumber(p);
        found[run].modularity = modularity_of(g, p, resolution);
        found[run].of = std::move(p);
    });
    std::size_t best = 0;
    for (std::size_t run = 1; run < runs; ++run)
        if (found[run].modularity > found[best].modularity + 1e-12) best = run;
    return found[best];
}

namespace {

std::vector<Dimension> plan_row(const Arguments& a) {
    plan_graph(a);
    whole(a, "runs"), whole(a, "seed");
    return {};
}

Result run_row(const Arguments& a) {
    plan_row(a);
    const Matrix& m = a.matrix("matrix");
    const Communities found =
        find_communities(graph_of(a), a.number("resolution"), whole(a, "runs"), whole(a, "seed"));
    Result result;
    result.add_vector("communities", "number of each node's community",
                      {m.dimension, m.rows, {}, {}, m.labels}, {found.of.begin(), found.of.end()});
    result.add_scalar("modularity", "of the best partition found", found.modularity);
    result.add_scalar("count", "communities", static_cast<double>(found.count));
    return result;
}

}  // namespace

Analysis rows::modularity() {
    return {"modularity",
            "Communities of a connectome and their modularity, by the Leiden algorithm",
            {{"matrix", {InputKind::matrix}, true, "weights; the diagonal is left out"}},
            graph_options({{"resolution", "", 1.0, "larger values find smaller communities", {}, positive},
                           {"runs", "", 20.0, "of which the best counts", {}, {1}},
                           {"seed", "", 0.0, "of the runs", {}, not_negative}}),
            {{"communities", "counted from 0 in the order of their first nodes", {"channel"}},
             {"modularity", "Newman's Q"},
             {"count", "number of communities"}},
            run_row,
            plan_row};
}

}  // namespace neurodyn::analysis
