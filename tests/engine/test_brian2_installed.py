# SPDX-License-Identifier: BSD-3-Clause
"""The recorded strings of Brian2's documentation, run by the Brian2 that is installed: does it still do what was recorded?

The C++ test test_brian2_neurons.cpp holds neurodyn against the same record, spike for spike. Ends with 77, which CTest
shows as skipped, where Brian2 is not installed.
"""

import importlib.util
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def load_maker():
    """The program that made the record."""
    spec = importlib.util.spec_from_file_location("brian2_neurons", ROOT / "bench" / "rivals" / "brian2_neurons.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    return maker


def main():
    if importlib.util.find_spec("brian2") is None:
        print(f"skipped: {sys.executable} has no brian2 (pip install brian2)")
        return 77
    import brian2

    maker = load_maker()
    brian2.prefs.codegen.target = "numpy"
    brian2.BrianLogger.suppress_hierarchy("brian2")
    record = json.loads((ROOT / "tests" / "reference" / "brian2_neurons.json").read_text())
    wrong = []
    for name, case in record["neurons"].items():
        same = maker.spike_times(case) == case["spike_steps"]
        print(f"{'same' if same else 'DIFFERENT':9} {name}, {sum(map(len, case['spike_steps']))} spikes")
        if not same:
            wrong.append(name)
    if wrong:
        print(f"Brian2 {brian2.__version__} gives other spikes than {record['source']} for {', '.join(wrong)}")
    return 1 if wrong or not record["neurons"] else 0


if __name__ == "__main__":
    sys.exit(main())
