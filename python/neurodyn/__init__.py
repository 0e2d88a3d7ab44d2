# SPDX-License-Identifier: BSD-3-Clause
"""neurodyn: one engine for neural dynamics at every scale.

>>> import neurodyn as nd
>>> result = nd.run("wilson_cowan.yaml")     # doctest: +SKIP
>>> result["E"]                              # doctest: +SKIP
"""

from neurodyn import analysis, units
from neurodyn._core import (
    FileError,
    InputError,
    Model,
    NeurodynError,
    NonFiniteError,
    SubjectError,
    __version__,
    models,
)
from neurodyn.experiment import Experiment, load, run
from neurodyn.result import Result, RunError, Spikes, open
from neurodyn.survey import NeuralDynamics

__all__ = [
    "Experiment",
    "FileError",
    "InputError",
    "Model",
    "NeuralDynamics",
    "NeurodynError",
    "NonFiniteError",
    "Result",
    "RunError",
    "Spikes",
    "SubjectError",
    "__version__",
    "analysis",
    "load",
    "models",
    "open",
    "run",
    "units",
]
