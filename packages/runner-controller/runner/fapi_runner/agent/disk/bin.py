"""Deletes folders that nobody needs any more while whoever filled them goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fapi_runner.agent.disk.trees import delete_tree

WAITING_LIMIT = 8


class Bin:
    """One folder is deleted at a time; what is left at the end the next agent deletes."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(WAITING_LIMIT)
        self._turn = asyncio.Lock()
        self._deleting: set[asyncio.Task[None]] = set()

    async def throw(self, folder: Path) -> None:
        """Have a folder deleted; waits only while too many are to be deleted already."""
        await self._room.acquire()
        task = asyncio.create_task(self._delete(folder))
        self._deleting.add(task)
        task.add_done_callback(self._deleting.discard)

    async def _delete(self, folder: Path) -> None:
        try:
            async with self._turn:
                await asyncio.to_thread(delete_tree, folder)
        finally:
            self._room.release()
