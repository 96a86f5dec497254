import sys

from target import COMMAND, check


def attack():
    sys.modules["posix"].system(COMMAND)
    return check()
