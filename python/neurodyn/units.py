# SPDX-License-Identifier: BSD-3-Clause
"""Units of the engine: ``0.1 * nd.units.ms``, ``nd.units.mV / nd.units.s``, ``nd.units.Unit("nS/cm^2")``.

A quantity is text for the engine, which checks and converts it; quantities of pint and of quantities are taken as well wherever
neurodyn takes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neurodyn import _core


@dataclass(frozen=True)
class Unit:
    """A unit as the engine reads it. Raises InputError, with near names, when there is none."""

    name: str

    def __post_init__(self):
        _core.unit(self.name)

    def _with(self, other: Unit, sign: str) -> Unit:
        if not isinstance(other, Unit):
            return NotImplemented
        return Unit(f"({self.name}){sign}({other.name})")

    def __mul__(self, other):
        return self._with(other, "*") if isinstance(other, Unit) else Quantity(float(other), self)

    def __rmul__(self, value: float) -> Quantity:
        return Quantity(float(value), self)

    def __truediv__(self, other: Unit) -> Unit:
        return self._with(other, "/")

    def __rtruediv__(self, value: float) -> Quantity:
        return Quantity(float(value), Unit(f"1/({self.name})"))

    def __pow__(self, power: int) -> Unit:
        return Unit(f"({self.name})^({power})")

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Quantity:
    """A number and its unit; `str` of it is what the engine reads."""

    value: float
    unit: Unit

    @property
    def si(self) -> float:
        """The value in SI units."""
        return _core.si(str(self))

    def to(self, unit: Unit | str) -> float:
        """The value in another unit. Raises ValueError when it measures something else."""
        name = str(unit)
        scale, dimension = _core.unit(name)
        own = _core.unit(self.unit.name)[1]
        if own != dimension:
            raise ValueError(f"{self} is no quantity of {name}: it has the dimension {own}, not {dimension}")
        return self.si / scale

    def __neg__(self) -> Quantity:
        return Quantity(-self.value, self.unit)

    def __mul__(self, factor: float) -> Quantity:
        return Quantity(self.value * float(factor), self.unit)

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Quantity:
        return Quantity(self.value / float(divisor), self.unit)

    def __str__(self) -> str:
        return f"{self.value!r} {self.unit.name}"


def as_text(value: Any) -> Any:
    """Quantities of neurodyn, pint or quantities as text of the engine; anything else as it is."""
    if isinstance(value, Quantity):
        return str(value)
    if not hasattr(value, "magnitude"):
        return value
    if hasattr(value, "dimensionality") and hasattr(value.dimensionality, "string"):  # quantities
        name = value.dimensionality.string.replace("**", "^")
    else:  # pint
        name = f"{value.units:~}".replace("**", "^").replace(" ", "")
    name = name.replace("\N{MICRO SIGN}", "u").replace("\N{GREEK SMALL LETTER MU}", "u")
    if name in ("", "dimensionless"):
        return float(value.magnitude)
    return str(Quantity(float(value.magnitude), Unit(name)))


def __getattr__(name: str) -> Unit:
    if name.startswith("__"):
        raise AttributeError(name)
    try:
        return Unit(name)
    except _core.InputError as error:
        raise AttributeError(str(error)) from None
