"""What the child may: no capability, and no way to gain one."""

from __future__ import annotations

import contextlib
import ctypes

from fapi_runner.libc import PR_SET_DUMPABLE, prctl, syscall

PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
CAPABILITIES_VERSION_3 = 0x20080522
PR_SET_THP_DISABLE = 41
LAST_CAPABILITY = 63


def forbid_privileges() -> None:
    """Let no later execve grant anything."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def narrow_capabilities() -> None:
    """Empty the bounding set; what this process has now it keeps until `drop_capabilities`."""
    for number in range(LAST_CAPABILITY + 1):
        with contextlib.suppress(OSError):  # beyond the kernel's last one, or never had any
            prctl(PR_CAPBSET_DROP, number)


def drop_capabilities() -> None:
    """Give up every capability, and hide this process's memory from others of the same user."""
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION_3, 0)
    syscall("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
    prctl(PR_SET_DUMPABLE, 0)


def show_memory() -> None:
    """Let the agent, which is the same user, read this process's memory after all."""
    prctl(PR_SET_DUMPABLE, 1)


def forbid_huge_pages() -> None:
    """Have every page of memory come by a fault of its own, so that the faults tell how much there is."""
    prctl(PR_SET_THP_DISABLE, 1)
