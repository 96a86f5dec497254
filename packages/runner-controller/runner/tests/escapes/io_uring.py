import ctypes


def attack():
    # It makes sockets, connects and opens files without a call that a filter could see.
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(425, 8, ctypes.create_string_buffer(120))
    if fd >= 0:
        return fd
    raise OSError(ctypes.get_errno(), "refused")
