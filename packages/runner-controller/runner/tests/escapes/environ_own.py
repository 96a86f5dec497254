import ctypes
import os


def attack():
    libc = ctypes.CDLL(None)
    block = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
    names = list(os.environb)
    number = 0
    while block and block[number]:
        names.append(block[number])
        number += 1
    try:
        names.append(open("/proc/self/environ", "rb").read())
    except OSError:
        pass
    if any(b"AGENT_SECRET" in name for name in names):
        return names
    raise PermissionError("its own alone")
