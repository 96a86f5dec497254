import socket

from target import TCP_PORT


def attack():
    # It connects without a call to connect, and without an address that could be seen.
    sock = socket.socket()
    return sock.sendmsg([b"hello"], [], 0x20000000, ("127.0.0.1", TCP_PORT))
