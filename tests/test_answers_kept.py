"""Right answers stay byte for byte, however much they repeat.

On scripts, by the command line, and on the real llama.cpp.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.loops_documents import Document, documents
from qwq_cli.events import Noticed
from qwq_cli.request import Message, Request, Sampling
from tests.cli.conftest import Qwq
from tests.engines.chains import THINKING
from tests.engines.saying import saying
from tests.server.conftest import Served
from tests.stream.prose import prose
from tests.test_steering import Run, run

COLD = {"QWQ_WARM": "off"}

# ------------------------------------------------------------------------------- right answers

READING = {"temperature": 21.5, "humidity": 40, "unit": "C", "state": "ok"}
DAY = "Nothing happened today. I went to work, came home, ate dinner and went to bed."
LATE = "I must not be late for school ever again.\n"
ORIGINAL = prose(3000, seed=7).strip()
CORRECTED = " ".join(
    "right" if at % 60 == 9 else word for at, word in enumerate(ORIGINAL.split(" "))
)
LOREM = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut "
    "labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco."
)
WORDS = {"dog": "狗", "cat": "猫", "horse": "马", "bird": "鸟", "fish": "鱼", "sheep": "羊"}
MAIL = """Dear Professor Smith,

I am writing to ask whether I may hand in my thesis one week later than we had agreed, since the
measurements took longer than I had expected. Please let me know whether that suits you.

Kind regards,
Li Ming"""
REFRAIN = "And so the river ran, and ran,\nand so the river ran.\n"
POEM = "\n".join(f"{prose(140, n).strip()}\n{REFRAIN}" for n in range(12))
CASES: dict[str, tuple[str, str]] = {
    "numbers": ("Count to 98.", "\n".join(map(str, range(1, 99)))),
    "JSON array": (
        "Give me the readings of one day as JSON.",
        json.dumps([{"hour": hour, **READING} for hour in range(24)], indent=2),
    ),
    "diary": (
        "Write the diary of a dull month.",
        "\n".join(f"{day} March: {DAY}" for day in range(1, 32)),
    ),
    "answer key": (
        "What is the key of this test?",
        "\n".join(f"{item}. {'BDACCABD'[item * 5 % 8]}" for item in range(1, 101)),
    ),
    "key of one letter": (
        "What is the key of this test?",
        "\n".join(f"{item}. B" for item in range(1, 101)),
    ),
    "corrected text": (
        f"Correct this text: {ORIGINAL}",
        f"Original:\n\n{ORIGINAL}\n\nCorrected version:\n\n{CORRECTED}",
    ),
    "100 times": (f"Write this sentence 100 times: {LATE}", (LATE * 100).strip()),
    "JSON in a fence": (
        "Give me 300 rows as JSON.",
        f"```json\n{json.dumps([{'id': n, **READING} for n in range(300)], indent=2)}\n```",
    ),
    "board": (
        "Print a 64x64 board of zeros.",
        "\n".join([" ".join(["0"] * 64)] * 64),
    ),
    "lorem ipsum": (
        "Fill my page with lorem ipsum, please.",
        "\n\n".join([LOREM] * 40),
    ),
    "bilingual table": (
        "请给我一个动物名称的中英文对照表。",
        "下面是对照表：\n\n| 英文 | 中文 |\n|---|---|\n"
        + "\n".join(f"| {one} | {other} |" for one, other in [*WORDS.items()] * 5),
    ),
    "English e-mail": (
        "请帮我给史密斯教授写一封英文邮件，问他能不能晚一周交论文。",
        f"好的，下面是这封邮件：\n\n{MAIL}\n\n希望对你有帮助。",
    ),
    "hexdump": (
        "What does `xxd` print of an empty file of 8 KiB?",
        "\n".join(f"{row * 16:08x}: {'0000 ' * 8} ................" for row in range(512)),
    ),
    "poem": ("Write a ballad with a refrain.", POEM.strip()),
    "indented rows": (
        "What does `nl` print?",
        "\n".join(f"    {row}  the same line as ever" for row in range(1, 400)),
    ),
}
STYLES: dict[str, tuple[str, dict[str, Any]]] = {
    "none": ("", {"style": "none"}),
    "tags": ("<think>\nHm.\n</think>\n\n", {"style": "tags"}),
    "opened tags": ("Hm.\n</think>\n\n", {"style": "tags", "opens_thinking": True}),
    "tags missing": ("", {"style": "tags"}),
    "headings": ("Hm.\n\n**Final Answer**\n\n", {"style": "headings"}),
    "headings missing": ("", {"style": "headings", "reasons_first": False}),
}
"""What a model writes before its answer, and how it is."""
Said: TypeAlias = list[tuple[str, str, dict[str, Any]]]


def asked(question: str) -> Request:
    return Request((Message("user", question),), sampling=Sampling(temperature=0))


def kept(done: Run, text: str) -> None:
    """It has the whole answer, and nothing was done about it."""
    assert done.record.answer == text
    assert done.end.reason == "stop"
    assert (done.record.loops, done.record.interventions, done.record.raw) == ([], [], None)
    assert len(done.engine.asked) == 1
    assert done.end.usage.trimmed_tokens == 0


@pytest.fixture
def qwq(tmp_path: Path) -> Qwq:
    return Qwq(tmp_path)


@pytest.mark.parametrize("rewinds", [True, False])
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", CASES)
def test_a_right_answer_comes_byte_for_byte(name: str, style: str, *, rewinds: bool) -> None:
    question, text = CASES[name]
    head, script = STYLES[style]
    done = run(
        head + text, request=asked(question), rewinds=rewinds, context_tokens=200_000, **script
    )
    kept(done, text)
    assert not [
        told for told in done.events if isinstance(told, Noticed) and told.kind != "language"
    ]


@pytest.mark.parametrize("style", STYLES)
def test_a_diary_may_doubt(style: str) -> None:
    """A text of whose place nothing is known; it speaks as a thought does, and is none."""
    day = "I think I should sleep more. Maybe I will try tomorrow. Today nothing happened at all."
    text = "\n".join(f"{number} March: {day}" for number in range(1, 32))
    head, script = STYLES[style]
    kept(run(head + text, request=asked("Write the diary of a dull month."), **script), text)


@pytest.mark.parametrize("name", ["bilingual table", "English e-mail"])
@pytest.mark.parametrize("style", STYLES)
def test_an_answer_in_two_languages_is_not_even_told_of(name: str, style: str) -> None:
    question, text = CASES[name]
    head, script = STYLES[style]
    done = run(head + text, request=asked(question), **script)
    assert done.record.switches == []


@pytest.mark.parametrize("name", CASES)
def test_a_replay_comes_byte_for_byte(qwq: Qwq, name: str) -> None:
    question, text = CASES[name]
    for trace in (text, f"<think>\nHm, so be it.\n</think>\n\n{text}"):
        (qwq.home / "trace").write_text(trace, encoding="utf-8")
        done = qwq("ask", "--replay", "trace", question)
        assert (done.code, done.err) == (0, "")
        assert done.out == f"{text}\n"


ON_LLAMA = ("diary", "100 times", "answer key", "English e-mail")


@pytest.mark.parametrize("name", ON_LLAMA)
def test_a_real_model_s_answer_comes_byte_for_byte(qwq: Qwq, name: str) -> None:
    question, text = CASES[name]
    path = str(saying(qwq.home / "model.gguf", text))
    done = qwq("ask", "-m", path, question, env=COLD)
    assert (done.code, done.out, done.err) == (0, f"{text}\n", "")
    asks = json.dumps({"question": question}) + "\n"
    done = qwq("batch", "-m", path, "-q", stdin=asks * 2, env=COLD)
    assert (done.code, done.err) == (0, "")
    for record in map(json.loads, done.out.splitlines()):
        assert (record["answer"], record["error"], record["loops"]) == (text, None, [])
        assert "raw" not in record
    with client(qwq.home, path) as found:
        for text_, reason, facts in whole(found, question) + streamed(found, question):
            assert (text_, reason, facts["finish_reason"]) == (text, "stop", "stop")
            assert facts.get("loops", []) == []
            assert facts.get("retracted_chars", 0) == 0


def test_a_real_thinker_s_answer_comes_byte_for_byte(qwq: Qwq) -> None:
    question, text = CASES["diary"]
    path = saying(qwq.home / "model.gguf", f"Hm.\n</think>\n\n{text}", template=THINKING)
    done = qwq("ask", "-m", str(path), question, env=COLD)
    assert (done.code, done.out, done.err) == (0, f"{text}\n", "")


@contextmanager
def client(home: Path, model: str) -> Iterator[openai.OpenAI]:
    """The official client of `qwq serve` with this model."""
    served = Served(home, "-m", model, "--port", "0", env=COLD)
    try:
        with openai.OpenAI(
            base_url=f"{served.address}/v1", api_key="none", max_retries=0, timeout=60
        ) as found:
            yield found
    finally:
        served.end()


def whole(found: openai.OpenAI, question: str) -> Said:
    """The text of an answer, why it ended, and qwq's facts."""
    (choice,) = found.chat.completions.create(
        model=found.models.list().data[0].id, messages=[{"role": "user", "content": question}]
    ).choices
    return [(choice.message.content or "", choice.finish_reason, told(choice))]


def streamed(found: openai.OpenAI, question: str) -> Said:
    """The same of a stream."""
    text, reason, facts = "", "", {}
    for piece in found.chat.completions.create(
        model=found.models.list().data[0].id,
        messages=[{"role": "user", "content": question}],
        stream=True,
    ):
        for choice in piece.choices:
            text += choice.delta.content or ""
            if choice.finish_reason:
                reason, facts = choice.finish_reason, told(piece)
    return [(text, reason, facts)]


def told(found: openai.BaseModel) -> dict[str, Any]:
    """The object `qwq`, of which the client knows nothing."""
    facts: dict[str, Any] = (found.model_extra or {}).get("qwq", {})
    return facts


@settings(max_examples=40)
@given(
    st.sampled_from(documents(200)),
    st.sampled_from(sorted(STYLES)),
    st.booleans(),
    st.sampled_from(["", "Export the table, please.", "请导出这个表。"]),
)
def test_a_document_comes_byte_for_byte(
    document: Document,
    style: str,
    rewinds: bool,
    question: str,
) -> None:
    head, script = STYLES[style]
    text = document.text
    done = run(
        head + text, request=asked(question), rewinds=rewinds, context_tokens=200_000, **script
    )
    kept(done, text)
