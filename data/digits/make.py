#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes digits.csv from scikit-learn's copy of the UCI digits: python data/digits/make.py"""

from pathlib import Path

from sklearn.datasets import load_digits

digits = load_digits()
with open(Path(__file__).parent / "digits.csv", "w") as file:
    print(*(f"p{i}" for i in range(64)), "digit", sep=",", file=file)
    for image, digit in zip(digits.data.astype(int), digits.target, strict=True):
        print(*image, digit, sep=",", file=file)
