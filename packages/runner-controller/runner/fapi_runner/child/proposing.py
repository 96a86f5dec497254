"""Reads a project and tells how its main.py would be in several files; runs none of it."""

from __future__ import annotations

import gc

from fapi_runner.child.order import Order
from fapi_runner.convert.proposal import convert
from fapi_runner.validate.files import list_files
from fapi_runner.validate.verdict import limit_processor_time

PROPOSAL_LIMIT_S = 10.0


def propose(order: Order) -> None:
    """Tell `proposed`."""
    gc.disable()  # syntax trees are many objects and no garbage
    limit_processor_time(PROPOSAL_LIMIT_S)
    proposal = convert(list(list_files(order.code)), lambda file: (order.code / file).read_bytes())
    order.tell({"kind": "proposed", "proposal": proposal})
