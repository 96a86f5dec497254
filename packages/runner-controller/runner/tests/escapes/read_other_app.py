from target import SECRET


def attack():
    return open(SECRET).read()
