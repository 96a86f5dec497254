from fastapi import APIRouter

router = APIRouter()


@router.get("/a")
def r():
    return "a"
