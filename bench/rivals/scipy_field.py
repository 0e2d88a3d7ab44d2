# SPDX-License-Identifier: BSD-3-Clause
"""Amari's field on 512 x 512 points with scipy.fft, as bench/cases/amari_sheet.yaml: milliseconds a step."""

import argparse
import time

import numpy as np
import scipy.fft

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--steps", type=int, default=200)
parser.add_argument("--repeat", type=int, default=3)
parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
args = parser.parse_args()

n, length, tau, dt, h = 512, 60.0, 10.0, 1.0, 0.1
x = (np.arange(n) + 0.5) * length / n - length / 2
d = np.minimum(np.arange(n), n - np.arange(n)) * length / n
r2 = d[:, None] ** 2 + d[None, :] ** 2
w = (np.exp(-r2 / 2) - np.exp(-r2 / 8) / 4) / (2 * np.pi) * (length / n) ** 2
w_hat = scipy.fft.rfft2(w)


def run(workers):
    u = 0.5 * np.exp(-(x[:, None] ** 2 + x[None, :] ** 2) / 8)
    rate = np.empty_like(u)
    start = time.perf_counter()
    for _ in range(args.steps):
        np.greater_equal(u, h, out=rate, casting="unsafe")
        drive = scipy.fft.irfft2(
            scipy.fft.rfft2(rate, workers=workers) * w_hat, s=(n, n), workers=workers, overwrite_x=True
        )
        drive -= u
        drive *= dt / tau
        u += drive
    return (time.perf_counter() - start) / args.steps * 1e3, u


for threads in args.threads:
    times = [run(threads) for _ in range(args.repeat + 1)][1:]
    print(
        f"{threads} threads: {min(t for t, _ in times):.3f} ms a step (u at the middle {times[0][1][n // 2, n // 2]:.6f})"
    )
