import ctypes
import os


def attack():
    # Opening by handle goes around every path: only a capability is asked for.
    fd = os.open(".", os.O_RDONLY)
    handle = (ctypes.c_byte * 136)()
    ctypes.cast(handle, ctypes.POINTER(ctypes.c_uint))[0] = 128
    libc = ctypes.CDLL(None, use_errno=True)
    mount = ctypes.c_int()
    if libc.name_to_handle_at(fd, b"", handle, ctypes.byref(mount), 0x1000) == 0:
        if libc.open_by_handle_at(fd, handle, 0) >= 0:
            return "opened"
    raise OSError(ctypes.get_errno(), "refused")
