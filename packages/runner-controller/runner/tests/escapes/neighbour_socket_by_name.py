import hashlib
import socket

from target import STATE


def attack():
    sock = socket.socket(socket.AF_UNIX)
    return sock.connect(f"{STATE}/listeners/{hashlib.sha256(b'neighbour').hexdigest()[:12]}.sock")
