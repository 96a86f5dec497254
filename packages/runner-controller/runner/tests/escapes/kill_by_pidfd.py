import os
import signal

from target import AGENT, NEIGHBOUR, ZYGOTE


def attack():
    for pid in (AGENT, ZYGOTE, NEIGHBOUR):
        try:
            signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGKILL)
            return pid
        except OSError:
            pass
    raise PermissionError("nobody")
