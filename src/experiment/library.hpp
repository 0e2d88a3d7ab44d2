// SPDX-License-Identifier: BSD-3-Clause
// Where models, data and the report's template are found: beside the experiment, in NEURODYN_PATH, in the
// installation, in the sources.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace neurodyn::experiment {

/// Folders that hold library/, data/, experiments/ and viewer/: those of NEURODYN_PATH (separated by ':'),
/// ../share/neurodyn of the installed library, and the source tree of a build. Only those that exist.
std::vector<std::string> share_folders();

struct LibraryModel {
    std::string name, folder, path;  ///< folder: neurons, masses, couplings, ...
};
/// Every NAME.model in the library, by folder and name; a name found earlier on the path hides a later one.
std::vector<LibraryModel> library_models();

/// The file of a model given by name or path. A model and a coupling may have one name ("kuramoto"):
/// `coupling` says which is meant. Throws Error with near names.
std::string find_model(const std::string& name, const std::string& directory, bool coupling = false);
/// A data file or folder: relative to `directory`, as it is, in a share folder, or in a share folder's data/.
/// Throws FileError.
std::string find_data(const std::string& name, const std::string& directory);
/// A file of a share folder ("viewer/report.html"), or an empty string.
std::string find_share_file(std::string_view relative);
/// Names of the data sets and experiments that come with the library.
std::vector<std::string> list_folder(std::string_view relative, bool folders);

}  // namespace neurodyn::experiment
