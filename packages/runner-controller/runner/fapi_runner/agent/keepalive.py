"""Has the kernel find out that a peer's machine is gone, which says nothing: within half a minute."""

from __future__ import annotations

import socket

OPTIONS = (
    (socket.TCP_NODELAY, 1),
    (socket.TCP_KEEPIDLE, 15),
    (socket.TCP_KEEPINTVL, 5),
    (socket.TCP_KEEPCNT, 3),
    (socket.TCP_USER_TIMEOUT, 30_000),  # milliseconds that something sent may go without an answer
)


def keep_alive(sock: socket.socket) -> None:
    """Ask a silent peer whether it is there, and give it up when it is not."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in OPTIONS:
        sock.setsockopt(socket.IPPROTO_TCP, option, value)
