"""Between one editor and its servers: says who answers, in words that both sides know."""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

from fapi_runner.agent.language.actions import list_actions, list_findings, rename_own
from fapi_runner.agent.language.codes import (
    CANCELLED,
    INTERNAL,
    INVALID_PARAMS,
    INVALID_REQUEST,
    MODIFIED,
    NOT_READY,
    PARSE_ERROR,
    REFUSED,
    UNKNOWN_METHOD,
)
from fapi_runner.agent.language.documents import Documents, OutOfStepError, TooManyError
from fapi_runner.agent.language.files import Files, FilesError, read_changes, read_text
from fapi_runner.agent.language.framing import encode_json
from fapi_runner.agent.language.places import PlaceError, Places
from fapi_runner.agent.language.routing import (
    ACTIONS,
    BY_TY,
    CHANGE,
    CHANGE_FILES,
    CLOSE,
    OPEN,
    PREPARE_RENAME,
    READ_FILE,
    RENAME,
    RESOLVE_ACTION,
    SAVE,
    TO_RUFF,
    merge_capabilities,
)
from fapi_runner.agent.language.server import GoneError, Reply, RpcError
from fapi_runner.agent.language.servers import Servers
from fapi_runner.protocol import Json

MESSAGE_LIMIT_BYTES = 1_000_000  # of one message, either way: what the bus carries
REQUESTS_LIMIT = 64
ITEMS_LIMIT = 300


class SessionOverError(Exception):
    """The session cannot go on, with a code that the editor's side knows and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Broker:
    """One editor's session, from its first message to its last."""

    def __init__(
        self, servers: Servers, places: Places, files: Files, documents: Documents, send: Callable[[bytes], object]
    ):
        self._servers = servers
        self._places = places
        self._files = files
        self._documents = documents
        self._send_bytes = send
        self._requests: dict[str | int, asyncio.Task[None]] = {}
        self._is_introduced = False

    def accept(self, body: bytes) -> None:
        """Take one message of the editor; raise SessionOverError."""
        if len(body) > MESSAGE_LIMIT_BYTES:
            raise SessionOverError("too_large", f"A message has {len(body)} bytes; {MESSAGE_LIMIT_BYTES} are allowed.")
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            return self._refuse(None, PARSE_ERROR, "It is not JSON.")
        if not isinstance(message, dict) or not isinstance(message.get("params", {}), dict | None):
            return self._refuse(None, INVALID_REQUEST, "It is no message of this protocol.")
        if "method" not in message:
            return None  # an answer; we ask nothing
        number, method, params = message.get("id"), str(message["method"]), message.get("params") or {}
        if number is None:
            return self._note(method, params)
        if not isinstance(number, str | int) or isinstance(number, bool) or number in self._requests:
            return self._refuse(None, INVALID_REQUEST, "The id is none, or in use.")
        if len(self._requests) >= REQUESTS_LIMIT:
            return self._refuse(number, REFUSED, f"More than {REQUESTS_LIMIT} requests wait for their answers.")
        try:
            answering = self._begin(method, params)
        except PlaceError as error:
            return self._refuse(number, INVALID_PARAMS, f"There is no such place: {error}.")
        if answering is None:
            return self._refuse(number, UNKNOWN_METHOD, f"There is no method {method[:100]!r}.")
        self._requests[number] = asyncio.create_task(self._answer(number, answering))
        return None

    def close(self) -> None:
        """Answer nothing more."""
        for request in self._requests.values():
            request.cancel()

    def _note(self, method: str, params: Json) -> None:
        try:
            if method in (OPEN, CHANGE, SAVE, CLOSE):
                self._sync(method, params)
            elif method == CHANGE_FILES:
                self._change_files(*read_changes(params))
            elif method == "$/cancelRequest" and isinstance(params.get("id"), str | int):
                request = self._requests.get(params["id"])
                if request is not None:
                    # Once it has begun: one that is cancelled before would never say so.
                    asyncio.get_running_loop().call_soon(request.cancel)
        except OutOfStepError as error:
            # It names a file as the servers do.
            told = str(self._places.to_client(f"The texts are out of step: {error}."))
            raise SessionOverError("session_gap", told) from error
        except TooManyError as error:
            raise SessionOverError("too_large", f"Too much is open: {error}.") from error
        except (KeyError, TypeError, AttributeError, ValueError):
            raise SessionOverError("session_gap", f"A {method} cannot be read.") from None
        except (PlaceError, FilesError):
            pass  # a notification has no answer; nothing was done

    def _sync(self, method: str, params: Json) -> None:
        told = params["textDocument"]
        uri = str(told["uri"])
        place = self._places.find_uri(uri)
        if method == OPEN:
            document = self._documents.open(place, _check_text(told))
            self._servers.open(document)
        elif method == CHANGE:
            if type(told["version"]) is not int:
                raise TypeError
            self._documents.change(place, told["version"], params["contentChanges"])
            self._servers.tell(place, CHANGE, {**params, "textDocument": {**told, "uri": place}})
        elif method == CLOSE and self._documents.close(place):
            self._servers.tell(place, CLOSE, {"textDocument": {"uri": place}})
        elif method == SAVE and self._documents.find(place):
            self._servers.tell(place, SAVE, {"textDocument": {"uri": place}})

    def _change_files(self, put: dict[str, str], delete: list[str]) -> None:
        self._servers.note_files(self._places.list_changes(self._files.change(put, delete)))

    def _begin(self, method: str, params: Json) -> Coroutine[Any, Any, object] | None:
        """Return what answers; None where nobody does. All that is said in here is said in order."""
        if method == "initialize":
            return self._introduce(params)
        if method == "shutdown":
            return _nothing()
        if method == READ_FILE:
            return self._read_file(params)
        told = self._places.to_server(params)
        if method == RENAME:
            return self._rename(told)
        if method == ACTIONS:
            return self._find_actions(told)
        if method == RESOLVE_ACTION:
            return self._resolve_action(told)
        server = self._servers.ty if method in BY_TY else self._servers.ruff if method in TO_RUFF else None
        if server is None:
            return None
        return server.begin(method, told)

    async def _answer(self, number: str | int, answering: Coroutine[Any, Any, object]) -> None:
        try:
            answer = await answering
            if isinstance(answer, Reply):
                told = answer.result
                answer = _shorten(self._places.to_client(told) if self._places.names_any(answer.text) else told)
            self._send({"id": number, "result": answer})
        except RpcError as error:
            code = error.error.get("code")
            refused = {"code": code if isinstance(code, int) else INTERNAL, "message": str(error.error.get("message"))}
            self._send({"id": number, "error": self._places.to_client(refused)})
        except GoneError:
            self._refuse(number, NOT_READY, "Whoever answers this is being started again.")
        except FilesError as error:
            self._refuse(number, INVALID_PARAMS, str(error))
        except asyncio.CancelledError:
            self._refuse(number, CANCELLED, "It was cancelled.")
        except Exception as error:  # noqa: BLE001 - a server may answer anything, and an editor waits
            traceback.print_exception(error, file=sys.stderr)
            self._refuse(number, INTERNAL, "It could not be answered; the agent's log says why.")
        finally:
            self._requests.pop(number, None)

    async def _introduce(self, params: Json) -> object:
        if self._is_introduced:
            raise RpcError({"code": INVALID_REQUEST, "message": "A session begins once."})
        self._is_introduced = True
        capabilities = params.get("capabilities")
        ty, ruff = await self._servers.introduce(capabilities if isinstance(capabilities, dict) else {})
        return merge_capabilities(ty, ruff)

    async def _read_file(self, params: Json) -> object:
        uri = params.get("uri")
        if not isinstance(uri, str):
            raise FilesError("uri must be the one of a file.")
        try:
            root, parts = self._places.find_parts(uri)
            document = self._documents.find(self._places.find_uri(uri))
        except PlaceError as error:
            raise FilesError(f"There is no such file: {error}.") from error
        if document is not None:
            return {"text": document.text}
        if root != self._places.app and not parts[-1].endswith((".py", ".pyi")):
            raise FilesError("Of a library only its sources can be read.")
        return {"text": await asyncio.to_thread(read_text, root, parts)}

    def _rename(self, params: Json) -> Coroutine[Any, Any, object]:
        place = {key: params.get(key) for key in ("textDocument", "position")}
        return rename_own(self._servers.ty.begin(PREPARE_RENAME, place), self._servers.ty.begin(RENAME, params))

    async def _find_actions(self, params: Json) -> object:
        version = self._find_version(params)
        findings = await asyncio.gather(*(list_findings(server, params) for server in self._servers.both))
        if self._find_version(params) != version:
            raise RpcError({"code": MODIFIED, "message": "The text has changed meanwhile."})
        asked = [list_actions(server, params, each) for server, each in zip(self._servers.both, findings, strict=True)]
        actions = [action for actions in await asyncio.gather(*asked) for action in actions]
        return self._places.to_client(actions)

    def _find_version(self, params: Json) -> int | None:
        told = params.get("textDocument")
        document = self._documents.find(str(told.get("uri"))) if isinstance(told, dict) else None
        return None if document is None else document.version

    async def _resolve_action(self, action: Json) -> object:
        data = action.get("data")
        if not isinstance(data, dict) or data.get("by") != "ruff":
            return action
        return await self._servers.ruff.begin(RESOLVE_ACTION, {**action, "data": data.get("data")})

    def _refuse(self, number: str | int | None, code: int, message: str) -> None:
        self._send({"id": number, "error": {"code": code, "message": message}})

    def _send(self, message: Json) -> None:
        text = encode_json({"jsonrpc": "2.0", **message})
        if len(text) > MESSAGE_LIMIT_BYTES:
            self._refuse(message["id"], INTERNAL, f"The answer has {len(text)} bytes, which are too many.")
        else:
            self._send_bytes(text)


async def _nothing() -> None:
    return None


def _check_text(told: Json) -> Json:
    if not isinstance(told["text"], str) or type(told["version"]) is not int:
        raise TypeError
    return {"languageId": str(told["languageId"]), "version": told["version"], "text": told["text"]}


def _shorten(result: object) -> object:
    """Leave the best items of a long completion: an editor asks again as somebody types."""
    if isinstance(result, dict) and isinstance(items := result.get("items"), list) and len(items) > ITEMS_LIMIT:
        return {**result, "items": items[:ITEMS_LIMIT], "isIncomplete": True}
    return result
