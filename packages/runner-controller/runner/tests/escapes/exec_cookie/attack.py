from innocent import run

from target import check


def attack():
    run()
    return check()
