#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The case `predictive_training` of bench/inference.cpp in JAX, on which pcx and ngclearn stand: a mini-batch is one
compiled function written by hand, so no library on JAX can be faster. Images per second, the median of 20.

python bench/rivals/jax_predictive.py   (taskset -c 0 ... for one core)
"""

import statistics
import time

import jax
import jax.numpy as jnp
import optax

sizes, batch, steps, rate = (784, 256, 256, 10), 256, 20, 0.1
keys = jax.random.split(jax.random.PRNGKey(1), 4)
weights = [
    (jax.random.uniform(k, (n, m), minval=-1, maxval=1) * (6 / (n + m)) ** 0.5, jnp.zeros(m))
    for k, n, m in zip(keys, sizes, sizes[1:], strict=False)
]
optimiser = optax.adam(1e-3)
moments = optimiser.init(weights)


@jax.jit
def train(weights, moments, images, labels):
    (w0, b0), (w1, b1), (w2, b2) = weights
    below = images @ w0 + b0  # the images are clamped: once a batch

    def step(_, states):
        low, high = states
        fl, fh = jnp.tanh(low), jnp.tanh(high)
        e_high = high - fl @ w1 - b1
        e_label = labels - fh @ w2 - b2
        return (
            low + rate * ((1 - fl**2) * (e_high @ w1.T) - (low - below)),
            high + rate * ((1 - fh**2) * (e_label @ w2.T) - e_high),
        )

    high = jnp.tanh(below) @ w1 + b1
    low, high = jax.lax.fori_loop(0, steps, step, (below, high))
    fl, fh = jnp.tanh(low), jnp.tanh(high)
    errors = [(images, low - below), (fl, high - fl @ w1 - b1), (fh, labels - fh @ w2 - b2)]
    gradients = [(-f.T @ e / batch, -e.mean(0)) for f, e in errors]
    updates, moments = optimiser.update(gradients, moments)
    return optax.apply_updates(weights, updates), moments


images = jax.random.uniform(keys[3], (batch, 784))
labels = jax.nn.one_hot(jnp.arange(batch) % 10, 10)
times = []
for _ in range(25):
    start = time.perf_counter()
    weights, moments = jax.block_until_ready(train(weights, moments, images, labels))
    times.append(time.perf_counter() - start)
print(f"JAX {jax.__version__}: {batch / statistics.median(times[5:]):.0f} images/s, best {batch / min(times):.0f}")
