from ..other import g


def f():
    return g()
