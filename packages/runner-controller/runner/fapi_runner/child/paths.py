"""Files as the user would name them at home: their own from the project, a library's from where libraries are."""

from __future__ import annotations

import sys
from os import fspath
from pathlib import Path

from fapi_runner.report import find_relative

# Longest first, or a library would be named by its way from the interpreter's folder.
ROOTS = sorted((path + "/" for path in sys.path if path), key=len, reverse=True)


def shorten_path(filename: str, code: Path) -> str:
    """Return one file's name without the way to it on this machine."""
    own = find_relative(filename, code)
    if own is not None:
        return own
    return next((filename[len(root) :] for root in ROOTS if filename.startswith(root)), filename)


def shorten_paths(text: str, code: Path) -> str:
    """Return a text with every file in it so named: Python says in an ImportError where a module is."""
    for root in (fspath(code) + "/", *ROOTS):
        text = text.replace(root, "")
    return text
