"""Finds and connects to what is behind a grant, now and not when it was granted: names lead elsewhere after a while."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor

from fapi_runner.agent.egress.boundary import Boundary
from fapi_runner.agent.egress.relay import relay
from fapi_runner.agent.egress.way import Carry, ForbiddenTargetError
from fapi_runner.agent.outcomes import has_succeeded
from fapi_runner.grants import Address, find_address

RESOLVERS = 2
ADDRESSES_LIMIT = 4
ATTEMPT_S = 5.0


class Dialer:
    """The way out of one app on a machine; its look-ups wait in threads of its own, for a name server may be slow."""

    def __init__(self, boundary: Boundary) -> None:
        self._boundary = boundary
        self._threads = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="egress")
        self._looking: dict[str, asyncio.Future[list[Address]]] = {}

    async def reach(self, host: str, port: int) -> Carry:
        """Connect to a place; raise OSError, or ForbiddenTargetError without having tried."""
        target = await self.connect(host, port)
        return lambda app, idle_s: relay(app, target, idle_s)

    async def connect(self, host: str, port: int) -> socket.socket:
        """Return a connected socket; raise OSError, or ForbiddenTargetError without having tried."""
        addresses = await self._find_addresses(host)
        objections = [(address, self._boundary.find_objection(address, port)) for address in addresses]
        if not objections:
            raise ConnectionError("it has no address")
        allowed = [address for address, objection in objections if objection is None]
        if not allowed:
            address, objection = objections[0]
            raise ForbiddenTargetError(f"{address} is {objection}")
        # The very addresses that were looked at, so that no later answer of a name server counts.
        *others, last = allowed[:ADDRESSES_LIMIT]
        for address in others:
            with contextlib.suppress(OSError):
                return await _connect(address, port)
        return await _connect(last, port)

    def close(self) -> None:
        """Look up nothing any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _find_addresses(self, host: str) -> list[Address]:
        if address := find_address(host):
            return [address]
        # One look-up per name at a time, however many connections wait for it.
        looking = self._looking.get(host)
        if looking is None:
            loop = asyncio.get_running_loop()
            looking = self._looking[host] = loop.run_in_executor(self._threads, _resolve, host)
            looking.add_done_callback(lambda done: self._forget(host, done))
        return await asyncio.shield(looking)

    def _forget(self, host: str, done: asyncio.Future[list[Address]]) -> None:
        self._looking.pop(host, None)
        has_succeeded(done)  # nobody may be waiting any more


def _resolve(host: str) -> list[Address]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = (find_address(str(place[0]).partition("%")[0]) for *_, place in found)
    return list(dict.fromkeys(address for address in addresses if address is not None))


async def _connect(address: Address, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        async with asyncio.timeout(ATTEMPT_S):
            await asyncio.get_running_loop().sock_connect(sock, (str(address), port))
    except BaseException:
        sock.close()
        raise
    return sock
