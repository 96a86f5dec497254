import posix

from target import COMMAND, check


def attack():
    posix.system(COMMAND)
    return check()
