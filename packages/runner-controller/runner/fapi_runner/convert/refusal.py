"""Why a project is left as it is."""

from __future__ import annotations


class RefusedError(Exception):
    """The project cannot be converted: the message says why, for people, and where."""

    def __init__(self, message: str, line: int = 1, file: str = "main.py") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.file = file
