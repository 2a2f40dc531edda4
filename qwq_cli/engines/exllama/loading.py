"""A model put on the card: config, weights, cache, tokenizer, and a generator over them.

Knows ExLlamaV2's classes, in which order they are to be made, and the shape of their faults.
Everything here runs on the owner's thread. Does not know prompts or jobs.
"""

import contextlib
import gc
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from qwq_cli.engines.exllama.folder import Folder, read_folder
from qwq_cli.errors import BadInputError, BusyError, QwqError, UnavailableError, UsageError

CacheKind: TypeAlias = Literal["fp16", "q8", "q6", "q4"]
"""How the keys and values are kept. q4 is weak with Qwen2 models (exllamav2#493)."""

OnLoad: TypeAlias = Callable[[int, int], None]
"""Called with the modules loaded and their total, on the thread that loads."""

PAGE = 256
"""Tokens; a cache is made of whole pages."""

MOST_DRAFT = 7
"""Draft tokens: one step reads them and the token before, and there is room for eight."""

_MAX_OUTPUT = 16
"""Positions whose logits one step may want. Without a bound, loading runs the head over a whole
chunk of the prompt, which takes a gigabyte more for a large vocabulary."""

_CHUNK = 1024
"""Tokens of a prompt read in one step. A cancel waits for the step, so no more than half a second
of a large model."""

_CACHES = {
    "fp16": "ExLlamaV2Cache",
    "q8": "ExLlamaV2Cache_Q8",
    "q6": "ExLlamaV2Cache_Q6",
    "q4": "ExLlamaV2Cache_Q4",
}


@dataclass(frozen=True, slots=True)
class Options:
    """How to run a model.

    `draft`: a folder of a small model with the same vocabulary, which proposes tokens; `ngram`:
    the text so far proposes them. `draft_tokens`: how many at once. `jobs`: how many generations
    run at once; more wait.
    """

    cache: CacheKind = "q8"
    draft: Path | None = None
    ngram: bool = False
    draft_tokens: int = 4
    jobs: int = 8

    def __post_init__(self) -> None:
        """Raises UsageError for options that exclude each other or are out of range."""
        if self.cache not in _CACHES:
            raise UsageError(
                f"no cache of the kind '{self.cache}'", f"there are {', '.join(_CACHES)}"
            )
        if self.draft is not None and self.ngram:
            raise UsageError("a draft model and n-gram drafting exclude each other")
        if not 1 <= self.draft_tokens <= MOST_DRAFT:
            raise UsageError(f"{self.draft_tokens} draft tokens are out of range", "1 to 7 work")
        if not 1 <= self.jobs <= PAGE:
            raise UsageError(f"{self.jobs} jobs at once are out of range", f"1 to {PAGE} work")


def context_of(folder: Folder, wanted: int | None, most: int) -> int:
    """Tokens of context: what is asked for, in whole pages, or what the model was trained for, at
    most `most`. Raises UsageError for more than that, UnavailableError for a model too small or
    one whose sliding window would not be kept.
    """
    trained = folder.trained_tokens // PAGE * PAGE
    if trained < PAGE:
        raise UnavailableError(
            f"{folder.path.name} has a context of {folder.trained_tokens} tokens",
            f"ExLlamaV2 needs at least {PAGE}",
        )
    if wanted is not None and not 1 <= wanted <= folder.trained_tokens:
        raise UsageError(
            f"a context of {wanted:,} tokens is out of range",
            f"{folder.path.name} was trained for {folder.trained_tokens:,}",
        )
    context = min(trained, most if wanted is None else -(-wanted // PAGE) * PAGE)
    if folder.window is not None and context > folder.window:
        raise UnavailableError(
            f"{folder.path.name} looks back {folder.window:,} tokens only",
            "ExLlamaV2 would let it look further",
            f"ask for a context of at most {folder.window // PAGE * PAGE:,}",
        )
    return context


class Loaded:
    """A model on the card with its cache; makes generators over them."""

    def __init__(self, folder: Folder, context: int, options: Options, on_load: OnLoad) -> None:
        """Load it. Raises BadInputError (weights that don't fit config.json), UnavailableError
        (an architecture or setting that ExLlamaV2 can't honour), BusyError (out of memory).
        """
        self.options = options
        self.context = context
        self._parts: list[Any] = []
        """Models, to be unloaded."""
        self._draft: Any = None
        self._draft_cache: Any = None
        with _library(), contextlib.ExitStack() as undo:
            undo.callback(self.unload)
            self.model, self.cache, self.encoder = self._load(folder, options.cache, on_load)
            if options.draft is not None:
                draft = read_folder(options.draft)
                self._draft, self._draft_cache, tokenizer = self._load(draft, "fp16", on_load)
                _check_draft(self.encoder, tokenizer, draft)
            undo.pop_all()

    @property
    def tokenizer(self) -> Any:  # noqa: ANN401 - no types
        """The `tokenizers.Tokenizer`; `encoder` is the library's own around it."""
        return self.encoder.tokenizer_model.hf_tokenizer

    def _load(self, folder: Folder, cache: str, on_load: OnLoad) -> tuple[Any, Any, Any]:
        import exllamav2

        config = configure(folder, self.context)
        try:
            tokenizer = exllamav2.ExLlamaV2Tokenizer(config)
        except Exception as error:  # what `tokenizers` raises has no other class
            file = folder.path / "tokenizer.json"
            raise BadInputError(f"{file} is damaged", str(error), "download it again") from error
        model = exllamav2.ExLlamaV2(config)
        self._parts.append(model)
        room = getattr(exllamav2, _CACHES[cache])(model, max_seq_len=self.context, lazy=True)
        model.load_autosplit(room, callback=on_load)
        return model, room, tokenizer

    def generator(self) -> Any:  # noqa: ANN401 - no types
        """A new generator with an empty page table."""
        from exllamav2.generator import ExLlamaV2DynamicGenerator

        options = self.options
        return ExLlamaV2DynamicGenerator(
            self.model,
            self.cache,
            self.encoder,
            max_batch_size=min(options.jobs, self.context // 8),
            max_seq_len=self.context,
            max_chunk_size=min(_CHUNK, self.context),
            max_q_size=MOST_DRAFT + 1,
            draft_model=self._draft,
            draft_cache=self._draft_cache,
            num_draft_tokens=options.draft_tokens,
            use_ngram_draft=options.ngram,
            filter_background_eval=False,
        )

    def unload(self) -> None:
        """Free what is on the card."""
        import torch

        for model in self._parts:
            model.unload()
        self._parts.clear()
        self.model = self.cache = self._draft = self._draft_cache = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def configure(folder: Folder, context: int) -> Any:  # noqa: ANN401 - no types
    """The `ExLlamaV2Config`, with what upstream reads over; raises as `Loaded` says."""
    from exllamav2 import ExLlamaV2Config

    config = ExLlamaV2Config()
    config.model_dir = str(folder.path)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            config.prepare()
            config.arch_compat_overrides(quiet=True)
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        why = str(error).lstrip("# ") or "its files don't fit each other"
        raise BadInputError(f"ExLlamaV2 can't read {folder.path}", why) from error
    if "unknown architecture" in said.getvalue():
        raise UnavailableError(
            f"ExLlamaV2 does not know the architecture {folder.architecture}",
            todo="take a GGUF of the model",
        )
    if config.no_flash_attn:
        raise UnavailableError(
            f"ExLlamaV2 has no flash-attn for {folder.path.name}",
            "EXLLAMA_NO_FLASH_ATTN is set, or its architecture can't go with it",
        )
    config.max_seq_len = context
    config.max_output_len = _MAX_OUTPUT
    for name, value in folder.rope.settings:
        setattr(config, name, value)
    return config


def fault(error: BaseException) -> QwqError:
    """What an error of the library, or of CUDA below it, means for a person."""
    if isinstance(error, QwqError):
        return error
    text = str(error) or type(error).__name__
    if type(error).__name__ == "OutOfMemoryError" or "out of memory" in text:
        return BusyError("the GPU is out of memory", _line(text), _SMALLER)
    if "Insufficient VRAM" in text:
        return BusyError("the model does not fit the GPU's free memory", todo=_SMALLER)
    if "CUDA" in text or "cuda" in text or type(error).__name__ == "AcceleratorError":
        return UnavailableError("the GPU failed", _line(text), "see whether nvidia-smi shows it")
    return QwqError("ExLlamaV2 failed", f"{type(error).__name__}: {_line(text)}")


_SMALLER = "ask for a smaller context, a cache of fewer bits, or weights of fewer bits"


def _line(text: str) -> str:
    """CUDA's errors go on for a page about how to debug it."""
    return text.strip().splitlines()[0].rstrip(".") if text.strip() else ""


@contextlib.contextmanager
def _library() -> Iterator[None]:
    """Loading, with the library's faults mapped."""
    try:
        _import()
        yield
    except (Exception, SystemExit) as error:
        mapped = fault(error)
        if mapped is error:
            raise
        raise mapped from error


def _import() -> None:
    """The library, for the first time: what it prints and warns of stays here."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from exllamav2 import attn
    if not attn.has_flash_attn_with_paged:
        raise UnavailableError(
            "ExLlamaV2 does not use flash-attn",
            "EXLLAMA_NO_FLASH_ATTN is set, or its import failed",
        )


def _check_draft(main: Any, draft: Any, folder: Folder) -> None:  # noqa: ANN401 - no types
    """The ids of both have to mean the same, which upstream does not ask."""
    if main.get_vocab_size() != draft.get_vocab_size() or (
        main.tokenizer_model.hf_tokenizer.get_vocab()
        != draft.tokenizer_model.hf_tokenizer.get_vocab()
    ):
        raise UnavailableError(
            f"{folder.path.name} can't draft for this model", "its vocabulary is another one"
        )
