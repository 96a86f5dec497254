import os
import socket

from target import TCP_PORT


def attack():
    if os.fork() == 0:
        code = 1
        try:
            socket.create_connection(("127.0.0.1", TCP_PORT), 2)
            code = 0
        finally:
            os._exit(code)
    if os.waitstatus_to_exitcode(os.wait()[1]) != 0:
        raise PermissionError("nor does its child")
    return "connected"
