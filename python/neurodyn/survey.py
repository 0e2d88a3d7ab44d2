# SPDX-License-Identifier: BSD-3-Clause
"""The class of the survey that neurodyn grew out of, on neurodyn's engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from neurodyn import _core

if TYPE_CHECKING:
    import numpy as np

_WILSON_COWAN = {
    # the survey's names, neurodyn's (library/masses/wilson_cowan_survey.model), default
    "tau_e": ("tau_E", 10.0),
    "tau_i": ("tau_I", 10.0),
    "c_ee": ("c_EE", 16.0),
    "c_ei": ("c_EI", 12.0),
    "c_ie": ("c_IE", 15.0),
    "c_ii": ("c_II", 3.0),
    "P_e": ("P_E", 1.0),
    "P_i": ("P_I", 1.0),
    "a_e": ("a_E", 1.3),
    "a_i": ("a_I", 2.0),
    "theta_e": ("theta_E", 4.0),
    "theta_i": ("theta_I", 3.7),
}
_FIELD = {"tau": 1.0, "w_kernel": None, "nonlinearity": None, "input": 0.0}
_STDP = {"A_plus": 0.01, "A_minus": 0.0105, "tau_plus": 16.8, "tau_minus": 33.7}
_RULES = {"hebbian": 1.0, "anti_hebbian": -1.0}
_MS = 1e-3


def _settings(params: Mapping | None, defaults: Mapping, what: str) -> dict:
    given = dict(params or {})
    for name in given:
        if name not in defaults:
            raise ValueError(f"{what} has no parameter '{name}'; it knows: {', '.join(defaults)}")
    return {**defaults, **given}


def _number(value: object, name: str, positive: bool = False) -> float:
    import math

    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"parameter '{name}' is {value!r}, it must be a number") from None
    if not math.isfinite(number) or (positive and number <= 0.0):
        raise ValueError(f"parameter '{name}' is {number}, it must be {'above 0' if positive else 'finite'}")
    return number


def _wilson_cowan(params: Mapping | None) -> dict[str, float]:
    given = _settings(params, {name: default for name, (_, default) in _WILSON_COWAN.items()}, "wilson_cowan")
    values = {ours: _number(given[name], name, name.startswith("tau")) for name, (ours, _) in _WILSON_COWAN.items()}
    return {**values, "r_E": 0.0, "r_I": 0.0}


def _array(values: object, name: str, shape: tuple | None = None) -> np.ndarray:
    import numpy as np

    array = np.asarray(values, dtype=float)
    if (shape is not None and array.shape != shape) or (shape is None and array.ndim != 1):
        wanted = f"shape {shape}" if shape is not None else "one axis"
        raise ValueError(f"'{name}' has the shape {array.shape}, it must have {wanted}")
    if not np.isfinite(array).all():
        raise ValueError(f"'{name}' has values that are not finite")
    return array


class NeuralDynamics:
    """The equations of the survey by the names and with the defaults of its code; times in ms.

    Where its formulas differ from what its text says, see docs/errata.md.
    """

    @staticmethod
    def wilson_cowan_equations(state: Sequence[float], t: float, params: Mapping | None = None) -> list[float]:
        """Wilson-Cowan equations with logistic responses and without refractory factors.

        Parameters
        ----------
        state : sequence of 2
            Active parts of the excitatory and the inhibitory population.
        t : float
            Time in ms; nothing depends on it.
        params : mapping, optional
            tau_e, tau_i (ms), c_ee, c_ei, c_ie, c_ii, P_e, P_i, a_e, a_i, theta_e, theta_i.

        Returns
        -------
        list of 2
            dE/dt and dI/dt, 1/ms.

        Raises
        ------
        ValueError
            A parameter that does not exist or is not finite, a time constant that is not above 0, a state of another shape.

        Notes
        -----
        Wilson & Cowan 1972, doi:10.1016/S0006-3495(72)86068-5, in the form of the library's ``wilson_cowan_survey``.
        """
        x = _array(state, "state", (2,))
        return [slope * _MS for slope in _core.slope("wilson_cowan_survey", _wilson_cowan(params), x.tolist())]

    @staticmethod
    def simulate_wilson_cowan(
        params: Mapping | None, t_span: Sequence[float], initial_state: Sequence[float] | None = None
    ) -> np.ndarray:
        """The course of the Wilson-Cowan equations at given times.

        Parameters
        ----------
        params : mapping or None
            As in `wilson_cowan_equations`.
        t_span : array of n
            Times in ms, rising or falling; the initial state is that of the first.
        initial_state : sequence of 2, optional
            E and I at first: [0.1, 0.05].

        Returns
        -------
        ndarray, (n, 2)
            E and I at each time, as ``scipy.integrate.odeint`` gives them. Relative errors of a step are below 1e-10.

        Raises
        ------
        ValueError
            As `wilson_cowan_equations`, and for times that are not finite or neither rise nor fall.
        """
        import numpy as np

        times = _array(t_span, "t_span")
        steps = np.diff(times)
        if times.size == 0 or not ((steps >= 0).all() or (steps <= 0).all()):
            raise ValueError("'t_span' must hold times that rise or fall; it is not the pair of first and last")
        x = _array([0.1, 0.05] if initial_state is None else initial_state, "initial_state", (2,))
        course = _core.trajectory("wilson_cowan_survey", _wilson_cowan(params), x.tolist(), times.tolist(), _MS)
        return np.asarray(course).reshape(times.size, 2)

    @staticmethod
    def neural_field_equation(u: Sequence[float], t: float, params: Mapping | None = None) -> np.ndarray:
        """du/dt = (-u + f(w * u) + input)/tau on a line of points, by the survey's code.

        Parameters
        ----------
        u : array of n
            The field.
        t : float
            Time; nothing depends on it.
        params : mapping, optional
            ``tau`` (1), ``w_kernel`` (None: w * u is u), ``nonlinearity`` (tanh; any callable on arrays), ``input`` (0; a
            number or n of them). The convolution is discrete, without grid spacing, with zeros beyond the ends, and
            as long as the longer of u and w_kernel, which must be u ('same').

        Returns
        -------
        ndarray, (n,)

        Raises
        ------
        ValueError
            An unknown parameter, arrays of other shapes (a kernel longer than the field), values that are not finite.

        Notes
        -----
        Amari 1977, doi:10.1007/BF00337259, has w * f(u) instead: docs/fields.md, docs/errata.md.
        """
        import numpy as np

        given = _settings(params, _FIELD, "neural_field")
        tau = _number(given["tau"], "tau", positive=True)
        field = _array(u, "u")
        drive = np.asarray(given["input"], dtype=float)
        if drive.shape not in ((), field.shape):
            raise ValueError(
                f"'input' has the shape {drive.shape}, it must be a number or have the shape {field.shape}"
            )
        net = field
        if given["w_kernel"] is not None:
            kernel = _array(given["w_kernel"], "w_kernel")
            if not 0 < kernel.size <= field.size:
                raise ValueError(
                    f"'w_kernel' has {kernel.size} points, the field {field.size}: it must not be longer, nor empty"
                )
            net = np.convolve(field, kernel, mode="same")
        nonlinearity: Callable = np.tanh if given["nonlinearity"] is None else given["nonlinearity"]
        out = np.asarray(nonlinearity(net), dtype=float)
        if out.shape != field.shape:
            raise ValueError(f"'nonlinearity' gave the shape {out.shape} for the shape {field.shape}")
        return (-field + out + drive) / tau

    @staticmethod
    def stdp_update(delta_t, params: Mapping | None = None, rule: str = "hebbian"):
        """Change of a weight by a pair of spikes.

        Parameters
        ----------
        delta_t : float or array
            t_post - t_pre in ms.
        params : mapping, optional
            A_plus (0.01), A_minus (0.0105), tau_plus (16.8 ms), tau_minus (33.7 ms).
        rule : {"hebbian", "anti_hebbian"}
            Hebbian (Bi & Poo 1998, doi:10.1523/JNEUROSCI.18-24-10464.1998): A_plus exp(-delta_t/tau_plus) for delta_t > 0,
            -A_minus exp(delta_t/tau_minus) for delta_t < 0, nothing at 0. The other is the survey's literal sign, the
            negative of it.

        Returns
        -------
        float or ndarray
            Of the shape of `delta_t`.

        Raises
        ------
        ValueError
            An unknown rule or parameter, a time constant that is not above 0.
        """
        import numpy as np

        if rule not in _RULES:
            raise ValueError(f"there is no rule '{rule}'; there are: {', '.join(_RULES)}")
        p = {n: _number(v, n, n.startswith("tau")) for n, v in _settings(params, _STDP, "stdp").items()}
        dt = np.asarray(delta_t, dtype=float)
        size = np.where(dt > 0, p["A_plus"], np.where(dt < 0, -p["A_minus"], 0.0))
        change = _RULES[rule] * size * np.exp(-np.abs(dt) / np.where(dt > 0, p["tau_plus"], p["tau_minus"]))
        return change if change.ndim else float(change)
