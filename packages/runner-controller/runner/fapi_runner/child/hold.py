"""Loads one app, holds it ready, serves it when told to, drains it when told to."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import os
import socket
from typing import NamedTuple

import anyio.to_thread
import uvloop
from starlette.types import ASGIApp

from fapi_runner.child.adapters import share_adapters
from fapi_runner.child.audit import ImportAudit
from fapi_runner.child.endless import EndlessFinder, Waiting
from fapi_runner.child.forks import PrivateSockets
from fapi_runner.child.identity import IdentifiedApp
from fapi_runner.child.lifespan import Lifespan
from fapi_runner.child.loader import load_app, move, use_environment
from fapi_runner.child.openapi import build_document, find_endpoints, list_operations
from fapi_runner.child.order import Order, flush_streams
from fapi_runner.child.serve import Server
from fapi_runner.child.traces import format_failure, show_errors, show_uncaught, write_error
from fapi_runner.child.trouble import TroubleTeller
from fapi_runner.child.work import Survey
from fapi_runner.metrics import MeteredApp, Page
from fapi_runner.protocol import Json, encode_frame, read_frame

LIFESPAN_STOP_S = 10


def serve_app(order: Order, fds: dict[str, int]) -> int:
    """Import the app and live with it until it is told to stop; return the exit code."""
    view = order.body["view"]
    os.chdir(view or order.body["folder"])
    use_environment(order.body["environment"])
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    audit = ImportAudit(order.code, is_draft=view is not None)
    show_uncaught(order.code)
    doors = Doors(*(socket.socket(fileno=fds[name]) for name in ("gate", "probe")))
    private = PrivateSockets(order.control, *doors)
    try:
        with share_adapters():
            app = load_app(order.code)
            prepared: Json = {"kind": "prepared", "routes": list_operations(app)}
        if view is not None:
            # Not on the click path: it takes longer than many an import.
            prepared["openapi"] = build_document(app)
            find_endpoints(app)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it becomes a report
        order.fail(error, "import", sideEffects=audit.effects)
        return 1
    (audit.guard if view is not None else audit.stop)()
    prepared |= {"sideEffects": audit.effects, "readData": audit.has_read_data}
    prepared["readFormerAssets"] = audit.has_read_former
    # What was imported stays for the child's life; a collector that never looks at it keeps its pages shared.
    gc.freeze()
    # User code may have run and closed a loop of its own meanwhile.
    asyncio.set_event_loop(loop)
    guest = Guest(app, order, doors, Page(fds["page"]), audit, private)
    code = loop.run_until_complete(guest.live(prepared))
    # Threads of the user that never end must not keep the process: so atexit by hand, and no interpreter shutdown.
    atexit._run_exitfuncs()
    flush_streams()
    return code


class Doors(NamedTuple):
    """Where the listener is handed in, once it may accept, and the one connection on which it is asked who it is."""

    gate: socket.socket
    probe: socket.socket


class Guest:
    """One imported app between `prepared` and its end."""

    def __init__(
        self,
        app: ASGIApp,
        order: Order,
        doors: Doors,
        page: Page,
        audit: ImportAudit,
        private: PrivateSockets,
    ) -> None:
        self.app = app
        self.order = order
        self.audit = audit
        self.doors = doors
        self.page = page
        self.private = private
        self._listener: socket.socket | None = None
        private.add(lambda: [] if self._listener is None else [self._listener])

    async def live(self, prepared: Json) -> int:
        """Hold, start, serve and drain as the agent says."""
        reader, writer = await asyncio.open_connection(sock=self.order.control)

        def tell(message: Json) -> None:
            writer.write(encode_frame(message))

        tell(prepared)
        # Whatever needs no user code and no order is done before there is one: somebody waits for what comes after it.
        lifespan = Lifespan(self.app)
        trouble = TroubleTeller(self.order.code, tell)
        identity, server, waiting = self._make_server(lifespan, trouble)
        self.private.add(server.list_sockets)
        await server.converse(self.doors.probe)
        # The first sync endpoint would otherwise wait for its worker thread to be made.
        await anyio.to_thread.run_sync(lambda: None)
        frame = await read_frame(reader)
        if frame is None:
            return 0
        self.audit.stop()
        if self.order.body["view"] is not None:
            move(self.order.body["view"], self.order.body["folder"])
        try:
            await lifespan.start()
        except BaseException as error:  # noqa: BLE001 - sys.exit() at startup becomes a report as well
            self.order.fail(error, "startup")
            return 1
        show_errors(self.order.code)
        identity.generation = frame[0]["generation"]
        tell({"kind": "started"})
        EndlessFinder(waiting, self.order.code, tell).look()
        survey = Survey()
        draining: asyncio.Task[None] | None = None
        while frame := await read_frame(reader):
            message = frame[0]
            if message["kind"] == "accept":
                if draining is not None:
                    draining.cancel()
                await server.accept(self._take_listener())
                tell({"kind": "accepting"})
            elif message["kind"] == "linger":
                server.ask_to_leave()
            elif message["kind"] == "drain":
                server.stop_accepting()
                tell({"kind": "stopped"})
                draining = asyncio.create_task(server.drain(message["idleMs"] / 1000, message["deadlineMs"] / 1000))
                draining.add_done_callback(lambda task: None if task.cancelled() else tell({"kind": "drained"}))
            elif message["kind"] == "survey":
                tell(
                    {
                        "kind": "survey",
                        "work": survey.count(len(server.guests.connections), draining, server.list_sockets()),
                    }
                )
            elif message["kind"] == "leave":
                await self._stop(lifespan)
                break
        return 0

    def _take_listener(self) -> socket.socket:
        """Return the listener that was handed in last."""
        self.doors.gate.setblocking(False)  # `recv_fds` drops its flags
        with contextlib.suppress(BlockingIOError):  # it is the same as before
            _, fds, _, _ = socket.recv_fds(self.doors.gate, 1, 1)
            former, self._listener = self._listener, socket.socket(fileno=fds[0])
            self._listener.set_inheritable(False)
            if former is not None:
                former.close()
        if self._listener is None:
            raise RuntimeError("no listener was handed in")
        return self._listener

    def _make_server(self, lifespan: Lifespan, trouble: TroubleTeller) -> tuple[IdentifiedApp, Server, Waiting]:
        body = self.order.body
        metered = MeteredApp(self.app, self.page, trouble.note)
        identity = IdentifiedApp(metered, body["digest"], body["envVersion"])
        server = Server(identity, lifespan.state, [("x-fapi-revision", body["digest"])], self.page)
        return identity, server, metered.waiting

    async def _stop(self, lifespan: Lifespan) -> None:
        try:
            await asyncio.wait_for(lifespan.stop(), LIFESPAN_STOP_S)
        except BaseException as error:  # noqa: BLE001 - it is ending anyway; its log shall say why this was not clean
            write_error(format_failure(error, self.order.code))
