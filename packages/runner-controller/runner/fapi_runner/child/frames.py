"""The user's frames of a traceback, from the interpreter's own objects: `traceback` and `linecache` may be patched."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType, TracebackType

from fapi_runner.report import SOURCE_LIMIT, Frame, find_relative, fold_frames, read_source_line


def list_frames(trace: TracebackType | None, code: Path) -> list[Frame]:
    """Return the frames in the project's files, outermost first; a place that repeats is told once."""
    # A recursion has a million frames and few places. Code of two files that read alike is equal, and is not the same.
    found: dict[tuple[int, int | None], tuple[CodeType, int | None, int]] = {}
    while trace is not None:
        running = trace.tb_frame.f_code
        found.setdefault((id(running), trace.tb_lineno), (running, trace.tb_lineno, trace.tb_lasti))
        trace = trace.tb_next
    return _list_places(found.values(), code)


def list_running_frames(stack: Iterable[FrameType], code: Path) -> list[Frame]:
    """Return where a thread is now, in the same way; the stack has its outermost frame first."""
    return _list_places(((frame.f_code, frame.f_lineno, frame.f_lasti) for frame in stack), code)


def _list_places(stack: Iterable[tuple[CodeType, int | None, int]], code: Path) -> list[Frame]:
    places: dict[tuple[str, int], tuple[CodeType, int]] = {}
    for running, line, instruction in stack:
        file = find_relative(running.co_filename, code)
        if file is not None and line is not None:
            places.setdefault((file, line), (running, instruction))
    frames = fold_frames([Frame(file=file, line=line) for file, line in places])
    for frame in frames:
        running, instruction = places[frame["file"], frame["line"]]
        frame["function"] = running.co_name
        if text := read_source_line(code, frame["file"], frame["line"]):
            _, _, start, _ = next(islice(running.co_positions(), instruction // 2, None))
            if start is not None:
                # CPython counts bytes here, people count characters.
                frame["column"] = len(text.encode()[:start].decode("utf-8", "ignore")) + 1
            frame["source"] = text.strip()[:SOURCE_LIMIT]
    return frames
