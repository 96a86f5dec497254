"""How a task has ended, also when nobody waits for it any more."""

from __future__ import annotations

import asyncio
from typing import Any


def has_succeeded(task: asyncio.Future[Any]) -> bool:
    """Say whether a task that is done has a result.

    Asking for its exception marks that as seen: of one that nobody has asked for asyncio would complain.
    """
    return not task.cancelled() and task.exception() is None
