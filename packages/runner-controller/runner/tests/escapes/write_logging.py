import logging.config

from target import HOST_FOLDER


def attack():
    handler = {"class": "logging.FileHandler", "filename": f"{HOST_FOLDER}/log"}
    logging.config.dictConfig({"version": 1, "handlers": {"file": handler}, "root": {"handlers": ["file"]}})
    return "opened"
