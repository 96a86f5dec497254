from __future__ import annotations
from typing import TYPE_CHECKING
from pydantic import BaseModel

if TYPE_CHECKING:
    from .post import Post


class User(BaseModel):
    name: str
    posts: list[Post] = []
