#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a run from Python costs beside its simulation: 200 runs of ten steps of one Wilson-Cowan column.

PYTHONPATH=build/release/python_package/site-packages .venv/bin/python bench/python_run.py
"""

import statistics
import time

import neurodyn as nd

TEXT = """
name: overhead
time: {dt: 0.1 ms, duration: 1 ms, method: rk4}
populations: {column: {model: wilson_cowan, set: {P: 1.25}}}
monitors: {E: {of: column.E, every: 0.1 ms}}
"""


def main() -> None:
    experiment = nd.Experiment(TEXT)
    nd.run(experiment)  # compiles the kernel
    seconds = []
    for _ in range(200):
        begin = time.perf_counter()
        nd.run(experiment)
        seconds.append(time.perf_counter() - begin)
    print(f"a run: {1e3 * statistics.median(seconds):.2f} ms (median of 200), {1e3 * min(seconds):.2f} ms at least")


if __name__ == "__main__":
    main()
