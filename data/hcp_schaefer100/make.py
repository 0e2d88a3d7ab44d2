#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Make the text files of this folder from the packages and the table that they come from.

Needs numpy and the package cubnm 0.1.0 (`pip install cubnm==0.1.0`) and one file of the parcellation's
authors, given with --centroids:
https://github.com/ThomasYeoLab/CBIG, commit d1454a611f7de10a3b36665e6fbb3fb6c770d140,
stable_projects/brain_parcellation/Schaefer2018_LocalGlobal/Parcellations/MNI/Centroid_coordinates/
Schaefer2018_100Parcels_7Networks_order_FSLMNI152_1mm.Centroid_RAS.csv

    python make.py --centroids Schaefer2018_100Parcels_7Networks_order_FSLMNI152_1mm.Centroid_RAS.csv

It stops when the network of any region differs between the two sources, and prints the facts that
README.md states (correlation of structure, and of a linear network, with measured FC).
"""

import argparse
import csv
import pathlib

import numpy as np

NETWORKS = ["Vis", "SomMot", "DorsAttn", "SalVentAttn", "Limbic", "Cont", "Default"]
GROUPS = {"train": "group-train706", "test": "group-test303"}


def load(kind, group, tail):
    """One array of the package; the file is opened directly, so that nothing normalises it."""
    from importlib.resources import files

    folder = files("cubnm").joinpath("data", "hcp", kind, GROUPS[group])
    if kind != "sc":
        folder = folder.joinpath("REST")
    return np.load(str(folder.joinpath(f"ctx_parc-schaefer-100_{tail}.npz")))["arr_0"]


def load_map(name):
    """One value for each region."""
    from importlib.resources import files

    return np.loadtxt(str(files("cubnm").joinpath("data", "maps", f"ctx_parc-schaefer-100_desc-{name}.txt")))


def write_matrix(path, matrix, form):
    np.savetxt(path, matrix, fmt=form, delimiter=",")


def read_regions(path):
    """Rows (name, hemisphere, network, x, y, z) in the order of the parcellation."""
    rows = []
    with open(path, newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            if int(row["ROI Label"]) != number:
                raise SystemExit(f"{path}: label {row['ROI Label']} where {number} was expected")
            name = row["ROI Name"].removeprefix("7Networks_")
            hemisphere, network = name.split("_")[:2]
            rows.append([name, hemisphere[0], network, row["R"], row["A"], row["S"]])
    return rows


def check_networks(rows):
    """The package numbers the networks 0..6 per region; both sources must agree on every region."""
    from importlib.resources import files

    path = files("cubnm").joinpath("data", "maps", "ctx_parc-schaefer-100_desc-yeo7.txt")
    numbers = np.loadtxt(str(path)).astype(int)
    for row, number in zip(rows, numbers, strict=True):
        if row[2] != NETWORKS[number]:
            raise SystemExit(f"{row[0]}: network {row[2]} in one source, {NETWORKS[number]} in the other")


def linear_network_fc(weights, coupling):
    """Exact correlation of dx = (-x + coupling W x / lambda_max) dt + dW, for a symmetric W."""
    values, vectors = np.linalg.eigh(weights)
    covariance = (vectors / (2 * (1 - coupling * values / values.max()))) @ vectors.T
    deviation = np.sqrt(np.diag(covariance))
    return covariance / np.outer(deviation, deviation)


def similarity(a, b):
    upper = np.triu_indices(len(a), 1)
    return np.corrcoef(a[upper], b[upper])[0, 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--centroids", required=True, help="the CSV of region names and coordinates")
    parser.add_argument("--output", default=pathlib.Path(__file__).parent, type=pathlib.Path)
    args = parser.parse_args()

    rows = read_regions(args.centroids)
    check_networks(rows)
    with open(args.output / "regions.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "hemisphere", "network", "x_mm", "y_mm", "z_mm"])
        writer.writerows(rows)

    write_matrix(args.output / "t1w_t2w.csv", load_map("myelinmap_zscore"), "%.6f")

    for group in GROUPS:
        weights = load("sc", group, "desc-strength")
        fc = load("fc", group, "desc-fc")
        suffix = "" if group == "train" else "_test"
        write_matrix(args.output / f"weights{suffix}.csv", weights, "%.10g")
        write_matrix(args.output / f"lengths{suffix}.csv", load("sc", group, "desc-length"), "%.4f")
        write_matrix(args.output / f"fc_{group}.csv", fc, "%.8f")
        write_matrix(args.output / f"fcd_{group}.csv", load("fcd", group, "window-30_step-5_desc-fcdtril"), "%.6f")
        print(
            f"{group}: structure {similarity(weights, fc):.4f},"
            f" linear network at G = 0.8 {similarity(linear_network_fc(weights, 0.8), fc):.4f}"
        )


if __name__ == "__main__":
    main()
