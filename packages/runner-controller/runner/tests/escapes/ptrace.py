import ctypes

from target import AGENT, NEIGHBOUR, ZYGOTE


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in (1, AGENT, ZYGOTE, NEIGHBOUR):
        for request in (16, 0x4206):
            if libc.ptrace(request, pid, 0, 0) == 0:
                return pid
    raise OSError(ctypes.get_errno(), "refused")
