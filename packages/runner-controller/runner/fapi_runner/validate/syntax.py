"""CPython's own verdict on one file."""

from __future__ import annotations

import ast
import warnings

from fapi_runner.validate.findings import Finding, make_finding


def check_syntax(file: str, text: str) -> tuple[ast.Module | None, list[Finding]]:
    """Compile the file; the tree is None when CPython refuses it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SyntaxWarning)
        warnings.simplefilter("always", DeprecationWarning)
        try:
            tree = ast.parse(text, file)
            # Some errors, `return` outside a function for one, are found only after parsing.
            compile(text, file, "exec", dont_inherit=True)
        except SyntaxError as error:
            return None, [_describe(file, error)]
        except (RecursionError, MemoryError):
            message = "The file is nested too deeply for Python to compile."
            return None, [make_finding("PY002", "error", file, message)]
        except (ValueError, OverflowError) as error:
            return None, [make_finding("PY003", "error", file, str(error) or type(error).__name__)]
    seen = {(warning.lineno, str(warning.message)) for warning in caught}
    found = [make_finding("PY010", "warning", file, text, start=(line, 1)) for line, text in sorted(seen)]
    return tree, found


def _describe(file: str, error: SyntaxError) -> Finding:
    start = (error.lineno or 1, max(error.offset or 1, 1))
    end = (error.end_lineno or start[0], max(error.end_offset or start[1], 1))
    return make_finding("PY001", "error", file, error.msg, start=start, end=end)
