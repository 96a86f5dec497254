"""An authority of our own and the certificates that it gives, made by the openssl command."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

AGENT, CONTROLLER, EGRESS = (f"URI:spiffe://fapi/{name}" for name in ("agent", "controller", "egress"))
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
DAYS = 2
POD_UID = "00000000-0000-4000-8000-000000000001"


def name_pod(app: str, epoch: int) -> str:
    """Return who the one pod of an app is, by the word of a controller of this epoch."""
    return f"URI:spiffe://fapi/app/{app}/pod/{POD_UID}/epoch/{epoch}"


class Authority:
    """A folder with `ca.crt` and its key."""

    def __init__(self, folder: Path, name: str = "fapi test authority") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        own = ("-keyout", str(folder / "ca.key"), "-out", str(folder / "ca.crt"))
        run("req", "-x509", *KEY, "-days", str(DAYS), "-subj", f"/CN={name}", *own)

    def give(self, folder: Path, names: str, days: int = DAYS) -> Path:
        """Make `tls.crt`, `tls.key` and `ca.crt` in a folder, for these alternative names and so many days."""
        folder.mkdir(parents=True, exist_ok=True)
        request = ("-subj", "/CN=fapi", "-addext", f"subjectAltName={names}", "-out", str(folder / "request"))
        run("req", "-new", *KEY, "-keyout", str(folder / "tls.key"), *request)
        signed = ("-CA", str(self.folder / "ca.crt"), "-CAkey", str(self.folder / "ca.key"), "-CAcreateserial")
        asked = ("-req", "-in", str(folder / "request"), "-copy_extensions", "copy", "-days", str(days))
        run("x509", *asked, *signed, "-out", str(folder / "tls.crt"))
        (folder / "ca.crt").write_bytes((self.folder / "ca.crt").read_bytes())
        (folder / "tls.key").chmod(0o400)
        return folder


def trust(folder: Path, *, shows: bool = True) -> ssl.SSLContext:
    """Return what a peer connects with: the agent's name is an URI, which the protocol has to compare itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(folder / "ca.crt")
    if shows:
        context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    return context


def run(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
