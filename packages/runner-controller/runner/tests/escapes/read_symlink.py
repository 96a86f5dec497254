import os

from target import SECRET


def attack():
    os.symlink(SECRET, "mine")
    return open("mine").read()
