// SPDX-License-Identifier: BSD-3-Clause
// Meshes of triangles from files: GIFTI and FreeSurfer.
#pragma once

#include <string>

#include "network/surface.hpp"

namespace neurodyn::network {

/// Reads what the file's first bytes say that it is:
/// GIFTI (.surf.gii): the arrays NIFTI_INTENT_POINTSET and NIFTI_INTENT_TRIANGLE, encoded as ASCII,
/// Base64Binary or GZipBase64Binary, of either endian and order;
/// FreeSurfer's triangles (lh.white, lh.pial, ...), binary, or as text (.asc);
/// and any of them packed with gzip (.gii.gz).
/// Coordinates are mm in both. Throws FileError with the place and what was expected there.
Mesh read_mesh(const std::string& path);

/// The contents of such a file; `path` is for messages.
Mesh parse_gifti(const std::string& path, const std::string& text);
Mesh parse_freesurfer(const std::string& path, const std::string& bytes);
Mesh parse_freesurfer_text(const std::string& path, const std::string& text);

}  // namespace neurodyn::network
