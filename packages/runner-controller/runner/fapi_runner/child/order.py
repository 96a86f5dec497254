"""What the agent asked a child for, and the way to answer."""

from __future__ import annotations

import contextlib
import socket
import sys
from pathlib import Path

from fapi_runner.child.reports import make_report
from fapi_runner.child.traces import format_failure, write_error
from fapi_runner.protocol import Json, encode_frame
from fapi_runner.report import Phase

# Given back before a failure is described: an app that used all its memory left none for that.
BALLAST_BYTES = 4 << 20
RECURSION_LIMIT = sys.getrecursionlimit()


class Order:
    """One order and the child's end of its control socket."""

    def __init__(self, control: socket.socket, body: Json) -> None:
        self.control = control
        self.body = body
        self.code = Path(body.get("code", "/"))
        self._ballast = bytes(BALLAST_BYTES)  # zeros that the kernel only promises

    def tell(self, message: Json) -> None:
        """Send one message; an agent that is gone is not this child's trouble."""
        self.control.setblocking(True)
        with contextlib.suppress(OSError):
            self.control.sendall(encode_frame(message))

    def fail(self, error: BaseException, phase: Phase, **facts: object) -> None:
        """Report what user code raised and what else is known; the traceback stays in the log."""
        self._ballast = b""
        sys.settrace(None)
        sys.setprofile(None)
        sys.setrecursionlimit(RECURSION_LIMIT)
        flush_streams()
        write_error(format_failure(error, self.code))
        self.tell({"kind": "failed", "report": make_report(error, phase, self.code), **facts})


def flush_streams() -> None:
    """Hand over what the app printed; user code may have closed or replaced the streams."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
