// SPDX-License-Identifier: BSD-3-Clause
// How a block carries events: arrivals, synapses, and what is recorded of them.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "engine/block.hpp"

namespace neurodyn::engine {
namespace {

// Events are handed on in pieces of about this many.
constexpr std::size_t buffered_events = 1 << 15;

}  // namespace

// Gives every state that events reach a share of the thread's arrivals, one behind the other, so that 16 bits
// number them all in a network of usual size; adds the places of the thread's nodes to `places`.
template <class Real>
void Block<Real>::place_arrivals(int thread, ArrivalPlaces& places) {
    ThreadState<Real>& own = threads_[static_cast<std::size_t>(thread)];
    std::vector<std::vector<std::size_t>> slots(populations_.size());
    std::size_t size = 0;
    own.first_page = thread == 0 ? 0 : threads_[static_cast<std::size_t>(thread) - 1].last_page;
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        const auto& part = own.populations[p];
        for (std::size_t a = 0; a < plan_.populations[p].arrivals.size(); ++a) {
            slots[p].push_back(size);
            for (std::size_t i = part.first_node; i < part.last_node;) {
                const std::size_t slot = size + i - part.first_node;
                places[p][a].push_back({static_cast<std::uint32_t>(i),
                                        static_cast<std::uint32_t>(own.first_page + slot / page_slots),
                                        static_cast<std::uint32_t>(slot % page_slots)});
                i += page_slots - slot % page_slots;
            }
            // Shares start where kernels may start: at a whole tile.
            size += (part.last_node - part.first_node + tile - 1) / tile * tile;
        }
    }
    own.last_page = own.first_page + (size + page_slots - 1) / page_slots;
    if (own.last_page > UINT16_MAX) throw Error("the network has too many neurons for one process");
    own.arrivals.assign(size, Real{0});
    own.arrivals_of.resize(populations_.size());
    for (std::size_t p = 0; p < populations_.size(); ++p)
        for (const std::size_t slot : slots[p]) own.arrivals_of[p].push_back(own.arrivals.data() + slot);
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        auto& part = own.populations[p];
        part.pointers = populations_[p].pointers;
        for (std::size_t a = 0; a < slots[p].size(); ++a) {
            const std::uint32_t array = plan_.populations[p].arrivals[a];
            if (array == no_array) continue;
            // Kernels number elements from the population's first.
            const auto start = reinterpret_cast<std::uintptr_t>(own.arrivals.data() + slots[p][a]);
            for (auto& pointers : part.pointers)
                pointers[array] = reinterpret_cast<void*>(start - part.first_node * sizeof(Real));
        }
    }
}

// The threads draw the synapses of a share of the sources each, for all targets.
template <class Real>
void Block<Real>::build_synapses() {
    ArrivalPlaces places(populations_.size());
    for (std::size_t p = 0; p < populations_.size(); ++p)
        places[p].resize(plan_.populations[p].arrivals.size());
    for (int t = 0; t < team_.size(); ++t) {
        place_arrivals(t, places);
        threads_[static_cast<std::size_t>(t)].spikes =
            SpikeHistory(plan_.events.history_steps + most_block_steps);
    }
    std::vector<std::size_t> page_sizes;
    for (const ThreadState<Real>& own : threads_)
        for (std::size_t first = 0; first < own.arrivals.size(); first += page_slots)
            page_sizes.push_back(std::min(page_slots, own.arrivals.size() - first));
    using Storage = network::EventProjection::Storage;
    std::vector<DeliveryEdges> choices;
    std::vector<std::size_t> choice_delays;
    for (const Storage storage : {Storage::single, Storage::half, Storage::procedural}) {
        std::vector<DeliveryEdges> these;
        for (std::size_t i = 0; i < plan_.events.edges.size(); ++i) {
            const EventEdges& edges = plan_.events.edges[i];
            const network::EventProjection& projection = plan_.network.event_projections[i];
            if (edges.model || projection.storage != storage) continue;
            if (edges.choices) choice_delays.push_back(edges.longest_delay);
            (edges.choices ? choices : these)
                .push_back({projection.name, &edges.connector, &edges.weight, &projection.delay,
                            plan_.events.sources[edges.source].first, places[edges.population][edges.arrival],
                            edges.dendritic_steps});
        }
        if (these.empty()) continue;
        if (storage == Storage::procedural) procedural_ = synapses_.size();
        synapses_.emplace_back(std::move(these), plan_.events.numbers, page_sizes, plan_.events.longest_delay,
                               plan_.network.dt_s, threads_.size(), storage);
    }
    if (!choices.empty())
        choices_.emplace(choices, choice_delays, plan_.network.dt_s, threads_.size(),
                         plan_.events.history_steps + most_block_steps);
    const auto together = [&](const auto& work) {
        team_.run([&](int thread) {
            try {
                work(thread);
            } catch (...) {
                const std::lock_guard lock(failure_mutex_);
                failure_ = std::current_exception();
            }
        });
        if (failure_) std::rethrow_exception(failure_);
    };
    together([&](int thread) {
        for (SynapseTable& table : synapses_) table.build(static_cast<std::size_t>(thread));
        if (choices_) choices_->build(static_cast<std::size_t>(thread));
        set_up_models(thread);
    });
    if (procedural_) synapses_[*procedural_].make_room();
    if (!choices_) return;
    if (choices_->widen()) together([&](int thread) { choices_->build(static_cast<std::size_t>(thread)); });
    for (ThreadState<Real>& own : threads_) own.choices = {*choices_, own.first_page, own.last_page};
}

// Adds what arrives before this step.
template <class Real>
void Block<Real>::deliver_events(int thread, std::size_t step) {
    ThreadState<Real>& own = threads_[static_cast<std::size_t>(thread)];
    for (const SynapseTable& table : synapses_)
        table.deliver(own.arrivals.data(), own.first_page, own.last_page, own.spikes, step, own.due);
    if (procedural_) synapses_[*procedural_].release(static_cast<std::size_t>(thread), step);
    if (choices_) own.choices.deliver(own.arrivals.data(), own.spikes, step);
    if (!plan_.events.has_models || step > failed_step_) return;
    try {
        run_models(thread, step);
    } catch (...) {
        fail(step, thread, std::current_exception());
    }
}

// Every thread keeps its own list of all events of the step. All have been found.
template <class Real>
void Block<Real>::collect_events(int thread, std::size_t step) {
    ThreadState<Real>& own = threads_[static_cast<std::size_t>(thread)];
    std::fill(own.arrivals.begin(), own.arrivals.end(), Real{0});
    auto& list = own.spikes.start(step);
    for (const EventSource& source : plan_.events.sources) {
        for (const ThreadState<Real>& other : threads_) {
            const auto& events = other.populations[source.population].events[step % 2];
            const std::uint32_t* const nodes = events.pointers[source.event];
            for (std::uint64_t k = 0; k < events.counts[source.event]; ++k)
                list.push_back(source.first + nodes[k]);
        }
        const auto [begin, end] = std::ranges::equal_range(source.given_step, step);
        for (auto it = begin; it != end; ++it)
            list.push_back(source.first +
                           source.given_node[static_cast<std::size_t>(it - source.given_step.begin())]);
    }
    if (thread == 0 && !searching_ && step >= plan_.discard_steps) record_events(step);
    if (procedural_) draw_rows(thread, step);
}

// Draws the rows of the sources that sent events at the end of `step`, before anyone asks for them.
template <class Real>
void Block<Real>::draw_rows(int thread, std::size_t step) {
    try {
        if (step <= failed_step_)
            synapses_[*procedural_].receive(static_cast<std::size_t>(thread), step,
                                            threads_[static_cast<std::size_t>(thread)].spikes.at(step));
    } catch (...) {
        fail(step, thread, std::current_exception());
    }
    team_.barrier();
}

template <class Real>
void Block<Real>::record_events(std::size_t step) {
    const auto list = threads_[0].spikes.at(step);
    const double time_s = static_cast<double>(step + 1) * plan_.network.dt_s;
    for (std::size_t m = 0; m < plan_.events.monitors.size(); ++m) {
        const EventMonitorPlan& plan = plan_.events.monitors[m];
        const std::uint32_t first = plan_.events.sources[plan.source].first;
        const auto begin = std::lower_bound(list.begin(), list.end(), first);
        const auto end = std::lower_bound(begin, list.end(), first + plan.info.nodes);
        for (auto it = begin; it != end; ++it) {
            event_buffers_[m].time_s.push_back(time_s);
            event_buffers_[m].node.push_back(*it - first);
        }
    }
}

// Hands on the events of the first `done` steps; later ones are dropped when the run ends there.
template <class Real>
void Block<Real>::hand_on_events(const Deliver& deliver, std::size_t done, bool all) {
    const double end_s = (static_cast<double>(done) + 0.5) * plan_.network.dt_s;
    for (std::size_t m = 0; m < event_buffers_.size(); ++m) {
        EventBuffer& buffer = event_buffers_[m];
        if (buffer.node.empty() || (!all && buffer.node.size() < buffered_events)) continue;
        const auto last = std::upper_bound(buffer.time_s.begin(), buffer.time_s.end(), end_s);
        const auto count = static_cast<std::size_t>(last - buffer.time_s.begin());
        deliver.events(m, first_member_, std::span(buffer.time_s).first(count),
                       std::span(buffer.node).first(count));
        buffer = {};
    }
}

template class Block<float>;
template class Block<double>;

}  // namespace neurodyn::engine
