import type { AppFile } from '@fapi/sdk/contract';

/** What an app is born with when nobody brings files. */
export const starterFiles: readonly AppFile[] = [
  {
    path: 'main.py',
    content: `from fastapi import FastAPI

app = FastAPI(title="Hello")


@app.get("/")
def read_root() -> dict[str, str]:
    return {"message": "Hello from FastAPI"}


@app.get("/hello/{name}")
def greet(name: str) -> dict[str, str]:
    return {"message": f"Hello, {name}"}
`,
  },
];
