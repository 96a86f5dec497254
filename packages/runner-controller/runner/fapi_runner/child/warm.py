"""Does, before any fork, what the framework does only at first use."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import warnings

LATE = (
    "anyio._backends._asyncio",
    "anyio.streams.memory",
    "anyio.streams.tls",
    "email_validator",
    "fastapi.middleware.cors",
    "fastapi.openapi.docs",
    "fastapi.responses",
    "fastapi.security",
    "fastapi.staticfiles",
    "fastapi.telemetry._runtime",
    "fastapi.templating",
    "pydantic._internal._dataclasses",
    "pydantic.v1",
    "pydantic_settings",
    "python_multipart.multipart",
    "starlette.middleware.base",
    "starlette.middleware.sessions",
    "uvicorn.lifespan.on",
)


def warm_up() -> None:
    """Import what comes late; a version that has no such module has nothing to be late with."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in LATE:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    # FastAPI reads an endpoint's source at its first request: the tokenizer's expressions are compiled for that, 6 ms.
    inspect.getsource(warm_up)
