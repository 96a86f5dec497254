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
        self.child_ends: dict[str, int] = {}
        self._ends: list[socket.socket] = []
        self._pipes: list[int] = []
        self.probe: socket.socket | None = None
        self.page: Page | None = None
        self._gate: socket.socket | None = None
        self.gate = 0  # the inode of the child's end
        self._handed: socket.socket | None = None
        self.keeper: KeeperLine | None = None
        try:
            self._open(is_serving, has_keeper)
        except BaseException:
            self.close()
            raise

    def _open(self, is_serving: bool, has_keeper: bool) -> None:
        self.control = self._add_pair("control", socket.SOCK_STREAM)
        self.stdout, self.stderr, self.diagnostics = map(self._add_pipe, ("stdout", "stderr", "diagnostics"))
        # A full diagnostics pipe must not block the child in its signal handler.
        os.set_blocking(self.child_ends["diagnostics"], False)
        self.child_ends["lifeline"], self.lifeline = os.pipe()
        self._pipes.append(self.lifeline)
        if has_keeper:
            # Its keeper gets the other end: with our word alone it sees the app's folder, or connects to anything.
            self.keeper = KeeperLine(self._add_pair("keeper", socket.SOCK_SEQPACKET))
        if is_serving:
            self.probe = self._add_pair("probe", socket.SOCK_STREAM)
            self._gate = self._add_pair("gate", socket.SOCK_SEQPACKET)
            self.gate = os.fstat(self.child_ends["gate"]).st_ino
            self.child_ends["page"] = make_page()
            self.page = Page(self.child_ends["page"], writable=False)

    def _add_pair(self, name: str, kind: socket.SocketKind) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
        self.child_ends[name] = theirs.detach()
        self._ends.append(ours)
        ours.setblocking(False)
        return ours

    def _add_pipe(self, name: str) -> int:
        ours, self.child_ends[name] = os.pipe()
        self._pipes.append(ours)
        os.set_blocking(ours, False)
        return ours

    def close_child_ends(self) -> None:
        """Let go of the child's ends, so that only the child keeps them open."""
        for fd in self.child_ends.values():
            os.close(fd)
        self.child_ends = {}

    def close(self) -> None:
        """Close our ends; the lifeline among them ends a child that still lives."""
        self.close_child_ends()
        if self.keeper is not None:
            self.keeper.close()
        for end in self._ends:
            end.close()
        for fd in self._pipes:
            os.close(fd)

    def hand_over(self, listener: socket.socket) -> None:
        """Give the child this listener, unless it has it: not before it may accept, for a draft would answer guests."""
        if self._gate is not None and self._handed is not listener:
            self._handed = listener
            with contextlib.suppress(OSError):  # it has ended, and what it is asked next says so
                socket.send_fds(self._gate, [b"."], [listener.fileno()])


def read_rest(read: Callable[[], bool]) -> None:
    """Read until there is nothing more to have now, within bounds; `read` says whether it had anything."""
    for _ in range(REST_READS):
        if not read():
            return
