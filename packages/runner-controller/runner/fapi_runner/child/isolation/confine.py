"""Puts a child behind its layers: the slow ones while it is blank, the quick ones once it knows its order."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fapi_runner.child.isolation import landlock, limits, privileges, root, seccomp
from fapi_runner.child.isolation.levels import LayerError, Plan
from fapi_runner.child.isolation.programs import list_executed
from fapi_runner.child.isolation.users import SPARE_UID, become, find_app_uid, hand_over
from fapi_runner.grants import Outlet

SHARED_MEMORY = Path("/dev/shm")
TEMPORARY = ".tmp"
# Of the C library: ask over TCP, for that is all there is, and the name as it stands.
RESOLVING = "use-vc ndots:0 attempts:1 timeout:5"


def enclose(plan: Plan, own: limits.Limits) -> None:
    """Apply what needs no order; raise LayerError when a layer of the plan does not hold."""
    apply(plan, "session", os.setsid)
    counted_alone = plan.has("namespaces") or plan.has("own-uid")
    apply(plan, "rlimits", lambda: limits.limit_resources(own, processes=counted_alone))
    if not plan.has("cgroup"):
        apply(plan, "rlimits", privileges.forbid_huge_pages)
    apply(plan, "no-new-privs", privileges.forbid_privileges)
    apply(plan, "read-only-root", lambda: root.build_root(plan.state))
    apply(plan, "capabilities", privileges.narrow_capabilities)


class Places(NamedTuple):
    """What a child may know: of the state folder its code, the folder it works in and a draft's view; its outlets."""

    code: Path | None = None
    folder: Path | None = None
    view: Path | None = None
    outlets: tuple[Outlet, ...] = ()


def confine(plan: Plan, places: Places, program: Path | None = None) -> int | None:
    """Apply the rest and leave only these places, and one program to execute; nothing of the user's may run before.

    Return the descriptor at which the calls to connect are heard, where somebody else is to make them.
    """
    code, folder, view, outlets = places
    if len(os.listdir("/proc/self/task")) != 1:
        raise LayerError("seccomp", "a thread is already running that the layers would not hold")
    uid = os.getuid()
    if plan.has("own-uid"):
        uid = SPARE_UID if folder is None else find_app_uid(folder)
    if folder is not None and os.getuid() == 0:
        # Without capabilities, root as well needs to own what it writes to.
        apply(plan, "capabilities", lambda: _hand_over(plan, places, uid))
    # Where there is no root of our own, the machine's folders stand between another user and what it needs.
    reach = [] if plan.has("read-only-root") else [Path(os.__file__).parent, *_list_own(plan, places)]
    apply(plan, "read-only-root", lambda: root.furnish_root(plan.state, code, folder, view, outlets))
    # What is under the cover may be written to once that is taken away, and rules cannot be added then.
    writable = [_hold_open(path) for path in (folder, view) if path is not None]
    if folder is not None and view is not None:
        apply(plan, "read-only-root", lambda: root.cover(folder))
    apply(plan, "own-uid", lambda: become(uid, reach))
    if folder is not None and plan.has("landlock") and not plan.has("read-only-root"):
        _use_own_temporary_folder(folder)
    apply(plan, "capabilities", privileges.drop_capabilities)
    apply(plan, "landlock", lambda: _restrict_files(plan, places, writable, program))
    for fd in writable:
        os.close(fd)
    rules = seccomp.choose_rules(plan, program is not None, bool(outlets))
    if rules.is_brokered:
        return _leave_connecting(rules)
    apply(plan, "seccomp", lambda: seccomp.filter_calls(seccomp.build_filter(rules)))
    return None


def apply(plan: Plan, name: str, layer: Callable[[], object]) -> None:
    """Apply one layer of the plan."""
    if not plan.has(name):
        return
    try:
        layer()
    except (OSError, ValueError, KeyError) as error:
        raise LayerError(name, str(error)) from error


def _leave_connecting(rules: seccomp.Rules) -> int:
    os.environ["RES_OPTIONS"] = RESOLVING
    try:
        # Where each call wants to go is read from this memory; no other process of the user gets this far.
        privileges.show_memory()
        return seccomp.listen_to_calls(seccomp.build_filter(rules))
    except OSError as error:
        raise LayerError("egress", str(error)) from error


def _hand_over(plan: Plan, places: Places, uid: int) -> None:
    for path in (places.folder, places.view):
        if path is not None:
            hand_over(root.find_held(plan, path), uid)


def _restrict_files(plan: Plan, places: Places, own: list[int], program: Path | None) -> None:
    executable = [] if program is None else list_executed(program)
    devices = [Path("/dev", name) for name in root.DEVICES]
    if plan.has("read-only-root"):
        ports = {outlet.port for outlet in places.outlets}
        landlock.restrict([Path("/")], [*own, *devices, Path("/tmp"), SHARED_MEMORY], executable, ports)
        return
    readable = [
        *root.list_readable(),
        *(Path("/etc", name) for name in (*root.COPIED, "nsswitch.conf")),
        *_list_own(plan, places),
    ]
    landlock.restrict(readable, [*own, *devices], executable)


def _list_own(plan: Plan, places: Places) -> list[Path]:
    code, folder, view, _ = places
    if folder is None:
        return [code] if code else [plan.state / "apps", plan.state / "revisions"]
    # Until the switch, the folder's links lead to the code of who still serves.
    live = plan.state / "live" / folder.name
    return [path for path in (code, folder, view, live) if path is not None and path.exists()]


def _hold_open(path: Path) -> int:
    return os.open(path, os.O_PATH | os.O_CLOEXEC)


def _use_own_temporary_folder(folder: Path) -> None:
    temporary = folder / TEMPORARY
    temporary.mkdir(mode=0o700, exist_ok=True)
    os.environ["TMPDIR"] = str(temporary)
    tempfile.tempdir = None
