"""The door of the server: who may come in, with how much, and what everybody is told on leaving.

Knows ASGI and headers. Does not know what is behind it.
"""

import hmac
import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qwq_cli import __version__
from qwq_cli.endpoint import is_here
from qwq_cli.errors import QwqError
from qwq_cli.server.faults import RefusedError, fault_of
from qwq_cli.server.metrics import Metrics
from qwq_cli.server.sending import GoneError, send_fault

_log = logging.getLogger(__name__)

OPEN = frozenset({"/health"})
"""Paths that need no key: whoever watches a server need not be able to use it."""


@dataclass(frozen=True, slots=True)
class Door:
    """`key`: what a client has to know, "" for nothing. `local`: only pages and programs that call
    this machine by a name of its own are let in, or a page in somebody's browser could use it.
    """

    key: str = field(default="", repr=False)
    local: bool = False

    def refuse(self, path: str, headers: dict[bytes, bytes]) -> None:
        """Raises RefusedError."""
        if self.local:
            _refuse_strangers(headers)
        if self.key and path not in OPEN:
            self._check(headers.get(b"authorization", b""))

    def _check(self, told: bytes) -> None:
        scheme, _, key = told.partition(b" ")
        known = hmac.compare_digest(key.strip(), self.key.encode())
        if scheme.lower() != b"bearer" or not known:
            what = "the API key is wrong" if key else "an API key is needed"
            raise RefusedError(
                HTTPStatus.UNAUTHORIZED,
                f"{what}: send it as 'Authorization: Bearer ...'",
                code="invalid_api_key",
            )


OPEN_DOOR = Door()


def _refuse_strangers(headers: dict[bytes, bytes]) -> None:
    host = headers.get(b"host", b"").decode("latin-1")
    if not is_here(_name(host)):
        raise RefusedError(
            HTTPStatus.FORBIDDEN,
            f"this server is not called '{host}'; where it has a key, any name will do",
        )
    origin = headers.get(b"origin")
    if origin is not None and not _is_from_here(origin.decode("latin-1")):
        raise RefusedError(HTTPStatus.FORBIDDEN, "pages from elsewhere are not let in")


def _is_from_here(origin: str) -> bool:
    try:
        return is_here(_name(urlsplit(origin).netloc))
    except ValueError:  # no address at all
        return False


def _name(host: str) -> str:
    """A host without its port."""
    name = host if host.endswith("]") or ":" not in host else host.rpartition(":")[0]
    return name.lower().strip("[]")


def guarded(app: ASGIApp, door: Door, metrics: Metrics, paths: frozenset[str]) -> ASGIApp:
    """The application behind the door. `paths`: those that are counted by name."""

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        status = 0

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = (b"qwq-version", __version__.encode())
                message = {**message, "headers": [*message.get("headers", ()), own]}
            await send(message)

        try:
            door.refuse(path, dict(scope["headers"]))
            # With an app in its scope starlette raises what it would tell in a form of its own.
            await app({**scope, "app": app}, receive, tell)
        except GoneError:
            metrics.left()
        except HTTPException as error:
            what = HTTPStatus(error.status_code)
            refusal = RefusedError(what, f"{scope['method']} {path}: {what.phrase}")
            await send_fault(tell, refusal.fault)
        except Exception as error:  # noqa: BLE001 - the door is the last who could tell
            if not isinstance(error, QwqError | RefusedError):
                _log.error("a fault of qwq's own", exc_info=error)
            if not status:
                await send_fault(tell, fault_of(error))
        finally:
            metrics.answered(path if path in paths else "other", status)

    return enter
