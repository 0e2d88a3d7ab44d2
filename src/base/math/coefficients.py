# SPDX-License-Identifier: BSD-3-Clause
"""Makes coefficients.hpp: polynomials of the math functions, by Chebyshev interpolation in 60 digits.

Run `python3 coefficients.py > coefficients.hpp` (needs mpmath). Changing a coefficient changes the bits
of every result and so needs a new version of the numeric profile.
"""

from mpmath import asin, atan, atanh, cos, erf, erfc, exp, log, lu_solve, matrix, mp, mpf, pi, sin, sqrt, tan

mp.dps = 60
TINY = mpf("1e-20")


def interpolate(function, degree, low, high):
    """The polynomial through `function` at the Chebyshev points of [low, high], lowest power first."""
    points = [
        (low + high) / 2 + (high - low) / 2 * cos(pi * (2 * k + 1) / (2 * (degree + 1))) for k in range(degree + 1)
    ]
    powers = matrix(degree + 1, degree + 1)
    for i, x in enumerate(points):
        for j in range(degree + 1):
            powers[i, j] = x**j
    return list(lu_solve(powers, matrix([function(x) for x in points])))


def worst(coefficients, function, low, high, weight):
    """Largest error times weight on [low, high]: with the weight given, relative to the whole result."""
    result = mpf(0)
    for i in range(1, 400):
        x = low + (high - low) * mpf(i) / 400
        value = sum(c * x**j for j, c in enumerate(coefficients))
        result = max(result, abs((value - function(x)) * weight(x)))
    return result


def table(name, function, degrees, low, high, weight, comment):
    for suffix, degree in zip(("f64", "f32"), degrees, strict=True):
        coefficients = interpolate(function, degree, low, high)
        error = mp.nstr(worst(coefficients, function, low, high, weight), 2)
        print(f"\n// {comment}: error {error} of the result.")
        values = ", ".join(float(c).hex() for c in coefficients)
        print(f"inline constexpr double {name}_{suffix}[] = {{{values}}};")


print("// SPDX-License-Identifier: BSD-3-Clause")
print("// Polynomial coefficients of the math functions, lowest power first; made by coefficients.py.")
print("#pragma once\n\nnamespace neurodyn::math::coefficients {")

half_ln2 = log(mpf(2)) / 2 * mpf("1.0005")
table(
    "exponential",
    lambda r: (exp(r) - 1 - r) / r**2 if abs(r) > TINY else mpf(1) / 2,
    (9, 4),
    -half_ln2,
    half_ln2,
    lambda r: r**2 / exp(r),
    "(e^r - 1 - r)/r^2, |r| <= ln(2)/2",
)

s2 = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1) * mpf("1.001")) ** 2
table(
    "logarithm",
    lambda z: (2 * atanh(sqrt(z)) - 2 * sqrt(z)) / sqrt(z) ** 3,
    (6, 2),
    mpf("1e-25"),
    s2,
    lambda z: z / 2,
    "(2 atanh(s) - 2 s)/s^3 in z = s^2",
)
table(
    "logarithm_tail",
    lambda z: ((2 * atanh(sqrt(z)) - 2 * sqrt(z)) / sqrt(z) ** 3 - mpf(2) / 3) / z,
    (7, 3),
    mpf("1e-20"),
    s2,
    lambda z: z * z / 2,
    "(2 atanh(s) - 2 s - 2/3 s^3)/s^5 in z = s^2",
)

quarter = (pi / 4 * mpf("1.001")) ** 2
table(
    "sine",
    lambda z: (sin(sqrt(z)) - sqrt(z)) / sqrt(z) ** 3,
    (5, 2),
    mpf("1e-20"),
    quarter,
    lambda z: z,
    "(sin(r) - r)/r^3 in z = r^2, |r| <= pi/4",
)
table(
    "cosine",
    lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2,
    (5, 2),
    mpf("1e-10"),
    quarter,
    lambda z: z**2,
    "(cos(r) - 1 + r^2/2)/r^4 in z = r^2, |r| <= pi/4",
)
eighth = mpf(1) / 4 * mpf("1.0001")
table(
    "sine_turn",
    lambda z: sin(pi / 2 * sqrt(z)) / sqrt(z),
    (6, 3),
    mpf("1e-25"),
    eighth,
    lambda z: mpf(1),
    "sin(pi/2 r)/r in z = r^2, |r| <= 1/2",
)
table(
    "cosine_turn",
    lambda z: cos(pi / 2 * sqrt(z)),
    (6, 4),
    mpf("1e-25"),
    eighth,
    lambda z: mpf(1),
    "cos(pi/2 r) in z = r^2, |r| <= 1/2",
)
table(
    "arctangent",
    lambda z: (atan(sqrt(z)) / sqrt(z) - 1) / z,
    (10, 4),
    mpf("1e-20"),
    tan(pi / 8) ** 2 * mpf("1.001"),
    lambda z: z,
    "(atan(t)/t - 1)/t^2 in z = t^2, |t| <= tan(pi/8)",
)
table(
    "arcsine",
    lambda z: (asin(sqrt(z)) / sqrt(z) - 1) / z,
    (12, 5),
    mpf("1e-20"),
    mpf(1) / 4,
    lambda z: z,
    "(asin(s)/s - 1)/s^2 in z = s^2, |s| <= 1/2",
)
table(
    "error_function",
    lambda z: erf(sqrt(z)) / sqrt(z) - 1,
    (12, 6),
    mpf("1e-25"),
    mpf(1),
    lambda z: mpf("1.2"),
    "erf(x)/x - 1 in z = x^2, |x| <= 1",
)


def scaled_erfc(t):
    x = 2 * (1 + t) / (1 - t)
    return erfc(x) * exp(x * x)


table(
    "error_tail",
    scaled_erfc,
    (15, 7),
    mpf(-1) / 3,
    mpf(1) / 2,
    lambda t: mpf("0.37"),
    "erfc(x) e^(x^2) in t = (x - 2)/(x + 2), 1 <= x <= 6",
)
print("\n}  // namespace neurodyn::math::coefficients")
