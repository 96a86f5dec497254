"""What Kubernetes makes of a pod under its restricted policy, made by hand: the first process of its namespaces.

As a module it finds the command; as a program, run by that command as the first process, it gives everything up that
such a pod has not, and becomes the agent.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

HERE = Path(__file__)
NOBODY = 65534
# Of the runtime's own filter, what matters here: without CAP_SYS_ADMIN there is no new namespace and no mount.
REFUSED = ("unshare", "setns", "mount", "umount2", "pivot_root", "open_tree", "fsopen", "fsmount", "move_mount")


def list_launcher(python: str, state: Path) -> list[str]:
    """Return the command that the agent's command is given to."""
    return [*list_namespaces(), python, str(HERE), str(state)]


def list_namespaces() -> list[str]:
    own = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *own, "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"]


@cache
def find_obstacle() -> str | None:
    """Return why there can be no such pod here, None when there can."""
    tried = subprocess.run([*list_namespaces(), "true"], capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else tried.stderr.strip()


def enter(state: Path) -> None:
    """Have a read-only root with two places to write to, no privilege, and no way to either."""
    from fapi_runner.child.isolation.privileges import forbid_privileges, narrow_capabilities

    own = [str(state / name) for name in ("state", "memory")]
    for place in own:
        subprocess.run(["mount", "--bind", place, place], check=True)
    subprocess.run(["mount", "--bind", state / "tls", state / "tls"], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", state / "tls"], check=True)
    for entry in reversed(Path("/proc/self/mounts").read_text().splitlines()):
        place = entry.split()[1]
        if place == "/" or (place.startswith(("/tmp", "/var", "/work", "/home", "/root")) and place not in own):
            subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True)
    narrow_capabilities()
    if Path("/proc/self/uid_map").read_text().split()[2] != "1":  # not where nobody else has a number
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    forbid_privileges()
    refuse_calls()


def refuse_calls() -> None:
    import struct

    from fapi_runner.child.isolation import seccomp
    from fapi_runner.child.isolation.seccomp import ALLOWED, LOAD_WORD, NUMBER_OFFSET, Instruction

    refuse = seccomp._fail(errno.EPERM)
    program = [Instruction(LOAD_WORD, NUMBER_OFFSET)]
    for name in REFUSED:
        program += seccomp._when(name, [refuse])
    program += seccomp._when("clone3", [seccomp._fail(errno.ENOSYS)])
    flags = Instruction(seccomp.JUMP_IF_SET, seccomp.NAMESPACE_FLAGS, 0, 1)
    program += seccomp._when("clone", [*seccomp._load(0), flags, refuse, ALLOWED])
    program.append(ALLOWED)
    packed = [struct.pack("HBBI", each.code, each.if_true, each.if_false, each.value) for each in program]
    seccomp.filter_calls(b"".join(packed))


if __name__ == "__main__":
    enter(Path(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
