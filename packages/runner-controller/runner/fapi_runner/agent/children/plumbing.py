"""The pipes and sockets between the agent and one child."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable

from fapi_runner.agent.children.keeper_line import KeeperLine
from fapi_runner.metrics import Page, make_page

READ_BYTES = 1 << 16
REST_READS = 64  # a child that writes without end must not hold us here


class Plumbing:
    """Both ends of everything a child gets; the child's ends are closed here once they were sent."""

    def __init__(self, *, is_serving: bool = False, has_keeper: bool = False) -> None:
        self.control, child_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.stdout, child_stdout = os.pipe()
        self.stderr, child_stderr = os.pipe()
        self.diagnostics, child_diagnostics = os.pipe()
        child_lifeline, self.lifeline = os.pipe()
        self.child_ends = {
            "control": child_control.detach(),
            "stdout": child_stdout,
            "stderr": child_stderr,
            "diagnostics": child_diagnostics,
            "lifeline": child_lifeline,
        }
        # A full diagnostics pipe must not block the child in its signal handler.
        os.set_blocking(child_diagnostics, False)
        for fd in (self.stdout, self.stderr, self.diagnostics):
            os.set_blocking(fd, False)
        self.control.setblocking(False)
        self.probe: socket.socket | None = None
        self.page: Page | None = None
        self._gate: socket.socket | None = None
        self.gate = 0  # the inode of the child's end
        self._handed: socket.socket | None = None
        self.keeper: KeeperLine | None = None
        if has_keeper:
            # Its keeper gets the other end: with our word alone it sees the app's folder, or connects to anything.
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self.keeper = KeeperLine(ours)
            self.child_ends["keeper"] = theirs.detach()
        if is_serving:
            self._add_serving_ends()

    def close_child_ends(self) -> None:
        """Let go of the child's ends, so that only the child keeps them open."""
        for fd in self.child_ends.values():
            os.close(fd)
        self.child_ends = {}

    def close(self) -> None:
        """Close our ends; the lifeline among them ends a child that still lives."""
        self.close_child_ends()
        self.control.close()
        for end in (self.probe, self.keeper, self._gate):
            if end is not None:
                end.close()
        for fd in (self.stdout, self.stderr, self.diagnostics, self.lifeline):
            os.close(fd)

    def hand_over(self, listener: socket.socket) -> None:
        """Give the child this listener, unless it has it: not before it may accept, for a draft would answer guests."""
        if self._gate is not None and self._handed is not listener:
            self._handed = listener
            with contextlib.suppress(OSError):  # it has ended, and what it is asked next says so
                socket.send_fds(self._gate, [b"."], [listener.fileno()])

    def _add_serving_ends(self) -> None:
        self.probe, child_probe = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._gate, child_gate = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self.probe, self._gate):
            end.setblocking(False)
        self.gate = os.fstat(child_gate.fileno()).st_ino
        page_fd = make_page()
        self.page = Page(page_fd, writable=False)
        self.child_ends |= {"probe": child_probe.detach(), "gate": child_gate.detach(), "page": page_fd}


def read_rest(read: Callable[[], bool]) -> None:
    """Read until there is nothing more to have now, within bounds; `read` says whether it had anything."""
    for _ in range(REST_READS):
        if not read():
            return
