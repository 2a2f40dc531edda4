"""Where a model's weights are, and in which format: the shipped quill, a path, or the store.

Knows names and files. Does not know what is in them, nor who runs them.
"""

from dataclasses import dataclass
from pathlib import Path

from qwq_cli import paths
from qwq_cli.config import is_path
from qwq_cli.errors import NotFoundError
from qwq_cli.weights.models import MODELS, OFFERS, Format
from qwq_cli.weights.store import Store

__all__ = ["Format", "Weights", "find_weights", "store"]

_QUILL = Path(__file__).parent / "quill" / "quill.gguf"


@dataclass(frozen=True, slots=True)
class Weights:
    """A model that can be loaded. `name` is what to call it where its file does not say."""

    name: str
    path: Path
    format: Format


def store() -> Store:
    """The models of this user."""
    return Store(paths.models_folder())


def find_weights(model: str) -> Weights:
    """The weights of `quill`; of the path of a .gguf file, or of a folder of EXL2 weights; or of a
    model that was pulled or added, by its name.

    A folder is named by a path with a slash: a bare word is always the name of a model.

    Raises NotFoundError (it says what there is), BadInputError (the note of a pulled model is
    damaged).
    """
    if model == "quill":
        return _file("quill", _QUILL, "the installation is incomplete")
    if not is_path(model):
        stored = store().find(model)
        if stored is None:
            raise _unknown(model)
        return Weights(stored.name, stored.path, stored.format)
    path = _expanded(model)
    if path.suffix == ".gguf":
        return _file(path.stem, path, "")
    return _folder(model, path)


def _file(name: str, path: Path, why: str) -> Weights:
    if not path.is_file():
        raise NotFoundError(f"no such model file: {path}", why)
    return Weights(name, path, "gguf")


def _folder(model: str, path: Path) -> Weights:
    """An EXL2 folder, as far as its looks go; whether it is whole is for whoever loads it."""
    if any(path.glob("*.safetensors")) or (path / "config.json").is_file():
        return Weights(path.resolve().name, path, "exl2")
    ggufs = sorted(path.glob("*.gguf"))
    if ggufs:
        raise NotFoundError(f"{path} is a folder", "", f"give the file in it: {ggufs[0]}")
    if path.is_dir():
        raise NotFoundError(
            f"{path} is a folder with no model in it",
            "a model is a .gguf file or a folder of .safetensors",
        )
    if path.suffix == ".safetensors" and path.is_file():
        raise NotFoundError(
            f"{path} is one file of a model", "", f"give its folder: {path.parent}/"
        )
    if path.is_file():
        raise NotFoundError(f"{model} is no model file", "a model is a .gguf file")
    raise NotFoundError(f"no such model: {model}")


def _unknown(model: str) -> NotFoundError:
    """What to say of a bare name that nothing here bears."""
    if model in OFFERS or model in MODELS:
        return NotFoundError(f"{model} is not on this machine", "", f"qwq model pull {model}")
    if Path(model).is_dir():
        return NotFoundError(f"no model called '{model}'", "", f"for the folder give ./{model}")
    names = ", ".join(["'quill'", *(f"'{stored.name}'" for stored in store().models()[:8])])
    return NotFoundError(
        f"no model called '{model}'", f"there is {names}", "or give the path of a .gguf file"
    )


def _expanded(model: str) -> Path:
    path = Path(model)
    if not model.startswith("~"):
        return path
    try:
        return path.expanduser()
    except RuntimeError as error:  # nobody's home
        raise NotFoundError(f"can't find {model}", str(error)) from error
