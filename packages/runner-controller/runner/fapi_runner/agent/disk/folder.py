"""The state folder: its paths, its lock, and what a former agent left behind."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import signal
from pathlib import Path

from fapi_runner.agent.disk.trees import delete_tree
from fapi_runner.agent.procfs import read_stat
from fapi_runner.protocol import Json

SOCKET_PATH_LIMIT = 107  # sun_path less its closing NUL


LISTENERS = "listeners"


class FolderError(Exception):
    """This state folder cannot be used, in one sentence."""


class Folder:
    """One state folder, locked for the life of this object."""

    def __init__(self, root: Path, vault: Path | None = None) -> None:
        """`vault` is where secrets are kept, when not with the rest."""
        self.root = root.resolve()
        self.agent_socket = self.root / "agent.sock"
        self.agent_file = self.root / "agent.json"
        self.state_file = (self.root if vault is None else vault.resolve()) / "state.json"
        self.revisions = self.root / "revisions"
        self.apps = self.root / "apps"
        self.views = self.root / "views"
        self.listeners = self.root / LISTENERS
        self.children = self.root / "children"
        self.scratch = self.root / "scratch"
        self.live = self.root / "live"
        self.sandbox = self.root / "sandbox"
        try:
            for path in (self.root, self.revisions, self.apps, self.live, self.views, self.scratch):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
                # Where root gives each app a user of its own, that user must get through to what is its own.
                path.chmod(0o711 if os.getuid() == 0 else 0o700)
            for path in (self.listeners, self.children, self.sandbox, self.state_file.parent):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.root / "agent.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise FolderError(f"The state folder {self.root} cannot be used: {error.strerror}.") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderError(f"Another agent holds the state folder {self.root}.") from None
        # Only after the lock: these files may be a living agent's.
        self.agent_file.unlink(missing_ok=True)
        self._end_leftovers()
        for left in (*self.scratch.iterdir(), *self.views.iterdir()):
            delete_tree(left)

    def listener_path(self, app_id: str) -> Path:
        """Return the socket path of an app, short whatever the app is called."""
        return _listener_path(self.root, app_id)

    def note_child(self, pid: int) -> None:
        """Remember a living child for an agent that may come after us."""
        with contextlib.suppress(OSError):
            (self.children / str(pid)).write_text(str(read_stat(pid).start_ticks))

    def forget_child(self, pid: int) -> None:
        """Forget a child that has ended."""
        (self.children / str(pid)).unlink(missing_ok=True)

    def announce(self, facts: Json) -> None:
        """Write agent.json: this agent is ready."""
        own = {"pid": os.getpid(), "startTicks": read_stat(os.getpid()).start_ticks}
        write_atomically(self.agent_file, facts | own)

    def leave(self) -> None:
        """Take back what says that an agent is here."""
        self.agent_file.unlink(missing_ok=True)
        self.agent_socket.unlink(missing_ok=True)

    def _end_leftovers(self) -> None:
        for path in self.children.iterdir():
            pid = int(path.name)
            with contextlib.suppress(OSError, ValueError):
                # The number alone may be somebody else's by now.
                if read_stat(pid).start_ticks == int(path.read_text()):
                    os.killpg(pid, signal.SIGKILL)
            path.unlink()


def refuse_long_path(root: Path) -> None:
    """Raise FolderError where the unix sockets of a state folder would have too long a name."""
    needed = len(os.fsencode(_listener_path(root.resolve(), "x")))
    if needed > SOCKET_PATH_LIMIT:
        raise FolderError(
            f"The state folder {root.resolve()} has too long a path: its sockets would need "
            f"{needed} bytes and the system allows {SOCKET_PATH_LIMIT}."
        )


def _listener_path(root: Path, app_id: str) -> Path:
    return root / LISTENERS / f"{hashlib.sha256(app_id.encode()).hexdigest()[:12]}.sock"


def write_atomically(path: Path, value: Json) -> None:
    """Replace a JSON file so that a reader sees the old or the new one, never a half."""
    temporary = path.with_name(path.name + ".new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(value, file)
    temporary.replace(path)
