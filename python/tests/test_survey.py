# SPDX-License-Identifier: BSD-3-Clause
"""The survey's class against scipy's odeint on its formulas, and numpy's convolve."""

import neurodyn as nd
import numpy as np
import pytest
from scipy.integrate import odeint

DEFAULTS = dict(
    tau_e=10, tau_i=10, c_ee=16, c_ei=12, c_ie=15, c_ii=3, P_e=1, P_i=1, a_e=1.3, a_i=2, theta_e=4, theta_i=3.7
)


def survey(state, t, p):
    e, i = state
    s_e = 1 / (1 + np.exp(-p["a_e"] * (p["c_ee"] * e - p["c_ei"] * i + p["P_e"] - p["theta_e"])))
    s_i = 1 / (1 + np.exp(-p["a_i"] * (p["c_ie"] * e - p["c_ii"] * i + p["P_i"] - p["theta_i"])))
    return [(-e + s_e) / p["tau_e"], (-i + s_i) / p["tau_i"]]


@pytest.mark.parametrize(
    ("params", "start"),
    [
        ({}, None),
        ({"P_e": 2.5, "tau_i": 17}, [0.3, 0.1]),
        ({"c_ee": 12, "c_ei": 4, "c_ie": 13, "c_ii": 11, "P_i": 0}, None),
    ],
)
def test_wilson_cowan_equals_odeint(params, start):
    t = np.linspace(0, 300, 601)
    found = nd.NeuralDynamics.simulate_wilson_cowan(params, t, start)
    p = {**DEFAULTS, **params}
    expected = odeint(survey, start or [0.1, 0.05], t, args=(p,), rtol=1e-11, atol=1e-13)
    assert found.shape == (601, 2)
    np.testing.assert_allclose(found, expected, atol=1e-6, rtol=0)
    np.testing.assert_allclose(
        nd.NeuralDynamics.wilson_cowan_equations([0.2, 0.3], 0.0, params), survey([0.2, 0.3], 0, p), rtol=1e-12
    )


def test_wilson_cowan_serves_odeint():
    t = np.linspace(0, 20, 5)
    by_odeint = odeint(nd.NeuralDynamics.wilson_cowan_equations, [0.1, 0.05], t, args=({},))
    np.testing.assert_allclose(by_odeint, nd.NeuralDynamics.simulate_wilson_cowan({}, t), atol=1e-6)
    back = nd.NeuralDynamics.simulate_wilson_cowan({}, t[::-1], by_odeint[-1])
    np.testing.assert_allclose(back[-1], [0.1, 0.05], atol=1e-5)


def test_field_is_the_surveys_code():
    u = np.sin(np.linspace(0, 5, 40))
    w = np.exp(-(np.linspace(-2, 2, 9) ** 2))
    np.testing.assert_array_equal(nd.NeuralDynamics.neural_field_equation(u, 0, {}), -u + np.tanh(u))
    drive = np.linspace(0, 1, 40)
    found = nd.NeuralDynamics.neural_field_equation(
        u, 0, {"tau": 2.0, "w_kernel": w, "nonlinearity": lambda x: np.maximum(x, 0), "input": drive}
    )
    np.testing.assert_allclose(found, (-u + np.maximum(np.convolve(u, w, "same"), 0) + drive) / 2, rtol=1e-14)


def test_stdp():
    update = nd.NeuralDynamics.stdp_update
    assert update(10.0) == pytest.approx(0.01 * np.exp(-10 / 16.8), rel=1e-14)
    assert update(-10.0) == pytest.approx(-0.0105 * np.exp(-10 / 33.7), rel=1e-14)
    assert update(0.0) == 0.0
    both = np.array([-5.0, 5.0])
    np.testing.assert_array_equal(update(both, rule="anti_hebbian"), -update(both))
    assert update(5.0, {"A_plus": 1, "tau_plus": 5}) == pytest.approx(np.exp(-1))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda n: n.simulate_wilson_cowan({"tau": 1}, [0, 1]), "no parameter 'tau'"),
        (lambda n: n.simulate_wilson_cowan({"tau_e": 0}, [0, 1]), "'tau_e' is 0.0, it must be above 0"),
        (lambda n: n.simulate_wilson_cowan({}, [0, 2, 1]), "rise or fall"),
        (lambda n: n.simulate_wilson_cowan({}, []), "rise or fall"),
        (lambda n: n.simulate_wilson_cowan({}, [0, 1], [1, 2, 3]), r"'initial_state' has the shape \(3,\)"),
        (lambda n: n.wilson_cowan_equations([np.nan, 0], 0), "not finite"),
        (lambda n: n.wilson_cowan_equations([0, 0], 0, {"P_e": "1 mV"}), "'P_e' is '1 mV'"),
        (lambda n: n.neural_field_equation([0.0, 1.0], 0, {"w_kernel": [1, 2, 3]}), "3 points, the field 2"),
        (lambda n: n.neural_field_equation([0.0, 1.0], 0, {"input": [1, 2, 3]}), "'input' has the shape"),
        (lambda n: n.neural_field_equation([0.0, 1.0], 0, {"nonlinearity": np.sum}), "'nonlinearity' gave"),
        (lambda n: n.stdp_update(1, rule="hebb"), "no rule 'hebb'"),
    ],
)
def test_wrong_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call(nd.NeuralDynamics)
