import type { AppFile } from '../../contract/files.ts';

/** What `fapi init` begins with. It runs with plain uvicorn too. */
export const starter: readonly AppFile[] = [
  {
    path: 'main.py',
    content: `from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def read_root() -> dict[str, str]:
    return {"message": "Hello"}


@app.get("/items/{item_id}")
def read_item(item_id: int, q: str | None = None) -> dict[str, int | str | None]:
    return {"item_id": item_id, "q": q}
`,
  },
  {
    path: 'tests/test_main.py',
    content: `from fastapi.testclient import TestClient

from main import app

client = TestClient(app)


def test_root_says_hello():
    assert client.get("/").json() == {"message": "Hello"}


def test_an_item_has_a_number():
    assert client.get("/items/1").json() == {"item_id": 1, "q": None}
    assert client.get("/items/one").status_code == 422
`,
  },
  {
    path: 'requirements.txt',
    content: `# What this app needs, one a line. On the server FastAPI, uvicorn, pydantic,
# httpx and pytest are there already; elsewhere: pip install -r requirements.txt
fastapi
uvicorn
httpx
pytest
`,
  },
  { path: '.gitignore', content: '.fapi/\n.venv/\n__pycache__/\n*.pyc\n' },
];
