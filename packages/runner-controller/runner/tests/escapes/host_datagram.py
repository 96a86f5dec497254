import socket

from target import HOST_FOLDER


def attack():
    ours, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return ours.sendto(b"hello", f"{HOST_FOLDER}/datagrams")
