# SPDX-License-Identifier: BSD-3-Clause
"""Every analysis of the engine as a function on arrays: ``nd.analysis.power_spectrum(x, interval=0.001)``.

``dir(nd.analysis)`` names them, ``help(nd.analysis.power_spectrum)`` tells what one takes and gives. All take what they
analyse first, then keywords: further inputs, options in the units that their documentation gives (or as text,
``low="5 Hz"``), ``interval`` in s where an input is a series without times, and ``unit`` of the values.

Series are arrays of (time,) or (time, channel), or xarray objects with a coordinate ``time`` in s, as results of runs are.
Matrices and vectors are arrays, labels are lists of text, events are `Spikes` or (times in s, nodes).
"""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from neurodyn import _core
from neurodyn.result import Spikes, to_dataset
from neurodyn.units import as_text

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray


def _python_name(name: str) -> str:
    """``from`` is a word of Python: ``from_``."""
    return name + "_" if keyword.iskeyword(name) else name


_functions: dict[str, Callable] = {}


def _numbers(value: Any, name: str, axes: tuple[int, ...]):
    import numpy as np

    try:
        array = np.ascontiguousarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"'{name}' cannot be read as numbers") from None
    if array.ndim not in axes:
        raise ValueError(f"'{name}' has {array.ndim} axes, it must have {' or '.join(map(str, axes))}")
    return array


def _interval(value: Any, name: str, interval: Any) -> tuple[float, float]:
    """Interval and begin of a series in s."""
    import numpy as np

    if hasattr(value, "coords") and "time" in value.coords:
        times = np.asarray(value.coords["time"], dtype=float)
        if times.size > 1:
            step = float(times[-1] - times[0]) / (times.size - 1)
            if not np.allclose(np.diff(times), step, rtol=1e-6, atol=0.0):
                raise ValueError(f"the times of '{name}' are not evenly spaced")
            return step, float(times[0])
    if interval is None:
        raise ValueError(f"'{name}' has no times: say interval=..., in s or as text, \"1 ms\"")
    interval = as_text(interval)
    return _core.si(interval, "s") if isinstance(interval, str) else float(interval), 0.0


def _events(value: Any, name: str) -> tuple:
    import numpy as np

    if not isinstance(value, Spikes):
        times = _numbers(value[0], name, (1,))
        nodes = np.asarray(value[1])
        if nodes.shape != times.shape:
            raise ValueError(f"'{name}' has {times.size} times, but {nodes.size} nodes")
        if nodes.size and (nodes.min() < 0 or not np.array_equal(nodes, nodes.astype(np.int64))):
            raise ValueError(f"the nodes of '{name}' must be whole numbers from 0")
        if times.size and not np.isfinite(times).all():
            raise ValueError(f"'{name}' has times that are not finite")
        order = np.argsort(times, kind="stable")
        size, stop = int(nodes.max(initial=-1)) + 1, float(times.max(initial=0.0))
        value = Spikes(
            times[order], nodes[order].astype(np.uint32), size, min(0.0, float(times.min(initial=0.0))), stop
        )
    times = np.ascontiguousarray(value.times_s, dtype=float)
    return "events", times, np.ascontiguousarray(value.nodes, dtype=np.uint32), value.size, value.first_s, value.last_s


def _input(spec: dict, value: Any, interval: Any, unit: str) -> tuple:
    name, kinds = spec["name"], spec["kinds"]
    is_events = isinstance(value, Spikes) or (isinstance(value, tuple) and len(value) == 2)
    if "events" in kinds and is_events:
        return _events(value, name)
    if kinds == ["labels"]:
        return "labels", [str(word) for word in value]
    axes = {"vector": (1,), "matrix": (2,), "series": (1, 2)}
    allowed = sorted({n for kind in kinds if kind in axes for n in axes[kind]})
    if not allowed:
        raise ValueError(f"'{name}' must be {' or '.join(kinds)}: Spikes, or a tuple of times in s and nodes")
    array = _numbers(value, name, tuple(allowed))
    timed = interval is not None or (hasattr(value, "coords") and "time" in value.coords)
    if array.ndim == 1 and "vector" in kinds and not ("series" in kinds and timed):
        return "vector", array, unit
    if array.ndim == 2 and "matrix" in kinds and not ("series" in kinds and timed):
        return "matrix", array, unit
    step, start = _interval(value, name, interval)
    return "series", array.reshape(len(array), -1), step, start, unit


def _document(spec: dict) -> str:
    lines = [spec["doc"], "", "Parameters", "----------"]
    for given in spec["inputs"]:
        lines += [
            f"{_python_name(given['name'])} : {' or '.join(given['kinds'])}{'' if given['required'] else ', optional'}",
            f"    {given['doc']}",
        ]
    for option in spec["options"]:
        words = " {" + ", ".join(option["choices"]) + "}" if option["choices"] else ""
        unit = f", {option['unit']}" if option["unit"] else ""
        lines += [
            f"{_python_name(option['name'])} : {type(option['default']).__name__}{words}{unit}, default {option['default']!r}",
            f"    {option['doc']}",
        ]
    lines += ["interval : float or str, optional", "    Of series that have no times, s."]
    lines += [
        "unit : str, optional",
        "    Of the values of what is analysed.",
        "",
        "Returns",
        "-------",
        "xarray.Dataset, with",
    ]
    for result in spec["results"]:
        shape = f" ({', '.join(result['dimensions'])})" if result["dimensions"] else ""
        lines.append(f"    {result['name']}{shape}: {result['doc']}")
    lines += ["", "Raises", "------", "ValueError", "    Arrays of another shape or kind.", "NeurodynError"]
    return "\n".join([*lines, "    Options and data that the analysis cannot take, named."])


def _make(spec: dict) -> Callable[..., xarray.Dataset]:
    import inspect

    inputs = {given["name"]: given for given in spec["inputs"]}
    names = {_python_name(one["name"]): one["name"] for one in spec["inputs"] + spec["options"]}
    subject = spec["inputs"][0]["name"]

    def function(*args, interval=None, unit="", **given):
        if len(args) > 1:
            raise TypeError(f"{spec['name']} takes '{subject}' first and all else by keyword")
        if args:
            given = {subject: args[0], **given}
        given = {names.get(n, n): v for n, v in given.items()}
        values = {n: given.pop(n) for n in list(given) if n in inputs and given[n] is not None}
        missing = [n for n, one in inputs.items() if one["required"] and n not in values]
        if missing:
            raise TypeError(f"{spec['name']} needs '{missing[0]}': {inputs[missing[0]]['doc']}")
        if not unit and hasattr(values.get(subject), "attrs"):
            unit = values[subject].attrs.get("units", "")
        read = {n: _input(inputs[n], v, interval, unit if n == subject else "") for n, v in values.items()}
        return to_dataset(_core.analyse(spec["name"], read, {n: as_text(v) for n, v in given.items()}))

    only = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter(subject, inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    parameters += [inspect.Parameter(_python_name(n), only, default=None) for n in list(inputs)[1:]]
    parameters += [inspect.Parameter(_python_name(o["name"]), only, default=o["default"]) for o in spec["options"]]
    parameters += [inspect.Parameter("interval", only, default=None), inspect.Parameter("unit", only, default="")]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__name__ = function.__qualname__ = spec["name"]
    function.__module__ = __name__
    function.__doc__ = _document(spec)
    return function


def __getattr__(name: str) -> Callable[..., xarray.Dataset]:
    if not _functions:
        _functions.update({spec["name"]: _make(spec) for spec in _core.analyses()})
    if name not in _functions:
        raise AttributeError(f"neurodyn.analysis has no analysis '{name}'; dir(neurodyn.analysis) names them")
    return _functions[name]


def __dir__() -> list[str]:
    return [spec["name"] for spec in _core.analyses()]
