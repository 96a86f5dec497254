"""An app that tries to take over the agent of its pod, and to become one."""

from __future__ import annotations

import hashlib

from pods import HOST, Pod, make_authority

# Each attempt is a line of its own: what it returns is a success, what it raises a refusal.
ATTACK = """\
import glob, hashlib, os, re, signal, socket, stat, time
from fastapi import FastAPI
app = FastAPI()
E = os.environ
AGENT, PORTS = int(E["AGENT"]), [int(port) for port in E["PORTS"].split(",")]

def connect(port, host=None):
    with socket.create_connection((host or E["HOST"], port), 1) as sock:
        sock.sendall(b"x")
        return sock.getpeername()

def bind(port):
    with socket.socket() as sock:
        sock.bind((E["HOST"], port))
        return "bound"

def find_listener():
    for fd in range(3, 256):
        try:
            sock = socket.socket(fileno=os.dup(fd))
        except OSError:
            continue
        with sock:
            if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                return sock.getsockname()[1]

def follow(name):
    found = [os.readlink(path) for path in glob.glob(f"/proc/{AGENT}/{name}/*")]
    if not found:
        raise PermissionError("there is nothing to follow")
    return found

def is_identity(data):
    # As its key is written, in whatever it lies; what is looked for is not in this memory itself.
    for run in re.findall(rb"[A-Za-z0-9+/]{64,}", data):
        if any(hashlib.sha256(run[at : at + 64]).hexdigest() == E["MARK"] for at in range(len(run) - 63)):
            return True

def read_memory():
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as memory:
        for line in maps:
            start, end = (int(bound, 16) for bound in line.split()[0].split("-"))
            if " rw" in line:
                memory.seek(start)
                yield memory.read(end - start)

def read_files():
    for place in (E["STATE"], "/tmp", "/dev/shm", "/var/run"):
        for folder, _, names in os.walk(place):
            for name in names:
                path = os.path.join(folder, name)
                try:
                    # A machine's own /tmp may be large, and what is older than this pod is nobody's identity.
                    about = os.stat(path, follow_symlinks=False)
                    if stat.S_ISREG(about.st_mode) and about.st_size < 1 << 20 and about.st_mtime > time.time() - 300:
                        yield open(path, "rb").read()
                except OSError:
                    pass

def find_identity(pieces):
    if not any(map(is_identity, pieces)):
        raise PermissionError("it is nowhere")
    return "found"

ATTEMPTS = {
    "identity-file": lambda: find_identity(read_files()),
    "identity-memory": lambda: find_identity(read_memory()),
    "identity-agent": lambda: find_identity([open(path, "rb").read() for path in glob.glob(f"/proc/{AGENT}/fd/*")]),
    "key": lambda: open(E["TLS"] + "/tls.key").read(),
    "certificate": lambda: open(E["TLS"] + "/tls.crt").read(),
    "folder": lambda: os.listdir(E["TLS"]),
    "state": lambda: open(E["STATE"] + "/memory/agent/state.json").read(),
    "secrets": lambda: os.listdir(E["STATE"] + "/memory"),
    "agent": lambda: connect(PORTS[0]),
    "health": lambda: connect(PORTS[1]),
    "loopback": lambda: connect(PORTS[0], "127.0.0.1"),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (E["HOST"], PORTS[0])),
    "bind": lambda: bind(PORTS[0]),
    "memory": lambda: open(f"/proc/{AGENT}/mem", "rb").read(1),
    "environment": lambda: open(f"/proc/{AGENT}/environ", "rb").read(),
    "descriptors": lambda: follow("fd"),
    "root": lambda: open(f"/proc/{AGENT}/root{E['TLS']}/tls.key").read(),
    "maps": lambda: open(f"/proc/{AGENT}/maps").read(1) or 1 / 0,
    "terminate": lambda: os.kill(AGENT, signal.SIGTERM),
    "stop": lambda: os.kill(AGENT, signal.SIGSTOP),
    "everybody": lambda: os.kill(-1, signal.SIGURG),
}

@app.get("/attack")
def attack():
    told = {}
    for name in E["ONLY"].split(",") if "ONLY" in E else ATTEMPTS:
        attempt = ATTEMPTS[name]
        try:
            told[name] = f"done: {attempt()!r}"
        except Exception as error:
            told[name] = f"refused: {error!r}"
    told["listener"] = find_listener()
    return told
"""

# Which layer holds an attempt: any one of these is enough.
FILES = {"read-only-root", "landlock", "own-uid"}
MACHINE = {"read-only-root", "landlock"}
NETWORK = {"seccomp"}
PROCESSES = {"namespaces", "landlock", "own-uid"}
ALWAYS = {"session"}
HELD_BY = {
    **dict.fromkeys(("key", "state"), FILES),
    **dict.fromkeys(("certificate", "folder", "secrets"), MACHINE),
    **dict.fromkeys(("agent", "health", "loopback", "udp", "bind"), NETWORK),
    **dict.fromkeys(("memory", "environment", "descriptors", "root", "maps"), ALWAYS),
    **dict.fromkeys(("terminate", "stop"), PROCESSES),
    "everybody": {"namespaces"},
    **dict.fromkeys(("identity-file", "identity-memory", "identity-agent"), ALWAYS),
}


def read_key_line() -> bytes:
    """Return what only who has read the identity's key can know."""
    return (make_authority() / "app-1" / "tls.key").read_bytes().split(b"\n")[1]


async def attack(pod: Pod, only: str | None = None, **changed: object) -> dict[str, str]:
    """Deploy the app, have it try, and return what came of each attempt."""
    ports = pod.ready["ports"]
    environment = {
        "AGENT": str(pod.ready["pid"]),
        "PORTS": f"{ports['agent']},{ports['health']}",
        "HOST": HOST,
        "TLS": str(pod.tls),
        "STATE": str(pod.state),
        "MARK": hashlib.sha256(read_key_line()).hexdigest(),
    }
    environment |= {"ONLY": only} if only else {}
    await pod.deploy({"main.py": ATTACK}, environment=environment, **changed)
    async with pod.http() as http:
        # It reads what all tests on this machine have just written.
        told = (await http.get("/attack", timeout=60)).json()
    assert told.pop("listener") == ports["app"]
    return told


async def find_reached(pod: Pod, **changed: object) -> dict[str, str]:
    """Have the app try everything and return what succeeded of what the layers claim to hold."""
    told = await attack(pod, **changed)
    assert told.keys() == HELD_BY.keys()
    layers = {layer["name"] for layer in pod.client.hello["isolation"]["layers"] if layer["active"]}
    held = {name for name, holders in HELD_BY.items() if holders & layers}
    return {name: told[name] for name in held if not told[name].startswith("refused")}
