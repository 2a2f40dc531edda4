"""The real ExLlamaV2 on a CPU, with quill's forward pass in torch in place of its kernels.

Skips where ExLlamaV2 or torch is missing: `.ci/run` makes an environment that has them.
"""

import json
import warnings
from collections.abc import Callable, Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from qwq_cli.engines.base import Part, Prompt, Token
from qwq_cli.engines.exllama import machine
from qwq_cli.engines.exllama.decoding import ExllamaDecoding
from qwq_cli.engines.exllama.engine import Exllama
from qwq_cli.engines.exllama.loading import Options
from qwq_cli.request import Message, Sampling

QUILL = Path(__file__).parents[2] / "training" / "weights"
VOCABULARY = json.loads((QUILL / "config.json").read_text())["vocab_size"]
GREEDY = Sampling(temperature=0)
GOOD = machine.Machine(
    exllamav2="0.3.2+cu128.torch2.9.0",
    torch="2.9.0+cu128",
    cuda_build=True,
    cards=((8, 6),),
    flash_attn="2.8.3",
    extension="",
)
"""A machine on which everything is as it should be."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [name for name in ("exllamav2", "torch", "gguf") if find_spec(name) is None]
    for item in items:
        if "tests/exl2/" in item.path.as_posix() and item.get_closest_marker("exl2") and missing:
            reason = f"{', '.join(missing)} missing: see tests/exl2/requirements.txt"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def library() -> Any:
    """The package `exllamav2`, which believes that its compiled part and flash-attn are there."""
    from tests.exl2 import standin

    standin.install()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import exllamav2
    assert metadata.version("exllamav2") == "0.3.2"
    exllamav2.attn.has_flash_attn = exllamav2.attn.has_flash_attn_with_paged = True
    return exllamav2


@pytest.fixture(scope="session")
def hooks(library: Any) -> Iterator[list[Callable[[Any], None]]]:
    """What runs before every forward pass; patches the library while tests run."""
    from tests.exl2 import forward

    hooks: list[Callable[[Any], None]] = []
    with pytest.MonkeyPatch.context() as patch:
        for name, method in forward.patch(library, hooks).items():
            patch.setattr(library.ExLlamaV2, name, method)
        patch.setattr(machine, "look", lambda: GOOD)
        yield hooks


@pytest.fixture(scope="session")
def load(hooks: list[Any]) -> Iterator[Callable[..., Exllama]]:
    """Loads engines, and closes them at the end."""
    assert not hooks
    engines: list[Exllama] = []

    def make(path: Path = QUILL, **options: Any) -> Exllama:
        options = {"style": "headings", "options": Options(cache="fp16"), **options}
        engines.append(Exllama(path, **options))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


@pytest.fixture(scope="session")
def quill(load: Callable[..., Exllama]) -> Exllama:
    return load()


@pytest.fixture
def scripted(quill: Exllama, monkeypatch: pytest.MonkeyPatch) -> Callable[[list[int], str], Prompt]:
    """Makes quill say given ids to a prompt."""
    from tests.exl2.forward import Script

    def write(numbers: list[int], text: str) -> Prompt:
        prompt = Prompt((Part(text),))
        length = len(quill._model.vocabulary.encode(prompt.parts))
        model: Any = quill._owner.loaded.model if quill._owner else None
        monkeypatch.setattr(model, "in_torch", Script(numbers, length, VOCABULARY))
        return prompt

    return write


def start(
    engine: Exllama, text: str, sampling: Sampling = GREEDY, max_tokens: int | None = None
) -> ExllamaDecoding:
    return engine.start(engine.render((Message("user", text),)), sampling, max_tokens)


def tokens(decoding: ExllamaDecoding) -> list[Token]:
    return [step for step in decoding if isinstance(step, Token)]


def said(found: list[Token]) -> str:
    return "".join(token.text for token in found)


def ids(found: list[Token]) -> list[int]:
    return [token.id for token in found if token.id is not None]
