"""Has the agent convert a project, and makes the files that it proposes."""

from __future__ import annotations

from typing import Any

from rig import Rig

Files = dict[str, str | bytes]


async def convert(rig: Rig, files: Files, **changed: Any) -> dict[str, Any]:
    params = {"digest": await rig.put(files), "deadlineMs": 15_000} | changed
    return await rig.client.call("convert", **params)


def apply(files: Files, result: dict[str, Any]) -> dict[str, bytes]:
    """Return all files of the project as they would be."""
    made = {path: _encode(content) for path, content in files.items()}
    main = made["main.py"]
    for file in result["files"]:
        pieces = [piece.encode() if isinstance(piece, str) else main[slice(*piece)] for piece in file["pieces"]]
        made[file["path"]] = b"".join(pieces)
    return made


def _encode(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
