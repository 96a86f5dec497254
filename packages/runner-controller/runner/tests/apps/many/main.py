from fastapi import APIRouter, FastAPI

router = APIRouter()
app = FastAPI()


@router.api_route("/", methods=["POST", "GET", "PATCH"])
def many():
    return "many"


app.include_router(router, prefix="/many")
