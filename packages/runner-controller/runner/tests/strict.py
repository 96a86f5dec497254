"""Counts requests where the kernel kills whoever makes a system call other than a write."""

from __future__ import annotations

import ctypes
import gc
import os
import struct
import sys

from fapi_runner.metrics import MeteredApp, Page, make_page

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
KILL, ALLOW = 0x8000_0000, 0x7FFF_0000
WRITE = {"x86_64": 1, "aarch64": 64}[os.uname().machine]
# Not the strict mode of seccomp: it takes the clock away as well, which is read without a call.
ONLY_WRITE = ((LOAD, 0, 0, 0), (JUMP_IF_EQUAL, 1, 0, WRITE), (RETURN, 0, 0, KILL), (RETURN, 0, 0, ALLOW))


def forbid_calls() -> None:
    rules = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in ONLY_WRITE))
    program = ctypes.create_string_buffer(struct.pack("HP", len(ONLY_WRITE), ctypes.addressof(rules)))
    libc = ctypes.CDLL(None)
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) == 0


class Route:
    path = "/items/{item_id}"
    methods = frozenset({"GET"})


async def app(scope, receive, send):
    await receive()
    scope["route"] = Route
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def receive():
    return {"type": "http.request", "body": b"", "more_body": False}


async def send(message):
    pass


def answer(metered: MeteredApp, count: int) -> None:
    for number in range(count):
        path = "/items/1" if number % 2 else "/nowhere"
        call = metered({"type": "http", "method": "GET", "path": path}, receive, send)
        try:
            call.send(None)
        except StopIteration:
            continue


metered = MeteredApp(app, Page(make_page()))
answer(metered, 1000)
gc.disable()
forbid_calls()
answer(metered, int(sys.argv[1]))
os.write(1, b"alive")
if len(sys.argv) > 2:
    os.getppid()  # the proof that the rope holds
    os.write(1, b" and free")
