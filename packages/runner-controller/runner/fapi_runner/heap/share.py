"""Readies the memory of the zygote for its children: what none of them writes to stays shared by all of them.

A child writes where it learns what the zygote could have learned, counts references, collects garbage, or allocates in
the gaps between what is shared; the code that it calls is gathered on few pages.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from fapi_runner.heap.gaps import fill_gaps, set_limits
from fapi_runner.heap.hot_code import gather, list_code, note_calls
from fapi_runner.heap.immortal import make_immortal

OURS = ("fapi_runner.child", "fapi_runner.metrics", "fapi_runner.protocol", "fapi_runner.zygote")
# What the interpreter still learns in the third turn, it learns in every child too.
TURNS = 3


def share_heap(rehearse: Callable[[], object]) -> None:
    """Make all that is imported cheap to share, with the help of this piece of a child's life; then collect no more."""
    set_limits()
    rehearse()  # the first time, modules are imported that no child will import again
    hot = note_calls(rehearse) | list_code(OURS)
    gc.collect()
    fill_gaps()
    gather(hot)
    del hot
    for _ in range(TURNS):
        rehearse()
    gc.collect()
    gc.disable()
    make_immortal()
    gc.freeze()
    fill_gaps()
