"""What a definition is to people, and so in which kind of file it belongs."""

from __future__ import annotations

import ast
from enum import IntEnum

from fapi_runner.convert.block import Block
from fapi_runner.convert.reading import Module

BASES_LIMIT = 20


class Rank(IntEnum):
    """The layers of a converted project: a file imports from its own layer's common file and from layers below only."""

    # Tables and dataclasses: what is stored or passed about.
    MODELS = 0
    # Pydantic models, enums and typed dictionaries: what travels.
    SCHEMAS = 1
    # Values of the module that several share.
    STATE = 2
    # Functions, classes and `Annotated[..., Depends()]` that several share.
    DEPENDENCIES = 3
    ROUTERS = 4


MODEL_BASES = ("sqlmodel.SQLModel", "sqlmodel.main.SQLModel", "sqlalchemy.orm.DeclarativeBase")
SCHEMA_BASES = ("pydantic.", "enum.", "typing.TypedDict", "typing_extensions.TypedDict", "typing.NamedTuple")
DATACLASSES = ("dataclasses.dataclass", "pydantic.dataclasses.dataclass", "sqlmodel.")


def find_rank(block: Block, module: Module) -> Rank:
    """Return where a definition belongs by itself."""
    node = block.node
    if isinstance(node, ast.ClassDef):
        rank = _rank_class(node, module, 0)
        return Rank.DEPENDENCIES if rank is None else rank
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return Rank.DEPENDENCIES
    value = getattr(node, "value", None)
    return Rank.DEPENDENCIES if _depends(value, module) else Rank.STATE


def is_model(rank: Rank) -> bool:
    """Say whether these are files of classes that hold fields."""
    return rank <= Rank.SCHEMAS


def is_table(block: Block) -> bool:
    """Say whether a class adds itself to its library's list of tables."""
    node = block.node
    return isinstance(node, ast.ClassDef) and (
        any(each.arg == "table" for each in node.keywords) or any(_binds(each, "__tablename__") for each in node.body)
    )


def _rank_class(node: ast.ClassDef, module: Module, depth: int) -> Rank | None:
    if any(_binds(each, "__tablename__") for each in node.body):
        return Rank.MODELS
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if (module.names.resolve(called) or "").startswith(DATACLASSES):
            return Rank.MODELS
    found: list[Rank] = []
    for base in node.bases:
        base = base.value if isinstance(base, ast.Subscript) else base
        name = module.names.resolve(base) or ""
        if name.startswith(MODEL_BASES):
            found.append(Rank.MODELS)
        elif name.startswith("pydantic_settings."):
            found.append(Rank.STATE)
        elif name.startswith(SCHEMA_BASES):
            found.append(Rank.SCHEMAS)
        elif isinstance(base, ast.Name) and depth < BASES_LIMIT:
            for binder in module.list_binders(base.id):
                if isinstance(binder.node, ast.ClassDef) and binder.node is not node:
                    found += [rank for rank in [_rank_class(binder.node, module, depth + 1)] if rank is not None]
    if found:
        return min(found)
    holds = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    return Rank.SCHEMAS if node.bases and holds and not any(map(_is_function, node.body)) else None


def _binds(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)


def _is_function(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def _depends(value: ast.expr | None, module: Module) -> bool:
    """`SessionDep = Annotated[Session, Depends(get_session)]` belongs beside what it depends on."""
    return isinstance(value, ast.Subscript) and any(
        isinstance(node, ast.Call) and (module.names.resolve(node.func) or "").endswith((".Depends", ".Security"))
        for node in ast.walk(value.slice)
    )
