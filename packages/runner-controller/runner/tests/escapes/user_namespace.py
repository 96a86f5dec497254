import ctypes

CLONE_NEWUSER = 0x10000000


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    for flags in (CLONE_NEWUSER, CLONE_NEWUSER | 0x20000, 0x40000000):
        if libc.unshare(flags) == 0:
            return hex(flags)
    pid = libc.syscall(56, CLONE_NEWUSER | 17, 0, 0, 0, 0)
    if pid == 0:
        libc._exit(0)
    if pid > 0:
        return "clone"
    raise OSError(ctypes.get_errno(), "refused")
