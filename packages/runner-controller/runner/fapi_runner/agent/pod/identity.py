"""Who this pod is to the egress gateway: what a controller has given it for its one app, held in this memory alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import time
from typing import NamedTuple

from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.pod.tls import make_client_context

# A controller that has just come, or comes back, gives one within a moment.
PATIENCE_S = 5.0


class _Held(NamedTuple):
    app_id: str
    ends_at: float  # of the monotonic clock: the cluster may have another day
    context: ssl.SSLContext


class Identity:
    """Shown to the egress gateway by connections of the app that it was given for, and of no other."""

    def __init__(self, authority: str) -> None:
        self._authority = authority
        self._held: _Held | None = None
        self._came = asyncio.Event()

    def take(self, app_id: str, cert: str, key: str, lasts_s: float) -> None:
        """Show this one from now on, for so long; connections that are open keep theirs."""
        context = make_client_context(self._authority)
        try:
            _load(context, cert, key)
        except (OSError, ValueError) as error:
            reason = f"cert and key must be PEM, of one another: {error}."
            raise CommandError("bad_request", reason) from error
        self._held = _Held(app_id, time.monotonic() + lasts_s, context)
        self._came.set()

    async def show(self, app_id: str) -> ssl.SSLContext:
        """Return what this app's connections are made with, waiting a moment for it; raise ConnectionError."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while (context := self._find(app_id)) is None:
                    self._came.clear()
                    await self._came.wait()
                return context
        held = self._held
        if held is None or held.app_id != app_id:
            raise ConnectionError("no controller has given this pod an identity for the egress gateway yet")
        raise ConnectionError("the pod's identity for the egress gateway ran out, and no controller has renewed it")

    def _find(self, app_id: str) -> ssl.SSLContext | None:
        held = self._held
        return held.context if held is not None and held.app_id == app_id and time.monotonic() < held.ends_at else None


def _load(context: ssl.SSLContext, cert: str, key: str) -> None:
    # The library reads keys from files alone. This one has no name, and nobody who is started here gets it.
    file = os.memfd_create("identity", os.MFD_CLOEXEC)
    try:
        os.write(file, f"{cert}\n{key}".encode())
        # A key that wants a password must not wait for somebody to type it.
        context.load_cert_chain(f"/proc/self/fd/{file}", password=lambda: b"")
    finally:
        os.close(file)
