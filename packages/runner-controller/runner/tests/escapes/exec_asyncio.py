import asyncio

import anyio
from target import COMMAND, check


async def run():
    try:
        await (await asyncio.create_subprocess_shell(COMMAND)).wait()
    except OSError:
        pass
    try:
        await anyio.run_process(COMMAND)
    except OSError:
        pass


def attack():
    asyncio.run(run())
    return check()
