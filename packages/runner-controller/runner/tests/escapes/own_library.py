import ctypes
import os
import shutil


def attack():
    # Machine code that the app brought itself, rather than what is installed.
    library = next(line.split()[-1] for line in open("/proc/self/maps") if "libc.so" in line)
    shutil.copy(library, "mine.so")
    return ctypes.CDLL(os.path.abspath("mine.so"))
