"""Who may command the agent: whoever proves to be the controller, by a certificate of our authority."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

from fapi_runner.agent.pod.settings import SettingError

CONTROLLER = "spiffe://fapi/controller"


def make_context(folder: Path) -> ssl.SSLContext:
    """Read certificate, key and authority; raise SettingError. Nothing of the folder is read again."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    # Whoever comes again shows its certificate again.
    context.num_tickets = 0
    _load(context, folder)
    return context


def read_authority(folder: Path) -> str:
    """Return the authority of the folder, which `make_context` has read already."""
    return (folder / "ca.crt").read_text()


def make_client_context(authority: str) -> ssl.SSLContext:
    """Return what others of this authority are spoken to with; who they are is for the caller to look at."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Identities are URIs, not host names.
    context.check_hostname = False
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cadata=authority)
    return context


def _load(context: ssl.SSLContext, folder: Path) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        # A key that wants a password must not wait for somebody to type it.
        context.load_cert_chain(folder / "tls.crt", folder / "tls.key", password=lambda: b"")
        context.load_verify_locations(folder / "ca.crt")
    except (OSError, ValueError) as error:
        reason = f"{error.strerror or error}" if isinstance(error, OSError) else str(error)
        message = f"FAPI_POD_TLS_DIR ({folder}) must have tls.crt, tls.key and ca.crt, of one another: {reason}."
        raise SettingError(message) from error


def is_controller(certificate: Mapping[str, object] | None) -> bool:
    """Say whether a certificate that was verified is the controller's: by its one URI, whatever else it is called."""
    names = (certificate or {}).get("subjectAltName", ())
    if not isinstance(names, tuple):
        return False
    return [value for kind, value in names if kind == "URI"] == [CONTROLLER]
