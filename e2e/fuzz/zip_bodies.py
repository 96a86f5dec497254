"""Archives for the fuzzer: it knows JSON, and would send nothing where a zip is asked for."""

from __future__ import annotations

import io
import zipfile

import schemathesis
from hypothesis import strategies as st

NAMES = st.one_of(
    st.sampled_from(
        ["main.py", "app/models.py", "../main.py", "/etc/passwd", "MAIN.PY", "a//b", "static/", "README.md"]
    ),
    st.text(min_size=1, max_size=40),
)


def pack(files: dict[str, bytes], compression: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=compression)
    return out.getvalue()


ARCHIVES = st.builds(
    pack,
    st.dictionaries(NAMES, st.binary(max_size=200), max_size=5),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2]),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An archive with one of its bytes changed, or its end missing."""
    archive = bytearray(draw(ARCHIVES))
    at = draw(st.integers(0, len(archive) - 1))
    if draw(st.booleans()):
        return bytes(archive[:at])
    archive[at] = draw(st.integers(0, 255))
    return bytes(archive)


schemathesis.openapi.media_type("application/zip", st.one_of(ARCHIVES, damaged(), st.binary(max_size=100)))
