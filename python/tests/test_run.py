# SPDX-License-Identifier: BSD-3-Clause
"""The package as it is installed: running, results, errors, threads."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import h5py
import neurodyn as nd
import numpy as np
import pytest

WILSON_COWAN = """
name: cycle
time: {dt: 0.05 ms, discard: 1 s, duration: 8 s, method: rk4}
populations: {column: {model: wilson_cowan, set: {P: 1.25}}}
monitors: {E: {of: column.E, every: 0.1 ms}}
analyses:
  range: {summary_statistics: E}
"""

NEURONS = """
name: lif_fi
time: {dt: 0.01 ms, discard: 200 ms, duration: 4 s, method: exact}
populations: {cells: {model: lif, size: 2, set: {I: 0.35 nA + 0.15 nA*i}}}
monitors: {spikes: cells.spike}
"""

LONG = """
name: long
time: {dt: 0.01 ms, duration: 100000 s, method: rk4}
populations: {column: {model: wilson_cowan, size: 1}}
monitors: {E: {of: column.E, every: 100 ms}}
"""


def test_package_lies_outside_the_source_tree():
    package = Path(nd.__file__).parent
    assert "site-packages" in package.parts
    assert (package / "share/neurodyn/library/masses/wilson_cowan.model").is_file()


def test_limit_cycle_of_wilson_and_cowan():
    result = nd.run(nd.Experiment(WILSON_COWAN))
    rates = result["E"]
    assert rates.dims == ("time", "node")
    assert rates.attrs["population"] == "column"
    # Continuation of the 1972 limit-cycle set, as in experiments/wilson_cowan.yaml.
    assert float(rates.min()) == pytest.approx(0.1025593, abs=1e-4)
    assert float(rates.max()) == pytest.approx(0.2696595, abs=1e-4)
    assert float(result["range"]["overall_maximum"]) == result.scalars["range.overall_maximum"][0]
    assert rates.time.attrs["units"] == "s"
    assert np.diff(rates.time) == pytest.approx(1e-4)


def test_spikes_follow_the_closed_form():
    spikes = nd.run(nd.Experiment(NEURONS))["cells"]
    assert spikes.size == 2
    assert spikes.of(0).size == 0  # 0.35 nA is below the rheobase
    # Tuckwell 1988: 1/(2 ms + 10 ms ln 4) at 0.5 nA.
    assert 1 / np.diff(spikes.of(1)).mean() == pytest.approx(63.040, abs=0.3)


def test_values_are_changed_by_path():
    still = nd.run(nd.Experiment(WILSON_COWAN), set={"populations.column.set.P": 0, "time.duration": "1 s"})
    assert still["E"].sizes["time"] == 10000
    assert float(still["E"].max() - still["E"].min()) < 1e-3  # without input the column rests (Wilson & Cowan 1972)


def test_numbers_are_not_copied_from_the_engine():
    values = nd.run(nd.Experiment(WILSON_COWAN))["E"].values
    while isinstance(values.base, np.ndarray):
        values = values.base
    assert values.base is not None  # memory of the engine


def test_save_and_open(tmp_path):
    result = nd.run(nd.Experiment(WILSON_COWAN))
    result.save(tmp_path / "kept.h5")
    np.testing.assert_array_equal(nd.open(tmp_path / "kept.h5")["E"], result["E"])
    with h5py.File(tmp_path / "kept.h5") as file:
        assert file.attrs["name"] == "cycle"


def test_experiment_is_saved_as_it_was_written(tmp_path):
    nd.Experiment(WILSON_COWAN).save(tmp_path / "cycle.yaml")
    assert nd.load(tmp_path / "cycle.yaml").text == WILSON_COWAN
    assert nd.run(tmp_path / "cycle.yaml", set={"time.duration": "10 ms"}).passed


def test_input_errors_have_the_engine_text():
    with pytest.raises(nd.InputError, match=r"mine\.yaml:4:\d+: error: (.|\n)*did you mean 'wilson_cowan'") as raised:
        nd.run(nd.Experiment(WILSON_COWAN.replace("wilson_cowan", "wilson_cowen"), "mine.yaml"))
    assert isinstance(raised.value, nd.NeurodynError)


def test_file_errors():
    with pytest.raises(nd.FileError, match="absent.yaml"):
        nd.run("absent.yaml")
    with pytest.raises(nd.FileError, match="absent.h5"):
        nd.open("absent.h5")


def test_non_finite_values_keep_what_was_recorded():
    text = """
name: explosion
time: {dt: 1 ms, duration: 2 s, method: euler}
populations: {p: {equations: "dx/dt = x**3/second : 1", initial: {x: 1}}}
monitors: {x: {of: p.x, every: 1 ms}}
"""
    with pytest.raises(nd.RunError, match="x") as raised:
        nd.run(nd.Experiment(text))
    assert raised.value.result["x"].size > 0


def test_two_threads_give_the_same_bits_as_one():
    experiment = nd.Experiment(WILSON_COWAN)
    inputs = [1.0, 1.25]
    alone = [nd.run(experiment, set={"populations.column.set.P": p})["E"].values for p in inputs]
    found = {}

    def work(p):
        found[p] = nd.run(experiment, set={"populations.column.set.P": p})["E"].values

    threads = [threading.Thread(target=work, args=(p,)) for p in inputs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for p, expected in zip(inputs, alone, strict=True):
        np.testing.assert_array_equal(found[p], expected)


def test_interrupt_keeps_what_was_recorded():
    stages = []

    def interrupt(stage, done):
        stages.append(stage)
        if done > 0 and len(stages) == 3:
            os.kill(os.getpid(), signal.SIGINT)

    result = nd.run(nd.Experiment(LONG), progress=interrupt)
    assert result.stopped
    assert result["E"].size > 0


def test_an_error_in_progress_stops_the_run():
    def fail(stage, done):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        nd.run(nd.Experiment(LONG), progress=fail)


def test_models():
    assert "wilson_cowan" in nd.models()
    model = nd.Model.load("wilson_cowan")
    assert ("tau_E", "ms") in model.parameters
    assert "10.1016/S0006-3495(72)86068-5" in model.reference


def test_import_loads_neither_llvm_nor_numpy():
    code = "import sys, neurodyn; print('LLVM' in open('/proc/self/maps').read(), 'numpy' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False False"
