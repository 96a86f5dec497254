from target import AGENT, NEIGHBOUR, ZYGOTE


def attack():
    for pid in (1, AGENT, ZYGOTE, NEIGHBOUR):
        for name in ("mem", "maps", "syscall", "stack", "auxv", "pagemap"):
            try:
                open(f"/proc/{pid}/{name}", "rb").read(1)
                return pid, name
            except OSError:
                pass
    raise PermissionError("nobody's")
