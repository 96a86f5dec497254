import os


def leave():
    try:
        os.setsid()
    except PermissionError:
        pass


def attack():
    for _ in range(20):
        if os.fork() == 0:
            leave()
            while True:
                pass
    raise TimeoutError("they run on")
