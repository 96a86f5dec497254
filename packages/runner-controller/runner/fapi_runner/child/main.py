"""The first steps of a forked child: wait as a blank, take the order, close the last doors, do it."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import signal
import socket
import sys
from os import write
from pathlib import Path
from typing import TextIO

from fapi_runner.child.blank import wait_as_blank
from fapi_runner.child.hold import serve_app
from fapi_runner.child.isolation.confine import Places, confine
from fapi_runner.child.isolation.keeper import Keeper
from fapi_runner.child.isolation.levels import LayerError, Plan
from fapi_runner.child.isolation.limits import Limits
from fapi_runner.child.lifeline import hold_lifeline
from fapi_runner.child.order import Order
from fapi_runner.child.proposing import propose
from fapi_runner.child.reports import name_type
from fapi_runner.child.surface import show_surface
from fapi_runner.child.testing import run_tests
from fapi_runner.child.tool import become_tool
from fapi_runner.child.traces import write_error
from fapi_runner.grants import Outlet
from fapi_runner.protocol import BREAKDOWN_EXIT_CODE, encode_frame, receive_header
from fapi_runner.validate.verdict import validate

BREAKDOWN = encode_frame({"kind": "breakdown"})


def run_child(plan: Plan, limits: Limits, door: socket.socket, keeper: Keeper) -> int:
    """Live as the order says and return the exit code."""
    fds = wait_as_blank(plan, limits, door)
    if fds is None:
        return 0
    # Where there is no keeper the child itself says something on this line, once, before user code runs.
    if "keeper" in fds and keeper.entrust(fds["keeper"]):
        os.close(fds.pop("keeper"))
    keeper.close()
    _take_streams(fds)
    try:
        return _live(plan, fds)
    except BaseException as error:  # noqa: BLE001 - the log is the app's by now, and our traceback would be nothing to it
        # First, and as it was before any user code: what makes frames and messages may be gone. By its number, too: who
        # held the socket may have let go of it.
        with contextlib.suppress(OSError):
            write(fds["control"], BREAKDOWN)
        layer = f", for the layer {error.name} does not hold" if isinstance(error, LayerError) else ""
        write_error(f"The runner could not go on: {name_type(error)}{layer}.\n")
        return BREAKDOWN_EXIT_CODE


def _live(plan: Plan, fds: dict[str, int]) -> int:
    faulthandler.enable(fds["diagnostics"], all_threads=True)
    faulthandler.register(signal.SIGUSR1, fds["diagnostics"], all_threads=True)
    control = socket.socket(fileno=fds["control"])
    body = receive_header(control)
    if body is None:
        return 0
    order = Order(control, body)
    folder, view = (Path(body[name]) if body.get(name) else None for name in ("folder", "view"))
    outlets = tuple(Outlet(*outlet) for outlet in body.get("outlets", ()))
    # No child that runs or reads what a user wrote executes anything, but for the one that becomes a program of ours.
    program = Path(body["program"]) if body["kind"] in ("lint", "language") else None
    calls = confine(plan, Places(order.code, folder, view, outlets), program)
    if "keeper" in fds:
        with socket.socket(fileno=fds.pop("keeper")) as line:
            if calls is not None:
                socket.send_fds(line, [b"."], [calls])
    if calls is not None:
        os.close(calls)
    # After the change of user, for the kernel keeps who asked for the signal.
    hold_lifeline(fds["lifeline"])
    gc.enable()
    if body["kind"] == "serve":
        return serve_app(order, fds)
    if body["kind"] == "test":
        return run_tests(order)
    if body["kind"] == "surface":
        return show_surface(order)
    if body["kind"] == "convert":
        propose(order)
    if program is not None:
        become_tool(order, fds)
    if body["kind"] == "validate":
        validate(order.code, lambda: receive_header(control), order.tell)
    return 0


def _take_streams(fds: dict[str, int]) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(fds["stdout"], 1)
    os.dup2(fds["stderr"], 2)
    for fd in (null, fds["stdout"], fds["stderr"]):
        os.close(fd)
    # Made anew: the zygote's streams still believe in whatever they were opened on.
    sys.stdout = sys.__stdout__ = _open_stream(1)  # type: ignore[misc,assignment]
    sys.stderr = sys.__stderr__ = _open_stream(2)  # type: ignore[misc,assignment]


def _open_stream(fd: int) -> TextIO:
    # Nothing is a terminal here, yet a print should be seen when it happens.
    return open(fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
