"""Where a model's weights are, and in which format: the shipped quill, or a path.

Knows names and files. Does not know what is in them, nor who runs them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from qwq_cli.errors import NotFoundError, UnavailableError

Format: TypeAlias = Literal["gguf"]

_QUILL = Path(__file__).parent / "quill" / "quill.gguf"


@dataclass(frozen=True, slots=True)
class Weights:
    """A model that can be loaded. `name` is what to call it where its file does not say."""

    name: str
    path: Path
    format: Format


def find_weights(model: str) -> Weights:
    """The weights of `quill`, of the path of a .gguf file, or of a folder of EXL2 weights.

    Raises NotFoundError (it says what there is), UnavailableError (weights of a format that
    nothing here can run).
    """
    if model == "quill":
        return _found("quill", _QUILL, "the installation is incomplete")
    path = _expanded(model)
    if path.suffix == ".gguf":
        return _found(path.stem, path, "")
    if path.is_dir():
        raise _folder(path)
    if path.is_file():
        raise NotFoundError(f"{model} is no model file", "a model is a .gguf file")
    raise NotFoundError(
        f"no model called '{model}'", "there is 'quill'; or give the path of a .gguf file"
    )


def _found(name: str, path: Path, why: str) -> Weights:
    if not path.is_file():
        raise NotFoundError(f"no such model file: {path}", why)
    return Weights(name, path, "gguf")


def _expanded(model: str) -> Path:
    path = Path(model)
    if not model.startswith("~"):
        return path
    try:
        return path.expanduser()
    except RuntimeError as error:  # nobody's home
        raise NotFoundError(f"can't find {model}", str(error)) from error


def _folder(path: Path) -> NotFoundError | UnavailableError:
    """What to say of a folder."""
    if path.name.endswith("exl2") or any(path.glob("*.safetensors")):
        return UnavailableError(
            f"{path} can't be run here",
            "EXL2 and other folders of safetensors need an NVIDIA GPU and an engine that this "
            "version does not have",
            "take the model's .gguf file",
        )
    return NotFoundError(f"{path} is a folder with no model in it", "a model is a .gguf file")
