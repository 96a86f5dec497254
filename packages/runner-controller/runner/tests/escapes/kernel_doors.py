import ctypes

CALLS = {"add_key": 248, "keyctl": 250, "bpf": 321, "perf": 298, "userfaultfd": 323, "io_uring": 425, "kexec": 246}


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    for name, number in CALLS.items():
        buffer = ctypes.create_string_buffer(256)
        arguments = (0, ctypes.c_long(-3), 1, 0, 0) if name == "keyctl" else (buffer, 0, 0, 0, 0)
        ctypes.set_errno(0)
        if libc.syscall(number, *arguments) >= 0 or ctypes.get_errno() not in (1, 38):
            return name, ctypes.get_errno()
    raise PermissionError("all shut")
