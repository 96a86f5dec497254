import os


def attack():
    for _ in range(1500):
        os.mkdir("deeper")
        os.chdir("deeper")
    raise RecursionError("deep enough")
