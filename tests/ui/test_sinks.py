"""What goes down a pipe, and what a program reads."""

import io
import json
import os
from collections.abc import Iterable
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.errors import QwqError
from qwq_cli.events import (
    Answer,
    Event,
    Finished,
    Loop,
    Noticed,
    Prefill,
    Rewound,
    Started,
    Thinking,
    Timings,
    Usage,
)
from qwq_cli.ui.live import Live
from qwq_cli.ui.output import Output
from qwq_cli.ui.plain import Final, Notices, Plain, Stream
from qwq_cli.ui.records import JsonLines, JsonObject, to_json
from qwq_cli.ui.screen import Look
from qwq_cli.ui.sink import Sink, Tee

LOOP = Loop("exact", 3, 9, 15, "rewound")
USAGE = Usage(120, 30, 7, 12, 5, 9)
FINISHED = Finished("stop", "方块5", USAGE, Timings(0.1, 0.2, 0.3, 1.5, 20.0))
EVENTS: list[Event] = [
    Started("quill", "llama.cpp", 120),
    Prefill(120, 120),
    Thinking("Let me see. "),
    Thinking("again again "),
    Rewound(12, 0, LOOP, 12),
    Noticed("language", "it mixes languages"),
    Thinking("It is clear.\n"),
    Answer("\n\n**Final Answer**\n\n"),
    Answer("方块5\n\n"),
    FINISHED,
]


def shown(sink: Sink, events: Iterable[Event] = EVENTS) -> None:
    for event in events:
        sink.show(event)
    sink.close()


def pipe() -> tuple[io.StringIO, Output]:
    text = io.StringIO()
    return text, Output(text, "standard output")


def test_plain_is_the_answer_with_one_newline() -> None:
    text, output = pipe()
    shown(Plain(output))
    assert text.getvalue() == "**Final Answer**\n\n方块5\n"


def test_plain_with_reasoning_has_what_still_stands() -> None:
    text, output = pipe()
    shown(Plain(output, reasoning=True))
    assert text.getvalue() == "Let me see. It is clear.\n\n**Final Answer**\n\n方块5\n"


def test_plain_writes_nothing_before_the_end_nor_without_an_answer() -> None:
    text, output = pipe()
    shown(Plain(output), EVENTS[:-1])
    shown(Plain(output), [Thinking("hm"), FINISHED])
    assert text.getvalue() == ""


def test_text_down_a_pipe_is_as_the_model_wrote_it() -> None:
    text, output = pipe()
    shown(Plain(output), [Answer("a\x1b[31mb\r\nc"), FINISHED])
    assert text.getvalue() == "a\x1b[31mb\r\nc\n"


def test_final_is_one_line() -> None:
    text, output = pipe()
    shown(Final(output))
    assert text.getvalue() == "方块5\n"


def test_stream_writes_at_once_and_tells_what_it_can_not_take_back() -> None:
    (text, output), (notes, stderr) = pipe(), pipe()
    sink = Stream(output, stderr, thinking=False, answer=True)
    shown(sink, EVENTS[:8])
    assert text.getvalue() == "**Final Answer**\n"
    (text, output), (notes, stderr) = pipe(), pipe()
    shown(Stream(output, stderr, thinking=True, answer=True))
    assert text.getvalue() == (
        "Let me see. again again It is clear.\n\n**Final Answer**\n\n方块5\n"
    )
    assert notes.getvalue() == "qwq: what was taken back stands in the output above\n"


@given(st.lists(st.text(st.sampled_from("ab \n中"), max_size=6)))
def test_stream_writes_the_same_as_plain(pieces: list[str]) -> None:
    """Without a rewind, waiting makes no difference."""
    events: list[Event] = [*map(Answer, pieces), FINISHED]
    (whole, first), (streamed, second) = pipe(), pipe()
    shown(Plain(first), events)
    shown(Stream(second, second, thinking=False, answer=True), events)
    assert streamed.getvalue() == whole.getvalue()


def test_notices_are_safe_lines() -> None:
    text, output = pipe()
    shown(Notices(output), [Noticed("x", "a\x1b]0;t\x07\nb"), FINISHED])
    assert text.getvalue() == "qwq: a b\n"


def test_json_is_the_contract() -> None:
    text, output = pipe()
    shown(JsonObject(output, "Which card?", "quill", "6k3f0000000"))
    record = json.loads(text.getvalue())
    assert text.getvalue().count("\n") == 1
    assert record.pop("id") == "6k3f0000000"
    assert record == {
        "question": "Which card?",
        "reasoning": "Let me see. It is clear.\n",
        "answer": "\n\n**Final Answer**\n\n方块5\n\n",
        "final": "方块5",
        "raw": "Let me see. again again It is clear.\n\n\n**Final Answer**\n\n方块5\n\n",
        "model": "quill",
        "engine": "llama.cpp",
        "finish_reason": "stop",
        "usage": {
            "prompt_tokens": 120,
            "reasoning_tokens": 30,
            "answer_tokens": 7,
            "trimmed_tokens": 12,
            "inserted_tokens": 0,
            "cached_tokens": 5,
            "recomputed_tokens": 9,
        },
        "loops": [asdict(LOOP)],
        "interventions": [],
        "budget_forced": False,
        "language": {"question": "en", "answer": "zh", "switches": []},
        "timings": {"load_s": 0.1, "first_token_s": 0.3, "total_s": 1.5},
    }


def test_jsonl_has_every_event() -> None:
    text, output = pipe()
    shown(JsonLines(output))
    records = [json.loads(line) for line in text.getvalue().splitlines()]
    assert [record.pop("event") for record in records] == [
        "started", "prefill", "thinking", "thinking", "rewound",
        "noticed", "thinking", "answer", "answer", "finished",
    ]  # fmt: skip
    assert records == [asdict(event) for event in EVENTS]


@given(st.text())
def test_json_is_the_same_text_and_harmless(text: str) -> None:
    line = to_json(text)
    assert json.loads(line) == text
    assert not [char for char in line if char < " " or "\x7f" <= char <= "\x9f" or char == "\u202e"]


def test_tee_shows_all_in_order() -> None:
    text, output = pipe()
    shown(Tee(Final(output), Plain(output)))
    assert text.getvalue() == "方块5\n**Final Answer**\n\n方块5\n"


@pytest.mark.parametrize(("stream", "why"), [(None, "it is closed"), ("/dev/full", "No space")])
def test_a_stream_that_can_not_be_written_is_one_clear_fault(stream: str | None, why: str) -> None:
    if stream is None:
        output = Output(None, "standard output")
        with pytest.raises(QwqError, match=f"can't write to standard output: {why}"):
            output.write("x")
        return
    with open(os.open(stream, os.O_WRONLY), "w", closefd=False) as file:
        with pytest.raises(QwqError, match=f"can't write to standard output: {why}"):
            Output(file, "standard output").write("x")
        os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())


def test_live_writes_in_few_pieces_and_all_of_it() -> None:
    """A thousand tokens take a few writes, not a thousand, and none is lost."""
    pieces: list[str] = []

    class Counting(io.StringIO):
        def write(self, text: str) -> int:
            pieces.append(text)
            return len(text)

    sink = Live(Output(Counting(), "standard output"), Look(styled=False, erases=False), "quill")
    words = [f"word{number} " for number in range(1000)]
    shown(sink, [*map(Thinking, words), Answer("done"), FINISHED])
    assert "".join(pieces).split()[:1000] == "".join(words).split()
    assert len(pieces) < 100


def test_live_raises_what_went_wrong_while_writing() -> None:
    class Broken(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    sink = Live(Output(Broken(), "standard output"), Look(), "quill")
    with pytest.raises(BrokenPipeError):
        shown(sink)
