"""The code of revisions: unpacked once, read-only, by digest. When one was last asked for is its folder's time."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import tarfile
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from fapi_runner.agent.disk.trees import delete_tree
from fapi_runner.agent.failures import CommandError

ENTRIES_LIMIT = 5000
FAULTS_OF_A_NAME = {errno.EEXIST, errno.EINVAL, errno.EISDIR, errno.ENAMETOOLONG, errno.ENOTDIR}


class Revisions:
    """The unpacked revisions of one state folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()
        for half_done in [*root.glob(".new-*"), *root.glob(".old-*")]:
            discard(half_done)

    def has(self, digest: str) -> bool:
        """Say whether it is here; then it stays for a while."""
        with self._lock, contextlib.suppress(FileNotFoundError):
            os.utime(self.root / digest)
            return True
        return False

    @contextlib.contextmanager
    def hold(self, digest: str) -> Iterator[Path]:
        """Return the folder of a revision, which stays at least until this ends."""
        self._held[digest] += 1
        try:
            yield self.get_code(digest)
        finally:
            self._held[digest] -= 1
            if not self._held[digest]:
                del self._held[digest]

    def retire(self, digest: str, unused_since: float) -> Path | None:
        """Be without a revision, unless it is in use or was since then; returns the folder to be deleted."""
        with self._lock:
            folder = self.root / digest
            if digest in self._held or folder.stat().st_mtime > unused_since:
                return None
            return folder.rename(self.root / f".old-{digest}-{time.time_ns()}")

    def get_code(self, digest: str) -> Path:
        """Return the folder of a revision."""
        if not self.has(digest):
            raise CommandError("unknown_revision", f"This agent has no revision {digest}.")
        return self.root / digest

    def put(self, digest: str, sha256: str, body: bytes) -> None:
        """Unpack a tar; a revision that is there already stays as it is."""
        actual = hashlib.sha256(body).hexdigest()
        if actual != sha256.lower():
            raise CommandError("bad_request", f"The body's sha256 is {actual}, not {sha256}.")
        if self.has(digest):
            return
        temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=self.root))
        try:
            _unpack(body, temporary)
            # Folders last: an entry cannot be added to a folder that is read-only already.
            for path in sorted(temporary.rglob("*"), reverse=True):
                path.chmod(0o555 if path.is_dir() else 0o444)
            temporary.chmod(0o555)
            os.rename(temporary, self.root / digest)
        except BaseException:
            discard(temporary)
            # Two may put the same at once: whoever came first has done it for both.
            if not self.has(digest):
                raise


def discard(folder: Path) -> None:
    """Delete the folder of a revision."""
    folder.chmod(0o700)  # it is read-only, which stops all but root
    delete_tree(folder)


def _unpack(body: bytes, target: Path) -> None:
    try:
        with tarfile.open(fileobj=io.BytesIO(body), mode="r:") as archive:
            for count, entry in enumerate(archive, 1):
                if count > ENTRIES_LIMIT:
                    raise CommandError("bad_request", f"The tar has more than {ENTRIES_LIMIT} entries.")
                path = target / _check(entry)
                if entry.isdir():
                    path.mkdir(parents=True, exist_ok=True)
                    continue
                content = archive.extractfile(entry)
                data = content.read() if content else b""
                if len(data) != entry.size:
                    raise CommandError("bad_request", f"The tar ends inside {entry.name!r}.")
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    file.write(data)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise CommandError("bad_request", f"The body is no tar that can be unpacked: {error}") from error
    except OSError as error:
        # Anything else is the matter of this machine: a full disk, no descriptors.
        if error.errno not in FAULTS_OF_A_NAME:
            raise
        message = f"The tar has an entry that cannot be unpacked: {error.strerror}."
        raise CommandError("bad_request", message) from error


def _check(entry: tarfile.TarInfo) -> PurePosixPath:
    path = PurePosixPath(entry.name)
    if entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE):
        raise CommandError("bad_request", f"The tar's entry {entry.name!r} is neither a file nor a folder.")
    if path.is_absolute() or ".." in path.parts or "\0" in entry.name or "\\" in entry.name:
        raise CommandError("bad_request", f"The tar's entry {entry.name!r} leaves the project.")
    if not path.parts and not entry.isdir():
        raise CommandError("bad_request", "The tar has an entry without a name.")
    return path
