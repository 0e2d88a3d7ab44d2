// SPDX-License-Identifier: BSD-3-Clause
// A MATLAB file (versions 4, 5, 7 and 7.3) as a connectome.
#include <fmt/format.h>
#include <matio.h>

#include <memory>
#include <optional>

#include "network/connectome_tables.hpp"

namespace neurodyn::network {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
    void operator()(mat_t* file) const { Mat_Close(file); }
};
struct FreeVariable {
    void operator()(matvar_t* variable) const { Mat_VarFree(variable); }
};
using Variable = std::unique_ptr<matvar_t, FreeVariable>;

template <class T>
std::vector<double> transposed(const matvar_t& v) {
    const auto* data = static_cast<const T*>(v.data);
    const std::size_t rows = v.dims[0], columns = v.dims[1];
    std::vector<double> values(rows * columns);
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j)
            values[i * columns + j] = static_cast<double>(data[j * rows + i]);
    return values;
}

// MATLAB stores columns one after another; our rows are its rows.
std::optional<std::vector<double>> numbers(const matvar_t& v) {
    switch (v.class_type) {
        case MAT_C_DOUBLE:
            return transposed<double>(v);
        case MAT_C_SINGLE:
            return transposed<float>(v);
        case MAT_C_INT8:
            return transposed<mat_int8_t>(v);
        case MAT_C_UINT8:
            return transposed<mat_uint8_t>(v);
        case MAT_C_INT16:
            return transposed<mat_int16_t>(v);
        case MAT_C_UINT16:
            return transposed<mat_uint16_t>(v);
        case MAT_C_INT32:
            return transposed<mat_int32_t>(v);
        case MAT_C_UINT32:
            return transposed<mat_uint32_t>(v);
        case MAT_C_INT64:
            return transposed<mat_int64_t>(v);
        case MAT_C_UINT64:
            return transposed<mat_uint64_t>(v);
        default:
            return std::nullopt;
    }
}

char letter(const matvar_t& v, std::size_t index) {
    const bool wide = v.data_type == MAT_T_UINT16 || v.data_type == MAT_T_UTF16;
    const unsigned code = wide ? static_cast<const mat_uint16_t*>(v.data)[index]
                               : static_cast<const mat_uint8_t*>(v.data)[index];
    return code < 128 ? static_cast<char>(code) : '?';
}

// A character matrix has one word per row, padded with blanks.
std::vector<std::string> words(const matvar_t& v) {
    std::vector<std::string> out;
    for (std::size_t i = 0; v.data != nullptr && i < v.dims[0]; ++i) {
        std::string word;
        for (std::size_t j = 0; j < v.dims[1]; ++j) word += letter(v, j * v.dims[0] + i);
        while (!word.empty() && (word.back() == ' ' || word.back() == '\0')) word.pop_back();
        out.push_back(word);
    }
    return out;
}

std::vector<std::string> cell_words(const matvar_t& v) {
    std::vector<std::string> out;
    const auto* cells = static_cast<matvar_t* const*>(v.data);
    for (std::size_t i = 0; cells != nullptr && i < v.dims[0] * v.dims[1]; ++i) {
        if (cells[i] == nullptr || cells[i]->class_type != MAT_C_CHAR || cells[i]->rank != 2) return {};
        const std::vector<std::string> cell = words(*cells[i]);
        out.push_back(cell.empty() ? std::string{} : cell[0]);
    }
    return out;
}

std::optional<Table> table_of(const matvar_t& v, const std::string& origin) {
    const std::string name = lower(v.name);
    const std::string place = origin + ": " + v.name;
    if (v.class_type == MAT_C_CHAR) return word_table(name, place, words(v));
    if (v.class_type == MAT_C_CELL) {
        std::vector<std::string> list = cell_words(v);
        return list.empty() ? std::nullopt : std::optional(word_table(name, place, std::move(list)));
    }
    if (v.isComplex || v.data == nullptr) return std::nullopt;
    std::optional<std::vector<double>> values = numbers(v);
    if (!values) return std::nullopt;
    if (v.dims[0] == 1) return numeric_table(name, place, v.dims[1], 1, std::move(*values));
    return numeric_table(name, place, v.dims[0], v.dims[1], std::move(*values));
}

bool is_usable(const matvar_t& info) {
    return info.name != nullptr && info.rank == 2 && info.dims[0] > 0 && info.dims[1] > 0 &&
           info.dims[1] <= largest_table / info.dims[0];
}

}  // namespace

Tables read_mat(const fs::path& path) {
    const std::unique_ptr<mat_t, CloseFile> file(Mat_Open(path.c_str(), MAT_ACC_RDONLY));
    if (!file)
        throw FileError(
            path.string(),
            "cannot be read as a MATLAB file; one with weights (or SC) and lengths (or len) was expected");
    // Sizes are looked at before any data is read: a damaged header may ask for any amount of memory.
    std::vector<std::string> names;
    Tables out;
    while (const Variable info{Mat_VarReadNextInfo(file.get())}) {
        if (is_usable(*info))
            names.emplace_back(info->name);
        else if (info->name != nullptr)
            out.notes.push_back(fmt::format("{}: '{}' is not used: it is empty, too large or not a matrix",
                                            path.filename().string(), info->name));
    }
    for (const std::string& name : names) {
        const Variable variable(Mat_VarRead(file.get(), name.c_str()));
        std::optional<Table> table =
            variable && is_usable(*variable) ? table_of(*variable, path.string()) : std::nullopt;
        if (table)
            out.tables.push_back(std::move(*table));
        else
            out.notes.push_back(fmt::format("{}: '{}' is not used: it holds neither real numbers nor words",
                                            path.filename().string(), name));
    }
    if (out.tables.empty())
        throw FileError(
            path.string(),
            "has no variable that can be read; weights (or SC) and lengths (or len) were expected");
    return out;
}

}  // namespace neurodyn::network
