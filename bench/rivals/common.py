# SPDX-License-Identifier: BSD-3-Clause
"""What the scripts of this folder share: command line, timing, and export of a connectome as a folder of CSV."""

import argparse
import os
import pathlib
import statistics
import time

# One thread each, as in the cases that they are compared with; set before numpy and its like are loaded.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


def arguments(description, **defaults):
    """--repeat, --seconds and --export; `defaults` may set `repeat` and `seconds`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--repeat", type=int, default=defaults.get("repeat", 5), help="measured runs, after one that is not counted"
    )
    parser.add_argument(
        "--seconds", type=float, default=defaults.get("seconds", 1.0), help="simulated seconds of each run"
    )
    parser.add_argument(
        "--export", metavar="DIR", type=pathlib.Path, help="write the connectome as CSV for neurodyn, and stop"
    )
    return parser


def measure(run, repeat, seconds, name):
    """Print seconds per simulated second of `run()`: wall and processor time, best and median. One run before is not counted."""
    run()
    wall, processor = [], []
    for _ in range(repeat):
        wall_begin, processor_begin = time.perf_counter(), time.process_time()
        run()
        processor.append((time.process_time() - processor_begin) / seconds)
        wall.append((time.perf_counter() - wall_begin) / seconds)
    print(
        f"{name}: wall {min(wall):.4f} best, {statistics.median(wall):.4f} median;"
        f" processor {min(processor):.4f} best, {statistics.median(processor):.4f} median"
        f" (s per simulated s, {repeat} runs of {seconds:g} s)"
    )


def export(folder, weights, lengths=None, names=None, centres=None):
    """weights.csv, lengths.csv (mm) and regions.csv; row = target, column = source. Nothing is rounded."""
    folder.mkdir(parents=True, exist_ok=True)

    def matrix(name, values):
        with open(folder / name, "w") as file:
            for row in values:
                file.write(",".join(repr(float(v)) for v in row) + "\n")

    matrix("weights.csv", weights)
    if lengths is not None:
        matrix("lengths.csv", lengths)
    if names is not None:
        with open(folder / "regions.csv", "w") as file:
            file.write("name" + (",x_mm,y_mm,z_mm" if centres is not None else "") + "\n")
            for i, name in enumerate(names):
                where = "" if centres is None else "," + ",".join(repr(float(v)) for v in centres[i])
                file.write(f"{name}{where}\n")
    print(f"wrote {len(weights)} regions to {folder}")
