from target import check

e = eval


def attack():
    list(map(e, ["__import__('os').system('echo ran > ran')"]))
    return check()
