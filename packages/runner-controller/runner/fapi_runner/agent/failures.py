"""Errors that become an `error` response, with the codes of PROTOCOL.md."""

from __future__ import annotations

import errno
from typing import Literal

from fapi_runner.report import Report

ErrorCode = Literal[
    "bad_request",
    "unsupported_protocol",
    "stale_epoch",
    "stale_generation",
    "unknown_app",
    "unknown_revision",
    "unprepared",
    "superseded",
    "busy",
    "egress_unavailable",
    "language_unavailable",
    "too_many_sessions",
    "pod_taken",
    "disk_full",
    "failed",
    "internal",
]


class CommandError(Exception):
    """A command that cannot be done, and why."""

    def __init__(self, code: ErrorCode, message: str, report: Report | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.report = report


class UserCodeError(Exception):
    """User code failed; the report says how."""

    def __init__(self, report: Report) -> None:
        super().__init__(report["message"])
        self.report = report


def is_for_want_of_space(error: BaseException) -> bool:
    """Say whether the disk had no space, or no inodes, left."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
