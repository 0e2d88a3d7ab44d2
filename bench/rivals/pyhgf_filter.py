#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Trials per second of pyhgf's three-level binary filter: alone, and 256 parameter sets by jax.vmap."""

import time

import jax
import jax.numpy as jnp
import numpy as np
from pyhgf.model import HGF

jax.config.update("jax_enable_x64", True)
TRIALS = 1000
rng = np.random.default_rng(1)
inputs = (rng.random(TRIALS) < np.where((np.arange(TRIALS) // 100) % 2 == 0, 0.8, 0.2)).astype(float)


def best(run, repeats=5):
    run()  # compiles
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def network():
    volatility = {"1": None, "2": -3.0, "3": -3.0}
    return HGF(n_levels=3, model_type="binary", update_type="eHGF", tonic_volatility=volatility)


model = network()
alone = best(lambda: jax.block_until_ready(model.input_data(input_data=inputs).node_trajectories[1]["mean"]))
print(f"input_data: {TRIALS / alone:.4g} trials/s")

model = network().create_belief_propagation_fn().input_data(input_data=inputs)
attributes, scan = model.attributes, model.scan_fn
columns = (inputs[:, None],)
observed = (jnp.ones(TRIALS, dtype=int),)
steps = jnp.ones(TRIALS)


@jax.jit
@jax.vmap
def run(volatility):
    own = {key: dict(value) for key, value in attributes.items()}
    own[1]["tonic_volatility"] = volatility
    return jax.lax.scan(scan, own, (columns, observed, steps, None))[1]


sets = jnp.linspace(-4.0, -2.0, 256)
many = best(lambda: jax.block_until_ready(run(sets)))
print(f"jax.vmap over 256 sets: {TRIALS * 256 / many:.4g} trials/s")
