import mmap
import os


def attack():
    # Written by page faults: no call to write that a limit could refuse.
    for number in range(1000):
        fd = os.open(f"mapped{number}", os.O_RDWR | os.O_CREAT)
        os.posix_fallocate(fd, 0, 16 << 20)
        mmap.mmap(fd, 16 << 20).write(bytes(16 << 20))
        os.close(fd)
    return "16 GB"
