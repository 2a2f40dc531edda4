"""Answers that repeat, on the real ExLlamaV2: on purpose, and without an end.

The models say a chosen text, so each rule about answers and thoughts is seen from the tokens of a
real engine to the events and to the command line.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from qwq_cli.engines.exllama.engine import Exllama
from qwq_cli.events import Event, Finished, LoopAction, Noticed, Rewound, Steered
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request, Sampling, Steering
from qwq_cli.stream.loops.cycles import CycleDetector
from qwq_cli.stream.transcript import Transcript
from tests.engines.chains import SPECIALS
from tests.exl2.saying import CHATML, THINKING, Chain, saying
from tests.exl2.test_command import COMMAND, run

pytestmark = pytest.mark.exl2

QUESTION = "Which card is it, and why is it that one?"
FRAGE = "这张牌是什么？为什么是这张牌？"
THOUGHT = "The ranks come first, and then the suits.\n</think>\n\n"
HEADED = "The ranks come first.\n\n**Final Answer**\n\n"
DAY = "March: Nothing happened today. I went to work, came home, ate dinner and went to bed.\n"
ROWS = [{"hour": hour, "temperature": 21.5, "humidity": 40, "unit": "C"} for hour in range(24)]
ON_PURPOSE = {
    "json": json.dumps(ROWS, indent=2),
    "diary": "".join(f"{day} {DAY}" for day in range(1, 32)),
    "answer key": "".join(f"{item}. {'BDACCABD'[item * 5 % 8]}\n" for item in range(1, 101)),
}
ENDLESS = {
    "prose": (
        "First, the five of diamonds was drawn. Then",
        " the king went to the queen, who sent the jack back again,",
        3_000,
    ),
    "list": ("To buy:\n\n", "- four red apples\n- a loaf of bread\n- milk\n", 6_000),
}
"""The beginning, the cycle, and the tokens within which it is to be ended."""
COMPLETE = "It is the five of diamonds, because no other card is left."
AGAIN = "So it is four, or is it not? Wait, it may be five. "
LINE = "I will not talk in class, but listen to my teacher, and I will be kind to all the others."

Load = Callable[..., Exllama]


@dataclass
class Done:
    """A generation that has ended."""

    events: list[Event] = field(default_factory=list)
    record: Transcript = field(default_factory=Transcript)

    @property
    def end(self) -> Finished:
        assert self.record.finished is not None
        return self.record.finished

    @property
    def actions(self) -> list[LoopAction]:
        return [loop.action for loop in self.record.loops]

    @property
    def tokens(self) -> int:
        """All that were drawn."""
        usage = self.end.usage
        return usage.reasoning_tokens + usage.answer_tokens + usage.trimmed_tokens

    def of(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]


def answer(
    engine: Exllama,
    question: str = QUESTION,
    steering: Steering | None = None,
    at_rewind: Callable[[], None] = lambda: None,
) -> Done:
    """Ask a question. `at_rewind` is done before the engine goes on from what was kept."""
    done = Done()
    request = Request((Message("user", question),), sampling=Sampling(seed=1))
    for event in generate(engine, request, steering=steering or Steering()):
        done.events.append(event)
        done.record.add(event)
        if isinstance(event, Rewound):
            at_rewind()
    return done


def goes_on(engine: Exllama, chain: Chain, key: str) -> None:
    """From now on a cycle of this chain that never ended is followed by what follows the key."""
    assert engine._owner is not None
    codes = engine._owner.loaded.model.in_torch.embedding
    last = chain.follows.index(len(SPECIALS))
    (found,) = (at for at, entry in enumerate(chain.entries) if entry.text == key.encode())
    codes[last] = codes[found]


# ------------------------------------------------------------------------------------- on purpose


PLACES = {
    "no thought": ("none", CHATML, ""),
    "after a tag": ("tags", THINKING, THOUGHT),
    "after a heading": ("headings", CHATML, HEADED),
    "no tag": ("tags", CHATML, ""),
    "no heading": ("headings", CHATML, ""),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ON_PURPOSE)
def test_an_answer_that_repeats_on_purpose_comes_byte_for_byte(
    load: Load, tmp_path: Path, name: str, place: str
) -> None:
    """Wherever it stands. Where only the end shows that it was one, blanks around it are not
    part of it.
    """
    style, template, head = PLACES[place]
    text = ON_PURPOSE[name]
    engine = load(saying(tmp_path / "model", head + text, template=template), style=style)
    done = answer(engine)
    assert done.record.answer == (text.strip() if place in {"no tag", "no heading"} else text)
    assert done.end.reason == "stop"
    assert done.of(Rewound, Steered, Noticed) == []
    assert done.record.raw is None


def test_a_question_that_asks_for_copies_gets_them(load: Load, tmp_path: Path) -> None:
    engine = load(saying(tmp_path / "model", [LINE, "\n"] * 100), style="auto")
    asked = answer(engine, "Write 'I will not talk in class, ...' 100 times.")
    assert (asked.record.answer, asked.end.reason) == (f"{LINE}\n" * 100, "stop")
    assert asked.of(Rewound, Steered, Noticed) == []
    other = answer(engine)
    assert (other.record.answer, other.end.reason) == (f"{LINE}\n", "loop")
    assert other.actions == ["rewound", "rewound", "stopped"]


# ---------------------------------------------------------------------------------- without an end


@pytest.mark.parametrize(("name", "thinks"), [("prose", False), ("prose", True), ("list", False)])
def test_an_answer_without_an_end_is_rewound_without_words_and_then_ended(
    load: Load, tmp_path: Path, name: str, *, thinks: bool
) -> None:
    begun, cycle, most = ENDLESS[name]
    head = THOUGHT if thinks else ""
    chain = Chain(cycle, forever=True, before=head + begun)
    template = THINKING if thinks else CHATML
    done = answer(load(saying(tmp_path / "model", chain, template=template), style="auto"))
    assert done.actions == ["rewound", "rewound", "stopped"]
    assert {loop.part for loop in done.record.loops} == {"answer"}
    assert done.of(Steered) == []
    assert done.end.usage.inserted_tokens == 0
    assert (done.end.reason, done.end.final) == ("loop", None)
    assert done.record.answer.rstrip() == (begun + cycle).rstrip()
    assert done.record.reasoning == head.partition("</think>")[0]
    for event in done.of(Rewound):
        assert isinstance(event, Rewound)
        assert event.thinking_chars == len(done.record.reasoning)
    assert done.tokens <= most
    raw = done.record.raw
    assert raw is not None
    assert f"{begun}{cycle * 9}" in raw


@pytest.mark.parametrize("style", ["headings", "tags"])
def test_text_of_which_the_place_is_not_known_is_led_like_an_answer(
    load: Load, tmp_path: Path, style: str
) -> None:
    begun, cycle, most = ENDLESS["prose"]
    chain = Chain(cycle, forever=True, before=begun)
    done = answer(load(saying(tmp_path / "model", chain), style=style))
    assert done.actions == ["rewound", "rewound", "stopped"]
    assert {loop.part for loop in done.record.loops} == {"answer"}
    assert done.of(Steered) == []
    assert (done.end.reason, done.record.answer) == ("loop", begun + cycle)
    assert done.tokens <= most


@pytest.mark.parametrize("name", ENDLESS)
def test_a_model_that_goes_another_way_after_a_rewind_ends_its_answer(
    load: Load, tmp_path: Path, name: str
) -> None:
    begun, cycle, _ = ENDLESS[name]
    way = " and that was all.\n"
    pieces = cycle.splitlines(keepends=True)
    chain = Chain(pieces, forever=True, before=begun, after={"Another way.": way})
    engine = load(saying(tmp_path / "model", chain), style="auto")
    done = answer(engine, at_rewind=lambda: goes_on(engine, chain, "Another way."))
    assert done.actions == ["rewound"]
    assert done.of(Steered) == []
    assert done.record.answer == begun + cycle + way
    assert done.end.reason == "stop"
    assert done.record.raw is not None


@pytest.mark.parametrize("head", ["", THOUGHT])
@pytest.mark.parametrize("ending", [[".", "\n\n"], [".\n\n"]])
def test_a_complete_answer_that_is_repeated_as_a_whole_is_kept(
    load: Load, tmp_path: Path, ending: list[str], head: str
) -> None:
    template = THINKING if head else CHATML
    chain = Chain([COMPLETE.rstrip("."), *ending], forever=True, before=head)
    done = answer(load(saying(tmp_path / "model", chain, template=template), style="auto"))
    assert done.actions == ["kept"]
    assert [loop.part for loop in done.record.loops] == ["answer"]
    assert done.of(Steered) == []
    assert (done.record.answer.rstrip(), done.end.reason) == (COMPLETE, "stop")
    assert done.end.final == COMPLETE.removesuffix(".")
    assert done.record.raw is not None


# ------------------------------------------------------------------------------- in the thinking


def test_a_thought_in_circles_is_led_to_an_answer(load: Load, tmp_path: Path) -> None:
    chain = Chain(AGAIN, forever=True, before="Two and two.\n", after={"</think>\n\n": "Four."})
    done = answer(load(saying(tmp_path / "model", chain, template=THINKING), style="auto"))
    assert done.actions == ["rewound", "refocused", "forced"]
    assert {loop.part for loop in done.record.loops} == {"thinking"}
    assert [put.answer for put in done.record.interventions] == [False, True]
    assert all(put.text in done.record.written for put in done.record.interventions[:1])
    assert (done.record.answer, done.end.reason, done.end.final) == ("Four.", "stop", "Four")


def test_a_thought_in_circles_is_no_answer_where_none_comes(load: Load, tmp_path: Path) -> None:
    chain = Chain(AGAIN, forever=True, after={"</think>\n\n": ""})
    done = answer(load(saying(tmp_path / "model", chain, template=THINKING), style="auto"))
    assert done.actions == ["rewound", "refocused", "forced"]
    assert (done.record.answer, done.end.reason, done.end.final) == ("", "loop", None)


# ------------------------------------------------------------------------------------- language

CHINESE = "这张牌不难找到。\n"
ENGLISH = (
    "Therefore the card is the five of diamonds, since every other card is ruled out by now.\n"
)


def test_a_language_that_is_insisted_on_is_corrected_by_rewinding_alone(
    load: Load, tmp_path: Path
) -> None:
    """The model says the same again, so the second correction is the last."""
    engine = load(saying(tmp_path / "model", [CHINESE, *ENGLISH.partition(" five")]), style="auto")
    done = answer(engine, FRAGE, Steering(language="zh"))
    actions = [switch.action for switch in done.record.switches]
    assert actions == ["corrected", "corrected", "reported"]
    assert len(done.of(Rewound)) == 2
    assert done.of(Steered) == []
    assert done.end.usage.inserted_tokens == 0
    assert (done.record.answer, done.end.reason) == (CHINESE + ENGLISH, "stop")


def test_a_language_that_is_expected_is_told_of_and_left(load: Load, tmp_path: Path) -> None:
    engine = load(saying(tmp_path / "model", CHINESE + ENGLISH * 2), style="auto")
    done = answer(engine, FRAGE)
    assert [switch.action for switch in done.record.switches] == ["reported"]
    assert done.of(Rewound, Steered) == []
    assert (done.record.answer, done.end.reason) == (CHINESE + ENGLISH * 2, "stop")


# ---------------------------------------------------------------------------- faults and commands


def test_a_guard_that_fails_leaves_the_answer(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: CycleDetector, _text: str) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(CycleDetector, "watch", fail)
    engine = load(saying(tmp_path / "model", ON_PURPOSE["diary"]), style="auto")
    done = answer(engine)
    assert (done.record.answer, done.end.reason) == (ON_PURPOSE["diary"], "stop")
    (notice,) = done.of(Noticed)
    assert isinstance(notice, Noticed)
    assert notice.kind == "guard"
    assert "out of order" in notice.message


def test_from_the_command_line_an_answer_without_an_end_is_told(tmp_path: Path) -> None:
    begun, cycle, _ = ENDLESS["list"]
    chain = Chain(cycle.splitlines(keepends=True), forever=True, before=begun)
    path = saying(tmp_path / "model", chain)
    done = run([*COMMAND, "ask", "-m", str(path), QUESTION, "--json"], tmp_path, QWQ_WARM="off")
    told = json.loads(done.stdout)
    assert (done.returncode, told["finish_reason"]) == (3, "loop")
    assert [loop["action"] for loop in told["loops"]] == ["rewound", "rewound", "stopped"]
    assert told["answer"] == begun + cycle
    assert told["raw"].startswith(begun + cycle * 9)


def test_from_the_command_line_a_diary_comes_byte_for_byte(tmp_path: Path) -> None:
    path = saying(tmp_path / "model", ON_PURPOSE["diary"])
    done = run([*COMMAND, "ask", "-m", str(path), QUESTION], tmp_path, QWQ_WARM="off")
    assert (done.returncode, done.stdout, done.stderr) == (0, ON_PURPOSE["diary"], "")
