import os
import socket

from target import STATE


def attack():
    for name in os.listdir(f"{STATE}/listeners"):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(f"{STATE}/listeners/{name}")
        sock.close()
    return "connected"
