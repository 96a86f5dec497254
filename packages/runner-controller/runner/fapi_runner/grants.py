"""Where an app may connect to, and at which address it meets that place in its own network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import NamedTuple

# Kept free for measurements of networks (RFC 2544): nobody's address, so a name's place in here hides no other.
NAMES = ipaddress.ip_network("198.18.0.0/15")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Grant(NamedTuple):
    """One place outside that an app may connect to: a host name or an IP address, and a port."""

    host: str
    port: int


class Outlet(NamedTuple):
    """A grant as the app meets it: it connects to this address of its own network, whoever is behind it."""

    host: str
    port: int
    address: str


def list_outlets(grants: Iterable[Grant]) -> list[Outlet]:
    """Return the outlets of these grants: an IP address is itself, each name has an address of its own."""
    grants = list(grants)
    taken = {find_address(grant.host) for grant in grants}
    free = (address for address in NAMES.hosts() if address not in taken)
    addresses: dict[str, Address] = {}
    for host, _ in grants:
        if host not in addresses:
            addresses[host] = find_address(host) or next(free)
    return [Outlet(host, port, str(addresses[host])) for host, port in grants]


def find_address(host: str) -> Address | None:
    """Return a host's IP address when it is one, None when it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
