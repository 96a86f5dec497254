"""The first process of a child's namespaces: with its end everything in them ends, and it ends with the child.

It keeps what the child gave up: the right to change its mounts. A draft works in a copy of the app's folder, and the
folder itself lies under a cover from before the first line of user code; when the draft is deployed, the agent, and
nobody but the agent, has the cover taken away.
"""

from __future__ import annotations

import os
import select
import signal
import socket
from pathlib import Path
from typing import NoReturn

from fapi_runner.child.isolation import mounts
from fapi_runner.child.isolation.libc import name_process, prctl
from fapi_runner.child.isolation.privileges import PR_SET_DUMPABLE

# The keeper is the first process of the namespace, and the child the second.
CHILD_IN_NAMESPACE = 2
LINE = 3
PATH_BYTES = 4096
UNCOVER, UNCOVERED = b"u", b"d"


class Keeper:
    """The child's line to its keeper, where it has one; closed before user code runs."""

    def __init__(self, line: socket.socket | None = None) -> None:
        self._line = line

    def entrust(self, covered: Path, agent: int) -> None:
        """Let whoever holds the other end of this socket, and nobody else, have the cover taken away."""
        if self._line is not None:
            socket.send_fds(self._line, [os.fsencode(covered)], [agent])

    def close(self) -> None:
        """Say nothing any more."""
        if self._line is not None:
            self._line.close()


def keep_namespace(line: socket.socket) -> NoReturn:
    """Live as long as the child, and do what the agent may still want done in its namespaces."""
    name_process(b"fapi-keeper")
    # Out of the zygote's group, which is killed when the zygote has ended: its children live on.
    os.setsid()
    prctl(PR_SET_DUMPABLE, 0)
    signal.set_wakeup_fd(-1)
    # Whoever loses its parent becomes ours; ignored, they leave no zombies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.dup2(line.fileno(), LINE)
    os.closerange(LINE + 1, 1 << 16)
    try:
        _keep(socket.socket(fileno=LINE))
    finally:
        os._exit(0)


def _keep(line: socket.socket) -> None:
    line.recv(1)  # now the child is there
    child = os.pidfd_open(CHILD_IN_NAMESPACE)
    waiting = select.poll()
    for fd in (child, LINE):
        waiting.register(fd, select.POLLIN)
    covered = b""
    agent: socket.socket | None = None
    while child not in (ready := {fd for fd, _ in waiting.poll()}):
        if LINE in ready:
            covered, fds, _, _ = socket.recv_fds(line, PATH_BYTES, 1)
            waiting.unregister(LINE)
            if fds:
                agent = socket.socket(fileno=fds[0])
                waiting.register(agent, select.POLLIN)
        elif agent is not None:
            waiting.unregister(agent)
            if agent.recv(1) == UNCOVER:
                mounts.unmount(Path(os.fsdecode(covered)))
                agent.send(UNCOVERED)
