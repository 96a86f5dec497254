"""A machine without an agent: what an attack does where nothing holds it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from world import ESCAPES, SHARED


def attack_bare(files: dict[str, str | bytes]) -> dict[str, str]:
    """Run an attack in a plain Python, with something of each kind to reach, and return what it answers."""
    with (
        tempfile.TemporaryDirectory(prefix="fapi-bare-") as root,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hidden,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as seen,
    ):
        names = ("code", "work", "host", "state/revisions", "state/apps/neighbour")
        folders = {name: Path(root, name) for name in names}
        for folder in folders.values():
            folder.mkdir(parents=True)
        state, host = folders["state/revisions"].parent, folders["host"]
        (state / "state.json").write_text("of the agent")
        (state / "apps/neighbour/secret").write_text("of the neighbour")
        (host / "file").write_text("of the machine")
        udp.bind(("127.0.0.1", 0))
        name = f"fapi-bare-{os.getpid()}"
        abstract.bind(f"\0{name}")
        abstract.listen()
        hidden.bind(f"\0{name}-datagrams")
        seen.bind(str(host / "datagrams"))
        shared = {name: (ESCAPES / name).read_bytes() for name in SHARED}
        for path, text in {**shared, **files}.items():
            (folders["code"] / path).write_bytes(text if isinstance(text, bytes) else text.encode())
        ours = dict.fromkeys(("AGENT", "ZYGOTE", "NEIGHBOUR", "TEST"), str(os.getpid()))
        ports = {"TCP_PORT": str(tcp.getsockname()[1]), "UDP_PORT": str(udp.getsockname()[1])}
        places = {"STATE": str(state), "HOST_FOLDER": str(host), "ABSTRACT": name, "PYTHONPATH": str(folders["code"])}
        program = "import json\nfrom main import run\nprint(json.dumps(run()))"
        environment = {"PATH": os.environ["PATH"], **ours, **ports, **places}
        ended = subprocess.run(
            [sys.executable, "-c", program], cwd=folders["work"], env=environment, capture_output=True, timeout=60
        )
        assert ended.returncode == 0, ended.stderr.decode()
        return json.loads(ended.stdout.splitlines()[-1])
