from urllib.request import urlopen

from target import SECRET


def attack():
    return urlopen(f"file://{SECRET}").read()
