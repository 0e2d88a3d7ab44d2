# SPDX-License-Identifier: BSD-3-Clause
"""Figures of results by matplotlib, which is imported when one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurodyn import _core
from neurodyn.result import Spikes

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

_STYLE = {
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "lines.linewidth": 0.9,
    "legend.frameon": False,
    "savefig.dpi": 300,
}
_WIDTH, _HEIGHT = 6.9, 1.7  # inches: two columns of a journal


def _label(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit not in ("", "1") else name


def _draw_series(axes: matplotlib.axes.Axes, array, most: int) -> None:
    if "member" in array.dims:
        array = array[0]
    shown = array[:, :most]
    axes.plot(array.coords["time"], shown, label=[str(n) for n in shown.coords["node"].values])
    if 1 < shown.sizes["node"]:
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), title=f"{shown.sizes['node']} of {array.sizes['node']}")
    axes.set_xlabel("time (s)")
    axes.set_ylabel(_label(str(array.name), array.attrs["units"]))


def _draw_spikes(axes: matplotlib.axes.Axes, name: str, spikes: Spikes) -> None:
    axes.plot(spikes.times_s, spikes.nodes, "|", color="black", markersize=2, rasterized=spikes.nodes.size > 10_000)
    axes.set(
        xlabel="time (s)", ylabel=f"{name}: node", xlim=(spikes.first_s, spikes.last_s), ylim=(-0.5, spikes.size - 0.5)
    )


def _draw_array(axes: matplotlib.axes.Axes, array) -> None:
    label = _label(str(array.name), array.attrs["units"])
    if array.ndim == 1:
        (along,) = array.dims
        coordinate = array.coords.get(along)
        numbers = coordinate is not None and coordinate.dtype.kind == "f"
        if numbers:
            axes.plot(coordinate, array)
            axes.set_xlabel(_label(along, coordinate.attrs.get("units", "")))
        else:
            names = [str(n) for n in (coordinate.values if coordinate is not None else range(array.size))]
            axes.bar(names, array)
            axes.set_xlabel(along)
            axes.tick_params(axis="x", rotation=90 if array.size > 8 else 0)
        axes.set_ylabel(label)
        return
    down, across = array.dims
    image = axes.pcolormesh(
        _positions(array, across), _positions(array, down), array, shading="nearest", rasterized=True
    )
    for dimension, axis, label_axis in ((across, axes.xaxis, axes.set_xlabel), (down, axes.yaxis, axes.set_ylabel)):
        coordinate = array.coords.get(dimension)
        names = coordinate is not None and coordinate.dtype.kind != "f"
        if names and coordinate.size <= 20:
            axis.set_ticks(range(coordinate.size), [str(n) for n in coordinate.values])
        label_axis(_label(dimension, coordinate.attrs.get("units", "") if coordinate is not None else ""))
    if down not in array.coords or array.coords[down].dtype.kind != "f":
        axes.invert_yaxis()  # rows as a matrix has them
    axes.figure.colorbar(image, ax=axes, label=label)


def _positions(array, dimension: str):
    """Where the items of a dimension are drawn: at their numbers, or one beside the other."""
    import numpy as np

    coordinate = array.coords.get(dimension)
    has_numbers = coordinate is not None and coordinate.dtype.kind == "f"
    return coordinate.values if has_numbers else np.arange(array.sizes[dimension])


def plot(result, names: tuple[str, ...], most: int) -> matplotlib.figure.Figure:
    """See Result.plot."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    rows: list[tuple] = []
    for name in names or (*result.series_names, *result.spike_names):
        found = result[name]
        if isinstance(found, Spikes):
            rows.append((_draw_spikes, name, found))
        elif hasattr(found, "data_vars"):
            shown = [a for a in found.data_vars.values() if a.ndim in (1, 2) and a.size and a.dtype.kind == "f"]
            if not shown:
                raise _core.NeurodynError(
                    f"'{name}' has numbers alone, nothing that can be drawn: {', '.join(found.data_vars)}"
                )
            rows += [(_draw_array, a) for a in shown]
        else:
            rows.append((_draw_series, found, most))
    if not rows:
        raise _core.NeurodynError("nothing was recorded that could be drawn")
    with mpl.rc_context(_STYLE):
        figure, axes = plt.subplots(
            len(rows), 1, figsize=(_WIDTH, _HEIGHT * len(rows)), squeeze=False, layout="constrained"
        )
        for (draw, *arguments), own in zip(rows, axes[:, 0], strict=True):
            draw(own, *arguments)
    return figure
