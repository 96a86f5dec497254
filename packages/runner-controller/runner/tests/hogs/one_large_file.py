import os


def attack():
    fd = os.open("large", os.O_RDWR | os.O_CREAT)
    os.ftruncate(fd, 1 << 40)
    return "a terabyte"
