import os

from target import AGENT, NEIGHBOUR, TEST, ZYGOTE


def attack():
    for pid in {AGENT, ZYGOTE, NEIGHBOUR, TEST, os.getppid(), *map(int, filter(str.isdigit, os.listdir("/proc")))}:
        if pid == os.getpid():
            continue
        try:
            return pid, open(f"/proc/{pid}/environ", "rb").read(1)
        except OSError:
            pass
    raise PermissionError("nobody's")
