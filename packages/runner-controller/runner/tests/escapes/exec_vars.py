import os

from target import COMMAND, check


def attack():
    vars(os)["system"](COMMAND)
    os.__dict__["system"](COMMAND)
    return check()
