import socket

from target import TCP_PORT


def attack():
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
    return sock.connect(("127.0.0.1", TCP_PORT))
