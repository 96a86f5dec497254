import ctypes
import os


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    os.makedirs("target", exist_ok=True)
    for result in (
        libc.mount(b"none", b"target", b"tmpfs", 0, None),
        libc.mount(b"none", b"/", None, 32 | 4096, None),
        libc.umount2(b"/proc", 2),
        libc.syscall(428, -100, b"/", 1),
        libc.syscall(430, b"tmpfs", 0),
        libc.chroot(b"."),
        libc.setns(os.open(".", os.O_RDONLY), 0),
    ):
        if result >= 0:
            return "mounted"
    raise OSError(ctypes.get_errno(), "refused")
