"""Keeps a zygote alive, asks it for children, and learns of every end."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from fapi_runner.agent.children.blanks import Blank, Pool
from fapi_runner.agent.children.output import OutputSink
from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.agent.children.process import Process
from fapi_runner.agent.disk.folder import Folder
from fapi_runner.agent.failures import CommandError
from fapi_runner.child.isolation.limits import DEFAULT_LIMITS, Limits
from fapi_runner.libc import PR_SET_CHILD_SUBREAPER, prctl
from fapi_runner.protocol import Json
from fapi_runner.reaping import find_ended, kill_group
from fapi_runner.stack import PACKAGE

BOOT_LIMIT_S = 30
CLOSE_LIMIT_S = 5
ZYGOTE_LIMIT_S, ZYGOTE_POLL_S = 2, 0.005
RESTART_PAUSE_S = 0.5
TAKERS_LIMIT = 4
MESSAGE_BYTES = 1 << 16


class Nursery:
    """The zygote and all children forked from it; children outlive a zygote that dies."""

    def __init__(self, folder: Folder, isolation_limit: int, blanks: int) -> None:
        self._folder = folder
        self._isolation_limit = isolation_limit
        self._loop = asyncio.get_running_loop()
        self._serials = itertools.count(1)
        self._forks: dict[int, asyncio.Future[Blank]] = {}
        self._doors: dict[int, socket.socket] = {}
        self._processes: dict[int, Process] = {}
        self._pool = Pool(blanks, self._bear)
        self._ready: asyncio.Future[Json] = self._loop.create_future()
        self._closing = False
        self._boots = 0
        self.zygote_pid = 0
        self.on_zygote_end: Callable[[], None] = lambda: None
        # Children whose zygote died come to us, so that their ends are still seen.
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        self._loop.add_signal_handler(signal.SIGCHLD, self._reap)
        self._spawn()

    async def find_isolation(self) -> Json:
        """Return what the zygote found out by trying: the level and its layers."""
        return await asyncio.wait_for(asyncio.shield(self._ready), BOOT_LIMIT_S)

    def is_able(self) -> bool:
        """Say whether children can be made, and those that should wait for their orders were all there once."""
        return self._ready.done() and self._pool.was_full

    async def fork(self, plumbing: Plumbing, sink: OutputSink, limits: Limits = DEFAULT_LIMITS) -> Process:
        """Have a child that owns the plumbing's other ends: a blank one, or else a new one."""
        try:
            blank = await self._find_taker(plumbing, limits)
        except BaseException:
            plumbing.close()  # and with it the lifeline, should a child have been made after all
            raise
        if self._closing:
            # It was under way when the others were ended: nobody else would end it.
            blank.end()
            plumbing.close()
            raise CommandError("internal", "The agent is ending.")
        plumbing.close_child_ends()
        process = Process(blank, plumbing, sink, memory_limit_bytes=limits.memory_bytes)
        self._processes[blank.pid] = process
        self._folder.note_child(blank.pid)
        return process

    def list_processes(self) -> list[Process]:
        """Return every child that is somebody's."""
        return list(self._processes.values())

    async def close(self) -> None:
        """End every child and the zygote."""
        self._closing = True
        self._pool.close()
        endings = [asyncio.create_task(process.kill()) for process in list(self._processes.values())]
        if endings:
            await asyncio.wait(endings, timeout=CLOSE_LIMIT_S)
        if self._socket.fileno() >= 0:  # a zygote that died first has closed it
            self._loop.remove_reader(self._socket)
            self._socket.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ZYGOTE_LIMIT_S):
                while self._zygote.poll() is None:  # noqa: ASYNC110 - whoever is first to see its end reaps it
                    await asyncio.sleep(ZYGOTE_POLL_S)
        self._zygote.kill()
        self._loop.remove_signal_handler(signal.SIGCHLD)

    async def _find_taker(self, plumbing: Plumbing, limits: Limits) -> Blank:
        for _ in range(TAKERS_LIMIT):
            # Those that wait were born with everybody's limits, and what a process has lowered it cannot raise.
            waiting = self._pool.take() if limits == DEFAULT_LIMITS else None
            blank = waiting or await self._bear(limits)
            if await blank.hand_over(plumbing):
                self._pool.refill_later()
                return blank
        raise CommandError("internal", "The children of this agent end before they begin.")

    async def _bear(self, limits: Limits = DEFAULT_LIMITS) -> Blank:
        while not self._closing:
            await asyncio.wait_for(asyncio.shield(self._ready), BOOT_LIMIT_S)
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            serial = next(self._serials)
            answer: asyncio.Future[Blank] = self._loop.create_future()
            self._forks[serial] = answer
            self._doors[serial] = ours
            try:
                request = json.dumps({"serial": serial, "limits": limits}).encode()
                socket.send_fds(self._socket, [request], [theirs.fileno()])
                return await answer
            except OSError:  # the zygote died; the next one gets the request
                self._forks.pop(serial, None)
                self._doors.pop(serial, None)
                ours.close()
                await asyncio.sleep(0.01)
            finally:
                theirs.close()
        raise CommandError("internal", "The agent is ending.")

    def _spawn(self) -> None:
        self._boots += 1
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)
        environment = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        environment |= {"PYTHONPATH": str(PACKAGE.parent), "MALLOC_ARENA_MAX": "2", "PYTHONNOUSERSITE": "1"}
        command = [sys.executable, "-X", "utf8", "-m", "fapi_runner", "zygote", "--fd", str(theirs.fileno())]
        command += ["--state", str(self._folder.root), "--isolation-limit", str(self._isolation_limit)]
        self._zygote = subprocess.Popen(
            command,
            cwd="/",
            env=environment,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            start_new_session=True,
        )
        self.zygote_pid = self._zygote.pid
        theirs.close()
        self._loop.add_reader(self._socket, self._read)

    def _read(self) -> None:
        while True:
            try:
                data, fds, _, _ = socket.recv_fds(self._socket, MESSAGE_BYTES, 4, socket.MSG_CMSG_CLOEXEC)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._lose_zygote()
                return
            message = json.loads(data)
            if "ready" in message:
                self._ready.set_result(message["isolation"])
                self._pool.refill()
            elif "ended" in message:
                self._note_end(message["ended"], message["status"], message["peakBytes"], message["oomKills"])
            else:
                self._note_birth(message, fds)

    def _note_birth(self, message: Json, fds: list[int]) -> None:
        answer, door = self._forks.pop(message["serial"]), self._doors.pop(message["serial"])
        if "failed" in message:
            door.close()
            print(f"No child can be isolated: {message['failed']}", file=sys.stderr)  # noqa: T201 - the agent's log
            answer.set_exception(CommandError("internal", "No child can be isolated here; the agent's log says why."))
            return
        if not fds:  # dropped by the kernel, for we have as many as we may; the child ends with its door
            door.close()
            if not answer.done():
                answer.set_exception(CommandError("internal", "The agent has as many files open as it may."))
            return
        group = tuple(map(Path, message["group"]))
        blank = Blank(message["pid"], message["keeper"], fds[0], group, door)
        if answer.done():  # nobody waits for it any more
            blank.end()
        else:
            answer.set_result(blank)

    def _lose_zygote(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()
        if self._ready.done():
            self._ready = self._loop.create_future()
        self._zygote.kill()
        for answer in self._forks.values():
            if not answer.done():
                answer.set_exception(OSError("the zygote died"))
        self._forks.clear()
        for door in self._doors.values():
            door.close()
        self._doors.clear()
        self._pool.clear()
        if not self._closing:
            self.on_zygote_end()
            # At once the first time; a zygote that cannot even start must not spin.
            self._loop.call_later(0 if self._boots == 1 else RESTART_PAUSE_S, self._respawn)

    def _respawn(self) -> None:
        if self._closing:
            return
        self._reap()
        for pid, process in list(self._processes.items()):
            # It was reaped by the zygote, which died before it could say how it ended.
            if process.has_exited():
                self._note_end(pid, None)
        self._spawn()

    def _reap(self) -> None:
        while ended := find_ended():
            kill_group(ended)
            if ended == self._zygote.pid:
                self._zygote.wait()
                continue
            _, status, usage = os.wait4(ended, 0)
            self._note_end(ended, status, usage.ru_maxrss * 1024)

    def _note_end(
        self, pid: int, status: int | None, peak_bytes: int | None = None, oom_kills: int | None = None
    ) -> None:
        self._pool.note_end(pid)
        process = self._processes.pop(pid, None)
        if process is not None:
            self._folder.forget_child(pid)
            process.note_end(status, peak_bytes, oom_kills)
