# SPDX-License-Identifier: BSD-3-Clause
"""Experiments: YAML text that the engine's reader reads, and running them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from neurodyn import _core
from neurodyn.result import Result, RunError
from neurodyn.units import as_text


class Experiment:
    """An experiment as its YAML text, read and checked by the engine.

    Parameters
    ----------
    text : str
        The YAML text of docs/experiment.md.
    file : str or path, optional
        What messages call it; relative paths in the text start at its folder.

    Raises
    ------
    InputError
        Every problem of the text, with its line and column.
    """

    def __init__(self, text: str, file: str | os.PathLike = "<text>"):
        self.text = text
        self.file = os.fspath(file)
        self.name = _core.check_text(text, self.file)

    def save(self, file: str | os.PathLike) -> None:
        """Writes the text as it is, comments included."""
        Path(file).write_text(self.text, encoding="utf-8")

    def __repr__(self) -> str:
        return f"<neurodyn.Experiment {self.name}>"


def load(file: str | os.PathLike) -> Experiment:
    """Reads an experiment's file. Raises FileError (it cannot be read) or InputError (what is wrong in it)."""
    path = os.fspath(file)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        _core.run(path, None, [], None, None, None, 0, None)  # the engine says why, in its words
        raise
    return Experiment(text, path)


def _as_yaml(value) -> str:
    value = as_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def run(
    experiment: Experiment | str | os.PathLike,
    *,
    set: Mapping[str, object] | None = None,
    seed: int | None = None,
    output: str | os.PathLike | None = None,
    report: str | os.PathLike | None = None,
    threads: int = 0,
    progress: bool | Callable[[str, float], object] = False,
) -> Result:
    """Runs an experiment. Other Python threads go on meanwhile.

    Parameters
    ----------
    experiment : Experiment, or the path of a YAML file
    set : mapping, optional
        Values to change, by dotted path: ``{"time.duration": "2 s", "populations.column.set.P": 1.5}``. Quantities are
        texts, of `neurodyn.units` (``2 * nd.units.s``), or of pint or quantities.
    seed : int, optional
        In place of the experiment's.
    output : path, optional
        The HDF5 file to keep. Without it the results lie in a temporary file that lives as long as the Result;
        an ``output`` key of the experiment is not followed. A file cannot be written again while a Result of it is alive.
    report : path, optional
        The HTML page. Without it the experiment's ``report`` key counts.
    threads : int
        0: all cores. Results do not depend on it.
    progress : bool or callable
        True: a bar (needs tqdm). A callable is given the stage and the part of it that is done, about ten times a
        second; what it raises stops the run and is raised here.

    Returns
    -------
    Result
        After Ctrl-C, ``result.stopped`` is true and everything recorded until that step is there.

    Raises
    ------
    NeurodynError
        InputError, FileError or SubjectError with the engine's text. RunError when a value became non-finite; its
        ``result`` has what was recorded until then.
    """
    if not isinstance(experiment, Experiment):
        experiment = load(experiment)
    folder = None
    if output is None:
        folder = tempfile.TemporaryDirectory(prefix="neurodyn-")
        output = os.path.join(folder.name, "result.h5")
    changes = [(path, _as_yaml(value)) for path, value in (set or {}).items()]
    bar = _Bar() if progress is True else None
    try:
        outcome = _core.run(
            experiment.file,
            experiment.text,
            changes,
            seed,
            os.fspath(output),
            None if report is None else os.fspath(report),
            threads,
            bar or progress or None,
        )
    finally:
        if bar:
            bar.close()
    result = Result(outcome["output"] or None, outcome, folder)
    if outcome["failure"]:
        raise RunError(outcome["failure"], result)
    return result


class _Bar:
    """tqdm's bar over the stages of a run."""

    def __init__(self):
        from tqdm.auto import tqdm

        self._bar = tqdm(total=1.0, bar_format="{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}")

    def __call__(self, stage: str, done: float) -> None:
        self._bar.set_description_str(stage, refresh=False)
        self._bar.n = done
        self._bar.refresh()

    def close(self) -> None:
        self._bar.close()
