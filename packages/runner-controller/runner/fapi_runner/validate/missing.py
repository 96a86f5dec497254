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
        return "It belongs to Python, but not on this system or in this version."
    package = find_distribution(name)
    if package != name.partition(".")[0]:  # a name that is known: it is nobody's own file
        return (
            f"It is not installed here: whoever runs the portal can add the package {package!r} to what all apps have."
        )
    path = name.replace(".", "/")
    return (
        f"It is not installed here: if it is a module of yours, add {path}.py or the folder {path}; "
        f"otherwise whoever runs the portal can add the package {package!r} to what all apps have."
    )


def describe_absent(name: str, modules: dict[str, str]) -> tuple[str, str]:
    """Say which file of the project would have to be there for a module below one that is, and what may be meant."""
    parts = name.split(".")
    known = next((depth for depth in range(len(parts) - 1, 0, -1) if ".".join(parts[:depth]) in modules), 0)
    base = modules.get(".".join(parts[:known]), "")
    hint = find_alternative(name, list(modules)) or ""
    if base.endswith(".py") and not base.endswith("/__init__.py"):
        return f"{base} is a file, so it has no module {parts[known]!r} in it.", hint
    folder = base.removesuffix("/__init__.py")
    return f"There is no {'/'.join(filter(None, [folder, *parts[known:]]))}.py.", hint


def find_alternative(name: str, modules: list[str]) -> str | None:
    """Return the sentence that names what was probably meant."""
    last = name.rpartition(".")[2]
    for module in modules:
        if module.rpartition(".")[2].lower() == last.lower():
            return f"The project has {module!r}: import it by that name."
    close = get_close_matches(name, [*modules, *INSTALLED], n=1, cutoff=0.75)
    return f"Did you mean {close[0]!r}?" if close else None
