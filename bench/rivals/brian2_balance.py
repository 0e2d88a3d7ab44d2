# SPDX-License-Identifier: BSD-3-Clause
"""`experiments/ei_balance.yaml` in Brian2: rates of the excitatory neurons in windows of two seconds.

python bench/rivals/brian2_balance.py [seconds] [eta]
"""

import sys
import time

import brian2 as b
from brian2 import Hz, ms, mV, nS, pA, pF

seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
b.BrianLogger.suppress_hierarchy("brian2")
b.seed(1)
values = {
    "g_l": 10 * nS,
    "e_l": -60 * mV,
    "e_r": -80 * mV,
    "v_t": -50 * mV,
    "C": 200 * pF,
    "I": 200 * pA,
    "tau_ampa": 5 * ms,
    "tau_gaba": 10 * ms,
    "tau_stdp": 20 * ms,
    "gmax": 100,
    "alpha": 3 * Hz * 20 * ms * 2,
    "eta": float(sys.argv[2]) if len(sys.argv) > 2 else 0.01,
}
group = b.NeuronGroup(
    10000,
    """dv/dt = (-g_l*(v-e_l)-(g_ampa*v+g_gaba*(v-e_r))+I)/C : volt (unless refractory)
       dg_ampa/dt = -g_ampa/tau_ampa : siemens
       dg_gaba/dt = -g_gaba/tau_gaba : siemens""",
    threshold="v > v_t",
    reset="v = e_l",
    refractory=5 * ms,
    method="exponential_euler",
    namespace=values,
)
group.v = -60 * mV
exc, inh = group[:8000], group[8000:]
excitatory = b.Synapses(exc, group, on_pre="g_ampa += 0.3*nS")
inhibitory = b.Synapses(inh, inh, on_pre="g_gaba += 3*nS")
learning = b.Synapses(
    inh,
    exc,
    """w : 1
       da/dt = -a/tau_stdp : 1 (event-driven)
       db/dt = -b/tau_stdp : 1 (event-driven)""",
    on_pre="""g_gaba += w*nS
              w = clip(w + eta*(b - alpha), 0, gmax)
              a += 1""",
    on_post="""w = clip(w + eta*a, 0, gmax)
               b += 1""",
    namespace=values,
)
for synapses in (excitatory, inhibitory, learning):
    synapses.connect(p=0.02)
spikes = b.SpikeMonitor(exc)
net = b.Network(group, excitatory, inhibitory, learning, spikes)
start, before = time.time(), 0
for k in range(int(seconds / 2)):
    net.run(2 * b.second)
    print(
        f"{2 * k + 2} s: {(spikes.num_spikes - before) / 8000 / 2:.2f} Hz after {time.time() - start:.0f} s", flush=True
    )
    before = spikes.num_spikes
