import os
import signal

from target import AGENT, NEIGHBOUR, ZYGOTE


def attack():
    killed = []
    for pid in (AGENT, ZYGOTE, NEIGHBOUR, -NEIGHBOUR):
        try:
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
        except OSError:
            pass
    if killed:
        return killed
    raise PermissionError("nobody")
