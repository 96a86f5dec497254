"""Runs the project's own pytest suite in this child, and tells each outcome as it comes."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from pathlib import Path

from fapi_runner.child.loader import RUNNER_FOLDER, use_environment
from fapi_runner.child.order import Order, flush_streams
from fapi_runner.child.project import copy_project

# Output is captured in memory, which is limited, not in files, which are not; the faulthandler is ours already.
OPTIONS = (
    *("-q", "--color=no", "--capture=sys", "--continue-on-collection-errors"),
    *("-p", "no:cacheprovider", "-p", "no:faulthandler"),
    # The framework was imported before pytest could have rewritten its plugins.
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
    # Which client the curated layer brings is our choice, and whoever reads the output cannot install another one.
    *("-W", "ignore:Using `httpx` with `starlette.testclient` is deprecated"),
)


def run_tests(order: Order) -> int:
    """Copy the project to a folder of this child's own, run its tests there, tell `tested`."""
    # Here and not above: pytest is nobody else's, and after the next lines this package cannot be found any more.
    teller = importlib.import_module("fapi_runner.child.teller")
    folder = Path(order.body["folder"])
    project, temporary = folder / "project", folder / "tmp"
    copy_project(order.code, project)
    temporary.mkdir()
    os.chdir(project)
    use_environment({"TMPDIR": str(temporary), **order.body["environment"]})
    tempfile.tempdir = None
    sys.dont_write_bytecode = True
    sys.path = [str(project), *(entry for entry in sys.path if entry not in ("", RUNNER_FOLDER))]
    importlib.invalidate_caches()
    arguments = [*OPTIONS, f"--rootdir={project}", f"--basetemp={temporary / 'pytest'}", *order.body["select"]]
    code = teller.run_pytest(arguments, order, project)
    flush_streams()
    order.tell({"kind": "tested", "exitCode": code})
    return 0
