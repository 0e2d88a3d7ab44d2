#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""bench/cases/t_maze.yaml in inferactively-pymdp 1.0 (JAX): 1000 agents as one batch, full trials per second, the best
of several: the agent's methods called from Python, as its tutorials do, and a whole trial compiled as one function.

python bench/rivals/pymdp_t_maze.py
"""

import time

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from pymdp.agent import Agent

agents, a = 1000, 0.98
A = [np.repeat(np.eye(4)[:, :, None], 2, axis=2), np.zeros((3, 4, 2)), np.zeros((3, 4, 2))]
A[1][0, [0, 3]] = 1
A[1][1, 1], A[1][2, 1] = (a, 1 - a), (1 - a, a)
A[1][1, 2], A[1][2, 2] = (1 - a, a), (a, 1 - a)
A[2][0, :3] = 1
A[2][1, 3, 0] = A[2][2, 3, 1] = 1
B = [np.zeros((4, 4, 4)), np.eye(2)[:, :, None]]
for here in range(4):
    for to in range(4):
        B[0][here if here in (1, 2) else to, here, to] = 1
C = [np.zeros(4), np.log(np.exp([0.0, 6, -6]) / np.exp([0.0, 6, -6]).sum()), np.zeros(3)]
D = [np.array([1.0, 0, 0, 0]), np.ones(2) / 2]


def batched(tables):
    return [jnp.broadcast_to(jnp.asarray(t, dtype=jnp.float32), (agents, *t.shape)) for t in tables]


agent = Agent(
    batched(A),
    batched(B),
    batched(C),
    batched(D),
    policy_len=2,
    gamma=1.0,
    num_controls=[4, 1],
    control_fac_idx=[0],
    batch_size=agents,
)
tables = [jnp.asarray(t) for t in A]
moves = jnp.asarray(B[0]).argmax(0)


def trial(agent, key):
    key, own = jax.random.split(key)
    side = jax.random.randint(own, (agents,), 0, 2)
    place = jnp.zeros(agents, dtype=jnp.int32)
    prior = agent.D
    for left in (2, 1, 0):
        seen = []
        for table in tables:
            key, own = jax.random.split(key)
            p = table[:, place, side].T
            seen.append(jax.random.categorical(own, jnp.log(p), axis=-1)[:, None])
        beliefs = agent.infer_states(seen, prior)
        if left:
            plans, _ = agent.infer_policies(beliefs)
            key, own = jax.random.split(key)
            action = agent.sample_action(plans, rng_key=jax.random.split(own, agents))
            prior = agent.update_empirical_prior(action, beliefs)
            place = moves[place, action[:, 0].astype(int)]
    return place, side


for name, run, repeats in (("called", trial, 5), ("compiled", eqx.filter_jit(trial), 20)):
    key, best = jax.random.PRNGKey(1), 0.0
    for _ in range(repeats + 1):
        key, own = jax.random.split(key)
        start = time.perf_counter()
        place, side = jax.block_until_ready(run(agent, own))
        best = max(best, agents / (time.perf_counter() - start))
    found = float((place == side + 1).mean())
    print(f"pymdp, {name}: {best:.0f} trials/s, {found:.3f} ended in the arm with the reward")
