from .user import User
from .post import Post

User.model_rebuild(_types_namespace={"Post": Post})
