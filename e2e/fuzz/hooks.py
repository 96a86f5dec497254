"""What the fuzzer does not know by itself: archives, of which it would send none, and tuples in answers."""

from __future__ import annotations

import io
import zipfile
from typing import Any

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


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """Have answers checked with lists of a length in the place of tuples.

    It writes `prefixItems` of an answer as draft 7 does, reads that as draft 2020-12, and calls the schema invalid.
    """
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            loosen(operation.get("responses"))
    loosen(raw_schema.get("components"))


def loosen(schema: object) -> None:
    """Say of each tuple only how long it is and what one of its items may be."""
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        loosen(part)
    if isinstance(schema, dict) and isinstance(places := schema.pop("prefixItems", None), list):
        schema["items"] = {"anyOf": places}
