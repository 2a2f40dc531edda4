"""Pulling a model: the files of a listing, checked, into a folder.

Built on huggingface_hub's own requests: the way to each file, its retries, redirects and login.
Two things are done here, because version 2 of that library leaves them out: a partial file of a
process that was killed is gone on with (a file of gigabytes would begin anew), and what came is
compared with the hub's checksum (the library looks at the size alone).

Knows the hub and a folder. Does not know the store, nor how progress is shown.
"""

import hashlib
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, cast
from urllib.parse import urlsplit

from qwq_cli.config import Hub
from qwq_cli.errors import BadInputError, QwqError, UnavailableError
from qwq_cli.weights.hub import AGENT, Listing, RemoteFile, client, faults

OnBytes: TypeAlias = Callable[[int], None]
"""Called with the bytes that are here, of the listing's total."""

PART = ".part"
MARGIN = 256 * 2**20
"""Bytes to leave free on the disk beside the model."""

_LARGEST = 50 * 10**9
"""Bytes of one file that the hub gives in the plain way; more goes by its own protocol alone."""
_CHUNK = 1 << 22


def fetch(
    listing: Listing, folder: Path, hub: Hub, on_bytes: OnBytes, *, same_commit: bool = True
) -> None:
    """Bring every file of the listing into the folder; goes on where an earlier try ended. Without
    `same_commit` what is here may be of another one, and is compared with the checksums first.

    A file bears its name only when all of it is there, is what the hub says it is, and is on the
    disk; until then it ends in `.part`. Raises as `look_up` does, QwqError for a full disk (what
    is here stays), BadInputError where the hub's file is not what the hub says.
    """
    _check_sizes(listing)
    _tidy(listing, folder)
    _ask_for_space(listing, folder)
    done = 0
    for file in listing.files:
        before = done

        def tell(count: int, before: int = before) -> None:
            on_bytes(before + count)

        path = folder / file.name
        if not same_commit and path.is_file() and not _is_right(path, file):
            path.unlink()
        if not _is_here(path, file):
            _fetch_one(listing, file, folder, hub, tell)
        done += file.size_bytes
        on_bytes(done)


def _fetch_one(
    listing: Listing, file: RemoteFile, folder: Path, hub: Hub, on_bytes: OnBytes
) -> None:
    part = folder / (file.name + PART)
    resumed = part.exists()
    _transfer(listing, file, part, hub, on_bytes)
    if not _is_right(part, file):
        part.unlink()
        if not resumed:
            raise BadInputError(
                f"{file.name} of {listing.repo} did not arrive as the hub describes it",
                "its checksum is another",
                "pull again",
            )
        _transfer(listing, file, part, hub, on_bytes)  # what was there before was damaged
        if not _is_right(part, file):
            part.unlink()
            raise BadInputError(
                f"{file.name} of {listing.repo} arrived damaged twice", "", "pull again"
            )
    part.replace(folder / file.name)


def _transfer(listing: Listing, file: RemoteFile, part: Path, hub: Hub, on_bytes: OnBytes) -> None:
    """All bytes of a file into `part`, those that are there left out."""
    with faults(listing.repo, hub), _writing(part, on_bytes) as stream:
        from huggingface_hub import hf_hub_url
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        here = stream.tell()
        if here > file.size_bytes:  # of another file of that name
            stream.truncate(0)
            here = stream.seek(0)
        on_bytes(here)
        if here == file.size_bytes:
            return
        url = hf_hub_url(listing.repo, file.name, revision=listing.commit, endpoint=hub.endpoint)
        way = client(hub).get_hf_file_metadata(url=url)
        # A file may lie with somebody else, who has no business with the token.
        ours = urlsplit(way.location).netloc == urlsplit(url).netloc
        headers = build_hf_headers(token=(hub.token or None) if ours else False, **AGENT)
        http_get(
            way.location,
            cast("BinaryIO", stream),
            resume_size=here,
            headers=headers,
            expected_size=file.size_bytes,
            displayed_filename=file.name,
        )


class _Counted(io.BufferedWriter):
    """A file that tells how far it is with each write."""

    def __init__(self, raw: io.FileIO, on_bytes: OnBytes) -> None:
        super().__init__(raw)
        self._on_bytes = on_bytes

    def write(self, data: Any) -> int:  # noqa: ANN401 - any bytes-like object
        count = super().write(data)
        self._on_bytes(self.tell())
        return count


@contextmanager
def _writing(part: Path, on_bytes: OnBytes) -> Iterator[_Counted]:
    """The partial file, open at its end, with what was written on the disk in the end."""
    part.parent.mkdir(parents=True, exist_ok=True)
    with _Counted(io.FileIO(part, "a"), on_bytes) as stream:
        stream.seek(0, io.SEEK_END)
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


# ------------------------------------------------------------------------------------- checks


def _is_here(path: Path, file: RemoteFile) -> bool:
    """It was checked when it got its name; but for its size it need not be again."""
    return path.is_file() and path.stat().st_size == file.size_bytes


def _is_right(path: Path, file: RemoteFile) -> bool:
    if path.stat().st_size != file.size_bytes:
        return False
    if not file.sha256 and not file.sha1:
        return True
    # (Git names a blob by the SHA-1 of its size and content; nobody's safety hangs on it.)
    digest = hashlib.sha256() if file.sha256 else hashlib.sha1(usedforsecurity=False)
    if not file.sha256:
        digest.update(b"blob %d\0" % file.size_bytes)
    with path.open("rb") as stream:
        while data := stream.read(_CHUNK):
            digest.update(data)
    return digest.hexdigest() == (file.sha256 or file.sha1)


def _check_sizes(listing: Listing) -> None:
    for file in listing.files:
        if file.size_bytes > _LARGEST:
            raise UnavailableError(
                f"{file.name} is too large to be pulled, {file.size_bytes / 1e9:.1f} GB",
                "the hub gives files above 50 GB in another way",
                f"`hf download {listing.repo}`, then `qwq model add`",
            )


def _tidy(listing: Listing, folder: Path) -> None:
    """Leftovers of another commit, where the branch moved on between two tries, go."""
    named = {file.name for file in listing.files}
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        name = path.relative_to(folder).as_posix()
        if name.removesuffix(PART) not in named and not path.name.startswith((".", "qwq.json")):
            path.unlink()


def _ask_for_space(listing: Listing, folder: Path) -> None:
    here = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    needed = listing.size_bytes - here
    free = shutil.disk_usage(folder).free
    if needed + MARGIN > free and needed > 0:
        raise QwqError(
            f"there is not enough room in {folder.parent.parent}",
            f"{needed / 1e9:.1f} GB are still to come, and {free / 1e9:.1f} GB are free",
            "free some, or choose a smaller model",
        )
