# SPDX-License-Identifier: BSD-3-Clause
"""Total surprises of the filters of experiments/reversal.yaml by pyhgf, from the inputs in its result file.

neurodyn run experiments/reversal.yaml && python3 bench/rivals/reversal.py reversal.h5
"""

import sys

import h5py
import jax

jax.config.update("jax_enable_x64", True)
from pyhgf.model import HGF  # noqa: E402

with h5py.File(sys.argv[1]) as file:
    inputs = file["inference/task/input"][:]
for name, levels, update in (("task", 3, "standard"), ("enhanced", 3, "eHGF"), ("two_levels", 2, "standard")):
    network = HGF(
        model_type="binary",
        n_levels=levels,
        update_type=update,
        initial_mean={"1": 0.0, "2": 0.0, "3": 0.0},
        initial_precision={"1": 1.0, "2": 1.0, "3": 1.0},
        tonic_volatility={"1": 0.0, "2": -4.0, "3": -3.0},
        volatility_coupling={"1": 1.0, "2": 1.0},
    ).input_data(input_data=inputs)
    print(name, repr(float(network.surprise().sum())))
