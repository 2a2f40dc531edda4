"""The ExLlamaV2 engine on the real library: it reasons, says what llama.cpp says, rewinds."""

import random
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qwq_cli.engines.base import Prefilling, Token
from qwq_cli.engines.exllama.decoding import ExllamaDecoding
from qwq_cli.engines.exllama.engine import Exllama
from qwq_cli.engines.exllama.loading import Options
from qwq_cli.engines.llamacpp import LlamaCpp
from qwq_cli.errors import BadInputError, UnavailableError, UsageError
from qwq_cli.events import Finished
from qwq_cli.generate import generate
from qwq_cli.puzzles.cards.check import check
from qwq_cli.puzzles.cards.generator import random_puzzle
from qwq_cli.puzzles.cards.puzzle import Puzzle
from qwq_cli.puzzles.cards.wording import pose
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.request import Message, Request, Sampling
from tests.exl2.conftest import GREEDY, QUILL, ids, said, start, tokens

if TYPE_CHECKING:
    from qwq_cli.puzzles.words import Language

pytestmark = pytest.mark.exl2

WILD = Sampling(temperature=50, top_p=1, top_k=0, seed=3)
"""Any token after any other, so that characters come in pieces, and for a good while."""


def drawn(count: int) -> list[tuple[Puzzle, str]]:
    """Puzzles in both languages, each with its text."""
    rng = random.Random("exl2")
    puzzles = []
    for number in range(count):
        puzzle = random_puzzle(rng, cards=(8, 12), statements=4)
        lang: Language = "en" if number % 2 else "zh"
        puzzles.append((puzzle, pose(puzzle, lang, rng, wording="announcement").text))
    return puzzles


@pytest.fixture(scope="module")
def texts(quill: Exllama) -> list[tuple[Puzzle, str, list[Token]]]:
    """Twenty puzzles with what the engine says to them, greedy, as many at once as go."""
    puzzles = drawn(20)
    running = [start(quill, text) for _, text in puzzles]
    answers = [tokens(decoding) for decoding in running]
    return [(puzzle, text, answer) for (puzzle, text), answer in zip(puzzles, answers, strict=True)]


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaCpp]:
    """llama.cpp with the same weights, to the last bit: float16 as they ship."""
    import gguf
    from safetensors.torch import load_file

    from training.export import Vocabulary, write_gguf
    from training.model import Shape

    weights = load_file(QUILL / "model.safetensors")
    inner, width = weights["model.layers.0.mlp.gate_proj.weight"].shape
    layers = sum(name.endswith("input_layernorm.weight") for name in weights)
    shape = Shape(width=width, layers=layers, heads=width // 64, inner=inner)
    path = tmp_path_factory.mktemp("gguf") / "quill-f16.gguf"
    kind = gguf.GGMLQuantizationType.F16
    write_gguf(path, weights, shape, Vocabulary(QUILL / "tokenizer.json"), kind)
    engine = LlamaCpp(path, style="headings")
    yield engine
    engine.close()


def test_it_reasons_and_stops(quill: Exllama) -> None:
    decoding = start(quill, CARDS)
    steps = list(decoding)
    assert isinstance(steps[0], Prefilling)
    told = [step for step in steps if isinstance(step, Prefilling)]
    assert told[-1].done == told[-1].total == decoding.progress.prompt_tokens
    found = [step for step in steps if isinstance(step, Token)]
    assert said(found).rstrip().endswith("方块5")
    assert "<|im_end|>" not in said(found)
    assert decoding.progress.stop == "stop"
    assert decoding.progress.prefill_s > 0
    assert len(ids(found)) == len(found)


def test_it_solves_puzzles(texts: list[tuple[Puzzle, str, list[Token]]]) -> None:
    right = sum(check(puzzle, said(answer)).right for puzzle, _, answer in texts)
    assert right >= 18


def test_it_says_what_llamacpp_says(
    texts: list[tuple[Puzzle, str, list[Token]]], quill: Exllama, peer: LlamaCpp
) -> None:
    """Greedy, on the same weights, from the same ids of the prompt, token by token to the end. Both
    compute in another order, so a tie could fall differently; twenty answers have none.
    """
    for _, text, answer in texts:
        prompt = peer.render((Message("user", text),))
        other = peer.start(prompt, GREEDY, None)
        found = [step for step in other if isinstance(step, Token)]
        assert other.progress.prompt_tokens == len(quill._model.vocabulary.encode(prompt.parts))
        assert said(found) == said(answer)
        assert len(found) == len(answer)
        # (It does not tell ids inside a character.)
        told = [(own.id, its.id) for own, its in zip(answer, found, strict=True) if its.id]
        assert len(told) > 0.8 * len(found)
        assert all(own == its for own, its in told)


def test_the_loop_drives_it(quill: Exllama) -> None:
    request = Request((Message("user", CARDS),), sampling=GREEDY)
    *_, last = generate(quill, request)
    assert isinstance(last, Finished)
    assert (last.reason, last.final) == ("stop", "方块5")


def test_a_rewind_prefills_nothing_again(quill: Exllama) -> None:
    """Wherever it stands, on a page's edge, beside it, or in the middle of a page."""
    decoding = start(quill, CARDS, max_tokens=160)
    whole = tokens(decoding)
    prompt = decoding.progress.prompt_tokens
    edges = [256 - prompt + off for off in (3, 2, 1, 0, -1)]
    before = 0
    for keep in [159, *edges, 50, 1, 0]:
        if keep and whole[keep - 1].text == "":
            continue
        decoding.rewind(keep)
        assert said(whole[:keep]) + said(tokens(decoding)) == said(whole)
        # (A single token on a page is not worth a copy to the library.)
        alone = (prompt + keep - 1) % 256 == 1
        assert decoding.progress.recomputed_tokens - before == alone
        assert decoding.progress.cached_tokens == prompt + keep - 1 - alone
        before += alone


def test_rewinds_and_cancels_at_random_lead_to_the_same_text(quill: Exllama) -> None:
    draw = random.Random(5)
    whole = tokens(start(quill, CARDS, max_tokens=150))
    for _ in range(6):
        if draw.random() < 0.5:  # another one, given up in the middle
            other = start(quill, CARDS + "？" * draw.randrange(3))
            for _, _step in zip(range(draw.randrange(100)), other, strict=False):
                pass
            other.close()
        decoding = start(quill, CARDS, max_tokens=150)
        found: list[Token] = []
        alone = 0
        for _ in range(draw.randrange(1, 5)):
            enough = draw.randrange(1, len(whole) + 20)
            for step in decoding:
                found += [step] if isinstance(step, Token) else []
                if len(found) >= enough:
                    break
            keep = draw.randrange(len(found) + 1)
            while keep and not found[keep - 1].text:
                keep -= 1
            decoding.rewind(keep)
            del found[keep:]
            alone += (decoding.progress.prompt_tokens + keep - 1) % 256 == 1
        found += tokens(decoding)
        assert ids(found) == ids(whole)
        assert decoding.progress.recomputed_tokens <= alone


def test_an_iterator_goes_on_after_a_rewind(quill: Exllama) -> None:
    whole = said(tokens(start(quill, CARDS, max_tokens=90)))
    decoding = start(quill, CARDS, max_tokens=90)
    found: list[Token] = []
    rewound = False
    for step in decoding:
        found += [step] if isinstance(step, Token) else []
        if len(found) == 60 and not rewound:
            decoding.rewind(40)
            del found[40:]
            rewound = True
    assert said(found) == whole


@pytest.mark.parametrize("options", [Options(cache="fp16"), Options(cache="fp16", ngram=True)])
def test_an_iterator_that_is_given_up_loses_nothing(
    load: Callable[..., Exllama], options: Options
) -> None:
    """With drafting a step draws several tokens; the next iterator has the rest of them."""
    engine = load(options=options)
    whole = ids(tokens(start(engine, CARDS, max_tokens=60)))
    decoding = start(engine, CARDS, max_tokens=60)
    found: list[Token] = []
    while len(found) < 60:
        found += [next(step for step in decoding if isinstance(step, Token))]
    assert ids(found) == whole
    engine.close()


def test_a_closed_engine_ends_what_runs(load: Callable[..., Exllama]) -> None:
    engine = load()
    decoding = start(engine, CARDS, WILD)
    iterator = iter(decoding)
    next(iterator)
    engine.close()
    list(iterator)
    assert tokens(decoding) == []


def test_a_rewind_may_put_text_in_and_change_the_sampling(quill: Exllama) -> None:
    decoding = start(quill, CARDS, max_tokens=60)
    assert len(tokens(decoding)) == 60
    assert decoding.progress.stop == "length"
    added = decoding.rewind(20, then="红桃A、", sampling=Sampling(temperature=0.8, seed=4))
    assert 1 <= added <= 8
    assert len(tokens(decoding)) == 60 - 20 - added
    assert decoding.progress.recomputed_tokens == 0
    decoding.rewind(20 + added, sampling=GREEDY)
    assert len(tokens(decoding)) == 60 - 20 - added
    with pytest.raises(ValueError, match="can't be kept"):
        decoding.rewind(100)


def test_nothing_is_drawn_beyond_the_bound(quill: Exllama) -> None:
    decoding = start(quill, CARDS, max_tokens=0)
    assert tokens(decoding) == []
    assert decoding.progress.stop == "length"


def test_characters_come_whole(quill: Exllama) -> None:
    decoding = start(quill, CARDS, WILD, 200)
    found = tokens(decoding)
    silent = [place for place, whole in enumerate(decoding._whole) if not whole]
    assert silent
    assert not any(found[place].text for place in silent)
    for place in silent:
        with pytest.raises(ValueError, match="inside a character"):
            decoding.rewind(place + 1)


def test_a_seed_draws_the_same_and_a_rewind_draws_anew(quill: Exllama) -> None:
    warm = Sampling(temperature=3, top_p=1, top_k=0, seed=7)
    first = start(quill, CARDS, warm, 60)
    text = ids(tokens(first))
    assert ids(tokens(start(quill, CARDS, warm, 60))) == text
    first.rewind(0)
    assert ids(tokens(first)) != text
    other = Sampling(temperature=3, top_p=1, top_k=0, seed=8)
    assert ids(tokens(start(quill, CARDS, other, 60))) != text
    unseeded = Sampling(temperature=3, top_p=1, top_k=0)
    assert len({said(tokens(start(quill, CARDS, unseeded, 40))) for _ in range(3)}) > 1


def test_many_at_once_say_what_each_says_alone(quill: Exllama) -> None:
    """More than there is room for at once, read by threads of their own, some given up."""
    puzzles = [text for _, text in drawn(5)]
    alone = [said(tokens(start(quill, text, max_tokens=80))) for text in puzzles]
    found: dict[int, str] = {}
    given_up = [start(quill, text, WILD) for text in puzzles]

    def read(number: int, decoding: ExllamaDecoding) -> None:
        found[number] = said(tokens(decoding))

    running = [start(quill, puzzles[number % 5], max_tokens=80) for number in range(10)]
    threads = [threading.Thread(target=read, args=pair) for pair in enumerate(running)]
    for thread in threads:
        thread.start()
    for decoding in given_up:
        next(iter(decoding))
        decoding.close()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(10)] == alone * 2


def test_runs_without_a_bound_share_the_cache(quill: Exllama) -> None:
    """Each alone may fill the context; a second one does not wait for the first one's end."""
    first, second = (start(quill, CARDS, WILD) for _ in range(2))
    steps = iter(first), iter(second)
    for _ in range(100):
        next(steps[0])
        next(steps[1])
    first.close()
    second.close()


def test_prompts_without_room(quill: Exllama) -> None:
    room = quill.facts.context_tokens
    with pytest.raises(BadInputError, match=rf"has [\d,]+ tokens, .* holds {room:,}; shorten it"):
        start(quill, "红桃A、" * room)
    with pytest.raises(BadInputError, match=rf"more than [\d,]+ tokens, .* holds {room:,}"):
        start(quill, "x" * 10_000_000)
    with pytest.raises(BadInputError, match="no valid text"):
        start(quill, "\ud800")


def test_the_context_is_whole_pages_and_ends_a_text(load: Callable[..., Exllama]) -> None:
    engine = load(context_tokens=300)
    assert engine.facts.context_tokens == 512
    decoding = start(engine, CARDS, WILD)
    found = tokens(decoding)
    if decoding.progress.stop == "length":
        assert len(found) == 512 - decoding.progress.prompt_tokens
    assert len(found) <= 512 - decoding.progress.prompt_tokens
    engine.close()
    engine.close()
    assert tokens(decoding) == []
    with pytest.raises(UnavailableError, match="closed"):
        start(engine, CARDS)
    with pytest.raises(UsageError, match="trained for 2,048"):
        load(context_tokens=4096)


def test_loading_tells_how_far_it_is(load: Callable[..., Exllama]) -> None:
    told: list[tuple[int, int]] = []
    load(on_load=lambda done, total: told.append((done, total))).close()
    assert [done for done, _ in told] == list(range(len(told)))
    assert {total for _, total in told} == {len(told) - 1}


def test_loading_is_given_up_at_once(load: Callable[..., Exllama]) -> None:
    """An interrupt reaches whoever waits for it, and the card is freed."""
    main = threading.main_thread().ident
    assert main is not None
    told: list[int] = []

    def interrupt(done: int, _total: int) -> None:
        told.append(done)
        if done == 3:
            signal.pthread_kill(main, signal.SIGINT)
            waited.wait(10)

    waited = threading.Event()
    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        load(on_load=interrupt)
    waited.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert told == [0, 1, 2, 3]


def test_close_ends_at_once_and_leaves_the_others(quill: Exllama) -> None:
    expected = said(tokens(start(quill, CARDS, max_tokens=60)))
    for read in (1, 2, 30):
        other = start(quill, CARDS, max_tokens=60)
        decoding = start(quill, CARDS, WILD)
        iterator = iter(decoding)
        for _ in range(read):
            next(iterator)
        decoding.close()
        decoding.close()
        assert list(iterator) == []
        assert said(tokens(other)) == expected


def test_close_wakes_a_reader(quill: Exllama) -> None:
    decoding = start(quill, CARDS, WILD)
    timer = threading.Timer(0.05, decoding.close)
    timer.start()
    tokens(decoding)
    timer.join()
    assert decoding.progress.stop in {None, "stop"}


def test_a_folder_of_gguf_and_a_gguf(load: Callable[..., Exllama], tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="is a GGUF"):
        load(tmp_path / "quill.gguf")
