"""HTTP to one server: JSON there and back, streams of events, retries, and breaking off at once.

Knows httpx and the ways in which a network fails. Does not know what is asked or answered.
"""

import contextlib
import json
import random
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qwq_cli.endpoint import Endpoint
from qwq_cli.engines.openai.faults import AGAIN, fault_in_stream, message_of, refusal, retry_after
from qwq_cli.engines.openai.sse import EventReader
from qwq_cli.errors import ConfigError, FailedThereError, QwqError, UnavailableError

if TYPE_CHECKING:
    import httpx

TRIES = 4
LONGEST_WAIT_S = 60.0
"""A server that asks to wait longer is busy; a person may want to know."""
_FIRST_WAIT_S = 0.5
_CONNECT_S = 10.0
_LARGEST_REFUSAL = 65_536
_LARGEST_REPLY = 2**26
"""Bytes of a reply that is not a stream: a long prompt's token ids fit many times."""
_DONE = "[DONE]"
_OPENED = (".connect_tcp.complete", ".start_tls.complete")


class BrokenOffError(Exception):
    """Raised where a call was broken off: nobody wants its result."""


class Call:
    """One exchange, or several in turn, that can be broken off from anywhere."""

    def __init__(self) -> None:
        self.broken = False
        self._socket: socket.socket | None = None
        self._pause = threading.Lock()
        self._pause.acquire()

    def break_off(self) -> None:
        """Cancel. Waits for nothing and takes no lock, so a signal handler may call it."""
        self.broken = True
        with contextlib.suppress(RuntimeError):  # released before
            self._pause.release()
        self._shut()

    def wait(self, seconds: float) -> None:
        """Pass the time; raises BrokenOffError as soon as it is broken off."""
        if self._pause.acquire(timeout=seconds) or self.broken:
            raise BrokenOffError

    def follow(self, event: str, info: Mapping[str, Any]) -> None:
        """Httpcore's trace: tells of the sockets that are opened for this call."""
        if event.endswith(_OPENED):
            self._socket = found = info["return_value"].get_extra_info("socket")
            if self.broken:  # nobody but us knows this one
                found.close()
        # Later than this a socket that is shut ends things; closing must not be disturbed.
        if self.broken and event.endswith((*_OPENED, ".send_request_headers.started")):
            raise BrokenOffError

    def _shut(self) -> None:
        """Wake whoever reads; closing the socket under a reader would not, and may hit another."""
        if self._socket is not None:
            with contextlib.suppress(OSError, ValueError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Client:
    """A server, as long as it is of use. Paths that begin with a slash are the server's own; the
    others belong to the version that its address ends with.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.models: tuple[str, ...] = ()
        """What the server serves, as far as it is known; for errors that say so."""
        self._http: httpx.Client | None = None

    def get(self, path: str, call: Call) -> dict[str, Any]:
        """A JSON object; raises QwqError kinds, and BrokenOffError."""
        with self._answer("GET", path, None, call) as response:
            return self._object(response)

    def post(self, path: str, body: Mapping[str, object], call: Call) -> dict[str, Any]:
        """The same, for a JSON object."""
        with self._answer("POST", path, body, call) as response:
            return self._object(response)

    def events(self, path: str, body: Mapping[str, object], call: Call) -> Iterator[dict[str, Any]]:
        """The objects of a stream, up to its end; also raises for an error among them."""
        with self._answer("POST", path, body, call) as response:
            self._refuse_pages(response)
            reader = EventReader()
            for chunk in self._chunks(response, call):
                for data in reader.feed(chunk):
                    if data.strip() == _DONE:
                        return
                    yield self._event(data)
            if reader.unfinished is not None and reader.unfinished.strip() != _DONE:
                raise QwqError("the server broke off in the middle of a text")

    def close(self) -> None:
        """Free its connections."""
        if self._http is not None:
            self._http.close()

    # ------------------------------------------------------------------------------ sending

    @contextlib.contextmanager
    def _answer(
        self, method: str, path: str, body: Mapping[str, object] | None, call: Call
    ) -> Iterator["httpx.Response"]:
        """A response of status 200, not yet read. What may go better later is tried again."""
        content = None if body is None else _encoded(body)
        for attempt in range(TRIES):
            with self._mapped(call):
                response = self._send(method, path, content, call)
            with contextlib.closing(response):
                if response.is_success:
                    yield response
                    return
                with self._mapped(call):
                    said = _first_bytes(response)
                error = refusal(response.status_code, said, self.endpoint, self.models)
                pause = _pause(response, attempt)
                if pause is None:
                    raise error
            call.wait(pause)

    def _send(self, method: str, path: str, content: bytes | None, call: Call) -> "httpx.Response":
        if self._http is None:
            self._http = _connect(self.endpoint)
        base = self.endpoint.root if path.startswith("/") else f"{self.endpoint.url}/"
        request = self._http.build_request(
            method, base + path, content=content, extensions={"trace": call.follow}
        )
        if call.broken:
            raise BrokenOffError
        return self._http.send(request, stream=True)

    @contextlib.contextmanager
    def _mapped(self, call: Call) -> Iterator[None]:
        """What httpx raises before there is an answer, as our errors."""
        import httpx

        where = self.endpoint.url
        try:
            yield
        except (httpx.InvalidURL, UnicodeError) as error:  # the latter from what resolves names
            raise ConfigError(
                f"a name on the way to {where} can't be a host's",
                str(error),
                "mend base_url or proxy",
            ) from error
        except (httpx.HTTPError, OSError) as error:
            if call.broken:
                raise BrokenOffError from error
            raise _unreachable(where, error, self.endpoint.patience_s) from error

    # ------------------------------------------------------------------------------ reading

    def _object(self, response: "httpx.Response") -> dict[str, Any]:
        import httpx

        try:
            data = b"".join(_limited(response, _LARGEST_REPLY))
            found = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise _no_server(self.endpoint, response) from error
        except httpx.HTTPError as error:
            raise FailedThereError(
                f"the server at {self.endpoint.url} broke off", str(error)
            ) from error
        if not isinstance(found, dict):
            raise _no_server(self.endpoint, response)
        return found

    def _refuse_pages(self, response: "httpx.Response") -> None:
        kind = response.headers.get("content-type", "")
        if kind.startswith(("text/html", "application/json")):
            if "json" in kind and (error := self._object(response).get("error")):
                raise fault_in_stream(error, self.endpoint)
            raise _no_server(self.endpoint, response)

    def _chunks(self, response: "httpx.Response", call: Call) -> Iterator[bytes]:
        import httpx

        try:
            for chunk in response.iter_bytes():
                if call.broken:
                    raise BrokenOffError
                yield chunk
        except httpx.ReadTimeout as error:
            raise QwqError(
                "the server fell silent in the middle of a text",
                f"nothing came for {self.endpoint.patience_s:g} s",
                "raise timeout if it is slow",
            ) from error
        except (httpx.HTTPError, OSError) as error:
            if call.broken:
                raise BrokenOffError from error
            raise QwqError("the server broke off in the middle of a text", str(error)) from error
        if call.broken:
            raise BrokenOffError

    def _event(self, data: str) -> dict[str, Any]:
        try:
            event = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise QwqError(
                "the server sent an event that is no JSON", message_of(data, self.endpoint.key)
            ) from error
        if not isinstance(event, dict):
            raise QwqError("the server sent an event that is no object")
        if event.get("error"):
            raise fault_in_stream(event["error"], self.endpoint)
        if event.get("object") == "error" or ("code" in event and "message" in event):
            raise fault_in_stream(event, self.endpoint)
        return event


def _connect(endpoint: Endpoint) -> "httpx.Client":
    import httpx

    headers = {"Accept-Encoding": "identity", "User-Agent": "qwq"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    secure = endpoint.url.startswith("https:") or (endpoint.proxy or "").startswith("https:")
    try:
        return httpx.Client(
            headers=headers,
            verify=_certificates(endpoint) if secure else False,
            proxy=endpoint.proxy,
            # The environment is config's business.
            trust_env=False,
            timeout=httpx.Timeout(endpoint.patience_s, connect=_CONNECT_S),
            # A connection that is kept may be a dead one; what follows a rewind is rarely soon.
            limits=httpx.Limits(max_keepalive_connections=0),
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        why = "its library is missing" if isinstance(error, ImportError) else "it is no address"
        raise ConfigError(
            "the proxy can't be used", why, "mend proxy, or HTTPS_PROXY and the like"
        ) from error


def _certificates(endpoint: Endpoint) -> ssl.SSLContext:
    import httpx

    if endpoint.ca_file is None:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=endpoint.ca_file)
    except OSError as error:  # no file, or none with certificates
        raise ConfigError(
            f"can't read certificates from {endpoint.ca_file}", str(error), "mend ca_file"
        ) from error


def _encoded(body: Mapping[str, object]) -> bytes:
    # Lone surrogates, which are no text, are refused when messages are made.
    return json.dumps(body, ensure_ascii=True).encode()


def _pause(response: "httpx.Response", attempt: int) -> float | None:
    """Seconds until the next try; None where there is none."""
    if response.status_code not in AGAIN or attempt == TRIES - 1:
        return None
    asked = retry_after(response.headers)
    if asked is None:
        return _FIRST_WAIT_S * 2.0**attempt * random.uniform(1, 1.25)
    return asked if asked <= LONGEST_WAIT_S else None


def _first_bytes(response: "httpx.Response") -> bytes:
    found = b""
    for chunk in response.iter_bytes():
        found += chunk
        if len(found) >= _LARGEST_REFUSAL:
            break
    return found[:_LARGEST_REFUSAL]


def _limited(response: "httpx.Response", most: int) -> Iterator[bytes]:
    """The body's chunks; raises ValueError where there is no end of them."""
    count = 0
    for chunk in response.iter_bytes():
        count += len(chunk)
        if count > most:
            raise ValueError(f"more than {most:,} bytes")
        yield chunk


def _no_server(endpoint: Endpoint, response: "httpx.Response") -> UnavailableError:
    kind = response.headers.get("content-type", "nothing").partition(";")[0]
    return UnavailableError(
        f"what answers at {endpoint.url} is no OpenAI-compatible server",
        f"it sent {kind}",
        "check --base-url",
    )


def _unreachable(where: str, error: Exception, patience_s: float) -> QwqError:
    import httpx

    if isinstance(error, httpx.ProxyError):
        return UnavailableError("the proxy refuses", str(error), "check proxy, or HTTPS_PROXY")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return UnavailableError(
            f"the server at {where} can't be trusted",
            str(error).rpartition("] ")[2],
            "set ca_file to its authority's certificate",
        )
    if isinstance(error, httpx.ConnectTimeout):
        return UnavailableError(
            f"no server at {where}", f"no answer within {_CONNECT_S:g} s", "check --base-url"
        )
    if isinstance(error, httpx.TimeoutException):
        return UnavailableError(
            f"the server at {where} does not answer",
            f"it was silent for {patience_s:g} s",
            "raise timeout if it is slow",
        )
    if isinstance(error, httpx.ConnectError):
        return UnavailableError(
            f"no server at {where}", str(error), "start it, or check --base-url"
        )
    return FailedThereError(f"the server at {where} broke off", str(error) or type(error).__name__)
