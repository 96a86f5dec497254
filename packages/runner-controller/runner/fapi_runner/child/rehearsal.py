"""A blank child serves a toy app once: the pages that serving writes to are its own by then."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import socket
import sys
import threading

import anyio.to_thread
import uvloop
from fastapi import FastAPI

from fapi_runner.child.lifespan import Lifespan
from fapi_runner.child.openapi import list_operations
from fapi_runner.child.serve import Server
from fapi_runner.metrics import PAGE_BYTES, MeteredApp, Page

TOY = "fapi_runner.child.toy"
REQUEST = b"GET %s HTTP/1.1\r\nhost: toy\r\nconnection: keep-alive\r\n\r\n"
PATHS = (b"/item?name=blank", b"/items/7", b"/nothing")


def rehearse() -> None:
    """Import, serve and forget; afterwards no thread and no descriptor of it is left."""
    app: FastAPI = importlib.import_module(TOY).app
    del sys.modules[TOY]  # the next one imports it anew, as everybody imports an app
    list_operations(app)
    page = os.memfd_create("fapi-rehearsal")
    os.ftruncate(page, PAGE_BYTES)
    loop = uvloop.new_event_loop()
    try:
        loop.run_until_complete(_serve(app, Page(page)))
    finally:
        loop.close()
        os.close(page)
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join()
    # Python lets go of a thread a moment before the kernel does.
    while len(os.listdir("/proc/self/task")) > 1:
        os.sched_yield()


async def _serve(app: FastAPI, page: Page) -> None:
    await anyio.to_thread.run_sync(lambda: None)
    lifespan = Lifespan(app)
    await lifespan.start()
    server = Server(MeteredApp(app, page), lifespan.state, [("x-fapi-revision", "toy")], page)
    ours, theirs = socket.socketpair()
    await server.converse(theirs)
    reader, writer = await asyncio.open_connection(sock=ours)
    for path in PATHS:
        writer.write(REQUEST % path)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split()[0]
        await reader.readexactly(int(length))
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    await lifespan.stop()
