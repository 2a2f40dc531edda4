"""Where a server is, and what it takes to reach it: address, key, proxy, certificates, patience.

Knows URLs and the conventions of proxies. Reads no environment (it is handed one), and speaks to
nobody.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final, Literal, TypeAlias, get_args
from urllib.parse import SplitResult, urlsplit, urlunsplit

from qwq_cli.errors import ConfigError

Dialect: TypeAlias = Literal["auto", "openai", "vllm", "sglang", "llama-server", "tabbyapi", "qwq"]
"""Which server it is. auto: as it says itself. openai: what all of them have in common."""
DIALECTS: Final[tuple[Dialect, ...]] = get_args(Dialect)

PATIENCE_S: Final = 300.0
"""How long a server may be silent, by default: prompts can be long, and queues too."""

_VERSION = re.compile(r"/v\d+\w*$")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server's address ends with its version (`http://host:8000/v1`). What is secret, the key
    and the proxy, whose address may hold a password, is not shown. `server`: its name, None where
    its user gave it none.
    """

    url: str
    key: str = field(default="", repr=False)
    dialect: Dialect = "auto"
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    patience_s: float = PATIENCE_S
    server: str | None = None

    @property
    def root(self) -> str:
        """The address without its version, where servers have endpoints of their own."""
        return _VERSION.sub("", self.url)


@dataclass(frozen=True, slots=True)
class Wished:
    """What settings say of a server; None where they say nothing."""

    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    dialect: Dialect = "auto"
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    timeout: float = PATIENCE_S
    server: str | None = None


def endpoint_of(wished: Wished, environ: Mapping[str, str]) -> Endpoint:
    """The endpoint that the settings and the environment mean.

    Where no key is set, OPENAI_API_KEY serves, but is never sent over a network in the clear.
    Where no proxy is set, HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are heeded, in either
    case; but HTTP_PROXY only in lower case, since a web server sets the other from a visitor's
    header. This machine itself is never asked for through a proxy of the environment.

    Raises ConfigError for an address or key that can't be one.
    """
    if not wished.base_url:
        raise ConfigError(
            "which server is meant is not set", "", "give --base-url, as in http://localhost:8000"
        )
    parts = _parts(wished.base_url)
    key = wished.api_key or ""
    if not key and (parts.scheme == "https" or is_here(parts.hostname or "")):
        key = environ.get("OPENAI_API_KEY", "")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError("the API key is none", "it has characters that no key has", "mend it")
    path = parts.path.rstrip("/")
    if not _VERSION.search(path):
        path += "/v1"
    return Endpoint(
        url=urlunsplit((parts.scheme, parts.netloc, path, "", "")),
        key=key,
        dialect=wished.dialect,
        proxy=_proxy(wished, parts, environ),
        ca_file=wished.ca_file or environ.get("SSL_CERT_FILE") or None,
        patience_s=wished.timeout,
        server=wished.server,
    )


def check_address(url: str) -> None:
    """Raises ConfigError for what is no address of a server."""
    _parts(url)


def _parts(url: str) -> SplitResult:
    example = "give one like http://localhost:8000/v1"
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in {"http", "https"} and parts.hostname
        _ = parts.port
    except ValueError as error:
        raise ConfigError("base_url is no address", str(error), example) from error
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            "base_url has a name or password in it", "it would be shown", "set api_key instead"
        )
    if not usable:
        raise ConfigError(f"base_url {url!r} is no address of a server", "", example)
    if parts.query or parts.fragment:
        raise ConfigError(f"base_url {url!r} has more than a path", "", example)
    return parts


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _proxy(wished: Wished, parts: SplitResult, environ: Mapping[str, str]) -> str | None:
    proxy = wished.proxy or _usual_proxy(parts, environ)
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def _usual_proxy(parts: SplitResult, environ: Mapping[str, str]) -> str | None:
    host = parts.hostname or ""
    if is_here(host) or _excepted(host, parts.port, environ):
        return None
    names = ["https_proxy", "HTTPS_PROXY"] if parts.scheme == "https" else ["http_proxy"]
    return next(filter(None, map(environ.get, (*names, "all_proxy", "ALL_PROXY"))), None)


def _excepted(host: str, port: int | None, environ: Mapping[str, str]) -> bool:
    """Whether NO_PROXY names the host, a domain that it is in, or all (`*`)."""
    listed = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    for entry in (entry.strip().lower() for entry in listed.split(",")):
        name, _, wanted = entry.rpartition(":") if re.search(r":\d+$", entry) else (entry, "", "")
        name = name.removeprefix("*").lstrip(".")
        if entry == "*" or (
            name and (host == name or host.endswith(f".{name}")) and wanted in {"", str(port)}
        ):
            return True
    return False
