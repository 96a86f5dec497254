from fastapi import APIRouter

from routers.items import NAME

router = APIRouter(prefix="/users")


@router.get("/")
def list_users():
    return ["user of " + NAME]
