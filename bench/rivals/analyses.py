#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What powerlaw, mrestimator and numpy need for the cases of bench/analysis.cpp: processor seconds, one thread.

OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python bench/rivals/analyses.py [power_law|regression|correlation ...]
"""

import sys
import time

import numpy as np

rng = np.random.default_rng(1)


def best(function, repeats=2):
    times = []
    for _ in range(repeats + 1):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times[1:])


def power_law():
    import powerlaw

    x = rng.random(10_000) ** -2  # its time grows with the square of the number of distinct values
    print(
        f"powerlaw {powerlaw.__version__}, 10,000 continuous values:", best(lambda: powerlaw.Fit(x, verbose=False), 1)
    )


def regression():
    import mrestimator

    x = rng.poisson(100, (100, 100_000)).astype(float)
    seconds = best(lambda: mrestimator.coefficients(x, method="stationarymean", steps=(1, 500), numboot=0))
    print("mrestimator, 100 trials of 100,000 bins, 500 lags:", seconds)


def correlation():
    x = rng.random((10_000, 1000))
    print("numpy.corrcoef, 1000 regions, 10,000 samples:", best(lambda: np.corrcoef(x.T), 5))


cases = {"power_law": power_law, "regression": regression, "correlation": correlation}
for case in sys.argv[1:] or cases:
    cases[case]()
