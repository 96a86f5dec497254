/** A code of a finding: how severe it is, what was found, and what its author does about it. */
export type FindingRow = readonly [severity: string, says: string, todo: string];

/**
 * Every code that the runner gives, by its source. A test compares it with the runner's own code.
 */
export const findingGuide: Record<string, Record<string, FindingRow>> = {
  'Syntax: CPython\'s own verdict': {
    PY001: ['error', 'a syntax error, in the words of Python', 'Correct the place. With an open bracket or quote before it, the fault is there.'],
    PY002: ['error, warning', 'nested too deeply, or too large, to be compiled (error) or looked into (warning)', 'Split the file.'],
    PY003: ['error', 'Python refuses the file for another reason, which the message says', 'As the message says.'],
    PY010: ['warning', 'a warning of Python about the text, such as `"\\d"` that is no escape', 'As the message says; for that one write `r"\\d"`.'],
  },
  'Files': {
    SRC001: ['error', 'a NUL byte in a Python file', 'Save the file as text.'],
    SRC002: ['error', 'the file is not UTF-8', 'Save it as UTF-8.'],
    SRC003: ['error', 'the file declares another encoding than UTF-8', 'Take the `coding:` line out and save it as UTF-8.'],
    SRC004: ['error', 'a carriage return without a line feed', 'Save it with the line ends of Unix or Windows.'],
    SRC005: ['warning', 'a character that changes the direction of text: what is shown may not be what runs', 'Delete the character.'],
    SRC006: ['error', 'a name of a file or folder that is not allowed', 'Use letters, digits, `_`, `-` and `.`, not beginning with a dot.'],
    SRC007: ['error', 'too many folders in one another', 'Move the file up.'],
    SRC008: ['error', 'two paths differ only in case', 'Rename one: on some machines they are one file.'],
    SRC009: ['warning', 'Python reads a name otherwise than it is written', 'Write it in plain letters.'],
    LIM001: ['error', 'too many files', 'Remove some; the message has the number that is allowed.'],
    LIM002: ['error', 'too many bytes', 'Remove some; the hint names the largest file.'],
    LIM003: ['as the worst of them', 'more findings than are shown', 'Correct what is shown first.'],
  },
  'Imports': {
    IMP001: ['error, warning', 'no such module. It is a warning where the import may never be reached', 'Correct the name, or use a package that [every app has](apps.md#packages).'],
    IMP002: ['error, warning', 'a relative import in a file that is in no package', 'Take the dot away, or put the file into a folder with `__init__.py`.'],
    IMP003: ['info', 'a package with a successor that is maintained', 'Move to what the message names.'],
    IMP004: ['error, warning', 'a file has the name of a module of Python, of the framework or of a package, and hides it', 'Rename the file.'],
    IMP005: ['warning', 'the package is there and has no such module', 'Check the name; a few packages make modules only when they run.'],
    IMP006: ['info', 'a file that cannot be imported, because its name is none in Python', 'Use letters, digits and `_`, if it is meant to be imported.'],
    IMP007: ['warning', 'a package of the same name goes before this file', 'Rename one.'],
    IMP010: ['error', 'the code raised while it was imported', 'Correct the line that the finding is at.'],
  },
  'Entry point': {
    ENT001: ['error', 'no `app` in main.py', 'Name the app `app`, or write `create_app()` that returns it.'],
    ENT002: ['error', 'no main.py', 'Put the app into `main.py` in the topmost folder.'],
    ENT003: ['error', '`uvicorn.run()` while main.py is imported', 'Take it out, or put it below `if __name__ == "__main__":`.'],
    ENT004: ['warning', '`app` is made twice: the routes of the first one are lost', 'Keep one.'],
    ENT010: ['error', 'the code raised while the app was starting (its lifespan)', 'Correct the line that the finding is at.'],
  },
  'What the sandbox will not do': {
    CAP001: ['warning', 'starts a program or a process', 'An app can start none: use a library that works in the process.'],
    CAP002: ['warning', 'runs text as code', 'Never with anything that came from a request.'],
    CAP003: ['warning', 'reaches into the interpreter', 'It gains nothing: the sandbox holds without it.'],
    CAP004: ['warning', 'loads native code', 'New files cannot be executed.'],
    CAP005: ['warning', 'ends the whole app', 'Raise an `HTTPException` to end one request.'],
    CAP006: ['warning', 'listens at an address of its own', 'Only the address of the app is reached.'],
    CAP007: ['info', 'reads the environment', 'The variables and secrets of the app are in it, and little else.'],
    CAP008: ['info', 'imports by a name that exists only at run time', 'Nothing can check it before it runs.'],
    CAP009: ['info', 'opens a connection', 'An app reaches what an operator has granted it, and nothing else ([egress](../SECURITY.md)).'],
  },
  'The runner': {
    RES001: ['error', 'a file could not be checked: it ends or stalls who checks it', 'Make it smaller or simpler.'],
    RES002: ['error', 'the check ended early; files may be unchecked', 'Check again.'],
    RES010: ['error', 'it took too long', 'The finding is at the line where it was; do slow work after the start, and not at import.'],
    RES011: ['error', 'more memory than it may have', 'Load less at once.'],
    RES012: ['error', 'the app, or who checks it, was killed from outside', 'Deploy again; ask the operator if it stays.'],
    RES013: ['error', 'ended by itself: a crash, or an exit', 'See its last output; take `exit()` out.'],
    RES014: ['error', 'the event loop is blocked', 'The finding is at the line. Use `await`, or a `def` route instead of `async def`.'],
    RES015: ['error', 'out of files, threads or room in its folder', 'Close what is opened; delete what is not needed.'],
  },
  'Tests': {
    TST001: ['error', 'a test failed', 'The finding is at the assertion, or at the line of the app that raised.'],
    TST002: ['error', 'a fixture failed, before or after the test', 'As above.'],
    TST003: ['error', 'the tests of a file could not be collected', 'Correct what the import of the file raises.'],
    TST004: ['error', 'the process of the tests ended early', 'See the last output.'],
    TST005: ['error', 'the tests were not done in time', 'The finding is at the line that hung.'],
    TST006: ['warning', 'there are no tests', 'Write functions `test_...()` in `tests/test_....py`.'],
    TST007: ['error', 'pytest itself could not run', 'As the message says.'],
  },
  'Ruff': {
    'RUF-000': ['info', 'the advice of ruff is missing this time', 'Nothing: all else was checked.'],
    'RUF-<rule>': ['warning, hint', 'advice of ruff under its own code: `RUF-F401` is [F401](https://docs.astral.sh/ruff/rules/F401/). The rules are F, B, ASYNC, FAST and PLE, without B008 and B904; a hint is a matter of taste', 'As ruff says. `# noqa: F401` silences one.'],
  },
};
