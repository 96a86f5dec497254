import os

from target import SECRET


def attack():
    os.link(SECRET, "mine")
    return open("mine").read()
