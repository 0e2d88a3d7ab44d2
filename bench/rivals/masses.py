#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Neural masses: right-hand sides of The Virtual Brain and solutions by SciPy, as reference values in JSON.

Needs `pip install tvb-library scipy numba`. Writes tests/reference/masses.json (or --output). Times in ms; units as the sources have them.
"""

import argparse
import importlib.metadata
import json
import pathlib

import numba
import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import fsolve
from tvb.simulator.models.infinite_theta import CoombesByrne, GastSchmidtKnosche_SF
from tvb.simulator.models.zerlaut import ZerlautAdaptationFirstOrder

ZERLAUT_STATES = [[0.002, 0.008, 5.0, 0.0], [0.010, 0.015, 300.0, 0.0], [0.0005, 0.001, 0.0, 2.0]]
GAST_STATES = [[0.1, -2.0, 0.0, 0.0], [1.3, 0.4, 2.5, -0.7]]
BYRNE_STATES = [[0.5, 0.0, 0.0, 0.0], [0.9, -1.7, 1.2, 0.3]]


def zerlaut():
    model = ZerlautAdaptationFirstOrder(
        external_input_ex_ex=np.array([0.0004]), external_input_in_ex=np.array([0.0004])
    )
    states = np.array([state + [0.0] for state in ZERLAUT_STATES]).T[:, :, None]
    drifts = model.dfun(states, np.zeros((1, states.shape[1], 1)))
    return {"states": ZERLAUT_STATES, "drifts": drifts[:4, :, 0].T.tolist()}


def infinite_theta(kind, listed):
    states = np.array(listed).T[:, :, None]
    drifts = kind().dfun(states, np.zeros((4, states.shape[1], 1)))
    return {"states": listed, "drifts": drifts[:, :, 0].T.tolist()}


@numba.njit
def liley_drift(x):
    """Dafilis, Frascoli, Cadusch & Liley 2009: a and b are rates, A and B peaks of potentials, h resting and reversal potentials."""
    he, hi, i_ee, i_ie, i_ei, i_ii, j_ee, j_ie, j_ei, j_ii = x
    a, b, A, B = 1 / 0.99, 1 / 7.06, 1.22, 3.6
    rest, up, down = -70.0, 45.0, -90.0
    s_e = 0.5 / (1 + np.exp(-np.sqrt(2) * (he + 49) / 4.75))
    s_i = 0.5 / (1 + np.exp(-np.sqrt(2) * (hi + 41) / 5.25))

    def membrane(h, excitation, inhibition, tau):
        return (rest - h + (up - h) / abs(up - rest) * excitation + (down - h) / abs(down - rest) * inhibition) / tau

    def synapse(rate, peak, y, slope, drive):
        return -2 * rate * slope - rate**2 * y + peak * rate * np.e * drive

    return np.array(
        [
            membrane(he, i_ee, i_ie, 98.0),
            membrane(hi, i_ei, i_ii, 34.0),
            j_ee,
            j_ie,
            j_ei,
            j_ii,
            synapse(a, A, i_ee, j_ee, 3034 * s_e + 9.43),
            synapse(b, B, i_ie, j_ie, 536 * s_i),
            synapse(a, A, i_ei, j_ei, 3034 * s_e + 8.742),
            synapse(b, B, i_ii, j_ii, 536 * s_i),
        ]
    )


@numba.njit
def runge_kutta(x, h):
    k1 = liley_drift(x)
    k2 = liley_drift(x + h / 2 * k1)
    k3 = liley_drift(x + h / 2 * k2)
    k4 = liley_drift(x + h * k3)
    return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


@numba.njit
def lyapunov_exponent(x, duration, h, apart):
    """Benettin, Galgani & Strelcyn 1976: how fast a second solution leaves, brought back every 10 ms; after 20 s, in 1/ms."""
    for _ in range(int(20e3 / h)):
        x = runge_kutta(x, h)
    y = x + apart / np.sqrt(x.size)
    grown = 0.0
    for _ in range(int(duration / 10)):
        for _ in range(int(10 / h)):
            x, y = runge_kutta(x, h), runge_kutta(y, h)
        distance = np.sqrt(np.sum((y - x) ** 2))
        grown += np.log(distance / apart)
        y = x + (y - x) * (apart / distance)
    return grown / duration


def liley():
    start = np.array([-70.0, -70.0] + [0.0] * 8)
    rest = fsolve(liley_drift, [-60, -60, 30, 20, 30, 20, 0, 0, 0, 0], xtol=1e-14)
    assert np.abs(liley_drift(rest)).max() < 1e-9
    times = [10.0, 50.0, 200.0]
    solution = solve_ivp(
        lambda t, x: liley_drift(x), [0, 200], start, method="DOP853", rtol=1e-12, atol=1e-12, t_eval=times
    )
    exponent = lyapunov_exponent(start, 600e3, 0.1, 1e-7)
    return {
        "lyapunov_per_s": round(1e3 * exponent, 2),
        "fixed_point": rest.tolist(),
        "t_ms": times,
        "h_e": solution.y[0].tolist(),
        "h_i": solution.y[1].tolist(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--output", type=pathlib.Path, default=root / "tests" / "reference" / "masses.json")
    versions = {name: importlib.metadata.version(name) for name in ("tvb-library", "scipy")}
    data = {
        "source": versions,
        "made_by": "python bench/rivals/masses.py",
        "zerlaut": zerlaut(),
        "gast_adaptation": infinite_theta(GastSchmidtKnosche_SF, GAST_STATES),
        "coombes_byrne": infinite_theta(CoombesByrne, BYRNE_STATES),
        "liley": liley(),
    }
    parser.parse_args().output.write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
