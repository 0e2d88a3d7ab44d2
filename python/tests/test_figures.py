# SPDX-License-Identifier: BSD-3-Clause
"""Figures and notebook display."""

import neurodyn as nd
import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

TEXT = """
name: figures
time: {dt: 0.1 ms, duration: 500 ms, method: rk4}
populations:
  column: {model: wilson_cowan, size: 2, set: {P: 1.25}}
  cells: {model: lif, size: 5, set: {I: 0.5 nA + 0.05 nA*i}}
monitors:
  E: {of: column.E, every: 1 ms}
  spikes: cells.spike
analyses:
  spectrum: {power_spectrum: E, segment: 0.25 s}
  range: {summary_statistics: E}
expect:
  - {that: range.overall_maximum, below: 1, from: "<a part> of cells"}
"""


@pytest.fixture(scope="module")
def result():
    return nd.run(nd.Experiment(TEXT))


def test_panels_show_what_was_recorded(result):
    figure = result.plot()
    series, spikes = figure.axes
    assert series.get_ylabel() == "E" and series.get_xlabel() == "time (s)"
    np.testing.assert_array_equal(series.lines[1].get_ydata(), result["E"][:, 1])
    assert len(spikes.lines[0].get_xdata()) == result["cells"].times_s.size > 0
    assert len(result.plot("E", most=1).axes[0].lines) == 1


def test_analyses_are_drawn(result):
    figure = result.plot("spectrum")
    assert any("frequency (Hz)" in axes.get_xlabel() for axes in figure.axes)


def test_names_that_do_not_exist(result):
    with pytest.raises(nd.NeurodynError, match="F"):
        result.plot("F")


def test_notebooks(result):
    html = result._repr_html_()
    assert "range.overall_maximum" in html and "&lt;a part&gt;" in html
