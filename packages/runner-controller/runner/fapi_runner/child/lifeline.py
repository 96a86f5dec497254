"""A child must not outlive its agent, not even one that never returns to its loop.

The parent-death signal cannot do it: it names the thread that forked, which is the zygote's, and children survive
their zygote. So the agent holds the writing end of a pipe per child and never writes; the child asks the kernel for
SIGKILL, to its whole process group, when the pipe changes. The only change that can come is the end of the agent.
It needs no thread and no turn of a loop, and it works in the middle of `while True` or of a C function.
"""

from __future__ import annotations

import fcntl
import os
import signal

from fapi_runner.protocol import BREAKDOWN_EXIT_CODE

F_SETSIG = 10  # not in the fcntl module before Python 3.13


def hold_lifeline(fd: int) -> None:
    """Tie this process group to the other end of the pipe; call after setsid and after any change of uid."""
    fcntl.fcntl(fd, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(fd, F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC | os.O_NONBLOCK)
    try:
        ended = os.read(fd, 1) == b""
    except BlockingIOError:
        return
    if ended:  # before the signal was armed
        os._exit(BREAKDOWN_EXIT_CODE)
