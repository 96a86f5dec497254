"""The addresses of this pod itself, and of the cluster's API: no app is ever connected to them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from fapi_runner.agent.egress.boundary import Forbidden
from fapi_runner.grants import find_address

LOCAL = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")
EVERY = "0.0.0.0"
API_SERVER = "KUBERNETES_SERVICE_HOST"


def list_own_places(host: str, environment: Mapping[str, str]) -> list[Forbidden]:
    """Return what must be out of reach beside loopback, for an agent that listens at `host`: all ports of each."""
    found = {*_list_ipv4(), *_list_ipv6()} if host == EVERY else {host}
    if address := find_address(environment.get(API_SERVER, "")):
        found.add(str(address))
    return [Forbidden(ipaddress.ip_network(address)) for address in sorted(found)]


def _list_ipv4() -> Iterator[str]:
    yield from LOCAL.findall(Path("/proc/net/fib_trie").read_text())


def _list_ipv6() -> Iterator[str]:
    table = Path("/proc/net/if_inet6")
    if table.exists():  # not where IPv6 is off
        for line in table.read_text().splitlines():
            yield str(ipaddress.IPv6Address(bytes.fromhex(line.split()[0])))
