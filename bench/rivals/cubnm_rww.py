#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""cuBNM, compiled C++ on the processor: 100 regions, no delay, reduced Wong-Wang, BOLD and its FC, dt 0.1 ms.

Needs `pip install cubnm` (measured with 0.1.0). Its noise is one segment of 30 s that it reuses in shuffled order, its default;
--fresh-noise draws all of it, as every other program here does.
"""

import common

args = common.arguments(__doc__.splitlines()[0], repeat=3, seconds=60.0)
args.add_argument("--fresh-noise", action="store_true", help="draw noise for the whole run")
args.add_argument("--coupling", type=float, default=1.0, help="global coupling G")
args = args.parse_args()

import numpy as np  # noqa: E402
from cubnm import datasets, sim  # noqa: E402

weights = datasets.load_sc("strength", "schaefer-100", "group-train706")
if args.export:
    common.export(args.export, weights, datasets.load_sc("length", "schaefer-100", "group-train706"))
    raise SystemExit
if args.seconds <= 30:
    raise SystemExit("--seconds must be above 30: the first 30 s of BOLD are left out of its FC")

group = sim.rWWSimGroup(
    duration=args.seconds,
    TR=1.0,
    sc=weights,
    dt="0.1",
    bw_dt="1.0",
    do_fc=True,
    do_fcd=False,
    gof_terms=["+fc_corr"],
    force_cpu=True,
    sim_seed=1,
    noise_segment_length=None if args.fresh_noise else 30,
)
group.N = 1
group.param_lists["G"] = np.array([args.coupling])
group._set_default_params()  # the package leaves no public way to ask for them
common.measure(
    group.run, args.repeat, args.seconds, "cuBNM reduced Wong-Wang" + (", fresh noise" if args.fresh_noise else "")
)
