from fastapi import FastAPI, Request

app = FastAPI()
sub = FastAPI(title="sub")
inner = FastAPI(title="inner", root_path_in_servers=False)


@app.get("/a")
def a(r: Request):
    return r.scope["root_path"]


@sub.get("/b")
def b(r: Request):
    return [r.scope["root_path"], str(r.url), r.url_for("b").path]


@inner.get("/c")
def c(r: Request):
    return [r.scope["root_path"], str(r.base_url)]


sub.mount("/inner", inner)
app.mount("/sub", sub)
