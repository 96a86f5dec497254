from os import system as harmless

from target import COMMAND, check


def attack():
    harmless(COMMAND)
    return check()
