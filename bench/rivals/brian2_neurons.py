# SPDX-License-Identifier: BSD-3-Clause
"""Spike times of single neurons in Brian2: tests/reference/brian2_neurons.json.

The strings are those of Brian2's documentation and examples, so that they show whether they are read unmodified.
"""

import json
import sys
from pathlib import Path

import brian2 as b
import numpy as np

DT_MS = 0.1

HODGKIN_HUXLEY = """
dv/dt = (gl*(El-v) - g_na*(m*m*m)*h*(v-ENa) - g_kd*(n*n*n*n)*(v-EK) + I)/Cm : volt
dm/dt = 0.32*(mV**-1)*4*mV/exprel((13.*mV-v+VT)/(4*mV))/ms*(1-m)-0.28*(mV**-1)*5*mV/exprel((v-VT-40.*mV)/(5*mV))/ms*m : 1
dn/dt = 0.032*(mV**-1)*5*mV/exprel((15.*mV-v+VT)/(5*mV))/ms*(1.-n)-.5*exp((10.*mV-v+VT)/(40.*mV))/ms*n : 1
dh/dt = 0.128*exp((17.*mV-v+VT)/(18.*mV))/ms*(1.-h)-4./(1+exp((40.*mV-v+VT)/(5.*mV)))/ms*h : 1
I : amp
"""

WANG_BUZSAKI = """
dv/dt = (-gNa*m**3*h*(v-ENa)-gK*n**4*(v-EK)-gL*(v-EL)+Iapp)/Cm : volt
m = alpha_m/(alpha_m+beta_m) : 1
alpha_m = 0.1/mV*10*mV/exprel(-(v+35*mV)/(10*mV))/ms : Hz
beta_m = 4*exp(-(v+60*mV)/(18*mV))/ms : Hz
dh/dt = 5*(alpha_h*(1-h)-beta_h*h) : 1
alpha_h = 0.07*exp(-(v+58*mV)/(20*mV))/ms : Hz
beta_h = 1./(exp(-0.1/mV*(v+28*mV))+1)/ms : Hz
dn/dt = 5*(alpha_n*(1-n)-beta_n*n) : 1
alpha_n = 0.01/mV*10*mV/exprel(-(v+34*mV)/(10*mV))/ms : Hz
beta_n = 0.125*exp(-(v+44*mV)/(80*mV))/ms : Hz
"""

ADEX = """
dvm/dt = (gL*(EL - vm) + gL*DeltaT*exp((vm - VT)/DeltaT) + I - w)/C : volt
dw/dt = (a*(vm - EL) - w)/tauw : amp
I : amp
"""

# name: strings, values of the namespace (as text), values for each neuron (SI), duration in ms
CASES = {
    "IF_curve_LIF": {
        "equations": "dv/dt = (v0 - v) / tau : volt (unless refractory)\nv0 : volt",
        "threshold": "v > 10*mV",
        "reset": "v = 0*mV",
        "refractory": "5*ms",
        "method": "exact",
        "values": {"tau": "10*ms"},
        "each": {"v0": [0.0, 0.008, 0.0105, 0.012, 0.015, 0.02]},
        "duration_ms": 1000,
    },
    "IF_curve_Hodgkin_Huxley": {
        "equations": HODGKIN_HUXLEY,
        "threshold": "v > -40*mV",
        "reset": "",
        "refractory": "v > -40*mV",
        "method": "exponential_euler",
        "values": {
            "area": "20000*umetre**2",
            "Cm": "1*ufarad*cm**-2 * area",
            "gl": "5e-5*siemens*cm**-2 * area",
            "El": "-65*mV",
            "EK": "-90*mV",
            "ENa": "50*mV",
            "g_na": "100*msiemens*cm**-2 * area",
            "g_kd": "30*msiemens*cm**-2 * area",
            "VT": "-63*mV",
        },
        "each": {"v": [-0.065] * 4, "I": [0.1e-9, 0.3e-9, 0.5e-9, 0.7e-9]},
        "duration_ms": 500,
    },
    "Wang_Buszaki_1996": {
        "equations": WANG_BUZSAKI,
        "threshold": "v > -20*mV",
        "reset": "",
        "refractory": "v > -20*mV",
        "method": "exponential_euler",
        "values": {
            "Cm": "1*ufarad",
            "Iapp": "2*uA",
            "gL": "0.1*msiemens",
            "EL": "-65*mV",
            "ENa": "55*mV",
            "EK": "-90*mV",
            "gNa": "35*msiemens",
            "gK": "9*msiemens",
        },
        "each": {"v": [-0.07], "h": [1.0]},
        "duration_ms": 300,
        "dt_ms": 0.01,
    },
    "Brette_Gerstner_2005": {
        "equations": ADEX,
        "threshold": "vm > Vcut",
        "reset": "vm=Vr; w+=b",
        "refractory": "",
        "method": "euler",
        "values": {
            "C": "281*pF",
            "gL": "30*nS",
            "EL": "-70.6*mV",
            "VT": "-50.4*mV",
            "DeltaT": "2*mV",
            "Vcut": "VT + 5*DeltaT",
            "tauw": "144*ms",
            "a": "4*nS",
            "b": "0.0805*nA",
            "Vr": "-70.6*mV",
        },
        "each": {"vm": [-0.0706] * 3, "I": [0.6e-9, 0.8e-9, 1e-9]},
        "duration_ms": 500,
    },
    "Naud_2008_regular_bursting": {
        "equations": ADEX,
        "threshold": "vm > 0*mV",
        "reset": "vm = Vr; w += b",
        "refractory": "",
        "method": "euler",
        "values": {
            "C": "200*pF",
            "gL": "10*nS",
            "EL": "-58*mV",
            "VT": "-50*mV",
            "DeltaT": "2*mV",
            "tauw": "120*ms",
            "a": "2*nS",
            "b": "100*pA",
            "Vr": "-46*mV",
        },
        "each": {"vm": [-0.058], "I": [210e-12]},
        "duration_ms": 600,
    },
    "phase_locking": {
        "equations": "dv/dt = (-v + a * sin(2 * pi * freq * t) + b) / tau : 1\na : 1",
        "threshold": "v > 1",
        "reset": "v = 0",
        "refractory": "",
        "method": "euler",
        "values": {"tau": "20*ms", "b": "1.2", "freq": "10*Hz"},
        "each": {"v": [0.3, 0.3, 0.3], "a": [0.05, 0.3, 0.75]},
        "duration_ms": 600,
    },
    "adaptive_threshold": {
        "equations": "dv/dt = (I - v)/(10*ms) : volt\ndvt/dt = (10*mV-vt)/(15*ms) : volt\nI : volt",
        "threshold": "v>vt",
        "reset": "v = 0*mV\nvt += 3*mV",
        "refractory": "",
        "method": "exact",
        "values": {},
        "each": {"vt": [0.01] * 3, "I": [0.012, 0.02, 0.04]},
        "duration_ms": 500,
    },
    "not_refractory": {
        "equations": "dv/dt = (I - v)/tau : 1\nI = 3*int(not_refractory) : 1",
        "threshold": "v > 2",
        "reset": "v -= 0.5",
        "refractory": "4*ms",
        "method": "euler",
        "values": {"tau": "10*ms"},
        "each": {"v": [0.0]},
        "duration_ms": 300,
    },
    "Hindmarsh_Rose_1984": {
        "equations": "dx/dt = (y - a*x**3 + b*x**2 + I - z)/tau : 1\ndy/dt = (c - d*x**2 - y)/tau : 1\n"
        "dz/dt = r*(s*(x - x_1) - z)/tau : 1",
        "threshold": "x > 1",
        "reset": "",
        "refractory": "x > 0",
        "method": "rk4",
        "values": {
            "tau": "1*ms",
            "a": "1",
            "b": "3",
            "c": "1",
            "d": "5",
            "r": "0.001",
            "s": "4",
            "x_1": "-1.6",
            "I": "2",
        },
        "each": {"x": [-1.6], "y": [-11.8], "z": [0.0]},
        "duration_ms": 3000,
        "dt_ms": 0.05,
    },
}


def namespace(values):
    """Evaluates the texts as Brian2 users do, in the scope of its units and of each other."""
    scope = dict(vars(b))
    for name, text in values.items():
        scope[name] = eval(text, scope)  # the texts stand above
    return {name: scope[name] for name in values}


def spike_times(case):
    b.start_scope()
    b.defaultclock.dt = case.get("dt_ms", DT_MS) * b.ms
    count = len(next(iter(case["each"].values())))
    group = b.NeuronGroup(
        count,
        case["equations"],
        threshold=case["threshold"],
        reset=case["reset"],
        refractory=eval(case["refractory"], dict(vars(b)))
        if case["refractory"].endswith("ms")
        else case["refractory"] or False,
        method=case["method"],
        namespace=namespace(case["values"]),
    )
    for name, values in case["each"].items():
        b.NeuronGroup.__setattr__(group, name, b.Quantity(values, dim=getattr(group, name).dim))
    monitor = b.SpikeMonitor(group)
    b.run(case["duration_ms"] * b.ms)
    steps = np.rint(np.asarray(monitor.t / b.ms) / case.get("dt_ms", DT_MS)).astype(int)
    return [[int(s) for s, i in zip(steps, monitor.i, strict=True) if i == node] for node in range(count)]


def main():
    b.prefs.codegen.target = "numpy"
    b.BrianLogger.suppress_hierarchy("brian2")
    cases = {}
    for name, case in CASES.items():
        cases[name] = {"dt_ms": DT_MS, **case, "spike_steps": spike_times(case)}
        print(name, [len(times) for times in cases[name]["spike_steps"]], file=sys.stderr)
    path = Path(__file__).resolve().parents[2] / "tests" / "reference" / "brian2_neurons.json"
    text = {"source": f"Brian2 {b.__version__}", "made_by": "python bench/rivals/brian2_neurons.py", "neurons": cases}
    path.write_text(json.dumps(text, indent=1) + "\n")


if __name__ == "__main__":
    main()
