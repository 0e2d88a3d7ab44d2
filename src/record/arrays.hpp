// SPDX-License-Identifier: BSD-3-Clause
// Arrays that other programs wrote: NumPy's .npy and .npz, IDX (the MNIST family), and datasets of any HDF5
// file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace neurodyn::record {

/// Numbers of any shape, the last axis varying fastest.
struct NumberArray {
    std::vector<std::size_t> shape;
    std::vector<double> values;
    std::string unit = {};  ///< of a dataset with an attribute `units` or `unit`; else empty
};

/// A .npy file of little-endian floats, whole numbers or booleans, in C or Fortran order. Throws FileError.
NumberArray read_npy(const std::string& path);
/// One array of a .npz file; `name` may be empty where there is one only. Throws FileError.
NumberArray read_npz(const std::string& path, const std::string& name);
/// An IDX file ("train-images-idx3-ubyte.gz"), plain or compressed. Throws FileError.
NumberArray read_idx(const std::string& path);
/// The dataset `name` ("/group/x") of an HDF5 file. Throws FileError, with the datasets that exist.
NumberArray read_dataset(const std::string& path, const std::string& name);
/// Whether the file is HDF5 and a result of neurodyn.
bool is_result(const std::string& path);

}  // namespace neurodyn::record
