# SPDX-License-Identifier: BSD-3-Clause
"""What a run found: series and analyses as xarray objects, spikes as arrays.

numpy and xarray are imported when a result is first read, so that `import neurodyn` stays quick.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from neurodyn import _core

if TYPE_CHECKING:
    import tempfile

    import matplotlib.figure
    import numpy as np
    import xarray


class RunError(_core.NeurodynError):
    """A run that could not go on: a value became non-finite, or its tuning failed.

    ``result`` has what was recorded until then.
    """

    def __init__(self, message: str, result: Result):
        super().__init__(message)
        self.result = result


@dataclass(frozen=True)
class Spikes:
    """Events of one population (or one member of an ensemble), by ascending time.

    Attributes
    ----------
    times_s : float64 array, shape (events,), in s
    nodes : uint32 array, shape (events,)
    size : number of nodes that were recorded
    first_s, last_s : recorded were the events in (first_s, last_s]
    """

    times_s: np.ndarray
    nodes: np.ndarray
    size: int
    first_s: float
    last_s: float

    def of(self, node: int) -> np.ndarray:
        """Times of one node, s."""
        return self.times_s[self.nodes == node]

    def to_neo(self) -> list:
        """One neo.SpikeTrain for each node (needs neo)."""
        import neo

        limits = {"units": "s", "t_start": self.first_s, "t_stop": self.last_s}
        return [neo.SpikeTrain(self.of(node), name=str(node), **limits) for node in range(self.size)]


class Result:
    """A result file: ``result["E"]`` is a monitor's series, an analysis, or spikes by population.

    A result of `run` knows how the run went too: ``passed``, ``stopped``, ``expectations``, ``scalars``.
    """

    def __init__(
        self,
        path: str | None,
        outcome: dict[str, Any] | None = None,
        folder: tempfile.TemporaryDirectory | None = None,
    ):
        self._path = path
        self._folder = folder  # deleted with this object
        self._reader = _core.Reader(path) if path else None
        outcome = outcome or {}
        self.passed: bool | None = outcome.get("passed")
        self.stopped: bool | None = outcome.get("stopped")
        self.scalars: dict[str, tuple[float, str]] = outcome.get("scalars", {})
        self.expectations: list[dict] = outcome.get("expectations", [])
        self.failed_analyses: list[str] = outcome.get("failed_analyses", [])
        self.notes: list[str] = outcome.get("notes", [])
        self.report: str = outcome.get("report", "")
        self.run_s: float | None = outcome.get("run_s")

    def _open(self) -> _core.Reader:
        if self._reader is None:
            raise _core.NeurodynError("the run was stopped before anything was recorded")
        return self._reader

    @property
    def series_names(self) -> list[str]:
        return self._open().series_names()

    @property
    def spike_names(self) -> list[str]:
        return self._open().groups("spikes")

    @property
    def analysis_names(self) -> list[str]:
        return self._open().groups("analyses")

    @property
    def inference_names(self) -> list[str]:
        """Entries of filters, predictive networks, agents."""
        return self._open().groups("inference")

    def series(self, name: str) -> xarray.DataArray:
        """A monitor's samples, (time, node), or (member, time, node) for an ensemble; time in s, units in attrs.

        Raises NeurodynError, with the nearest name, when there is none of this name.
        """
        import numpy as np
        import xarray

        found = self._open().series(name)
        values = found["values"]
        time = found["first_s"] + np.arange(values.shape[1]) * found["interval_s"]
        array = xarray.DataArray(
            values,
            dims=("member", "time", "node"),
            coords={"time": ("time", time, {"units": "s"}), "node": found["nodes"]},
            name=name,
            attrs={"units": found["unit"], "population": found["population"], "expression": found["expression"]},
        )
        return array[0] if values.shape[0] == 1 else array

    def spikes(self, name: str, member: int = 0) -> Spikes:
        """Recorded events. Raises NeurodynError, with the names that exist."""
        found = self._open().events(name, member)
        return Spikes(found["time_s"], found["node"], found["nodes"], found["first_s"], found["last_s"])

    def analysis(self, name: str) -> xarray.Dataset:
        """All arrays of an analysis or of an inference section's entry, with units and coordinates. Raises NeurodynError when there is none."""
        group = "inference/" if name in self.inference_names else "analyses/"
        return to_dataset(self._open().arrays(group + name))

    def __getitem__(self, name: str):
        if name in self.spike_names:
            return self.spikes(name)
        if name in self.analysis_names or name in self.inference_names:
            return self.analysis(name)
        return self.series(name)

    def plot(self, *names: str, most: int = 8) -> matplotlib.figure.Figure:
        """A figure fit for a paper, one panel below the other (needs matplotlib).

        Parameters
        ----------
        *names : str
            Monitors, populations with spikes, analyses; without any: all monitors and spikes.
        most : int
            Nodes of a monitor that are drawn.

        Raises NeurodynError for names that do not exist, and where there is nothing to draw.
        """
        from neurodyn import figures

        return figures.plot(self, names, most)

    def _repr_html_(self) -> str:
        """What notebooks show: expectations and scalar results."""
        from html import escape

        def table(head, rows):
            cells = "".join(f"<tr>{''.join(f'<td>{escape(str(c))}</td>' for c in row)}</tr>" for row in rows)
            return f"<table><tr>{''.join(f'<th>{h}</th>' for h in head)}</tr>{cells}</table>" if rows else ""

        expected = [
            ("yes" if e["passed"] else "no", e["that"], e["found"], e["expected"], e["source"])
            for e in self.expectations
        ]
        scalars = [(name, f"{value:.6g}", unit) for name, (value, unit) in self.scalars.items()]
        return (
            f"<p>{escape(repr(self))}</p>"
            + table(("met", "expectation", "found", "expected", "from"), expected)
            + table(("result", "value", "unit"), scalars)
        )

    def save(self, path: str | os.PathLike) -> None:
        """Copies the engine's HDF5 file."""
        self._open()
        shutil.copyfile(self._path, path)

    def __repr__(self) -> str:
        if self._reader is None:
            return "<neurodyn.Result of nothing>"
        names = self.series_names + self.spike_names
        return f"<neurodyn.Result {', '.join(names)}; analyses: {', '.join(self.analysis_names) or 'none'}>"


def to_dataset(arrays: list[dict]) -> xarray.Dataset:
    """Named arrays of the engine with units and coordinates."""
    import xarray

    found = {}
    for array in arrays:
        coords = {}
        for dimension, unit, numbers, labels in array["dimensions"]:
            if labels or numbers:
                coords[dimension] = (dimension, labels or numbers, {} if labels else {"units": unit or "1"})
        attrs = {"units": array["unit"] or "1", "long_name": array["doc"]}
        dims = [dimension[0] for dimension in array["dimensions"]]
        values = array["texts"] if array["texts"] else array["values"]
        found[array["name"]] = xarray.DataArray(values, dims=dims, coords=coords, attrs=attrs)
    return xarray.Dataset(found)


def open(path: str | os.PathLike) -> Result:
    """A result file that a run made. Raises FileError: missing, or not a result file."""
    return Result(os.fspath(path))
