import ctypes
import os

CLOSE_RANGE, UNSHARE = 436, 2


def attack():
    # Of a thread with descriptors of its own nobody would see which deleted files it keeps.
    if ctypes.CDLL(None, use_errno=True).syscall(CLOSE_RANGE, 4000, 4001, UNSHARE) == 0:
        return "apart"
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
