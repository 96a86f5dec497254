"""The addresses that no app is ever connected to, whoever granted it and whatever name leads there."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import NamedTuple

from fapi_runner.agent.failures import CommandError
from fapi_runner.grants import Address, Grant, find_address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Where clouds tell a machine who it is and with which keys, beside the link-local ones.
METADATA = tuple(
    map(ipaddress.ip_address, ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"))
)
THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")
# The last 32 bits of these are an IPv4 address that a translator on the way connects to.
TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
COMPATIBLE = ipaddress.ip_network("::/96")


class Forbidden(NamedTuple):
    """Addresses of our own programs, all of their ports when none is named."""

    network: Network
    port: int | None = None


class Boundary:
    """Says of an address why it must not be connected to."""

    def __init__(self, forbidden: Iterable[Forbidden] = ()) -> None:
        self._forbidden = tuple(forbidden)

    def find_objection(self, address: Address, port: int) -> str | None:
        """Return what the address is, None when an app may be connected to it."""
        for inner in _unwrap(address):
            if objection := _object(inner):
                return objection
            for network, closed in self._forbidden:
                if inner in network and closed in (None, port):
                    return "one of this system's own"
        return None

    def check(self, grants: Iterable[Grant]) -> None:
        """Refuse grants that could never lead anywhere; what a name leads to is seen when somebody connects."""
        for host, port in grants:
            address = find_address(host)
            objection = self.find_objection(address, port) if address else None
            if objection or host == "localhost" or host.endswith(".localhost"):
                message = f"egress must not name {host}: it is {objection or 'the machine itself'}."
                raise CommandError("bad_request", message)


def parse_forbidden(text: str) -> Forbidden:
    """Read `ADDRESS`, `ADDRESS/BITS`, either with `:PORT`, in brackets for IPv6; raise ValueError otherwise."""
    place, separator, port = text.rpartition(":")
    if separator and (place.endswith("]") or ":" not in place):
        return Forbidden(ipaddress.ip_network(place.strip("[]")), _parse_port(port))
    return Forbidden(ipaddress.ip_network(text.strip("[]")))


def _parse_port(text: str) -> int:
    port = int(text)
    if not 0 < port < 1 << 16:
        raise ValueError(f"{port} is no port")
    return port


def _unwrap(address: Address) -> list[Address]:
    """Return the address and the IPv4 ones that are written inside it."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in (*TRANSLATED, COMPATIBLE)):
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(each for each in inner if each is not None)]


def _object(address: Address) -> str | None:
    if address.is_loopback or address.is_unspecified or address in THIS_NETWORK:
        return "the machine itself"
    if address.is_link_local or address in METADATA:
        return "the machine's metadata and its link"
    if address.is_multicast or (address.version == 4 and address.is_reserved):
        return "no single host"
    return None
