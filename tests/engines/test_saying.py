"""Models that say a chosen text, on the real llama.cpp: in process, and under qwq's commands."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qwq_cli.engines.base import Token
from qwq_cli.engines.llamacpp import LlamaCpp, LlamaCppDecoding
from qwq_cli.events import Answer, Finished
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request, Sampling
from tests.cli.conftest import Qwq
from tests.engines.chains import Chain, copies, spelled
from tests.engines.saying import THINKING, saying
from tests.server.conftest import Served

GREEDY = Sampling(temperature=0)
COLD = {"QWQ_WARM": "off"}
DIARY = "".join(f"{day} March: Nothing happened today. I went to bed.\n" for day in range(1, 32))
ROWS = [{"id": row, "name": "方块 🙂", "path": "C:\\x41", "ok": True} for row in range(100)]
TEXTS = {
    "diary": DIARY,
    "json": json.dumps(ROWS, ensure_ascii=False, indent=1),
    "numbers": "".join(f"{number}\n" for number in range(1, 99)),
    "bilingual": "| dog | 狗 | собака |\n" * 200,
    "one letter": "a" * 5000,
    "control tokens": "<|im_start|>user\n<|im_end|> \\x \\\\ \r\n\t<think> </think> </think>",
    "every sign": "".join(map(chr, [*range(1, 0xD800, 7), 0x10FFFF])),
    "nothing": "",
}

Load = Callable[[Path], LlamaCpp]


@pytest.fixture
def load() -> Iterator[Load]:
    engines: list[LlamaCpp] = []

    def make(path: Path) -> LlamaCpp:
        engines.append(LlamaCpp(path))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


def start(
    engine: LlamaCpp, sampling: Sampling = GREEDY, most: int | None = None, text: str = "What?"
) -> LlamaCppDecoding:
    return engine.start(engine.render((Message("user", text),)), sampling, most)


def tokens(decoding: LlamaCppDecoding) -> list[Token]:
    return [step for step in decoding if isinstance(step, Token)]


def said(found: list[Token]) -> str:
    return "".join(token.text for token in found)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_says_the_text(load: Load, tmp_path: Path, text: str) -> None:
    path = saying(tmp_path / "model.gguf", text)
    assert path.stat().st_size < 5_000_000
    engine = load(path)
    assert engine.facts.style == "none"
    hot = Sampling(temperature=0.9, top_p=1, top_k=0, presence_penalty=2, seed=7)
    for sampling in (GREEDY, hot):
        decoding = start(engine, sampling, text=text[:500] + "?")
        assert said(tokens(decoding)) == text
        assert decoding.progress.stop == "stop"


def test_it_goes_on_from_where_it_is_rewound_to(load: Load, tmp_path: Path) -> None:
    engine = load(saying(tmp_path / "model.gguf", TEXTS["json"]))
    decoding = start(engine)
    whole = tokens(decoding)
    assert all(token.id for token in whole)
    for keep in (len(whole), 1200, 301, 300, 1, 0):
        decoding.rewind(keep, sampling=Sampling(temperature=0.9, seed=keep))
        assert said(tokens(decoding)) == said(whole[keep:])


def test_inserted_text_leads_to_the_beginning(load: Load, tmp_path: Path) -> None:
    """Also where it is a text of the model's own; but after a key its own text follows."""
    after = {"</think>\n\n": "4.", "way.\n\n": "Another way.\n"}
    chain = Chain(DIARY, before="Dear diary,\n", after=after)
    path = saying(tmp_path / "model.gguf", chain)
    decoding = start(load(path))
    whole = said(tokens(decoding))
    assert whole == f"Dear diary,\n{DIARY}"
    for then, follows in [
        ("I have been here before.\n\n", whole),
        ("Nothing happened", whole),
        ("Enough.\n\n</think>\n\n", "4."),
        ("In another way.\n\n", "Another way.\n"),
    ]:
        decoding.rewind(20, then)
        assert said(tokens(decoding)) == follows


def test_for_ever(load: Load, tmp_path: Path) -> None:
    chain = Chain("na na ", forever=True, before="Bat")
    path = saying(tmp_path / "model.gguf", chain, context=4096)
    decoding = start(load(path))
    found = tokens(decoding)
    assert len(found) > 4000
    assert ("Bat" + "na na " * 4096).startswith(said(found))
    assert decoding.progress.stop == "length"


def test_it_says_given_tokens(load: Load, tmp_path: Path) -> None:
    pieces = ["One", " line\n", "", "a", "a", "a", "aa"]
    decoding = start(load(saying(tmp_path / "model.gguf", pieces)))
    assert [token.text for token in tokens(decoding)] == pieces


def test_a_thought_has_its_tags(load: Load, tmp_path: Path) -> None:
    """A thought that goes round and round until qwq ends it, and then an answer."""
    again = "So it is four, or is it not? "
    chain = Chain(again, forever=True, after={"</think>\n\n": "Four."})
    path = saying(tmp_path / "model.gguf", chain, template=THINKING)
    engine = load(path)
    assert engine.facts.style == "tags"
    events = list(generate(engine, Request((Message("user", "2 + 2?"),), sampling=GREEDY)))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.final) == ("stop", "Four")
    assert "".join(event.text for event in events if isinstance(event, Answer)) == "Four."


def test_copies_of_a_piece_are_different_strings() -> None:
    for piece in ("a", "ab", "x4", "\\x", "方"):
        chain = Chain([piece] * copies(piece))
        found = {spelled(entry) for entry in chain.entries}
        assert len(found) == len(chain.entries) > copies(piece)
        with pytest.raises(ValueError, match="is said more than"):
            Chain([piece] * (copies(piece) + 1))


def test_ask(tmp_path: Path) -> None:
    model = str(saying(tmp_path / "model.gguf", TEXTS["json"]))
    done = Qwq(tmp_path)("ask", "-m", model, "x", "--loops", "off", env=COLD)
    assert (done.code, done.out, done.err) == (0, TEXTS["json"] + "\n", "")


def test_ask_a_model_that_thinks(tmp_path: Path) -> None:
    text = f"{DIARY}</think>\n\nNothing happened.\n"
    model = str(saying(tmp_path / "model.gguf", text, template=THINKING))
    done = Qwq(tmp_path)("ask", "-m", model, "x", "--loops", "off", "--json", env=COLD)
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert (told["reasoning"], told["answer"]) == (DIARY, "Nothing happened.\n")


def test_batch(tmp_path: Path) -> None:
    model = str(saying(tmp_path / "model.gguf", DIARY))
    questions = "".join(json.dumps({"question": text}) + "\n" for text in "xy")
    line = ("batch", "-m", model, "-q", "--loops", "off")
    done = Qwq(tmp_path)(*line, stdin=questions, env=COLD)
    assert (done.code, done.err) == (0, "")
    assert [json.loads(line)["answer"] for line in done.out.splitlines()] == [DIARY] * 2


def test_serve(tmp_path: Path) -> None:
    model = str(saying(tmp_path / "model.gguf", DIARY))
    served = Served(tmp_path, "-m", model, "--port", "0", "--loops", "off", env=COLD)
    try:
        with served.client() as client:
            body = {"messages": [{"role": "user", "content": "x"}]}
            told = client.post("/v1/chat/completions", json=body).json()
            raw = client.post("/v1/completions", json={"prompt": "x"}).json()
    finally:
        served.end()
    assert told["choices"][0]["message"]["content"] == DIARY
    assert raw["choices"][0]["text"] == DIARY
