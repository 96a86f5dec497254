from fastapi import APIRouter
from services.x import s

router = APIRouter()


@router.get("/")
def r():
    return s()
