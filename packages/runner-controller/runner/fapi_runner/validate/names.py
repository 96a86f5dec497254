"""What a name in a file stands for, followed through imports, assignments and attributes."""

from __future__ import annotations

import ast
import builtins

from fapi_runner.validate.imports import list_inner

# Modules that others carry as an attribute (`uuid.os`, `typing.sys`): found there, they are still themselves.
CARRIED = {"os", "sys", "subprocess", "builtins", "ctypes", "importlib", "socket", "inspect", "gc", "multiprocessing"}
ALIASES = {"posix": "os", "_os": "os", "_sys": "sys", "bltns": "builtins", "__builtins__": "builtins"}
STEPS_LIMIT = 20
# What is no node, or has none inside that anybody asks for.
LEAVES = {"ctx", "id", "attr", "name", "asname", "names", "level", "module", "kind", "type_comment", "op", "ops"}
LEAVES |= {"arg", "conversion", "simple", "is_async", "kwd_attrs", "rest", "tag", "lineno", "type_ignores"}
NODES = [kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)]
INNER_FIELDS = {kind: tuple(name for name in kind._fields if name not in LEAVES) for kind in NODES}
INNER_FIELDS[ast.Constant] = INNER_FIELDS[ast.MatchSingleton] = ()


class Names:
    """The dotted names that a file's own names stand for.

    One meaning for each name wherever it is bound: this is advice about what is read, no proof about what runs.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._stands_for: dict[str, str] = {}
        self._assigned: dict[str, ast.expr] = {}
        pending: list[ast.stmt] = tree.body[::-1]
        while pending:
            node = pending.pop()
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self._stands_for[name] = alias.name if alias.asname else name
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                self._stands_for |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self._assigned.setdefault(node.targets[0].id, node.value)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self._stands_for.setdefault(node.name, f".{node.name}")
            pending += list(list_inner(node))[::-1]

    def list_bound(self) -> list[str]:
        """Return every name that an import or an assignment binds."""
        return [*self._stands_for, *self._assigned]

    def resolve(self, node: ast.expr, steps: int = 0) -> str | None:
        """Return the dotted name of an expression, such as `os.system`; None when it has none."""
        if steps > STEPS_LIMIT:
            return None
        if isinstance(node, ast.NamedExpr):
            return self.resolve(node.value, steps + 1)
        if isinstance(node, ast.Name):
            return self._resolve_name(node.id, steps)
        if isinstance(node, ast.Attribute):
            return _join(self.resolve(node.value, steps + 1), node.attr)
        if isinstance(node, ast.Subscript):
            return self._resolve_item(node, steps)
        if isinstance(node, ast.Call):
            return self._resolve_call(node, steps)
        return None

    def _resolve_name(self, name: str, steps: int) -> str | None:
        if found := self._stands_for.get(name):
            return _normalize(found)
        if (value := self._assigned.get(name)) is not None:
            # Only names of modules, functions and the like travel; the rest is an ordinary variable.
            return self.resolve(value, steps + 1)
        if name in ALIASES:
            return ALIASES[name]
        return f"builtins.{name}" if hasattr(builtins, name) else None

    def _resolve_item(self, node: ast.Subscript, steps: int) -> str | None:
        """`sys.modules["os"]`, `os.__dict__["system"]`, `vars(os)["system"]`."""
        owner = self.resolve(node.value, steps + 1)
        key = fold_text(node.slice)
        if owner is None or key is None:
            return None
        if owner == "sys.modules":
            return _normalize(key)
        if owner.endswith(".__dict__"):
            return _join(owner.removesuffix(".__dict__"), key)
        return None

    def _resolve_call(self, node: ast.Call, steps: int) -> str | None:
        """`getattr(os, "sys" + "tem")`, `__import__("os")`, `importlib.import_module("os")`, `vars(os)`."""
        called = self.resolve(node.func, steps + 1)
        if called is None or not node.args:
            return None
        if called == "builtins.getattr" and len(node.args) > 1 and (name := fold_text(node.args[1])):
            return _join(self.resolve(node.args[0], steps + 1), name)
        if called in ("builtins.__import__", "importlib.import_module") and (name := fold_text(node.args[0])):
            return _normalize(name)
        if called == "builtins.vars":
            return _join(self.resolve(node.args[0], steps + 1), "__dict__")
        return None


def walk_tree(tree: ast.AST) -> list[ast.AST]:
    """Return every node but operators, contexts and aliases, in no promised order; ast.walk takes thrice as long."""
    nodes = [tree]
    for node in nodes:
        for name in INNER_FIELDS[type(node)]:
            value = getattr(node, name, None)
            if value.__class__ is list:
                nodes += [child for child in value if child is not None]  # a dict's `**` has no key
            elif value is not None:
                nodes.append(value)
    return nodes


def fold_text(node: ast.expr, depth: int = 0) -> str | None:
    """Return the text of a constant or of constants added together."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and depth < STEPS_LIMIT:
        left, right = fold_text(node.left, depth + 1), fold_text(node.right, depth + 1)
        return left + right if left is not None and right is not None else None
    return None


def _join(owner: str | None, name: str) -> str | None:
    return _normalize(f"{owner}.{name}") if owner else None


def _normalize(name: str) -> str:
    parts = [ALIASES.get(part, part) for part in name.split(".")]
    for index in range(len(parts) - 1, 0, -1):
        if parts[index] in CARRIED and parts[0]:
            return ".".join(parts[index:])
    return ".".join(parts)
