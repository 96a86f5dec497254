from target import COMMAND, check


def attack():
    # looks like a comment    __import__("os").system(COMMAND)
    return check()
