"""One language server as a child of ours: what is asked and answered, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import signal
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, NamedTuple

from fapi_runner.agent.checking.checker import Silence
from fapi_runner.agent.children.nursery import Nursery
from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.agent.children.process import Process
from fapi_runner.agent.language.framing import encode_message, read_message
from fapi_runner.agent.language.programs import Program
from fapi_runner.protocol import FrameError, Json

# Long for a machine that is busy, and for the first look at all libraries.
ANSWER_LIMIT_S = 20.0
UNREAD_LIMIT_BYTES = 64 << 20  # more than all texts that an editor may have open
STREAM_LIMIT_BYTES = 1 << 16
# What one may say in a while, much more than any answer: one that never stops is ended.
WHILE_S = 10.0
WHILE_LIMIT_BYTES, WHILE_LIMIT_MESSAGES = 96 << 20, 20_000


class Reply(NamedTuple):
    """What a server answered, and the whole message as it came."""

    result: Any
    text: bytes


class RpcError(Exception):
    """A server's "no", in its words."""

    def __init__(self, error: Json) -> None:
        super().__init__(str(error.get("message", "")))
        self.error = error


class GoneError(Exception):
    """The server has ended, or was ended, before it answered."""


class RunningServer:
    """A server from its start to its end; another one takes its place, never this object."""

    def __init__(self, program: Program, on_end: Callable[[], object]) -> None:
        self.program = program
        self._on_end = on_end
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[tuple[Json, bytes]]] = {}
        self._process: Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._heard = (0.0, 0, 0)
        self.is_over = False

    @property
    def process(self) -> Process | None:
        """The child, once there is one."""
        return self._process

    async def start(self, nursery: Nursery, app: Path, cache: Path) -> None:
        """Have a child that becomes it; raise GoneError or CommandError where there is none."""
        plumbing = Plumbing()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        plumbing.child_ends["answer"] = theirs.detach()
        try:
            self._process = await nursery.fork(plumbing, Silence())
        except BaseException:
            ours.close()
            raise
        reader, self._writer = await asyncio.open_unix_connection(sock=ours, limit=STREAM_LIMIT_BYTES)
        if self.is_over:  # closed meanwhile
            self._end()
            raise GoneError
        await self._process.send(self.program.make_order(app, cache))
        self._reading = asyncio.create_task(self._read(reader))

    def notify(self, method: str, params: Json) -> None:
        """Tell it something; one that is over hears nothing."""
        self._send({"method": method, "params": params})

    def begin(self, method: str, params: Json) -> Coroutine[Any, Any, Reply]:
        """Ask it now; what is returned waits for the answer and raises RpcError or GoneError.

        Who takes too long is ended. Whoever is cancelled while waiting has the request cancelled.
        """
        number = next(self._numbers)
        answer: asyncio.Future[tuple[Json, bytes]] = asyncio.get_running_loop().create_future()
        if self.is_over or self._writer is None:
            answer.set_exception(GoneError())
        else:
            self._waiting[number] = answer
            self._send({"id": number, "method": method, "params": params})
        return self._wait(number, answer)

    def close(self) -> None:
        """End it; nobody waits for its end."""
        if not self.is_over:
            self._end()

    async def _wait(self, number: int, answer: asyncio.Future[tuple[Json, bytes]]) -> Reply:
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                told, text = await answer
        except TimeoutError:
            self.close()
            raise GoneError from None
        except asyncio.CancelledError:
            self.notify("$/cancelRequest", {"id": number})
            raise
        finally:
            self._waiting.pop(number, None)
        if isinstance(told.get("error"), dict):
            raise RpcError(told["error"])
        return Reply(told.get("result"), text)

    def _end(self) -> None:
        was_over, self.is_over = self.is_over, True
        if self._process is not None:
            self._process.signal(signal.SIGKILL)
        if self._writer is not None:
            with contextlib.suppress(RuntimeError):
                self._writer.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(GoneError())
        if not was_over:
            self._on_end()

    def _send(self, message: Json) -> None:
        if self.is_over or self._writer is None:
            return
        if self._writer.transport.get_write_buffer_size() > UNREAD_LIMIT_BYTES:
            self._end()
            return
        self._writer.write(encode_message(message))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while told := await read_message(reader):
                self._count(len(told[1]))
                self._take(*told)
        except FrameError:
            pass
        finally:
            self.close()

    def _count(self, size: int) -> None:
        now = asyncio.get_running_loop().time()
        since, heard, messages = self._heard
        self._heard = (since, heard + size, messages + 1) if now - since < WHILE_S else (now, size, 1)
        if self._heard[1] > WHILE_LIMIT_BYTES or self._heard[2] > WHILE_LIMIT_MESSAGES:
            raise FrameError("It never stops.")

    def _take(self, message: Json, text: bytes) -> None:
        if "method" not in message:
            number = message.get("id")
            answer = self._waiting.get(number) if isinstance(number, int) else None
            if answer is not None and not answer.done():
                answer.set_result((message, text))
        elif "id" in message:
            self._send({"id": message["id"], "result": _answer(message)})
        # All that it only tells is dropped: findings come from the checks, progress and logs are nobody's.


def _answer(request: Json) -> object:
    """Return what we say to a server that asks an editor: it has no settings, and nothing is done for it."""
    params = request.get("params")
    if request["method"] == "workspace/configuration" and isinstance(params, dict):
        items = params.get("items")
        return [None for _ in items] if isinstance(items, list) else []
    return {"applied": False} if request["method"] == "workspace/applyEdit" else None
