"""For what looks after things for ever: one look that fails must not be the last one."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Iterator


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Write what goes wrong in here into the agent's log, and go on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, the next look may succeed
        traceback.print_exception(error, file=sys.stderr)
