from target import STATE


def attack():
    return open(f"{STATE}/state.json").read()
