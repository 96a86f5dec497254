"""The agent's line to the keeper of a child's namespaces, which does for the child what it may not do itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fapi_runner.agent.failures import CommandError
from fapi_runner.grants import Outlet
from fapi_runner.protocol import Json

ANSWER_S = 5.0
ANSWER_BYTES = 4096
FDS_LIMIT = 64  # more than an app can have grants


class KeeperLine:
    """One end of a socket; whoever holds the other one is the child's keeper, or nobody where there is none."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._line.setblocking(False)
        self._waiting: asyncio.AbstractEventLoop | None = None

    async def uncover(self, folder: Path) -> None:
        """Have the cover of a draft's real folder taken away; raise TimeoutError when it may still be there."""
        # Where no layer covers the folder, nobody holds the other end.
        with contextlib.suppress(ConnectionError):
            await self._ask({"uncover": str(folder)})

    async def listen(self, outlets: Sequence[Outlet]) -> list[socket.socket]:
        """Return a listening socket of the child's own network for each outlet."""
        listeners = await self._ask({"listen": [[outlet.address, outlet.port] for outlet in outlets]})
        if len(listeners) != len(outlets):
            for listener in listeners:
                listener.close()
            raise CommandError("internal", "The child's keeper gave it no network.")
        return listeners

    def hear_calls(self, take: Callable[[int], None]) -> None:
        """Hand over where the child's calls to connect are heard, once it has said so itself; it has no keeper then."""
        loop = self._waiting = asyncio.get_running_loop()

        def read() -> None:
            loop.remove_reader(self._line)
            with contextlib.suppress(OSError):
                _, fds, _, _ = socket.recv_fds(self._line, 1, 1, socket.MSG_CMSG_CLOEXEC)
                for fd in fds:
                    take(fd)

        loop.add_reader(self._line, read)

    def close(self) -> None:
        """Ask for nothing any more."""
        if self._waiting is not None:
            self._waiting.remove_reader(self._line)
        self._line.close()

    async def _ask(self, word: Json) -> list[socket.socket]:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(ANSWER_S):
            await loop.sock_sendall(self._line, json.dumps(word).encode())
            answered = asyncio.Event()
            loop.add_reader(self._line, answered.set)
            try:
                await answered.wait()
            finally:
                loop.remove_reader(self._line)
        data, fds, _, _ = socket.recv_fds(self._line, ANSWER_BYTES, FDS_LIMIT, socket.MSG_CMSG_CLOEXEC)
        answer = json.loads(data or b"{}")
        if "failed" in answer:
            print(f"A child's keeper failed: {answer['failed']}", file=sys.stderr)  # noqa: T201 - the agent's log
            raise CommandError("internal", "The child's keeper failed; the agent's log says why.")
        return [socket.socket(fileno=fd) for fd in fds]
