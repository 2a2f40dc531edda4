"""What goes wrong, as a status and a body of OpenAI's shape. Knows our errors, and sends nothing.

    {"error": {"message": ..., "type": ..., "param": ..., "code": ..., "qwq": {...}}}

`qwq` has what our own clients make an error of ours from again.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from qwq_cli.codec import encode_error
from qwq_cli.errors import (
    BadInputError,
    BusyError,
    NotFoundError,
    QwqError,
    UnavailableError,
    UsageError,
)

_INVALID = "invalid_request_error"
_FAILED = "server_error"
_Status: TypeAlias = tuple[HTTPStatus, str, str | None]
_STATUS: tuple[tuple[type[QwqError], _Status], ...] = (
    (BadInputError, (HTTPStatus.BAD_REQUEST, _INVALID, None)),
    (UsageError, (HTTPStatus.BAD_REQUEST, _INVALID, None)),
    (NotFoundError, (HTTPStatus.NOT_FOUND, _INVALID, "model_not_found")),
    (BusyError, (HTTPStatus.SERVICE_UNAVAILABLE, _FAILED, "overloaded")),
    (UnavailableError, (HTTPStatus.SERVICE_UNAVAILABLE, _FAILED, "unavailable")),
)
"""Status, type and code of each kind of error; of any other, those of a fault of ours."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a client is told. `retry_s`: after how many seconds it may try again."""

    status: HTTPStatus
    body: dict[str, Any]
    retry_s: int | None = None


class RefusedError(Exception):
    """Raised where a request can't be served; says with which status, and why."""

    def __init__(
        self,
        status: HTTPStatus,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        retry_s: int | None = None,
    ) -> None:
        super().__init__(message)
        kind = _INVALID
        if status == HTTPStatus.UNAUTHORIZED:
            kind = "authentication_error"
        elif status == HTTPStatus.TOO_MANY_REQUESTS:
            kind = "rate_limit_error"
        elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            kind = _FAILED
        ours = {
            HTTPStatus.NOT_FOUND: NotFoundError,
            HTTPStatus.TOO_MANY_REQUESTS: BusyError,
            HTTPStatus.SERVICE_UNAVAILABLE: BusyError,
        }.get(status, BadInputError)
        record = encode_error(ours(message))
        error = {"message": message, "type": kind, "param": param, "code": code, "qwq": record}
        self.fault = Fault(status, {"error": error}, retry_s)


def refused(message: str, param: str | None = None) -> RefusedError:
    """A request that can't be understood."""
    return RefusedError(HTTPStatus.BAD_REQUEST, message, param=param)


def fault_of(error: Exception) -> Fault:
    """What an error means to a client. What is none of ours tells nothing of the inside."""
    if isinstance(error, RefusedError):
        return error.fault
    if not isinstance(error, QwqError):
        error = QwqError("the server failed", "this is a fault of qwq's own")
    status, name, code = next(
        (told for kind, told in _STATUS if isinstance(error, kind)),
        (HTTPStatus.INTERNAL_SERVER_ERROR, _FAILED, None),
    )
    if isinstance(error, BadInputError) and "too long" in error.what:
        code = "context_length_exceeded"
    body = {
        "message": str(error),
        "type": name,
        "param": None,
        "code": code,
        "qwq": encode_error(error),
    }
    retry_s = 5 if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    return Fault(status, {"error": body}, retry_s)
