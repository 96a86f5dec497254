"""One peer's connection: frames in, responses and events out."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from fapi_runner.agent.failures import CommandError, is_for_want_of_space
from fapi_runner.agent.routes import GatewayWatch
from fapi_runner.protocol import FrameError, Json, encode_frame, read_frame
from fapi_runner.validate.failures import to_finding

# A watcher that does not read is cut off; it may come back and ask for what it missed.
UNREAD_LIMIT_BYTES = 32 << 20

NO_SPACE_MESSAGE = (
    "The runner's disk is full, or has no inodes left: "
    "whoever runs the server must free space there, then deploy again."
)

Role = Literal["controller", "gateway"]
Answer = Callable[["Connection", str, object, bytes], Awaitable[Json]]


class Connection:
    """A connected controller or gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer) -> None:
        self.role: Role | None = None
        self.epoch = 0
        self.route_watch: GatewayWatch | None = None
        self.on_message: Callable[[bytes], object] | None = None  # set once this connection is a session's
        self._is_open = True
        self._on_close: list[Callable[[], object]] = []
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._requests: dict[int, asyncio.Task[None]] = {}
        self._tied: set[asyncio.Task[Any]] = set()

    async def run(self) -> None:
        """Answer requests until the peer leaves; what it began goes on without it, but for what is tied to it."""
        try:
            while frame := await read_frame(self._reader):
                header, body = frame
                if header.get("kind") == "message" and self.on_message is not None:
                    self.on_message(body)
                    continue
                if header.get("kind") != "request" or not isinstance(header.get("id"), int):
                    break
                self._begin(header, body)
        except FrameError:
            pass
        finally:
            self._is_open = False
            for close in self._on_close:
                close()
            for task in self._tied:
                task.cancel()
            self.close()

    def call_on_close(self, close: Callable[[], object]) -> None:
        """Have this called when the peer has left: at once when it has."""
        if self._is_open:
            self._on_close.append(close)
        else:
            close()

    def tie(self) -> None:
        """Have the request that is being answered end when the peer leaves, or cancels it."""
        task = asyncio.current_task()
        if task is None:
            return
        self._tied.add(task)
        task.add_done_callback(self._tied.discard)
        if not self._is_open:
            task.cancel()

    def cancel(self, number: int) -> None:
        """End a request that is tied to the peer; no answer to it is sent then."""
        task = self._requests.get(number)
        if task in self._tied:
            task.cancel()

    def send_event(self, topic: str, data: Json) -> None:
        """Send an event, or cut off a peer that reads nothing; whoever has news need not care whether it arrives."""
        try:
            self._send({"kind": "event", "topic": topic, "data": data})
        except FrameError as error:
            print(f"An event of the topic {topic} is left out: {error}", file=sys.stderr)  # noqa: T201 - the agent's log

    def send_message(self, body: bytes) -> None:
        """Send one message of a session, or cut off a peer that reads nothing."""
        self._send({"kind": "message"}, body)

    def send_end(self, code: str, message: str) -> None:
        """Say why a session is over; nothing comes after it."""
        self._send({"kind": "end", "code": code, "message": message})

    def close(self) -> None:
        """Close the connection; what was written is still sent."""
        with contextlib.suppress(RuntimeError):
            self._writer.close()

    async def finish(self) -> None:
        """Let the peer have what was written so far."""
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()

    def _begin(self, header: Json, body: bytes) -> None:
        number, request = header["id"], asyncio.create_task(self._respond(header, body))
        self._requests[number] = request
        request.add_done_callback(lambda _: self._requests.pop(number, None))

    async def _respond(self, header: Json, body: bytes) -> None:
        response: Json = {"kind": "response", "id": header["id"]}
        try:
            result = await self._answer(self, str(header.get("method")), header.get("params", {}), body)
            response["result"] = result
        except CommandError as error:
            response["error"] = {"code": error.code, "message": error.message}
            if error.report is not None:
                response["error"]["report"] = error.report
                response["error"]["finding"] = to_finding(error.report)
        except Exception as error:  # noqa: BLE001 - one broken command must not end the agent
            # For whoever runs the agent alone: what our own code says of itself may hold paths, or what it worked on.
            traceback.print_exception(error, file=sys.stderr)
            message = f"The agent could not do {header.get('method')!r}; its log says why."
            response["error"] = {"code": "internal", "message": message}
            if is_for_want_of_space(error):
                response["error"] = {"code": "disk_full", "message": NO_SPACE_MESSAGE}
        try:
            self._send(response)
        except FrameError as error:
            self._send({"kind": "response", "id": header["id"], "error": {"code": "internal", "message": str(error)}})

    def _send(self, header: Json, body: bytes = b"") -> None:
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > UNREAD_LIMIT_BYTES:
            self._writer.transport.abort()
            return
        self._writer.write(encode_frame(header, body))
