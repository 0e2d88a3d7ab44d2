#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""TVB: 76 regions, its default connectome, Jansen-Rit, stochastic Heun with dt 0.1 ms, 3 mm/ms.

Needs `pip install tvb-library tvb-data` (measured with 2.10.0 and 3.0.0).
"""

import common

args = common.arguments(__doc__.splitlines()[0]).parse_args()

import numpy as np  # noqa: E402
from tvb.simulator.lab import connectivity, coupling, integrators, models, monitors, noise, simulator  # noqa: E402

connectome = connectivity.Connectivity.from_file("connectivity_76.zip")
if args.export:
    common.export(
        args.export, connectome.weights, connectome.tract_lengths, connectome.region_labels, connectome.centres
    )
    raise SystemExit
connectome.speed = np.array([3.0])

simulation = simulator.Simulator(
    model=models.JansenRit(mu=np.array([0.22])),
    connectivity=connectome,
    coupling=coupling.SigmoidalJansenRit(a=np.array([10.0])),
    integrator=integrators.HeunStochastic(dt=0.1, noise=noise.Additive(nsig=np.array([0.0, 0.0, 0.0, 0.0, 1e-6, 0.0]))),
    initial_conditions=np.zeros((int(connectome.tract_lengths.max() / 3.0 / 0.1) + 2, 6, len(connectome.weights), 1)),
    monitors=(monitors.TemporalAverage(period=1.0),),
    simulation_length=args.seconds * 1000,
).configure()
print(f"{len(connectome.weights)} regions, longest delay {connectome.tract_lengths.max() / 3.0:.2f} ms")
common.measure(simulation.run, args.repeat, args.seconds, "TVB Jansen-Rit")
