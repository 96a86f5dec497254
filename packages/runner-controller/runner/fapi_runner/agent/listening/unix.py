"""On a machine each app listens on a unix socket of its own, which has a file in the state folder."""

from __future__ import annotations

import socket
from pathlib import Path

from fapi_runner.agent.disk.folder import Folder
from fapi_runner.agent.listening.listener import BACKLOG

CONNECTED = {"02", "03"}  # still in the backlog, accepted


class UnixListeners:
    """The sockets in the state folder."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def open(self, app_id: str) -> UnixListener:
        """Listen for an app, in place of a former agent."""
        return UnixListener(self._folder.listener_path(app_id))


class UnixListener:
    """One of them."""

    def __init__(self, path: Path) -> None:
        self.address = str(path)
        self._path = path
        self.socket = self._listen()

    def renew(self) -> None:
        """Listen on another socket of the same name."""
        former, self.socket = self.socket, self._listen()
        former.close()

    def _listen(self) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.setblocking(False)
        # Bound beside and renamed over: who connects meanwhile meets the old socket or the new one, never none.
        fresh = self._path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        sock.bind(str(fresh))
        fresh.chmod(0o600)
        sock.listen(BACKLOG)
        fresh.rename(self._path)
        # By this one the kernel goes on to name it.
        self._name = str(fresh)
        return sock

    def has_visitors(self) -> bool:
        """Say whether anybody is connected through it, accepted or still waiting."""
        lines = (line.split(maxsplit=7) for line in Path("/proc/net/unix").read_text().splitlines())
        return any(fields[5] in CONNECTED and fields[-1] == self._name for fields in lines)

    def admit_no_more(self) -> None:
        """Let no connection begin any more: nobody finds the socket."""
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop listening and remove the socket's file."""
        self._path.unlink(missing_ok=True)
        self.socket.close()
