"""The fork server: one thread, the framework imported and frozen, no secrets, one socket to the agent."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import socket
import traceback
from typing import NoReturn

import fapi_runner.child.main as child_main
from fapi_runner.child.warm import warm_up

FDS_LIMIT = 16
PR_SET_NAME = 15


def run_zygote(fd: int) -> int:
    """Fork a child for each request of the agent until its socket closes."""
    agent = socket.socket(fileno=fd)
    # A wakeup pipe: a child that ends between the check and the wait would go unnoticed otherwise.
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_read, False)
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_NAME, b"fapi-zygote", 0, 0, 0)
    children: set[int] = set()
    poller = select.poll()
    poller.register(agent, select.POLLIN)
    poller.register(wake_read, select.POLLIN)
    warm_up()
    gc.collect()
    gc.disable()
    gc.freeze()
    agent.send(json.dumps({"ready": os.getpid()}).encode())
    while True:
        ready = {ready_fd for ready_fd, _ in poller.poll()}
        if wake_read in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(wake_read, 4096)
        _report_ends(agent, children)
        if agent.fileno() not in ready:
            continue
        data, fds, _, _ = socket.recv_fds(agent, 4096, FDS_LIMIT, socket.MSG_CMSG_CLOEXEC)
        if not data:
            break
        request = json.loads(data)
        # A second thread's locks would stay locked for ever in the child.
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            raise RuntimeError(f"the zygote has {threads} threads and must not fork")
        pid = os.fork()
        if pid == 0:
            _become_child(dict(zip(request["fds"], fds, strict=True)), [agent.detach(), wake_read, wake_write])
        children.add(pid)
        for received in fds:
            os.close(received)
        pidfd = os.pidfd_open(pid)
        with contextlib.suppress(BrokenPipeError):  # the next read says that the agent is gone
            socket.send_fds(agent, [json.dumps({"serial": request["serial"], "pid": pid}).encode()], [pidfd])
        os.close(pidfd)
    # The agent is gone. Its children see that for themselves (child/lifeline.py); this is the second rope.
    for pid in children:
        kill_group(pid)
    return 0


def kill_group(pid: int) -> None:
    """Kill a child and what it started; it must not be reaped yet, so that its number is still its own."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def _report_ends(agent: socket.socket, children: set[int]) -> None:
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None:
            return
        kill_group(ended.si_pid)
        _, status, usage = os.wait4(ended.si_pid, 0)
        children.discard(ended.si_pid)
        with contextlib.suppress(OSError):
            facts = {"ended": ended.si_pid, "status": status, "peakBytes": usage.ru_maxrss * 1024}
            agent.send(json.dumps(facts).encode())


def _become_child(fds: dict[str, int], inherited: list[int]) -> NoReturn:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for fd in inherited:
        os.close(fd)
    code = 70
    try:
        code = child_main.run_child(fds)
    except BaseException:  # noqa: BLE001 - it must never return into the zygote's loop
        traceback.print_exc()
    finally:
        os._exit(code)
