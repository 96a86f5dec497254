import ctypes
import os


def attack():
    # The test's own segment, and what others may have in the machine's shared memory.
    if ctypes.CDLL(None).shmget(int(os.environ["TEST"]), 4096, 0o666) >= 0:
        return "attached"
    raise PermissionError("none")
