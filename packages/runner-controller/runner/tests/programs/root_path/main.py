from fastapi import FastAPI, Request

app = FastAPI(root_path="/api/v1", servers=[{"url": "https://x.example", "description": "d"}])


@app.get("/app")
def m(request: Request):
    return {"p": request.scope.get("root_path"), "u": str(request.url), "path": request.scope["path"]}
