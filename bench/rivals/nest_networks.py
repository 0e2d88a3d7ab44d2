# SPDX-License-Identifier: BSD-3-Clause
"""NEST on spiking networks that neurodyn ships: seconds per biological second, and of building.

    python bench/rivals/nest_networks.py microcircuit|brunel|stdp [--scale 1] [--threads 2] [--seconds 1]

microcircuit: Potjans & Diesmann 2014 with a weight and a delay per synapse, `experiments/microcircuit.yaml`; `--scale` shrinks
populations and in-degrees alike. brunel: `experiments/brunel.yaml`. stdp: NEST's hpc_benchmark, 11,250 neurons, power-law STDP between
excitatory ones, `bench/cases/hpc_benchmark.yaml`.
"""

import argparse
import math
import resource
import time

import nest

POPULATIONS = ["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"]
SIZES = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948]
EXTERNAL = [1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100]
PROBABILITY = [
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0],
    [0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443],
]


def microcircuit(scale):
    w = 87.8
    neuron = {"C_m": 250.0, "tau_m": 10.0, "tau_syn_ex": 0.5, "tau_syn_in": 0.5, "t_ref": 2.0}
    neuron |= {"E_L": -65.0, "V_th": -50.0, "V_reset": -65.0}
    sizes = [round(n * scale) for n in SIZES]
    layers = [nest.Create("iaf_psc_exp", n, params=neuron) for n in sizes]
    for layer in layers:
        layer.V_m = nest.random.normal(-58.0, 10.0)
    for i, target in enumerate(layers):
        for j, source in enumerate(layers):
            p = PROBABILITY[i][j]
            if p == 0:
                continue
            full = math.log(1 - p) / math.log(1 - 1 / (SIZES[i] * SIZES[j]))
            mean = -4 * w if j % 2 else 2 * w if (i, j) == (0, 2) else w
            weight = nest.random.normal(mean, abs(mean) * 0.1)
            bound = {"max": 0.0} if mean < 0 else {"min": 0.0}
            delay = (0.75, 0.375) if j % 2 else (1.5, 0.75)
            synapse = {
                "weight": nest.math.redraw(weight, min=bound.get("min", -1e9), max=bound.get("max", 1e9)),
                "delay": nest.math.redraw(nest.random.normal(*delay), min=0.1, max=1e3),
            }
            rule = {"rule": "fixed_total_number", "N": round(full * scale * scale)}
            nest.Connect(source, target, rule, synapse)
        drive = nest.Create("poisson_generator", params={"rate": 8.0 * EXTERNAL[i]})
        nest.Connect(drive, target, syn_spec={"weight": w, "delay": 1.5})
    return layers


def brunel(scale):
    exc_count, inh_count, inputs = round(10000 * scale), round(2500 * scale), 1000
    neuron = {"tau_m": 20.0, "C_m": 1.0, "E_L": 0.0, "V_th": 20.0, "V_reset": 10.0, "t_ref": 2.0}
    exc = nest.Create("iaf_psc_delta", exc_count, params=neuron)
    inh = nest.Create("iaf_psc_delta", inh_count, params=neuron)
    everyone = exc + inh
    everyone.V_m = nest.random.uniform(0.0, 20.0)
    for source, count, weight in [(exc, inputs, 0.1), (inh, inputs // 4, -0.5)]:
        nest.Connect(source, everyone, {"rule": "fixed_indegree", "indegree": count}, {"weight": weight, "delay": 1.5})
    drive = nest.Create("poisson_generator", params={"rate": 2 * 20.0 / (0.1 * 20.0) * 1e3})
    nest.Connect(drive, everyone, syn_spec={"weight": 0.1, "delay": 1.5})
    return [exc, inh]


def stdp(scale):
    exc_count, inh_count = round(9000 * scale), round(2250 * scale)
    tau = 0.32582722403722841
    neuron = {"tau_m": 10.0, "C_m": 250.0, "E_L": 0.0, "V_th": 20.0, "V_reset": 0.0, "t_ref": 0.5}
    neuron |= {"tau_syn_ex": tau, "tau_syn_in": tau, "tau_minus": 30.0}
    exc = nest.Create("iaf_psc_alpha", exc_count, params=neuron)
    inh = nest.Create("iaf_psc_alpha", inh_count, params=neuron)
    for layer in (exc, inh):
        layer.V_m = nest.random.normal(5.7, 7.2)
    weight = 0.14 * 1.0 / 3.0687604e-3  # pA for a potential of 0.14 mV
    nest.SetDefaults("stdp_pl_synapse_hom", {"alpha": 0.0513, "lambda": 0.1, "mu": 0.4, "tau_plus": 15.0})
    plastic = {"synapse_model": "stdp_pl_synapse_hom", "weight": weight, "delay": 1.5}
    static = {"weight": weight, "delay": 1.5}
    inhibitory = {"weight": -5.0 * weight, "delay": 1.5}
    from_exc = {"rule": "fixed_indegree", "indegree": exc_count}
    from_inh = {"rule": "fixed_indegree", "indegree": inh_count}
    nest.Connect(exc, exc, from_exc, plastic)
    nest.Connect(exc, inh, from_exc, static)
    nest.Connect(inh, exc + inh, from_inh, inhibitory)
    drive = nest.Create("poisson_generator", params={"rate": RATE})
    nest.Connect(drive, exc + inh, syn_spec=static)
    return [exc, inh]


# 1.685 times the rate that reaches threshold alone: V_th/(R tau_syn e weight) with R = tau_m/C.
RATE = 1.685 * 1e3 * 20.0 / ((10.0 / 250.0) * math.e * (0.14 / 3.0687604e-3) * 0.32582722403722841)

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("network", choices=["microcircuit", "brunel", "stdp"])
parser.add_argument("--scale", type=float, default=1.0)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--seconds", type=float, default=1.0)
parser.add_argument("--discard", type=float, default=0.2)
args = parser.parse_args()

nest.verbosity = nest.VerbosityLevel.ERROR if hasattr(nest, "VerbosityLevel") else "M_ERROR"
nest.ResetKernel()
nest.SetKernelStatus({"resolution": 0.1, "local_num_threads": args.threads, "rng_seed": 55})
start = time.perf_counter()
layers = {"microcircuit": microcircuit, "brunel": brunel, "stdp": stdp}[args.network](args.scale)
recorder = nest.Create("spike_recorder")
for layer in layers:
    nest.Connect(layer, recorder)
nest.Prepare()
built = time.perf_counter() - start
nest.Run(args.discard * 1e3)
before = recorder.n_events
start, cpu = time.perf_counter(), time.process_time()
nest.Run(args.seconds * 1e3)
wall, cpu = time.perf_counter() - start, time.process_time() - cpu
nest.Cleanup()
spikes = recorder.n_events - before
neurons = sum(len(layer) for layer in layers)
print(
    f"{args.network} scale {args.scale:g}, {args.threads} threads: built in {built:.1f} s,"
    f" {wall / args.seconds:.2f} s wall and {cpu / args.seconds:.2f} s of processor time per biological second,"
    f" {spikes / neurons / args.seconds:.2f} Hz, {nest.GetKernelStatus('num_connections')} connections,"
    f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"
)
