"""`qwq serve`, from its settings to its end. Knows the order of things, and what is told of it.

Does not know options, nor HTTP.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qwq_cli.cli.answering import endpoint, loading, on_card, sampling, steering
from qwq_cli.cli.shell import Shell
from qwq_cli.config import Place, current_place, resolve
from qwq_cli.engines.gguf import read_header
from qwq_cli.errors import ConfigError, NotFoundError, UnavailableError, UsageError
from qwq_cli.runtime import Opened, is_remote, open_engine, open_server
from qwq_cli.settings import Settings, Value
from qwq_cli.weights.catalogue import find_weights

if TYPE_CHECKING:
    from qwq_cli.server.hosted import Hosted
    from qwq_cli.server.serving import Manner

_CONTEXT = 32_768
"""Tokens of context, of all who are answered at once: what `qwq ask` takes for itself."""
_PARALLEL = {"gguf": 4, "exl2": 8}
_REMOTE_PARALLEL = 64
_LEAST_CONTEXT = 4096
_OWN_BODY_BYTES = 64 * 2**20
"""Of a request to a warm model, which comes from who could load it here."""


@dataclass(frozen=True, slots=True)
class Served:
    """What the command line said."""

    flags: Mapping[str, Value | None]
    host: str
    port: int
    socket: str | None
    key_file: str | None
    parallel: int | None
    queue: int
    context: int | None
    grace_s: float
    idle_s: float | None = None
    bare: bool = False


def serve(wanted: Served, shell: Shell) -> None:
    """Serve until a signal comes. Raises QwqError kinds."""
    _refuse_without_libraries()
    from qwq_cli.server.listening import address_of, listening
    from qwq_cli.server.serving import Serving

    resolved = resolve(wanted.flags, _place(wanted))
    for notice in resolved.notices:
        shell.tell(notice)
    settings = resolved.settings
    key = _key(wanted, settings, shell)
    parallel, context = _room(wanted, settings)
    manner = _manner(wanted, parallel, key)
    # Whoever comes while it loads waits for it; and who can't listen needs to load nothing.
    with listening(manner.where) as listener:
        with shell.interrupts.deadly():
            opened = _open(settings, shell, parallel, context)
        hosted = _hosted(opened, settings)
        serving = Serving(hosted, manner)
        with shell.interrupts.ending(serving.stop):
            shell.tell(_greeting(hosted, manner, address_of(manner.where, listener)))
            let_go = serving.run(listener)
    if not let_go:
        shell.tell("the engine does not come to an end; it is left behind")
        shell.interrupts.leave(UnavailableError.code)
    opened.engine.close()


def _place(wanted: Served) -> Place:
    """Where settings come from."""
    place = current_place()
    return replace(place, directory=None, user_file=None) if wanted.bare else place


def _refuse_without_libraries() -> None:
    """One line for all that may be missing."""
    try:
        import prometheus_client
        import starlette
        import uvicorn
    except ImportError as error:
        raise UnavailableError(
            f"qwq serve needs {error.name}", "it is not installed", "pip install 'qwq-cli[serve]'"
        ) from error
    del prometheus_client, starlette, uvicorn


def _key(wanted: Served, settings: Settings, shell: Shell) -> str:
    """The key, "" for none; raises ConfigError for what can't be one."""
    key = settings.serve_key or ""
    if wanted.key_file is not None:
        path = _path(wanted.key_file)
        try:
            key = path.read_text("utf-8").strip()
            open_to_others = path.stat().st_mode & 0o077
        except FileNotFoundError as error:
            raise NotFoundError(f"no such file: {path}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"can't read the key in {path}", str(error)) from error
        if not key:
            raise ConfigError(f"{path} is empty", "", "write a key into it")
        if open_to_others:
            shell.tell(f"{path} may be read by others (chmod 600 {path} mends it)")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError("the key is none", "it has characters that no key has", "mend it")
    return key


def _path(name: str) -> Path:
    """A file that is meant; a home is expanded where no shell does, as behind `=`. Raises
    UsageError for a home of nobody.
    """
    try:
        return Path(name).expanduser()
    except RuntimeError as error:
        raise UsageError(f"can't find {name}", str(error)) from error


def _manner(wanted: Served, parallel: int, key: str) -> "Manner":
    from qwq_cli.server.door import Door
    from qwq_cli.server.generating import Limits
    from qwq_cli.server.listening import Where
    from qwq_cli.server.serving import Manner

    path = None if wanted.socket is None else _path(wanted.socket).absolute()
    where = Where(wanted.host, wanted.port, path)
    if not where.private and not key:
        raise UsageError(
            f"{wanted.host} can be reached from elsewhere",
            "and there is no key",
            "set QWQ_SERVE_KEY, or serve_key in your own configuration file, or give --key-file",
        )
    door = Door("" if path else key, local=path is None and not key)
    limits = Limits(idle_s=wanted.idle_s)
    if wanted.bare and path:
        limits = replace(limits, body_bytes=_OWN_BODY_BYTES)
    return Manner(where, door, parallel, wanted.queue, wanted.grace_s, limits)


def _room(wanted: Served, settings: Settings) -> tuple[int, int | None]:
    """How many at once, and the context of each; None for the engine's own choice.

    On llama.cpp each has a context to itself, so that several share what one would have.
    """
    if is_remote(settings.model):
        return wanted.parallel or _REMOTE_PARALLEL, wanted.context
    weights = find_weights(settings.model)
    context = wanted.context or settings.context
    parallel = wanted.parallel or _PARALLEL[weights.format]
    if context is not None or weights.format != "gguf" or parallel == 1:
        return parallel, context
    share = max(_CONTEXT // parallel, _LEAST_CONTEXT)
    trained = read_header(weights.path).context_tokens
    return parallel, min(share, trained) if trained else share


def _open(settings: Settings, shell: Shell, parallel: int, context: int | None) -> Opened:
    model = settings.model
    if is_remote(model):
        return open_server(model, endpoint(settings))
    with loading(model, shell) as line:
        return open_engine(
            model,
            context_tokens=context,
            parallel=parallel,
            card=on_card(settings),
            on_load=line.at,
        )


def _hosted(opened: Opened, settings: Settings) -> "Hosted":
    from qwq_cli.server.hosted import Hosted

    facts = opened.engine.facts
    model = settings.model
    name = facts.name if is_remote(model) else find_weights(model).name
    return Hosted(
        opened.engine,
        name,
        frozenset({model, facts.name}),
        sampling(settings, opened.profile.sampling),
        steering(settings),
        settings.loop_sensitivity,
        settings.max_tokens,
        settings.system,
    )


def _greeting(hosted: "Hosted", manner: "Manner", address: str) -> str:
    """Where it listens, and how to try it."""
    private = manner.where.path is not None
    curl = f"curl --unix-socket {address} http://qwq" if private else f"curl {address}"
    key = " -H 'Authorization: Bearer ...'" if manner.door.key else ""
    base = address if private else f"{address}/v1"
    example = (
        f"{curl}/v1/chat/completions{key} -d "
        """'{"messages": [{"role": "user", "content": "..."}], "stream": true}'"""
    )
    return f"{hosted.name} is served at {base}, {manner.parallel} at a time; try: {example}"
