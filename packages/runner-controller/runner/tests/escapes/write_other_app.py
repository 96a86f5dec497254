import os

from target import SECRET


def attack():
    try:
        os.replace(SECRET, "stolen")
        return "moved"
    except OSError:
        return open(SECRET, "w").write("changed")
