from fastapi import APIRouter

from .names import NAME

router = APIRouter(prefix="/items")


@router.get("/")
def list_items():
    return [NAME]
