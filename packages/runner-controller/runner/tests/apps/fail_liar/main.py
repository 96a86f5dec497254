import os
import stat
import struct

# What a child can reach: the socket to the agent, and the pipe for stacks.
code = os.path.dirname(__file__)
stack = f'Current thread 0x0 (most recent call first):\n  File "{code}/../../state.json", line 1 in x\n'
claim = b'{"kind": "failed", "report": ' + os.environ["CLAIM"].encode() + b"}" if "CLAIM" in os.environ else b""
for fd in range(3, 64):
    try:
        kind = os.fstat(fd).st_mode
        if stat.S_ISFIFO(kind):
            os.write(fd, stack.encode())
        elif stat.S_ISSOCK(kind) and claim:
            os.write(fd, struct.pack("!II", len(claim), 0) + claim)
    except OSError:
        continue
os._exit(0)
