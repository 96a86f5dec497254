import ctypes
import re


def attack():
    # What the zygote's memory held when this child was forked from it.
    # Written so that it does not find itself.
    wanted = re.compile(rb"agent[-]key|neighbours[-]variable")
    found = []
    for line in open("/proc/self/maps"):
        place, mode, _, _, _, *name = line.split()
        start, end = (int(part, 16) for part in place.split("-"))
        if "r" in mode and end - start < 1 << 28 and name not in (["[vvar]"], ["[vsyscall]"], ["[vvar_vclock]"]):
            text = ctypes.string_at(start, end - start)
            found += wanted.findall(text)
    if found:
        return found
    raise PermissionError("no secret of others in it")
