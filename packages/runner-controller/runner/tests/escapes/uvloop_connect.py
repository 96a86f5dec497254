import asyncio

from target import TCP_PORT


def attack():
    return asyncio.run(asyncio.open_connection("127.0.0.1", TCP_PORT))
