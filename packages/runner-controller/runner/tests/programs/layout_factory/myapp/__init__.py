from fastapi import FastAPI


def create_app():
    from .api import router

    app = FastAPI()
    app.include_router(router)
    return app
