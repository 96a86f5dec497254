"""CPython's own verdict on one file."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from functools import cached_property
from types import CodeType

from fapi_runner.validate.findings import Finding, make_finding, to_column


@dataclass
class Source:
    """The text of one file that CPython can parse."""

    file: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """Its lines as CPython counts them."""
        return self.text.split("\n")

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; made only when asked for, it costs as much as the compilation."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(self.text, self.file)


@dataclass
class Compiled(Source):
    """One file that CPython compiles: its own code and that of everything defined inside."""

    codes: list[CodeType]

    @cached_property
    def names(self) -> set[str]:
        """Every global, builtin, attribute and module it names, as Python reads them; nothing out of comments."""
        return {name for code in self.codes for name in code.co_names}


def check_syntax(file: str, text: str) -> tuple[Compiled | None, list[Finding]]:
    """Compile the file; there is nothing when CPython refuses it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", SyntaxWarning)
        warnings.simplefilter("always", DeprecationWarning)
        try:
            code = compile(text, file, "exec", dont_inherit=True)
        except SyntaxError as error:
            return None, [_describe(file, error, text)]
        except (RecursionError, MemoryError):
            message = "Python cannot compile this file: it is nested too deeply or too large."
            return None, [make_finding("PY002", "error", file, message)]
        except (ValueError, OverflowError) as error:
            return None, [make_finding("PY003", "error", file, str(error) or type(error).__name__)]
    seen = {(warning.lineno, str(warning.message)) for warning in caught}
    advice = [make_finding("PY010", "warning", file, text, start=(line, 1)) for line, text in sorted(seen)]
    return Compiled(file, text, _list_codes(code)), advice


def _can_parse(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _describe(file: str, error: SyntaxError, text: str) -> Finding:
    start = (error.lineno or 1, max(error.offset or 1, 1))
    end = (error.end_lineno or start[0], max(error.end_offset or start[1], 1))
    if _can_parse(text):
        # The parser counts characters, the stages after it count bytes.
        lines = text.split("\n")
        start = (start[0], to_column(lines, start[0], start[1] - 1))
        end = (end[0], to_column(lines, end[0], end[1] - 1))
    return make_finding("PY001", "error", file, error.msg, start=start, end=end)


def _list_codes(code: CodeType) -> list[CodeType]:
    codes = [code]
    for outer in codes:
        codes += [constant for constant in outer.co_consts if type(constant) is CodeType]
    return codes
