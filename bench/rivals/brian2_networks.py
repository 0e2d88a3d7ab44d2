# SPDX-License-Identifier: BSD-3-Clause
"""Benchmarks of Brette et al. (2007) in Brian2: mean rates over the first second and the time that it took, for some seeds.

python bench/rivals/brian2_networks.py cuba|coba|cobahh [seeds] [--standalone]

With --standalone Brian2 writes a C++ program, its fastest way, and the time is that of the program's run without compiling.
"""

import argparse
import tempfile
import time

import brian2 as b
from brian2 import cm, ms, msiemens, mV, nS, siemens, ufarad, umetre

SIZE, EXCITATORY = 4000, 3200


def cuba():
    group = b.NeuronGroup(
        SIZE,
        """dv/dt = (ge+gi-(v-El))/taum : volt (unless refractory)
           dge/dt = -ge/taue : volt
           dgi/dt = -gi/taui : volt""",
        threshold="v>-50*mV",
        reset="v=-60*mV",
        refractory=5 * ms,
        method="exact",
        namespace={"taum": 20 * ms, "taue": 5 * ms, "taui": 10 * ms, "El": -49 * mV},
    )
    group.v = "-60*mV + rand()*10*mV"
    return group


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


KICKS = {"cuba": ("ge += 1.62*mV", "gi -= 9*mV")}


def run(make, seed, standalone):
    b.start_scope()
    b.seed(seed)
    group = make()
    to_ge, to_gi = KICKS.get(make.__name__, ("ge += 6*nS", "gi += 67*nS"))
    exc = b.Synapses(group[:EXCITATORY], group, on_pre=to_ge)
    inh = b.Synapses(group[EXCITATORY:], group, on_pre=to_gi)
    exc.connect(p=0.02)
    inh.connect(p=0.02)
    spikes = b.SpikeMonitor(group)
    net = b.Network(group, exc, inh, spikes)
    started = time.time()
    net.run(1 * b.second)
    took = time.time() - started
    if standalone:
        with tempfile.TemporaryDirectory() as folder:
            b.device.build(directory=folder, compile=True, run=True)
            took, rate = b.device._last_run_time, spikes.num_spikes / SIZE
        b.device.reinit()
        b.device.activate(build_on_run=False)
    else:
        rate = spikes.num_spikes / SIZE
    print(f"{make.__name__} seed {seed}: {rate:.2f} Hz, {took:.2f} s", flush=True)


if __name__ == "__main__":
    b.BrianLogger.suppress_hierarchy("brian2")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=["cuba", "coba", "cobahh"])
    parser.add_argument("seeds", type=int, nargs="?", default=3)
    parser.add_argument("--standalone", action="store_true")
    args = parser.parse_args()
    if args.standalone:
        b.set_device("cpp_standalone", build_on_run=False)
    for number in range(1, 1 + args.seeds):
        run({"cuba": cuba, "coba": coba, "cobahh": cobahh}[args.network], number, args.standalone)
