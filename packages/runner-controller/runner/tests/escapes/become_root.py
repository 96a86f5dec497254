import ctypes
import os


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    for change in (libc.setuid, libc.setgid):
        if os.getuid() and change(0) == 0:
            return os.getresuid()
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if libc.capset(header, (ctypes.c_uint32 * 6)(2, 2, 0, 0, 0, 0)) == 0:
        return "a capability"
    raise PermissionError("still the same")
