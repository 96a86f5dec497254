"""The life of a forked child: take the order, close the doors, load, hold, serve, drain."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import faulthandler
import gc
import os
import signal
import socket
import sys
import time
import traceback
from pathlib import Path

import anyio.to_thread
import uvloop

from fapi_runner.child.identity import IdentifiedApp
from fapi_runner.child.isolate import LEVEL, isolate
from fapi_runner.child.lifeline import hold_lifeline
from fapi_runner.child.lifespan import Lifespan
from fapi_runner.child.loader import load_app, use_environment
from fapi_runner.child.openapi import count_routes, forget_schema, list_operations
from fapi_runner.child.reports import make_report
from fapi_runner.child.serve import Server
from fapi_runner.metrics import MeteredApp, Page
from fapi_runner.protocol import Json, encode_frame, read_frame, receive_header
from fapi_runner.report import Phase
from fapi_runner.validate.verdict import validate_project


class Order:
    """The agent's end of the control socket, and what it asked for."""

    def __init__(self, control: socket.socket, order: Json) -> None:
        self.control = control
        self.body = order
        self.code = Path(order.get("code", "/"))

    def tell(self, message: Json) -> None:
        """Send one message; an agent that is gone is not this child's trouble."""
        with contextlib.suppress(OSError):
            self.control.sendall(encode_frame(message))

    def fail(self, error: BaseException, phase: Phase) -> None:
        """Report what user code raised; the whole traceback stays in the log."""
        traceback.print_exception(error)
        _flush()
        self.tell({"kind": "failed", "report": make_report(error, phase, self.code)})


def run_child(fds: dict[str, int]) -> int:
    """Live as the order says and return the exit code."""
    _take_streams(fds)
    layers = isolate()
    hold_lifeline(fds["lifeline"])
    faulthandler.enable(fds["diagnostics"], all_threads=True)
    faulthandler.register(signal.SIGUSR1, fds["diagnostics"], all_threads=True)
    control = socket.socket(fileno=fds["control"])
    body = receive_header(control)
    if body is None:
        return 0
    order = Order(control, body)
    if body["kind"] == "layers":
        order.tell({"kind": "layers", "level": LEVEL, "layers": layers})
        return 0
    if body["kind"] == "validate":
        gc.enable()
        validate_project(order.code, set(body["skip"]), order.tell)
        return 0
    return _serve(order, fds)


def _take_streams(fds: dict[str, int]) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(fds["stdout"], 1)
    os.dup2(fds["stderr"], 2)
    for fd in (null, fds["stdout"], fds["stderr"]):
        os.close(fd)
    for stream in (sys.stdout, sys.stderr):
        # Nothing is a terminal here, yet a print should be seen when it happens.
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]


def _serve(order: Order, fds: dict[str, int]) -> int:
    started = time.perf_counter()
    os.chdir(order.body["folder"])
    use_environment(order.body["environment"])
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    gc.enable()
    try:
        app = load_app(order.code)
        operations = list_operations(app)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it becomes a report
        order.fail(error, "import")
        return 1
    # What was imported stays for the child's life; a collector that never looks at it keeps its pages shared.
    gc.freeze()
    # User code may have run and closed loops of its own meanwhile.
    asyncio.set_event_loop(loop)
    code = loop.run_until_complete(_hold_and_serve(app, order, fds, operations, started))
    _flush()
    atexit._run_exitfuncs()
    _flush()
    return code


async def _hold_and_serve(app, order, fds, operations, started):  # type: ignore[no-untyped-def]
    raise NotImplementedError


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
