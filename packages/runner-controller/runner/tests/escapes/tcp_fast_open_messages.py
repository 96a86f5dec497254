import ctypes
import os
import socket
import struct

from target import TCP_PORT


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    sock = socket.socket()
    place = ctypes.create_string_buffer(struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", TCP_PORT, b"\x7f\0\0\1"))
    data = ctypes.create_string_buffer(b"hello")
    vector = ctypes.create_string_buffer(struct.pack("PN", ctypes.addressof(data), 5))
    header = struct.pack("PIxxxxPNPNiI", ctypes.addressof(place), 16, ctypes.addressof(vector), 1, 0, 0, 0, 0)
    message = ctypes.create_string_buffer(header + bytes(8))
    if libc.sendmmsg(sock.fileno(), message, 1, 0x20000000) != 1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return "sent"
