"""What reports say to people, as told.json has it: the elements' tests show that in German."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

TOLD: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("told.json").read_text("utf-8"))
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def tell(report: dict[str, Any]) -> dict[str, str]:
    """Return the words of a report: every number is 1, and what Python says is left out, for versions differ in it."""
    said = {"phase": report["phase"], "class": report["class"], "message": NUMBER.sub("1", report["message"])}
    if "type" in report:
        said["type"] = report["type"]
        is_ours = report["class"] in ("entrypoint", "memory") or report["type"] == "SystemExit"
        if not is_ours and not report["message"].startswith(report["type"]):
            said["message"] = "..."
    if "hint" in report:
        # Of a group: what its errors say.
        said["hint"] = NUMBER.sub("1", re.sub(r"(?<= errors: ).*", "...", report["hint"], flags=re.DOTALL))
    return said
