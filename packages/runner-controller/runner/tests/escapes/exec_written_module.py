import importlib
import sys
from pathlib import Path

from target import COMMAND, check


def attack():
    # What it writes after it was checked is code of its own, held like all other.
    Path("written.py").write_text(f"import os\nos.system({COMMAND!r})\n")
    sys.path.insert(0, "")
    importlib.import_module("written")
    return check()
