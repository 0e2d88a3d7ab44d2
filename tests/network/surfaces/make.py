# SPDX-License-Identifier: BSD-3-Clause
"""Writes the same octahedron in each encoding with nibabel, which wrote the files beside this script (nibabel 5)."""

import base64
import gzip
import pathlib

import nibabel
import numpy as np

here = pathlib.Path(__file__).parent
points = np.array([[10, 0, 0], [-10, 0, 0], [0, 20, 0], [0, -20, 0], [0, 0, 30.5], [0, 0, -30.5]], dtype=np.float32)
corners = np.array(
    [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]], dtype=np.int32
)


def gifti(encoding):
    intents = (points, "NIFTI_INTENT_POINTSET"), (corners, "NIFTI_INTENT_TRIANGLE")
    arrays = [
        nibabel.gifti.GiftiDataArray(values, intent=intent, encoding=encoding, endian="little")
        for values, intent in intents
    ]
    return nibabel.gifti.GiftiImage(darrays=arrays).to_xml()


(here / "ascii.surf.gii").write_bytes(gifti("GIFTI_ENCODING_ASCII"))
(here / "base64.surf.gii").write_bytes(gifti("GIFTI_ENCODING_B64BIN"))
(here / "gzip.surf.gii").write_bytes(gifti("GIFTI_ENCODING_B64GZ"))
(here / "packed.surf.gii.gz").write_bytes(gzip.compress(gifti("GIFTI_ENCODING_B64GZ"), mtime=0))

# nibabel writes neither the other endian nor the other order, but reads them.
big = gifti("GIFTI_ENCODING_B64BIN").decode().replace("LittleEndian", "BigEndian").replace("RowMajor", "ColumnMajor")
for values in (points, corners):
    little = base64.b64encode(values.tobytes()).decode()
    swapped = values.T.astype(values.dtype.newbyteorder(">")).tobytes()
    assert little in big
    big = big.replace(little, base64.b64encode(swapped).decode())
(here / "big.surf.gii").write_text(big)
for name in ("ascii", "base64", "gzip", "big"):
    read = nibabel.load(here / f"{name}.surf.gii")
    assert (read.darrays[0].data == points).all() and (read.darrays[1].data == corners).all()

nibabel.freesurfer.write_geometry(here / "lh.octahedron", points, corners, create_stamp="created by make.py")
