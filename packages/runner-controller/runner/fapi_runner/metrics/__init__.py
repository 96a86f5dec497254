"""What one child has answered, in shared memory: the child's loop thread writes, the agent reads, nobody locks."""

from fapi_runner.metrics.page import HEARTBEAT, IN_FLIGHT, LAST_REQUEST, LAST_REQUEST_NS, PAGE_BYTES, Page, make_page
from fapi_runner.metrics.reader import Origin, Totals
from fapi_runner.metrics.writer import MeteredApp

__all__ = [
    "HEARTBEAT",
    "IN_FLIGHT",
    "LAST_REQUEST",
    "LAST_REQUEST_NS",
    "PAGE_BYTES",
    "MeteredApp",
    "Origin",
    "Page",
    "Totals",
    "make_page",
]
