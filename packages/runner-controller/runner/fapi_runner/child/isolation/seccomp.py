"""seccomp: which system calls the kernel still answers, as a BPF program made by hand."""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from functools import cache
from typing import NamedTuple

from fapi_runner.child.isolation.levels import Plan
from fapi_runner.child.isolation.privileges import PR_SET_THP_DISABLE
from fapi_runner.libc import LIBC, find_number, syscall

PR_SET_SECCOMP, MODE_FILTER = 22, 2
SET_MODE_FILTER, NEW_LISTENER = 1, 8
ALLOW, ERRNO, KILL, ASK = 0x7FFF0000, 0x00050000, 0x80000000, 0x7FC00000
LOAD_WORD, JUMP_IF_EQUAL, JUMP_IF_SET, AND, RETURN = 0x20, 0x15, 0x45, 0x54, 0x06
NUMBER_OFFSET, ARCHITECTURE_OFFSET, ARGUMENTS_OFFSET = 0, 4, 16
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
OTHER_ABI = 0x40000000  # x32: the same calls by other numbers
NAMESPACE_FLAGS = 0x7E020000
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
SOCK_STREAM, SOCK_SEQPACKET = 1, 5
STREAM_KINDS = (SOCK_STREAM, SOCK_SEQPACKET)
DEFAULT, TCP = 0, 6
KIND_MASK = 0xF
# What sends may connect as well: the position of the flags among its arguments.
SENDING = (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3))
MSG_FASTOPEN = 0x20000000

FORBIDDEN = (
    # Other processes.
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "pidfd_getfd", "kcmp"),
    # A new world inside this one: where most holes of the kernel are found.
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "mount_setattr", "move_mount", "open_tree"),
    *("open_tree_attr", "fsopen", "fsconfig", "fsmount", "fspick", "name_to_handle_at", "open_by_handle_at"),
    # The kernel's own matters.
    *("bpf", "perf_event_open", "userfaultfd", "fanotify_init", "keyctl", "add_key", "request_key", "memfd_secret"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "syslog", "acct"),
    *("swapon", "swapoff", "quotactl", "quotactl_fd", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex"),
    *("sethostname", "setdomainname", "vhangup", "iopl", "ioperm", "modify_ldt", "personality", "lookup_dcookie"),
    *("move_pages", "migrate_pages"),
    # It would make every call that is refused here under another name.
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),
)
# Refused for other processes, allowed for oneself: the first argument, or both for setpriority, is then 0.
OWN_ONLY = ("prlimit64", "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler")
PRIO_PROCESS, IOPRIO_WHO_PROCESS = 0, 1
# Named things that all processes of the machine share, or of the app: some are memory that no process has mapped.
SHARED = ("shmget", "semget", "msgget", "mq_open")
SOL_SOCKET = 1
# SO_SNDBUF, SO_RCVBUF and who may more of both: what waits in a socket is counted as what one holds by itself
# (agent/children/family_memory.py). The kernel answers as little where somebody asks for too much.
BUFFERS = (7, 8, 32, 33)
# On the listener, which is the app's whatever version serves, they would last: SO_BINDTODEVICE, SO_LOCK_FILTER and all
# that attaches a program to a socket.
LASTING = (25, 26, 44, 50, 51, 52)
# What has descriptors that its process has not is not seen by who counts them (agent/disk/unlinked.py).
CLOSE_RANGE_UNSHARE, CLONE_FILES, CLONE_THREAD = 0x2, 0x400, 0x10000
# Without a process namespace, only the group leads to what a child has started.
LEAVING = ("setsid", "setpgid")
# Landlock does not see them, and they would reach the agent's files where its user is ours: they do nothing, as on a
# file system without modes, for libraries that copy files call them in passing.
IDLE = ("chmod", "fchmodat", "fchmodat2")


class Instruction(NamedTuple):
    code: int
    value: int
    if_true: int = 0
    if_false: int = 0


ALLOWED = Instruction(RETURN, ALLOW)


class Rules(NamedTuple):
    """What differs between filters.

    `alone`: the root and the namespaces hold nothing of others. `connect`: TCP sockets are allowed; for who is alone,
    in a network that leads nowhere but to what was granted, for others, whose connections the agent makes. `counted`:
    no control group bounds the memory, and all of it must be seen from outside.
    """

    execute: bool
    alone: bool
    connect: bool
    counted: bool

    @property
    def is_brokered(self) -> bool:
        """Whether each call to connect is put to who holds the filter's listener."""
        return self.connect and not self.alone


def choose_rules(plan: Plan, execute: bool, connect: bool) -> Rules:
    """Return the rules of a child of this plan."""
    return Rules(execute, plan.has("namespaces"), connect and plan.has("egress"), not plan.has("cgroup"))


@cache
def build_filter(rules: Rules) -> bytes:
    """Return the program."""
    execute, alone, connect, counted = rules
    refuse, deny = _fail(errno.EPERM), _fail(errno.EACCES)
    program = [
        Instruction(LOAD_WORD, ARCHITECTURE_OFFSET),
        Instruction(JUMP_IF_EQUAL, ARCHITECTURES[platform.machine()], 1, 0),
        Instruction(RETURN, KILL),
        Instruction(LOAD_WORD, NUMBER_OFFSET),
        Instruction(JUMP_IF_SET, OTHER_ABI, 0, 1),
        _fail(errno.ENOSYS),
    ]
    for name in FORBIDDEN:
        program += _when(name, [refuse])
    if not execute:
        for name in ("execve", "execveat"):
            program += _when(name, [refuse])
    for name in OWN_ONLY:
        program += _when(name, [*_unless(0, (0,), refuse), ALLOWED])
    for name, kind in (("setpriority", PRIO_PROCESS), ("ioprio_set", IOPRIO_WHO_PROCESS)):
        program += _when(name, [*_unless(0, (kind,), refuse), *_unless(1, (0,), refuse), ALLOWED])
    if counted or not alone:
        for name in SHARED:
            program += _when(name, [deny])
    if counted:
        program += _when("memfd_create", [deny])
        program += _when("prctl", [*_load(0), Instruction(JUMP_IF_EQUAL, PR_SET_THP_DISABLE, 0, 1), refuse, ALLOWED])
    buffers = [*_unless(2, BUFFERS, ALLOWED), _fail(0)] if counted else [ALLOWED]
    lasting = [step for option in LASTING for step in (Instruction(JUMP_IF_EQUAL, option, 0, 1), refuse)]
    program += _when("setsockopt", [*_unless(1, (SOL_SOCKET,), ALLOWED), *_load(2), *lasting, *buffers])
    apart = [*_load(2), Instruction(JUMP_IF_SET, CLOSE_RANGE_UNSHARE, 0, 1), refuse, ALLOWED]
    program += _when("close_range", apart)
    # The C library falls back to clone, whose flags can be seen here; those of clone3 are behind a pointer.
    program += _when("clone3", [_fail(errno.ENOSYS)])
    shared = [Instruction(JUMP_IF_SET, CLONE_THREAD, 0, 2), Instruction(JUMP_IF_SET, CLONE_FILES, 1, 0), refuse]
    program += _when("clone", [*_load(0), Instruction(JUMP_IF_SET, NAMESPACE_FLAGS, 0, 1), refuse, *shared, ALLOWED])
    local = _unless(0, (AF_UNIX,), deny)
    plain = [*_unless(1, (SOCK_STREAM,), deny, KIND_MASK), *_unless(2, (DEFAULT, TCP), deny)]
    internet = [*_unless(0, (AF_INET, AF_INET6), deny), *plain, ALLOWED]
    if alone and connect:
        unix = [*_load(0), Instruction(JUMP_IF_EQUAL, AF_UNIX, 0, 1), ALLOWED]
        program += _when("socket", [*unix, *internet])
    elif alone:
        program += _when("socket", [*local, ALLOWED])
    else:
        # Sockets of the machine can be seen from here: none is connected to, none is sent to without connecting.
        kinds = _unless(1, STREAM_KINDS, deny, KIND_MASK)
        unix = [*kinds, ALLOWED]
        both = [*_load(0), Instruction(JUMP_IF_EQUAL, AF_UNIX, 0, len(unix)), *unix, *internet]
        program += _when("socket", both if connect else [*local, *unix])
        program += _when("socketpair", unix)
        program += _leave_connecting() if connect else _when("connect", [deny])
        for name in LEAVING:
            program += _when(name, [deny])
        for name in IDLE:
            program += _when(name, [_fail(0)])
    program.append(ALLOWED)
    return b"".join(struct.pack("HBBI", i.code, i.if_true, i.if_false, i.value) for i in program)


def filter_calls(program: bytes) -> None:
    """Put this process and all it starts under the program, for good."""
    described = _describe(program)
    if LIBC.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(described), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the filter was refused")


def listen_to_calls(program: bytes) -> int:
    """As `filter_calls`; return the descriptor at which the calls are heard that somebody else is to answer."""
    described = _describe(program)
    return syscall("seccomp", SET_MODE_FILTER, NEW_LISTENER, ctypes.byref(described))


def _describe(program: bytes) -> ctypes.Structure:
    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]

    return Program(len(program) // 8, program)


def _leave_connecting() -> list[Instruction]:
    """Have the agent connect, and nothing else do so; a socket of the machine's network is no server's either."""
    deny = _fail(errno.EACCES)
    program = [*_when("connect", [Instruction(RETURN, ASK)]), *_when("bind", [deny])]
    # Who listens without an address gets one. The one listener of an app listened before it was handed over.
    program += _when("listen", [_fail(0)])
    for name, flags in SENDING:
        program += _when(name, [*_load(flags), Instruction(JUMP_IF_SET, MSG_FASTOPEN, 0, 1), deny, ALLOWED])
    return program


def _when(name: str, body: list[Instruction]) -> list[Instruction]:
    number = find_number(name)
    if number is None:
        return []
    # Whatever the body loads, it must return: what follows relies on the number being loaded.
    return [Instruction(JUMP_IF_EQUAL, number, 0, len(body)), *body]


def _unless(argument: int, values: tuple[int, ...], verdict: Instruction, mask: int = 0) -> list[Instruction]:
    masked = [Instruction(AND, mask)] if mask else []
    tests = [Instruction(JUMP_IF_EQUAL, value, len(values) - index, 0) for index, value in enumerate(values)]
    return [*_load(argument), *masked, *tests, verdict]


def _load(argument: int) -> list[Instruction]:
    # The low half, for all that is compared here is an int for the kernel as well.
    return [Instruction(LOAD_WORD, ARGUMENTS_OFFSET + 8 * argument)]


def _fail(code: int) -> Instruction:
    return Instruction(RETURN, ERRNO | code)
