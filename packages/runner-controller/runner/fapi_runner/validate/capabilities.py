"""Advice about what the sandbox will not let an app do; the sandbox is the boundary, this is not."""

from __future__ import annotations

import ast
from typing import NamedTuple

from fapi_runner.validate.findings import Finding, Severity, find_span, make_finding
from fapi_runner.validate.names import ALIASES, Names, walk_tree
from fapi_runner.validate.syntax import Compiled


class Advice(NamedTuple):
    """A finding without its place; the message takes the `name` of what was found."""

    code: str
    severity: Severity
    message: str


PROCESS = Advice("CAP001", "warning", "{name} starts a program; the sandbox does not let apps start any.")
FORK = Advice("CAP001", "warning", "{name} starts processes; here only the fork method works, not spawn.")
EVALUATE = Advice("CAP002", "warning", "{name} runs text as code; never give it anything that came from a request.")
INSIDE = Advice("CAP003", "warning", "{name} reaches into the interpreter; the sandbox holds all the same.")
NATIVE = Advice("CAP004", "warning", "{name} loads native code; the sandbox does not let new files be executed.")
END = Advice("CAP005", "warning", "{name} ends the whole app, not only this request.")
LISTEN = Advice("CAP006", "warning", "{name} listens on an address of its own; only the app's own is reachable.")
ENVIRONMENT = Advice("CAP007", "info", "{name} reads the app's variables; their values belong in its settings.")
DYNAMIC = Advice("CAP008", "info", "{name} imports a name known only at run time, so it cannot be checked here.")
CONNECT = Advice("CAP009", "info", "{name} opens a connection; an app reaches only the addresses it was granted.")

OS_PROCESSES = ["system", "popen", "fork", "forkpty", "startfile", "kill", "killpg", "posix_spawn", "posix_spawnp"]
OS_PROCESSES += [f"exec{form}" for form in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")]
OS_PROCESSES += [f"spawn{form}" for form in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")]
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
WHOLE = {"subprocess": PROCESS, "multiprocessing": FORK, "pty": PROCESS, "ctypes": NATIVE, "cffi": NATIVE}
# Attributes that are a way into the interpreter on any object.
DUNDERS = {"__subclasses__", "__globals__", "__builtins__", "__bases__", "__mro__", "__code__", "__closure__"}
DUNDERS |= {"__reduce_ex__", "gi_frame", "cr_frame", "ag_frame", "tb_frame", "f_back", "f_globals", "f_builtins"}
# Methods of an event loop, whatever it is called.
LOOP_METHODS = {"subprocess_exec": PROCESS, "subprocess_shell": PROCESS, "create_server": LISTEN}

BUILTINS = {name.rpartition(".")[2] for name in ADVICE if name.startswith("builtins.")}
# The last words of everything above. Only what ends in one of them is followed to where it comes from.
LAST = {name.rpartition(".")[2] for name in ADVICE}
INDIRECT = {"getattr", "vars", "__import__", "import_module", "__dict__", "modules"}
# A file that names none of these needs no walk.
TELLING = LAST | INDIRECT | set(WHOLE) | DUNDERS | set(LOOP_METHODS) | set(ALIASES)


def check_capabilities(compiled: Compiled) -> list[Finding]:
    """Report each kind of capability once per file and name, at its first place."""
    if compiled.names.isdisjoint(TELLING):
        return []
    names = Names(compiled.tree)
    aliases = {name for name in names.list_bound() if _is_telling(names.resolve(ast.Name(name, ast.Load())))}
    found: dict[tuple[str, str], Finding] = {}
    for node in walk_tree(compiled.tree):
        if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript) and _is_candidate(node, aliases):
            name, advice = _judge(node, names)
            if advice is not None:
                start, end = find_span(node, compiled.lines)
                message = advice.message.format(name=name)
                finding = make_finding(advice.code, advice.severity, compiled.file, message, start=start, end=end)
                first = found.setdefault((advice.code, name), finding)
                if start < (first["start"]["line"], first["start"]["column"]):
                    found[advice.code, name] = finding
    return list(found.values())


def _is_telling(name: str | None) -> bool:
    return name is not None and (name.partition(".")[0] in WHOLE or _find_advice(name) is not None)


def _is_candidate(node: ast.Name | ast.Attribute | ast.Call | ast.Subscript, aliases: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in aliases or node.id in BUILTINS
    if isinstance(node, ast.Attribute):
        attr = node.attr
        if attr in LAST or attr in DUNDERS or attr in LOOP_METHODS:
            return True
        return isinstance(node.value, ast.Name) and node.value.id in aliases
    inner = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(inner, ast.Call):
        inner = inner.func
    name = inner.id if isinstance(inner, ast.Name) else inner.attr if isinstance(inner, ast.Attribute) else ""
    return name in INDIRECT


def _judge(node: ast.Name | ast.Attribute | ast.Call | ast.Subscript, names: Names) -> tuple[str, Advice | None]:
    if isinstance(node, ast.Attribute):
        if node.attr in DUNDERS:
            return node.attr, INSIDE
        if node.attr in LOOP_METHODS:
            return node.attr, LOOP_METHODS[node.attr]
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return "", None
    name = names.resolve(node)
    return (name.removeprefix("builtins."), _find_advice(name)) if name else ("", None)


def _find_advice(name: str) -> Advice | None:
    top, _, rest = name.partition(".")
    return ADVICE.get(name) or (WHOLE.get(top) if rest else None)
