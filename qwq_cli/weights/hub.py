"""The hub: what a repository holds, and what its answers mean. Built on huggingface_hub.

Knows the hub's client and the shape of its faults. Does not download a file, and does not know
where one would go.
"""

import errno
import fnmatch
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from qwq_cli import __version__
from qwq_cli.config import Hub
from qwq_cli.errors import BusyError, NotFoundError, QwqError, UnavailableError
from qwq_cli.weights.models import Format

if TYPE_CHECKING:
    from huggingface_hub import HfApi

AGENT: Final[dict[str, Any]] = {"library_name": "qwq", "library_version": __version__}

_TIMEOUT_S = 30.0
_EXL2_FILES = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model", "LICENSE*", "README.md")
_NOT_NEEDED = ("measurement*.json", "job_new.json", "consolidated*")
_SHARD = re.compile(r"-\d{5}-of-(\d{5})\.gguf$")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_MISSING = (
    "pip install huggingface_hub, or download the files by other means and give them to "
    "`qwq model add`"
)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the hub describes it. Of `sha256` (large files) and `sha1` (a Git blob's, of small
    ones) one is "".
    """

    name: str
    size_bytes: int
    sha256: str
    sha1: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What is to be pulled: files of one commit. `main` is the .gguf to load, "" for a folder."""

    repo: str
    commit: str
    format: Format
    files: tuple[RemoteFile, ...]
    main: str

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


def look_up(repo: str, revision: str, file: str, hub: Hub) -> Listing:
    """What the hub has for `repo` at `revision`: the GGUF called `file`, or, with "", the folder of
    safetensors; where there is none, its only GGUF.

    Raises NotFoundError (no such repository, revision or file; or several to choose from),
    UnavailableError (gated, offline, no client installed, unreachable), BusyError (the hub is).
    """
    with faults(repo, hub):
        info = client(hub).model_info(
            repo, revision=revision, files_metadata=True, timeout=_TIMEOUT_S
        )
        files = [_remote(sibling) for sibling in info.siblings or []]
    files = [file for file in files if _is_plain(file.name)]
    ggufs = [one for one in files if one.name.endswith(".gguf")]
    commit = str(info.sha or revision)
    if not file and any(one.name.endswith(".safetensors") for one in files):
        chosen = [one for one in files if _is_needed(one.name)]
        return Listing(repo, commit, "exl2", tuple(chosen), "")
    if not file and len(ggufs) == 1:
        file = ggufs[0].name
    shards = _set_of(file, ggufs)
    if not shards:
        raise _no_such_file(repo, file, ggufs)
    return Listing(repo, commit, "gguf", tuple(shards), shards[0].name)


def _remote(sibling: Any) -> RemoteFile:  # noqa: ANN401 - the library's RepoSibling
    lfs = sibling.lfs
    return RemoteFile(
        name=str(sibling.rfilename),
        size_bytes=int(lfs.size if lfs else sibling.size or 0),
        sha256=str(lfs.sha256) if lfs else "",
        sha1="" if lfs else str(sibling.blob_id or ""),
    )


def _is_plain(name: str) -> bool:
    """A path below the folder, whatever the hub says."""
    return not {"", ".", ".."} & set(name.split("/")) and "\0" not in name


def _is_needed(name: str) -> bool:
    """Of a folder of safetensors: what an engine reads, and what says whose it is."""
    if "/" in name or any(fnmatch.fnmatch(name, pattern) for pattern in _NOT_NEEDED):
        return False
    return any(fnmatch.fnmatch(name, pattern) for pattern in _EXL2_FILES)


def _set_of(file: str, ggufs: Sequence[RemoteFile]) -> list[RemoteFile]:
    """The file, or where it is one of a numbered set, all of the set, in order."""
    found = _SHARD.search(file)
    if not found:
        return [one for one in ggufs if one.name == file]
    stem = file[: found.start()]
    whole = re.compile(re.escape(stem) + rf"-\d{{5}}-of-{found[1]}\.gguf")
    shards = sorted((one for one in ggufs if whole.fullmatch(one.name)), key=lambda one: one.name)
    return shards if len(shards) == int(found[1]) else []


def _no_such_file(repo: str, file: str, ggufs: Sequence[RemoteFile]) -> NotFoundError:
    names = [one.name for one in ggufs]
    if file:
        return NotFoundError(f"{repo} has no file {file}", "", _choices(names))
    if not names:
        return NotFoundError(
            f"{repo} holds no weights at this revision",
            "neither .safetensors nor .gguf is in it",
            "EXL2 repositories often keep each bit rate in a branch: --revision",
        )
    several = f"{repo} has several GGUF files"
    return NotFoundError(several, "", f"choose one with --file; {_choices(names)}")


def _choices(names: Sequence[str]) -> str:
    return f"it has {', '.join(names[:12])}" if names else "it has no .gguf at all"


def client(hub: Hub) -> "HfApi":
    """The hub's client, quiet. Without a token of ours it uses the login that it keeps itself."""
    from huggingface_hub import HfApi
    from huggingface_hub.utils import disable_progress_bars, logging  # type: ignore[attr-defined]

    disable_progress_bars()
    logging.set_verbosity(logging.CRITICAL)  # type: ignore[attr-defined]
    return HfApi(endpoint=hub.endpoint, token=hub.token or None, **AGENT)


@contextmanager
def faults(repo: str, hub: Hub) -> Iterator[None]:
    """The library's errors, and those of the disk below it, as ours."""
    try:
        from huggingface_hub import errors
    except ImportError as error:
        raise UnavailableError(
            "pulling needs the hub's client", "it is not installed", _MISSING
        ) from error
    # (httpx's, or that of its successor, whichever the library is built on)
    network = cast("type[Exception]", errors.HfHubHTTPError.__mro__[1])
    try:
        yield
    except (network, OSError, errors.EntryNotFoundError, ValueError, TypeError) as error:
        mapped = _answered(error, repo, hub)
        if mapped is None and isinstance(error, network):
            mapped = UnavailableError(
                f"can't reach {hub.endpoint}",
                str(error) or type(error).__name__,
                "check the network and pull again: it goes on where it ended",
            )
        if mapped is None and isinstance(error, OSError):
            mapped = _of_disk(error)
        raise mapped or _no_hub(hub) from error


def _answered(error: Exception, repo: str, hub: Hub) -> QwqError | None:
    """What an answer of the hub means; None for what is none."""
    from huggingface_hub import errors

    known = {  # what is more special comes first
        errors.GatedRepoError: UnavailableError(
            f"{repo} is gated",
            "its makers ask everybody to accept their terms first",
            f"do that at {hub.endpoint}/{repo}, then set HF_TOKEN to a token of your account",
        ),
        errors.RepositoryNotFoundError: NotFoundError(
            f"no model {repo} at {hub.endpoint}",
            "it is not there, or private",
            "check the name; for a private one set HF_TOKEN",
        ),
        errors.RevisionNotFoundError: NotFoundError(
            f"{repo} has no such revision", "", f"see {hub.endpoint}/{repo}"
        ),
        errors.EntryNotFoundError: NotFoundError(f"a file of {repo} is gone", "", "pull again"),
        errors.HFValidationError: NotFoundError(
            f"'{repo}' names no repository", "", "one is written OWNER/NAME"
        ),
        errors.FileMetadataError: _no_hub(hub),
        errors.OfflineModeIsEnabled: UnavailableError(
            "the hub's client is offline", "HF_HUB_OFFLINE is set", "unset it to pull"
        ),
    }
    for kind, mapped in known.items():
        if isinstance(error, kind):
            return mapped
    if not isinstance(error, errors.HfHubHTTPError):
        return None
    status = error.response.status_code
    why = f"it answers {status}"
    if status in {401, 403}:
        return UnavailableError(f"the hub refuses {repo}", why, "check the token in HF_TOKEN")
    return BusyError(f"the hub can't give {repo} now", why, "try again later; it goes on")


def _no_hub(hub: Hub) -> QwqError:
    return UnavailableError(
        f"{hub.endpoint} does not answer as a hub does",
        "it is another server, or something stands between",
        "check HF_ENDPOINT and the network",
    )


def _of_disk(error: OSError) -> QwqError:
    if error.errno in _FULL:
        return QwqError(
            "the disk is full", "what came so far is kept", "free some room and pull again"
        )
    why = error.strerror or str(error).partition("\n")[0]
    return QwqError("the download broke off", why, "pull again: it goes on where it ended")
