import builtins

for name in ("isinstance", "len", "list", "next", "str", "type"):
    delattr(builtins, name)
raise ValueError("nobody can tell")
