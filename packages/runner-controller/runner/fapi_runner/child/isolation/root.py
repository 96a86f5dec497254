"""The root that a child sees: what Python needs, read-only, and of the state folder its own code and files alone."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from fapi_runner.child.isolation import mounts
from fapi_runner.child.isolation.levels import Plan
from fapi_runner.grants import Outlet

RUNNER = Path(__file__).resolve().parents[2]
DEVICES = ("null", "zero", "full", "random", "urandom")
STREAMS = {"fd": "fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
SYSTEM = ("bin", "lib", "lib32", "lib64", "libx32", "sbin", "usr")
# Nothing that names the machine's users, hosts or name servers.
COPIED = ("ld.so.cache", "localtime", "mime.types")
HOSTS = Path("/etc/hosts")
LOCAL_NAMES = "127.0.0.1 localhost\n::1 localhost\n"
# No name server is ever asked from in here: a name that is not written down is unknown at once.
SWITCH = "passwd: files\ngroup: files\nhosts: files\nservices: files\n"
# Until the order has come, the state folder is here; user code never sees it.
HOLD = Path("/.hold")
FIXED = mounts.READ_ONLY | mounts.NO_SUID | mounts.NO_DEVICES
OWN = mounts.NO_SUID | mounts.NO_DEVICES | mounts.NO_EXEC


def list_readable() -> list[Path]:
    """Return the folders that Python and its libraries are read from, none inside another."""
    wanted = [Path("/", name) for name in SYSTEM]
    wanted += [Path(prefix) for prefix in (sys.base_prefix, sys.prefix)]
    wanted += [Path(entry) for entry in sys.path if "site-packages" in entry or "dist-packages" in entry]
    chosen: list[Path] = []
    for path in [*wanted, RUNNER, Path("/etc/ssl")]:
        if path.is_dir() and not path.is_symlink() and not any(path.is_relative_to(other) for other in chosen):
            chosen.append(path)
    return chosen


def build_root(state: Path) -> None:
    """Make the root, all but what the order will name, and move into it."""
    os.umask(0o022)
    mounts.keep_mounts_to_ourselves()
    root = state / "sandbox"
    mounts.mount_memory(root, "mode=0755,size=2m,nr_inodes=2k")
    # First, because Python or the state folder may be somewhere below it.
    mounts.mount_memory(root / "tmp", "mode=1777,size=256m,nr_inodes=16k")
    for path in list_readable():
        mounts.bind(path, root / path.relative_to("/"), FIXED)
    for name in SYSTEM:
        if Path("/", name).is_symlink():
            (root / name).symlink_to(os.readlink(f"/{name}"))
    _fill_devices(root / "dev")
    _fill_configuration(root / "etc")
    mounts.mount_processes(root / "proc")
    # Its own, for the state folder may be below /tmp, and nothing but what is mounted there shall be written to.
    mounts.mount_memory(root / state.relative_to("/"), "mode=0755,size=64k,nr_inodes=64")
    mounts.bind_alone(state, root / HOLD.name)
    mounts.make_root(root)


def furnish_root(
    state: Path, code: Path | None, folder: Path | None, view: Path | None, outlets: Sequence[Outlet]
) -> None:
    """Bring in the order's code, folder, a draft's view of it and the names of outlets; close the root."""
    if code is not None:
        mounts.bind(_hold(state, code), code, FIXED | OWN)
    if code is not None and folder is not None:
        mounts.bind(_hold(state, folder), folder, OWN)
        # The folder's links to the revision's assets go through here: each child meets its own revision's.
        mounts.bind(_hold(state, code), state / "live" / folder.name, FIXED | OWN)
    if view is not None:
        # The agent replaces the view by a link when the draft moves out, and this shows it; nobody in here can.
        mounts.bind(_hold(state, view.parent), view.parent, FIXED | OWN)
        mounts.bind(_hold(state, view), view, OWN)
    if outlets:
        names = dict.fromkeys(f"{outlet.address} {outlet.host}\n" for outlet in outlets)
        HOSTS.write_text(LOCAL_NAMES + "".join(names))
    mounts.unmount(HOLD)
    for place in (state, Path("/")):
        mounts.change(place, FIXED)


def cover(folder: Path) -> None:
    """Hide a folder under an empty one, until the keeper takes that away."""
    mounts.mount_memory(folder, "mode=0555,size=4k,nr_inodes=2")
    mounts.change(folder, FIXED)


def find_held(plan: Plan, path: Path) -> Path:
    """Return where a path of the state folder is found before the root is furnished."""
    return _hold(plan.state, path) if plan.has("read-only-root") else path


def _hold(state: Path, path: Path) -> Path:
    return HOLD / path.relative_to(state)


def _fill_devices(devices: Path) -> None:
    for name in DEVICES:
        mounts.bind(Path("/dev", name), devices / name, mounts.NO_SUID | mounts.NO_EXEC)
    mounts.mount_memory(devices / "shm", "mode=1777,size=64m,nr_inodes=1k")
    for name, target in STREAMS.items():
        (devices / name).symlink_to(f"/proc/self/{target}")


def _fill_configuration(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name in COPIED:
        if os.access(f"/etc/{name}", os.R_OK):
            shutil.copyfile(f"/etc/{name}", folder / name)
    (folder / "nsswitch.conf").write_text(SWITCH)
    (folder / "hosts").write_text(LOCAL_NAMES)
    (folder / "passwd").write_text("root:x:0:0::/:/bin/false\n")
    (folder / "group").write_text("root:x:0:\n")
