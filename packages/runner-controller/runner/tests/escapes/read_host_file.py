from target import HOST_FILE


def attack():
    return open(HOST_FILE).read()
