import socket

from target import ABSTRACT


def attack():
    # Not made by socket() and never connected to it.
    ours, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return ours.sendto(b"hello", f"\0{ABSTRACT}-datagrams")
