"""What was probably meant by the name of a module that nobody has."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from importlib.metadata import packages_distributions

from fapi_runner.validate.packages import find_distribution

# Read once, before the fork: the names that `import` can find in the curated layer.
INSTALLED = sorted(name for name in packages_distributions() if not name.startswith("_"))


def explain_missing_module(name: str, modules: list[str]) -> str:
    """Say where a module that cannot be found may be, or how to have it."""
    if alternative := find_alternative(name, modules):
        return alternative
    if name.partition(".")[0] in sys.stdlib_module_names:
        return "It belongs to Python, and is not there on this system or in this version."
    package = find_distribution(name)
    portal = f"whoever runs the portal can add the package {package!r} to what all apps have."
    if package != name.partition(".")[0]:  # a name that is known: it is nobody's own file
        return f"It is not installed here: {portal}"
    path = name.replace(".", "/")
    return f"It is not installed here: if it is to be your own, add {path}.py or the folder {path}; else {portal}"


def find_alternative(name: str, modules: list[str]) -> str | None:
    """Return the sentence that names what was probably meant."""
    last = name.rpartition(".")[2]
    for module in modules:
        if module.rpartition(".")[2].lower() == last.lower():
            return f"The project has {module!r}: import it by that name."
    close = get_close_matches(name, [*modules, *INSTALLED], n=1, cutoff=0.75)
    return f"Did you mean {close[0]!r}?" if close else None
