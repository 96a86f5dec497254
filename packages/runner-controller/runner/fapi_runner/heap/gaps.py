"""Fills the gaps between the objects of the zygote for ever.

What a child allocates goes into the first gap of its size, and the gaps are spread over all pages that are shared.
Without gaps it goes where nothing is yet, one beside the other.
"""

from __future__ import annotations

import ctypes
import operator
from array import array
from collections import deque
from collections.abc import Iterable
from itertools import pairwise, repeat

from fapi_runner.libc import LIBC

# The allocator of Python: blocks of up to 512 bytes, those of one size in pools of 16 KiB; the rest is the C library's.
STEP_BYTES = 16
POOL_BYTES = 16 << 10
POOL_HEAD_BYTES = 48
POOLED_BYTES = 512
ARENA_BYTES = 1 << 20
BYTES_OVERHEAD = 33
# A chunk of the C library has a word before it.
CHUNK_BYTES = 8
CHUNKS = (*range(24, 1032, STEP_BYTES), *range(1032, 4096, 512))
IN_A_ROW = 16
# Should an allocator not do as we think, this is what filling the gaps once may cost, pools and chunks together.
LIMIT_BYTES = 32 << 20
CHUNKS_LIMIT = 500  # of one size: where they never come in a row, the next size has its turn

IS_GLIBC = hasattr(LIBC, "malloc_trim")
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGE_BYTES = 128 << 10
TOP_BYTES = 1 << 20

_kept: list[object] = []


class Budget:
    """Bytes that may still be allocated."""

    def __init__(self, limit_bytes: int) -> None:
        self._rest_bytes = limit_bytes

    def spend(self, size: int) -> bool:
        """Take so many bytes, and say whether they were there."""
        if size > self._rest_bytes:
            return False
        self._rest_bytes -= size
        return True


def fill_gaps() -> None:
    """Allocate blocks of each size until they come in a row, or until LIMIT_BYTES are spent."""
    budget = Budget(LIMIT_BYTES)
    held = _hold_empty_pools(budget)
    for size in range(STEP_BYTES, POOLED_BYTES + 1, STEP_BYTES):
        _fill_pools(size, budget)
    # They are empty again, but each will be filled from its beginning, not in the order in which it was emptied.
    while held:
        held.pop()
    if not IS_GLIBC:
        return
    LIBC.malloc.restype = ctypes.c_void_p
    for size in CHUNKS:
        _fill_chunks(size, budget)
    LIBC.malloc_trim(0)


def set_limits() -> None:
    """Have the C library give large blocks pages of their own: in a gap, it would have to write zeros to all of one."""
    if not IS_GLIBC:
        return
    LIBC.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
    LIBC.mallopt(M_TRIM_THRESHOLD, TOP_BYTES)


def _hold_empty_pools(budget: Budget) -> list[object]:
    """Take all pools that are empty, so that the next one is of a new arena, and its blocks come in a row."""
    held: list[object] = []
    while budget.spend(ARENA_BYTES):
        made = _make_blocks(POOLED_BYTES, ARENA_BYTES // POOLED_BYTES)
        held += made
        pools = list(dict.fromkeys(id(block) // POOL_BYTES for block in made))
        # As many side by side are not empty in an old arena.
        if _find_longest_row(pools, 1) >= ARENA_BYTES // POOL_BYTES // 2:
            break
    return held


def _fill_pools(size: int, budget: Budget) -> None:
    count = (POOL_BYTES - POOL_HEAD_BYTES) // size
    made: Iterable[object] = ()
    while _find_longest_row(array("Q", map(id, made)), size) < count - 1 and budget.spend(2 * count * size):
        made = _make_blocks(size, 2 * count)
        _kept.extend(made)


def _make_blocks(size: int, count: int) -> Iterable[object]:
    """Return so many new blocks, with nothing of the pools allocated between them; a list that grows would be."""
    if size == 16:
        return deque(map(operator.call, repeat(object, count)))
    if size == 32:
        return deque(map(complex, repeat(0.5, count)))
    return deque(map(bytes, repeat(size - BYTES_OVERHEAD, count)))


def _fill_chunks(size: int, budget: Budget) -> None:
    step = -(-(size + CHUNK_BYTES) // STEP_BYTES) * STEP_BYTES
    row: list[int] = []
    for _ in range(CHUNKS_LIMIT):
        if not budget.spend(step):
            return
        row = [*row[1 - IN_A_ROW :], LIBC.malloc(size)]
        if _find_longest_row(row, step) == IN_A_ROW:
            return


def _find_longest_row(addresses: Iterable[int], step: int) -> int:
    longest = length = 1
    for before, after in pairwise(addresses):
        length = length + 1 if after - before == step else 1
        longest = max(longest, length)
    return longest
