# SPDX-License-Identifier: BSD-3-Clause
"""Analyses on arrays against numpy and scipy."""

import inspect

import neurodyn as nd
import numpy as np
import pytest
import scipy.signal
import xarray


def noise(samples=4000, channels=3, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((samples, channels))
    x[:, 1] += 0.6 * x[:, 0]
    return x


def test_functional_connectivity_is_corrcoef():
    x = noise()
    found = nd.analysis.functional_connectivity(x, interval=0.01)
    matrix = next(iter(found.data_vars.values()))
    np.testing.assert_allclose(matrix.values, np.corrcoef(x.T), atol=1e-13)


def test_power_spectrum_is_welch():
    x = noise()[:, 0]
    found = nd.analysis.power_spectrum(x, interval="1 ms", segment="0.5 s", unit="mV")
    power = next(iter(found.data_vars.values()))
    frequencies, expected = scipy.signal.welch(x, 1000.0, "hann", 500, 250, detrend="constant")
    found_frequencies = power.coords["frequency"].values
    np.testing.assert_allclose(found_frequencies, frequencies[: len(found_frequencies)], atol=1e-9)
    np.testing.assert_allclose(power.values.ravel(), expected[: len(found_frequencies)], rtol=1e-9)
    assert power.attrs["units"] == "(mV)^2/Hz"
    timed = xarray.DataArray(x, dims="time", coords={"time": np.arange(len(x)) * 1e-3}, attrs={"units": "mV"})
    xarray.testing.assert_identical(nd.analysis.power_spectrum(timed, segment=0.5), found)


def test_matrices_and_labels():
    ring = np.roll(np.eye(6), 1, axis=1) + np.roll(np.eye(6), -1, axis=1)
    found = nd.analysis.graph_measures(ring)
    strengths = [v for n, v in found.data_vars.items() if "strength" in n or "degree" in n]
    assert strengths and all(np.allclose(v.values, 2) for v in strengths if v.ndim == 1)


def test_events():
    times = np.arange(1, 101) * 0.01
    found = nd.analysis.spike_statistics((times, np.zeros(100, int)))
    rates = [v for n, v in found.data_vars.items() if "rate" in n]
    assert any(np.allclose(v.values, 100.0, rtol=0.02) for v in rates)


def test_every_analysis_is_documented():
    assert "coherence" in dir(nd.analysis) and len(dir(nd.analysis)) >= 60
    for name in dir(nd.analysis):
        function = getattr(nd.analysis, name)
        assert function.__name__ == name
        assert "Returns" in function.__doc__ and "Parameters" in function.__doc__
    assert inspect.signature(nd.analysis.power_spectrum).parameters["interval"].default is None


def test_wrong_input_is_named():
    x = noise()
    with pytest.raises(ValueError, match="has no times"):
        nd.analysis.functional_connectivity(x)
    with pytest.raises(nd.NeurodynError, match="segmnt"):
        nd.analysis.power_spectrum(x, interval=0.01, segmnt=1)
    with pytest.raises(nd.NeurodynError, match="Hz|unit"):
        nd.analysis.power_spectrum(x, interval=0.01, segment="5 Hz")
    with pytest.raises(nd.NeurodynError, match="'segment' of power_spectrum is None"):
        nd.analysis.power_spectrum(x, interval=0.01, segment=None)
    with pytest.raises(ValueError, match="4 axes"):
        nd.analysis.functional_connectivity(np.zeros((2, 2, 2, 2)), interval=1)
    with pytest.raises(TypeError, match="by keyword"):
        nd.analysis.functional_connectivity(x, x)
    with pytest.raises(AttributeError, match="no analysis 'coherenc'"):
        nd.analysis.coherenc  # noqa: B018
    x[5, 1] = np.nan
    with pytest.raises(nd.NeurodynError, match="channel .1. is nan at sample 5"):
        nd.analysis.functional_connectivity(x, interval=0.01)


def test_inference_sections_are_results():
    result = nd.run(
        nd.Experiment(
            """
name: one
agents:
  bandit:
    agents: 2
    times: 2
    states: {arm: [left, right]}
    actions: {arm: [left, right]}
    outcomes: {reward: [no, yes]}
    likelihood: {reward: [[1, 0], [0, 1]]}
    transition: {arm: {next: [[left, right], [left, right]]}}
    preferences: {reward: [0, 3]}
"""
        )
    )
    assert result["bandit"]["last_outcome_reward"].sel(reward_outcome="yes") == 1
