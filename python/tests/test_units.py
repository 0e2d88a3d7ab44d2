# SPDX-License-Identifier: BSD-3-Clause
"""Quantities by text, by neurodyn.units, by pint and by quantities."""

import neurodyn as nd
import numpy as np
import pytest

TEXT = """
name: cycle
time: {dt: 0.1 ms, duration: 1 ms, method: rk4}
populations: {column: {model: wilson_cowan, set: {P: 1.25}}}
monitors: {E: {of: column.E, every: 0.1 ms}}
"""


def samples(duration):
    return nd.run(nd.Experiment(TEXT), set={"time.duration": duration})["E"].sizes["time"]


def test_units():
    assert str(0.1 * nd.units.ms) == "0.1 ms"
    assert (2 * nd.units.mV).to("uV") == pytest.approx(2000, rel=1e-15)
    assert (3 * (nd.units.mV / nd.units.ms)).si == pytest.approx(3.0)
    assert (1 / nd.units.ms).to("Hz") == pytest.approx(1000)
    assert (-2 * nd.units.cm**2).si == pytest.approx(-2e-4)
    assert samples(2 * nd.units.ms) == samples("2 ms") == 2 * samples("1 ms")
    x = np.random.default_rng(1).standard_normal((100, 2))
    by_text = nd.analysis.functional_connectivity(x, interval="2 ms", discard="20 ms")
    by_unit = nd.analysis.functional_connectivity(x, interval=2 * nd.units.ms, discard=20 * nd.units.ms)
    assert by_text.identical(by_unit)


def test_wrong_units_are_named():
    with pytest.raises(AttributeError, match="mss"):
        nd.units.mss  # noqa: B018
    with pytest.raises(ValueError, match="no quantity of ms"):
        (2 * nd.units.mV).to("ms")
    with pytest.raises(nd.InputError, match="mV"):
        samples(2 * nd.units.mV)


def test_pint():
    pint = pytest.importorskip("pint")
    ureg = pint.UnitRegistry()
    assert samples(2 * ureg.ms) == samples("2 ms")
    assert nd.units.as_text(3 * ureg.uV / ureg.s**2) in ("3.0 uV/s^2", "3.0 uV/s^2.0")
    assert nd.units.as_text(ureg.Quantity(0.5)) == 0.5


def test_quantities():
    pq = pytest.importorskip("quantities")
    assert samples(2 * pq.ms) == samples("2 ms")
    assert nd.units.as_text(pq.Quantity(4, "nS/cm**2")) == "4.0 nS/cm^2"
