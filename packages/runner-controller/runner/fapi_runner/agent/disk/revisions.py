"""The code of revisions: unpacked once, read-only, by digest."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from fapi_runner.agent.failures import CommandError

ENTRIES_LIMIT = 5000


class Revisions:
    """The unpacked revisions of one state folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for half_done in root.glob(".new-*"):
            shutil.rmtree(half_done, ignore_errors=True)

    def has(self, digest: str) -> bool:
        return (self.root / digest).is_dir()

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
            shutil.rmtree(temporary, ignore_errors=True)
            # Two may put the same at once: whoever came first has done it for both.
            if not self.has(digest):
                raise


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
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise CommandError("bad_request", f"The body is no tar that can be unpacked: {error}") from error


def _check(entry: tarfile.TarInfo) -> PurePosixPath:
    path = PurePosixPath(entry.name)
    if entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE):
        raise CommandError("bad_request", f"The tar's entry {entry.name!r} is neither a file nor a folder.")
    if path.is_absolute() or ".." in path.parts or "\0" in entry.name or "\\" in entry.name:
        raise CommandError("bad_request", f"The tar's entry {entry.name!r} leaves the project.")
    if not path.parts and not entry.isdir():
        raise CommandError("bad_request", "The tar has an entry without a name.")
    return path
