// SPDX-License-Identifier: BSD-3-Clause
// Small connectome files of every binary format, written by the libraries that define the formats.
#include "network/connectome_fixtures.hpp"

#include <hdf5.h>
#include <matio.h>
#include <zip.h>

#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace neurodyn::network::fixtures {
namespace {

void require(bool ok, const char* what) {
    if (!ok) throw std::runtime_error(what);
}

std::vector<double> transposed(std::size_t n, const std::vector<double>& m) {
    std::vector<double> t(m.size());
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) t[j * n + i] = m[i * n + j];
    return t;
}

void write_dataset(hid_t file, const char* name, hid_t type, hsize_t rows, hsize_t columns,
                   const void* data) {
    const hsize_t dims[2] = {rows, columns};
    const hid_t space = H5Screate_simple(columns == 0 ? 1 : 2, dims, nullptr);
    const hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    require(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0, "H5Dwrite");
    H5Dclose(dataset);
    H5Sclose(space);
}

}  // namespace

void write_zip(const std::string& path, const std::vector<std::pair<std::string, std::string>>& members) {
    int code = 0;
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    require(archive != nullptr, "zip_open");
    for (const auto& [name, text] : members) {
        zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
        require(zip_file_add(archive, name.c_str(), source, 0) >= 0, "zip_file_add");
    }
    require(zip_close(archive) == 0, "zip_close");
}

void write_mat(const std::string& path, const NamedMatrices& matrices, std::size_t n,
               const std::vector<std::string>& labels) {
    mat_t* file = Mat_CreateVer(path.c_str(), nullptr, MAT_FT_MAT5);
    require(file != nullptr, "Mat_CreateVer");
    std::size_t dims[2] = {n, n};
    for (const auto& [name, values] : matrices) {
        std::vector<double> columns = transposed(n, values);
        matvar_t* v = Mat_VarCreate(name.c_str(), MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims, columns.data(), 0);
        require(Mat_VarWrite(file, v, MAT_COMPRESSION_NONE) == 0, "Mat_VarWrite");
        Mat_VarFree(v);
    }
    if (!labels.empty()) {
        std::size_t cell_dims[2] = {n, 1};
        matvar_t* cell = Mat_VarCreate("labels", MAT_C_CELL, MAT_T_CELL, 2, cell_dims, nullptr, 0);
        for (std::size_t i = 0; i < n; ++i) {
            std::size_t word_dims[2] = {1, labels[i].size()};
            std::string word = labels[i];
            Mat_VarSetCell(cell, static_cast<int>(i),
                           Mat_VarCreate(nullptr, MAT_C_CHAR, MAT_T_UTF8, 2, word_dims, word.data(), 0));
        }
        require(Mat_VarWrite(file, cell, MAT_COMPRESSION_NONE) == 0, "Mat_VarWrite of labels");
        Mat_VarFree(cell);
    }
    Mat_Close(file);
}

void write_h5(const std::string& path, const NamedMatrices& matrices, std::size_t n,
              const std::vector<std::string>& labels, const std::vector<double>& centres) {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    require(file >= 0, "H5Fcreate");
    for (const auto& [name, values] : matrices)
        write_dataset(file, name.c_str(), H5T_NATIVE_DOUBLE, n, n, values.data());
    if (!centres.empty()) write_dataset(file, "centres", H5T_NATIVE_DOUBLE, n, 3, centres.data());
    if (!labels.empty()) {
        const hid_t type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, H5T_VARIABLE);
        std::vector<const char*> words;
        for (const std::string& label : labels) words.push_back(label.c_str());
        write_dataset(file, "region_labels", type, n, 0, words.data());
        H5Tclose(type);
    }
    H5Fclose(file);
}

double upper_triangle_correlation(std::size_t n, const std::vector<double>& a, const std::vector<double>& b) {
    double count = 0, sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            const double x = a[i * n + j], y = b[i * n + j];
            count += 1, sa += x, sb += y, saa += x * x, sbb += y * y, sab += x * y;
        }
    }
    return (count * sab - sa * sb) / std::sqrt((count * saa - sa * sa) * (count * sbb - sb * sb));
}

}  // namespace neurodyn::network::fixtures
