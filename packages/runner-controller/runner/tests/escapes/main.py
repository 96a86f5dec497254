from fastapi import FastAPI

app = FastAPI()


@app.get("/attack")
def run():
    # Whatever returns is an escape; whatever is contained raises.
    try:
        from attack import attack

        return {"got": str(attack())[:2000]}
    except BaseException as error:
        return {"refused": f"{type(error).__name__}: {error}"}
