#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""bench/cases/t_maze.yaml in inferactively-pymdp (0.0.7.1, NumPy): full trials per second, the best of five.

python bench/rivals/pymdp_t_maze.py
"""

import time

import numpy as np
from pymdp import utils
from pymdp.agent import Agent

trials, a = 50, 0.98
A, B, C, D = (utils.obj_array(n) for n in (3, 2, 3, 2))
A[0] = np.repeat(np.eye(4)[:, :, None], 2, axis=2)
A[1] = np.zeros((3, 4, 2))
A[1][0, [0, 3]] = 1
A[1][1, 1], A[1][2, 1] = (a, 1 - a), (1 - a, a)
A[1][1, 2], A[1][2, 2] = (1 - a, a), (a, 1 - a)
A[2] = np.zeros((3, 4, 2))
A[2][0, :3] = 1
A[2][1, 3, 0] = A[2][2, 3, 1] = 1
B[0] = np.zeros((4, 4, 4))
for here in range(4):
    for to in range(4):
        B[0][here if here in (1, 2) else to, here, to] = 1
B[1] = np.eye(2)[:, :, None]
C[0], C[1], C[2] = np.zeros(4), np.array([0.0, 6, -6]), np.zeros(3)
D[0], D[1] = np.array([1.0, 0, 0, 0]), np.ones(2) / 2
agent = Agent(A=A, B=B, C=C, D=D, policy_len=2, gamma=1.0, control_fac_idx=[0], action_selection="deterministic")
rng = np.random.default_rng(1)


def trial():
    agent.reset()
    place, side = 0, rng.integers(2)
    for time_left in (2, 1, 0):
        agent.infer_states([int(rng.choice(len(table), p=table[:, place, side])) for table in A])
        if time_left:
            agent.infer_policies()
            place = int(B[0][:, place, int(agent.sample_action()[0])].argmax())
    return place in (1, 2)


best = 0.0
for _ in range(5):
    start = time.perf_counter()
    arms = sum(trial() for _ in range(trials))
    best = max(best, trials / (time.perf_counter() - start))
print(f"pymdp: {best:.1f} trials/s, {arms} of {trials} ended in an arm")
