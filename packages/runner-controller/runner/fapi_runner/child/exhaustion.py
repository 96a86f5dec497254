"""Errors that mean: the app has used up what it may have. It lives on, and somebody should know."""

from __future__ import annotations

import errno

from fapi_runner.report import OPEN_FILES_HINT

HINTS = {
    errno.EMFILE: OPEN_FILES_HINT,
    errno.ENFILE: "The machine has no more files to open.",
    errno.ENOSPC: "The app's folder is full.",
    errno.EDQUOT: "The app's folder is full.",
    errno.EFBIG: "The app's folder, or a file in it, is as large as it may be: delete what is not needed.",
    errno.EAGAIN: "The app may not start more threads or processes: use a pool of fixed size.",
    errno.ENOMEM: "The app reached its memory limit.",
}
CHAIN_LIMIT = 10


def find_exhaustion_hint(error: BaseException) -> str | None:
    """Return what to do about an error that says that something is used up."""
    if isinstance(error, RuntimeError) and error.args == ("can't start new thread",):
        return HINTS[errno.EAGAIN]
    if isinstance(error, OSError) and (error.errno != errno.EAGAIN or isinstance(error, BlockingIOError)):
        return HINTS.get(error.errno or 0)
    return None


def find_exhaustion(error: BaseException | None) -> BaseException | None:
    """Return the error, or the one it came from, that says so."""
    for _ in range(CHAIN_LIMIT):
        if error is None:
            return None
        if isinstance(error, MemoryError) or find_exhaustion_hint(error) is not None:
            return error
        error = error.__cause__ or error.__context__
    return None
