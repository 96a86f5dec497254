import array
import fcntl
import socket
import struct

SIOCGIFCONF, ENTRY_BYTES = 0x8912, 40


def attack():
    # Who listens without having bound gets a port of the machine.
    sock = socket.socket()
    sock.listen()
    host, port = sock.getsockname()
    if port == 0:
        raise PermissionError("it does not listen")
    room = array.array("B", bytes(64 * ENTRY_BYTES))
    told = fcntl.ioctl(sock, SIOCGIFCONF, struct.pack("iP", len(room), room.buffer_info()[0]))
    devices = {bytes(room[at : at + 16]).rstrip(b"\0")[:2] for at in range(0, struct.unpack_from("i", told)[0], ENTRY_BYTES)}
    if devices <= {b"lo"}:
        raise PermissionError("this network is its own")
    return host, port
