from pydantic import *

__all__ = ["Item"]


class Item(BaseModel):
    x: int
