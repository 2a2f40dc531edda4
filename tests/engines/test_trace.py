"""Traces become scripts: texts, objects and logs, and what is none of them."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from qwq_cli.engines.scripted import Script, Scripted
from qwq_cli.engines.trace import read_trace
from qwq_cli.errors import BadInputError, NotFoundError
from qwq_cli.events import Answer, Event, Finished, Rewound, Steered, Thinking
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request, Steering

ASKED = Request((Message("user", "?"),))
LOOP = "Let me see. " + "Is it the queen? No, it is the king. Wait, but then... " * 12
SCRIPT = Script(takes=(LOOP, "Oh, it is the five.\n\n**Final Answer**\n\n方块5"))


def events(script: Script) -> list[Event]:
    return list(generate(Scripted(script), ASKED))


def log(path: Path, happened: list[Event]) -> Path:
    """As `--jsonl` writes it."""
    lines = [json.dumps({"event": type(e).__name__.lower(), **asdict(e)}) for e in happened]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def standing(happened: list[Event]) -> tuple[str, str]:
    """Thinking and answer, as they stand at the end."""
    thinking = answer = ""
    for event in happened:
        if isinstance(event, Thinking):
            thinking += event.text
        elif isinstance(event, Answer):
            answer += event.text
        elif isinstance(event, Rewound):
            thinking, answer = thinking[: event.thinking_chars], answer[: event.answer_chars]
    return thinking, answer


def test_a_text_is_a_take(tmp_path: Path) -> None:
    path = tmp_path / "trace.txt"
    path.write_text("Hm.\n\n**Final Answer**\n\n4\n", encoding="utf-8")
    happened = events(read_trace(path))
    assert standing(happened) == ("Hm.\n\n", "4\n")
    path.write_text("Hm.</think>4", encoding="utf-8")
    assert standing(events(read_trace(path))) == ("Hm.", "4")


def test_a_text_that_looks_like_json_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "trace.txt"
    for text in ('{"a": 1}', "{not json", "[1]", '{"a": ' * 100_000):
        path.write_text(text, encoding="utf-8")
        assert read_trace(path).takes == (text,)


def test_an_object(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    record = {"reasoning": "Hm. ", "answer": "4", "model": "m", "finish_reason": "stop"}
    path.write_text(json.dumps(record, indent=2), encoding="utf-8")
    script = read_trace(path)
    assert script.name == "m"
    assert standing(events(script)) == ("Hm. ", "4")
    record["reasoning"] = ""
    path.write_text(json.dumps(record), encoding="utf-8")
    assert standing(events(read_trace(path))) == ("", "4")


def test_a_log_is_replayed_with_its_loop(tmp_path: Path) -> None:
    happened = events(SCRIPT)
    again = events(read_trace(log(tmp_path / "log.jsonl", happened)))
    assert standing(again) == standing(happened)
    assert [type(e) for e in again].count(Rewound) == 1
    first, second = (next(e for e in run if isinstance(e, Rewound)) for run in (happened, again))
    assert (first.thinking_chars, first.answer_chars) == (
        second.thinking_chars,
        second.answer_chars,
    )
    assert first.loop is not None
    assert second.loop is not None
    assert first.loop.repeat_at == second.loop.repeat_at
    ends = [run[-1] for run in (happened, again)]
    assert all(isinstance(end, Finished) and end.final == "方块5" for end in ends)


CIRCLE = "Is it the queen? No, it is the king. Then again it is the queen. " * 10


@pytest.mark.parametrize(
    ("takes", "actions"),
    [
        ((CIRCLE, CIRCLE, "It is the five.\n\n**Final Answer**\n\n5"), ["rewound", "refocused"]),
        ((CIRCLE, CIRCLE, CIRCLE, "5"), ["rewound", "refocused", "forced"]),
        (("Hm.\n**Final Answer**\n\n" + "It is the five of diamonds.\n\n" * 280,), ["kept"]),
    ],
)
def test_a_log_is_replayed_with_every_step(
    tmp_path: Path, takes: tuple[str, ...], actions: list[str]
) -> None:
    happened = events(Script(takes=takes))
    again = events(read_trace(log(tmp_path / "log.jsonl", happened)))
    assert standing(again) == standing(happened)
    for run in (happened, again):
        loops = [event.loop for event in run if isinstance(event, Rewound)]
        assert [loop.action for loop in loops if loop is not None] == actions


def test_what_was_put_in_for_other_reasons_is_replayed_as_text(tmp_path: Path) -> None:
    chinese = "这张牌不难找到。"
    english = "Therefore the card is the five, since every other card has been ruled out by now.\n"
    script = Script(takes=("先看点数。" * 9, chinese + english, "答案是方块五。"))
    request = Request((Message("user", "这张牌是什么？"),))
    steering = Steering(budget=20, language="zh")
    happened = list(generate(Scripted(script), request, steering=steering))
    assert [event.why for event in happened if isinstance(event, Steered)] == ["budget"]
    assert [event.switch is None for event in happened if isinstance(event, Rewound)] == [False]
    again = events(read_trace(log(tmp_path / "log.jsonl", happened)))
    assert standing(again) == standing(happened)
    assert english not in standing(again)[1]


def test_a_log_of_a_model_that_marked_nothing(tmp_path: Path) -> None:
    happened = events(Script(takes=("First this.\n\n" * 40 + "It is the five.",)))
    again = events(read_trace(log(tmp_path / "log.jsonl", happened)))
    assert standing(again) == standing(happened)


def test_a_log_that_was_cut_short_ends_by_its_budget(tmp_path: Path) -> None:
    request = Request(ASKED.messages, max_tokens=10)
    happened = list(generate(Scripted(SCRIPT), request))
    end = events(read_trace(log(tmp_path / "log.jsonl", happened)))[-1]
    assert isinstance(end, Finished)
    assert end.reason == "budget"


def test_a_log_that_lacks_its_end_makes_no_answer_of_its_thinking(tmp_path: Path) -> None:
    happened = events(SCRIPT)[:20]
    assert isinstance(happened[-1], Thinking)
    again = events(read_trace(log(tmp_path / "log.jsonl", happened)))
    assert standing(again) == (standing(happened)[0], "")
    end = again[-1]
    assert isinstance(end, Finished)
    assert end.reason == "budget"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b'{"event": "started"}\n{"event": ', "no whole log of events"),
        (b'{"event": "started"}\n' + b'{"event": ' * 100_000, "no whole log of events"),
    ],
)
def test_what_is_no_trace(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "odd"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=why):
        read_trace(path)


def test_missing_traces(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_trace(tmp_path / "none")
    with pytest.raises(BadInputError, match="can't read"):
        read_trace(tmp_path)
