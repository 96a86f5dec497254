import os as q

from target import COMMAND, check


def attack(module=[q]):
    module[0].system(COMMAND)
    return check()
