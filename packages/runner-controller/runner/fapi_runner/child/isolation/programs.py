"""What the kernel executes for one program: its file, and the loader that this names."""

from __future__ import annotations

import os
import struct
from pathlib import Path

# Of an ELF file of 64 bits, as on every machine that the filter of system calls knows.
HEADER_BYTES = 64
TABLE_OFFSET, ENTRY_OFFSET = 32, 54
LOADER = 3


def list_executed(program: Path) -> list[Path]:
    """Return the program and its loader; raise OSError or ValueError when it is no program of this machine."""
    with program.open("rb") as file:
        header = file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or not header.startswith(b"\x7fELF\x02\x01"):
            raise ValueError(f"{program} is no program of this machine")
        (table,) = struct.unpack_from("<Q", header, TABLE_OFFSET)
        size, count = struct.unpack_from("<HH", header, ENTRY_OFFSET)
        for number in range(count):
            file.seek(table + number * size)
            kind, _, start, _, _, length = struct.unpack("<IIQQQQ", file.read(40))
            if kind == LOADER:
                file.seek(start)
                return [program, Path(os.fsdecode(file.read(length).rstrip(b"\0")))]
    return [program]
