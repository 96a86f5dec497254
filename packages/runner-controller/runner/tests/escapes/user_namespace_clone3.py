import ctypes
import struct


def attack():
    arguments = struct.pack("8Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    pid = libc.syscall(435, arguments, len(arguments))
    if pid == 0:
        libc._exit(0)
    if pid > 0:
        return "clone3"
    raise OSError(ctypes.get_errno(), "refused")
