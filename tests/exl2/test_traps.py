"""What goes wrong with ExLlamaV2 0.3.2 by itself, and does not here. One test for each trap; each
fails when its defence is taken out.
"""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qwq_cli.engines.base import Part, Prompt
from qwq_cli.engines.exllama.decoding import ExllamaDecoding
from qwq_cli.engines.exllama.engine import Exllama
from qwq_cli.engines.exllama.loading import Options
from qwq_cli.engines.exllama.sampling import knobs
from qwq_cli.errors import BusyError, QwqError, UnavailableError
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.request import Message, Sampling
from tests.exl2.conftest import GREEDY, QUILL, ids, said, start, tokens

pytestmark = pytest.mark.exl2


@pytest.fixture
def jobs(library: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every job that is enqueued."""
    found: list[Any] = []
    generator = library.generator.ExLlamaV2DynamicGenerator
    enqueue = generator.enqueue

    def note(self: Any, job: Any) -> Any:
        found.append(job)
        return enqueue(self, job)

    monkeypatch.setattr(generator, "enqueue", note)
    return found


def test_1_ids_are_those_of_the_sequence(
    quill: Exllama,
    library: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The ids that a step reports may be wrong: here they are nonsense."""
    expected = ids(tokens(start(quill, CARDS, max_tokens=50)))
    generator = library.generator.ExLlamaV2DynamicGenerator
    iterate = generator.iterate

    def garbled(self: Any) -> Any:
        results = iterate(self)
        for result in results:
            for key in ("token_ids", "text", "full_completion"):
                if key in result:
                    result[key] = None
        return results

    monkeypatch.setattr(generator, "iterate", garbled)
    assert ids(tokens(start(quill, CARDS, max_tokens=50))) == expected


def test_2_what_the_library_holds_back_is_not_lost(
    quill: Exllama, scripted: Callable[[list[int], str], Prompt]
) -> None:
    """A character begins, and the stop token comes: the library keeps the tokens to itself."""
    vocabulary = quill._model.vocabulary
    text = vocabulary.encode((Part("所以是"),))
    parted = next(n for n in range(1021) if 0xE0 <= (vocabulary.bytes_of(n) or b"\0")[-1] < 0xF0)
    decoding = quill.start(scripted([*text, parted, 1023], "红桃A和黑桃"), GREEDY, None)
    found = tokens(decoding)
    assert ids(found) == [*text, parted]
    assert said(found) == "所以是"
    assert decoding.progress.stop == "stop"


@pytest.mark.parametrize("most", [1, 5, 100])
def test_3_drafting_ends_no_text_early(
    load: Callable[..., Exllama], jobs: list[Any], most: int
) -> None:
    engine = load(options=Options(cache="fp16", ngram=True))
    decoding = start(engine, CARDS, max_tokens=most)
    assert len(tokens(decoding)) == most
    assert decoding.progress.stop == "length"
    assert len(jobs) == 1
    engine.close()


def test_4_dry_remembers_nothing_of_what_was_taken_back(quill: Exllama) -> None:
    """After a rewind the penalties are those of the text that stands."""
    dry = Sampling(temperature=0, dry_multiplier=20)
    decoding = start(quill, CARDS, dry, 140)
    found = tokens(decoding)
    decoding.rewind(30)
    rest = ids(tokens(decoding))
    kept = ids(found)[:30]
    prompt = quill._model.vocabulary.encode(quill.render((Message("user", CARDS),)).parts)
    fresh = tokens(ExllamaDecoding(quill._model, [*prompt, *kept], dry, 110))
    assert rest == ids(fresh)


def test_5_dry_looks_back_further_than_at(quill: Exllama, jobs: list[Any]) -> None:
    """The library asserts that its window is longer than its n-grams, in the middle of a text."""
    text = tokens(start(quill, CARDS, Sampling(temperature=0, dry_multiplier=0.5), 60))
    assert len(text) == 60
    settings = jobs[-1].gen_settings
    assert settings.dry_multiplier == 0.5
    assert settings.dry_range == 0 or settings.dry_range > settings.dry_max_ngram


def test_6_no_logits_are_asked_for(quill: Exllama, jobs: list[Any]) -> None:
    """They would have the penalties in them; so a token has no probability rather than a wrong
    one.
    """
    found = tokens(start(quill, CARDS, max_tokens=3))
    assert [token.logprob for token in found] == [None] * 3
    assert not any(job.return_logits or job.return_probs for job in jobs)


def test_7_no_stop_string_is_passed(quill: Exllama, jobs: list[Any]) -> None:
    """An empty one reads past its buffer; ids do all."""
    tokens(start(quill, CARDS, max_tokens=3))
    assert jobs
    assert all(job.stop_strings == set() and job.stop_tokens == {1021, 1023} for job in jobs)


@pytest.mark.parametrize("after", [1, 2, 40, 130])
def test_8_a_fault_leaves_nothing_wrong_in_the_cache(
    quill: Exllama, hooks: list[Callable[[Any], None]], after: int
) -> None:
    """The page table is ahead of what was computed when a forward pass fails."""
    expected = ids(tokens(start(quill, CARDS, max_tokens=150)))
    passes = 0

    def fail(_ids: Any) -> None:
        nonlocal passes
        passes += 1
        if passes >= after:
            raise RuntimeError("CUDA error: an illegal memory access was encountered")

    failing = start(quill, CARDS + "？")
    list(zip(range(2), failing, strict=False))
    failing.close()
    hooks.append(fail)
    try:
        first, second = start(quill, CARDS), start(quill, CARDS + "！")
        with pytest.raises(UnavailableError, match="the GPU failed: CUDA error"):
            tokens(first)
        with pytest.raises(UnavailableError, match="the GPU failed"):
            tokens(second)
    finally:
        hooks.clear()
    decoding = start(quill, CARDS, max_tokens=150)
    assert ids(tokens(decoding)) == expected
    assert decoding.progress.cached_tokens == 0


def test_8_out_of_memory_is_busy_and_passes(
    quill: Exllama, hooks: list[Callable[[Any], None]]
) -> None:
    def fail(_ids: Any) -> None:
        hooks.clear()
        raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB\nmore")

    hooks.append(fail)
    with pytest.raises(BusyError, match=r"out of memory: CUDA out of .* 20.00 MiB; ask for a"):
        tokens(start(quill, CARDS))
    assert said(tokens(start(quill, CARDS))).rstrip().endswith("方块5")


def test_8_an_interrupt_falls_into_no_step(
    quill: Exllama, hooks: list[Callable[[Any], None]]
) -> None:
    """It is raised while a forward pass runs, and does not stop that."""
    main = threading.main_thread().ident
    assert main is not None
    expected = ids(tokens(start(quill, CARDS, max_tokens=60)))
    fallen: list[BaseException] = []

    def interrupt(_ids: Any) -> None:
        hooks.clear()
        try:
            signal.pthread_kill(main, signal.SIGINT)
            pause.wait(0.2)
        except BaseException as error:  # noqa: BLE001
            fallen.append(error)

    pause = threading.Event()
    decoding = start(quill, CARDS)
    hooks.append(interrupt)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012
        tokens(decoding)
        pause.wait(5)
    decoding.close()
    assert not fallen
    assert ids(tokens(start(quill, CARDS, max_tokens=60))) == expected


def test_9_one_thread_does_it_all(
    load: Callable[..., Exllama],
    library: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever asks: loading, jobs, cancels and steps are on one thread, which outlives faults."""
    seen: set[int] = set()

    def noted(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            seen.add(threading.get_ident())
            return method(*args, **named)

        return call

    generator = library.generator.ExLlamaV2DynamicGenerator
    for kind, name in (
        *((generator, name) for name in ("__init__", "enqueue", "cancel", "iterate")),
        *((library.ExLlamaV2, name) for name in ("load_autosplit", "forward_chunk", "unload")),
    ):
        monkeypatch.setattr(kind, name, noted(getattr(kind, name)))
    engine = load()

    def ask() -> None:
        decoding = start(engine, CARDS, max_tokens=30)
        tokens(decoding)
        decoding.rewind(10)
        next(iter(decoding))
        decoding.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.close()
    assert len(seen) == 1
    assert threading.get_ident() not in seen


def test_settings_are_neutral(quill: Exllama, jobs: list[Any]) -> None:
    """Every knob is set: a field that the library had and we did not know would stand out."""
    sampling = Sampling(temperature=0.6, top_p=0.95, top_k=40, min_p=0.02, seed=1)
    tokens(start(quill, CARDS, sampling, 2))
    settings = jobs[-1].gen_settings
    own = {"post_sampling_hooks", "ngram_trie", "ngram_index", "ngram_history", "mirostat_mu"}
    known = set(settings.__dict__) - own - {"mirostat_tau", "mirostat_eta"}
    assert known == set(knobs(sampling))
    assert (settings.temperature, settings.top_p, settings.top_k) == (0.6, 0.95, 40)
    assert settings.min_p == 0.02
    assert settings.token_repetition_penalty == 1
    assert settings.xtc_probability == settings.dry_multiplier == 0


def test_without_cuda_it_is_refused_before_the_import() -> None:
    """The library itself raises an OSError about CUDA_HOME there, or begins to compile."""
    code = (
        "from pathlib import Path\n"
        "from qwq_cli.engines.exllama.engine import Exllama\n"
        "from qwq_cli.errors import UnavailableError\n"
        "import sys\n"
        "try:\n"
        f"    Exllama(Path({str(QUILL)!r}))\n"
        "except UnavailableError as error:\n"
        "    print(error.what, 'exllamav2' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "EXL2 weights need an NVIDIA GPU False\n"


def test_attention_that_would_not_be_causal_is_refused(
    load: Callable[..., Exllama], library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without flash-attn the library gives its attention no mask: installed is not enough."""
    monkeypatch.setenv("EXLLAMA_NO_FLASH_ATTN", "1")
    with pytest.raises(UnavailableError, match="no flash-attn for weights: EXLLAMA_NO_FLASH_ATTN"):
        load()
    monkeypatch.delenv("EXLLAMA_NO_FLASH_ATTN")
    monkeypatch.setattr(library.attn, "has_flash_attn_with_paged", False)
    with pytest.raises(UnavailableError, match="does not use flash-attn"):
        load()


def test_a_second_fault_is_told_and_the_thread_lives(
    load: Callable[..., Exllama], monkeypatch: pytest.MonkeyPatch, hooks: list[Any]
) -> None:
    """A card that is gone for good: every start says so, and none hangs."""
    engine = load()
    owner = engine._owner
    assert owner is not None

    def gone() -> Any:
        raise RuntimeError("CUDA error: unspecified launch failure")

    def fail(_ids: Any) -> None:
        raise RuntimeError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(owner.loaded, "generator", gone)
    hooks.append(fail)
    try:
        for _ in range(3):
            with pytest.raises(QwqError, match="the GPU failed"):
                tokens(start(engine, CARDS))
    finally:
        hooks.clear()
    engine.close()
