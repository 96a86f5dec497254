"""The fork server: one thread, the framework imported and frozen, no secrets, one socket to the agent."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import signal
import socket
import traceback
from pathlib import Path
from typing import Any, NoReturn

import fapi_runner.child.main as child_main
from fapi_runner.child.isolation.birth import bear
from fapi_runner.child.isolation.cgroup import sweep_groups
from fapi_runner.child.isolation.cpuset import PlacedGroup, sweep_cores
from fapi_runner.child.isolation.keeper import Keeper
from fapi_runner.child.isolation.levels import LayerError, Plan
from fapi_runner.child.isolation.limits import Limits
from fapi_runner.child.isolation.trial import find_plan
from fapi_runner.child.rehearsal import rehearse
from fapi_runner.child.warm import warm_up
from fapi_runner.heap.share import share_heap
from fapi_runner.libc import PR_SET_CHILD_SUBREAPER, PR_SET_DUMPABLE, name_process, prctl
from fapi_runner.protocol import BREAKDOWN_EXIT_CODE
from fapi_runner.reaping import find_ended, kill_group


def run_zygote(fd: int, state: Path, limit: int) -> int:
    """Fork a child for each request of the agent until its socket closes."""
    name_process(b"fapi-zygote")
    prctl(PR_SET_DUMPABLE, 0)
    # A child that is born in namespaces has lost its parent by then, and shall be ours.
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    zygote = Zygote(socket.socket(fileno=fd), find_plan(state, limit))
    warm_up()
    share_heap(rehearse)
    zygote.run()
    return 0


class Zygote:
    """Everything the fork server knows: its children and their groups."""

    def __init__(self, agent: socket.socket, plan: Plan) -> None:
        self.agent = agent
        self.plan = plan
        self.children: dict[int, PlacedGroup | None] = {}
        self.left_groups: list[PlacedGroup] = []
        self.numbers = itertools.count(1)
        # A wakeup pipe: a child that ends between the check and the wait would go unnoticed otherwise.
        self.wake_read, self.wake_write = os.pipe()
        os.set_blocking(self.wake_read, False)
        os.set_blocking(self.wake_write, False)
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def run(self) -> None:
        """Serve the agent until it is gone, then end its children."""
        if self.plan.has("cgroup"):
            sweep_groups()
            sweep_cores()
        poller = select.poll()
        poller.register(self.agent, select.POLLIN)
        poller.register(self.wake_read, select.POLLIN)
        self._tell({"ready": os.getpid(), "isolation": self.plan.describe()})
        while True:
            ready = {fd for fd, _ in poller.poll()}
            if self.wake_read in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.wake_read, 4096)
            self._report_ends()
            if self.agent.fileno() not in ready:
                continue
            try:
                data, fds, _, _ = socket.recv_fds(self.agent, 4096, 1, socket.MSG_CMSG_CLOEXEC)
            except ConnectionResetError:  # the agent went before it had read all that was told to it
                break
            if not data:
                break
            self._fork(json.loads(data), fds[0])
        # The agent is gone. Its children see that for themselves (child/lifeline.py); this is the second rope.
        for pid in self.children:
            kill_group(pid)
        # A group can be removed once nobody is in it, and nobody else will remove these.
        with contextlib.suppress(ChildProcessError):
            while True:
                os.wait()
        for group in [*self.left_groups, *self.children.values()]:
            if group is not None:
                group.remove()

    def _fork(self, request: dict[str, Any], door: int) -> None:
        # A second thread's locks would stay locked for ever in the child.
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            raise RuntimeError(f"the zygote has {threads} threads and must not fork")
        answer: dict[str, Any] = {"serial": request["serial"]}
        limits = Limits(*request["limits"])
        group: PlacedGroup | None = None
        try:
            if self.plan.has("cgroup"):
                group = PlacedGroup(f"{os.getpid()}-{next(self.numbers)}", limits)
            born = bear(self.plan, group, lambda keeper: self._become_child(limits, door, keeper))
        except (LayerError, OSError) as error:
            self.left_groups += [group] if group else []
            self._tell(answer | {"failed": str(error)})
            return
        finally:
            os.close(door)
        self.children[born.pid] = group
        pidfd = os.pidfd_open(born.pid)
        folders = [str(folder) for folder in group.folders] if group else []
        self._tell(answer | born._asdict() | {"group": folders}, [pidfd])
        os.close(pidfd)

    def _report_ends(self) -> None:
        while ended := find_ended():
            kill_group(ended)
            _, status, usage = os.wait4(ended, 0)
            group = self.children.pop(ended, None)
            self.left_groups += [group] if group else []
            kills = group.count_kills() if group else None
            self._tell({"ended": ended, "status": status, "peakBytes": usage.ru_maxrss * 1024, "oomKills": kills})
        self.left_groups = [group for group in self.left_groups if not group.remove()]

    def _tell(self, message: dict[str, Any], fds: list[int] | None = None) -> None:
        with contextlib.suppress(OSError):  # the next read says that the agent is gone
            socket.send_fds(self.agent, [json.dumps(message).encode()], fds or [])

    def _become_child(self, limits: Limits, door: int, keeper: Keeper) -> NoReturn:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for fd in (self.agent.detach(), self.wake_read, self.wake_write):
            os.close(fd)
        code = BREAKDOWN_EXIT_CODE
        try:
            code = child_main.run_child(self.plan, limits, socket.socket(fileno=door), keeper)
        except BaseException:  # noqa: BLE001 - it must never return into the zygote's loop
            traceback.print_exc()
        finally:
            os._exit(code)
