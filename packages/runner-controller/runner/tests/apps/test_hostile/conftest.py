import os

if os.environ.get("BROKEN"):
    raise RuntimeError("no conftest today")
