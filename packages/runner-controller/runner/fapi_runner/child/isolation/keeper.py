"""The first process of a child's namespaces: with its end everything in them ends, and it ends with the child.

It keeps what the child gave up: the right to change its mounts and its network. The agent, and nobody but the agent,
may ask it for two things, at the other end of a socket that the child never has while user code runs. A draft works in
a copy of the app's folder, and the folder itself lies under a cover until the draft is deployed; and an app with grants
to connect outwards has, from its deploy on, an address in its own network for each of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from fapi_runner.child.isolation import mounts, network
from fapi_runner.libc import PR_SET_DUMPABLE, name_process, prctl

# The keeper is the first process of the namespace, and the child the second.
CHILD_IN_NAMESPACE = 2
LINE = 3
WORD_BYTES = 1 << 16


class Keeper:
    """The child's line to its keeper, where it has one; closed before user code runs."""

    def __init__(self, line: socket.socket | None = None) -> None:
        self._line = line

    def entrust(self, agent: int) -> bool:
        """Let whoever holds the other end of this socket, and nobody else, ask the keeper; False without one."""
        if self._line is None:
            return False
        socket.send_fds(self._line, [b"."], [agent])
        return True

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
    agent: socket.socket | None = None
    while child not in (ready := {fd for fd, _ in waiting.poll()}):
        if LINE in ready:
            waiting.unregister(LINE)
            _, fds, _, _ = socket.recv_fds(line, 1, 1)
            if fds:
                agent = socket.socket(fileno=fds[0])
                waiting.register(agent, select.POLLIN)
        elif agent is not None and not _obey(agent):
            waiting.unregister(agent)
            agent.close()
            agent = None


def _obey(agent: socket.socket) -> bool:
    """Do one thing that the agent asks for; False when it will ask for nothing any more."""
    with contextlib.suppress(ConnectionError):
        if word := agent.recv(WORD_BYTES):
            answer: dict[str, Any] = {}
            opened: list[socket.socket] = []
            try:
                for name, argument in json.loads(word).items():
                    opened += DUTIES[name](argument)
            except OSError as error:
                answer["failed"] = str(error)
            socket.send_fds(agent, [json.dumps(answer).encode()], [sock.fileno() for sock in opened])
            for sock in opened:
                sock.close()
            return True
    return False


def _uncover(folder: str) -> list[socket.socket]:
    mounts.unmount(Path(folder))
    return []


def _listen(places: list[tuple[str, int]]) -> list[socket.socket]:
    network.raise_loopback()
    return network.listen_at(places)


DUTIES: dict[str, Callable[[Any], list[socket.socket]]] = {"uncover": _uncover, "listen": _listen}
