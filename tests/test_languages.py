"""Generations whose text goes over to another language: reported, and corrected where asked."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from qwq_cli.engines.scripted import cut
from qwq_cli.events import Noticed, Rewound, Steered, Switch
from qwq_cli.request import Message, Request, Steering
from qwq_cli.stream.transcript import Transcript
from tests.test_steering import (
    CHINESE,
    END,
    FIRST,
    GEFRAGT,
    GERMAN,
    GREEDY,
    Run,
    answered,
    run,
)

IN_CHINESE = Steering(language="zh")


def reports(done: Run) -> list[Noticed]:
    return [event for event in done.events if isinstance(event, Noticed)]


def test_a_language_that_is_insisted_on_is_corrected_without_a_word() -> None:
    done = run(
        answered("这张牌不难找到。" + GERMAN),
        "答案是方块五。",
        request=GEFRAGT,
        steering=IN_CHINESE,
    )
    (switch,) = done.record.switches
    assert (switch.was, switch.now, switch.part, switch.action) == (
        "zh", "en", "answer", "corrected",
    )  # fmt: skip
    assert done.record.answer == "这张牌不难找到。答案是方块五。"
    assert done.record.interventions == []
    assert done.end.usage.inserted_tokens == 0
    assert [event.loop for event in done.events if isinstance(event, Rewound)] == [None]
    assert 0 < done.end.usage.trimmed_tokens < len(cut(GERMAN))
    assert done.engine.asked == [GREEDY, replace(GREEDY, temperature=0.75)]


def test_an_answer_all_in_another_language_is_rewound_to_its_beginning() -> None:
    done = run(answered(GERMAN), "方块五。", request=GEFRAGT, steering=IN_CHINESE)
    assert done.record.answer == "方块五。"


def test_after_two_corrections_it_is_reported() -> None:
    takes = (answered(GERMAN), GERMAN, GERMAN + GERMAN)
    done = run(*takes, request=GEFRAGT, steering=IN_CHINESE)
    assert [switch.action for switch in done.record.switches] == [
        "corrected", "corrected", "reported",
    ]  # fmt: skip
    assert done.record.answer == GERMAN + GERMAN
    assert done.end.reason == "stop"
    assert isinstance(done.events[-2], Noticed)


def test_only_prose_is_corrected() -> None:
    table = f"| 中文 | 英文 |\n|---|---|\n| 牌 | {GERMAN.strip()} |\n"
    text = f"如下：\n\n{table}\n- {GERMAN}\n> {GERMAN}\n```\n{GERMAN}\n{GERMAN}```\n\n就是这样。"
    done = run(answered(text), request=GEFRAGT, steering=IN_CHINESE)
    assert (done.record.answer, done.record.switches) == (text, [])


def test_where_the_engine_can_not_go_on_it_is_reported() -> None:
    done = run(answered(GERMAN), "方块五。", request=GEFRAGT, steering=IN_CHINESE, rewinds=False)
    assert done.record.answer == GERMAN
    assert [switch.action for switch in done.record.switches] == ["reported"]


MAIL = f"主题如下。\n\nDear customer,\n\n{GERMAN}{GERMAN}\nYours, with the best of wishes\n"


@pytest.mark.parametrize(
    "question", ["给英国客户写一封邮件，说明是哪张牌。", "写一封道歉的邮件，说明是哪张牌。"]
)
def test_a_mail_in_another_language_stays(question: str) -> None:
    request = Request((Message("user", question),), sampling=GREEDY)
    done = run(answered(MAIL), request=request)
    assert done.record.answer == MAIL
    assert not any(isinstance(event, Rewound | Steered) for event in done.events)
    assert len(reports(done)) == (0 if "英国" in question else 1)


def test_a_table_in_two_languages_stays_and_is_not_told_of() -> None:
    rows = f"| 牌 | {GERMAN.strip()} |\n" * 4
    text = f"对照如下：\n\n| 中文 | 英文 |\n|---|---|\n{rows}\n就是这样。"
    done = run(f"先看。\n\n{text}\n\n" + answered(text), request=GEFRAGT)
    assert done.record.answer == text
    assert reports(done) == []


def test_each_part_is_reported_once_and_after_its_block() -> None:
    block = f"{GERMAN}{GERMAN}"
    thought = f"{CHINESE}\n{block}\n{CHINESE}\n{block}\n"
    answer = f"{CHINESE}\n{block}\n{CHINESE}\n{block}\n"
    done = run(f"{thought}**最终答案**\n\n{answer}", request=GEFRAGT)
    assert (done.record.answer, done.record.interventions) == (answer, [])
    assert [switch.part for switch in done.record.switches] == ["thinking", "answer"]
    before = Transcript()
    for event in done.events:
        if isinstance(event, Noticed):
            text = before.answer or before.reasoning
            assert text.startswith(f"{CHINESE}\n{block}\n")
            assert block not in text.removeprefix(f"{CHINESE}\n{block}")
        before.add(event)


def test_a_block_that_runs_to_the_end_is_reported_before_it() -> None:
    done = run(answered(GERMAN.strip()), request=GEFRAGT)
    assert isinstance(done.events[-2], Noticed)
    assert done.end.reason == "stop"
    cut_off = run(answered(GERMAN * 9), request=replace(GEFRAGT, max_tokens=60))
    assert isinstance(cut_off.events[-2], Noticed)
    assert cut_off.end.reason == "length"


def test_a_report_is_not_made_again_after_a_rewind() -> None:
    loop = "这张牌是皇后吗？不，是国王。那么又是皇后，因为国王在两种花色里都有。" * 10
    done = run(f"{GERMAN}\n{loop}", f"{GERMAN}\n{loop}", answered("五"), request=GEFRAGT)
    assert done.actions
    told = [event.about for event in reports(done) if isinstance(event.about, Switch)]
    assert [switch.part for switch in told] == ["thinking"]


def test_the_thinking_is_only_told_of() -> None:
    done = run(CHINESE + GERMAN + answered("方块五。"), request=GEFRAGT)
    first = done.record.switches[0]
    assert (first.now, first.part, first.action) == ("en", "thinking", "reported")
    assert first.at == len(CHINESE)
    assert done.record.interventions == []


def test_what_is_told_of_a_text_goes_with_it() -> None:
    drift = "这张牌是皇后吗？不，是国王。那么又是皇后，因为国王在两种花色里都有。" * 10
    done = run(FIRST + drift, END)
    assert any(isinstance(event, Noticed) for event in done.events)
    assert all(s.at < len(done.record.reasoning) for s in done.record.switches)


OTHER_SCRIPT = f"总结一下。\n\n```\n{GERMAN * 3}```"


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        (("user", GEFRAGT.messages[0].content), True),
        (("system", "请用英文回答。", "user", "这张牌是什么？"), False),
        (("user", OTHER_SCRIPT), False),
        (("user", OTHER_SCRIPT, "assistant", CHINESE, "user", "这张牌是什么？"), False),
        (("user", "Which card is it?", "assistant", GERMAN, "user", "这张牌是什么？"), False),
        (("user", "哪张牌？", "assistant", CHINESE, "user", "这张牌是什么？"), True),
    ],
)
def test_the_whole_conversation_tells_what_is_expected(
    messages: Sequence[str], *, told: bool
) -> None:
    turns = zip(messages[::2], messages[1::2], strict=True)
    said = tuple(Message(role, content) for role, content in turns)  # type: ignore[arg-type]
    done = run(answered(GERMAN), request=Request(said, sampling=GREEDY))
    assert bool(reports(done)) is told
    assert done.record.answer == GERMAN


def test_what_qwq_puts_in_is_in_no_language() -> None:
    russian = "Какая это карта, и почему именно она?"
    drift = (
        "Это дама? Нет, это король. Тогда снова дама, потому что король есть в двух мастях. " * 9
    )
    request = Request((Message("user", russian),), sampling=GREEDY)
    done = run(drift, drift, "Это пятёрка.\n\n**Final Answer**\n\n5", request=request)
    assert any(put.why == "loop" and put.text.isascii() for put in done.record.interventions)
    assert done.record.switches == []


@pytest.mark.parametrize(
    ("question", "language", "action"),
    [
        ("这张牌是什么？请用英文回答。", "auto", None),
        ("这张牌是什么？", "off", None),
        ("这张牌是什么？", "auto", "reported"),
        ("这张牌是什么？", "zh", "corrected"),
        ("这张牌是什么？请用英文回答。", "zh", "corrected"),
        ("Which card is it, and why is it that one?", "zh", "corrected"),
        ("Which card is it, and why is it that one?", "auto", None),
        ("Translate this sentence: 所以这张牌是方块五。", "auto", None),
    ],
)
def test_when_it_is_corrected(question: str, language: str, action: str | None) -> None:
    steering = Steering(language=language)  # type: ignore[arg-type]
    request = Request((Message("user", question),), sampling=GREEDY)
    done = run(f"**Final Answer**\n\n{GERMAN}", "方块五。", request=request, steering=steering)
    assert [switch.action for switch in done.record.switches] == ([action] if action else [])
    assert (GERMAN in done.record.answer) == (action != "corrected")
    assert done.record.interventions == []
