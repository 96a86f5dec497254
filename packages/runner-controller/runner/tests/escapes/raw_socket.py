import socket


def attack():
    for family, kind, protocol in (
        (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        (socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP),
        (socket.AF_PACKET, socket.SOCK_RAW, 3),
        (socket.AF_NETLINK, socket.SOCK_RAW, 0),
        (socket.AF_VSOCK, socket.SOCK_STREAM, 0),
        (38, socket.SOCK_SEQPACKET, 0),
    ):
        try:
            return socket.socket(family, kind, protocol)
        except OSError:
            pass
    raise PermissionError("none")
