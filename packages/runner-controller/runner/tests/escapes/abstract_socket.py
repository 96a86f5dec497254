import socket

from target import ABSTRACT


def attack():
    sock = socket.socket(socket.AF_UNIX)
    return sock.connect(f"\0{ABSTRACT}")
