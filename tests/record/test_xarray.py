# SPDX-License-Identifier: BSD-3-Clause
"""Reads a result file with the programs of others: xarray (h5netcdf), netCDF4 and h5py.

Run by ctest when CMake is given a Python that has them: -DNEURODYN_PYTHON=/path/to/python. The file is made by the
program test_record, whose path is in NEURODYN_TEST_RECORD.
"""

import os
import subprocess

import h5py
import netCDF4
import numpy as np
import pytest
import xarray as xr


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("record") / "run.h5"
    subprocess.run(
        [os.environ["NEURODYN_TEST_RECORD"], "--gtest_also_run_disabled_tests", "--gtest_filter=*MakesAFileForOthers"],
        env={**os.environ, "NEURODYN_RECORD_PATH": str(path)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return str(path)


def value(sample, node, member):
    return sample + 1e-3 * node + 1e-6 * member


def expected(samples, nodes, members):
    return value(*np.meshgrid(np.arange(samples), np.arange(nodes), np.arange(members), indexing="ij"))


def test_xarray_reads_a_series(path):
    with xr.open_dataset(path, engine="h5netcdf", group="series/bold") as data:
        bold = data["bold"]
        assert bold.dims == ("time", "node")
        assert bold.attrs["units"] == "mV"
        assert bold.attrs["long_name"] == "1000*S"
        assert list(data["node"].values) == ["region é 0", "region é 1", "region é 2"]
        np.testing.assert_allclose(data["time"].values, 0.1 + 0.1 * np.arange(20), rtol=1e-15)
        assert data["time"].attrs["units"] == "s"
        np.testing.assert_array_equal(bold.values, expected(20, 3, 1)[:, :, 0])
        # By name, as one uses it.
        assert float(bold.sel(node="region é 2").isel(time=7)) == value(7, 2, 0)


def test_xarray_reads_members_and_sees_missing_samples_as_nan(path):
    with xr.open_dataset(path, engine="h5netcdf", group="series/rate") as data:
        rate = data["rate"]
        assert rate.dims == ("time", "node", "member")
        assert list(data["member"].values) == [0, 1, 2, 3, 4]
        assert list(data["recorded"].values) == [20, 20, 8, 8, 8]
        whole = expected(20, 3, 5)
        np.testing.assert_array_equal(rate.values[:, :, :2], whole[:, :, :2])
        np.testing.assert_array_equal(rate.values[:8, :, 2:], whole[:8, :, 2:])
        assert np.isnan(rate.values[8:, :, 2:]).all()


def test_xarray_reads_analyses(path):
    with xr.open_dataset(path, engine="h5netcdf", group="analyses/fc") as data:
        assert data["fc"].dims == ("region", "other_region")
        assert float(data["fc"].sel(region="left", other_region="right")) == 0.5
        assert float(data["similarity"]) == 0.285
        assert data["power"].attrs["units"] == "mV^2/Hz"
        assert data["frequency"].attrs["units"] == "Hz"
        assert data.attrs["analysis"] == "functional_connectivity"
        assert data["distribution"].dims == ("pair",)
        assert "pair" not in data.coords  # a dimension without coordinates, the NetCDF way
        assert list(data["verdict"].values) == ["a", "", "c", "δ"]


def test_netcdf4_reads_the_file(path):
    with netCDF4.Dataset(path) as data:
        assert data.seed == 7
        bold = data["series/bold/bold"]
        assert bold.dimensions == ("time", "node")
        assert bold.units == "mV"
        np.testing.assert_array_equal(np.asarray(bold[:]), expected(20, 3, 1)[:, :, 0])
        assert data["series/bold/node"][1] == "region é 1"


def test_h5py_reads_the_file(path):
    with h5py.File(path) as file:
        assert file.attrs["experiment"] == "name: test\n"
        assert file.attrs["seed"] == 7
        bold = file["series/bold/bold"]
        np.testing.assert_array_equal(bold[:], expected(20, 3, 1)[:, :, 0])
        assert bold.dims[0].keys() == ["time"]
        assert file["series/bold/node"].asstr()[2] == "region é 2"
        assert len(file["report/document"].asstr()[()]) == 300000
