"""uvicorn's protocol classes under our own accept and drain."""

from __future__ import annotations

import asyncio
import socket
from email.utils import formatdate
from typing import Any

from starlette.types import ASGIApp
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from fapi_runner.child.forks import HasFileno
from fapi_runner.metrics import Page

# Longer than any peer in front keeps an idle connection: whoever closes first must not be us.
KEEP_ALIVE_S = 75
TICK_S = 0.5


class Guests(ServerState):
    """The connections of one child and whether they are being asked to leave."""

    draining = False


class Protocol(HttpToolsProtocol):
    """Answers with `Connection: close` while draining, so that the peer never sends into a closing connection."""

    server_state: Guests

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self.server_state.draining and self.cycle is not None:
            self.cycle.keep_alive = False

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.server_state.draining:
            self._unset_keepalive_if_required()  # Server.drain alone decides when an idle one closes

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        async def answer(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
            try:
                await app(scope, receive, send)
            except Exception as error:
                # Starlette raises again after its 500, and uvicorn would close a connection that promised keep-alive.
                if not cycle.response_complete:
                    raise
                self.logger.error("Exception in ASGI application\n", exc_info=error)

        super()._start_asgi_task(cycle, answer)

    @property
    def is_idle(self) -> bool:
        """Whether no answer is under way on this connection."""
        return self.cycle is None or self.cycle.response_complete

    def leave(self) -> None:
        """Let the answer that is still to start be the last one of this connection."""
        self._unset_keepalive_if_required()
        # Its head already promised keep-alive once it has started: the next request gets the close then.
        if self.cycle is not None and not self.cycle.response_started:
            self.cycle.keep_alive = False


class Server:
    """Accepts on given sockets and drains without dropping a request."""

    def __init__(self, app: ASGIApp, state: dict[str, Any], headers: list[tuple[str, str]], page: Page) -> None:
        self.guests = Guests()
        self.config = Config(
            app,
            http=Protocol,
            ws=WebSocketsSansIOProtocol,
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            # Only the gateway reaches our sockets, and it sets these headers itself.
            forwarded_allow_ips="*",
            timeout_keep_alive=KEEP_ALIVE_S,
            headers=headers,
        )
        self.config.load()
        self._state = state
        self._page = page
        self._accepting: asyncio.Server | None = None
        self._loop = asyncio.get_running_loop()
        self._tick()

    def make_protocol(self) -> Protocol:
        """Build the protocol for one connection."""
        return Protocol(self.config, self.guests, self._state, self._loop)

    async def converse(self, sock: socket.socket) -> None:
        """Serve one already connected socket."""
        sock.setblocking(False)
        await self._loop.connect_accepted_socket(self.make_protocol, sock)

    async def accept(self, listener: socket.socket) -> None:
        """Start to accept on the inherited listening socket, again after `stop_accepting` too."""
        self.guests.draining = False
        # Closing the server closes its socket, and we may be asked to accept once more.
        listener = listener.dup()
        listener.setblocking(False)
        if listener.family == socket.AF_UNIX:
            # The socket's file is the agent's: a closing child must never remove it.
            keep_file: dict[str, Any] = {"cleanup_socket": False} if "uvloop" in type(self._loop).__module__ else {}
            self._accepting = await self._loop.create_unix_server(
                self.make_protocol, sock=listener, backlog=2048, **keep_file
            )
        else:
            self._accepting = await self._loop.create_server(self.make_protocol, sock=listener, backlog=2048)

    def list_sockets(self) -> list[HasFileno]:
        """Return what is open: where it accepts and whom it has accepted."""
        transports = [connection.transport for connection in self.guests.connections]
        accepted = [transport.get_extra_info("socket") for transport in transports if transport is not None]
        return [*(self._accepting.sockets if self._accepting else ()), *accepted]

    def stop_accepting(self) -> None:
        """Take no new connection; open ones go on, each with one more answer."""
        if self._accepting is not None:
            self._accepting.close()
            self._accepting = None
        self.ask_to_leave()

    def ask_to_leave(self) -> None:
        """Let every answer from now on be the last one of its connection; who comes is still accepted."""
        self.guests.draining = True
        for connection in list(self.guests.connections):
            if isinstance(connection, Protocol):
                connection.leave()

    async def drain(self, idle_s: float, deadline_s: float) -> None:
        """Wait until every guest has left: idle ones are closed after `idle_s`, all others at the deadline."""
        started = self._loop.time()
        while self.guests.connections or self.guests.tasks:
            waited = self._loop.time() - started
            if waited >= deadline_s:
                break
            if waited >= idle_s:
                for connection in list(self.guests.connections):
                    if isinstance(connection, Protocol) and connection.is_idle:
                        connection.transport.close()
            await asyncio.sleep(0.02)
        for connection in list(self.guests.connections):
            connection.shutdown()  # 1012 for a WebSocket
        for task in list(self.guests.tasks):
            task.cancel()
        if self.guests.tasks:
            await asyncio.wait(self.guests.tasks, timeout=1)

    def _tick(self) -> None:
        date = (b"date", formatdate(usegmt=True).encode())
        self.guests.default_headers = [date, *self.config.encoded_headers]
        self._page.beat()
        self._loop.call_later(TICK_S, self._tick)
