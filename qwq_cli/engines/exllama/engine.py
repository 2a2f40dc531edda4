"""The ExLlamaV2 engine: one EXL2 model on the card, any number of generations at once.

Knows what has to be checked before a model is loaded, and what a generation needs. Does not know
where weights come from, how much memory there is, or who reads the tokens.
"""

import atexit
from itertools import pairwise
from pathlib import Path

from qwq_cli.engines.base import ModelFacts, Part, Prompt
from qwq_cli.engines.exllama import machine
from qwq_cli.engines.exllama.decoding import ExllamaDecoding, Model
from qwq_cli.engines.exllama.folder import Folder, read_folder
from qwq_cli.engines.exllama.loading import Loaded, OnLoad, Options, context_of
from qwq_cli.engines.exllama.owner import Owner
from qwq_cli.engines.exllama.vocabulary import Vocabulary
from qwq_cli.engines.template import style_of
from qwq_cli.errors import BadInputError, QwqError, UnavailableError
from qwq_cli.request import Message, Sampling, ThinkingStyle

DEFAULT_CONTEXT = 32_768
"""Tokens, where the model was trained for more: what reasoning takes, and 24 GB can hold."""


class Exllama:
    """One EXL2 model, loaded. Generations run side by side, from any thread."""

    def __init__(
        self,
        path: Path,
        *,
        style: ThinkingStyle = "auto",
        context_tokens: int | None = None,
        options: Options | None = None,
        on_load: OnLoad | None = None,
    ) -> None:
        """Load the folder `path`; an interrupt meanwhile gives it up.

        `context_tokens`: rounded up to whole pages of 256; None takes what the model was trained
        for, at most DEFAULT_CONTEXT. All generations share it. `on_load` is called on another
        thread.

        Raises NotFoundError (nothing there), BadInputError (a folder that is damaged, incomplete
        or no model's), UnavailableError (ExLlamaV2 can't run here, or not this model: it says
        what helps), BusyError (out of GPU memory), UsageError (more context than the model was
        trained for).
        """
        options = options or Options()
        folder = read_folder(path)
        context = context_of(folder, context_tokens, DEFAULT_CONTEXT)
        if options.draft is not None:
            read_folder(options.draft)
        machine.refuse(machine.look())
        self._template = folder.template
        self._owner: Owner | None = Owner(
            lambda report: Loaded(folder, context, options, report), on_load
        )
        try:
            vocabulary = Vocabulary(self._owner.loaded.tokenizer)
            drafting = options.draft is not None or options.ngram
            self._model = Model(
                self._owner,
                vocabulary,
                _ends(folder, vocabulary),
                # A job that drafts claims room for its drafts too.
                context - (options.draft_tokens if drafting else 0),
            )
            self._least = 3 if options.ngram else 1
        except BaseException:
            self._owner.close()
            raise
        self.facts = ModelFacts(
            name=path.resolve().name,
            engine="ExLlamaV2",
            context_tokens=context,
            style=style_of(folder.template.source) if style == "auto" else style,
        )
        # A thread that is in CUDA when Python ends takes the process down.
        atexit.register(self.close)

    def render(self, messages: tuple[Message, ...]) -> Prompt:
        return self._template.render(messages)

    def start(self, prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> ExllamaDecoding:
        if self._owner is None:
            raise UnavailableError("the engine is closed")
        self._refuse_hopeless(prompt)
        ids = self._model.vocabulary.encode(prompt.parts)
        if len(ids) >= self._model.room:
            raise self._too_long(f"{len(ids):,} tokens")
        if len(ids) < self._least:
            raise BadInputError("the prompt is too short", f"it has {len(ids)} tokens")
        return ExllamaDecoding(self._model, ids, sampling, max_tokens)

    def close(self) -> None:
        owner, self._owner = self._owner, None
        if owner is not None:
            owner.close()
        atexit.unregister(self.close)

    def _refuse_hopeless(self, prompt: Prompt) -> None:
        """A prompt far too long is refused before anything long is done with it."""
        longest = max(self._model.vocabulary.longest_token, 1)
        least = sum(len(part.text) for part in prompt.parts) // longest
        if least > self.facts.context_tokens:
            raise self._too_long(f"more than {least:,} tokens")

    def _too_long(self, count: str) -> BadInputError:
        return BadInputError(
            "the prompt is too long",
            f"it has {count}, and the model's context holds {self.facts.context_tokens:,}",
            "shorten it",
        )


def _ends(folder: Folder, vocabulary: Vocabulary) -> frozenset[int]:
    """The ids that end an answer: as the files say, and what the template puts after a turn.

    ExLlamaV2 reads generation_config.json and does nothing with it; of several ids in config.json
    it takes the first.
    """
    ends = set(folder.ends)
    for text in (folder.eos, _turn_end(folder, vocabulary)):
        if text in vocabulary.specials:
            ends.add(vocabulary.specials[text])
    if not ends:
        raise UnavailableError(f"{folder.path.name} does not say which token ends an answer")
    return frozenset(ends)


def _turn_end(folder: Folder, vocabulary: Vocabulary) -> str:
    """The control token that the template writes after an assistant's turn, "" for none."""
    talk = (Message("user", "1"), Message("assistant", "2"), Message("user", "3"))
    try:
        parts = folder.template.render(talk).parts
    except QwqError:  # a template of odd tastes; rendering a real conversation will tell
        return ""
    for part, after in pairwise(parts):
        if part == Part("2") and after.control:
            found = [text for text in vocabulary.specials if after.text.startswith(text)]
            return max(found, key=len, default="")
    return ""
