"""A connection that becomes one editor's session with the language servers."""

from __future__ import annotations

import asyncio

from fapi_runner.agent.call import Call
from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.language.broker import SessionOverError
from fapi_runner.protocol import Json

GOODBYE_S = 5.0


async def language(call: Call) -> Json:
    peer, sessions = call.peer, call.agent.grounds.sessions
    app_id, digest = call.params.name("appId"), call.params.name("digest")
    if peer.on_message is not None:
        raise CommandError("bad_request", "This connection has a session already: each needs one of its own.")
    peer.on_message = lambda _: None
    try:
        session = await sessions.open(app_id, digest)
    except BaseException:
        peer.on_message = None
        raise

    loop = asyncio.get_running_loop()

    def leave(why: SessionOverError) -> None:
        if peer.on_message != session.accept:
            return
        peer.send_end(why.code, why.message)
        # Who is still speaking would find the connection broken, and lose what was said on it: so the peer closes it.
        peer.on_message = lambda _: None
        loop.call_later(GOODBYE_S, peer.close)
        sessions.close_later(session)

    # What the peer says from now on may be an editor's first word.
    peer.on_message = session.accept
    peer.call_on_close(lambda: sessions.close_later(session))
    # The servers start after the response, which is written when this coroutine has returned.
    loop.call_soon(session.begin, peer.send_message, leave)
    return {}
