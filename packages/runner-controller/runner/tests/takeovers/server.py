"""A language server in the hands of a text: what it does is written beside it, in the file `mode`."""

import contextlib
import io
import json
import os
import sys

with open("mode") as file:
    mode = file.read()


def read():
    size = 0
    while line := sys.stdin.buffer.readline().strip():
        size = int(line.split(b":")[1])
    return json.loads(sys.stdin.buffer.read(size)) if size else sys.exit()


def send(message):
    data = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
    sys.stdout.buffer.flush()


def try_everything():
    output = io.StringIO()
    with contextlib.redirect_stdout(output), open("check") as file:
        exec(file.read(), {})
    return json.loads(json.loads(output.getvalue())[0]["message"])


def leave_links():
    stubs = os.path.join(os.environ["XDG_CACHE_HOME"], "ty", "vendored", "typeshed", "0a", "stdlib")
    os.makedirs(stubs)
    os.symlink(os.path.join(os.environ["HOME"], "..", "..", "..", "state.json"), os.path.join(stubs, "builtins.pyi"))
    os.symlink("/etc", os.path.join(stubs, "etc"))
    os.mkfifo(os.path.join(stubs, "pipe.pyi"))
    here = os.path.join(stubs, "builtins.pyi")
    return [{"uri": f"file://{place}", "range": 1} for place in (here, "/etc/passwd", os.path.abspath("main.py"))]


if mode == "garbage":
    sys.stdout.write("Content-Length: many\r\n\r\n{}")
    sys.stdout.flush()
if mode == "endless header":
    while True:
        sys.stdout.write("x" * 65536)
told = []
while True:
    message = read()
    told.append([message.get("method"), message.get("params")])
    if "id" not in message:
        continue
    if message["method"] == "initialize":
        send({"id": message["id"], "result": {"capabilities": {"hoverProvider": True, "definitionProvider": True}}})
    elif message["method"] == "textDocument/diagnostic":
        send({"id": message["id"], "result": {"kind": "full", "items": []}})
    elif mode == "tell":
        send({"id": message["id"], "result": {"contents": told}})
    elif mode == "flood":
        while True:
            send({"method": "window/logMessage", "params": {"message": "x" * 10_000}})
    elif mode == "deaf":
        while True:
            pass
    elif mode == "huge":
        send({"id": message["id"], "result": {"contents": "x" * 2_000_000}})
    elif mode == "odd":
        for odd in ([], "text", {"id": message["id"], "result": 1, "extra": {"a": 1}}, {"id": [1]}, {"id": 10**40}):
            if isinstance(odd, dict):
                send(odd)
            else:
                data = json.dumps(odd).encode()
                sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
                sys.stdout.buffer.flush()
    elif message["method"] == "textDocument/definition":
        send({"id": message["id"], "result": leave_links()})
    else:
        send({"id": message["id"], "result": try_everything()})
