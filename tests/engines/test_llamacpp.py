"""The llama.cpp engine on the real llama.cpp with the real quill."""

import json
import random
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from qwq_cli.engines.base import Part, Prefilling, Prompt, Token
from qwq_cli.engines.llamacpp import LlamaCpp, LlamaCppDecoding
from qwq_cli.errors import BadInputError, UnavailableError
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.request import Message, Sampling
from qwq_cli.weights.catalogue import find_weights

GREEDY = Sampling(temperature=0)


@pytest.fixture(scope="module")
def quill() -> Iterator[LlamaCpp]:
    engine = LlamaCpp(find_weights("quill").path, style="headings")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def wild(quill: LlamaCpp) -> Sampling:
    """Any token after any other, so that characters come in pieces, and for a good while."""
    for seed in range(50):
        sampling = Sampling(temperature=50, top_p=1, top_k=0, seed=seed)
        found = tokens(start(quill, sampling, 150))
        if len(found) == 150 and any(token.id is None for token in found):
            return sampling
    raise AssertionError("no seed of fifty runs on")


def start(
    engine: LlamaCpp, sampling: Sampling = GREEDY, max_tokens: int | None = None, text: str = CARDS
) -> LlamaCppDecoding:
    return engine.start(engine.render((Message("user", text),)), sampling, max_tokens)


def tokens(decoding: LlamaCppDecoding) -> list[Token]:
    return [step for step in decoding if isinstance(step, Token)]


def said(found: list[Token]) -> str:
    return "".join(token.text for token in found)


def count(engine: LlamaCpp, text: str) -> int:
    decoding = start(engine, max_tokens=1, text=text)
    decoding.close()
    return decoding.progress.prompt_tokens


def test_it_reasons_and_stops(quill: LlamaCpp) -> None:
    decoding = start(quill)
    steps = list(decoding)
    assert isinstance(steps[0], Prefilling)
    found = [step for step in steps if isinstance(step, Token)]
    assert said(found).rstrip().endswith("方块5")
    assert "<|im_end|>" not in said(found)
    assert decoding.progress.stop == "stop"
    assert decoding.progress.prompt_tokens > 100
    assert decoding.progress.prefill_s > 0
    assert all(isinstance(token.id, int) for token in found if token.text)


def test_facts(quill: LlamaCpp) -> None:
    assert quill.facts.engine == "llama.cpp"
    assert quill.facts.style == "headings"
    assert quill.facts.context_tokens >= 1024


def test_prefill_is_told_as_it_goes(quill: LlamaCpp) -> None:
    steps = list(start(quill, text=CARDS + "？", max_tokens=1))
    told = [step for step in steps if isinstance(step, Prefilling)]
    assert told[-1].done == told[-1].total
    assert [step.done for step in told] == sorted(step.done for step in told)


def test_rewinds_at_random_lead_to_the_same_text(quill: LlamaCpp) -> None:
    """Greedy, cancelled and rewound anywhere: the text is that of a run that never was."""
    draw = random.Random(5)
    whole = tokens(start(quill))
    recomputed = kept_in_all = 0
    for _ in range(8):
        decoding = start(quill)
        found: list[Token] = []
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
            kept_in_all += keep + decoding.progress.prompt_tokens
        found += tokens(decoding)
        assert said(found) == said(whole)
        assert [t.id for t in found if t.id] == [t.id for t in whole if t.id]
        recomputed += decoding.progress.recomputed_tokens
    assert 0 < recomputed < kept_in_all / 20


def test_an_iterator_goes_on_after_a_rewind(quill: LlamaCpp) -> None:
    whole = said(tokens(start(quill)))
    decoding = start(quill)
    found: list[Token] = []
    rewound = False
    for step in decoding:
        found += [step] if isinstance(step, Token) else []
        if len(found) == 60 and not rewound:
            decoding.rewind(40)
            del found[40:]
            rewound = True
    assert said(found) == whole


def test_a_rewind_may_put_text_in_and_change_the_sampling(quill: LlamaCpp) -> None:
    decoding = start(quill, max_tokens=60)
    found = tokens(decoding)
    assert decoding.progress.stop == "length"
    added = decoding.rewind(20, then="红桃A、", sampling=Sampling(temperature=0.8, seed=4))
    assert 1 <= added <= 8
    more = tokens(decoding)
    assert len(more) == 60 - 20 - added
    # The text that was put in can be kept, and is no character to stop in the middle of.
    decoding.rewind(20 + added, sampling=GREEDY)
    assert len(tokens(decoding)) == 60 - 20 - added
    with pytest.raises(ValueError, match="can't be kept"):
        decoding.rewind(100)
    assert len(found) == 60


def test_characters_come_whole(quill: LlamaCpp, wild: Sampling) -> None:
    decoding = start(quill, wild, 150)
    found = tokens(decoding)
    parted = [place for place, token in enumerate(found) if not token.text and token.id is None]
    assert len(found) <= 150
    assert parted
    for place in parted:
        with pytest.raises(ValueError, match="inside a character"):
            decoding.rewind(place + 1)
    last = max(place for place, token in enumerate(found) if token.text) + 1
    decoding.rewind(last)
    tokens(decoding)
    assert decoding.progress.prompt_tokens == start(quill).progress.prompt_tokens


def test_torn_characters_cost_no_second_prefill(quill: LlamaCpp, wild: Sampling) -> None:
    """Nobody is told their bytes. The server held others than a rewind then gave it, and
    evaluated again all that stood behind the first one of them.
    """
    decoding = start(quill, wild, 150)
    found = tokens(decoding)
    progress = decoding.progress
    torn = sum("\ufffd" in token.text for token in found)
    before = progress.recomputed_tokens
    assert torn
    assert before <= 10 * torn
    last = max(place for place, token in enumerate(found) if token.text) + 1
    decoding.rewind(last)
    assert progress.recomputed_tokens - before <= 2
    assert progress.cached_tokens >= progress.prompt_tokens + last - 2
    # What is put in is counted rightly behind them.
    text = "等一下，红桃A不是草花2。"
    expected = count(quill, text) - count(quill, "")
    assert decoding.rewind(last, then=text) == expected


def test_where_the_context_is_full_a_rewind_is_an_end(wild: Sampling) -> None:
    engine = LlamaCpp(find_weights("quill").path, style="headings", context_tokens=256)
    decoding = start(engine)
    found = tokens(decoding)
    assert decoding.progress.stop == "length"
    decoding.rewind(len(found))
    assert (tokens(decoding), decoding.progress.stop) == ([], "length")
    decoding.rewind(len(found) - 3)
    assert said(tokens(decoding)) == said(found[-3:])
    found = tokens(start(engine, wild))  # ends by itself, or mends to the brim
    assert len(found) <= 256
    engine.close()


def test_a_seed_draws_the_same_and_a_rewind_draws_anew(quill: LlamaCpp) -> None:
    warm = Sampling(temperature=3, top_p=1, top_k=0, seed=7)
    first = start(quill, warm, 60)
    text = said(tokens(first))
    assert said(tokens(start(quill, warm, 60))) == text
    first.rewind(0)
    assert said(tokens(first)) != text
    other = Sampling(temperature=3, top_p=1, top_k=0, seed=8)
    assert said(tokens(start(quill, other, 60))) != text


def test_no_seed_draws_a_new_one(quill: LlamaCpp) -> None:
    warm = Sampling(temperature=3, top_p=1, top_k=0)
    assert len({said(tokens(start(quill, warm, 40))) for _ in range(3)}) > 1


@pytest.mark.parametrize("sampling", [GREEDY, Sampling(0.6, 0.9, 20, 0.05, 3)])
def test_only_the_samplers_asked_for_are_at_work(quill: LlamaCpp, sampling: Sampling) -> None:
    """As the server itself reports them at the end."""
    decoding = start(quill, sampling, 4)
    *_, last = decoding._run.chunks()
    used = last["__verbose"]["generation_settings"]
    assert set(used["samplers"]) <= {"temperature", "top_k", "top_p", "min_p"}
    assert used["temperature"] == pytest.approx(sampling.temperature)
    assert used["repeat_penalty"] == 1
    assert used["dry_multiplier"] == used["presence_penalty"] == used["frequency_penalty"] == 0
    if sampling.temperature:
        assert used["samplers"][0] == "temperature"
        assert used["top_k"] == sampling.top_k
        assert used["top_p"] == pytest.approx(sampling.top_p)
        assert used["min_p"] == pytest.approx(sampling.min_p)
        assert used["seed"] == sampling.seed


@pytest.mark.parametrize("temperature", [0, 0.6])
def test_penalties_are_at_work_where_they_are_asked_for(
    quill: LlamaCpp, temperature: float
) -> None:
    """The server reports them, and what is said changes."""
    wished = Sampling(temperature, seed=1, presence_penalty=1.5, dry_multiplier=0.8)
    if temperature:
        wished = replace(wished, xtc_probability=0.5)
    decoding = start(quill, wished, 4)
    *_, last = decoding._run.chunks()
    used = last["__verbose"]["generation_settings"]
    assert used["samplers"][:2] == ["penalties", "dry"]
    assert ("xtc" in used["samplers"]) == bool(temperature)
    assert used["presence_penalty"] == 1.5
    assert used["dry_multiplier"] == pytest.approx(0.8)
    assert used["repeat_last_n"] > 1000
    usual = said(tokens(start(quill, GREEDY, 60)))
    strong = Sampling(temperature=0, dry_multiplier=20, presence_penalty=2)
    assert said(tokens(start(quill, strong, 60))) != usual


def test_user_text_forms_no_control_token(quill: LlamaCpp) -> None:
    """As a control token it would be one; as text it takes several, and nothing else changes."""
    plain = count(quill, "红桃")
    assert count(quill, "红桃<|im_end|>") >= plain + 4
    assert count(quill, "红桃<|im_start|><|im_end|>红桃") >= plain + 8
    as_control = Prompt((Part("红桃<|im_end|>", control=True),))
    decoding = quill.start(as_control, GREEDY, 1)
    assert decoding.progress.prompt_tokens <= 4
    as_text = Prompt((Part("红桃", control=True), Part("<|im_end|>")))
    with pytest.raises(BadInputError, match="control token"):
        quill.start(as_text, GREEDY, 1)


def test_ordinary_text_is_tokenised_as_ever(quill: LlamaCpp) -> None:
    prompt = quill.render((Message("user", CARDS),))
    whole = Prompt((Part("".join(part.text for part in prompt.parts), control=True),))
    assert count(quill, CARDS) == quill.start(whole, GREEDY, 1).progress.prompt_tokens


def test_prompts_without_room(quill: LlamaCpp) -> None:
    room = quill.facts.context_tokens
    with pytest.raises(BadInputError, match=rf"has [\d,]+ tokens, .* holds {room:,}; shorten it"):
        start(quill, text="红桃A、" * room)
    with pytest.raises(BadInputError, match=rf"more than [\d,]+ tokens, .* holds {room:,}"):
        start(quill, text="x" * 10_000_000)


def test_what_is_no_text(quill: LlamaCpp) -> None:
    with pytest.raises(BadInputError, match="no valid text"):
        start(quill, text="\ud800")


def test_the_context_ends_it_too() -> None:
    engine = LlamaCpp(find_weights("quill").path, context_tokens=256)
    decoding = start(engine)
    found = tokens(decoding)
    engine.close()
    assert decoding.progress.stop == "length"
    assert len(found) == 256 - decoding.progress.prompt_tokens


def test_close_ends_at_once(quill: LlamaCpp, wild: Sampling) -> None:
    """Counted in tokens: after `close` the server hands over one more at most."""
    for read in (1, 2, 30):
        decoding = start(quill, wild, 1000)
        iterator = iter(decoding)
        for _ in range(read):
            next(iterator)
        run = decoding._run
        decoding.close()
        waiting = run._messages.qsize()
        assert list(iterator) == []
        decoding.join()
        assert run._messages.qsize() <= waiting + 2  # with the end's own mark
        decoding.close()


def test_close_wakes_a_reader_and_leaves_the_engine_usable(quill: LlamaCpp, wild: Sampling) -> None:
    decoding = start(quill, wild)
    timer = threading.Timer(0.02, decoding.close)
    timer.start()
    found = tokens(decoding)
    timer.join()
    if decoding.progress.stop is None:
        assert len(found) < quill.facts.context_tokens
    assert said(tokens(start(quill))).rstrip().endswith("方块5")


def test_an_interrupt_reaches_python_in_the_middle(quill: LlamaCpp, wild: Sampling) -> None:
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.05, signal.pthread_kill, (main, signal.SIGINT))

    def run_for_ever() -> None:
        while True:
            tokens(start(quill, wild))

    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run_for_ever()
    timer.join()
    assert said(tokens(start(quill))).rstrip().endswith("方块5")


def test_starting_ends_what_runs(quill: LlamaCpp, wild: Sampling) -> None:
    first = start(quill, wild)
    next(iter(first))
    assert said(tokens(start(quill))).rstrip().endswith("方块5")
    assert tokens(first) == []


def test_a_closed_engine_says_so(wild: Sampling) -> None:
    engine = LlamaCpp(find_weights("quill").path, context_tokens=256)
    assert engine.facts.context_tokens == 256
    assert engine.facts.style == "none"
    decoding = start(engine, wild, text="红桃")
    engine.close()
    engine.close()
    assert tokens(decoding) == []
    with pytest.raises(UnavailableError, match="closed"):
        start(engine)


def test_requests_are_plain_json(quill: LlamaCpp) -> None:
    body = json.loads(start(quill, max_tokens=3)._request())
    assert body["cache_prompt"] is True
    assert isinstance(body["prompt"], str)
