"""One session ahead: servers that have read the libraries already, for whoever opens an editor next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fapi_runner.agent.guard import guarded
from fapi_runner.agent.language.context import SessionContext
from fapi_runner.agent.language.session import Session, make_root

# Of an editor that was just opened the servers still read; they do not share their cores.
AFTER_S = 1.0
# What an app mostly begins with, used as an app mostly uses it.
ENTRY_TEXT = """from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from pydantic import BaseModel, Field


class Item(BaseModel):
    name: str = Field(min_length=1)


app = FastAPI()
router = APIRouter()


def find_item(name: str) -> Item:
    if not name:
        raise HTTPException(404)
    return Item(name=name)


@router.get("/items/{name}")
def read_item(item: Annotated[Item, Depends(find_item)]) -> Item:
    print(item.name)
    return item


app.include_router(router)
"""


class Spare:
    """A session without an app, made when an editor was opened, and ended when nobody has edited for a while.

    No app's code was ever in it: it is given away once.
    """

    def __init__(self, context: SessionContext, close: Callable[[Session], object]) -> None:
        self._context = context
        self._close = close
        self._session: Session | None = None
        self._making: asyncio.TimerHandle | None = None
        self._ending: asyncio.TimerHandle | None = None

    def take(self) -> Session | None:
        """Return it, for good, if its servers have read what they should."""
        if self._session is None or not self._session.is_warm:
            return None
        session, self._session = self._session, None
        return session

    def make_soon(self) -> None:
        """Have one in a moment."""
        _cancel(self._ending)
        if self._context.keeps_spare:
            _cancel(self._making)
            self._making = asyncio.get_running_loop().call_later(AFTER_S, self._make)

    def end_later(self) -> None:
        """Do without, unless somebody edits again before it is of no use."""
        _cancel(self._ending)
        self._ending = asyncio.get_running_loop().call_later(self._context.idle_s, self.end)

    def end(self) -> None:
        """Do without."""
        _cancel(self._making)
        _cancel(self._ending)
        session, self._session = self._session, None
        if session is not None:
            self._close(session)

    def _make(self) -> None:
        if self._session is not None:
            return
        if self._context.last_editor.capabilities is None:  # servers would wait for them
            self._making = asyncio.get_running_loop().call_later(AFTER_S, self._make)
            return
        with guarded():  # without room for it there is none; the next editor asks for one again
            session = Session(self._context, make_root(self._context.folder.scratch))
            try:
                session.warm(ENTRY_TEXT, lambda _: self._lose(session))
            except BaseException:
                self._close(session)
                raise
            self._session = session

    def _lose(self, session: Session) -> None:
        if session is self._session:  # what was given away says so itself
            self.end()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
