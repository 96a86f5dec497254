from __future__ import annotations
from pydantic import BaseModel
from .user import User


class Post(BaseModel):
    title: str
    author: User | None = None
