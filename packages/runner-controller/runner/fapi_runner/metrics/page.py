"""The shared page: a header, a row of counters per route, and a ring of the last requests.

Every word is an aligned 64-bit store, so that a reader never sees half a number. User code shares the child's memory
and may write here what it likes: whoever reads must take each word for a rumour about that one app.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import time

# The header's slots. In flight is everything that is not over; streams and WebSockets are parts of it.
IN_FLIGHT, STREAMS, WEBSOCKETS, WEBSOCKETS_MET = 0, 1, 2, 3
BYTES_IN, BYTES_OUT = 4, 5
LAST_REQUEST, LAST_REQUEST_NS, HEARTBEAT = 6, 7, 8  # ms since 1970, monotonic ns, ms since 1970
ROWS = 9
HEADER_SLOTS = 64

# A row's slots: a count per status class (its own slot is the class), the sum of latencies, the buckets, the name.
SUM_MICROS = 6
LATENCY, LATENCY_BUCKETS = 8, 24  # bucket n counts requests of 2**n to 2**(n+1) microseconds
COUNTS = LATENCY + LATENCY_BUCKETS
NAME = COUNTS  # a slot with the length in bytes, then "METHOD /template"
ROW_SLOTS = 64
NAME_LIMIT_BYTES = (ROW_SLOTS - NAME - 1) * 8
NO_ROUTE, OTHER_ROUTES, FIRST_ROUTE = 0, 1, 2  # rows by number
ROUTES_LIMIT = 128
ROWS_LIMIT = FIRST_ROUTE + ROUTES_LIMIT

# An entry of the ring: its number (written last), ms since 1970, microseconds, status and row, text when it has no row.
RING = HEADER_SLOTS + ROWS_LIMIT * ROW_SLOTS
ENTRIES, ENTRY_SLOTS = 256, 16
TEXT = 4  # a slot with the length in bytes, then "METHOD /path"
TEXT_LIMIT_BYTES = (ENTRY_SLOTS - TEXT - 1) * 8

PAGE_BYTES = -(-(RING + ENTRIES * ENTRY_SLOTS) * 8 // mmap.PAGESIZE) * mmap.PAGESIZE


class Page:
    """One child's page, mapped to be written by the child or to be read by the agent."""

    def __init__(self, fd: int, *, writable: bool = True) -> None:
        protection = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
        self.bytes = memoryview(mmap.mmap(fd, PAGE_BYTES, prot=protection))
        self.slots = self.bytes.cast("Q")

    def beat(self) -> None:
        """Note that the loop turned."""
        self.slots[HEARTBEAT] = int(time.time() * 1000)

    def write_text(self, slot: int, text: str, limit_bytes: int) -> None:
        """Store a text and its length; what is too long is cut."""
        data = text.encode("utf-8", "replace")[:limit_bytes]
        start = (slot + 1) * 8
        self.bytes[start : start + len(data)] = data
        self.slots[slot] = len(data)

    def read_text(self, slot: int, limit_bytes: int) -> str:
        """Return a stored text, whatever is there."""
        start = (slot + 1) * 8
        return bytes(self.bytes[start : start + min(self.slots[slot], limit_bytes)]).decode("utf-8", "replace")


def get_row(number: int) -> int:
    """Return a row's first slot."""
    return HEADER_SLOTS + number * ROW_SLOTS


def make_page() -> int:
    """Return the descriptor of a new page."""
    fd = os.memfd_create("fapi-metrics", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(fd, PAGE_BYTES)
    # A child that made it shorter would end the agent with SIGBUS at the next read.
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    return fd
