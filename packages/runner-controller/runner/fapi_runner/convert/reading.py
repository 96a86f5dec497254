"""Reads main.py: its blocks, its app, its routers, and what makes it impossible to convert at all."""

from __future__ import annotations

import ast
import contextlib
import io
import tokenize
import warnings
from dataclasses import dataclass, field

from fapi_runner.convert.block import Block, read_blocks
from fapi_runner.convert.dynamic import refuse_dynamic, refuse_route_lists
from fapi_runner.convert.effects import COMPOUND, Effect, find_effect, find_quiet
from fapi_runner.convert.refusal import RefusedError
from fapi_runner.convert.registering import find_registering, is_registered
from fapi_runner.convert.routes import APP, ROUTE_METHODS, list_owners
from fapi_runner.convert.scope import read_scope
from fapi_runner.convert.text import Change, Span, Text, join, split_by
from fapi_runner.validate.entry import FACTORIES, MAKERS, walk_module
from fapi_runner.validate.names import Names

MAIN_LIMIT_BYTES = 1_000_000
BLOCKS_LIMIT = 3_000
# What a module knows about itself, beside its name.
SELF = {"__doc__", "__spec__", "__package__", "__loader__", "__builtins__", "__annotations__", "__path__"}
FOLDERS = {"pathlib.Path", "os.path.dirname"}


@dataclass
class Module:
    """main.py as it is."""

    text: Text
    tree: ast.Module
    names: Names
    blocks: list[Block]
    rest: Span
    # The names of its APIRouters.
    routers: set[str]
    # The first names of the project's own modules.
    own_modules: set[str] = field(default_factory=set)

    def list_binders(self, name: str) -> list[Block]:
        """Return the blocks that bind a name."""
        return [block for block in self.blocks if name in block.binds]


def read_module(data: bytes) -> Module:
    """Read main.py; raise RefusedError where it is no single FastAPI app whose names can be followed."""
    if len(data) > MAIN_LIMIT_BYTES:
        raise RefusedError(f"main.py has {len(data)} bytes; only up to {MAIN_LIMIT_BYTES} are converted.")
    text = Text(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(data.decode("utf-8-sig"), "main.py")
        _refuse_coding(data)
        names = Names(tree)
        refuse_dynamic(tree, names)
        refuse_route_lists(tree, names)
        _find_app(tree, names)
        blocks, rest = read_blocks(text, tree)
        if len(blocks) > BLOCKS_LIMIT:
            raise RefusedError(f"main.py has {len(blocks)} statements; only up to {BLOCKS_LIMIT} are converted.")
        module = Module(text, tree, names, blocks, rest, _list_routers(tree, names))
        own = find_quiet(tree, names)
        registering = find_registering(tree)
        for block in blocks:
            _read_block(module, block, own)
            if any(is_registered(node, registering) for node in block.nodes):
                block.effect = Effect.ACTS
    return module


def _find_app(tree: ast.Module, names: Names) -> None:
    """Check that `app = FastAPI(...)` stands in the module itself, once."""
    found = []
    for statement in walk_module(tree):
        bound = {
            node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound = {statement.name}
        if APP in bound and not isinstance(statement, COMPOUND):
            found.append(statement)
    if len(found) > 1:
        message = "`app` is made more than once: which routes belong to which cannot be told."
        raise RefusedError(message, found[1].lineno)
    if not found:
        raise _explain_no_app(tree)
    made = found[0]
    value = made.value if isinstance(made, ast.Assign | ast.AnnAssign) else None
    maker = MAKERS.get(names.resolve(value.func) or "") if isinstance(value, ast.Call) else None
    if maker in ("FastHTML(...)", "fast_app(...)"):
        message = "This is a FastHTML app: its routes have no OpenAPI document to compare before and after."
        raise RefusedError(message, made.lineno)
    if maker != "FastAPI(...)":
        raise RefusedError("`app` is not made by FastAPI() here, so its routes cannot be followed.", made.lineno)
    if made not in tree.body:
        raise RefusedError("`app` is made inside of another statement, not in the module itself.", made.lineno)


def _explain_no_app(tree: ast.Module) -> RefusedError:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in FACTORIES:
            message = f"The app is made by {node.name}(): routes inside of a function cannot be moved out of it."
            return RefusedError(message, node.lineno)
        if isinstance(node, ast.Import | ast.ImportFrom) and any(
            (each.asname or each.name) == APP for each in node.names
        ):
            return RefusedError("`app` is imported: main.py is not the file that has the routes.", node.lineno)
    return RefusedError("main.py has no `app = FastAPI(...)`.")


def _refuse_coding(data: bytes) -> None:
    """A file that names another encoding is read otherwise by Python than it is written elsewhere."""
    with contextlib.suppress(SyntaxError):
        coding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if coding not in ("utf-8", "utf-8-sig", "ascii"):
            raise RefusedError(f"main.py says that it is in {coding}; only UTF-8 is converted.")


def _list_routers(tree: ast.Module, names: Names) -> set[str]:
    """Return the names that are an APIRouter and nothing else."""
    found: set[str] = set()
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        if (names.resolve(node.value.func) or "").endswith(".APIRouter"):
            found |= {target.id for target in node.targets[:1] if isinstance(target, ast.Name)}
    return found


def _read_block(module: Module, block: Block, own: set[str]) -> None:
    _change_self(module, block)
    owners = list_owners(block.node, {APP})
    # The name under which a route asks for its place is another one where it goes: it does not count as a use.
    away = [Change(module.text.span_of(owner), "_") for owner, method in owners if method in ROUTE_METHODS]
    source = join(split_by(block.body, [*block.changes, *away]), module.text.data).decode()
    scope = read_scope(source)
    block.binds, block.uses, block.writes = scope
    block.effect = max((find_effect(node, module.names, own, APP) for node in block.nodes), default=Effect.DEFINES)
    if known := sorted(block.uses & SELF):
        block.reason = f"It reads `{known[0]}`, which is another one in another file."
    if "__file__" in block.uses:
        block.at_root = _asks_for_folder(block, module.names)
        if not block.at_root:
            block.reason = "It reads `__file__`, which is another one in another file."
    if "__name__" in block.uses and not _is_main_guard(block):
        block.reason = "It reads `__name__` inside of a text, where it cannot be replaced."


def _change_self(module: Module, block: Block) -> None:
    """Write what `__name__` is here, for it is another one elsewhere: loggers keep their names."""
    if _is_main_guard(block):
        return
    for node in block.nodes:
        inside = {id(part) for text in ast.walk(node) if isinstance(text, ast.JoinedStr) for part in ast.walk(text)}
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id == "__name__" and id(part) not in inside:
                block.changes.append(Change(module.text.span_of(part), '"main"'))


def _is_main_guard(block: Block) -> bool:
    return isinstance(block.node, ast.If)


def _asks_for_folder(block: Block, names: Names) -> bool:
    """Say whether `__file__` is only asked for its folder: `Path(__file__).parent`, `os.path.dirname(__file__)`."""
    asked, all_of_them = 0, 0
    for node in ast.walk(block.node):
        if isinstance(node, ast.Name) and node.id == "__file__":
            all_of_them += 1
        if isinstance(node, ast.Attribute) and node.attr == "parent" and _is_own_path(node.value, names):
            asked += 1
        if isinstance(node, ast.Call) and names.resolve(node.func) == "os.path.dirname" and node.args:
            asked += _is_own_path(node.args[0], names)
    return asked == all_of_them


def _is_own_path(node: ast.expr, names: Names) -> bool:
    while isinstance(node, ast.Call):
        if names.resolve(node.func) in ("pathlib.Path", "os.path.abspath", "os.path.realpath") and len(node.args) == 1:
            node = node.args[0]
        elif isinstance(node.func, ast.Attribute) and node.func.attr in ("resolve", "absolute") and not node.args:
            node = node.func.value
        else:
            return False
    return isinstance(node, ast.Name) and node.id == "__file__"
