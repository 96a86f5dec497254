import socket

from target import TCP_PORT


def attack():
    return socket.create_connection(("127.0.0.1", TCP_PORT), 1)
