"""Runs a program in a terminal of its own: what is typed comes on stdin, what is shown goes to stdout. The end of stdin closes the terminal."""

import fcntl
import os
import pty
import select
import sys
import termios

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, b"\x18\x00\x50\x00\x00\x00\x00\x00")
while True:
    ready, _, _ = select.select([0, terminal], [], [])
    if 0 in ready:
        typed = os.read(0, 1024)
        if not typed:
            os.close(terminal)
            break
        os.write(terminal, typed)
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:
            break
        if not shown:
            break
        os.write(1, shown)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
