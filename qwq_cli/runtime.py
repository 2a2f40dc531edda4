"""From a model's name to a running engine: name -> weights -> adapter."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from qwq_cli.engines.base import Engine
from qwq_cli.weights.profiles import Profile


@dataclass(frozen=True, slots=True)
class Opened:
    """A loaded engine, what is known of its model, and what loading took. A context manager."""

    engine: Engine
    profile: Profile
    load_s: float

    def __enter__(self) -> "Opened":
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        """Free the model."""
        self.engine.close()


def open_engine(model: str = "quill", *, context_tokens: int | None = None,
                threads: int | None = None) -> Opened:
    """Load a model: `quill`, or the path of a .gguf file.

    `context_tokens`: None takes the model's own, at most 32,768; `threads`: None takes one for
    each core. Raises NotFoundError (no such model or file; says what there is), BadInputError (a
    damaged file), UnavailableError (the engine can't run it here), BusyError (out of memory).
    """
    raise NotImplementedError


def open_replay(path: Path) -> Opened:
    """Load nothing: replay a trace (plain text, or what `--json` or `--jsonl` wrote).

    Raises NotFoundError and BadInputError.
    """
    raise NotImplementedError
