import type { AppFile } from '@fapi/sdk/contract';

/** The first draft of an app that was created without files. */
export const helloFiles: readonly AppFile[] = [{
  path: 'main.py',
  content: `from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def read_root():
    return {"message": "Hello"}


@app.get("/items/{item_id}")
def read_item(item_id: int, q: str | None = None):
    return {"item_id": item_id, "q": q}
`,
}];
