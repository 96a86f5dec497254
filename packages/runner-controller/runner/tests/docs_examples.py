"""The examples of FastAPI's documentation as projects, from its source distribution."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

PINS = Path(__file__).parent / "corpus"
# Beside the other caches of a clone, and never part of it.
CACHE = Path(__file__).parents[4] / ".cache" / "corpora"
PIN = re.compile(r"^(fastapi)==(\S+) --hash=sha256:(\w{64})$", re.MULTILINE)
LOCAL = re.compile(r"^\s*(?:from|import)\s+(?:\.|docs_src\b)", re.MULTILINE)


@dataclass
class Example:
    """One module of the examples, made a project."""

    name: str
    files: dict[str, str | bytes]


def list_examples() -> list[Example]:
    """Return every module that makes an app, in a stable order."""
    root = find_docs()
    modules = [path for path in sorted(root.rglob("*.py")) if re.search(r"\b(FastAPI|Starlette)\(", path.read_text())]
    return [_make_example(root, module) for module in modules if "test" not in module.stem]


def find_docs() -> Path:
    """Return the folder docs_src; fetched once through pip, its hash checked by pip."""
    match = PIN.search((PINS / "requirements.txt").read_text())
    assert match is not None
    target = CACHE / f"fastapi-{match[2]}"
    if not (target / "docs_src").is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            _download(Path(folder))
            with tarfile.open(next(Path(folder).glob("*.tar.gz"))) as archive:
                # From 3.11.4 on; Debian 12 has an older one.
                archive.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
            shutil.copytree(Path(folder) / target.name / "docs_src", target / "docs_src", dirs_exist_ok=True)
    return target / "docs_src"


def _download(folder: Path) -> None:
    options = ["--quiet", "--no-deps", "--no-binary", "fastapi", "--require-hashes", "--dest", str(folder)]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, "-r", str(PINS / "requirements.txt")],
        env=os.environ | {"PIP_CONSTRAINT": str(PINS / "build-constraints.txt")},
        check=True,
        capture_output=True,
        timeout=300,
    )


def _make_example(root: Path, module: Path) -> Example:
    name = module.relative_to(root).with_suffix("").as_posix()
    text = module.read_text()
    folder = module.parent
    if not LOCAL.search(text):
        # Its own text is main.py; templates and the like stay where they are beside it.
        files = {path: data for path, data in _read_folder(folder, "").items() if not path.endswith(".py")}
        return Example(name, {"main.py": text, **files})
    top = root / module.relative_to(root).parts[0]
    package = "docs_src/" + top.name
    files = {"docs_src/__init__.py": "", **_read_folder(top, package)}
    imported = ".".join(("docs_src", *module.relative_to(root).with_suffix("").parts))
    return Example(name, {"main.py": f"from {imported} import app\n", **files})


def _read_folder(folder: Path, prefix: str) -> dict[str, str | bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {f"{prefix}/{path.relative_to(folder).as_posix()}".lstrip("/"): path.read_bytes() for path in paths}
