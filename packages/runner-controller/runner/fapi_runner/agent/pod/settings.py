"""What a pod's environment says; see PROTOCOL.md, "In a pod"."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple, cast

from fapi_runner.agent.params import MEBIBYTES_LIMIT

PORT_LIMIT = 65535
ROLES = ("runner", "workbench")

Role = Literal["runner", "workbench"]


class SettingError(Exception):
    """A variable that says nothing we can use, in one sentence that names it."""


class Settings(NamedTuple):
    """Where to listen, what to be, how long to take for leaving."""

    host: str
    agent_port: int
    app_port: int
    health_port: int
    role: Role
    tls: Path
    state: Path
    memory: Path | None  # where secrets are kept, beside the state: no disk has them
    folder_mebibytes: int | None  # what an app's folder may hold here, whatever the app was given
    grace_s: float
    egress: tuple[str, int] | None  # of the egress gateway; nothing can be granted without one


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings; raise SettingError."""
    role = environment.get("FAPI_POD_ROLE", "runner")
    if role not in ROLES:
        raise SettingError(f"FAPI_POD_ROLE must be one of {', '.join(ROLES)}, and it is {role!r}.")
    return Settings(
        host=_read_host(environment),
        agent_port=_read_port(environment, "FAPI_POD_AGENT_PORT", 7443),
        app_port=_read_port(environment, "FAPI_POD_APP_PORT", 8080),
        health_port=_read_port(environment, "FAPI_POD_HEALTH_PORT", 7080),
        role=cast(Role, role),
        tls=Path(environment.get("FAPI_POD_TLS_DIR", "/var/run/fapi/tls")),
        state=Path(environment.get("FAPI_POD_STATE_DIR", "/var/run/fapi/state")),
        memory=Path(memory) if (memory := environment.get("FAPI_POD_MEMORY_DIR")) else None,
        folder_mebibytes=_read_mebibytes(environment, "FAPI_POD_FOLDER_MIB"),
        grace_s=_read_seconds(environment, "FAPI_POD_GRACE_S", 30),
        egress=_read_egress(environment),
    )


def _read_egress(environment: Mapping[str, str]) -> tuple[str, int] | None:
    text = environment.get("FAPI_POD_EGRESS", "")
    if not text:
        return None
    host, _, port = text.rpartition(":")
    try:
        # An address, for there is no name server.
        address = ipaddress.ip_address(host[1:-1] if host.startswith("[") and host.endswith("]") else host)
        if not (port.isascii() and port.isdigit()) or not 0 < int(port) <= PORT_LIMIT:
            raise ValueError(port)
    except ValueError:
        raise SettingError(f"FAPI_POD_EGRESS must be ADDRESS:PORT, and it is {text!r}.") from None
    return str(address), int(port)


def _read_host(environment: Mapping[str, str]) -> str:
    text = environment.get("FAPI_POD_HOST", "0.0.0.0")
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise SettingError(f"FAPI_POD_HOST must be an IPv4 address, and it is {text!r}.") from None


def _read_port(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    text = environment.get(name, str(otherwise))
    if not (text.isascii() and text.isdigit()) or int(text) > PORT_LIMIT:
        raise SettingError(f"{name} must be a port from 0, which is any free one, to {PORT_LIMIT}; it is {text!r}.")
    return int(text)


def _read_mebibytes(environment: Mapping[str, str], name: str) -> int | None:
    text = environment.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= MEBIBYTES_LIMIT:
        raise SettingError(f"{name} must be a whole number of MiB from 1 to {MEBIBYTES_LIMIT}, and it is {text!r}.")
    return int(text)


def _read_seconds(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    text = environment.get(name, str(otherwise))
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= 3600:
        raise SettingError(f"{name} must be a whole number of seconds from 1 to 3600, and it is {text!r}.")
    return int(text)
