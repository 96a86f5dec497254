import hashlib
import os
import socket
import stat

from target import STATE


def attack():
    # Beside nameless pairs there may be one listener, its own.
    names = set()
    for number in range(256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                sock = socket.socket(fileno=os.dup(number))
                names |= {sock.getsockname(), sock.getpeername() if not sock.getsockname() else ""}
        except OSError:
            continue
    own = {name for name in names if f"{STATE}/listeners/{hashlib.sha256(b'attack').hexdigest()[:12]}" in str(name)}
    if names - own - {""}:
        return names
    raise PermissionError("only its own")
