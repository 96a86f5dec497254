"""A program that obeys the ports of a runner pod: every answer tells who gives it."""

import ctypes
import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CLONE_NEWPID = 0x20000000
state = Path(os.environ["FAPI_POD_STATE_DIR"])
tls = Path(os.environ["FAPI_POD_TLS_DIR"])
state.mkdir(parents=True, exist_ok=True)
lives = state / "lives"
lives.write_text(lives.read_text() + "." if lives.exists() else ".")


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        is_ready = self.path != "/readyz" or not (state / "not-ready").exists()
        if self.path == "/not-ready":
            (state / "not-ready").touch()
        told = {
            "pid": os.getpid(),
            "pod": os.environ.get("POD_NAME"),
            "lives": len(lives.read_text()),
            "tls": sorted(file.name for file in tls.iterdir()) if tls.exists() else [],
        }
        body = json.dumps(told).encode()
        self.send_response(200 if is_ready else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def stop(*_):
    print("SIGTERM, and a good end", flush=True)
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
host = os.environ["FAPI_POD_HOST"]
for name in ("AGENT", "APP", "HEALTH"):
    server = ThreadingHTTPServer((host, int(os.environ[f"FAPI_POD_{name}_PORT"])), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
print("serving", flush=True)
# What it starts in sessions of their own must not outlive it. In a pid namespace, where root has one to give: the first
# process of one ends only when the rest of it has been waited for.
if os.environ.get("LEAVE_BEHIND"):
    ctypes.CDLL(None).unshare(CLONE_NEWPID)
    left = []
    for _ in range(2):
        left.append(os.fork())
        if left[-1] == 0:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while True:
                signal.pause()
    print(f"left behind: {left[0]} {left[1]}", flush=True)
while True:
    signal.pause()
