import ctypes

from target import AGENT, NEIGHBOUR, ZYGOTE


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(8)
    here = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    # The zygote's memory looks like this child's: the same address is mapped there.
    there = (ctypes.c_size_t * 2)(id(None), 8)
    for pid in (1, AGENT, ZYGOTE, NEIGHBOUR):
        if libc.process_vm_readv(pid, here, 1, there, 1, 0) >= 0:
            return pid
    raise OSError(ctypes.get_errno(), "refused")
