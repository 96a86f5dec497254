"""An interpreter whose layer has more than the curated one: as an app's own dependencies would bring it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def make_layer(folder: Path, packages: dict[str, str]) -> str:
    """Return the path of a Python that has everything this one has, and these packages beside it."""
    options = ["--without-pip", "--symlinks"]
    subprocess.run([sys.executable, "-m", "venv", *options, str(folder)], check=True, timeout=60)
    target = next(folder.glob("lib/python3*/site-packages"))
    (target / "curated.pth").write_text("\n".join(path for path in sys.path if path.endswith("-packages")))
    for name, source in packages.items():
        (target / name).mkdir()
        (target / name / "__init__.py").write_text(source)
    # Not a link: where it leads may be out of a child's sight.
    shutil.copy(Path(sys.executable).with_name("ruff"), folder / "bin" / "ruff")
    return str(folder / "bin" / "python")
