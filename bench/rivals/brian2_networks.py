# SPDX-License-Identifier: BSD-3-Clause
"""Benchmarks 1 and 3 of Brette et al. (2007) in Brian2: mean rates over the first second, for some seeds.

python bench/rivals/brian2_networks.py coba|cobahh [seeds]
"""

import sys
import time

import brian2 as b
from brian2 import cm, ms, msiemens, mV, nS, siemens, ufarad, umetre

SIZE, EXCITATORY = 4000, 3200


def coba():
    values = {
        "taum": 20 * ms,
        "taue": 5 * ms,
        "taui": 10 * ms,
        "Vt": -50 * mV,
        "Vr": -60 * mV,
        "El": -60 * mV,
        "Ee": 0 * mV,
        "Ei": -80 * mV,
        "gl": 10 * nS,
    }
    group = b.NeuronGroup(
        SIZE,
        """dv/dt = (ge/gl*(Ee-v)+gi/gl*(Ei-v)-(v-El))/taum : volt (unless refractory)
           dge/dt = -ge/taue : siemens
           dgi/dt = -gi/taui : siemens""",
        threshold="v>Vt",
        reset="v = Vr",
        refractory=5 * ms,
        method="exponential_euler",
        namespace=values,
    )
    group.v = "El + (randn() * 5 - 5)*mV"
    group.ge = "(randn() * 1.5 + 4) * 10.*nS"
    group.gi = "(randn() * 12 + 20) * 10.*nS"
    return group


def cobahh():
    area = 20000 * umetre**2
    values = {
        "Cm": 1 * ufarad * cm**-2 * area,
        "gl": 5e-5 * siemens * cm**-2 * area,
        "El": -65 * mV,
        "EK": -90 * mV,
        "ENa": 50 * mV,
        "g_na": 100 * msiemens * cm**-2 * area,
        "g_kd": 30 * msiemens * cm**-2 * area,
        "VT": -63 * mV,
        "taue": 5 * ms,
        "taui": 10 * ms,
        "Ee": 0 * mV,
        "Ei": -80 * mV,
    }
    group = b.NeuronGroup(
        SIZE,
        """dv/dt = (gl*(El-v)+ge*(Ee-v)+gi*(Ei-v)-g_na*(m*m*m)*h*(v-ENa)-g_kd*(n*n*n*n)*(v-EK))/Cm : volt
           dm/dt = alpha_m*(1-m)-beta_m*m : 1
           dn/dt = alpha_n*(1-n)-beta_n*n : 1
           dh/dt = alpha_h*(1-h)-beta_h*h : 1
           dge/dt = -ge*(1./taue) : siemens
           dgi/dt = -gi*(1./taui) : siemens
           alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV-v+VT)/(4*mV))/ms : Hz
           beta_m = 0.28*(mV**-1)*5*mV/exprel((v-VT-40*mV)/(5*mV))/ms : Hz
           alpha_h = 0.128*exp((17*mV-v+VT)/(18*mV))/ms : Hz
           beta_h = 4./(1+exp((40*mV-v+VT)/(5*mV)))/ms : Hz
           alpha_n = 0.032*(mV**-1)*5*mV/exprel((15*mV-v+VT)/(5*mV))/ms : Hz
           beta_n = .5*exp((10*mV-v+VT)/(40*mV))/ms : Hz""",
        threshold="v>-20*mV",
        refractory=3 * ms,
        method="exponential_euler",
        namespace=values,
    )
    group.v = "El + (randn() * 5 - 5)*mV"
    group.ge = "(randn() * 1.5 + 4) * 10.*nS"
    group.gi = "(randn() * 12 + 20) * 10.*nS"
    return group


def run(make, seed):
    b.start_scope()
    b.seed(seed)
    group = make()
    exc = b.Synapses(group[:EXCITATORY], group, on_pre="ge += 6*nS")
    inh = b.Synapses(group[EXCITATORY:], group, on_pre="gi += 67*nS")
    exc.connect(p=0.02)
    inh.connect(p=0.02)
    spikes = b.SpikeMonitor(group)
    net = b.Network(group, exc, inh, spikes)
    started = time.time()
    net.run(1 * b.second)
    print(f"{make.__name__} seed {seed}: {spikes.num_spikes / SIZE:.2f} Hz, {time.time() - started:.1f} s", flush=True)


if __name__ == "__main__":
    b.BrianLogger.suppress_hierarchy("brian2")
    for number in range(1, 1 + int(sys.argv[2] if len(sys.argv) > 2 else 3)):
        run({"coba": coba, "cobahh": cobahh}[sys.argv[1]], number)
