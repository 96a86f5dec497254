"""What a statement does beyond binding its names when the module is imported: what may not change places."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import IntEnum

from fapi_runner.convert.scope import walk_evaluated
from fapi_runner.validate.names import Names


class Effect(IntEnum):
    """Two statements of which one acts and the other does more than define keep their order."""

    DEFINES = 0
    # Reads what others may set, such as the environment, or adds itself to a list that others read, such as a table.
    OBSERVES = 1
    ACTS = 2


# Calls into these make something and do nothing else; a call that is a statement by itself is never taken for one.
MAKERS = (
    *("fastapi.", "starlette.", "pydantic.", "pydantic_settings.", "typing.", "typing_extensions.", "annotated_types."),
    *(
        "enum.",
        "abc.",
        "dataclasses.",
        "collections.",
        "functools.",
        "itertools.",
        "operator.",
        "contextlib.",
        "types.",
    ),
    *("re.", "datetime.", "decimal.", "fractions.", "pathlib.", "uuid.", "time.", "math.", "string.", "zoneinfo."),
    *("threading.Lock", "threading.RLock", "threading.local", "threading.Event", "threading.Semaphore"),
    *("asyncio.Lock", "asyncio.Event", "asyncio.Queue", "asyncio.Semaphore", "asyncio.Condition", "contextvars."),
    *("logging.getLogger", "json.loads", "json.dumps", "os.path.", "os.getcwd", "copy.", "secrets.", "weakref."),
    *("sqlmodel.", "sqlalchemy.", "jinja2.", "passlib.", "pwdlib.", "httpx.", "slowapi.", "string."),
)
OBSERVERS = ("os.getenv", "os.environ.get", "os.getcwd", "pydantic_settings.", "pathlib.Path.cwd", "pathlib.Path.home")
# What a path or `os.path` tells of the disk, and what it does there; of main.py itself everything is known.
LOOKS = {
    *(
        "exists",
        "is_file",
        "is_dir",
        "iterdir",
        "glob",
        "rglob",
        "stat",
        "read_text",
        "read_bytes",
        "resolve",
        "absolute",
    ),
    *("isfile", "isdir", "abspath", "realpath", "getsize", "getmtime", "expanduser"),
}
WRITES = {
    *("write_text", "write_bytes", "mkdir", "touch", "unlink", "rename", "replace", "rmdir", "open", "chmod"),
    *("symlink_to", "hardlink_to"),
}
BUILTINS = {
    *("bool", "bytearray", "bytes", "complex", "dict", "enumerate", "float", "frozenset", "int", "len", "list", "map"),
    *("max", "min", "object", "range", "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "type"),
    *("zip", "abs", "all", "any", "chr", "ord", "filter", "isinstance", "issubclass", "property", "classmethod"),
    *("staticmethod", "super", "slice", "divmod", "pow", "hash", "format", "hasattr", "getattr"),
}
LITERALS = (ast.Constant, ast.Dict, ast.List, ast.Set, ast.Tuple, ast.JoinedStr, ast.ListComp, ast.DictComp)
MAKING = {"__init__", "__new__", "__post_init__", "model_post_init"}
QUIET_STEPS = 10
COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)


def find_effect(statement: ast.stmt, names: Names, own_makers: set[str], app: str) -> Effect:
    """Return what importing the module does with this statement; `own_makers` are what `find_quiet` found."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.Global | ast.Pass):
        return Effect.DEFINES
    if isinstance(statement, ast.Expr):
        return Effect.DEFINES if isinstance(statement.value, ast.Constant) else Effect.ACTS
    if isinstance(statement, ast.If) and _is_quiet_guard(statement):
        return Effect.DEFINES
    if isinstance(statement, ast.Delete | ast.Assert | ast.Raise | ast.AugAssign):
        return Effect.ACTS
    # A decorator wraps what is below it, as those of routes do; what stands in its brackets counts.
    wraps = {id(each) for node in walk_evaluated(statement) for each in getattr(node, "decorator_list", [])}
    nodes = (node for node in walk_evaluated(statement) if id(node) not in wraps)
    return max((_judge(node, names, own_makers, app) for node in nodes), default=Effect.DEFINES)


def find_quiet(tree: ast.Module, names: Names) -> set[str]:
    """Return the module's own classes and functions that only make something when they are called."""
    quiet: set[str] = set()
    definitions = [node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    for _ in range(QUIET_STEPS):
        found = {node.name for node in definitions if node.name not in quiet and _is_quiet(node, names, quiet)}
        if not found:
            break
        quiet |= found
    return quiet


def _is_quiet(definition: ast.ClassDef | ast.FunctionDef, names: Names, quiet: set[str]) -> bool:
    bodies: list[ast.stmt] = [definition]
    if isinstance(definition, ast.ClassDef):
        bases = {base.id for base in definition.bases if isinstance(base, ast.Name)}
        if any((names.resolve(ast.Name(base)) or "").startswith(".") and base not in quiet for base in bases):
            return False
        bodies = [each for each in definition.body if isinstance(each, ast.FunctionDef) and each.name in MAKING]
    for node in (part for body in bodies for part in ast.walk(body)):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            if not (isinstance(node.value, ast.Name) and node.value.id == "self"):
                return False
        elif isinstance(node, ast.Global | ast.Await | ast.Import | ast.ImportFrom) or (
            isinstance(node, ast.Call) and _judge_call(node, names, quiet, "") is Effect.ACTS
        ):
            return False
    return True


def _judge(node: ast.AST, names: Names, own_makers: set[str], app: str) -> Effect:
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        return Effect.ACTS  # changes something that others hold
    if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
        return Effect.ACTS
    if isinstance(node, ast.Name | ast.Attribute) and names.resolve(node) == "os.environ":
        return Effect.OBSERVES
    if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
        return Effect.ACTS
    return _judge_call(node, names, own_makers, app) if isinstance(node, ast.Call) else Effect.DEFINES


def _judge_call(call: ast.Call, names: Names, own_makers: set[str], app: str) -> Effect:
    called = call.func
    if isinstance(called, ast.Attribute):
        inner = called.value
        if (on_disk := _judge_path(call, called, names)) is not None:
            return on_disk
        if isinstance(inner, ast.Name) and inner.id == app:
            return Effect.DEFINES  # it only says something to the app, and that order is kept apart
        if isinstance(inner, LITERALS):
            return Effect.DEFINES
        if isinstance(inner, ast.Call):
            return _judge_call(inner, names, own_makers, app)  # Path(__file__).resolve()
    if isinstance(called, ast.Name) and called.id in own_makers:
        return Effect.OBSERVES
    name = names.resolve(called) or ""
    if name.startswith(OBSERVERS):
        return Effect.OBSERVES
    plain = name.removeprefix("builtins.")
    if name.startswith(MAKERS) or (isinstance(called, ast.Name) and plain in BUILTINS):
        return Effect.DEFINES
    return Effect.ACTS


def _judge_path(call: ast.Call, called: ast.Attribute, names: Names) -> Effect | None:
    """Return what `Path("x").read_text()` or `os.path.exists("x")` does; None for what is no path."""
    if called.attr not in LOOKS | WRITES:
        return None
    if not any((names.resolve(node) or "").startswith(("pathlib.", "os.path")) for node in _walk_owners(called.value)):
        return None
    if called.attr in WRITES:
        return Effect.ACTS
    is_own = any(isinstance(node, ast.Name) and node.id == "__file__" for node in ast.walk(call))
    return (
        Effect.DEFINES if is_own and called.attr in ("resolve", "absolute", "abspath", "realpath") else Effect.OBSERVES
    )


def _walk_owners(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what a method is called on, and what that is made of: `Path("a") / "b"`, `Path("a").parent`."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ast.BinOp):
            pending.append(node.left)
        elif isinstance(node, ast.Attribute):
            pending.append(node.value)
        elif isinstance(node, ast.Call):
            pending.append(node.func)


def _is_quiet_guard(statement: ast.If) -> bool:
    """`if __name__ == "__main__":` and `if TYPE_CHECKING:` do nothing when the module is imported."""
    if statement.orelse:
        return False
    test = statement.test
    if isinstance(test, ast.Compare):
        sides = [test.left, *test.comparators]
        return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides) and any(
            isinstance(side, ast.Constant) and side.value == "__main__" for side in sides
        )
    return getattr(test, "attr", getattr(test, "id", "")) == "TYPE_CHECKING"
