"""A hub on loopback: what huggingface_hub's client asks for when models are pulled, and no more.

It lists repositories, tells the way to a file and gives files, in ranges too. Large files lie with
somebody else: the same server by another name (`localhost`), as the real hub's lie in a store of
their own. It can be slow, broken or choosy, as a test wants it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import unquote, urlsplit

LARGE = (".gguf", ".safetensors")


def commit_of(files: Mapping[str, bytes]) -> str:
    """A commit's hash: another for other files, by how they begin."""
    seen = sorted((name, len(data), data[:1000]) for name, data in files.items())
    return hashlib.sha1(repr(seen).encode(), usedforsecurity=False).hexdigest()


def blob_id(data: bytes) -> str:
    """What Git calls a file."""
    head = b"blob %d\0" % len(data)
    return hashlib.sha1(head + data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    range: str
    token: str


@dataclass(slots=True)
class SmallHub:
    """`repos`: files by (repository, revision). The rest says how it misbehaves: `gated`
    repositories; `status` for everything, or a `page` as a network sends it that wants a login;
    large files sent `damaged`; `hold_after` so many bytes of a large file, until `released`.
    """

    repos: dict[tuple[str, str], dict[str, bytes]] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    status: int = 0
    damaged: bool = False
    page: bytes = b""
    hold_after: int | None = None
    released: Event = field(default_factory=Event)
    asked: list[Asked] = field(default_factory=list)
    endpoint: str = ""

    def files(self, repo: str, revision: str) -> dict[str, bytes] | None:
        """By branch or commit."""
        for (name, branch), files in self.repos.items():
            if name == repo and revision in {branch, commit_of(files)}:
                return files
        return None

    def sent(self, name: str) -> list[Asked]:
        """The requests for the bytes of that file."""
        ends = f"/{name}"
        return [one for one in self.asked if one.method == "GET" and one.path.endswith(ends)]


@contextmanager
def small_hub() -> Iterator[SmallHub]:
    """Runs until the block ends."""
    hub = SmallHub()

    class Handler(_Handler):
        pass

    Handler.hub = hub
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: SmallHub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        headers = self.headers
        self.hub.asked.append(
            Asked(self.command, path, headers.get("Range", ""), headers.get("Authorization", ""))
        )
        if self.hub.page:
            self._send(200, {"Content-Type": "text/html"}, self.hub.page)
        elif self.hub.status:
            self._fail(self.hub.status, "")
        elif path.startswith("/api/models/"):
            self._list(path.removeprefix("/api/models/"))
        elif path.startswith("/store/"):
            self._give(path.removeprefix("/store/"))
        else:
            self._lead(path)

    def _list(self, path: str) -> None:
        repo, _, revision = path.partition("/revision/")
        files = self.hub.files(repo, revision or "main")
        if files is None:
            known = any(name == repo for name, _ in self.hub.repos)
            self._fail(404 if known else 401, "RevisionNotFound" if known else "RepoNotFound")
            return
        siblings = [_sibling(name, data) for name, data in files.items()]
        listing = {"id": repo, "sha": commit_of(files), "siblings": siblings}
        self._send(200, {"Content-Type": "application/json"}, json.dumps(listing).encode())

    def _lead(self, path: str) -> None:
        """The way to a file: a small one is here, a large one elsewhere."""
        repo, _, rest = path.lstrip("/").partition("/resolve/")
        revision, _, name = rest.partition("/")
        files = self.hub.files(repo, revision) or {}
        if repo in self.hub.gated:
            self._fail(403, "GatedRepo")
        elif name not in files:
            self._fail(404, "EntryNotFound")
        elif name.endswith(LARGE):
            data = files[name]
            elsewhere = self.hub.endpoint.replace("127.0.0.1", "localhost")
            headers = {
                "X-Repo-Commit": commit_of(files),
                "X-Linked-Size": str(len(data)),
                "X-Linked-Etag": f'"{hashlib.sha256(data).hexdigest()}"',
                "Location": f"{elsewhere}/store/{repo}/{name}",
            }
            self._send(302, headers, b"")
        else:
            headers = {"X-Repo-Commit": commit_of(files), "ETag": f'"{blob_id(files[name])}"'}
            self._send(200, headers, files[name])

    def _give(self, path: str) -> None:
        owner, model, name = path.split("/")
        data = next(
            files[name] for (repo, _), files in self.hub.repos.items() if repo == f"{owner}/{model}"
        )
        if self.hub.damaged:
            data = bytes([data[0] ^ 1]) + data[1:]
        wanted = self.headers.get("Range", "")
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        headers = {"Content-Range": f"bytes {begin}-{len(data) - 1}/{len(data)}"} if wanted else {}
        self._send(206 if wanted else 200, headers, data[begin:])

    def _fail(self, status: int, code: str) -> None:
        self._send(status, {"X-Error-Code": code} if code else {}, b"")

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        try:
            held = self.hub.hold_after
            if held is not None and len(body) > held:
                self.wfile.write(body[:held])
                self.hub.released.wait()
                body = body[held:]
            self.wfile.write(body)
        except OSError:  # the client was killed
            self.close_connection = True


def _sibling(name: str, data: bytes) -> dict[str, object]:
    sibling: dict[str, object] = {"rfilename": name, "size": len(data), "blobId": blob_id(data)}
    if name.endswith(LARGE):
        sha256 = hashlib.sha256(data).hexdigest()
        sibling["lfs"] = {"sha256": sha256, "size": len(data), "pointerSize": 134}
    return sibling
