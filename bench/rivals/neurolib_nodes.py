#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""neurolib: single Wilson-Cowan, Hopf and FitzHugh-Nagumo nodes without noise, as reference values in JSON.

Needs `pip install neurolib`. Writes tests/reference/neurolib_nodes.json (or --output); forward Euler, all parameters written out.
"""

import argparse
import importlib.metadata
import json
import pathlib

import numpy as np
from neurolib.models.fhn import FHNModel
from neurolib.models.hopf import HopfModel
from neurolib.models.wc import WCModel

SAMPLES_MS = [0.1, 1.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0]
# Model, its two variables, the names of their initial values, the initial values, parameters that are not the default.
CASES = {
    "wilson_cowan": (WCModel, ["exc", "inh"], ["exc_init", "inh_init"], [0.05, 0.1], {"exc_ext": 1.0}),
    "hopf": (HopfModel, ["x", "y"], ["xs_init", "ys_init"], [0.2, -0.1], {}),
    "fitzhugh_nagumo": (FHNModel, ["x", "y"], ["xs_init", "ys_init"], [0.05, 0.02], {}),
}
EQUATIONS = {
    "wilson_cowan": [
        "dE/dt = (-E + (1 - E)*S_E(c_excexc*E - c_inhexc*I + exc_ext))/tau_exc",
        "dI/dt = (-I + (1 - I)*S_I(c_excinh*E - c_inhinh*I + inh_ext))/tau_inh",
        "S_E(u) = 1/(1 + exp(-a_exc*(u - mu_exc))), S_I likewise",
    ],
    "hopf": ["dx/dt = (a - x**2 - y**2)*x - w*y", "dy/dt = (a - x**2 - y**2)*y + w*x"],
    "fitzhugh_nagumo": [
        "dx/dt = -alpha*x**3 + beta*x**2 + gamma*x - y + x_ext",
        "dy/dt = (x - delta - epsilon*y)/tau + y_ext",
    ],
}
SKIPPED = {
    "dt",
    "duration",
    "seed",
    "signalV",
    "K_gl",
    "N",
    "Cmat",
    "lengthMat",
    "coupling",
    "Dmat_ndt",
    "tau_ou",
    "sigma_ou",
    "model",
    "name",
    "description",
    "sampling_dt",
}


def run(case):
    kind, variables, initial_names, initial, changed = CASES[case]
    model = kind(seed=0)
    model.params["duration"] = SAMPLES_MS[-1]
    model.params["dt"] = 0.1
    for name, value in zip(initial_names, initial, strict=True):
        model.params[name] = np.array([[value]])
    model.params.update(changed)
    parameters = {
        k: float(np.ravel(v)[0])
        for k, v in model.params.items()
        if k not in SKIPPED and not k.endswith(("_init", "_ou", "_ou_mean")) and np.size(v) == 1
    }
    model.run()
    steps = [round(t / 0.1) for t in SAMPLES_MS]
    values = [[float(model[v][0, step - 1]) for v in variables] for step in steps]
    return {
        "equations": EQUATIONS[case],
        "time_unit": "ms",
        "parameters": parameters,
        "variables": variables,
        "initial": initial,
        "dt_ms": 0.1,
        "method": "forward Euler",
        "t_ms": SAMPLES_MS,
        "values": values,
    }


def main():
    default = pathlib.Path(__file__).resolve().parents[2] / "tests" / "reference" / "neurolib_nodes.json"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=pathlib.Path, default=default)
    args = parser.parse_args()
    result = {
        "source": f"neurolib {importlib.metadata.version('neurolib')}",
        "made_by": "python bench/rivals/neurolib_nodes.py",
        "nodes": {case: run(case) for case in CASES},
    }
    args.output.write_text(json.dumps(result, indent=1) + "\n")
    print(f"wrote {args.output}")


if __name__ == "__main__":
    main()
