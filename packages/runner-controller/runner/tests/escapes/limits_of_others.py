import resource

from target import AGENT, NEIGHBOUR, ZYGOTE


def attack():
    for pid in (AGENT, ZYGOTE, NEIGHBOUR):
        try:
            return pid, resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1))
        except OSError:
            pass
    raise PermissionError("nobody's")
