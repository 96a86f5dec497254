from fastapi import FastAPI
from fastapi.middleware.wsgi import WSGIMiddleware

app = FastAPI()


def wsgi(environ, start_response):
    body = (environ["PATH_INFO"] + "|" + environ["SCRIPT_NAME"] + "|" + environ["REQUEST_METHOD"]).encode() + environ[
        "wsgi.input"
    ].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


@app.get("/x")
def x():
    return 1


app.mount("/w", WSGIMiddleware(wsgi))
