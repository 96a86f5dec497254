"""One child as the agent sees it: messages, diagnostics, signals and its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import deque
from collections.abc import Callable

from fapi_runner.agent.causes import BREAKDOWN, DEAF, FLOOD, Cause
from fapi_runner.agent.children.blanks import Blank
from fapi_runner.agent.children.memory import Memory, MemoryWatch
from fapi_runner.agent.children.output import Output, OutputSink
from fapi_runner.agent.children.pace import Pace
from fapi_runner.agent.children.plumbing import READ_BYTES, Plumbing, read_rest
from fapi_runner.agent.procfs import read_state
from fapi_runner.protocol import FrameBuffer, FrameError, Json, encode_frame

# Hundreds of messages wait unread before one has to wait to be sent.
SEND_S = 5.0
DUMP_LIMIT_BYTES = 1 << 16
DUMP_WAIT_S = 0.3
DUMP_QUIET_S = 0.03
# What waits for us, and what asks for no answer: user code can reach the socket and may say either without end.
MESSAGES_LIMIT, MESSAGES_LIMIT_BYTES = 1000, 4 << 20
REMARKS_A_SECOND = 10
# Many tests or files are told of faster than a person could read; who has more to tell waits for us.
TALK_BYTES, TALK_BYTES_A_SECOND = 16 << 20, 2 << 20
# After the one long message of an app, that it is imported, there are short answers and few reports: who has more to
# say than this is somebody else.
REMARK_LIMIT_BYTES = 512 << 10
REMARKS_BYTES, REMARKS_BYTES_A_SECOND = 2 << 20, 128 << 10
STACKS_BYTES, STACKS_BYTES_A_SECOND = 4 << 20, 512 << 10
PAUSE_S = 0.02  # no longer than a stack may be quiet while it is written


class Process:
    """A living or ended child process."""

    def __init__(self, blank: Blank, plumbing: Plumbing, sink: OutputSink, *, memory_limit_bytes: int) -> None:
        self.pid = blank.pid
        self.keeper = blank.keeper
        self.group = blank.group  # the folders of its control group; none where it has none
        self.memory_limit_bytes = memory_limit_bytes  # for it and all that it starts
        self.plumbing = plumbing
        self.gate = plumbing.gate
        self.output = Output(plumbing, sink)
        self._pidfd = blank.pidfd  # ours from here on
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[int | None] = self._loop.create_future()
        self._messages: asyncio.Queue[tuple[Json | None, int]] = asyncio.Queue()
        self._waiting_bytes = 0
        self._remarks: deque[float] = deque(maxlen=REMARKS_A_SECOND)
        self._frames = FrameBuffer()
        self._is_terse = False
        self._talk = Pace(TALK_BYTES, TALK_BYTES_A_SECOND)
        self._stacks = Pace(STACKS_BYTES, STACKS_BYTES_A_SECOND)
        self._dump = bytearray()
        self._dumped = asyncio.Event()
        self.memory = Memory()
        self.cause: Cause | None = None  # for which we ended it; once it has ended, why it did
        self._has_broken_down = False
        self._memory_watch = MemoryWatch(blank.pid)
        self.on_trouble: Callable[[object], object] = lambda claim: None
        self._loop.add_reader(plumbing.control, self._read_control)
        self._loop.add_reader(plumbing.diagnostics, self._read_diagnostics)

    async def send(self, message: Json) -> None:
        """Send one message; a child that has ended shows in `receive`, and so does one that is ended for being deaf."""
        try:
            async with asyncio.timeout(SEND_S):
                await self._loop.sock_sendall(self.plumbing.control, encode_frame(message))
        except (TimeoutError, asyncio.CancelledError) as error:
            # Half of the message may be sent: what comes after it would never be understood.
            self.condemn(DEAF)
            if isinstance(error, asyncio.CancelledError):
                raise
        except OSError:
            pass

    async def receive(self, timeout_s: float) -> Json | None:
        """Return the child's next message, None when it has ended; raise TimeoutError in the end."""
        if self.ended.done() and self._messages.empty():
            return None
        async with asyncio.timeout(timeout_s):
            message, size = await self._messages.get()
        self._waiting_bytes -= size
        return message

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to exactly this process, whoever has its number by now."""
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def condemn(self, cause: Cause) -> None:
        """End the child for a cause that its report will give."""
        self.cause = self.cause or cause
        self.signal(signal.SIGKILL)

    def end_for_memory(self, used_bytes: int, limit_bytes: int) -> None:
        """End the child because it holds, with all that it has started, more than it may."""
        self._memory_watch.note_excess(used_bytes, limit_bytes)
        self.signal(signal.SIGKILL)

    async def kill(self) -> None:
        """End the child now and wait for its end."""
        self.signal(signal.SIGKILL)
        await asyncio.shield(self.ended)

    async def dump_and_kill(self) -> str:
        """Ask faulthandler where the child is, end it, and return the stack."""
        await self.dump_stack()
        await self.kill()
        return self.dump

    async def dump_stack(self) -> str:
        """Ask faulthandler where the child is and return the stack."""
        self._dump.clear()
        self.signal(signal.SIGUSR1)
        limit_s = DUMP_WAIT_S
        with contextlib.suppress(TimeoutError):
            # The stack comes in many small pieces: it is whole when no further one follows.
            while not self.ended.done():
                self._dumped.clear()
                await asyncio.wait_for(self._dumped.wait(), limit_s)
                limit_s = DUMP_QUIET_S
        return self.dump

    @property
    def dump(self) -> str:
        """What the last dump has brought so far."""
        return self._dump.decode("utf-8", "replace")

    def flush(self) -> None:
        """Take everything the child has written until now."""
        if self.ended.done():
            return  # all was taken then, and the numbers of our pipes may be another child's by now
        read_rest(self._read_diagnostics)
        self.output.flush()

    def note_end(self, status: int | None, peak_bytes: int | None = None, oom_kills: int | None = None) -> None:
        """Take what is left in the pipes and settle; the status is a wait status, None when nobody saw it."""
        if self.ended.done():
            return
        read_rest(self._read_control)
        self.flush()
        self.memory = self._memory_watch.settle(peak_bytes, oom_kills)
        # User code may have ended the process before we could, and may have said that the runner is to blame.
        causes = (self.cause, BREAKDOWN if self._has_broken_down else None)
        self.cause = next((cause for cause in causes if cause is not None and cause.explains(status)), None)
        self.output.finish()
        self._loop.remove_reader(self.plumbing.control)
        self._loop.remove_reader(self.plumbing.diagnostics)
        self.plumbing.close()
        os.close(self._pidfd)
        self.ended.set_result(status)
        self._messages.put_nowait((None, 0))

    def has_exited(self) -> bool:
        """Say whether the process is gone, reaped or not."""
        if self.ended.done():
            return True
        try:
            signal.pidfd_send_signal(self._pidfd, 0)
        except ProcessLookupError:
            return True
        return False

    def is_stopped(self) -> bool:
        """Say whether it stands still, by a signal or for ever."""
        try:
            return read_state(self.pid) not in "RSDI"
        except OSError:
            return True

    def _read_control(self) -> bool:
        # One read at a time, here and below: user code can reach these pipes and may write without end.
        control = self.plumbing.control
        try:
            data = control.recv(READ_BYTES)
            count = 1
            for message, size in self._frames.feed(data):
                count += 1
                self._take_message(message, size)
            if data:
                wait_s = self._talk.spend(len(data), count, self._loop.time())
                if wait_s and self._is_terse:
                    raise FrameError("Nobody has so much to remark.")
                if wait_s:
                    self._pause(control.fileno(), self._read_control, max(wait_s, PAUSE_S))
                return True
        except BlockingIOError:
            return False
        except FrameError:
            self.condemn(FLOOD)
        except OSError:
            pass  # it was ended before it had read all that we said
        self._loop.remove_reader(control)
        return False

    def _take_message(self, message: Json, size: int) -> None:
        if not isinstance(message.get("kind"), str):
            raise FrameError("A message says of which kind it is.")
        if message["kind"] in ("trouble", "breakdown"):
            self._count_remark()
        if message["kind"] == "trouble":
            self.on_trouble(message.get("report"))
        elif message["kind"] == "breakdown":
            self._has_broken_down = True
        elif self._messages.qsize() >= MESSAGES_LIMIT or self._waiting_bytes + size > MESSAGES_LIMIT_BYTES:
            raise FrameError("Nobody asked for so many messages.")
        else:
            self._waiting_bytes += size
            self._messages.put_nowait((message, size))
            if message["kind"] == "prepared" and not self._is_terse:
                self._frames.limit_bytes = REMARK_LIMIT_BYTES
                self._talk, self._is_terse = Pace(REMARKS_BYTES, REMARKS_BYTES_A_SECOND), True

    def _count_remark(self) -> None:
        now = self._loop.time()
        if len(self._remarks) == REMARKS_A_SECOND and now - self._remarks[0] < 1:
            raise FrameError("Nobody has so much to remark.")
        self._remarks.append(now)

    def _read_diagnostics(self) -> bool:
        try:
            data = os.read(self.plumbing.diagnostics, READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self._loop.remove_reader(self.plumbing.diagnostics)
            return False
        del self._dump[: max(0, len(self._dump) + len(data) - DUMP_LIMIT_BYTES)]
        self._dump += data
        self._dumped.set()
        if self._stacks.spend(len(data), 1, self._loop.time()):
            self._pause(self.plumbing.diagnostics, self._read_diagnostics, PAUSE_S)
        return True

    def _pause(self, fd: int, read: Callable[[], bool], wait_s: float) -> None:
        def resume() -> None:
            if not self.ended.done():  # the number may be another child's by now
                self._loop.add_reader(fd, read)

        self._loop.remove_reader(fd)
        self._loop.call_later(wait_s, resume)
