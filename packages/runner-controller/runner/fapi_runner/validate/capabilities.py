"""Advice about what the sandbox will not let an app do; the sandbox is the boundary, this is not."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from fapi_runner.validate.findings import Finding, Severity, find_span, make_finding
from fapi_runner.validate.names import ALIASES, Names


class Advice(NamedTuple):
    code: str
    severity: Severity
    message: str


PROCESS = Advice("CAP001", "warning", "{name} starts a program; the sandbox lets an app start none.")
EVALUATE = Advice("CAP002", "warning", "{name} runs text as code; never give it anything that came from a request.")
INSIDE = Advice("CAP003", "warning", "{name} reaches into the interpreter; the sandbox holds without it.")
NATIVE = Advice("CAP004", "warning", "{name} loads native code; the sandbox allows no new files to be executed.")
END = Advice("CAP005", "warning", "{name} ends the whole app, not only this request.")
LISTEN = Advice("CAP006", "warning", "{name} opens an address of its own; only the app's own address is reachable.")
ENVIRONMENT = Advice("CAP007", "info", "{name} reads the app's environment: set its variables in the app's settings.")
DYNAMIC = Advice("CAP008", "info", "{name} imports by a name that exists only at run time; nothing here can check it.")
CONNECT = Advice("CAP009", "info", "{name} opens a connection; an app reaches only the addresses it was granted.")

OS_PROCESSES = ("system", "popen", "fork", "forkpty", "startfile", "kill", "killpg", "posix_spawn", "posix_spawnp")
ADVICE: dict[str, Advice] = {
    **{f"os.{name}": PROCESS for name in OS_PROCESSES},
    **{f"asyncio.{name}": PROCESS for name in ("create_subprocess_exec", "create_subprocess_shell")},
    **{f"anyio.{name}": PROCESS for name in ("open_process", "run_process")},
    "pty.spawn": PROCESS,
    **{f"builtins.{name}": EVALUATE for name in ("eval", "exec", "compile")},
    **{f"sys.{name}": INSIDE for name in ("modules", "_getframe", "settrace", "setprofile", "_current_frames")},
    **{f"gc.{name}": INSIDE for name in ("get_objects", "get_referrers", "get_referents")},
    "builtins.breakpoint": INSIDE,
    "os._exit": END,
    "os.abort": END,
    "os.environ": ENVIRONMENT,
    "os.environb": ENVIRONMENT,
    "os.getenv": ENVIRONMENT,
    "builtins.__import__": DYNAMIC,
    "importlib.import_module": DYNAMIC,
    "runpy.run_path": DYNAMIC,
    "runpy.run_module": DYNAMIC,
    "socket.create_server": LISTEN,
    "asyncio.start_server": LISTEN,
    "asyncio.start_unix_server": LISTEN,
    "socket.socket": CONNECT,
    "socket.create_connection": CONNECT,
    "asyncio.open_connection": CONNECT,
}
# Everything these modules have is of one kind.
WHOLE = {"subprocess": PROCESS, "multiprocessing": PROCESS, "pty": PROCESS, "ctypes": NATIVE, "cffi": NATIVE}
PREFIXES = {"os.exec": PROCESS, "os.spawn": PROCESS}
# Attributes that are a way into the interpreter on any object.
DUNDERS = {"__subclasses__", "__globals__", "__builtins__", "__bases__", "__mro__", "__code__", "__closure__"}
DUNDERS |= {"__reduce_ex__", "gi_frame", "cr_frame", "ag_frame", "tb_frame", "f_back", "f_globals", "f_builtins"}
# Methods of an event loop, whatever it is called.
LOOP_METHODS = {"subprocess_exec": PROCESS, "subprocess_shell": PROCESS, "create_server": LISTEN}

_FIRST = {name.partition(".")[0] for name in (*ADVICE, *WHOLE)} - {"builtins"}
_BUILTIN = {name.rpartition(".")[2] for name in ADVICE if name.startswith("builtins.")}
_WORDS = sorted(_FIRST | _BUILTIN | DUNDERS | set(LOOP_METHODS) | set(ALIASES))
# A file without any of these words in it needs no walk; a word in a comment only costs one.
MAYBE = re.compile(r"(?<![^\W_])_?(?:" + "|".join(_WORDS) + r")(?![^\W_])")


def check_capabilities(file: str, tree: ast.Module, text: str, lines: list[str]) -> list[Finding]:
    """Report each kind of capability once per file and name, at its first place."""
    if text.isascii() and not MAYBE.search(text):
        return []
    names = Names(tree)
    found: dict[tuple[str, str], Finding] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            continue
        name, advice = _judge(node, names)
        if advice is None or (advice.code, name) in found:
            continue
        start, end = find_span(node, lines)
        message = advice.message.format(name=name)
        finding = make_finding(advice.code, advice.severity, file, message, start=start, end=end)
        known = [key for key in found if key[0] == advice.code and key[1].startswith(name + ".")]
        if not known:  # `os.environ.get` was said when its `os.environ` comes
            found[advice.code, name] = finding
    return list(found.values())


def _judge(node: ast.Name | ast.Attribute | ast.Call | ast.Subscript, names: Names) -> tuple[str, Advice | None]:
    if isinstance(node, ast.Attribute):
        if node.attr in DUNDERS:
            return node.attr, INSIDE
        if node.attr in LOOP_METHODS:
            return node.attr, LOOP_METHODS[node.attr]
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return "", None
    name = names.resolve(node)
    if name is None:
        return "", None
    shown = name.removeprefix("builtins.")
    if advice := ADVICE.get(name):
        return shown, advice
    top, _, rest = name.partition(".")
    if top in WHOLE and rest:
        return shown, WHOLE[top]
    return shown, next((advice for prefix, advice in PREFIXES.items() if name.startswith(prefix)), None)
