"""What no OpenAPI document shows: a converted app answers as it did, or it is not converted."""

from __future__ import annotations

import pytest
from converting import Files, apply, convert
from rig import Rig

from fapi_runner.convert.proposal import convert as propose

pytestmark = pytest.mark.anyio
HEAD = "from fastapi import FastAPI\n\napp = FastAPI()\n"
OTHER = '@app.get("/other")\ndef other(): return 1\n'
X = '@app.get("/x")\ndef x(): '
REGISTERED = '@app.get("/a")\ndef a(): return {}\n@app.get("/b")\ndef b(): return {}\n' + X + "return {}\n"

SAME: dict[str, Files] = {
    "a value read after it was changed": {
        "main.py": HEAD + f'C = {{"n": 1}}\nC["n"] = 50\nN = C["n"]\n{X}return N\n{OTHER}',
    },
    "a table built from a list that a loop has filled": {
        "main.py": HEAD
        + "I = []\nfor n in range(3):\n    I.append(n)\n"
        + f"BY = {{i: str(i) for i in I}}\n{X}return BY\n{OTHER}",
    },
    "a default taken from a list after it has grown": {
        "main.py": HEAD + f"I = []\nI.append(1)\ndef count(n=len(I)): return n\n{X}return count()\n{OTHER}",
    },
    "a setting of a class after it was set": {
        "main.py": HEAD + f"class C:\n    N = 1\nC.N = 5\nN = C.N\n{X}return N\n{OTHER}",
    },
    "a module that reads the environment after that was written": {
        "main.py": f'import os\nos.environ["MODE"] = "prod"\nimport settings\n{HEAD}{X}return settings.MODE\n{OTHER}',
        "settings.py": 'import os\n\nMODE = os.environ.get("MODE")\n',
    },
    "a name imported after it was set": {
        "main.py": f"import config\nconfig.LIMIT = 5\nfrom config import LIMIT\n{HEAD}{X}return LIMIT\n{OTHER}",
        "config.py": "LIMIT = 1\n",
    },
    "whether a variable is there, after it was written": {
        "main.py": f'import os\n{HEAD}os.environ["D"] = "1"\nD = "D" in os.environ\n{X}return D\n{OTHER}',
    },
    "whether a file is there, after it was written": {
        "main.py": "from pathlib import Path\n"
        f'{HEAD}Path("v.txt").write_text("2")\nV = Path("v.txt").exists()\n{X}return V\n{OTHER}',
    },
    "the order in which a decorator notes functions": {
        "main.py": HEAD
        + "NOTED = []\ndef note(f):\n    NOTED.append(f.__name__)\n    return f\n"
        + "@note\ndef z(): ...\n@note\ndef y(): ...\n"
        + REGISTERED.format("y()", "z()", "NOTED"),
    },
    "the order in which an object notes functions": {
        "main.py": HEAD
        + "class Notes:\n    all = []\n"
        + "    def __call__(self, f):\n        self.all.append(f.__name__)\n        return f\n"
        + "note = Notes()\n@note\ndef z(): ...\n@note\ndef y(): ...\n"
        + REGISTERED.format("y()", "z()", "Notes.all"),
    },
    "the order of the classes below another one": {
        "main.py": HEAD
        + "class Shape: ...\nclass Cat(Shape): ...\nclass Dog(Shape): ...\n"
        + REGISTERED.format("Dog.__name__", "1", "[c.__name__ for c in Shape.__subclasses__()]"),
    },
    "the order in which a class is told of those below it": {
        "main.py": HEAD
        + "class Shape:\n    kinds = []\n    def __init_subclass__(cls): Shape.kinds.append(cls.__name__)\n"
        + "class Zebra(Shape): ...\nclass Dog(Shape): ...\n"
        + REGISTERED.format("Dog.__name__", "Zebra.__name__", "Shape.kinds"),
    },
    "a name that main.py takes from itself while it runs": {
        "main.py": f"{HEAD}def four(): return 4\n{X}\n    from main import four as f\n    return f()\n"
        '@app.get("/y")\ndef y(): return four()\n',
    },
    "a name that main.py sets in itself while it runs": {
        "main.py": f"{HEAD}N = 0\n{X}\n    import main\n    main.N += 1\n    return N\n"
        f'@app.get("/y")\ndef y(): return N\n{OTHER}',
    },
    "a name that is looked for by its text": {
        "main.py": f'from pydoc import locate\n{HEAD}N = 4\n{X}return locate("main.N")\n'
        f'@app.get("/y")\ndef y(): return N\n{OTHER}',
    },
    "an object that was stored before": {
        "main.py": f"import pickle\n{HEAD}class P:\n    n = 1\n"
        f'{X}\n    with open("p.txt", "rb") as file: return pickle.load(file).n\n'
        f'@app.get("/y")\ndef y(): return P.n\n{OTHER}',
        "p.txt": "ccopy_reg\n_reconstructor\n(cmain\nP\nc__builtin__\nobject\nNtR.",
    },
}


@pytest.mark.parametrize("files", SAME.values(), ids=SAME.keys())
async def test_the_converted_app_answers_as_it_did(rig: Rig, files: Files) -> None:
    result = await convert(rig, files)
    assert "refused" not in result, result["refused"]
    told = []
    for app_id, version in (("whole", files), ("parts", dict(apply(files, result)))):
        await rig.deploy(version, app_id)
        async with rig.http(app_id) as http:
            told.append([(await http.get(path)).text for path in ("/x", "/y", "/other")])
    assert told[0] == told[1]
    assert "Error" not in told[0][0]


REFUSED = {
    "routes listed": (f"{X}return [r.path for r in app.routes]\n", "`app.routes` has every route now"),
    "routes of the request's app": (
        '@app.get("/x")\ndef x(request: Request): return len(request.app.routes)\n',
        "`request.app.routes` has every route now",
    ),
    "itself by name": (
        f'import importlib\n{X}return importlib.import_module("main").N\n',
        "import_module() of main.py",
    ),
    "itself by __name__": (f"from importlib import import_module\n{X}return import_module(__name__).N\n", "of main.py"),
    "modules by another name": (f"from sys import modules\n{X}return modules[__name__].N\n", "sys.modules may reach"),
    "globals by another name": (f'g = globals\n{X}return g()["N"]\n', "globals() may reach"),
    "globals of a function": (f'{X}return x.__globals__["N"]\n', "`__globals__` may reach"),
    "its namespace": (f'V = vars()\n{X}return V["N"]\n', "vars() may reach"),
    "another encoding": (f'{X}return "ü"\n', "only UTF-8 is converted"),
}


@pytest.mark.parametrize(("code", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_would_answer_otherwise_is_refused(code: str, message: str) -> None:
    coding = "# -*- coding: latin-1 -*-\n" if "UTF-8" in message else ""
    main = f"{coding}from fastapi import Request\n{HEAD}N = 4\n{code}{OTHER}"
    assert message in propose(["main.py"], lambda _: main.encode())["refused"]["message"]


def test_another_file_that_lists_the_routes_or_imports_main_by_name_is_named() -> None:
    main = f"{HEAD}{X}return 1\n{OTHER}"
    for other in (
        "def show(app): return [r.path for r in app.routes]\n",
        'import importlib\nm = importlib.import_module("main")\n',
    ):
        refused = propose(
            ["main.py", "tool.py"], lambda file, text=other: (main if file == "main.py" else text).encode()
        )
        assert refused["refused"]["file"] == "tool.py"


def test_routes_may_be_listed_for_an_openapi_document() -> None:
    made = "def made(): return get_openapi(title='t', version='1', routes=app.routes)\napp.openapi = made\n"
    main = f"from fastapi.openapi.utils import get_openapi\n{HEAD}{X}return 1\n{made}"
    assert propose(["main.py"], lambda _: main.encode())["routes"] == 1
