"""What is accepted: every project here passes the check, runs, and gets no word about what it may do."""

from __future__ import annotations

from pathlib import Path

import pytest
from agents import make_state
from layers import make_layer
from rig import Rig, delete_state
from verdicts import validate, without_advice

pytestmark = pytest.mark.anyio
ROUTE = "@app.get('/')\ndef root(): return 'here'\n"
FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n" + ROUTE

ACCEPTED: dict[str, dict[str, str | bytes]] = {
    "annotated": {"main.py": "from fastapi import FastAPI\napp: FastAPI = FastAPI()\n" + ROUTE},
    "an attribute": {"main.py": "import fastapi\napp = fastapi.FastAPI()\n" + ROUTE},
    "an alias of the class": {"main.py": "from fastapi import FastAPI as F\napp = F()\n" + ROUTE},
    "an alias of the module": {"main.py": "import fastapi as f\napp = f.FastAPI()\n" + ROUTE},
    "from another file": {"main.py": "from core import app\n", "core.py": FASTAPI},
    "from a package, under another name": {
        "main.py": "from core.server import (\n    api as app,\n)\n",
        "core/__init__.py": "",
        "core/server.py": FASTAPI.replace("app", "api"),
    },
    "a factory": {"main.py": "from fastapi import FastAPI\ndef create_app():\n    app = FastAPI()\n    return app\n"},
    "a factory that is called": {
        "main.py": "from fastapi import FastAPI\ndef build() -> FastAPI:\n    return FastAPI()\napp = build()\n" + ROUTE
    },
    "in a branch": {
        "main.py": "import os\nfrom fastapi import FastAPI\nif os.environ.get('X'):\n    app = FastAPI(title='x')\n"
        "else:\n    app = FastAPI()\n" + ROUTE
    },
    "in a try": {"main.py": "from fastapi import FastAPI\ntry:\n    app = FastAPI()\nfinally:\n    pass\n" + ROUTE},
    "in an expression": {"main.py": "from fastapi import FastAPI\nif (app := FastAPI()):\n    pass\n" + ROUTE},
    "with two targets": {"main.py": "from fastapi import FastAPI\napi = app = FastAPI()\n" + ROUTE},
    "in a tuple": {"main.py": "from fastapi import FastAPI\napp, rt = FastAPI(), 1\n" + ROUTE},
    "through globals": {"main.py": "from fastapi import FastAPI\nglobals()['app'] = FastAPI()\n" + ROUTE},
    "starred": {"main.py": "from core import *\n", "core.py": FASTAPI},
    "mounted beside another": {"main.py": FASTAPI + "admin = FastAPI()\napp.mount('/admin', admin)\n"},
    "Starlette": {"main.py": "from starlette.applications import Starlette\napp = Starlette()\n"},
    "an ASGI function": {"main.py": "async def app(scope, receive, send): ...\n"},
    "a server below the guard": {
        "main.py": FASTAPI + "if __name__ == '__main__':\n    import uvicorn\n    uvicorn.run(app)\n"
    },
    "what the origin refused": {
        "main.py": "from __future__ import annotations\nimport abc, asyncio, contextlib, csv, io, logging, re\n"
        "from fastapi import FastAPI, File, UploadFile\n"
        "app = FastAPI()\nPATTERN = re.compile('a+')\nlog = logging.getLogger(__name__)\n"
        "class Door(abc.ABC):\n    def open(self): return io.StringIO()\n    def exec(self): return csv.reader([])\n"
        "    def system(self): return contextlib.suppress()\n"
        "@app.post('/')\nasync def up(file: UploadFile = File()):\n    await asyncio.sleep(0)\n"
        "    Door().open().read()\n    Door().exec()\n"
        "    return 'eval(subprocess) os.system __import__'  # exec(open('/etc/passwd'))\n"
    },
    "packages and relative imports": {
        "main.py": "from fastapi import FastAPI\nfrom routers import items\nfrom services.clock import now\n"
        "app = FastAPI()\napp.include_router(items.router)\nnow()\n",
        "routers/__init__.py": "",
        "routers/items.py": "from fastapi import APIRouter\nfrom .names import PREFIX\n"
        "from services.clock import now\nrouter = APIRouter(prefix=PREFIX + '/' * (now() - 1))\n",
        "routers/names.py": "PREFIX = '/items'\n",
        "services/clock.py": "def now(): return 1\n",
    },
}


@pytest.mark.parametrize("title", ACCEPTED)
async def test_accepts_and_runs(rig: Rig, title: str) -> None:
    files = ACCEPTED[title]
    findings = await validate(rig, files)
    assert without_advice(findings) == []
    assert [found for found in findings if found["code"] == "RUF-F401" and "app" in found["message"]] == []
    assert [found for found in findings if found["source"] == "capabilities" and found["severity"] != "info"] == []
    await rig.prepare(files)


# Each is refused or advised against, with a fix; the fixed project is clean.
FIXABLE: dict[str, dict[str, str | bytes]] = {
    "no app": {"main.py": "# nothing yet"},
    "an empty file": {"main.py": ""},
    "an app of another name": {"main.py": FASTAPI.replace("app", "api")},
    "a dot too many": {"main.py": "from .core import app\n", "core.py": FASTAPI},
    "an unused import": {"main.py": "import os\n" + FASTAPI},
}


@pytest.mark.parametrize("title", FIXABLE)
async def test_a_fix_leaves_nothing_to_find(rig: Rig, title: str) -> None:
    files = dict(FIXABLE[title])
    findings = await validate(rig, files)
    fixes = [fix for finding in findings for fix in finding.get("fixes", [])]
    for edit in fixes[0]["edits"]:
        text = files[edit["file"]]
        assert isinstance(text, str)
        start, end = (find_offset(text, edit[side]) for side in ("start", "end"))
        files[edit["file"]] = text[:start] + edit["text"] + text[end:]
    assert await validate(rig, files) == []
    await rig.prepare(files)


def find_offset(text: str, position: dict[str, int]) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: position["line"] - 1]) + position["column"] - 1


async def test_a_missing_module_offers_its_package(rig: Rig) -> None:
    offers = {
        "yaml": "PyYAML",
        "PIL.Image": "pillow",
        "bs4": "beautifulsoup4",
        "google.cloud.storage": "google-cloud-storage",
        "fasthtml.common": "python-fasthtml",
        "jose.jwt": "python-jose",
        "polars": "polars",
    }
    imports = "".join(f"import {module}\n" for module in offers)
    findings = without_advice(await validate(rig, {"main.py": imports + FASTAPI}))
    assert [finding["code"] for finding in findings] == ["IMP001"] * len(offers)
    found = [[fix["package"] for fix in finding["fixes"]] for finding in findings]
    assert found == [[package] for package in offers.values()]
    assert all(f"add the package {fix[0]!r}" in finding["hint"] for fix, finding in zip(found, findings, strict=True))
    assert "PyJWT" in findings[5]["hint"]


async def test_a_module_that_nobody_knows_may_be_a_file_that_is_still_to_come(rig: Rig) -> None:
    files: dict[str, str | bytes] = {"main.py": "import routers.items, polars, yaml\n" + FASTAPI}
    hints = [finding["hint"] for finding in without_advice(await validate(rig, files))]
    own = "if it is a module of yours, add {0}.py or the folder {0}; otherwise whoever runs the portal can"
    assert own.format("routers/items") in hints[0]
    assert own.format("polars") in hints[1]
    assert hints[2].startswith("It is not installed here: whoever runs the portal can add the package 'PyYAML'")


async def test_a_module_that_is_in_the_project_offers_no_package(rig: Rig) -> None:
    files: dict[str, str | bytes] = {"main.py": "import users\n" + FASTAPI, "routers/users.py": ""}
    finding = without_advice(await validate(rig, files))[0]
    assert "'routers.users'" in finding["hint"]
    assert finding.get("fixes", []) == []


@pytest.mark.parametrize(
    ("line", "files", "message", "hint"),
    [
        ("import routers.items", {"routers/users.py": ""}, "There is no routers/items.py.", None),
        ("import routers.items", {"routers/__init__.py": ""}, "There is no routers/items.py.", None),
        ("from routers.v1.items import a", {"routers/users.py": ""}, "There is no routers/v1/items.py.", None),
        ("import lib.itms", {"lib/items.py": ""}, "There is no lib/itms.py.", "Did you mean 'lib.items'?"),
        ("import shop.items", {"shop.py": ""}, "shop.py is a file, so it has no module 'items' in it.", None),
    ],
)
async def test_a_module_that_is_missing_in_the_project_is_named_as_the_file_that_it_would_be(
    rig: Rig, line: str, files: dict[str, str | bytes], message: str, hint: str | None
) -> None:
    findings = without_advice(await validate(rig, {"main.py": f"{line}\n" + FASTAPI, **files}))
    assert [(each["code"], each["message"], each.get("hint")) for each in findings] == [("IMP001", message, hint)]


# Layouts whose main.py changes Python's path: what to, is not read, so that any folder of the project may be meant.
ADDED_PATHS = {
    "beside the file": "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent / 'src'))\n",
    "from the working directory": "import os, sys\nsys.path.append(os.path.join(os.getcwd(), 'src'))\n",
    "relative": "from sys import path\npath.append('src')\n",
}


@pytest.mark.parametrize("lines", ADDED_PATHS.values(), ids=ADDED_PATHS)
async def test_a_folder_on_the_path_is_searched(rig: Rig, lines: str) -> None:
    files: dict[str, str | bytes] = {
        "main.py": f"{lines}from shop.main import app\n",
        "src/shop/__init__.py": "",
        "src/shop/main.py": "from shop.routes import router\n" + FASTAPI + "app.include_router(router)\n",
        "src/shop/routes.py": "import json\nfrom fastapi import APIRouter\nrouter = APIRouter()\n",
        "src/shop/json.py": "",
    }
    assert without_advice(await validate(rig, files)) == []
    await rig.deploy(files, "layout")
    missing = files | {"src/shop/main.py": "import shop.nothing, nowhere\n"}
    found = [(each["code"], each["message"]) for each in without_advice(await validate(rig, missing))]
    assert found == [
        ("IMP001", "There is no src/shop/nothing.py."),
        ("IMP001", "No module named 'nowhere'"),
    ]


async def test_jose_is_accepted_where_it_is_installed_and_the_maintained_choice_is_named(tmp_path: Path) -> None:
    state = make_state()
    rig = await Rig.start(state, python=make_layer(tmp_path / "python", {"jose": "jwt = 'jose'\n"}))
    try:
        files: dict[str, str | bytes] = {"main.py": "from jose import jwt\n" + FASTAPI.replace("'here'", "jwt")}
        findings = await validate(rig, files)
        assert [(found["code"], found["severity"], found["start"]["line"]) for found in findings] == [
            ("IMP003", "info", 1)
        ]
        assert "PyJWT" in findings[0]["message"]
        await rig.deploy(files)
        assert (await rig.get("/")).json() == "jose"
    finally:
        await rig.close()
        delete_state(state)


@pytest.mark.parametrize(
    "line", ["app, rt = fast_app()", "app = FastHTML()", "app, rt = fast_app(live=True)\n@rt('/')\ndef get(): ..."]
)
async def test_the_forms_of_fasthtml_are_accepted(rig: Rig, line: str) -> None:
    lines = f"from fasthtml.common import FastHTML, fast_app, serve\n{line}\nserve()\n"
    codes = {found["code"] for found in await validate(rig, {"main.py": lines}) if found["severity"] == "error"}
    assert codes == {"IMP001"}, "the package is missing in this layer, and that is all"
    renamed = without_advice(await validate(rig, {"main.py": lines.replace("\napp", "\nweb")}))
    assert "found web = fas" in next(found["message"].lower() for found in renamed if found["code"] == "ENT001")
