import ctypes
import socket
import struct


def attack():
    # A program that drops all: on the listener it would stay there for every version to come.
    program = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
    described = struct.pack("HP", 1, ctypes.addressof(program))
    sock, _ = socket.socketpair()
    done = []
    for option, value in ((26, described), (44, 1)):  # SO_ATTACH_FILTER, SO_LOCK_FILTER
        try:
            done.append(sock.setsockopt(socket.SOL_SOCKET, option, value))
        except PermissionError:
            continue
    if done:
        return done
    raise PermissionError("no program on a socket")
