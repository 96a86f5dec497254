"""Finds the app in the user's main module, and says what was expected and what was found."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import cast

from fastapi import FastAPI
from starlette.types import ASGIApp

from fapi_runner.validate.entry import EXPECTED, FACTORIES


class EntrypointError(Exception):
    """The project has no app where one is expected."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def find_app(module: ModuleType) -> ASGIApp:
    """Return the module's app or raise EntrypointError."""
    names = vars(module)
    if "app" in names:
        return _take(names["app"], "app")
    for name in FACTORIES:
        if callable(names.get(name)):
            return _take(names[name], name)
    others = [name for name, value in names.items() if isinstance(value, FastAPI)]
    if others:
        found = ", ".join(f"{name} = FastAPI(...)" for name in others)
        raise EntrypointError(f"{EXPECTED}; found {found}.", f"Rename {others[0]!r} to 'app'.")
    raise EntrypointError(f"{EXPECTED}; found no FastAPI app in it.", "Add `app = FastAPI()` to main.py.")


def _take(value: object, name: str) -> ASGIApp:
    if _is_asgi(value):
        return cast(ASGIApp, value)
    if inspect.isclass(value):
        raise EntrypointError(
            f"{EXPECTED}; found {name} = {value.__name__}, the class itself.", f"Call it: {name} = {value.__name__}()."
        )
    if callable(value) and _takes(value, 0):
        made = value()
        if _is_asgi(made):
            return cast(ASGIApp, made)
        if inspect.iscoroutine(made):
            made.close()
        raise EntrypointError(f"{EXPECTED}; {name}() returned {_describe(made)}, which is not an ASGI app.")
    raise EntrypointError(f"{EXPECTED}; found {name} = {_describe(value)}, which is not an ASGI app.")


def _is_asgi(value: object) -> bool:
    if inspect.isclass(value) or not callable(value):
        return False
    # Looked up on the type, as the call itself is: a mock or proxy instance has every attribute.
    call = value if inspect.isroutine(value) else type(value).__call__
    return _takes(value, 3) and (inspect.iscoroutinefunction(call) or not _takes(value, 0))


def _takes(value: object, count: int) -> bool:
    try:
        inspect.signature(value).bind(*range(count))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True


def _describe(value: object) -> str:
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    return "None" if value is None else f"an object of the class {name}"
